"""`autograder check` where a file imports what its student wrote before: what is missing there is no work for here."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..grading.test_imports import ASSIGNMENT, CHECKS, REFERENCE, notebook
from .test_check_short import UNWRITTEN

pytestmark = pytest.mark.slow

STUB = REFERENCE.partition("    counter = Counter()")[0] + "    raise NotImplementedError\n"


@pytest.fixture
def kit(own: Path) -> Path:
    """A folder with two assignments in which nothing is written yet; the second imports from the first."""
    folder = own / "assignments" / "summing"
    folder.mkdir()
    (folder / "assignment.toml").write_text(ASSIGNMENT)
    (folder / "checks.py").write_text(CHECKS)
    (own / "scaling.py").write_text(UNWRITTEN.format(add="raise NotImplementedError"))
    (own / "summing.py").write_text(STUB)
    return own


def lines_of(text: str) -> list[str]:
    """The lines without the blanks that align them."""
    return [" ".join(line.split()) for line in text.splitlines() if line]


def test_where_nothing_is_written_there_is_a_line(run, kit: Path):
    """For an assignment that imports, too; its notebook, in which no more is written, is not told of."""
    (kit / "summing.ipynb").write_text(notebook(STUB))
    lines = lines_of(run(kit, "autograder check").stdout)
    assert lines[:2] == ["· Scaling (scaling) not written yet", "· Summing (summing) not written yet"]
    assert lines[2].startswith("0 of 20 points: ")


def test_a_notebook_in_which_something_is_written_is_told_of(run, kit: Path):
    """Since it does not count."""
    (kit / "summing.py").write_text(REFERENCE)
    (kit / "summing.ipynb").write_text(notebook(REFERENCE))
    assert "Note: summing.py counts; summing.ipynb, in which" in run(kit, "autograder check summing").stdout


def test_the_next_step_is_where_the_parts_are_written(run, kit: Path):
    """Not in the file that imports them; and it is there once they are finished."""
    lines = lines_of(run(kit, "autograder check summing").stdout)
    assert lines[1] == "· 1 What it builds on not written yet"
    assert "Next: finish scaling, from which summing.py imports." in lines
    assert "Then: autograder check scaling" in lines
    (kit / "scaling.py").write_text((kit / "solutions" / "scaling.py").read_text())
    assert "Next: write `doubled_sum` in summing.py." in lines_of(run(kit, "autograder check summing").stdout)


def test_a_file_that_is_missing_is_to_be_put_there(run, kit: Path):
    """As where only the second assignment was handed out."""
    (kit / "scaling.py").unlink()
    assert "Next: put your scaling.py beside summing.py, which imports from it." in lines_of(
        run(kit, "autograder check summing").stdout
    )


def test_what_is_written_in_part_is_shown(run, kit: Path, work):
    """One part passes, and what another one lacks stands below."""
    (kit / "scaling.py").write_text(UNWRITTEN.format(add="self.total += amount\n        return self.total"))
    lines = lines_of(run(kit, "autograder check summing").stdout)
    assert lines[1] == "· 1 What it builds on 2 of 4 points"
    assert lines[2] == "`double` is not written yet."
