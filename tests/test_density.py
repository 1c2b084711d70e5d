"""Code that is read, not decoded: how many comprehensions, conditional expressions, packed assignments and comments.

Counted over `autograder/`, per 1,000 lines; `python tests/test_density.py` prints the figures of every module, the
densest last.
"""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[1] / "autograder"
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
MOST = {"comprehensions": 20, "conditional expressions": 10, "packed assignments": 2}  # per 1,000 lines
COMMENTS = (3, 6)  # per cent of the lines


@dataclass
class Counts:
    """What some modules hold."""

    lines: int = 0
    comprehensions: int = 0
    conditional_expressions: int = 0
    packed_assignments: int = 0
    comment_lines: int = 0

    def add(self, source: str) -> None:
        """Count a module too."""
        self.lines += len(source.splitlines())
        for node in ast.walk(ast.parse(source)):
            self.comprehensions += isinstance(node, COMPREHENSIONS)
            self.conditional_expressions += isinstance(node, ast.IfExp)
            self.packed_assignments += is_packed(node)
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        commented = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
        self.comment_lines += len(commented)

    def per_thousand(self, what: str) -> float:
        """How many of them 1,000 lines hold."""
        return 1000 * getattr(self, what.replace(" ", "_")) / self.lines


def is_packed(node: ast.AST) -> bool:
    """Whether it is an assignment of several values to as many names: `a, b = x, y`."""
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)


@lru_cache
def counted(paths: tuple[Path, ...]) -> Counts:
    """What these modules hold together."""
    counts = Counts()
    for path in paths:
        counts.add(path.read_text(encoding="utf-8"))
    return counts


ALL = tuple(sorted(ENGINE.rglob("*.py")))


@pytest.mark.parametrize("what", MOST)
def test_the_engine_is_not_dense(what: str):
    """Comprehensions, conditional expressions and packed assignments are rare."""
    assert counted(ALL).per_thousand(what) <= MOST[what]


def test_the_engine_tells_its_reasons():
    """Of a hundred lines three to six hold a comment."""
    share = counted(ALL).per_thousand("comment lines") / 10
    assert COMMENTS[0] <= share <= COMMENTS[1]


@pytest.mark.parametrize(
    ("source", "what", "count"),
    [
        ("a = [x for x in y if {z for z in x}]", "comprehensions", 2),
        ("a = sum(x for x in y)", "comprehensions", 1),
        ("a = b if c else d", "conditional_expressions", 1),
        ("a, b = c, d", "packed_assignments", 1),
        ("a, b = c", "packed_assignments", 0),
        ("# one\na = 1  # two", "comment_lines", 2),
        ('a = "# none"', "comment_lines", 0),
    ],
)
def test_what_is_counted(source: str, what: str, count: int):
    """Each by its own kind, wherever it stands."""
    counts = Counts()
    counts.add(source)
    assert getattr(counts, what) == count


def table() -> str:
    """The figures of every module, and of all together."""
    heads = [*MOST, "comment lines"]
    rows = []
    for path in ALL:
        counts = counted((path,))
        rows.append((counts, str(path.relative_to(ENGINE))))
    rows.sort(key=lambda row: row[0].per_thousand("comprehensions"))
    rows.append((counted(ALL), "all"))
    lines = [f"{'':36} lines " + " ".join(f"{head[:13]:>13}" for head in heads)]
    for counts, name in rows:
        figures = " ".join(f"{counts.per_thousand(head):13.1f}" for head in heads)
        lines.append(f"{name:36} {counts.lines:5} {figures}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
