"""autograder.reports.class_figures: what the results of a class say together."""

from __future__ import annotations

import pytest

from autograder.model import Outcome
from autograder.reports.class_figures import ClassFigures, correlation, mean_share

PASSED, FAILED, UNWRITTEN, FAULT = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_ATTEMPTED, Outcome.GRADER_FAULT


@pytest.fixture
def scaling(made):
    """Four students: one right, one half right, one for whom the grader failed in the first check, one without work."""
    results = [
        made("ana", PASSED, PASSED, PASSED, PASSED),
        made("ben", PASSED, FAILED, FAILED, PASSED),
        made("cy", FAULT, FAILED, FAILED, PASSED),
        made("dee", *[UNWRITTEN] * 4),
    ]
    return ClassFigures(results).assignments["scaling"]


def test_what_is_not_written_counts_in_no_mean(scaling):
    """A student without any work is no sign of a hard check."""
    assert [work.student for work in scaling.handed_in] == ["ana", "ben", "cy"]
    shares = [mean_share(scaling.handed_in, checks) for checks in scaling.exercises.values()]
    assert shares == pytest.approx([(1 + 4 / 6 + 4 / 6) / 3, (1 + 0.5 + 0.5) / 3])
    assert mean_share([], scaling.exercises["double"]) is None


def test_the_pass_rate_leaves_out_faults_of_ours(scaling):
    """What the grader could not judge says nothing about a check."""
    assert [(item.count, item.pass_rate) for item in scaling.items()] == [
        (2, 1.0),
        (3, pytest.approx(1 / 3)),
        (3, pytest.approx(1 / 3)),
        (3, 1.0),
    ]


def test_discrimination_compares_with_the_rest(scaling):
    """It is that of test theory, and not defined where all passed."""
    first, second, _, last = scaling.items()
    # Points in the other checks: 8 for the one that passes, 6 and 6 for the two that fail.
    assert second.discrimination == pytest.approx(1.0)
    assert first.discrimination is None
    assert last.discrimination is None


@pytest.mark.parametrize(
    ("passed", "scores", "expected"),
    [
        ([True, False], [1, 0], 1.0),
        ([True, False], [0, 1], -1.0),
        ([True, True, False, False], [3, 1, 3, 1], 0.0),
        ([True, False, False, True], [4, 1, 2, 2], 0.6882472),  # as numpy.corrcoef gives
        ([True, True], [1, 2], None),
        ([False, False], [1, 2], None),
        ([True, False], [2, 2], None),
        ([], [], None),
    ],
)
def test_the_correlation(passed: list[bool], scores: list[float], expected: float | None):
    """Of a yes or no with a number."""
    found = correlation(passed, scores)
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-6)


def test_a_check_that_never_ran_took_no_time(made):
    """Nor does one that was skipped."""
    figures = ClassFigures([made("ana", PASSED, Outcome.SKIPPED, UNWRITTEN, FAILED)]).assignments["scaling"]
    assert [item.seconds for item in figures.items()] == [0.125, None, None, 0.125]


def test_mistakes_are_counted_by_students(made):
    """Each student once, however many checks a mistake explains; two that act together count both."""
    one = {"misconception": "halved", "mistake": "Is it halved?"}
    both = {"misconception": "halved doubled", "mistake": "Is it halved? Is it doubled?"}
    results = [
        made("ana", *[FAILED] * 4, doubles_each_entry=one, adds_up=one),
        made("ben", *[FAILED] * 4, doubles_each_entry=both),
    ]
    mistakes = ClassFigures(results).assignments["scaling"].mistakes
    assert {name: (mistake.says, mistake.students) for name, mistake in mistakes.items()} == {
        "halved": ("Is it halved?", {"ana", "ben"}),
        "doubled": ("", {"ben"}),
    }


def test_works_stand_by_student_and_assignment(made):
    """And the ways in which results were formed are counted."""
    figures = ClassFigures([made("ben", *[PASSED] * 4), made("ana", *[FAILED] * 4)])
    assert figures.students == ["ana", "ben"]
    assert figures.works_of()["ben"]["scaling"].share == 1
    assert list(figures.runs.values()) == [2]
    assert figures.latest.startswith("2026-01-02")


def test_checks_that_fail_for_the_same_students_fall_together(made):
    """Three students are enough; what is not written, or passes for one of them, does not count."""
    results = [
        made("ana", FAILED, FAILED, PASSED, FAILED),
        made("ben", FAILED, FAILED, FAILED, FAILED),
        made("cy", FAILED, FAILED, FAILED, UNWRITTEN),
        made("dee", PASSED, PASSED, UNWRITTEN, UNWRITTEN),
    ]
    (group,) = ClassFigures(results).assignments["scaling"].fall_together()
    names = list(ClassFigures(results).assignments["scaling"].checks)
    assert [info.name for info in group.checks] == names[:2]
    assert group.students == {"ana", "ben", "cy"}
    assert ClassFigures(results[1:]).assignments["scaling"].fall_together() == []
