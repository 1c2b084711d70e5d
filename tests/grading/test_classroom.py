"""autograder.grading.classroom: a whole class, nothing twice, each result stored as soon as it is there."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.classroom import Graded, Session, Task, tasks
from autograder.grading.results import ResultsFolder, read_result
from autograder.model import Outcome
from autograder.plan import Setting
from autograder.submissions.files import Submission, find_submissions

SETTING = Setting(load_data=None)  # no check of these tests needs data


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


@pytest.fixture
def session(two, tmp_path: Path, workers) -> Session:
    """A run of the grader into an empty folder."""
    return Session(two, SETTING, ResultsFolder(tmp_path / "results"), workers)


@pytest.fixture
def todo(two, submissions) -> list[Task]:
    """One assignment of two students."""
    return tasks(submissions, two, ())


def reused(session: Session, todo: list[Task]) -> dict[str, bool]:
    return {graded.result.student: graded.reused for graded in session.run(todo)}


def test_a_result_is_stored_before_the_next_task_is_begun(session, todo):
    """A run that is killed loses no finished result."""
    run = session.run(iter(todo))
    first = next(run).result
    assert {check.outcome for check in first.checks} == {Outcome.NOT_ATTEMPTED}
    assert read_result(session.folder.path("ana", "scaling")) == first
    assert not session.folder.path("ben", "scaling").exists()
    assert [graded.result.student for graded in run] == ["ben"]


def test_a_second_run_grades_nothing_twice(session, todo):
    """If nothing that a result depends on has changed, grading again would give the same."""
    first = list(session.run(todo))
    assert list(session.run(todo)) == [Graded(graded.result, reused=True) for graded in first]


def test_a_run_goes_on_where_one_was_stopped(session, todo):
    """Only what is not there yet is graded."""
    next(session.run(todo))
    assert reused(session, todo) == {"ana": True, "ben": False}


def test_a_submission_that_was_handed_in_again_is_graded_again(session, todo):
    """The result that it replaces is told."""
    old = [graded.result for graded in session.run(todo)]
    todo[0].submission.path("scaling").write_text("# better\n")
    found = {graded.result.student: graded for graded in session.run(todo)}
    assert found["ben"].reused
    assert (found["ana"].reused, found["ana"].before) == (False, old[0])


@pytest.mark.parametrize("other", [{"seed": 1}, {"dataset": "mnist"}], ids=["seed", "data set"])
def test_another_setting_asks_for_other_results(session, todo, other: dict):
    """What was graded with another seed or data set is graded anew."""
    list(session.run(todo))
    changed = dataclasses.replace(session, setting=dataclasses.replace(SETTING, **other))
    assert reused(changed, todo) == {"ana": False, "ben": False}


def test_fresh_grades_everything(session, todo):
    """Also what has not changed."""
    list(session.run(todo))
    assert reused(dataclasses.replace(session, fresh=True), todo) == {"ana": False, "ben": False}


def test_a_fault_of_the_grader_is_tried_again(session, todo):
    """It may be gone by now."""
    result = next(session.run(todo)).result
    faulty = dataclasses.replace(result.checks[0], outcome=Outcome.GRADER_FAULT)
    session.folder.write(dataclasses.replace(result, checks=(faulty, *result.checks[1:])))
    assert reused(session, todo[:1]) == {"ana": False}


def test_a_broken_result_is_graded_again(session, todo):
    """It stops nothing."""
    list(session.run(todo))
    session.folder.path("ana", "scaling").write_text("{")
    assert reused(session, todo) == {"ana": False, "ben": True}


def test_several_at_a_time_give_the_same_results(session, todo):
    """Grader processes side by side, in whatever order they end."""
    parallel = {graded.result.student: graded.result for graded in session.run(todo, jobs=2)}
    alone = {graded.result.student: graded.result for graded in dataclasses.replace(session, fresh=True).run(todo)}
    outcomes = [{name: [c.outcome for c in r.checks] for name, r in results.items()} for results in (parallel, alone)]
    assert outcomes[0] == outcomes[1]
    assert session.folder.path("ben", "scaling").is_file()
