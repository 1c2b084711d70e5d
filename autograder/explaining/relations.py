"""How a wrong array relates to the right one: the exact factor, the sign, the axis. One question for the student.

Each relation is tried in turn; the first that explains every entry is asked about. It must hold to a tolerance that
chance does not reach, for numbers that are no coincidence; nothing is said when none fits.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from . import questions
from .quantities import Quantities
from .questions import Asked

PRECISION = {  # relative, for a relation to hold: above rounding errors, far below chance
    torch.float64: 1e-8,
    torch.float32: 2e-5,
    torch.float16: 5e-3,
    torch.bfloat16: 3e-2,
}
NEAR = 2e-4  # relative: what a small constant explains
SINGLE = 2e-6  # relative: what a step in float32, which rounds to 6e-8, explains after some more steps
MANY = 8  # errors that rounding gives one and the same sign less than once in a hundred times
EVIDENCE = 7.0  # decimal digits that must agree without being free to choose
MOST = 9  # rank of a quantity that a factor of an array may be named after
FOR_A_NUMBER = 2  # the same of a single number, which some quantity equals sooner
ROUND_NUMBER = 1.5  # digits that a number like 0.5 or 3 is worth, which many mistakes lead to


@dataclass(frozen=True)
class Pair:
    """What came back and what must: float64, of one shape, finite; which entries are wrong; what the call was given."""

    actual: torch.Tensor
    expected: torch.Tensor
    wrong: torch.Tensor
    precision: float
    given: Quantities

    def fits(self, target: torch.Tensor, *, free: int = 0) -> bool:
        """Whether the array that a mistake would have led to is what came back, and not by chance.

        Args:
            target: what the mistake leads to.
            free: how many numbers of it were taken from what came back.
        """
        if not same(self.actual, target, self.precision):
            return False
        telling = target[~_near(target, self.expected, self.precision)]
        digits = []
        for magnitude in _magnitudes(telling):
            digits.append(_digits(magnitude, self.precision))
        digits.sort(reverse=True)
        return sum(digits[free:]) >= EVIDENCE


def diagnose(
    actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor, given: Quantities, *, rtol: float = 0.0
) -> Asked | None:
    """The likeliest question about a wrong array, or None if no simple relation explains it.

    Args:
        actual, expected: of one shape and dtype.
        wrong: bool, of that shape; which entries are wrong.
        given: what the call was given.
        rtol: to which the expected values themselves are known.
    """
    if not expected.numel() or not torch.isfinite(expected).all() or not torch.isfinite(actual).all():
        return None
    precision = PRECISION.get(expected.dtype, PRECISION[torch.float64])
    if rtol > 10 * precision:  # what is expected is itself an approximation
        precision = rtol
    pair = Pair(actual.to(torch.float64), expected.to(torch.float64), wrong, precision, given)
    for relation in RELATIONS:
        asked = relation(pair)
        if asked is not None:
            return asked
    return None


def same(a: torch.Tensor, b: torch.Tensor, precision: float) -> bool:
    """Whether every entry agrees up to rounding, in comparison with itself and with the largest."""
    return a.shape == b.shape and bool(torch.isfinite(b).all() and _near(a, b, precision).all())


def _near(a: torch.Tensor, b: torch.Tensor, precision: float) -> torch.Tensor:
    # A share of the largest entry too: sums of large terms leave small results inexact.
    scale = b.abs().max() if b.numel() else 0.0
    return (a - b).abs() <= precision * b.abs() + 0.01 * precision * scale


def _magnitudes(x: torch.Tensor) -> list[float]:
    """The distinct magnitudes of entries that are not 0."""
    # Six digits, so that numbers that differ by rounding count once; a thousand entries are evidence enough.
    return sorted({float(f"{abs(v):.6g}") for v in x.reshape(-1)[:1000].tolist() if v != 0})


def _digits(value: float, precision: float) -> float:
    """How many digits of evidence an agreement in this number is."""
    # Halves, thirds and so on to twelfths are round too.
    is_round = any(abs(value * k - round(value * k)) < min(1e-6 * value * k, 1e-4) for k in range(1, 13))
    return ROUND_NUMBER if is_round else -math.log10(precision)


def _nearly(pair: Pair) -> Asked | None:
    """Hardly wrong: rounded to float32, off by more than that explains, or either."""
    if not same(pair.actual, pair.expected, max(NEAR, 10 * pair.precision)):
        return None
    if not same(pair.actual, pair.expected, SINGLE):
        return questions.SMALL_CONSTANT
    if _is_single(pair.actual) and not _is_single(pair.expected):
        return questions.ROUNDED
    if _to_one_side(pair):
        return questions.SMALL_CONSTANT
    return questions.NEARLY


def _is_single(x: torch.Tensor) -> bool:
    """Whether float32 can hold every entry, and bfloat16, which holds 2 and 0.5 as well, cannot."""
    return torch.equal(x.float().double(), x) and not torch.equal(x.bfloat16().double(), x)


def _to_one_side(pair: Pair) -> bool:
    """Whether many entries are wrong and all too small, or all too large, in size; rounding goes both ways."""
    longer = (pair.actual.abs() - pair.expected.abs())[pair.wrong].sign()
    return longer.numel() >= MANY and abs(longer.sum().item()) == longer.numel()


def _zero(pair: Pair) -> Asked | None:
    if int(pair.expected.count_nonzero()) >= 3 and not pair.actual.any():
        return questions.ALL_ZERO
    return None


def _input(pair: Pair) -> Asked | None:
    for name, x in _inputs(pair):
        if x.shape == pair.actual.shape and pair.fits(x):
            return questions.is_input(name)
    return None


def _transposed(pair: Pair) -> Asked | None:
    for order in itertools.permutations(range(pair.expected.ndim)):
        target = pair.expected.permute(order)
        if target.shape == pair.expected.shape and pair.fits(target):
            if len(order) == 2:
                return questions.TRANSPOSED
            return questions.permuted(order)
    return None


def _named_factor(pair: Pair) -> Asked | None:
    return _multiple(pair, questions.every(pair.actual))


def _factor(pair: Pair) -> Asked | None:
    """A factor without a name, where not every mistake would lead to one."""
    ratio = _ratio(pair)
    if not ratio or not pair.fits(ratio * pair.expected, free=1):
        return None
    for name, x in _inputs(pair):
        if x.ndim == 2 and len(x) == 1 and _is_multiple(pair, x):
            return questions.number_times_input(name)
    if pair.expected.ndim > 1 and max(pair.expected.shape) == pair.expected.numel():  # of a single row or column
        return None
    return questions.factor(questions.every(pair.actual), ratio, [])


def _is_multiple(pair: Pair, x: torch.Tensor) -> bool:
    """Whether the right array is a row times a number, so that any other number gives a factor."""
    if x.numel() != pair.expected.numel():
        return False
    shaped = x.reshape(pair.expected.shape)
    ratio = _ratio(dataclasses.replace(pair, actual=pair.expected, expected=shaped))
    return same(pair.expected, ratio * shaped, pair.precision)


def _step(pair: Pair) -> Asked | None:
    """A factor, with a name, of the way from an argument, as where parameters are updated."""
    for name, x in _inputs(pair):
        if x.shape != pair.actual.shape or torch.equal(x, pair.expected):
            continue
        moved = dataclasses.replace(pair, actual=pair.actual - x, expected=pair.expected - x)
        ratio = _ratio(moved)
        asked = _multiple(moved, questions.step(name))
        forwards = ratio > 0 or abs(ratio + 1) < 1e-6  # a negative step of another length is no slip of the sign
        if asked is not None and forwards and not _is_constant(ratio, pair.given):
            return asked
    return None


def _is_constant(ratio: float, given: Quantities) -> bool:
    """Whether a ratio is one of the numbers that are the same in every call."""
    if not ratio:
        return False
    return any(quantity.constant for quantity in given.called(ratio, rank=MOST))


def _multiple(pair: Pair, what: str) -> Asked | None:
    ratio = _ratio(pair)
    if not ratio:
        return None
    if abs(ratio + 1) < 10 * pair.precision:
        return questions.sign(what) if pair.fits(-pair.expected) else None
    rank = MOST if pair.expected.numel() > 1 else FOR_A_NUMBER
    names = pair.given.called(ratio, rank=rank)
    if names and pair.fits(math.copysign(names[0].value, ratio) * pair.expected):
        return questions.factor(what, ratio, names)
    return None


def _ratio(pair: Pair) -> float:
    """The factor that fits best; 0 if none can."""
    square = (pair.expected * pair.expected).sum().item()
    if not square:
        return 0.0
    ratio = (pair.actual * pair.expected).sum().item() / square
    return ratio if math.isfinite(ratio) else 0.0


def _offset(pair: Pair) -> Asked | None:
    shift = (pair.actual - pair.expected).mean()
    if pair.fits(pair.expected + shift, free=1):
        return questions.offset(questions.every(pair.actual), shift.item())
    return None


def _off_by_input(pair: Pair) -> Asked | None:
    for name, x in _inputs(pair):
        for term in _spread(x, pair.expected):
            if pair.fits(pair.expected + term):
                return questions.differs_by_input(name, more=True)
            if pair.fits(pair.expected - term):
                return questions.differs_by_input(name, more=False)
    return None


def _multiple_of_input(pair: Pair) -> Asked | None:
    for name, x in _inputs(pair):
        for factor in _spread(x, pair.expected):
            if pair.fits(pair.expected * factor):
                return questions.multiple_of_input(name, divided=False)
            if factor.all() and pair.fits(pair.expected / factor):
                return questions.multiple_of_input(name, divided=True)
    return None


def _inputs(pair: Pair) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of the call that are not larger than the result, in float64."""
    for name, x in pair.given.tensors.items():
        if 0 < x.numel() <= pair.expected.numel() and not x.is_complex():
            yield name, x.to(torch.float64)


def _spread(x: torch.Tensor, like: torch.Tensor) -> Iterator[torch.Tensor]:
    """An argument as broadcasting would spread it over the result, along rows and along columns."""
    shapes = [x]
    if x.ndim == 1 and like.ndim == 2:
        shapes.append(x[:, None])
    for shaped in shapes:
        sizes = zip(shaped.shape[::-1], like.shape[::-1], strict=False)
        if shaped.ndim <= like.ndim and all(a in (1, b) for a, b in sizes):
            yield shaped.expand(like.shape)


FUNCTIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "square": torch.square,
    "root": torch.sqrt,
    "reciprocal": torch.reciprocal,
    "logarithm": torch.log,
    "exponential": torch.exp,
    "complement": lambda x: 1 - x,
    "magnitude": torch.abs,
}


def _function(pair: Pair) -> Asked | None:
    for name, function in FUNCTIONS.items():
        if pair.fits(function(pair.expected)):
            return questions.function(questions.every(pair.actual), name)
    return None


def _along(pair: Pair) -> Asked | None:
    """An offset or a factor that belongs to each row, or to each column, of a matrix."""
    if pair.expected.ndim != 2:
        return None
    for line, axis in (("row", 1), ("column", 0)):
        free = pair.expected.shape[1 - axis]
        if free == 1:  # a single one is the whole, to which any mistake in one number gives a factor
            continue
        shift = (pair.actual - pair.expected).mean(axis, keepdim=True)
        if pair.fits(pair.expected + shift, free=free):
            return questions.offset_along(line)
        square = (pair.expected * pair.expected).sum(axis, keepdim=True)
        ratio = (pair.actual * pair.expected).sum(axis, keepdim=True) / torch.where(square == 0, 1.0, square)
        if ratio.any() and pair.fits(pair.expected * ratio, free=free):
            return questions.factor_along(line)
    return None


def _part(pair: Pair) -> Asked | None:
    """Mistakes in the last rows only, or in a single row or column."""
    for lines, (singular, plural) in _wrong_lines(pair.wrong):
        n = len(lines)
        first = int(lines.int().argmax())
        bad = int(lines.sum())
        if n >= 3 and bad == 1:
            return questions.only_one(first, singular, last=first == n - 1)
        if n >= 3 and bad == n - first <= n / 2:
            return questions.only_last(first, n, plural)
    return None


def _wrong_lines(wrong: torch.Tensor) -> Iterator[tuple[torch.Tensor, tuple[str, str]]]:
    """Which entries of a vector are wrong, or which rows and which columns of a matrix; what one and several are."""
    if wrong.ndim == 1:
        yield wrong, ("entry", "entries")
    if wrong.ndim > 1:
        yield wrong.flatten(1).any(1), ("row", "rows")
        yield wrong.transpose(0, 1).flatten(1).any(1), ("column", "columns")


def _reordered(pair: Pair) -> Asked | None:
    actual = pair.actual.reshape(-1).sort().values
    expected = pair.expected.reshape(-1).sort().values
    if len(_magnitudes(expected)) >= 4 and same(actual, expected, pair.precision):
        return questions.REORDERED
    return None


RELATIONS = (
    _nearly,
    _zero,
    _input,
    _transposed,
    _named_factor,
    _step,
    _off_by_input,
    _multiple_of_input,
    _function,
    _factor,
    _offset,
    _along,
    _reordered,
    _part,
)
