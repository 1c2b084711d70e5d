"""grading.earlier: how often students handed in until a check passed."""

from __future__ import annotations

import dataclasses

import pytest

from autograder.grading.earlier import note_earlier, read_earlier
from autograder.model import CheckResult, Outcome, Result, RunInfo

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def result(hand_in: str, *outcomes: Outcome, student: str = "ana") -> Result:
    """The result of a hand-in with checks a, b, ..."""
    checks = []
    for name, outcome in zip("abc", outcomes, strict=False):
        checks.append(CheckResult(name, "e", name, True, outcome, points=0, max_points=1))
    run = RunInfo(0, "cpu", "digits", "none", {}, {"submission": hand_in})
    return Result(student, "scaling", "Scaling", tuple(checks), run)


def test_what_earlier_hand_ins_passed_is_kept_in_order(tmp_path):
    """By student and assignment; the one that holds now is no earlier one."""
    hand_ins = [result("1", FAILED, PASSED), result("2", PASSED, FAILED), result("3", PASSED, PASSED)]
    for before, after in zip(hand_ins, hand_ins[1:], strict=False):
        note_earlier(tmp_path, before, after)
    note_earlier(tmp_path, result("x", FAILED, student="ben"), result("y", PASSED, student="ben"))
    earlier = read_earlier(tmp_path)
    assert earlier["ana", "scaling"] == (frozenset("b"), frozenset("a"))
    assert earlier["ben", "scaling"] == (frozenset(),)


def test_the_same_hand_in_graded_again_is_none(tmp_path):
    """As with another seed, or a check that changed."""
    note_earlier(tmp_path, result("1", FAILED), result("1", PASSED))
    assert read_earlier(tmp_path) == {}


def test_a_hand_in_that_was_noted_twice_counts_once(tmp_path):
    """A run that was killed between the note and the result notes it again."""
    for _ in range(2):
        note_earlier(tmp_path, result("1", FAILED), result("2", PASSED))
    assert read_earlier(tmp_path) == {("ana", "scaling"): (frozenset(),)}


@pytest.mark.parametrize("line", ["", '{"student": "ana"', "[]", '{"student": 1, "assignment": 2}', "null"])
def test_a_line_that_cannot_be_read_is_left_out(tmp_path, line):
    """The others count."""
    note_earlier(tmp_path, result("1", FAILED), result("2", PASSED))
    with (tmp_path / "earlier.jsonl").open("a") as file:
        file.write(line)
    assert len(read_earlier(tmp_path)) == 1


def test_results_from_before_there_were_hashes_are_no_other_hand_in(tmp_path):
    """Nothing is known of them."""
    old = result("", FAILED)
    note_earlier(tmp_path, dataclasses.replace(old, run=dataclasses.replace(old.run, hashes={})), old)
    assert read_earlier(tmp_path) == {}
