"""Makes one Python text of what was handed in, with what does not count blanked; lines keep their numbers."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .bindings import bound
from .counting import Counting, Note, Part, Statement, Test, unwritten_copies
from .loader import parsed
from .stand_ins import Failed
from .transforms import as_python

DEFINES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)


@dataclass
class Reading:
    """What was made of the parts: a text, and what there is to know for its execution."""

    text: str
    notes: list[Note] = field(default_factory=list)
    unreadable: dict[str, Failed] = field(default_factory=dict)  # names in cells that Python cannot read
    tests: list[Test] = field(default_factory=list)
    kept: dict[int, frozenset[str]] = field(default_factory=dict)  # names that the statement of a line must not bind
    changes: dict[int, set[str]] = field(default_factory=dict)  # names whose values the statement of a line changes


def read(parts: Sequence[Part], path: str, asked: Iterable[str] = ()) -> Reading:
    """The text of all parts, one after the other, with what does not count blanked.

    Args:
        path: the file that errors in the text name.
        asked: names of functions and classes that answers must define.
    Raises:
        SyntaxError: a file is no Python.
    """
    reader = _Reader(path, frozenset(asked))
    with warnings.catch_warnings(action="ignore"):  # Python warns again when the text is executed
        for part in parts:
            reader.read_part(part)
        return reader.reading()


class _Reader:
    """Collects part after part, then decides what counts."""

    def __init__(self, path: str, asked: frozenset[str]) -> None:
        self._path = path
        self._asked = asked
        self._lines: list[str] = []
        self._parts: list[tuple[int, Part]] = []  # each with the number of lines up to its end
        self._hidden: dict[str, int] = {}  # by exercise: the last line above its hidden checks
        self._result = Reading("")

    def read_part(self, part: Part) -> None:
        """Add a part."""
        first = len(self._lines)
        lines, error = as_python(part.text, lambda at, says: self._result.notes.append((first + at + 1, says)))
        if error is not None:
            self._give_up(part, lines, error)
            lines = [""] * len(lines)
        self._lines += lines
        self._parts.append((len(self._lines), part))
        if part.kind == "test":
            self._result.tests.append(Test(len(self._lines), part.subject, frozenset(part.asked)))
        if part.kind == "hidden":
            self._hidden[part.subject] = first

    def reading(self) -> Reading:
        """What was made of all parts."""
        text = "\n".join(self._lines)
        statements = list(self._statements(text))
        copies = unwritten_copies(statements)
        self._count_answers_below_their_tests(statements)
        between = [(test.line, self._hidden.get(test.exercise, 0)) for test in self._result.tests]
        counting = Counting(statements, self._result.tests, self._asked, between)
        left_out = []
        for statement in statements:
            if statement in copies:
                (name,) = statement.bound
                says = f"this copy of `{name}` is still a stub; the other copy counts."
                self._result.notes.append((statement.node.lineno, says))
                left_out.append(statement.node)
            elif not counting.counts(statement):
                left_out.append(statement.node)
        self._result.notes += counting.notes
        self._result.kept = counting.kept
        self._result.changes = counting.changes
        self._result.text = text
        if left_out:
            self._result.text = "\n".join(_blanked(self._lines, left_out))
        return self._result

    def _count_answers_below_their_tests(self, statements: list[Statement]) -> None:
        """Have an answer between the visible and the hidden checks of what it defines count for both."""
        tests = self._result.tests
        says = "this answer stands below its test, and counts there all the same."
        for at, test in enumerate(tests):
            end = self._hidden.get(test.exercise, 0)
            for node, part, names in statements:
                if part.kind == "answer" and names & test.asked and test.line < node.lineno <= end:
                    tests[at] = test._replace(line=node.end_lineno or node.lineno)
                    self._result.notes.append((node.lineno, says))
        tests.sort()

    def _statements(self, text: str) -> Iterator[Statement]:
        parts = iter(self._parts)
        end, part = next(parts, (0, Part("module", "")))
        for node in parsed(text).body:
            while node.lineno > end:
                end, part = next(parts)
            yield Statement(node, part, bound(node))

    def _give_up(self, part: Part, lines: list[str], error: Exception) -> None:
        """Note that a cell cannot be read, and remember what it would have defined."""
        line = getattr(error, "lineno", None) or 1
        at = min(max(line, 1), len(lines)) - 1  # Python may name a line past the end
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        place = (self._path, len(self._lines) + at + 1, getattr(error, "offset", None), lines[at])
        if part.kind == "module":  # nobody could run such a file
            kind = type(error) if isinstance(error, SyntaxError) else SyntaxError
            raise kind(what, place) from error
        failed = Failed(SyntaxError(what, place))
        for name in DEFINES.findall("\n".join(lines)):
            self._result.unreadable[name] = failed
        says = f"Python cannot read this cell, so nothing of it counts ({type(error).__name__}: {what})."
        self._result.notes.append((len(self._lines) + at + 1, says))


def _blanked(lines: list[str], nodes: Sequence[ast.stmt]) -> list[str]:
    """The lines with a statement that does nothing in the place of each of these."""
    lines = list(lines)
    for node in reversed(nodes):
        decorators = getattr(node, "decorator_list", [])
        first = min(part.lineno for part in (node, *decorators)) - 1
        last = (node.end_lineno or node.lineno) - 1
        # ast counts columns in bytes of UTF-8; other statements may stand on the same line
        before = lines[first].encode()[: node.col_offset].decode()
        after = lines[last].encode()[node.end_col_offset :].decode()
        lines[first : last + 1] = [f"{before}0{after}"] + [""] * (last - first)
    return lines
