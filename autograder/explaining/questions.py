"""What the way in which an array is wrong suggests: something that is seen, and a question about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ..checking.tables import number
from ..checking.verdict import Message, plain

if TYPE_CHECKING:
    from .quantities import Quantity

SENTENCE_END = re.compile(r"(?<=[.?]) ")
SMALLEST_SHARE = 1e-4  # that is told as 1/n; n is at most 1,000
WORDS = {"2": "twice", "0.5": "half of"}  # of ratios


@dataclass(frozen=True)
class Asked:
    """A question, and what is seen that suggests it, without a full stop; "" where the message says what is seen."""

    seen: Message
    question: Message

    @property
    def wording(self) -> Message:
        """Both in a sentence."""
        return Message(f"{self.seen.full}: {self.question.full}", f"{self.seen.redacted}: {self.question.redacted}")


def ask(seen: str | Message, question: str) -> Asked:
    """A question that gives nothing away, and what is seen."""
    return Asked(plain(seen) if isinstance(seen, str) else seen, plain(question))


def taken_apart(text: Message) -> tuple[Message, Asked | None]:
    """What a text states, and the question that it ends in, if it does."""
    full, question = _parted(text.full)
    redacted, redacted_question = _parted(text.redacted)
    asked = Asked(plain(""), Message(question, redacted_question)) if question or redacted_question else None
    return Message(full, redacted), asked


def _parted(text: str) -> tuple[str, str]:
    """The sentences of a text before its last questions, and these; "" for them if nothing would be left."""
    stated = SENTENCE_END.split(text)
    questions: list[str] = []
    # Only from the end on: a question mark in the middle may stand in a text that came back.
    while stated and stated[-1].endswith("?"):
        questions.insert(0, stated.pop())
    if questions:
        seen, colon, question = questions[0].rpartition(": ")
        if colon:
            stated.append(f"{seen}.")
            questions[0] = question
    if not stated:
        return text, ""
    return " ".join(stated), " ".join(questions)


SMALL_CONSTANT = ask("It is nearly right", "does a small constant such as eps stand in the wrong place?")
ROUNDED = ask("It is right to the digits of float32", "does a step run in lower precision?")
NEARLY = ask(
    "It is nearly right",
    "does a small constant such as eps stand in the wrong place, or does a step run in lower precision?",
)
ALL_ZERO = ask("Every entry is zero", "is the result ever filled in?")
REORDERED = ask("The numbers are right, but in another order", "which entry belongs where?")
TRANSPOSED = ask("It is the transpose of what must come back", "which index comes first?")
MAGNITUDES = ask("Only negative entries are wrong, and only in their sign", "where do they lose it?")
FUNCTIONS = {  # what a value is that a function makes of the right one, and what may be behind it
    "square": ("the square of what it must be", "is a root missing?"),
    "root": ("the square root of what it must be", "is there one root too many?"),
    "reciprocal": ("1 divided by what it must be", "what is to be divided by what?"),
    "logarithm": ("the logarithm of what it must be", "is there one log too many?"),
    "exponential": ("the exponential of what it must be", "is a log missing?"),
    "complement": ("1 minus what it must be", "are two opposites confused?"),
}


def every(x: torch.Tensor) -> str:
    """What a sentence about all of an array begins with."""
    if x.numel() > 1:
        return "Every entry"
    return "It"


def function(what: str, name: str) -> Asked:
    """For a value that is a function of what it must be."""
    if name == "magnitude":
        return MAGNITUDES
    seen, question = FUNCTIONS[name]
    return ask(f"{what} is {seen}", question)


def sign(what: str) -> Asked:
    """For a value that is the negative of what it must be."""
    return ask(f"{what} has the opposite sign", "is a minus missing, or is there one too many?")


def factor(what: str, ratio: float, names: list[Quantity]) -> Asked:
    """For an exact multiple of what a value must be, and the quantities of the call that the ratio equals."""
    which = "which factor is missing, or is there one too many?"
    size = f"{what} is exactly {_times(ratio)} what it must be"
    if not names:
        return ask(Message(size, f"{what} is off by one and the same factor"), which)
    if any(name.constant for name in names):
        return ask(size, which)
    first, *others = names
    others = [name for name in others if not (name.counts or name.inverse_counts)]
    names = [first, *others[:1]]
    text = " and also ".join(name.text for name in names)
    equal = f"{number(first.value)} is {text}"
    if first.inverse_counts:
        equal = f"{number(1 / first.value)} is {' and also '.join(name.inverse for name in names)}"
    question = which if others else _question(first)
    redacted = f"{what} is off by a factor that is exactly {text}"
    if ratio < 0:
        redacted += " with a minus"
        question += " And is a minus missing, or is there one too many?"
    return ask(Message(f"{size}, and {equal}", redacted), question)


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
        minus = "-" if ratio < 0 else ""
        return f"{minus}1/{abs(inverse)} of"
    return f"{number(ratio)} times"


def step(name: str) -> str:
    """The subject of a sentence about the way from an argument to the result."""
    return f"The step from {name} to your result"


def is_input(name: str) -> Asked:
    """For a value that is an argument."""
    return ask(f"It equals the {name} that your function was given", "what should happen to it?")


def differs_by_input(name: str, *, more: bool) -> Asked:
    """For a value that is off by an argument."""
    if more:
        question = f"is {name} added where it should not be, or not subtracted?"
        return ask(f"It is too large by exactly {name}", question)
    question = f"is {name} not added, or subtracted where it should not be?"
    return ask(f"It is too small by exactly {name}", question)


def multiple_of_input(name: str, *, divided: bool) -> Asked:
    """For a value that is off by an argument as a factor, entry by entry."""
    if divided:
        question = f"is a factor {name} missing, or a division too many?"
        return ask(f"It is what it must be, divided by {name}", question)
    question = f"is {name} one factor too many, or is a division by it missing?"
    return ask(f"It is what it must be, times {name}", question)


def number_times_input(name: str) -> Asked:
    """For a value that is an argument times a wrong number."""
    seen = f"It is {name} times one number, as it must be, and only that number is wrong"
    return ask(seen, f"what must {name} be multiplied by?")


def offset(what: str, shift: float) -> Asked:
    """For a constant that was added to every entry."""
    redacted = f"{what} is off by the same amount"
    return ask(Message(f"{redacted}, {number(shift)}", redacted), "is a term missing, or is there one too many?")


def offset_along(line: str) -> Asked:
    """For a constant of its own that was added to each row, or to each column."""
    question = f"is a term that belongs to the whole {line} missing, or is there one too many?"
    return ask(f"In each {line} all entries are off by the same amount", question)


def factor_along(line: str) -> Asked:
    """For a factor of its own by which each row, or each column, was multiplied."""
    question = f"is a factor of the whole {line} (a sum or a norm, for instance) missing or wrong?"
    return ask(f"In each {line} all entries are off by the same factor", question)


def permuted(order: tuple[int, ...]) -> Asked:
    """For an array of more than two axes whose axes are exchanged."""
    seen = Message(
        f"It would be right with its axes in the order {list(order)}",
        "It would be right with its axes in another order",
    )
    return ask(seen, "which index belongs to which axis?")


def only_last(right: int, n: int, line: str) -> Asked:
    """For rows, or entries, that are wrong only from some place on."""
    seen = Message(
        f"The first {right} of {n} {line} are right, all after them are wrong",
        f"The first {line} are right, all after them are wrong",
    )
    return ask(seen, "what is different about the last ones?")


def only_one(index: int, line: str, *, last: bool) -> Asked:
    """For a single wrong row or column."""
    seen = Message(
        f"Only {line} {index} is wrong, all others are right",
        f"Only one {line} is wrong, all others are right",
    )
    if last:
        seen = Message(
            f"Only {line} {index}, the last one, is wrong, all others are right",
            f"Only the last {line} is wrong, all others are right",
        )
    return ask(seen, "what is different about it?")


def misplaced(name: str, place: int) -> Asked:
    """For one of several values that came back in the place of another."""
    return ask(f"What {name} must be came back at [{place}]", "in which order are the values returned?")


def size_of(size: int, name: str) -> Message:
    """Which size of an argument a wrong shape has, without a full stop."""
    return Message(f"{size} is {name}", f"One of its sizes is {name}")


def summed_along(size: Message) -> Asked:
    """For an axis that has the size of another one."""
    return Asked(size, plain("which axis is to be summed over?"))


def divides_by_zero(*, nan: bool) -> Asked:
    """For a value that is not finite although no number is large."""
    if nan:
        where = "where can 0 be divided by 0, log(0) be multiplied by 0, or the root of a negative number be taken?"
        return Asked(plain(""), plain(where))
    return Asked(plain(""), plain("where can a number be divided by 0, or the logarithm of 0 be taken?"))


def far_worse(name: str, yours: str, right: str) -> Message:
    """For another answer of the same check, whose error is far larger than that of the one that is shown."""
    redacted = "Another answer of this check is far further off."
    return Message(f"Another answer is far further off: {name} is {yours} instead of {right}.", redacted)


def there(values: dict[str, float], at: tuple[int, ...] | None) -> Message:
    """What arguments are where the result is not finite; `at` is None where there is no other entry."""
    if not values:
        return plain("")
    said = " and ".join(f"{name} = {number(value)}" for name, value in values.items())
    where = f" at {list(at)}" if at else ""
    return Message(f"Your function was given {said}{where}.", "")
