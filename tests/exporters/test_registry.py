"""autograder.exporters: an exporter is one module and a line, and gets its options and every result by that."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from autograder import exporters
from autograder.cli import class_options
from autograder.course import Course
from autograder.exporters import EXPORTERS
from autograder.grading.sinks import Exporter, Graded, Option, Request

from .conftest import COUNTER, DOUBLE

pytestmark = pytest.mark.slow

LIST = Option("score-list", "File with a line per result.", "FILE", is_folder=True)
SHOUT = Option("in-capitals", "Write names in capitals.")


class ScoreList:
    """A text file with a line per result."""

    name = "the list of scores"

    def __init__(self, path: Path, shout: bool) -> None:
        self.path = path
        self.shout = shout

    def open(self, assignments: Sequence[object], count: int) -> None:
        """Begin with what is to come."""
        self.lines = [f"{count} results"]

    def save(self, graded: Graded) -> None:
        """A line more."""
        student = graded.submission.student
        self.lines.append(f"{student.upper() if self.shout else student} {graded.result.score:g}")

    def close(self) -> Sequence[str]:
        """Write the file."""
        self.path.write_text("\n".join(self.lines))
        return ["The list is written."]


def asked_for(request: Request) -> ScoreList | None:
    path = request.options[LIST.key]
    return ScoreList(path, request.options[SHOUT.key]) if path else None


@pytest.fixture
def grade(monkeypatch: pytest.MonkeyPatch, course: Course, tmp_path: Path):
    """Run a class of one through the options that a registered exporter adds; returns what was printed."""
    (tmp_path / "class" / "ana").mkdir(parents=True)
    (tmp_path / "class" / "ana" / "scaling.py").write_text(f"{DOUBLE}\n\n{COUNTER}")
    monkeypatch.setattr(class_options, "EXPORTERS", (*EXPORTERS, Exporter((LIST, SHOUT), asked_for)))

    @click.command()
    @class_options.class_options
    def command(**options):
        with class_options.class_run(options) as run:
            list(run.results())

    def run(*words: str) -> str:
        where = [str(tmp_path / "class"), "--course", str(course.root), "--out", str(tmp_path / "results")]
        done = CliRunner().invoke(command, [*where, *words], catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    return run


def test_a_registered_exporter_gets_its_options_and_every_result(grade, tmp_path: Path):
    """A value and a flag; what it says in the end is printed."""
    assert "Note: The list is written." in grade("--score-list", str(tmp_path / "scores"), "--in-capitals")
    assert (tmp_path / "scores").read_text() == "1 results\nANA 10"


def test_an_exporter_that_nobody_asked_for_does_nothing(grade, tmp_path: Path):
    """Its options are optional."""
    assert "Note: " not in grade()
    assert not (tmp_path / "scores").exists()


def test_every_module_with_an_exporter_is_registered():
    """Nobody forgets the line."""
    declared = []
    for found in pkgutil.iter_modules(exporters.__path__):
        module = importlib.import_module(f"{exporters.__name__}.{found.name}")
        if hasattr(module, "EXPORTER"):
            declared.append(module.EXPORTER)
    assert len(declared) >= 2
    assert set(declared) == set(EXPORTERS)
    names = [option.name for exporter in EXPORTERS for option in exporter.options]
    assert len(names) == len(set(names))
