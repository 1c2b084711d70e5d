"""The same class, graded on two Pythons: the same results but for times and versions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
FOREIGN = "AUTOGRADER_OTHER_PYTHONS"  # more interpreters with everything installed, by the separator of paths
VARYING = ("versions", "started", "seconds")
CLASS = {
    "right": {},
    "square": {"double": "return x ** 2"},
    "loop": {"double": "return torch.stack([row + row for row in x])"},
    "comprehension": {"double": "return torch.stack([\n    {row: 1}[2]\n    for row in x])"},
    "no name": {"double": "return torch.tensor([y for _ in x])"},
    "kind of number": {"add": "import numpy; self.total = numpy.int64(self.total + amount); return self.total"},
    "wrong type": {"add": "return 'a' + amount"},
    "no attribute": {"double": "return x.twice()"},
    "too many arguments": {"double": "return torch.add(x, x, x, x)"},
    "nothing": {"double": "return None"},
    "recursion": {"double": "return double(x)"},
    "syntax": {"double": "return x +"},
    "indentation": {"double": "return x\n  return x"},
    "generator": {"double": "return sum(x for _ in range(2))"},
    "forbidden": {"double": "return torch.nn.functional.threshold(x, 0, 0)"},
}


def others() -> list[str]:
    """Interpreters of other versions that hold all that this one does."""
    named = [path for path in os.environ.get(FOREIGN, "").split(os.pathsep) if path]
    found = [*map(str, ROOT.glob(".venv*/bin/python")), *named]
    return [path for path in found if _version(path) not in (None, sys.version_info[:2])]


def _version(python: str) -> tuple[int, int] | None:
    code = "import sys, autograder, torch, click, rich; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], cwd=ROOT, capture_output=True, text=True)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None


def graded(python: str, course: Path, submissions: Path, out: Path) -> dict[str, dict]:
    """The results of a class on an interpreter, without what may vary."""
    main = "from autograder.cli import main; main()"
    command = [python, "-c", main, "grade", submissions, "--course", course, "--out", out, "--jobs", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    results = {}
    for path in out.glob("*/*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        for varying in VARYING:
            del record["run"][varying]
        for check in record["checks"]:
            del check["seconds"]
        results[f"{path.parent.name}/{path.stem}"] = record
    return results


@pytest.fixture(scope="module")
def other() -> str:
    """An interpreter of another version, or a skip."""
    found = others()
    if not found:
        pytest.skip("there is no environment of another Python here; `make test-pythons` makes some")
    return found[0]


def test_one_class_gets_the_same_results_on_two_pythons(other: str, course, text, tmp_path: Path):
    """Marks, outcomes, messages, places in the code and names of mistakes, also of work that fails in many ways."""
    for student, lines in CLASS.items():
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "scaling.py").write_text(text(**lines))
    here = graded(sys.executable, course.root, tmp_path / "class", tmp_path / "here")
    there = graded(other, course.root, tmp_path / "class", tmp_path / "there")
    assert here.keys() == {f"{student}/scaling" for student in CLASS}
    for name, result in here.items():
        assert there[name] == result, name


def test_the_demo_class_gets_the_same_results_on_two_pythons(other: str, tmp_path: Path):
    """With the real checks, trainings included."""
    submissions = ROOT / "examples" / "class"
    here = graded(sys.executable, ROOT, submissions, tmp_path / "here")
    there = graded(other, ROOT, submissions, tmp_path / "there")
    assert len(here) == 26
    for name, result in here.items():
        assert there[name] == result, name
