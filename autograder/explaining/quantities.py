"""The quantities of a call: sizes and settings that a wrong result may be off by, with the names students know."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

import torch

from ..actions import Call
from ..values import leaves

QUOTIENT = re.compile(r"(\w+|\([^()]*\)) / (\w+|\([^()]*\))")
TOLERANCE = 1e-6  # relative, for a ratio to be a quantity
GREATEST = 1e100  # no size and no setting; its square is still a number
MOST_NAMED = 60  # sizes, and numbers: far more than any call of a check has; what a student returned may hold thousands
AXES = {1: ["the length"], 2: ["the number of rows", "the number of columns"]}
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


@dataclass(frozen=True)
class Quantities:
    """What a call was given, by name: its tensors, their sizes, and the ratios that sizes and numbers suggest."""

    tensors: dict[str, torch.Tensor]
    sizes: dict[int, str]
    ratios: list[Quantity]

    @classmethod
    def of(cls, calls: list[tuple[Call, list[str]]], factors: Mapping[str, float]) -> Quantities:
        """The quantities of some calls, each with the names of its parameters.

        Args:
            factors: further ratios by name, as a check states them.
        """
        ratios: list[Quantity] = []
        for text, factor in factors.items():
            if _telling(float(factor)):
                ratios.append(Quantity(float(factor), text, _inverse(text), 0))
        ratios += _constants()
        tensors: dict[str, torch.Tensor] = {}
        sizes: dict[int, str] = {}
        numbers: dict[float, str] = {}
        for name, value in _all_arguments(calls):
            if isinstance(value, torch.Tensor):
                tensors.setdefault(name, value)
                if len(sizes) < MOST_NAMED:
                    sizes = _sizes(name, value) | sizes  # the first tensor with such an axis gives it its name
            elif _is_number(value) and len(numbers) < MOST_NAMED:
                numbers.setdefault(float(value), name)
        for number, name in numbers.items():
            ratios += _of_number(number, name)
        for size, name in sizes.items():
            ratios += _of_size(size, name)
        ratios += _of_pairs(sizes)
        return cls(tensors, sizes, sorted(ratios, key=lambda quantity: quantity.rank))

    def called(self, ratio: float, *, rank: int) -> list[Quantity]:
        """The quantities, likeliest first, that a ratio equals up to its sign, up to a rank.

        Of unlikely ones that equal it, several say nothing.
        """
        fitting: list[Quantity] = []
        for quantity in self.ratios:  # by rank
            if quantity.rank <= rank and abs(abs(ratio) / quantity.value - 1) < TOLERANCE:
                if not fitting or quantity.rank <= fitting[0].rank + 1:
                    fitting.append(quantity)
        fitting.sort(key=lambda quantity: (quantity.rank, not quantity.counts))
        called = {quantity.text: quantity for quantity in fitting}
        likeliest = list(called.values())
        if len(likeliest) > 1 and likeliest[0].rank > LIKELY:
            return []
        return likeliest


def _is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a number that a factor may be named after."""
    return isinstance(value, int | float) and not isinstance(value, bool) and _telling(float(value))


def _inverse(text: str) -> str:
    """1 divided by a quantity that a check names: b / a for a / b."""
    fraction = QUOTIENT.fullmatch(text)
    if fraction is None:
        return f"1 / ({text})"
    return f"{fraction[2]} / {fraction[1]}"


def _telling(value: float) -> bool:
    return 1 / GREATEST < value < GREATEST and value != 1


def _all_arguments(calls: list[tuple[Call, list[str]]]) -> Iterator[tuple[str, object]]:
    """Every tensor and number of some calls with its name: X, params[0][1], betas[0]."""
    for call, parameters in calls:
        for name, argument in _arguments(call, parameters):
            for path, value in leaves(argument):
                yield name + "".join(f"[{key!r}]" for key in path), value


def _arguments(call: Call, parameters: list[str]) -> Iterator[tuple[str, object]]:
    """The arguments of a call with their names."""
    for i, argument in enumerate(call.args):
        yield parameters[i] if i < len(parameters) else f"argument {i + 1}", argument
    yield from call.kwargs.items()


def _sizes(name: str, x: torch.Tensor) -> dict[int, str]:
    """The number of entries, of rows and so on of a tensor, each with its name."""
    axes = AXES.get(x.ndim) or [f"the size of axis {i}" for i in range(x.ndim)]
    words: dict[int, list[str]] = {}
    for size, axis in zip(x.shape, axes, strict=True):
        words.setdefault(size, []).append(axis)
    if x.ndim > 1:
        words.setdefault(x.numel(), ["the number of entries"])
    if x.ndim > 2 and x.numel():
        for i, size in enumerate(x.shape):
            words.setdefault(x.numel() // size, [f"the number of entries for each index of axis {i}"])
    return {size: f"{' and '.join(called)} of {name}" for size, called in words.items() if size > 1}


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
    text = f"{value:g}"
    if name.isidentifier() or name.endswith("]"):
        text = name
    yield from _both_ways(value, text, f"1 / {text}", 1)
    yield from _both_ways(value**2, f"{text}**2", f"1 / {text}**2", 3)
    if 0 < value < 1:
        rest = f"1 - {text}"
        yield from _both_ways(1 - value, rest, f"1 / ({rest})", 1)
        yield from _both_ways(value / (1 - value), f"{text} / ({rest})", f"({rest}) / {text}", 2)
        yield from _both_ways((1 - value) ** 2, f"({rest})**2", f"1 / ({rest})**2", 2)


def _both_ways(value: float, text: str, inverse: str, rank: int) -> Iterator[Quantity]:
    """A quantity and its inverse, unless their size tells nothing."""
    if _telling(value):
        yield Quantity(value, text, inverse, rank)
        yield Quantity(1 / value, inverse, text, rank)


def _of_size(size: int, name: str) -> Iterator[Quantity]:
    """n, 1 / n, n / (n - 1), the roots, n / 2 and the inverses."""
    yield Quantity(size, name, f"a division by {name}", 1, counts=True)
    yield Quantity(1 / size, f"1 divided by {name}", name, 1, inverse_counts=True)
    if size > 2:  # for 2 these are 1, 2 and the root of 2, which go by other names
        for power, root in ((1.0, ""), (0.5, "the root of ")):
            more = f"{root}n / (n - 1)"
            less = f"{root}(n - 1) / n"
            value = (size / (size - 1)) ** power
            yield Quantity(value, f"{more}, n being {name}", less, 2)
            yield Quantity(1 / value, f"{less}, n being {name}", more, 2)
        yield from _both_ways(math.sqrt(size), f"the root of {name}", f"a division by the root of {name}", 3)
        yield from _both_ways(size / 2, f"half {name}", f"2 divided by {name}", 3)


def _of_pairs(sizes: dict[int, str]) -> Iterator[Quantity]:
    """Quotients of two sizes, as where one number of entries is taken for another."""
    for one, name in sizes.items():
        for other, its_name in sizes.items():
            if one != other:
                yield Quantity(one / other, f"{name} divided by {its_name}", f"{its_name} divided by {name}", 4)
