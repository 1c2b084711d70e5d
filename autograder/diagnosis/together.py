"""Two mistakes that explain together what neither explains alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from ..checking.registry import Misconception
from .check_run import CheckRun
from .evidence import Evidence
from .replay import Says
from .variants import Mistakes, Variant

# Pairs that are tried for one submission. Some seventy mistakes can fail the checks of a training, and each goes with a
# proven one; of pairs of which neither is proven, fourteen mistakes that trip one check make 91.
MOST_PAIRS = 200


class Pairs:
    """The pairs of mistakes that explain failed checks of a submission."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._table = evidence.table
        self._tried: dict[Mistakes, list[Variant]] = {}

    def explaining(self, run: CheckRun, proven: set[Misconception], *, alone: bool) -> list[Mistakes]:
        """What explains a failed check together.

        Where one mistake of a pair gives these answers alone, it is the explanation: the other, which is proven or
        shows in another check, tells why the first is not seen there.

        Args:
            proven: the mistakes that explain other checks.
            alone: whether pairs of which neither is proven are tried.
        """
        explaining: list[Mistakes] = []
        for variant in self._variants(run, proven, alone=alone):
            if not self._evidence.agrees(variant, run) or self._one_is_absent(variant):
                continue
            needed = self._needed(variant, run)
            excused = not proven.isdisjoint(variant.mistakes) or self._other_shows(variant, needed, run)
            if needed not in explaining and (len(needed) == 2 or excused):
                explaining.append(needed)
        return explaining

    def without_superfluous(self, named: Mapping[str, Mistakes]) -> dict[str, Mistakes]:
        """The names without a mistake all of whose checks are explained by two other named ones together.

        Fewer mistakes are likelier. Alone, one of the two was refuted by answers that both lead to.
        """
        simpler = dict(named)
        for mistakes in dict.fromkeys(named.values()):
            if len(mistakes) > 1:
                continue
            places = [run for run in self._evidence.failures if named.get(run.name) == mistakes]
            still_named = set(itertools.chain(*simpler.values())).difference(mistakes)
            others = [known for known in self._evidence.plan.misconceptions if known in still_named]
            for pair in itertools.combinations(others, 2):
                for variant in self._table.pairs(*pair):
                    if all(self._gives(variant, run) for run in places):
                        simpler.update((run.name, self._needed(variant, run)) for run in places)
        return simpler

    def _gives(self, variant: Variant, run: CheckRun) -> bool:
        """Whether a variant gives the answers in a check, degenerate ones included."""
        return self._table.says(run, self._table.subject(run), variant) in (Says.AGREES, Says.FITS)

    def _one_is_absent(self, pair: Variant) -> bool:
        """Whether a check that looks at one mistake of a pair most closely passed, or shows the other one alone."""
        if self._evidence.is_right_elsewhere(pair):
            return True
        for run in self._evidence.failures_without_training:
            contradicted = self._table.says(run, self._table.subject(run), pair) is Says.CONTRADICTS
            if run.uses_generator or not contradicted:
                continue
            for one, other in itertools.permutations(pair.mistakes):
                if run.name in self._evidence.closest(one) and self._agrees_alone(other, run):
                    return True
        return False

    def _variants(self, run: CheckRun, proven: set[Misconception], *, alone: bool) -> Iterator[Variant]:
        """The pairs that could explain a check, as far as no more than are allowed have been tried."""
        for pair in self._candidates(run, proven, alone=alone):
            if pair not in self._tried:
                if len(self._tried) >= MOST_PAIRS:
                    return
                self._tried[pair] = self._table.pairs(*pair)
            yield from self._tried[pair]

    def _candidates(
        self, run: CheckRun, proven: set[Misconception], *, alone: bool
    ) -> Iterator[tuple[Misconception, Misconception]]:
        suspects = self._evidence.suspects(run.check)
        if alone:
            yield from self._complementary(run)
            suspects = [known for known in suspects if not self._evidence.is_unlikely(known)]
            yield from itertools.combinations(suspects, 2)
            return
        for pair in itertools.combinations(self._evidence.plan.misconceptions, 2):
            one, other = pair
            if (one in proven and other in suspects) or (other in proven and one in suspects):
                yield pair

    def _complementary(self, run: CheckRun) -> Iterator[tuple[Misconception, Misconception]]:
        """Pairs of which one gives the answers in a check, and the other may explain another check of the function."""
        here = [known for known in self._evidence.suspects(run.check) if self._agrees_alone(known, run)]
        for other in self._failures_about(self._table.subject(run)):
            for one, second in itertools.product(here, self._evidence.suspects(other.check)):
                if one is not second and not self._agrees_alone(one, other):
                    yield one, second

    def _needed(self, pair: Variant, run: CheckRun) -> Mistakes:
        """The mistake of a pair that gives the answers in a check alone; both if none does."""
        for known in pair.mistakes:
            if self._agrees_alone(known, run):
                return (known,)
        return pair.mistakes

    def _other_shows(self, pair: Variant, needed: Mistakes, run: CheckRun) -> bool:
        """Whether the mistake of a pair that a check does not need is needed in another one."""
        for other in self._failures_about(self._table.subject(run)):
            if self._needed(pair, other) != needed and self._evidence.agrees(pair, other):
                return True
        return False

    def _failures_about(self, function: str) -> list[CheckRun]:
        """The failed checks about a function."""
        return [run for run in self._evidence.failures_without_training if self._table.subject(run) == function]

    def _agrees_alone(self, known: Misconception, run: CheckRun) -> bool:
        """Whether a mistake alone gives the answers in a check."""
        return Says.AGREES in self._evidence.says_alone(known, run)
