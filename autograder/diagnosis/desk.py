"""Names at a student's desk, where there is no reference: by the same rule, from recorded answers.

The table here says of recorded mistakes what `table` says of wrong variants. Whether an answer is right is known only
where it is one of the wrong ones on record. So an answer that is none of them contradicts those who gave a wrong one,
and says nothing of the others. Answers are compared where the same was asked with the same arguments: what follows
from an earlier answer of the student's own is no evidence. Two mistakes at once and laws of draws need the reference.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path

from ..checking.registry import Misconception
from ..plan import Plan
from .check_run import CheckRun
from .degenerate import kinds_of
from .evidence import Evidence
from .fingerprints import could_be_drawn_alike, differ, same, same_outline
from .heard import Heard, heard_in, is_raised
from .naming import names_from
from .recorded import RIGHT, UNKNOWN, CheckAnswers, Passage, Record, Request, read_record, words_hash
from .replay import Says
from .variants import Mistakes, Nameless, Variant


def explain_at_desk(runs: Sequence[CheckRun], plan: Plan, path: Path) -> dict[str, Mistakes]:
    """The mistakes behind the failed checks of one's own work, by the names of the checks.

    Args:
        runs: the checks that passed or failed.
        path: the file of recorded answers; without one that can be used nothing has a name.
    """
    if not any(run.failed for run in runs):
        return {}
    record = read_record(path, plan)
    if record is None:
        return {}
    plan = dataclasses.replace(plan, misconceptions=tuple(record.mistakes))
    return names_from(Evidence(runs, plan, DeskTable(record)), pairs=False)


class Relation(Enum):
    """How an answer of a student's and a recorded one relate."""

    EQUAL = "equal"  # both are the same wrong answer
    DIFFERENT = "different"
    NONE = "none"  # they cannot be compared, or it is not known


class DeskTable:
    """What the answers of a student say about recorded mistakes; see `table.Table`."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._heard: dict[str, list[Heard]] = {}  # by the name of the check
        self._wrong: dict[str, list[bool]] = {}  # the same: which of these answers are wrong ones on record
        self._passages: dict[tuple[str, str], Passage] = {}  # by the source of a variant and the name of the check
        self._sources: dict[str, list[str]] = {}  # by the id of a mistake: what stands for the source of each form
        self._degenerate: dict[str, str] = {}  # by the source of a variant: the kind of answers
        for name, answers in record.checks.items():
            self._remember(name, answers)

    def _remember(self, check: str, answers: CheckAnswers) -> None:
        for id, forms in answers.passages.items():
            for form, passage in forms.items():
                source = f"{id}, form {form}"
                self._passages[source, check] = passage
                sources = self._sources.setdefault(id, [])
                if source not in sources:
                    sources.append(source)

    def singles(self, known: Iterable[Misconception]) -> list[Variant]:
        """Each mistake in all of the forms on record."""
        variants = []
        for mistake in known:
            for source in self._sources.get(mistake.id, ()):
                variants.append(Variant((mistake,), source))
        return variants

    def pairs(self, one: Misconception, other: Misconception) -> list[Variant]:
        """Nothing: what two mistakes answer together is not on record."""
        return []

    def degenerate(self, function: str, kind: str, plan: Plan) -> list[Variant]:
        """A function that returns degenerate answers of a kind only."""
        nameless = Nameless.of(function, kind, plan)
        self._degenerate[nameless.id] = kind
        return [Variant((nameless,), nameless.id)]

    def subject(self, run: CheckRun) -> str:
        """The function that a failed check is about: what was answered wrongly last, else what was asked for last."""
        wrong = self._wrong_in(run)
        for number in reversed(range(run.taken)):
            if wrong[number]:
                return self._heard_in(run)[number].function
        if run.taken:
            return run.functions[run.taken - 1]
        return ""

    def tells(self, run: CheckRun, function: str) -> bool:
        """Whether a function may have given an answer in a check that few mistakes give."""
        return function in run.asked

    def says(self, run: CheckRun, function: str, variant: Variant) -> Says:
        """What the answers that a function gave in a check say about a variant."""
        if variant.source in self._degenerate:
            return self._says_of_degenerate(run, function, variant)
        passage = self._passages.get((variant.source, run.name))
        if passage is None or passage.passed:
            # The check would have passed.
            about_it = run.failed and self.subject(run) == function
            return Says.CONTRADICTS if about_it else Says.NOTHING
        if not run.failed and function in run.asked and not run.uses_generator:
            return Says.CONTRADICTS
        return self._says_of_answers(run, function, passage)

    def fails_in_the_same_words(self, variant: Variant, run: CheckRun) -> bool:
        """Whether the check finds of a variant what it finds of the student's code, by draws that may be of one law."""
        passage = self._passages.get((variant.source, run.name))
        if passage is None or words_hash(run.finding) not in passage.words:
            return False
        answers = self._record.checks[run.name]
        for theirs, request in zip(self._heard_in(run), passage.requests, strict=False):
            comparable = theirs.answer is not None and self._is_same_request(run, theirs, request)
            if comparable and request.answer >= 0:
                if not could_be_drawn_alike(theirs.event.answer, answers.answers[request.answer]):
                    return False
        return True

    def draws_are_right(self, run: CheckRun) -> bool:
        """Whether the student's draws could be the reference's: at a desk nobody knows, so they could."""
        return True

    def _says_of_answers(self, run: CheckRun, function: str, passage: Passage) -> Says:
        """Every answer of the function must be the variant's; see `replay.what_they_say`."""
        heard = self._heard_in(run)
        wrong = self._wrong_in(run)
        objects = {theirs.event.action.target for theirs in heard if theirs.function == function} - {None}
        says = Says.NOTHING
        for number, request in enumerate(passage.requests[: len(heard)]):
            theirs = heard[number]
            relation = self._relation(run, number, passage)
            if theirs.function != function:
                # Where the student is right on the same object, the variant must be right too.
                seems_right = number < run.taken - 1 and not wrong[number]
                if seems_right and theirs.event.action.target in objects and relation is Relation.DIFFERENT:
                    return Says.CONTRADICTS
            elif relation is Relation.DIFFERENT:
                return Says.CONTRADICTS
            elif relation is Relation.EQUAL and request.tells:
                says = Says.AGREES
            elif relation is Relation.EQUAL and says is Says.NOTHING:
                says = Says.FITS
        return says

    def _relation(self, run: CheckRun, number: int, passage: Passage) -> Relation:
        """How an answer of the student's and one on record relate."""
        theirs = self._heard_in(run)[number]
        request = passage.requests[number]
        if theirs.answer is None or request.answer == UNKNOWN or not self._is_same_request(run, theirs, request):
            return Relation.NONE
        if request.answer == RIGHT:
            # An answer that ends the check is wrong too, if the check goes on after the right one.
            ends_check = run.failed and number == run.taken - 1 < passage.taken - 1
            if self._wrong_in(run)[number] or ends_check:
                return Relation.DIFFERENT
            return Relation.NONE
        recorded = self._record.checks[run.name].answers[request.answer]
        if same(theirs.answer, recorded):
            return Relation.EQUAL
        both_raised = theirs.raised and is_raised(recorded)  # in other words, which depend on the library used
        if both_raised or not differ(theirs.answer, recorded):
            return Relation.NONE
        if number >= run.taken and not self._wrong_in(run)[number]:
            # The check never came to this answer, which may be right, or wrong in a way that another style has.
            return Relation.NONE
        return Relation.DIFFERENT

    def _is_same_request(self, run: CheckRun, theirs: Heard, request: Request) -> bool:
        """Whether the same was asked with the same arguments, so that the answers can be compared."""
        answers = self._record.checks[run.name]
        if theirs.function != answers.functions[request.function]:
            return False
        return same_outline(theirs.sent, answers.sent[request.sent])

    def _wrong_in(self, run: CheckRun) -> list[bool]:
        """Which of the student's answers are wrong ones on record."""
        if run.name not in self._wrong:
            wrong = []
            for number, theirs in enumerate(self._heard_in(run)):
                wrong.append(self._is_on_record(run, number, theirs))
            self._wrong[run.name] = wrong
        return self._wrong[run.name]

    def _is_on_record(self, run: CheckRun, number: int, theirs: Heard) -> bool:
        answers = self._record.checks.get(run.name)
        if answers is None or theirs.answer is None:
            return False
        for request in answers.wrong_at(number):
            if self._is_same_request(run, theirs, request) and same(theirs.answer, answers.answers[request.answer]):
                return True
        return False

    def _says_of_degenerate(self, run: CheckRun, function: str, variant: Variant) -> Says:
        """Every answer of the function must be of the kind."""
        if function not in run.asked:
            return Says.NOTHING
        kind = self._degenerate[variant.source]
        return Says.FITS if kind in kinds_of(run, function) else Says.CONTRADICTS

    def _heard_in(self, run: CheckRun) -> list[Heard]:
        if run.name not in self._heard:
            self._heard[run.name] = heard_in(run)
        return self._heard[run.name]
