"""autograder.grading.classroom: a whole class, nothing twice, each result stored as soon as it is there."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import UsageError
from autograder.grading.classroom import ClassRun, Task, jobs_for, tasks
from autograder.grading.results import read_result
from autograder.grading.sinks import Graded
from autograder.model import Outcome
from autograder.plan import Setting
from autograder.submissions.files import Submission
from autograder.submissions.finding import find_submissions

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
    with pytest.raises(UsageError, match="There is nothing to grade: no file that was named belongs to again."):
        tasks(single, two, ("again",))


@pytest.fixture
def todo(two, submissions) -> list[Task]:
    """One assignment of two students."""
    return tasks(submissions, two, ())


@pytest.fixture
def run(two, todo, tmp_path: Path, workers) -> ClassRun:
    """A run of the grader into an empty folder."""
    return ClassRun(two, SETTING, tmp_path / "results", todo, workers)


def stored(run: ClassRun, student: str) -> Path:
    return run.out / student / "scaling.json"


def reused(run: ClassRun, **options) -> dict[str, bool]:
    return {graded.result.student: graded.reused for graded in run.results(**options)}


def test_a_result_is_stored_before_the_next_task_is_begun(run):
    """A run that is killed loses no finished result."""
    results = run.results()
    first = next(results).result
    assert {check.outcome for check in first.checks} == {Outcome.NOT_ATTEMPTED}
    assert read_result(stored(run, "ana")) == first
    assert not stored(run, "ben").exists()
    assert [graded.result.student for graded in results] == ["ben"]


def test_a_second_run_grades_nothing_twice(run):
    """If nothing that a result depends on has changed, grading again would give the same."""
    first = list(run.results())
    again = [Graded(graded.result, graded.submission, reused=True) for graded in first]
    assert list(run.results()) == again


class Idle:
    """Graders on other machines that nobody needs, since nothing has changed."""

    levels = ()


def test_a_run_on_other_machines_tells_how_earlier_ones_confined_what_is_unchanged(run):
    """Not that it allows less."""
    again = dataclasses.replace(run, elsewhere=Idle())
    assert again.isolation == "at least process"
    list(run.results())
    assert list(reused(again).values()) == [True, True]
    assert again.isolation == "process"


def test_a_run_goes_on_where_one_was_stopped(run):
    """Only what is not there yet is graded."""
    with closing(run.results()) as results:
        next(results)
    assert reused(run) == {"ana": True, "ben": False}


def test_a_submission_that_was_handed_in_again_is_graded_again(run):
    """The result that it replaces is told."""
    old = [graded.result for graded in run.results()]
    run.todo[0].submission.path("scaling").write_text("# better\n")
    new = {graded.result.student: graded for graded in run.results()}
    assert new["ben"].reused
    assert (new["ana"].reused, new["ana"].before) == (False, old[0])


@pytest.mark.parametrize("other", [{"seed": 1}, {"dataset": "mnist"}], ids=["seed", "data set"])
def test_another_setting_asks_for_other_results(run, other: dict):
    """What was graded with another seed or data set is graded anew."""
    list(run.results())
    changed = dataclasses.replace(run, setting=dataclasses.replace(SETTING, **other))
    assert reused(changed) == {"ana": False, "ben": False}


def test_fresh_grades_everything(run):
    """Also what has not changed."""
    list(run.results())
    assert reused(run, fresh=True) == {"ana": False, "ben": False}


def test_a_fault_of_the_grader_is_tried_again(run):
    """It may be gone by now."""
    result = next(run.results()).result
    faulty = dataclasses.replace(result.checks[0], outcome=Outcome.GRADER_FAULT)
    run.stored.folder.write(dataclasses.replace(result, checks=(faulty, *result.checks[1:])))
    assert reused(run)["ana"] is False


def test_a_broken_result_is_graded_again(run):
    """It stops nothing."""
    list(run.results())
    stored(run, "ana").write_text("{")
    assert reused(run) == {"ana": False, "ben": True}


def test_several_at_a_time_give_the_same_results(run):
    """Grader processes side by side, in whatever order they end."""
    parallel = {graded.result.student: graded.result for graded in dataclasses.replace(run, jobs=2).results()}
    assert stored(run, "ben").is_file()
    alone = {graded.result.student: graded.result for graded in run.results(fresh=True)}
    outcomes = [{name: [c.outcome for c in r.checks] for name, r in results.items()} for results in (parallel, alone)]
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("wanted", "count", "jobs"),
    [(1, 7, 0), (1, 8, 1), (2, 3, 2), (5, 3, 3), (None, 7, 0)],
)
def test_how_many_graders_are_worth_it(wanted: int | None, count: int, jobs: int):
    """Never more than tasks; none if this process will do."""
    assert jobs_for(wanted, count) == jobs


class Recorder:
    """A sink that keeps what it is told, and breaks where it is asked to.

    Args:
        broken: the name of the method that raises, and what.
    """

    def __init__(self, name: str, broken: dict[str, Exception] | None = None) -> None:
        self.name = name
        self.broken = broken or {}
        self.told: list[str] = []

    def _tell(self, method: str, what: str) -> None:
        if method in self.broken:
            raise self.broken[method]
        self.told.append(f"{method} {what}".strip())

    def open(self, assignments, count: int) -> None:
        slugs = " ".join(assignment.slug for assignment in assignments)
        self._tell("open", f"{slugs} {count}")

    def save(self, graded: Graded) -> None:
        self._tell("save", graded.result.student)

    def close(self) -> list[str]:
        self._tell("close", "")
        return [f"{self.name} is closed."]


def with_sinks(run: ClassRun, *sinks: Recorder) -> ClassRun:
    return dataclasses.replace(run, sinks=sinks)


def test_a_sink_is_opened_gets_every_result_and_is_closed(run):
    """Reused results too; what it has to tell people is kept."""
    list(with_sinks(run).results())
    stored(run, "ben").unlink()
    sink = Recorder("a list")
    again = with_sinks(run, sink)
    list(again.results())
    assert sink.told == ["open scaling 2", "save ana", "save ben", "close"]
    assert again.notes == ["a list is closed."]


@pytest.mark.parametrize("stopped", ["by closing", "by an error"])
def test_a_sink_is_closed_when_a_run_is_stopped(run, stopped: str):
    """And the table of marks holds what is finished."""
    sink = Recorder("a list")
    if stopped == "by an error":
        sink.broken = {}
        last = Recorder("last", {"save": UsageError("no more")})
        with pytest.raises(UsageError, match="no more"):
            list(with_sinks(run, sink, last).results())
        assert last.told == ["open scaling 2", "close"]
    else:
        with closing(with_sinks(run, sink).results()) as results:
            next(results)
    assert sink.told == ["open scaling 2", "save ana", "close"]
    assert (run.out / "marks.csv").read_text().splitlines()[1:] == [
        "ana,0,0,10,0,scaling: scaling.py is empty: was it saved before it was handed in?,"
    ]


@pytest.mark.parametrize(
    ("method", "faults"),
    [
        ("save", ["ana/scaling could not be written to first", "ben/scaling could not be written to first"]),
        ("close", ["first could not be finished"]),
    ],
)
def test_a_fault_of_one_sink_leaves_the_others_alone(run, method: str, faults: list[str]):
    """It is told with its exception, and the others get everything, be they before or after it."""
    last = Recorder("last")
    broken = with_sinks(run, Recorder("first", {method: KeyError("injected")}), last)
    assert len(list(broken.results())) == 2
    assert last.told == ["open scaling 2", "save ana", "save ben", "close"]
    assert [fault.partition(" (KeyError: 'injected'); ")[0] for fault in broken.faults.told] == faults
    assert all(stored(run, student).is_file() for student in ("ana", "ben"))
    assert (run.out / "marks.csv").is_file()
    assert (run.out / "faults.log").read_text().count("KeyError: 'injected'\n") == len(faults)


def test_a_sink_that_cannot_be_opened_stops_the_run_before_it_begins(run):
    """No folder of results appears, and what was opened already is closed."""
    first = Recorder("first", {"open": UsageError("not here")})
    last = Recorder("last")
    with pytest.raises(UsageError, match="not here"):
        list(with_sinks(run, first, last).results())
    assert (first.told, last.told) == ([], ["open scaling 2", "close"])
    assert not run.out.exists()


def test_a_folder_that_cannot_be_used_closes_the_other_sinks(run):
    """The results folder is opened last; the error names it."""
    run.out.write_text("")
    sink = Recorder("a list")
    with pytest.raises(UsageError, match="results cannot be used as a folder for results"):
        list(with_sinks(run, sink).results())
    assert sink.told == ["open scaling 2", "close"]
