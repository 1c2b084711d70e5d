"""What the way in which an array is wrong suggests: a relation that holds exactly, and a question about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ..checking.tables import number
from ..checking.verdict import Wording, plain

if TYPE_CHECKING:
    from .quantities import Quantity

NEARLY = (
    "It is nearly right: does a step run in lower precision, "
    "or does a small constant such as eps stand in the wrong place?"
)
ALL_ZERO = "Every entry is zero: is the result ever filled in?"
REORDERED = "The numbers are right, but in another order: which entry belongs where?"
TRANSPOSED = "It is the transpose of what must come back: which index comes first?"
SMALLEST_SHARE = 1e-4  # that is told as 1/n; n is at most 1,000
WORDS = {"2": "twice", "0.5": "half of"}  # of ratios
FUNCTIONS = {
    "square": "the square of what it must be: is a root missing?",
    "root": "the square root of what it must be: is there one root too many?",
    "reciprocal": "1 divided by what it must be: what is to be divided by what?",
    "logarithm": "the logarithm of what it must be: is there one log too many?",
    "exponential": "the exponential of what it must be: is a log missing?",
    "complement": "1 minus what it must be: are two opposites confused?",
}


def every(x: torch.Tensor) -> str:
    """What a sentence about all of an array begins with."""
    return "Every entry" if x.numel() > 1 else "It"


def function(what: str, name: str) -> Wording:
    """For a value that is a function of what it must be."""
    if name == "magnitude":
        return plain("Only negative entries are wrong, and only in their sign: where do they lose it?")
    return plain(f"{what} is {FUNCTIONS[name]}")


def sign(what: str) -> Wording:
    """For a value that is the negative of what it must be."""
    return plain(f"{what} has the opposite sign: is a minus missing, or is there one too many?")


def factor(what: str, ratio: float, names: list[Quantity]) -> Wording:
    """For an exact multiple of what a value must be, and the quantities of the call that the ratio equals."""
    which = "which factor is missing, or is there one too many?"
    size = f"{what} is exactly {_times(ratio)} what it must be"
    if not names:
        return Wording(f"{size}: {which}", f"{what} is off by one and the same factor: {which}")
    if any(name.constant for name in names):
        return plain(f"{size}: {which}")
    first, others = names[0], [q for q in names[1:] if not (q.counts or q.inverse_counts)]
    text = " and also ".join(q.text for q in [first, *others[:1]])
    equal = f"{number(first.value)} is {text}"
    if first.inverse_counts:
        equal = f"{number(1 / first.value)} is {' and also '.join([first.inverse, *(q.inverse for q in others[:1])])}"
    turned = (" with a minus", " And is a minus missing, or is there one too many?") if ratio < 0 else ("", "")
    begin = Wording(f"{size}, and {equal}:", f"{what} is off by a factor that is exactly {text}{turned[0]}:")
    return begin + plain((which if others else _question(first)) + turned[1])


def _question(name: Quantity) -> str:
    """What to look for where a result is multiplied by this quantity."""
    if name.counts:
        return "is something summed that should be averaged?"
    if name.inverse_counts:
        return "is something averaged that should be summed, or divided twice?"
    return f"is that one factor too many, or is {name.inverse} missing?"


def _times(ratio: float) -> str:
    """How a ratio is said: 7 times, twice, half, 0.25 times, 1/7 of."""
    if number(ratio) in WORDS:
        return WORDS[number(ratio)]
    if abs(ratio) < SMALLEST_SHARE:
        return f"{number(ratio)} times"
    inverse = round(1 / ratio)
    if 1 < abs(inverse) < 1000 and abs(ratio * inverse - 1) < 1e-6 and len(number(abs(ratio))) > 4:
        return f"{'-' if ratio < 0 else ''}1/{abs(inverse)} of"
    return f"{number(ratio)} times"


def step(name: str) -> str:
    """The subject of a sentence about the way from an argument to the result."""
    return f"The step from {name} to your result"


def is_input(name: str) -> Wording:
    """For a value that is an argument."""
    return plain(f"It equals the {name} that your function was given: what should happen to it?")


def differs_by_input(name: str, *, more: bool) -> Wording:
    """For a value that is off by an argument."""
    if more:
        return plain(f"It is too large by exactly {name}: is {name} added where it should not be, or not subtracted?")
    return plain(f"It is too small by exactly {name}: is {name} not added, or subtracted where it should not be?")


def multiple_of_input(name: str, *, divided: bool) -> Wording:
    """For a value that is off by an argument as a factor, entry by entry."""
    if divided:
        return plain(f"It is what it must be, divided by {name}: is a factor {name} missing, or a division too many?")
    return plain(f"It is what it must be, times {name}: is {name} one factor too many, or is a division by it missing?")


def offset(what: str, shift: float) -> Wording:
    """For a constant that was added to every entry."""
    return Wording(
        f"{what} is off by the same amount, {number(shift)}: is a term missing, or is there one too many?",
        f"{what} is off by the same amount: is a term missing, or is there one too many?",
    )


def offset_along(line: str) -> Wording:
    """For a constant of its own that was added to each row, or to each column."""
    return plain(
        f"In each {line} all entries are off by the same amount: "
        f"is a term that belongs to the whole {line} missing, or is there one too many?"
    )


def factor_along(line: str) -> Wording:
    """For a factor of its own by which each row, or each column, was multiplied."""
    return plain(
        f"In each {line} all entries are off by the same factor: "
        f"is a factor of the whole {line} (a sum or a norm, for instance) missing or wrong?"
    )


def permuted(order: tuple[int, ...]) -> Wording:
    """For an array of more than two axes whose axes are exchanged."""
    return Wording(
        f"It would be right with its axes in the order {list(order)}: which index belongs to which axis?",
        "It would be right with its axes in another order: which index belongs to which axis?",
    )


def only_last(right: int, n: int, line: str) -> Wording:
    """For rows, or entries, that are wrong only from some place on."""
    return Wording(
        f"The first {right} of {n} {line} are right, all after them are wrong: what is different about the last ones?",
        f"The first {line} are right, all after them are wrong: what is different about the last ones?",
    )


def only_one(index: int, line: str) -> Wording:
    """For a single wrong row or column."""
    return Wording(
        f"Only {line} {index} is wrong, all others are right: what is different about it?",
        f"Only one {line} is wrong, all others are right: what is different about it?",
    )


def there(values: dict[str, float], at: tuple[int, ...] | None) -> Wording:
    """What arguments are where the result is not finite; `at` is None where there is no other entry."""
    said = [f"{name} = {number(value)}" for name, value in values.items()]
    where = f" at {list(at)}" if at else ""
    return Wording(f"Your function was given {' and '.join(said)}{where}." if said else "", "")
