"""The quantities of a call: sizes and settings that a wrong result may be off by, with the names students know."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch

from ..actions import Call
from ..values import leaves

QUOTIENT = re.compile(r"(\w+|\([^()]*\)) / (\w+|\([^()]*\))")
TOLERANCE = 1e-6  # relative, for a ratio to be a quantity
GREATEST = 1e100  # no size and no setting; its square is still a number
MOST_SIZES = MOST_NUMBERS = 60  # far more than any call of a check has; what a student returned may hold thousands
LIKELY = 1  # rank up to which a quantity is named even if it is not the only one


@dataclass(frozen=True)
class Quantity:
    """A number that a result may be off by.

    Args:
        value: what it is in this call.
        text: its name.
        inverse: name of 1 / value.
        rank: the lower, the likelier.
        counts, inverse_counts: whether it is, or divides by, a number of entries.
        constant: whether it is the same in every call.
    """

    value: float
    text: str
    inverse: str
    rank: int
    counts: bool = False
    inverse_counts: bool = False
    constant: bool = False


@dataclass
class Quantities:
    """What a call was given, by name: its tensors, and the ratios that its sizes and numbers suggest."""

    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    ratios: list[Quantity] = field(default_factory=list)

    @classmethod
    def of(cls, calls: list[tuple[Call, list[str]]], factors: Mapping[str, float]) -> Quantities:
        """The quantities of some calls, each with the names of its parameters.

        Args:
            factors: further ratios by name, as a check states them.
        """
        named = [Quantity(float(v), text, _inverse(text), 0) for text, v in factors.items() if _telling(float(v))]
        found = cls(ratios=named + list(_constants()))
        sizes: dict[int, str] = {}
        numbers: dict[float, str] = {}
        for call, parameters in calls:
            for name, value in _arguments(call, parameters):
                if isinstance(value, torch.Tensor):
                    found.tensors.setdefault(name, value)
                    if len(sizes) < MOST_SIZES:
                        sizes = _sizes(name, value) | sizes  # the first tensor with such an axis gives it its name
                elif isinstance(value, int | float) and not isinstance(value, bool) and _telling(float(value)):
                    if len(numbers) < MOST_NUMBERS:
                        numbers.setdefault(float(value), name)
        found.ratios += [q for value, name in numbers.items() for q in _of_number(value, name)]
        found.ratios += [q for value, name in sizes.items() for q in _of_size(value, name)]
        found.ratios += list(_of_pairs(sizes))
        found.ratios.sort(key=lambda q: q.rank)
        return found

    def called(self, ratio: float, *, rank: int) -> list[Quantity]:
        """The quantities, likeliest first, that a ratio equals up to its sign, up to a rank.

        Of unlikely ones that equal it, several say nothing.
        """
        fitting = [q for q in self.ratios if q.rank <= rank and abs(abs(ratio) / q.value - 1) < TOLERANCE]
        likely = [q for q in fitting if q.rank <= fitting[0].rank + 1] if fitting else []
        found = list({q.text: q for q in sorted(likely, key=lambda q: (q.rank, not q.counts))}.values())
        return found if found and (found[0].rank <= LIKELY or len(found) == 1) else []


def _inverse(text: str) -> str:
    """1 divided by a quantity that a check names: b / a for a / b."""
    fraction = QUOTIENT.fullmatch(text)
    return f"{fraction[2]} / {fraction[1]}" if fraction else f"1 / ({text})"


def _telling(value: float) -> bool:
    return 1 / GREATEST < value < GREATEST and value != 1


def _arguments(call: Call, parameters: list[str]) -> Iterator[tuple[str, object]]:
    """Every tensor and number of a call with its name: X, params[0][1], betas[0]."""
    names = [*parameters, *(f"argument {i + 1}" for i in range(len(parameters), len(call.args)))]
    for name, argument in [*zip(names, call.args, strict=False), *call.kwargs.items()]:
        for path, value in leaves(argument):
            yield name + "".join(f"[{key!r}]" for key in path), value


def _sizes(name: str, x: torch.Tensor) -> dict[int, str]:
    """The number of entries, of rows and so on of a tensor, each with its name."""
    words = {1: ["the length"], 2: ["the number of rows", "the number of columns"]}
    axes = words.get(x.ndim, [f"the size of axis {i}" for i in range(x.ndim)])
    found: dict[int, list[str]] = {}
    for size, axis in zip(x.shape, axes, strict=True):
        found.setdefault(size, []).append(axis)
    if x.ndim > 1:
        found.setdefault(x.numel(), ["the number of entries"])
    if x.ndim > 2 and x.numel():
        for i, size in enumerate(x.shape):
            found.setdefault(x.numel() // size, [f"the number of entries for each index of axis {i}"])
    return {size: f"{' and '.join(words)} of {name}" for size, words in found.items() if size > 1}


def _constants() -> Iterator[Quantity]:
    for value in (2.0, 0.5):
        yield Quantity(value, f"{value:g}", f"{1 / value:g}", 1, constant=True)
    for value, text, inverse in ((math.sqrt(2), "the root of 2", "1/2"), (math.sqrt(3), "the root of 3", "1/3")):
        yield Quantity(value, text, f"the root of {inverse}", 2)
        yield Quantity(1 / value, f"the root of {inverse}", text, 2)
    yield Quantity(1 / math.log(2), "1 / log(2), as for a logarithm to base 2", "log(2)", 3)
    yield Quantity(1 / math.log(10), "1 / log(10), as for a logarithm to base 10", "log(10)", 3)


def _of_number(value: float, name: str) -> Iterator[Quantity]:
    """v, 1 / v and, for a share, 1 - v, 1 / (1 - v) and v / (1 - v), where the two are confused; squares."""
    text = name if name.isidentifier() or name.endswith("]") else f"{value:g}"
    pairs = [(value, text, f"1 / {text}", 1), (value**2, f"{text}**2", f"1 / {text}**2", 3)]
    if 0 < value < 1:
        rest, odds = f"1 - {text}", value / (1 - value)
        pairs += [(1 - value, rest, f"1 / ({rest})", 1), (odds, f"{text} / ({rest})", f"({rest}) / {text}", 2)]
        pairs.append(((1 - value) ** 2, f"({rest})**2", f"1 / ({rest})**2", 2))
    for size, forwards, backwards, rank in pairs:
        if _telling(size):
            yield Quantity(size, forwards, backwards, rank)
            yield Quantity(1 / size, backwards, forwards, rank)


def _of_size(size: int, name: str) -> Iterator[Quantity]:
    """n, 1 / n, n / (n - 1), the roots, n / 2 and the inverses."""
    yield Quantity(size, name, f"a division by {name}", 1, counts=True)
    yield Quantity(1 / size, f"1 divided by {name}", name, 1, inverse_counts=True)
    if size > 2:
        for power, root in ((1.0, ""), (0.5, "the root of ")):
            more, less = f"{root}n / (n - 1)", f"{root}(n - 1) / n"
            value = (size / (size - 1)) ** power
            yield Quantity(value, f"{more}, n being {name}", less, 2)
            yield Quantity(1 / value, f"{less}, n being {name}", more, 2)
        pairs = [(math.sqrt(size), f"the root of {name}", f"a division by the root of {name}")]
        pairs.append((size / 2, f"half {name}", f"2 divided by {name}"))
        for value, forwards, backwards in pairs:
            yield Quantity(value, forwards, backwards, 3)
            yield Quantity(1 / value, backwards, forwards, 3)


def _of_pairs(sizes: dict[int, str]) -> Iterator[Quantity]:
    """Quotients of two sizes, as where one number of entries is taken for another."""
    for one, name in sizes.items():
        for other, its_name in sizes.items():
            if one != other:
                yield Quantity(one / other, f"{name} divided by {its_name}", f"{its_name} divided by {name}", 4)
