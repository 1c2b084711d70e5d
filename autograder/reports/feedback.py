"""What a student reads of a result: one arrangement of it, from which the page, Markdown and the terminal are made.

It is made of the student's version of a result and of nothing else, so that what only the staff may know cannot reach
it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..evidence import Comparison, Series
from ..model import NOT_WRITTEN, CheckResult, Outcome
from .arrays import Line
from .pages import in_points, sign
from .renderers import as_told, lines_below, paragraph, snippet_of
from .screen import in_words

NOTHING_WRITTEN = "No exercise is written yet."
WAITING = (
    Outcome.NOT_ATTEMPTED,
    Outcome.SKIPPED,
    Outcome.GRADER_FAULT,
)  # nothing of the student's is known to be wrong


@dataclass(frozen=True)
class CheckFeedback:
    """What there is to say about a check.

    Args:
        repeats: whether the check before it says the same.
    """

    check: CheckResult
    repeats: bool = False

    @property
    def symbol(self) -> str:
        """How it ended, as a sign."""
        return sign(self.check.outcome)

    @property
    def words(self) -> str:
        """How it ended, in words."""
        return in_words(self.check.outcome)

    @property
    def is_waiting(self) -> bool:
        """Whether it says nothing against the student's work."""
        return self.check.outcome in WAITING

    @property
    def text(self) -> str:
        """What is wrong, in sentences; a named mistake comes first."""
        if self.repeats:
            return ""
        return paragraph(self.check)

    @property
    def arrays(self) -> list[Comparison]:
        """What can be shown entry by entry: arrays that came back, beside what they must be."""
        comparisons = []
        for block in self.check.evidence:
            if isinstance(block, Comparison) and block.yours is not None and block.right is not None:
                comparisons.append(block)
        return comparisons

    @property
    def series(self) -> list[Series]:
        """What can be drawn."""
        return [block for block in self.check.evidence if isinstance(block, Series)]

    @property
    def lines(self) -> list[Line]:
        """All that stands below the text, in plain lines."""
        return lines_below(self.check.evidence)

    @property
    def other_lines(self) -> list[str]:
        """The lines of what is neither an array nor a curve."""
        others = [block for block in self.check.evidence if not isinstance(block, Comparison | Series)]
        return [line.text for line in lines_below(others)]

    @property
    def snippet(self) -> str:
        """Lines for a Python prompt that reproduce the failure, or ""."""
        return snippet_of(self.check.evidence)

    @property
    def output(self) -> str:
        """What the code printed in this check."""
        return self.check.output.strip()


@dataclass(frozen=True)
class ExerciseFeedback:
    """An exercise with its checks."""

    title: str
    checks: tuple[CheckFeedback, ...]

    @property
    def points(self) -> float:
        """The points earned."""
        return sum(item.check.points for item in self.checks)

    @property
    def max_points(self) -> float:
        """The points that can be earned."""
        return sum(item.check.max_points for item in self.checks)

    @property
    def passed(self) -> list[CheckFeedback]:
        """The checks that passed."""
        return [item for item in self.checks if item.check.outcome is Outcome.PASSED]

    @property
    def others(self) -> list[CheckFeedback]:
        """The checks that did not pass."""
        return [item for item in self.checks if item.check.outcome is not Outcome.PASSED]


@dataclass(frozen=True)
class Explained:
    """A known mistake as its student reads it, and the titles of the checks that it explains."""

    mistake: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Feedback:
    """A result as its student reads it."""

    student: str
    slug: str
    title: str
    score: float
    max_score: float
    exercises: tuple[ExerciseFeedback, ...]
    notes: tuple[str, ...]
    alone: float = 0.0
    carried: float | None = None

    @classmethod
    def of(cls, record: Mapping[str, Any], titles: Mapping[str, str]) -> Feedback:
        """Arrange a result.

        Args:
            record: the version for the student, as `grading.results.for_student` makes it.
            titles: of the exercises by their ids; one that is missing goes by its id.
        """
        if record["audience"] != "student":
            raise ValueError("this version of the result is not for the student")
        checks: dict[str, list[CheckResult]] = {}
        for part in record["checks"]:
            check = as_told(part)
            checks.setdefault(check.exercise, []).append(check)
        exercises = []
        for id, of_exercise in checks.items():
            exercises.append(ExerciseFeedback(titles.get(id, id.replace("_", " ")), _without_repeats(of_exercise)))
        return cls(
            student=record["student"],
            slug=record["assignment"],
            title=record["title"],
            score=record["score"],
            max_score=record["max_score"],
            exercises=tuple(exercises),
            notes=tuple(record["notes"]),
            alone=record["score_alone"],
            carried=record["score_carried"],
        )

    @property
    def second_mark(self) -> str:
        """What errors carried forward make of the mark, in a sentence; "" if nothing."""
        if self.carried is None or self.carried == self.alone:
            return ""
        names: dict[str, None] = {}
        for exercise in self.exercises:
            for item in exercise.checks:
                names |= dict.fromkeys(item.check.carried)
        functions = ", ".join(f"`{name}`" for name in names)
        maximum = in_points(self.max_score)
        if self.score == self.carried:
            first = f"Without errors carried forward it would be {in_points(self.alone)} of {maximum} points"
            return f"{first}: in later exercises, right functions stood for your {functions}."
        second = f"With errors carried forward: {in_points(self.carried)} of {maximum} points"
        return f"{second}, if right functions stand for your {functions} in later exercises."

    @property
    def remarks(self) -> list[str]:
        """The notes, but for what all checks say."""
        return [note for note in self.notes if self.of_all is None or note != self.of_all.check.message]

    @cached_property
    def of_all(self) -> CheckFeedback | None:
        """The first check, if all say the same, as where nothing was handed in: that is said once, and of the whole."""
        items = [item for exercise in self.exercises for item in exercise.checks]
        said = {(item.check.outcome, paragraph(item.check)) for item in items}
        first = next(iter(items), None)
        if first is None or len(self.exercises) == 1 or len(said) > 1 or not first.text:
            return None
        if first.check.outcome is Outcome.FAILED:  # what was asked tells more than what is said
            return None
        if first.text == NOT_WRITTEN:
            return CheckFeedback(dataclasses.replace(first.check, message=NOTHING_WRITTEN))
        return first

    @cached_property
    def explained(self) -> list[Explained]:
        """The known mistakes that were recognised, each with what it explains."""
        titles: dict[str, list[str]] = {}
        for exercise in self.exercises:
            for item in exercise.checks:
                if item.check.mistake:
                    titles.setdefault(item.check.mistake, []).append(item.check.title)
        return [Explained(mistake, tuple(of_mistake)) for mistake, of_mistake in titles.items()]


def _without_repeats(checks: Sequence[CheckResult]) -> tuple[CheckFeedback, ...]:
    """The checks of an exercise; that one is not written need be said only once."""
    items = []
    said = ""
    for check in checks:
        text = paragraph(check)
        items.append(CheckFeedback(check, repeats=bool(text) and text == said))
        said = text
    return tuple(items)
