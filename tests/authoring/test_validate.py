"""autograder.authoring.validate: what departs from a record for good, and what by chance."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest

from autograder import data
from autograder.authoring import validate
from autograder.authoring.trials import LocalTrials, Observation
from autograder.authoring.validate import Gate, Report
from autograder.checking.registry import Misconception
from autograder.course import Course
from autograder.plan import Plan, Setting

SETTING = Setting(load_data=partial(data.load, "digits"))
DEPARTURE = "misconception in_place should fail adds_up"


class LuckyTrials(LocalTrials):
    """Trials in which a mistake fails `adds_up`, as its record says, with some seeds."""

    seeds: tuple[int, ...] = ()

    def __init__(self, plan: Plan, setting: Setting) -> None:
        super().__init__(plan, setting)
        self._failing = {"adds_up"} if setting.seed in self.seeds else set()

    def mistake(self, known: Misconception) -> Observation:
        """What the mistake does, and what it does with this seed only."""
        observation = super().mistake(known)
        return dataclasses.replace(observation, failing=observation.failing | self._failing)


@pytest.fixture
def reported(own_course: Course, workers, monkeypatch: pytest.MonkeyPatch):
    """The report on an assignment whose record says that `in_place` fails `adds_up`, which it does with these seeds."""
    path = own_course.assignments_folder / "scaling" / "outcomes.toml"
    entry = "[misconceptions.in_place]\n"
    path.write_text(path.read_text(encoding="utf-8").replace(entry, f'{entry}adds_up = "fails"\n'), encoding="utf-8")

    def report(*seeds: int) -> Report:
        monkeypatch.setattr(LuckyTrials, "seeds", seeds)
        monkeypatch.setattr(validate, "LocalTrials", LuckyTrials)
        return Gate(own_course, [SETTING], workers, progress=lambda text: None).report("scaling")

    return report


def test_a_mistake_that_is_no_python_is_told_by_its_name(own_course: Course, workers):
    """With the line of what it makes; all other mistakes are graded."""
    path = own_course.assignments_folder / "scaling" / "misconceptions.py"
    path.write_text(path.read_text(encoding="utf-8").replace('"= start", "= 0"', '"= start", "= ("'), encoding="utf-8")
    problems = Gate(own_course, [SETTING], workers, progress=lambda text: None).report("scaling").problems
    (told,) = [problem for problem in problems if "no Python" in problem]
    assert told.startswith("seed 0: misconception start_is_lost makes no Python of the reference, in line ")
    assert not any("misconception squared" in problem for problem in problems)


def test_a_departure_with_every_seed_is_a_problem(reported):
    """The record is not about this assignment any more."""
    report = reported()
    assert report.problems == [f"seed 0: {DEPARTURE}"]
    assert not any(DEPARTURE in remark for remark in report.remarks)


@pytest.mark.parametrize("seeds", [(1_000,), (2_000,), (1_000, 2_000)])
def test_a_departure_with_one_seed_is_a_remark(reported, seeds: tuple[int, ...]):
    """What failed with 20 seeds of the record may pass by chance; the assignment stays sound."""
    report = reported(*seeds)
    assert report.sound
    assert f"{DEPARTURE}, in seed 0 and not in others" in report.remarks
