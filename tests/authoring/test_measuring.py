"""autograder.authoring.measuring: what measure.py declares is measured with each seed and compared with the quotes."""

from __future__ import annotations

from functools import partial

import pytest

from autograder import data
from autograder.authoring.measuring import Row, measure, measurements_of
from autograder.authoring.validate import seeds_of
from autograder.course import Course
from autograder.errors import CourseError
from autograder.plan import Setting

SETTING = Setting(load_data=partial(data.load, "digits"))


def rows_of(course: Course, seeds: int = 1) -> list[Row]:
    """What the miniature assignment measures."""
    return measure(course, "scaling", seeds_of(SETTING, seeds), progress=lambda text: None)


def test_each_number_is_a_row(course: Course):
    """Several numbers of one measurement are told apart by their names; helpers of the file are no measurements."""
    rows = [(row.title, row.values, row.quoted) for row in rows_of(course)]
    assert rows == [
        ("factor of double", (pytest.approx(2.0),), 2.0),
        ("sum of a counter, of one", (1,), 1),
        ("sum of a counter, of rows", (50,), None),
    ]


def test_each_seed_is_measured(course: Course):
    """And told as it begins."""
    told: list[str] = []
    rows = measure(course, "scaling", seeds_of(SETTING, 3), progress=told.append)
    assert [len(row.values) for row in rows] == [3, 3, 3]
    assert told[:3] == ["factor, seed 0", "factor, seed 1", "factor, seed 2"]


@pytest.mark.parametrize(("values", "as_quoted"), [((0.5, 0.7), True), ((0.5, 0.72), False), ((0.6,), True)])
def test_the_mean_may_lie_as_far_as_the_tolerance(values: tuple, as_quoted: bool):
    """Single seeds may lie further."""
    assert Row("", values, quoted=0.55, tolerance=0.0501).as_quoted is as_quoted


def test_what_is_not_quoted_cannot_be_wrong():
    """It is measured to be seen."""
    assert Row("", (7.0,), quoted=None, tolerance=0.0).as_quoted


def test_words_that_the_handout_does_not_hold_are_told(own_course: Course):
    """With the file and line of the measurement; line breaks do not matter."""
    handout = own_course.assignments_folder / "scaling" / "handout.md"
    text = handout.read_text()
    handout.write_text(text.replace("Write $2x$.", "Write\n$2x$."))
    assert len(measurements_of(own_course, "scaling")) == 2
    handout.write_text(text.replace("Write $2x$.", "Write $3x$."))
    with pytest.raises(
        CourseError, match=r"measure\.py:\d+: the handout does not say what factor quotes: Write \$2x\$\."
    ):
        measurements_of(own_course, "scaling")


def test_an_assignment_may_measure_nothing(own_course: Course):
    """Most handouts quote nothing."""
    (own_course.assignments_folder / "scaling" / "measure.py").unlink()
    assert rows_of(own_course) == []
