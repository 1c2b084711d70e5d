"""An assignment may import what the student wrote for earlier ones, wherever a course keeps it."""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.authoring.gradescope_trial import Trial
from autograder.authoring.gradescope_zip import Contents, write_zip
from autograder.authoring.stubs import cut_stub
from autograder.authoring.trials import LocalTrials, graded, played
from autograder.checking.local import beside, module_from
from autograder.course import Course
from autograder.grading.fingerprints import submission_hash
from autograder.grading.runner import grade
from autograder.model import Outcome, Result
from autograder.plan import Plan, Setting
from autograder.submissions.files import Submission

COURSE = Path(__file__).parents[1] / "course"
ASSIGNMENT = """
title = "Summing"
order = 2
summary = "It builds on another assignment."
imports = ["scaling"]

[[exercises]]
id = "parts"
title = "What it builds on"
points = 4
functions = ["double", "Counter.__init__", "Counter.add"]

[[exercises]]
id = "sums"
title = "Sums"
points = 6
functions = ["doubled_sum"]
"""
REFERENCE = '''"""Summing: the reference."""

import torch

from scaling import Counter, double


def doubled_sum(x: torch.Tensor) -> torch.Tensor:
    """The sum of the doubled entries of x.

    Args:
        x: [n] numbers.
    Returns:
        [] their sum, twice.
    """
    counter = Counter()
    for entry in double(x):
        counter.add(entry)
    return counter.total
'''
CHECKS = '''"""Checks of an assignment that builds on another one."""

import torch

from autograder.checking import check, close, equal


@check("parts")
def doubles(student, case):
    """Your double gives x + x."""
    x = case.normal(3)
    close(student.double(x), x + x)


@check("parts")
def counts(student, case):
    """Your counter adds up."""
    equal(student.Counter(start=1).add(2), 3)


@check("sums")
def sums_up(student, case):
    """The sum of the doubled entries is twice the sum."""
    x = case.normal(3)
    close(student.doubled_sum(x), 2 * x.sum())
'''
MISTAKES = '''"""Known mistakes of an assignment that builds on another one."""

from autograder.checking import added, change, misconception

misconception("halved", change("doubled_sum", "counter.total", "counter.total / 2")).says("Is it twice the sum?")
misconception("tripled", change("doubled_sum", "double(x)", "3 * x")).says("Is every entry taken twice?")
misconception("imported_wrongly", added("double = abs")).says("Is double what you wrote?")
'''
WRONG = "return 2 * x", "return 3 * x"
UNWRITTEN = "return 2 * x", "raise NotImplementedError"


@pytest.fixture
def building(tmp_path: Path) -> Course:
    """The miniature course with a second assignment that imports its first."""
    course = Course(shutil.copytree(COURSE, tmp_path / "course"))
    folder = course.assignments_folder / "summing"
    folder.mkdir()
    (folder / "assignment.toml").write_text(ASSIGNMENT)
    (folder / "checks.py").write_text(CHECKS)
    (folder / "misconceptions.py").write_text(MISTAKES)
    course.solution_path("summing").write_text(REFERENCE)
    return course


@pytest.fixture
def hand_in(building: Course, tmp_path: Path, workers):
    """Grades summing.py with the given files beside it; names may lead into folders."""

    def grade_it(files: dict[str, str], *, nested: bool = False, home: str = "") -> Result:
        folder = tmp_path / "ana"
        for name, text in {f"{home}summing.py": REFERENCE, **files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        setting = Setting(load_data=partial(data.load, "digits"), carry_forward="report")
        submission = Submission("ana", folder, nested=nested)
        return grade(Plan.of(building, "summing"), submission, setting, workers=workers)

    return grade_it


def scaling(*change: str) -> str:
    text = Course(COURSE).solution("scaling") or ""
    if not change:
        return text
    assert text.count(change[0]) == 1
    return text.replace(*change)


def notebook(*cells: str) -> str:
    code = []
    for number, cell in enumerate(cells):
        code.append(
            {
                "cell_type": "code",
                "id": f"c{number}",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": cell,
            }
        )
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def outcomes(result: Result) -> list[str]:
    return [str(check.outcome) for check in result.checks]


def carried(result: Result) -> dict[str, tuple[str, ...]]:
    return {check.name: check.carried for check in result.checks if check.carried}


def test_right_modules_beside_it_earn_everything(hand_in):
    """What lies beside the file is imported, and every check passes."""
    assert outcomes(hand_in({"scaling.py": scaling()})) == ["passed"] * 3


def test_what_is_missing_is_told_by_name_and_answered_for_in_the_second_mark(hand_in):
    """Without the module its own exercise gets nothing, and later ones are right once the reference answers."""
    result = hand_in({})
    assert outcomes(result) == ["not_attempted", "not_attempted", "skipped"]
    assert "defines no `double`" in result.checks[0].message
    assert "`Counter` (What it builds on)" in result.checks[2].message
    assert any("No module named 'scaling'" in note for note in result.notes)
    assert carried(result) == {"sums_up": ("double", "Counter.__init__", "Counter.add")}


def test_a_missing_module_is_no_library_though_a_rule_has_its_name(hand_in, building):
    """What is not there breaks no rule; it is told by name, as without the rule."""
    path = building.assignments_folder / "summing" / "assignment.toml"
    path.write_text(f'{ASSIGNMENT}\n[[rules]]\nnames = ["scaling"]\nreason = "You have a part of your own for this."\n')
    assert outcomes(hand_in({})) == ["not_attempted", "not_attempted", "skipped"]
    assert outcomes(hand_in({"scaling.py": scaling()})) == ["passed"] * 3


def test_what_an_import_uses_against_a_rule_is_answered_for(hand_in, building):
    """It costs the exercise of the part; others that call it are right in the second mark."""
    path = building.assignments_folder / "summing" / "assignment.toml"
    path.write_text(f'{ASSIGNMENT}\n[[rules]]\nnames = ["lerp"]\nreason = "Double it yourself."\n')
    result = hand_in({"scaling.py": scaling("return 2 * x", "return torch.lerp(x, 3 * x, 0.5)")})
    assert outcomes(result) == ["forbidden"] * 3
    assert carried(result) == {"sums_up": ("double", "Counter.__init__", "Counter.add")}


AGAIN = '''

@check("sums")
def sums_up_again(student, case):
    """It is so in each check."""
    close(student.doubled_sum(torch.ones(2)), torch.tensor(4.0))
'''


def test_what_is_held_in_a_table_is_answered_for_too(hand_in, building):
    """A function that was imported into a table, or should have been, is right in the second mark, in every check."""
    (building.assignments_folder / "summing" / "checks.py").write_text(CHECKS + AGAIN)
    tabled = REFERENCE.replace(
        "def doubled_sum", 'TABLE = {"double": double, "counter": Counter | None}\n\n\ndef doubled_sum'
    )
    tabled = tabled.replace("double(x)", 'TABLE["double"](x)')
    for files, functions in (
        ({}, ("double", "Counter.__init__", "Counter.add")),
        ({"scaling.py": scaling(*WRONG)}, ("double",)),
    ):
        result = hand_in({"summing.py": tabled, **files})
        assert carried(result) == {"sums_up": functions, "sums_up_again": functions}
    assert outcomes(hand_in({"summing.py": tabled, "scaling.py": scaling()})) == ["passed"] * 4


def test_a_stub_beside_it_is_as_good_as_nothing(hand_in):
    """A module in which nothing is written yet is not attempted, whichever file the stub is in."""
    course = Course(COURSE)
    result = hand_in({"scaling.py": cut_stub(scaling(), course.assignment("scaling"))})
    assert outcomes(result) == ["not_attempted", "not_attempted", "skipped"]
    assert carried(result) == {"sums_up": ("double", "Counter.__init__", "Counter.add")}


def test_one_function_that_is_wrong_or_unwritten_costs_its_own_check(hand_in):
    """The check of the part says which; in the second mark what builds on it is right."""
    result = hand_in({"scaling.py": scaling(*WRONG)})
    assert outcomes(result) == ["failed", "passed", "failed"]
    assert carried(result) == {"sums_up": ("double",)}
    result = hand_in({"scaling.py": scaling(*UNWRITTEN)})
    assert outcomes(result) == ["not_attempted", "passed", "skipped"]
    assert carried(result) == {"sums_up": ("double",)}


def test_where_nothing_is_written_in_it_the_mark_is_nothing(hand_in, building):
    """The stub of such an assignment earns nothing by itself."""
    stub = cut_stub(REFERENCE, building.assignment("summing"))
    assert "# Exercise 1: What it builds on (4 points), imported here\n\nimport torch\nfrom scaling import" in stub
    assert outcomes(hand_in({"summing.py": stub})) == ["not_attempted"] * 3


def test_a_notebook_beside_it_is_imported_as_a_module_is(hand_in):
    """Its code counts; of a module and a notebook, that in which more is written."""
    cells = notebook("%matplotlib inline\nimport torch", scaling())
    assert outcomes(hand_in({"scaling.ipynb": cells})) == ["passed"] * 3
    stub = cut_stub(scaling(), Course(COURSE).assignment("scaling"))
    assert outcomes(hand_in({"scaling.py": stub})) == ["passed"] * 3
    assert outcomes(hand_in({"scaling.py": scaling(*WRONG)})) == ["failed", "passed", "failed"]


def test_where_each_assignment_has_a_folder_the_work_in_the_other_folders_counts(hand_in):
    """As nbgrader collects them; a file that lies beside the assignment itself goes before."""
    other = {"scaling/scaling.ipynb": notebook(scaling())}
    assert outcomes(hand_in(other, nested=True, home="summing/")) == ["passed"] * 3
    assert outcomes(hand_in({"summing/scaling.py": scaling(*WRONG)}, nested=True, home="summing/"))[0] == "failed"


def test_the_files_of_an_import_are_part_of_the_fingerprint(tmp_path: Path):
    """A result is out of date when they change, and not when another notebook does."""
    (tmp_path / "summing.py").write_text(REFERENCE)
    submission = Submission("ana", tmp_path)
    hashes = set()
    for name in ("other.ipynb", "scaling.ipynb"):
        hashes.add(submission_hash(submission, "summing", ["scaling"]))
        (tmp_path / name).write_text(notebook("x = 1"))
    assert len(hashes) == 1
    assert submission_hash(submission, "summing", ["scaling"]) not in hashes


def test_the_reference_finds_others_beside_it_in_every_trial(building, workers):
    """The reference passes in this process and in a worker; each mistake fails, and nothing is imported for good."""
    plan = Plan.of(building, "summing")
    assert list(plan.beside) == ["scaling"]
    setting = Setting()
    trials = LocalTrials(plan, setting)
    assert not trials.reference.failing
    failing = {known.id: set(trials.mistake(known).failing) for known in plan.misconceptions}
    assert failing == {"halved": {"sums_up"}, "tripled": {"sums_up"}, "imported_wrongly": {"doubles", "sums_up"}}
    stub = cut_stub(REFERENCE, plan.assignment)
    assert trials.other(stub, alone=True).failing == {check.name for check in plan.checks}
    assert trials.other(stub).failing == {"sums_up"}
    results = [graded(plan, REFERENCE, setting, workers).checks, played(plan, REFERENCE, setting)]
    assert {check.outcome for checks in results for check in checks} == {Outcome.PASSED}
    with pytest.raises(ModuleNotFoundError):
        module_from(REFERENCE, "summing")
    with beside(plan.beside):
        module = module_from(REFERENCE, "summing")
    assert module.Counter(2).total == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Gradescope's containers are Linux")
def test_a_zip_for_gradescope_holds_what_is_imported(building, tmp_path: Path):
    """Only the chosen assignment is graded and looked for; what it imports is found beside it, and by its reference."""
    for name, text in {"new/summing.py": REFERENCE, "new/scaling.py": scaling(), "old/scaling.py": scaling()}.items():
        (tmp_path / "upload" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "upload" / name).write_text(text)
    write_zip(tmp_path / "summing.zip", building, Contents(("summing",)), unfinished="{}\n")
    trial = Trial.prepared(tmp_path / "container", tmp_path / "summing.zip", tmp_path / "upload")
    assert trial.run() == 0
    told = json.loads(trial.results())
    assert (told["score"], [test["max_score"] for test in told["tests"]]) == (10, [2, 2, 6])
    assert list(Plan.of(Course(trial.root / "source" / "course"), "summing").beside) == ["scaling"]


def test_results_depend_on_the_references_that_are_imported(building):
    """Where an imported solution changes, so does what the assignment's results follow from."""
    before = building.whole_solution("summing")
    assert before == Plan.of(building, "summing").whole_solution
    assert Plan.of(building, "scaling").whole_solution == building.solution("scaling")
    building.solution_path("scaling").write_text(scaling(*WRONG))
    assert building.whole_solution("summing") != before


def test_what_is_assigned_is_no_stub(hand_in):
    """A name that stands for a lambda or for another function is written, here and in a module beside it."""
    counted = "\n\nadd = Counter.add\ntwice = lambda x: x + x\ndouble = twice\n"
    assert outcomes(hand_in({"scaling.py": scaling() + counted})) == ["passed"] * 3
    assigned = REFERENCE.replace("import torch\n", "import torch\n\nshape = lambda x: x.shape\n")
    sums = assigned + "\n\n_sum = doubled_sum\ndoubled_sum = lambda x: _sum(x)\n"
    assert outcomes(hand_in({"scaling.py": scaling(), "summing.py": sums})) == ["passed"] * 3
