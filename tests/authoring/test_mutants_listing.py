"""autograder.authoring.mutants.listing: survivors as blocks of equivalent_mutants.toml, which wait for a reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from autograder.authoring.mutants.generating import Mutant
from autograder.authoring.mutants.listing import alone_blocks, equivalent_blocks
from autograder.course.tables import read_equivalent_mutants
from autograder.errors import CourseError
from autograder.model import REASON_TO_WRITE


def mutant(old: str, new: str, function: str = "f", line: int = 3) -> Mutant:
    """A change of a statement."""
    return Mutant(f"sign:{function}:{line}:1:1", function, line, line, old, new, "")


AWKWARD = 'return {"a": "\\n", \'b\': x}  # ä'


def test_a_block_is_what_the_file_wants():
    """Once it has a reason; quotes, backslashes and umlauts come through."""
    (block,) = equivalent_blocks([mutant(AWKWARD, "return -x")], "solutions/demo.py")
    assert block.startswith("# solutions/demo.py:3: sign\n[[equivalent]]\n")
    (entry,) = tomllib.loads(block)["equivalent"]
    assert entry == {"function": "f", "old": AWKWARD, "new": ["return -x"], "reason": REASON_TO_WRITE}


def test_changes_of_one_statement_share_a_block():
    """Equal statements of two functions do not."""
    survivors = [mutant("a", "b"), mutant("a", "c", function="g", line=9), mutant("a", "d")]
    entries = tomllib.loads("\n".join(equivalent_blocks(survivors, "x.py")))["equivalent"]
    assert [(entry["function"], entry["new"]) for entry in entries] == [("f", ["b", "d"]), ("g", ["c"])]


def pasted(tmp_path: Path, reason: str) -> Path:
    """A list of equivalent mutants with a block as it was printed, and this reason."""
    path = tmp_path / "equivalent_mutants.toml"
    (block,) = equivalent_blocks([mutant("a", "b")], "x.py")
    path.write_text(block.replace(REASON_TO_WRITE, reason), encoding="utf-8")
    return path


def test_a_block_with_a_reason_is_read(tmp_path: Path):
    """As any other entry."""
    (entry,) = read_equivalent_mutants(pasted(tmp_path, "The same sum."))
    assert (entry.function, entry.new, entry.reason) == ("f", ("b",), "The same sum.")


@pytest.mark.parametrize("reason", [REASON_TO_WRITE, "", " "])
def test_a_block_without_a_reason_is_refused(tmp_path: Path, reason: str):
    """In one sentence with the file and the line."""
    path = pasted(tmp_path, reason)
    with pytest.raises(CourseError) as caught:
        read_equivalent_mutants(path)
    assert str(caught.value) == f"{path}:6: the reason is still to be written: say why the change is no mistake"


def test_of_many_changes_of_a_statement_the_first_are_told():
    """A table of constants has dozens."""
    (block,) = alone_blocks([(mutant("a", str(i)), ("g",)) for i in range(7)], "x.py")
    assert block.splitlines()[2:] == ["    + 0", "    + 1", "    + 2", "    + 3", "    and 3 more"]


def test_mistakes_of_one_function_alone_are_told_together():
    """By the functions in which they pass, and by their statement."""
    alone = [(mutant("a", "b"), ("g",)), (mutant("a", "c"), ("g",)), (mutant("a", "d"), ("g", "h"))]
    assert alone_blocks(alone, "x.py") == [
        "x.py:3: in f, passes in g alone\n    - a\n    + b\n    + c",
        "x.py:3: in f, passes in g or h alone\n    - a\n    + d",
    ]
