"""Which wrong variants of the reference would have answered as the student did in a failed check?

This module hands the work to `replay` or to `resampling`, and remembers what was played.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..checking.case import Case
from ..checking.registry import Check
from ..seeds import derive
from .failure import Failure
from .replay import explaining
from .resampling import Rehearsal, could_be, finding, rehearsed, right_without_draws
from .variants import Variant


class Matcher:
    """Compares what a student answered with what variants answer.

    Args:
        reference: its source text.
        case: the inputs of a check, the same as the student got.
    """

    def __init__(self, reference: str, case: Callable[[Check], Case]) -> None:
        self.reference = reference
        self._case = case
        self._rehearsals: dict[tuple[str, str], list[Rehearsal]] = {}  # by source text and name of the check

    def with_the_same_answers(self, failure: Failure, variants: Sequence[Variant]) -> list[Variant]:
        """Those that return the student's values when they get the student's calls."""
        if not variants:
            return []
        seed = derive(self._case(failure.check).seed, "student")
        return explaining(failure.events, failure.raised, self.reference, variants, seed=seed)

    def fails_in_the_same_words(self, variant: Variant, failure: Failure) -> bool:
        """Whether a variant with draws of its own fails the check in the student's words, by draws of the same law."""
        rehearsals = self._rehearsed(variant.source, failure)
        words = finding(failure.verdict)
        if not any(rehearsal.finding == words for rehearsal in rehearsals):
            return False
        return self._could_be(rehearsals, failure)

    def draws_are_right(self, failure: Failure) -> bool:
        """Whether the student's draws could be those of the reference, so that only the verdict's words are left."""
        return self._could_be(self._rehearsed(self.reference, failure), failure)

    def _could_be(self, played: Sequence[Rehearsal], failure: Failure) -> bool:
        right = self._rehearsed(self.reference, failure)
        follow = right_without_draws(failure.events, self.reference)
        return could_be(failure.answers, played, right, follow=follow)

    def _rehearsed(self, source: str, failure: Failure) -> list[Rehearsal]:
        key = (source, failure.name)
        if key not in self._rehearsals:
            self._rehearsals[key] = rehearsed(source, failure.check, lambda: self._case(failure.check))
        return self._rehearsals[key]
