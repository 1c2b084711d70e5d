"""Makes one Python text of what was handed in, with what does not count blanked; lines keep their numbers.

All code of a file counts, and all code in the cells that were handed out. In cells that a student added, imports,
definitions and plain assignments count, and whatever else the answers need; what nobody needs is an experiment, which
could fail or take hours. A cell of the student's own changes neither an answer once its test stands above it, nor what
was handed out, nor a builtin that answers call.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ..hosting import is_stub
from .bindings import (
    STAR,
    bound,
    called,
    globals_of,
    imports_the_same,
    imports_tools,
    run_at_load,
    sets_an_option,
    told_to_change,
    used,
    written_into,
)
from .loader import parsed
from .stand_ins import PROVIDED, Failed
from .transforms import as_python

DEFINES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
HARMLESS = {
    "abs", "bool", "complex", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "max", "min", "object",
    "range", "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip", *PROVIDED,
}  # fmt: skip
IMPORT = ast.Import | ast.ImportFrom
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
DEFINITION = IMPORT | FUNCTION | ast.ClassDef
ASSIGNMENT = ast.Assign | ast.AnnAssign | ast.AugAssign
BINDING = DEFINITION | ASSIGNMENT | ast.If | ast.Try | ast.Pass
MAY_BE_FUNCTIONS = ast.Lambda | ast.Name | ast.Attribute
Note = tuple[int, str]  # a line of the text, and what to say about it; 0 where the text names another file


class Part(NamedTuple):
    """A piece of what was handed in.

    Args:
        kind: "module", or of a notebook the kind of a cell ("setup", "given", "answer", "test", "hidden"), "own" if it
            was added.
        subject: the exercise that a test belongs to.
        asked: the names that a test asks for.
    """

    kind: str
    text: str
    subject: str = ""
    asked: Sequence[str] = ()

    @property
    def is_own(self) -> bool:
        """Whether only what is needed of it counts; a test that was changed may hold a definition."""
        return self.kind in ("own", "test", "hidden")


class Test(NamedTuple):
    """The place of an exercise's visible checks: what stands above it is what they see."""

    line: int
    exercise: str
    asked: frozenset[str]


@dataclass
class Reading:
    """What was made of the parts: a text, and what there is to know for its execution."""

    text: str
    notes: list[Note] = field(default_factory=list)
    unreadable: dict[str, Failed] = field(default_factory=dict)  # names in cells that Python cannot read
    tests: list[Test] = field(default_factory=list)
    kept: dict[int, frozenset[str]] = field(default_factory=dict)  # names that the statement of a line must not bind
    changes: dict[int, set[str]] = field(default_factory=dict)  # names whose values the statement of a line changes


class _Statement(NamedTuple):
    """A statement at the top of the text, and the part that it stands in."""

    node: ast.stmt
    part: Part
    bound: set[str]


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
        copies = _unwritten_copies(statements)
        self._count_answers_below_their_tests(statements)
        between = [(test.line, self._hidden.get(test.exercise, 0)) for test in self._result.tests]
        counting = _Counting(statements, self._result.tests, self._asked, between)
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

    def _count_answers_below_their_tests(self, statements: list[_Statement]) -> None:
        """Have an answer between the visible and the hidden checks of what it defines count for both."""
        tests = self._result.tests
        for at, test in enumerate(tests):
            end = self._hidden.get(test.exercise, 0)
            for statement in statements:
                node = statement.node
                if statement.part.kind == "answer" and statement.bound & test.asked and test.line < node.lineno <= end:
                    tests[at] = test._replace(line=node.end_lineno or node.lineno)
                    self._result.notes.append((node.lineno, "this stands below its test, which counts with it, too."))
        tests.sort()

    def _statements(self, text: str) -> Iterator[_Statement]:
        parts = iter(self._parts)
        end, part = next(parts, (0, Part("module", "")))
        for node in parsed(text).body:
            while node.lineno > end:
                end, part = next(parts)
            yield _Statement(node, part, bound(node))

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


def _unwritten_copies(statements: list[_Statement]) -> list[_Statement]:
    """The functions and classes that are stubs where another copy is written."""
    stubs = []
    written = set()
    for statement in statements:
        if _is_stub(statement.node):
            stubs.append(statement)
        elif isinstance(statement.node, ast.FunctionDef | ast.ClassDef) or _is_assigned_answer(statement):
            written |= statement.bound
    return [statement for statement in stubs if statement.bound <= written]


def _is_assigned_answer(statement: _Statement) -> bool:
    """Whether it may write a function by an assignment, as in `f = lambda x: 2 * x`."""
    node = statement.node
    if statement.part.is_own or not isinstance(node, ast.Assign | ast.AnnAssign):
        return False
    return not isinstance(node.value, ast.Constant | None)


class _Counting:
    """Decides which statements count.

    Attributes:
        notes: what is to be said about those that do not.
        kept: names that a statement which binds unknown names must leave as they are, by its line.
        changes: names whose values a statement of an added cell changes, by its line.
    """

    def __init__(
        self, statements: list[_Statement], tests: list[Test], asked: frozenset[str], between: list[tuple[int, int]]
    ) -> None:
        self.notes: list[Note] = []
        self.kept: dict[int, frozenset[str]] = {}
        self.changes: dict[int, set[str]] = {}
        self._statements = statements
        self._tests = tests
        self._between = between  # the lines between the visible and the hidden checks of an exercise
        self._asked = asked.union(*(test.asked for test in tests))
        self._given: dict[str, ast.stmt] = {}  # by name: the statement above, of handed-out code, that binds it
        self._answers: dict[str, ast.stmt] = {}  # by name: the statement above, of an answer, that binds it
        self._callable = set(HARMLESS)  # names that can be called without running code of the notebook
        self._modules: set[str] = set()
        for statement in statements:
            if isinstance(statement.node, IMPORT):
                self._modules |= statement.bound

    # What follows is found only if an added cell does something that could matter; it takes as long as all the rest.

    @cached_property
    def _needed(self) -> set[str]:
        """The names that are asked for, and those that the statements which bind or change them use."""
        effects = [(statement.bound | self._changed(statement.node), statement.node) for statement in self._statements]
        reached = set(self._asked)
        before = -1
        while len(reached) != before:
            before = len(reached)
            rest = []
            for binds, node in effects:
                if binds & reached:
                    with contextlib.suppress(RecursionError):  # a sum of thousands of terms uses what others use
                        reached |= used(node)
                else:
                    rest.append((binds, node))
            effects = rest
        return reached

    @cached_property
    def _called(self) -> set[str]:
        """The names that are called by handed-out code and answers."""
        names: set[str] = set()
        for statement in self._statements:
            if not statement.part.is_own:
                names |= called(statement.node)
        return names

    @cached_property
    def _globals(self) -> dict[str, set[str]]:
        """What functions declare to be global, by the function."""
        names: dict[str, set[str]] = {}
        for statement in self._statements:
            if isinstance(statement.node, FUNCTION):
                names.setdefault(statement.node.name, set()).update(globals_of(statement.node))
        return names

    def counts(self, statement: _Statement) -> bool:
        """Whether a statement is part of the module; what it binds may be called and is guarded further down."""
        node = statement.node
        if imports_tools(node):
            return False
        if not statement.part.is_own:
            self._guard(statement)
        elif not self._may_count(statement):
            return False
        if not isinstance(node, FUNCTION | ast.ClassDef):
            self._callable |= statement.bound
        return True

    def _guard(self, statement: _Statement) -> None:
        """Remember what handed-out code and answers bind."""
        if _is_stub(statement.node):
            return
        is_given = statement.part.kind in ("setup", "given")
        guarded = self._given if is_given else self._answers
        guarded.update(dict.fromkeys(statement.bound, statement.node))

    def _may_count(self, statement: _Statement) -> bool:
        """Whether a statement of a cell that was added counts, with a note if it is left out and binds something."""
        node = statement.node
        changes = statement.bound | self._changed(node)
        for name in sorted(changes):
            reason = self._why_guarded(name, statement)
            if reason:
                self.notes.append((node.lineno, f"this was left out: a cell of your own does not change {reason}."))
                return False
        changed = self._changed(node)
        if isinstance(node, ast.AugAssign):
            changed |= statement.bound
        if changed:
            self.changes[node.lineno] = changed
        if any(first < node.lineno <= last for first, last in self._between) and changes & self._needed:
            says = "this stands between two tests of an exercise, which both count with what stands above the first."
            self.notes.append((node.lineno, says))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == STAR:
            self.kept[node.lineno] = frozenset(self._guarded_names(statement))
        if isinstance(node, DEFINITION) or self._only_binds(node):
            return True
        if (changes and changes & self._needed) or sets_an_option(node, self._modules):
            return True
        if isinstance(node, ASSIGNMENT):
            names = ", ".join(sorted(statement.bound))
            what = f"the assignment to `{names}`" if names else "this assignment"
            says = f"{what} was left out: it calls other code of the notebook, and no answer needs it."
            self.notes.append((node.lineno, says))
        return False

    def _guarded_names(self, statement: _Statement) -> list[str]:
        known = [*self._given, *self._answers]
        return [name for name in known if self._why_guarded(name, statement)]

    def _why_guarded(self, name: str, statement: _Statement) -> str:
        """What a name stands for that a statement must not change; "" if it may."""
        node = statement.node
        given = self._given.get(name)
        if given is not None and not imports_the_same(node, given, name) and name in self._needed:
            return f"`{name}`, which was handed out"
        answer = self._answers.get(name)
        if answer is not None and not imports_the_same(node, answer, name):
            if self._is_tested(name, answer.lineno, node.lineno) and name in self._needed:
                return f"`{name}`, which an answer above defines"
        if hasattr(builtins, name) and name in statement.bound and _is_data(node) and name in self._called:
            return f"`{name}` of Python itself, which answers call"
        return ""

    def _is_tested(self, name: str, answered: int, line: int) -> bool:
        """Whether the tests of what an answer defines stand between it and a line; without tests it always is."""
        if not self._tests:
            return True
        asking = [test.line for test in self._tests if name in test.asked and test.line > answered]
        if asking:
            return max(asking) < line
        return any(answered < test.line < line for test in self._tests)

    def _changed(self, node: ast.stmt) -> set[str]:
        """The names whose values a statement changes, other than by binding them."""
        if isinstance(node, DEFINITION):
            return set()
        names = written_into(node) | (told_to_change(node) - self._modules)
        for function in called(node):
            names |= self._globals.get(function, set())
        return names

    def _only_binds(self, node: ast.stmt) -> bool:
        """Whether a statement only gives names to values, without running other code of the notebook."""
        for part in run_at_load(node):
            if isinstance(part, ast.stmt) and not isinstance(part, BINDING):
                return False
            if isinstance(part, ast.Call) and not self._is_foreign(part.func):
                return False
        return True

    def _is_foreign(self, function: ast.expr) -> bool:
        """Whether a function that is called, or what it is a part of, comes from outside the notebook."""
        while isinstance(function, ast.Attribute | ast.Subscript | ast.Call):
            function = function.func if isinstance(function, ast.Call) else function.value
        if isinstance(function, ast.Name):
            return function.id in self._callable
        return not isinstance(function, ast.Lambda)


def _is_data(node: ast.stmt) -> bool:
    """Whether what a statement binds can be no function."""
    return not isinstance(node, DEFINITION) and not isinstance(getattr(node, "value", None), MAY_BE_FUNCTIONS)


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


def _is_stub(node: ast.stmt) -> bool:
    """Whether it is a function that is a stub, or a class with a method that is one: another method may be given."""
    if isinstance(node, ast.FunctionDef):
        return is_stub(node)
    if not isinstance(node, ast.ClassDef):
        return False
    return any(isinstance(part, ast.FunctionDef) and is_stub(part) for part in node.body)
