"""Which known mistakes did the student make? Those whose answers are the student's, whatever the code looks like.

Every failed check is looked at on its own, by what came back in it:

1. Where answers are determined, wrong variants of the reference answer the same calls (`shadows`).
2. Where answers were drawn, a variant goes through the check with draws of its own (`rehearsals`): it must fail in the
   same words, and no test may tell its draws from the student's.
3. Where no single mistake fits, two of them together may.
4. A check that trains or shuffles fails by whatever another check has proven, if that is known to trip it too.

Chance makes answers alike too. So a mistake must explain a share of what it should fail: most of it, if it explains
nothing in the first exercise that it trips. Among several that fit, the one that explains most failures is named; of
equals none, since a false name misleads.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field

import torch

from ..checking.case import Case
from ..checking.local import local_student, module_from
from ..checking.registry import Check, Misconception
from ..checking.transcript import NOTHING, Event
from ..checking.verdict import Verdict
from ..model import Outcome, Seed
from ..plan import Plan
from ..seeds import derive
from ..values import leaves
from .agreement import nowhere_finite
from .replay import explaining
from .resampling import Rehearsal, could_be, finding, rehearsed, right_without_draws

DIAGNOSED_ROWS = 10_000  # a training on more is not repeated to name a mistake
MOST_PAIRS = 100  # tried for one submission
LEAST_SHARE = 0.2  # of the failures in one function that a mistake must explain
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
    def asked(self) -> str:
        """What was asked for last: a function, a method or an attribute."""
        return self.events[-1].action.name if self.events else ""

    @property
    def answers(self) -> list:
        """All that came back, in order."""
        return [event.answer for event in self.events if event.answer is not NOTHING]

    @property
    def overflowed(self) -> bool:
        """Whether nothing of the last answer is finite, as many mistakes may have it."""
        return bool(self.answers) and nowhere_finite(self.answers[-1])

    @property
    def may_have_passed(self) -> float | None:
        """Which share of what a mistake should fail, if it is to be the reason; None where the answers tell enough."""
        if self.verdict.outcome is Outcome.ERROR:
            return 0.5
        return 0.0 if self.overflowed else None

    @property
    def telling(self) -> bool:
        """Whether its answers can be compared one by one, and are not such as many mistakes have."""
        return not self.rows and not self.draws and self.may_have_passed is None

    @property
    def drawn(self) -> bool:
        """Whether it may rest on chance: on draws, or on words about no single value."""
        return bool(finding(self.verdict)) and (self.draws or self.verdict.difference is None)


def explain(
    failures: Sequence[Failure], passed: Collection[str], plan: Plan, case: Callable[[Check], Case]
) -> dict[str, Mistakes]:
    """The mistakes behind the failed checks of one submission, by the names of the checks; two where both are needed.

    Args:
        passed: names of the checks that passed.
        case: the inputs of a check, the same as the student got.
    """
    return _Diagnosis(failures, frozenset(passed), plan, case).mistakes()


def likeliest(
    candidates: dict[str, list[Misconception]], passed: Collection[str], failed: Collection[str] = ()
) -> dict[str, Misconception]:
    """One misconception per check: of those that match it, the one that explains most failures.

    Of several it is the one that should have tripped the fewest checks that passed, then the most that failed; if that
    leaves two, none.
    """
    explained = Counter(m.id for found in candidates.values() for m in found)
    named = {}
    for name, found in candidates.items():
        ranks = {
            m.id: (explained[m.id], -len(set(m.trips) & set(passed)), len(set(m.trips) & set(failed))) for m in found
        }
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
    played: dict[tuple[str, str], list[Rehearsal]] = field(default_factory=dict)  # by texts and names of checks

    def mistakes(self) -> dict[str, Mistakes]:
        plain = [f for f in self.failures if not f.rows]
        failed = [f.check.name for f in self.failures]
        single = likeliest(self._candidates(plain), self.passed, failed)
        named: dict[str, Mistakes] = {name: (known,) for name, known in single.items()}
        for failure in plain:
            if failure.check.name not in named and failure.telling:
                named |= self._pair(failure, {m.id for found in named.values() for m in found})
        return self._carried_over(named)

    def _candidates(self, failures: Sequence[Failure]) -> dict[str, list[Misconception]]:
        found = self._without_coincidences(failures, self._exact_matches(failures))
        proven = {m.id for m in likeliest(found, self.passed).values()}
        # Draws that go wrong by a mistake proven elsewhere say nothing of another.
        open_ = [f for f in failures if not (f.draws and any(m.id in proven for m in self._tripping(f.check)))]
        drawn = {f.check.name: self._drawn(f, failures) for f in open_ if f.drawn and not found[f.check.name]}
        return found | self._consistent(found, drawn, open_)

    def _exact_matches(self, failures: Sequence[Failure]) -> dict[str, list[Misconception]]:
        """Those that give the very answers; where one does that did so before, no other needs to be tried."""
        found: dict[str, list[Misconception]] = {}
        for failure in failures:
            known, before = self._tripping(failure.check), {m.id for matches in found.values() for m in matches}
            matched = self._exact(failure, [m for m in known if m.id in before])
            found[failure.check.name] = matched or self._exact(failure, [m for m in known if m.id not in before])
        return found

    def _without_coincidences(
        self, failures: Sequence[Failure], found: dict[str, list[Misconception]]
    ) -> dict[str, list[Misconception]]:
        """Matches but for chance ones: a mistake explains at least a fifth of what it should fail of one function.

        If it explains nothing where it is looked at most closely, it explains most of what it should fail anywhere.
        """
        telling = [f for f in failures if f.telling]
        groups = defaultdict(list)
        for failure in telling:
            groups[failure.asked].append(failure.check.name)

        def share(known: Misconception, names: Sequence[str], of_none: float) -> float:
            hits = [known in found[name] for name in names if name in known.trips]
            return sum(hits) / len(hits) if hits else of_none

        def stays(known: Misconception, group: Sequence[str]) -> bool:
            closely = any(known in found.get(check.name, []) for check in self.plan.closest[known.id])
            anywhere = share(known, [f.check.name for f in telling], 0.0 if self._refuted(known) else 1.0)
            return share(known, group, 1.0) >= LEAST_SHARE and (closely or anywhere > 0.5)

        return {f.check.name: [m for m in found[f.check.name] if stays(m, groups[f.asked])] for f in failures}

    def _consistent(
        self, exact: dict[str, list[Misconception]], drawn: dict[str, list[Misconception]], failures: Sequence[Failure]
    ) -> dict[str, list[Misconception]]:
        """Of the matches by law, which are weaker evidence, those without which no failure of their own is left."""
        matched = {f.check.name: {m.id for m in [*exact[f.check.name], *drawn.get(f.check.name, [])]} for f in failures}
        found = {
            name: [m for m in candidates if all(m.id in ids for n, ids in matched.items() if n in m.trips)]
            for name, candidates in drawn.items()
        }
        vague = {f.check.name for f in failures if f.check.name in drawn and self._right_draws_alike(f)}
        proven = {m.id for name, known in (exact | found).items() if name not in vague for m in known}
        for name in vague:  # the words alone are the evidence: what should fail must not have passed
            found[name] = [m for m in found[name] if m.id in proven or not self.passed & set(m.trips)]
        return found

    def _tripping(self, check: Check) -> list[Misconception]:
        return [m for m in self.plan.misconceptions if check.name in m.trips]

    def _exact(self, failure: Failure, known: Sequence[Misconception]) -> list[Misconception]:
        """Those that give the student's very answers.

        Many exceptions and overflows look the same: then little or nothing that a mistake should fail may have passed.
        """
        by_id, forms = {m.id: m for m in known}, [(m, i, f) for m in known for i, f in enumerate(m.written())]
        variants = {(m.id, i): text for m, i, form in forms if (text := _variant(self.plan.reference, form))}
        found = [by_id[id] for id in dict.fromkeys(id for id, _ in self._explaining(failure, variants))]
        share = failure.may_have_passed
        return [m for m in found if share is None or len(self.passed & set(m.trips)) <= share * len(m.trips)]

    def _explaining(self, failure: Failure, variants: dict[Hashable, str]) -> list[Hashable]:
        raised = failure.verdict.message if failure.verdict.outcome is Outcome.ERROR else ""
        seed = derive(self.case(failure.check).seed, "student")
        return explaining(failure.events, raised, self.plan.reference, variants, seed=seed) if variants else []

    def _drawn(self, failure: Failure, failures: Sequence[Failure]) -> list[Misconception]:
        """Those that fail a check in the student's words, with draws of their own.

        If the same function fails without draws, they must fail that as well; and not everything may have passed where
        they are looked at most closely.
        """
        undrawn = {f.check.name for f in failures if f.asked == failure.asked and not f.draws}
        suspected = [m for m in self._tripping(failure.check) if undrawn <= set(m.trips) and not self._refuted(m)]
        return [m for m in suspected if self._plays_alike(m, failure)]

    def _refuted(self, known: Misconception) -> bool:
        return {check.name for check in self.plan.closest[known.id]} <= self.passed

    def _plays_alike(self, known: Misconception, failure: Failure) -> bool:
        texts = [text for form in known.written() if (text := _variant(self.plan.reference, form))]
        rehearsals = (self._rehearsed(text, failure) for text in texts)
        words = finding(failure.verdict)
        return any(
            any(each.finding == words for each in played) and self._could_be(played, failure) for played in rehearsals
        )

    def _right_draws_alike(self, failure: Failure) -> bool:
        return self._could_be(self._rehearsed(self.plan.reference, failure), failure)

    def _could_be(self, played: Sequence[Rehearsal], failure: Failure) -> bool:
        right = self._rehearsed(self.plan.reference, failure)
        follow = right_without_draws(failure.events, self.plan.reference)
        return could_be(failure.answers, played, right, follow=follow)

    def _rehearsed(self, text: str, failure: Failure) -> list[Rehearsal]:
        key = text, failure.check.name
        if key not in self.played:
            self.played[key] = rehearsed(text, failure.check, lambda: self.case(failure.check))
        return self.played[key]

    def _pair(self, failure: Failure, proven: set[str]) -> dict[str, Mistakes]:
        """Two mistakes that explain a failure together, if there is one such pair only."""
        known = [m for m in self._tripping(failure.check) if m.id in proven or not self._refuted(m)]
        pairs = itertools.combinations(known, 2)
        ordered = sorted(pairs, key=lambda pair: -len({m.id for m in pair} & proven))
        tried = {pair: text for pair in ordered[: self.pairs_left] if (text := _variant(self.plan.reference, *pair))}
        self.pairs_left -= len(tried)
        found = self._explaining(failure, tried)
        if proven:
            found = [pair for pair in found if proven & {m.id for m in pair}] or found
        return {failure.check.name: found[0]} if len(found) == 1 and self._holds(*found, tried, failure) else {}

    def _holds(self, pair: Mistakes, texts: dict[Mistakes, str], failure: Failure) -> bool:
        """Whether two mistakes explain at least half of what else they should fail in the same function."""
        tripped = {name for known in pair for name in known.trips} - {failure.check.name}
        others = [f for f in self.failures if f.check.name in tripped and f.asked == failure.asked and f.telling]
        return 2 * sum(bool(self._explaining(f, {pair: texts[pair]})) for f in others) >= len(others)

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
