"""autograder.grading.classroom: a whole class, nothing twice, each result as soon as it is there."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.classroom import Task, grade_all, stored, tasks
from autograder.grading.plan import Setting
from autograder.grading.results import ResultsFolder
from autograder.grading.submissions import Submission, find_submissions
from autograder.model import Outcome, Result

SETTING = Setting(load_data=lambda: pytest.fail("no check of these tests needs data"))


@pytest.fixture
def two(tmp_path: Path, course: Course) -> Course:
    """A course with two copies of the miniature assignment, `scaling` and `again`."""
    for name in ("scaling", "again"):
        folder = tmp_path / "course" / "assignments" / name
        folder.mkdir(parents=True)
        for file in (course.assignments_folder / "scaling").glob("*.*"):
            (folder / file.name).write_bytes(file.read_bytes())
    return Course(tmp_path / "course")


@pytest.fixture
def submissions(tmp_path: Path) -> list[Submission]:
    """Ana handed in one assignment, Ben none."""
    for name, file in (("ana", "scaling.py"), ("ben", "notes.txt")):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / file).write_text("")
    return find_submissions([tmp_path / "class"], ("scaling", "again"))


def listed(todo: list[Task]) -> list[tuple[str, str]]:
    return [(task.submission.student, task.slug) for task in todo]


def test_what_anybody_handed_in_is_graded_for_all(two, submissions):
    """So that a missing file shows as a mark of 0, and an assignment not yet due does not."""
    assert listed(tasks(submissions, two, ())) == [("ana", "scaling"), ("ben", "scaling")]


def test_selected_assignments_are_graded_for_all(two, submissions):
    """Also those that nobody handed in."""
    assert listed(tasks(submissions, two, ("again",))) == [("ana", "again"), ("ben", "again")]


def test_a_single_file_is_graded_for_its_assignment_only(two, submissions):
    """Whatever else lies in the folder."""
    single = [dataclasses.replace(submissions[0], only="scaling")]
    assert listed(tasks(single, two, ())) == [("ana", "scaling")]
    assert listed(tasks(single, two, ("again",))) == []


def test_results_come_one_by_one(two, submissions):
    """Each can be stored before the next one is begun."""
    results = grade_all(two, iter(tasks(submissions, two, ())), SETTING)
    first = next(results)
    assert (first.student, {c.outcome for c in first.checks}) == ("ana", {Outcome.NOT_ATTEMPTED})
    assert [r.student for r in results] == ["ben"]


@pytest.fixture
def graded(two, submissions, tmp_path: Path) -> tuple[Task, Result, ResultsFolder]:
    """Ana's task with its stored result."""
    task = tasks(submissions, two, ())[0]
    (result,) = grade_all(two, [task], SETTING)
    folder = ResultsFolder(tmp_path / "results")
    folder.write(result)
    return task, result, folder


def test_a_stored_result_is_used_again(two, graded):
    """If nothing that it depends on has changed, grading again would give the same."""
    task, result, folder = graded
    assert stored(two, task, SETTING, folder) == result


def test_a_result_of_another_seed_is_not_used(two, graded):
    """Another setting asks for another result."""
    task, _, folder = graded
    assert stored(two, task, dataclasses.replace(SETTING, seed=1), folder) is None


def test_a_result_of_another_text_is_not_used(two, graded):
    """A submission that was handed in again is graded again."""
    task, _, folder = graded
    task.submission.path("scaling").write_text("# better\n")
    assert stored(two, task, SETTING, folder) is None


def test_a_fault_of_the_grader_is_not_kept(two, graded):
    """It is tried again at every run."""
    task, result, folder = graded
    faulty = dataclasses.replace(result.checks[0], outcome=Outcome.GRADER_FAULT)
    folder.write(dataclasses.replace(result, checks=(faulty, *result.checks[1:])))
    assert stored(two, task, SETTING, folder) is None


@pytest.mark.parametrize("content", [None, "{"], ids=["missing", "broken"])
def test_no_result_is_no_result(two, graded, content: str | None):
    """Neither a missing nor a broken file stops the run."""
    task, _, folder = graded
    path = folder.path("ana", "scaling")
    path.unlink()
    if content is not None:
        path.write_text(content)
    assert stored(two, task, SETTING, folder) is None
