"""autograder.authoring.mutants: mutants of the miniature assignment are tried, and judged against a list of excuses."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest

from autograder import data
from autograder.authoring.mutants import trial
from autograder.authoring.mutants.generating import Mutant, mutants_of
from autograder.authoring.mutants.measure import Measure, judge, measure_all
from autograder.authoring.mutants.trial import LIMIT, LOADING, SURVIVED, Bench, Fate
from autograder.errors import AutograderError
from autograder.model import EquivalentMutants
from autograder.plan import Setting

SETTING = Setting(load_data=partial(data.load, "digits"))
DOUBLED, ADDED = "return 2 * x", "self.total += amount"


@pytest.fixture(scope="module")
def bench(plan) -> Bench:
    """Ready to try mutants of the miniature assignment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "SECONDS_AT_LEAST", 1)
        return Bench(plan, SETTING)


def mutant(plan, old: str, new: str) -> Mutant:
    """The reference of the miniature assignment with one line changed by hand."""
    lines = plan.reference.splitlines()
    line = next(i + 1 for i, text in enumerate(lines) if text.strip() == old)
    function = "double" if old == DOUBLED else "Counter.add"
    return Mutant(f"by hand:{line}", function, line, line, old, new, plan.reference.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "fate"),
    [
        (DOUBLED, "return 3 * x", {"doubles_each_entry", "keeps_its_input"}),
        (DOUBLED, "return x.mul_(2)", {"keeps_its_input"}),
        (DOUBLED, "return nothing", {"doubles_each_entry", "keeps_its_input"}),
        (ADDED, "self.total -= amount", {"adds_up", "two_counters_are_apart"}),
        (ADDED, "self.total = amount", {"adds_up"}),
        (DOUBLED, "return x + x", {SURVIVED}),
        (ADDED, "self.total = amount + self.total", {SURVIVED}),
        (DOUBLED, "while True: pass", {LIMIT}),
        (DOUBLED, "return [bytearray(1) * (8 << 30) for _ in range(99)]", {"doubles_each_entry", "keeps_its_input"}),
        (DOUBLED, "import os; os._exit(0)", {LIMIT}),
        (DOUBLED, "while (x := [x]): pass", {LIMIT, "doubles_each_entry", "keeps_its_input"}),
    ],
)
def test_a_mutant_meets_its_fate(bench, plan, old: str, new: str, fate: set[str]):
    """A check of the changed function catches it, or a limit does, or nothing."""
    assert bench.fate_of(mutant(plan, old, new)).caught_by in fate


def test_a_mutant_that_cannot_be_loaded_is_caught(bench, plan):
    """A mistake in a constant may show before any function is called."""
    broken = dataclasses.replace(mutant(plan, DOUBLED, ""), source="LIMIT = 1 / 0\n")
    assert bench.fate_of(broken).caught_by == LOADING


def test_checks_that_never_run_the_changed_line_are_left_out(bench, plan):
    """Whatever stands there, nothing could tell."""
    beside = dataclasses.replace(mutant(plan, DOUBLED, "return 3 * x"), line=2, last_line=2)
    assert bench.fate_of(beside).caught_by == SURVIVED


def test_a_reference_that_fails_proves_nothing(plan):
    """The checks must pass the reference before they may fail a mutant."""
    broken = dataclasses.replace(plan, solution=plan.reference.replace(DOUBLED, "return 3 * x"))
    with pytest.raises(AutograderError, match=r"The reference of scaling does not pass doubles_each_entry, so nothing"):
        Bench(broken, SETTING)


def test_a_child_in_which_nothing_works_proves_nothing(plan, monkeypatch):
    """If the reference itself fails in a forked process, mutants would all look caught."""
    monkeypatch.setattr(trial, "_limit", lambda *limits: 1 / 0)
    with pytest.raises(AutograderError, match=r"The reference of scaling fails in a forked process"):
        Bench(plan, SETTING)


def three_mutants() -> list[Mutant]:
    """Three changes of one function."""
    return [Mutant(f"m:{i}", "f", i, i, f"return {i}", f"return -{i}", "") for i in (1, 2, 3)]


def listed(*pairs: tuple[str, str]) -> list[EquivalentMutants]:
    """A list of equivalent mutants of that function."""
    return [EquivalentMutants("f", old, (new,), "No reason.") for old, new in pairs]


def judged(mutants: list[Mutant], fates: dict[str, str], listed: list[EquivalentMutants]) -> Measure:
    """The measure of mutants that were caught by these."""
    return judge("demo", mutants, {name: Fate(caught_by) for name, caught_by in fates.items()}, listed)


def test_survivors_with_a_reason_do_not_count():
    """What is listed as equivalent is taken out of the share; lines may have moved."""
    fates = {"m:1": "some_check", "m:2": SURVIVED, "m:3": SURVIVED}
    measure = judged(three_mutants(), fates, listed(("return 2", "return -2")))
    assert measure.caught_by == {"m:1": "some_check"}
    assert [m.id for m in measure.equivalent] == ["m:2"]
    assert [m.id for m in measure.survivors] == ["m:3"]
    assert (measure.total, measure.percent, measure.problems, measure.sound) == (3, 50.0, [], False)


def test_an_excuse_for_what_is_caught_is_a_problem():
    """The list would otherwise grow stale without a word."""
    fates = dict.fromkeys(("m:1", "m:2", "m:3"), "some_check")
    measure = judged(three_mutants(), fates, listed(("return 2", "return -2")))
    assert measure.problems == [
        "equivalent_mutants.toml lists a mutant of f that some_check catches: return -2",
    ]
    assert (measure.percent, measure.sound) == (100.0, False)


def test_an_excuse_for_what_does_not_exist_is_a_problem():
    """The reference was rewritten, say."""
    fates = dict.fromkeys(("m:1", "m:2", "m:3"), "some_check")
    measure = judged(three_mutants(), fates, listed(("return 4", "return -4")))
    assert measure.problems == ["equivalent_mutants.toml lists a mutant of f that does not exist: return -4"]


def test_an_excuse_holds_for_equal_lines_of_a_function():
    """One of two equal statements may be caught and the other not."""
    twins = [dataclasses.replace(m, old="return 1", new="return -1") for m in three_mutants()]
    fates = {"m:1": "some_check", "m:2": SURVIVED, "m:3": "some_check"}
    measure = judged(twins, fates, listed(("return 1", "return -1")))
    assert (len(measure.equivalent), measure.problems) == (1, [])


@pytest.mark.parametrize(("survivors", "sound"), [(1, True), (2, False)])
def test_98_percent_are_asked(survivors: int, sound: bool):
    """One of 51 may survive without a reason, two may not."""
    mutants = [Mutant(f"m:{i}", "f", i, i, "", str(i), "") for i in range(51)]
    fates = {m.id: SURVIVED if i < survivors else "some_check" for i, m in enumerate(mutants)}
    assert judged(mutants, fates, []).sound is sound


def test_the_miniature_assignment_is_measured(own_course, workers):
    """In several processes; every mutant is told of as it ends, and all of these are caught."""
    told: list[str] = []
    (measure,) = measure_all(own_course, ["scaling"], SETTING, jobs=2, workers=workers, progress=told.append)
    expected = mutants_of(own_course.solution("scaling"), own_course.assignment("scaling"))
    assert set(measure.caught_by) == {m.id for m in expected}
    assert (measure.percent, measure.sound) == (100.0, True)
    assert told[-1] == f"scaling: {len(expected)} of {len(expected)} mutants"
    assert len(told) == len(expected)


def test_a_reference_that_fails_ends_the_measure(own_course, workers):
    """Whatever process finds it out, the caller is told."""
    path = own_course.solution_path("scaling")
    path.write_text(path.read_text().replace(DOUBLED, "return 3 * x"))
    with pytest.raises(AutograderError, match=r"does not pass doubles_each_entry"):
        list(measure_all(own_course, ["scaling"], SETTING, jobs=1, workers=workers, progress=print))
