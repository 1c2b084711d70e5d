"""Errors carried forward: one slip costs once in the second mark, and nobody gains by it what is not theirs."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.grading import stand_ins
from autograder.grading.runner import grade
from autograder.model import CheckResult
from autograder.plan import Plan, Setting
from autograder.sandbox.workers import Workers
from autograder.submissions.files import Submission

from .chain_course import REFERENCE, add_chain

pytestmark = pytest.mark.slow

STUB = "raise NotImplementedError"
WRONG = REFERENCE.replace("return 2 * x", "return 3 * x")
RULED_OUT = "return torch.autograd.grad((x.requires_grad_() ** 2).sum(), x)[0]"
LOOKS_AROUND = """import gc
    for each in gc.get_objects():
        if getattr(each, "__name__", "") == "double" and each is not double:
            return each(x)
    return 3 * x"""
WORKS = {
    "right": REFERENCE,
    "one_slip": WRONG,
    "unwritten": REFERENCE.replace("return 2 * x", STUB),
    "missing": REFERENCE.replace("def double(", "def something_else("),
    "wrong_order": REFERENCE.replace("torch.randperm(n, generator=generator)", "torch.arange(n)"),
    "wrong_class": REFERENCE.replace("self.total = self.total + self._sum(row)", "self.total = row.sum()"),
    "ruled_out": REFERENCE.replace("return 2 * x", RULED_OUT),
    "ruled_out_twice": REFERENCE.replace("return 2 * x", RULED_OUT).replace("return double(x).sum()", RULED_OUT),
    # What is wanted of `double_again` is what `double` does, but the reference computes it anew.
    "calls_another": WRONG.replace("return x + x", "return double(x)"),
    # The answers that the reference gave for `total` are kept for `double_again`.
    "remembers": WRONG.replace("return double(x).sum()", "SEEN.append(double(x))\n    return SEEN[-1].sum()").replace(
        "return x + x", "return SEEN[-1] if SEEN else x"
    )
    + "\n\nSEEN = []\n",
    # Whoever is asked for `double` itself looks for what stands for it.
    "looks_around": REFERENCE.replace("return 2 * x", LOOKS_AROUND).replace("return x + x", "return double(x)"),
}
FIRST = {
    "right": 100,
    "one_slip": 70,
    "unwritten": 70,
    "missing": 70,
    "wrong_order": 80,
    "wrong_class": 80,
    "ruled_out": 70,
    "ruled_out_twice": 70,
    "calls_another": 50,
    "remembers": 50,
    "looks_around": 50,
}
SECOND = FIRST | {
    "one_slip": 90,
    "unwritten": 90,
    "missing": 90,
    "wrong_order": 85,
    "ruled_out": 90,
    "wrong_class": 90,
    "calls_another": 70,
    "remembers": 70,
    "looks_around": 70,
}


def hand_in(folder: Path, works: dict[str, str]) -> None:
    for student, text in works.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "chaining.py").write_text(text)


def results(out: Path) -> dict[str, dict[str, Any]]:
    return {path.parent.name: json.loads(path.read_text()) for path in out.glob("*/chaining.json")}


@pytest.fixture(scope="module")
def graded(make_course, run, tmp_path_factory) -> tuple[Path, str]:
    """A course in which a class was graded, and what `grade` printed."""
    root = add_chain(make_course(tmp_path_factory.mktemp("carry") / "course"))
    hand_in(root / "class", WORKS)
    done = run(root, "grade class --out results")
    assert done.returncode == 0, done.stderr
    return root, done.stdout


def test_the_first_mark_is_what_it_was(graded):
    """It counts, and knows nothing of stand-ins."""
    found = results(graded[0] / "results")
    assert {name: record["score"] for name, record in found.items()} == pytest.approx(FIRST)
    assert all(record["score"] == record["score_alone"] for record in found.values())


def test_the_second_mark_costs_each_slip_once(graded):
    """Later exercises are judged with right earlier functions, whether these were wrong, a stub or not there at all."""
    found = results(graded[0] / "results")
    assert {name: record["score_carried"] for name, record in found.items()} == pytest.approx(SECOND)


def test_no_exercise_is_helped_to_its_own_points(graded):
    """Neither by an earlier function that does the same, nor by answers kept from another exercise."""
    for student in ("calls_another", "remembers", "looks_around", "one_slip"):
        for check in results(graded[0] / "results")[student]["checks"]:
            if check["exercise"] in ("twice", "again"):
                assert check["carried"] == [], student


def test_a_check_tells_which_functions_were_answered(graded):
    """In the result; it stays failed, and its points are those of the first mark."""
    checks = {check["name"]: check for check in results(graded[0] / "results")["one_slip"]["checks"]}
    carried = checks["adds_the_doubled"]
    assert (carried["carried"], carried["outcome"], carried["points"]) == (["double"], "failed", 0)


def test_both_marks_are_shown(graded, run):
    """By `grade`, in both tables and to the student; where they are the same nothing is said."""
    root, printed = graded
    assert "one_slip 90.0/100 in chaining" in printed
    assert "right 100" not in printed.partition("carried forward:")[2]
    with (root / "results" / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (rows["one_slip"]["chaining"], rows["one_slip"]["with errors carried forward"]) == ("70", "90")
    with (root / "results" / "marks-long.csv").open(encoding="utf-8-sig", newline="") as file:
        long = {row["exercise"]: row for row in csv.DictReader(file) if row["student"] == "one_slip"}
    assert (long["total"]["points"], long["total"]["with errors carried forward"]) == ("0", "20")
    told = run(root, "autograder explain results one_slip").stdout
    assert "With errors carried forward: 90 of 100 points, if right functions stand for your `double`" in told
    assert "carried forward" not in run(root, "autograder explain results right").stdout


def test_a_run_that_resumes_keeps_both_marks(graded, run):
    """Nothing is graded again."""
    root, _ = graded
    done = run(root, "grade class --out results")
    assert "one_slip/chaining: 70.0/100 (90.0 with errors carried forward) (unchanged)" in done.stderr


def test_the_second_mark_can_count(graded, run):
    """Then it moves the mark of whoever was graded before, and the first is still told."""
    root, _ = graded
    shutil.copytree(root / "results", root / "counted")
    done = run(root, "autograder regrade class/one_slip class/right --out counted --carry-forward count")
    assert "2 of 2 graded again, 1 marks moved." in done.stdout
    record = results(root / "counted")["one_slip"]
    assert (record["score"], record["score_alone"], record["score_carried"]) == (90, 70, 90)
    told = run(root, "autograder explain counted one_slip").stdout
    assert "Without errors carried forward it would be 70 of 100 points" in told


def test_it_can_be_switched_off(graded, run):
    """There is no second mark then."""
    root, _ = graded
    done = run(root, "grade class/one_slip --out off --carry-forward off")
    record = results(root / "off")["one_slip"]
    assert (record["score"], record["score_carried"]) == (70, None)
    assert "carried forward" not in done.stdout + done.stderr


def graded_here(plan: Plan, folder: Path, text: str, workers: Workers) -> dict[str, CheckResult]:
    """The checks of a text by name, graded in this process."""
    (folder / "chaining.py").write_text(text)
    result = grade(plan, Submission("ana", folder), Setting(carry_forward="report"), workers=workers)
    return {check.name: check for check in result.checks}


@pytest.mark.parametrize(("calls", "carried"), [(3, ("double",)), (30, ())])
def test_calls_of_the_reference_are_counted(make_course, tmp_path, workers, monkeypatch, calls: int, carried: tuple):
    """A check that asks for too many is not carried: a loop that never ends would occupy the grader."""
    monkeypatch.setattr(stand_ins, "MOST_CALLS", 10)
    plan = Plan.of(Course(add_chain(make_course(tmp_path / "course"))), "chaining")
    text = WRONG.replace("return double(x).sum()", f"return [double(x).sum() for _ in range({calls})][-1]")
    assert graded_here(plan, tmp_path, text, workers)["adds_the_doubled"].carried == carried


def test_the_reference_stays_outside(make_course, tmp_path, workers, sent):
    """Nothing that is sent to a worker holds a line of it, and right work is sent once."""
    plan = Plan.of(Course(add_chain(make_course(tmp_path / "course"))), "chaining")
    graded_here(plan, tmp_path, REFERENCE, workers)
    assert [message["op"] for message in sent].count("load") == 1
    sent.clear()
    assert graded_here(plan, tmp_path, WRONG, workers)["adds_the_doubled"].carried == ("double",)
    assert [message.get("op") for message in sent].count("load") == 2
    assert "return 2 * x" not in str(sent)


def test_what_is_not_called_is_not_needed(make_course, run, tmp_path):
    """An exercise that is declared to need another is judged as far as it goes alone: by all three commands."""
    root = add_chain(make_course(tmp_path / "course"))
    only = f"def halves(x):\n    return x[: len(x) // 2], x[len(x) // 2 :]\n\n\ndef order(n, generator):\n    {STUB}\n"
    only += "\n\ndef shuffled(x, generator):\n    return x[order(len(x), generator)]\n"
    hand_in(root / "class", {"ana": only})
    run(root, "grade class --out results --carry-forward off")
    checks = {check["name"]: check for check in results(root / "results")["ana"]["checks"]}
    ends = (checks["halves_are_cut"]["outcome"], checks["rows_are_shuffled"]["outcome"])
    assert ends == ("passed", "skipped")
    assert checks["rows_are_shuffled"]["message"].startswith("This check needs `order` (A random order)")
    (root / "chaining.py").write_text(only)
    told = json.loads(run(root, "autograder check chaining --json").stdout)["results"][0]["checks"]
    outcomes = {check["name"]: check["outcome"] for check in told}
    assert (outcomes["halves_are_cut"], outcomes["rows_are_shuffled"]) == ends
    cells = only.replace(f"def order(n, generator):\n    {STUB}\n", "")  # the cell was never run
    (root / "cell.py").write_text(
        f"{cells}\n\nfrom autograder.notebook import check\n\nprint('points', float(check('chaining.shuffle')))\n"
    )
    assert "points 10.0" in run(root, "python cell.py").stdout


def test_one_wrong_shape_costs_its_own_exercise_alone(clone, run, tmp_path):
    """The bias's gradient of logistic regression as [1] takes half of all points in the first mark."""
    reference = (clone / "solutions" / "sigmoid_gd.py").read_text()
    begin = reference.index("def logistic_gradients")
    wrong = reference[:begin] + reference[begin:].replace("error.mean()", "error.mean().reshape(1)", 1)
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "sigmoid_gd.py").write_text(wrong)
    assert run(clone, f"grade {tmp_path / 'ana'} --out {tmp_path / 'out'}").returncode == 0
    record = json.loads((tmp_path / "out" / "ana" / "sigmoid_gd.json").read_text())
    lost: dict[str, float] = {}
    for check in record["checks"]:
        if check["outcome"] != "passed" and not check["carried"]:
            lost[check["exercise"]] = lost.get(check["exercise"], 0) + check["max_points"]
    assert record["score_alone"] < 50
    assert list(lost) == ["cross_entropy"]
    assert record["score_carried"] == pytest.approx(100 - lost["cross_entropy"])
