"""Which statements of what was handed in count: all of a file, and of a notebook what its tests need.

In cells that a student added, imports, definitions and plain assignments count, and whatever else the answers need;
what nobody needs is an experiment, which could fail or take hours. A cell of the student's own changes neither an
answer once its test stands above it, nor what was handed out, nor a builtin that answers call.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from ..hosting import is_stub
from .bindings import (
    STAR,
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
from .stand_ins import PROVIDED

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


class Statement(NamedTuple):
    """A statement at the top of the text, and the part that it stands in."""

    node: ast.stmt
    part: Part
    bound: set[str]


def unwritten_copies(statements: list[Statement]) -> list[Statement]:
    """The functions and classes that are stubs where another copy is written."""
    stubs = []
    written = set()
    for statement in statements:
        if _is_stub(statement.node):
            stubs.append(statement)
        elif isinstance(statement.node, ast.FunctionDef | ast.ClassDef) or _is_assigned_answer(statement):
            written |= statement.bound
    return [statement for statement in stubs if statement.bound <= written]


def _is_assigned_answer(statement: Statement) -> bool:
    """Whether it may write a function by an assignment, as in `f = lambda x: 2 * x`."""
    node = statement.node
    if statement.part.is_own or not isinstance(node, ast.Assign | ast.AnnAssign):
        return False
    return not isinstance(node.value, ast.Constant | None)


class Counting:
    """Decides which statements count.

    Attributes:
        notes: what is to be said about those that do not.
        kept: names that a statement which binds unknown names must leave as they are, by its line.
        changes: names whose values a statement of an added cell changes, by its line.
    """

    def __init__(
        self, statements: list[Statement], tests: list[Test], asked: frozenset[str], between: list[tuple[int, int]]
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

    def counts(self, statement: Statement) -> bool:
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

    def _guard(self, statement: Statement) -> None:
        """Remember what handed-out code and answers bind."""
        if _is_stub(statement.node):
            return
        is_given = statement.part.kind in ("setup", "given")
        guarded = self._given if is_given else self._answers
        guarded.update(dict.fromkeys(statement.bound, statement.node))

    def _may_count(self, statement: Statement) -> bool:
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

    def _guarded_names(self, statement: Statement) -> list[str]:
        known = [*self._given, *self._answers]
        return [name for name in known if self._why_guarded(name, statement)]

    def _why_guarded(self, name: str, statement: Statement) -> str:
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


def _is_stub(node: ast.stmt) -> bool:
    """Whether it is a function that is a stub, or a class with a method that is one: another method may be given."""
    if isinstance(node, ast.FunctionDef):
        return is_stub(node)
    if not isinstance(node, ast.ClassDef):
        return False
    return any(isinstance(part, ast.FunctionDef) and is_stub(part) for part in node.body)
