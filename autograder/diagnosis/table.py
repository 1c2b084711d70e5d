"""What every check of a submission says about every known mistake: it agrees, it contradicts, or it says nothing.

The table is filled in as it is read, since most of it is never needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from ..checking.case import Case
from ..checking.registry import Check, Misconception
from ..plan import Plan
from ..seeds import derive
from .check_run import CheckRun
from .replay import Reply, Says, last_wrong, replies_of, what_they_say, what_they_say_of_their_own
from .resampling import MORE_REHEARSALS, REHEARSALS, Rehearsal, could_be, rehearsed, right_without_draws
from .variants import Variant, degenerate_variants, paired_variants, single_variants

# Names are a service, and no mark depends on them: a submission whose answers make the comparison slow goes without.
# The slowest of the known mistakes takes a tenth of this. Seconds of this process, not of the wall clock, so that a
# machine that has more to do gives the same names.
DEADLINE_SECONDS = 30.0


class OutOfTime(Exception):
    """The comparison took too long."""


class Table:
    """What the answers of one submission say about wrong variants of the reference.

    Args:
        reference: its source text.
        case: the inputs of a check, the same as the student got.
        own: the text of the submission, where it is known: a variant of the same text need not be asked.
    """

    def __init__(self, reference: str, case: Callable[[Check], Case], own: str = "") -> None:
        self.reference = reference
        self._case = case
        self._own = own
        self._singles: dict[str, list[Variant]] = {}  # by the id of the mistake
        self._replies: dict[str, list[Reply]] = {}  # by the name of the check
        self._cells: dict[tuple[str, str, str], Says] = {}  # by source text, name of the check and function
        self._rehearsals: dict[tuple[str, str], list[Rehearsal]] = {}  # by source text and name of the check
        self._end = time.process_time() + DEADLINE_SECONDS

    def singles(self, known: Iterable[Misconception]) -> list[Variant]:
        """Each mistake alone, in all of its forms."""
        variants = []
        for mistake in known:
            if mistake.id not in self._singles:
                self._singles[mistake.id] = single_variants([mistake], self.reference)
            variants += self._singles[mistake.id]
        return variants

    def pairs(self, one: Misconception, other: Misconception) -> list[Variant]:
        """Two mistakes at once, if they go together."""
        return paired_variants([(one, other)], self.reference)

    def degenerate(self, function: str, kind: str, plan: Plan) -> list[Variant]:
        """The reference with a function that returns degenerate answers of a kind only, if it has that function."""
        return degenerate_variants(function, kind, self.reference, plan)

    def subject(self, run: CheckRun) -> str:
        """The function that a failed check is about: what was answered wrongly last, else what was asked for last."""
        return last_wrong(self._replies_of(run)) or run.last_asked

    def tells(self, run: CheckRun, function: str) -> bool:
        """Whether a function gave a wrong answer in a check that few mistakes give."""
        return any(reply.tells and reply.function == function for reply in self._replies_of(run))

    def says(self, run: CheckRun, function: str, variant: Variant) -> Says:
        """What the answers that a function gave in a check say about a variant."""
        self._hurry()
        key = (variant.source, run.name, function)
        if key not in self._cells:
            replies = self._replies_of(run)
            if variant.source == self._own:
                self._cells[key] = what_they_say_of_their_own(replies, function)
            else:
                self._cells[key] = what_they_say(replies, function, variant, seed=self._seed(run))
        return self._cells[key]

    def fails_in_the_same_words(self, variant: Variant, run: CheckRun) -> bool:
        """Whether a variant with draws of its own fails the check in the student's words, by draws of the same law."""
        for count in (REHEARSALS, MORE_REHEARSALS):
            rehearsals = self._rehearsed(variant.source, run, count)
            in_the_same_words = any(rehearsal.finding == run.finding for rehearsal in rehearsals)
            if in_the_same_words and self._could_be(rehearsals, run):
                return True
        return False

    def draws_are_right(self, run: CheckRun) -> bool:
        """Whether the student's draws could be those of the reference, so that only the verdict's words are left."""
        return self._could_be(self._rehearsed(self.reference, run), run)

    def _replies_of(self, run: CheckRun) -> list[Reply]:
        if run.name not in self._replies:
            self._hurry()
            self._replies[run.name] = replies_of(run.events, run.raised, self.reference, seed=self._seed(run))
        return self._replies[run.name]

    def _seed(self, run: CheckRun) -> int:
        return derive(self._case(run.check).seed, "student")

    def _could_be(self, played: Sequence[Rehearsal], run: CheckRun) -> bool:
        right = self._rehearsed(self.reference, run)
        follow = right_without_draws(run.events, self.reference)
        return could_be(run.answers, played, right, follow=follow)

    def _rehearsed(self, source: str, run: CheckRun, count: int = REHEARSALS) -> list[Rehearsal]:
        """The first rehearsals of a module, so many of them."""
        played = self._rehearsals.setdefault((source, run.name), [])
        while len(played) < count:
            self._hurry()
            played += rehearsed(source, run.check, lambda: self._case(run.check), [len(played)])
        return played[:count]

    def _hurry(self) -> None:
        if time.process_time() > self._end:
            raise OutOfTime
