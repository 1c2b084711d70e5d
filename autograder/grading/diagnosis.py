"""Which known mistakes did the student make? Those whose answers are the student's, whatever the code looks like.

Every failed check is looked at on its own, by what came back in it:

1. Where answers are determined, wrong variants of the reference answer the same calls (`shadows`).
2. Where answers were drawn, a variant goes through the check with draws of its own: it must fail in the same words, and
   no test may tell its draws from the student's.
3. Where no single mistake fits, two of them together may.
4. A check that trains or shuffles fails by whatever another check has proven, if that is known to trip it too.

Among several that fit, the one that explains most failures is named; of equals none, since a false name misleads.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass

import torch

from ..checking.case import Case
from ..checking.local import local_student, module_from
from ..checking.record import NOTHING, Event, leaves
from ..checking.registry import Check, Misconception
from ..checking.student import Student
from ..checking.verdict import Verdict
from ..model import Outcome, Seed
from .likeness import drawn_alike, nowhere_finite
from .plan import Plan
from .seeds import derive
from .shadows import DrawnAlong, explaining

DIAGNOSED_ROWS = 10_000  # a training on more is not repeated to name a mistake
MOST_PAIRS = 100  # tried for one submission
NUMBER = re.compile(r"[-+]?\d[\d.,]*(e[-+]?\d+)?|\b(inf|nan)\b")
Mistakes = tuple[Misconception, ...]


@dataclass(frozen=True)
class Failure:
    """A check that did not pass, and everything that came back in it.

    Args:
        verdict: how it ended, `failed` or `error`.
        rows: of the data set that was trained on; 0 if there was none.
    """

    check: Check
    verdict: Verdict
    events: Sequence[Event]
    rows: int = 0

    @property
    def draws(self) -> bool:
        """Whether the student was given a generator."""
        return any(isinstance(leaf, Seed) for event in self.events for _, leaf in leaves(event.sent))

    @property
    def overflowed(self) -> bool:
        """Whether nothing of the last answer is finite, as many mistakes may have it."""
        given = [e.answer for e in self.events if e.answer is not NOTHING]
        return bool(given) and nowhere_finite(given[-1])

    @property
    def finding(self) -> str:
        """What a test found that does not rest on one value: its words without the numbers."""
        failed = self.verdict.outcome is Outcome.FAILED and self.verdict.difference is None
        return NUMBER.sub("#", self.verdict.message) if failed else ""


def explain(
    failures: Sequence[Failure], passed: Collection[str], plan: Plan, case: Callable[[Check], Case]
) -> dict[str, Mistakes]:
    """The mistakes behind the failed checks of one submission, by the names of the checks; two where both are needed.

    Args:
        passed: names of the checks that passed.
        case: the inputs of a check, the same as the student got.
    """
    return _Diagnosis(failures, frozenset(passed), plan, case).mistakes()


def likeliest(candidates: dict[str, list[Misconception]], passed: Collection[str]) -> dict[str, Misconception]:
    """One misconception per check: of those that match it, the one that explains most failures.

    Of several it is the one that should have tripped the fewest checks that passed; if that leaves two, none.
    """
    explained = Counter(m.id for found in candidates.values() for m in found)
    named = {}
    for name, found in candidates.items():
        ranks = {m.id: (explained[m.id], -len(set(m.trips) & set(passed))) for m in found}
        best = [m for m in found if ranks[m.id] == max(ranks.values())]
        if len({m.says for m in best}) == 1:
            named[name] = best[0]
    return named


def passes(check: Check, case: Case, reference: str) -> bool:
    """Whether the reference passes a check in this process."""
    with torch.random.fork_rng(devices=[]):
        try:
            check.run(local_student(module_from(reference, "reference")), case)
        except Exception:
            return False
    return True


@dataclass
class _Diagnosis:
    failures: Sequence[Failure]
    passed: frozenset[str]
    plan: Plan
    case: Callable[[Check], Case]
    pairs_left: int = MOST_PAIRS

    def mistakes(self) -> dict[str, Mistakes]:
        plain = [f for f in self.failures if not f.rows]
        single = likeliest(self._candidates(plain), self.passed)
        named: dict[str, Mistakes] = {name: (known,) for name, known in single.items()}
        for failure in plain:
            if failure.check.name not in named and not failure.draws and not failure.overflowed:
                named |= self._pair(failure, {m.id for found in named.values() for m in found})
        return self._carried_over(named)

    def _candidates(self, failures: Sequence[Failure]) -> dict[str, list[Misconception]]:
        exact = {f.check.name: self._exact(f, self._tripping(f.check)) for f in failures}
        drawn = {f.check.name: self._drawn(f) for f in failures if not exact[f.check.name] and f.finding}
        matched = {name: {m.id for m in [*found, *drawn.get(name, [])]} for name, found in exact.items()}
        for name, found in drawn.items():  # weaker evidence: it must not fail to explain another failure of its own
            exact[name] = [m for m in found if all(m.id in ids for n, ids in matched.items() if n in m.trips)]
        return exact

    def _tripping(self, check: Check) -> list[Misconception]:
        return [m for m in self.plan.misconceptions if check.name in m.trips]

    def _exact(self, failure: Failure, known: Sequence[Misconception]) -> list[Misconception]:
        """Those that give the student's very answers.

        Many overflows look the same: then nothing that a mistake should fail may have passed.
        """
        by_id, forms = {m.id: m for m in known}, [(m, i, f) for m in known for i, f in enumerate(m.written())]
        variants = {(m.id, i): text for m, i, form in forms if (text := _variant(self.plan.reference, form))}
        found = [by_id[id] for id in dict.fromkeys(id for id, _ in self._explaining(failure, variants))]
        return [m for m in found if not self.passed & set(m.trips)] if failure.overflowed else found

    def _explaining(self, failure: Failure, variants: dict[Hashable, str]) -> list[Hashable]:
        raised = failure.verdict.message if failure.verdict.outcome is Outcome.ERROR else ""
        seed = derive(self.case(failure.check).seed, "student")
        return explaining(failure.events, raised, self.plan.reference, variants, seed=seed) if variants else []

    def _drawn(self, failure: Failure) -> list[Misconception]:
        """Those that fail a check in the student's words, with draws of their own.

        Where right code draws alike, the words alone are the evidence: then nothing that should fail may have passed.
        """
        found = [m for m in self._tripping(failure.check) if self._fails_alike(m, failure)]
        if found and self._through(self.plan.reference, failure) is not None:
            found = [m for m in found if not self.passed & set(m.trips)]
        return found

    def _fails_alike(self, known: Misconception, failure: Failure) -> bool:
        text = _variant(self.plan.reference, known)
        return text is not None and self._through(text, failure) == failure.finding

    def _through(self, text: str, failure: Failure) -> str | None:
        """What a check finds in a variant that goes through it; None if its draws are unlike the student's."""
        case, given = self.case(failure.check), [e.answer for e in failure.events if e.answer is not NOTHING]
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(derive(case.seed, "student"))
            try:
                failure.check.run(Student(DrawnAlong(text, given, drawn_alike)), case)
            except Verdict as verdict:
                return Failure(failure.check, verdict, ()).finding
            except Exception:  # unlike draws, or an answer that the check cannot work with
                return None
        return ""

    def _pair(self, failure: Failure, proven: set[str]) -> dict[str, Mistakes]:
        """Two mistakes that explain a failure together, if there is one such pair only."""
        pairs = itertools.combinations(self._tripping(failure.check), 2)
        ordered = sorted(pairs, key=lambda pair: -len({m.id for m in pair} & proven))
        tried = {pair: text for pair in ordered[: self.pairs_left] if (text := _variant(self.plan.reference, *pair))}
        self.pairs_left -= len(tried)
        found = self._explaining(failure, tried)
        if proven:
            found = [pair for pair in found if proven & {m.id for m in pair}] or found
        return {failure.check.name: found[0]} if len(found) == 1 else {}

    def _carried_over(self, named: dict[str, Mistakes]) -> dict[str, Mistakes]:
        """Names also for the checks whose answers cannot be compared one by one, because they train or shuffle."""
        proven, carried = Counter(named.values()).most_common(), dict(named)
        for failure in self.failures:
            name = failure.check.name
            if name in named or not (failure.rows or failure.draws):
                continue
            reasons = [trip for found, _ in proven if (trip := tuple(m for m in found if name in m.trips))]
            if not reasons and 0 < failure.rows <= DIAGNOSED_ROWS:
                reasons = [(m,) for m in self._exact(failure, self._only_with_data(failure.check))]
            if reasons:
                carried[name] = reasons[0]
        return carried

    def _only_with_data(self, check: Check) -> list[Misconception]:
        """Those that no check without data could have shown."""
        with_data = {f.check.name for f in self.failures if f.rows}
        return [m for m in self._tripping(check) if set(m.trips) <= with_data]


def _variant(reference: str, *mistakes: Misconception) -> str | None:
    """The reference with these mistakes; None if they do not go together, or at all (`validate` tells the author)."""
    try:
        for known in mistakes:
            reference = known.apply(reference)
        module_from(reference, "variant")
    except Exception:
        return None
    return reference
