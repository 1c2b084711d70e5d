"""What of a reference students write, and every place in it that a mutation operator may change."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...model import Assignment
from ..syntax import code_of, end_of, methods_of, names_in, nodes_of

# Nothing on the processor shows on which device a tensor lies, nor whether zip was strict about lists of equal length.
UNSEEN_ARGUMENTS = {"device", "strict"}
SIGNATURE = {"args", "decorator_list", "returns", "annotation", "type_comment"}  # students get it whole
CHANGEABLE = ast.stmt | ast.expr | ast.keyword | ast.comprehension | ast.Slice

New = ast.AST | Sequence[ast.stmt]


@dataclass(frozen=True)
class Scope:
    """One function, method or constant that students write.

    Args:
        name: "f", "Class.method" or, for a constant, its own name.
        node: its definition or assignment.
        modules: names under which the module imports other modules.
    """

    name: str
    node: ast.stmt
    modules: frozenset[str]

    @property
    def owner(self) -> str:
        """The top-level name that it is, or belongs to."""
        return self.name.partition(".")[0]

    def code(self) -> str:
        """The whole definition as it stands in the tree now, indented as in its module."""
        return textwrap.indent(ast.unparse(self.node), " " * self.node.col_offset)

    @cached_property
    def strings(self) -> list[str]:
        """Every string in its code, once each, in order."""
        statements = [self.node]
        if isinstance(self.node, ast.FunctionDef):
            statements = code_of(self.node)
        strings = []
        for statement in statements:
            for constant in nodes_of(statement, ast.Constant):
                if isinstance(constant.value, str) and constant.value not in strings:
                    strings.append(constant.value)
        return strings

    def is_shared(self, name: str, operation: ast.expr) -> bool:
        """Whether anyone may still need the value of a name after an operation: the caller, a loop, a later line."""
        return name in self._held_elsewhere or self._is_used_after(name, end_of(operation))

    @cached_property
    def _held_elsewhere(self) -> set[str]:
        """Parameters, which the caller holds, and variables of loops, which hold items of some container."""
        names = {parameter.arg for parameter in nodes_of(self.node, ast.arg)}
        targets = [loop.target for loop in nodes_of(self.node, ast.For)]
        targets += [loop.target for loop in nodes_of(self.node, ast.comprehension)]
        for target in targets:
            names |= names_in(target)
        return names

    def _is_used_after(self, name: str, end: tuple[int, int]) -> bool:
        for use in nodes_of(self.node, ast.Name):
            if use.id == name and isinstance(use.ctx, ast.Load) and (use.lineno, use.col_offset) >= end:
                return True
        return False

    def known_before(self, line: int) -> list[str]:
        """Names that have a value before a line: parameters, and what is assigned further up."""
        names = [parameter.arg for parameter in nodes_of(self.node, ast.arg)]
        for name in nodes_of(self.node, ast.Name):
            if isinstance(name.ctx, ast.Store) and name.lineno < line:
                names.append(name.id)
        return list(dict.fromkeys(names))


@dataclass(frozen=True)
class Place:
    """A node of the code in a scope, and where it hangs: in `field` of its parent, at `index` if that is a list."""

    scope: Scope
    parents: tuple[ast.AST, ...]
    field: str
    index: int | None

    @property
    def parent(self) -> ast.AST:
        return self.parents[-1]

    @property
    def node(self) -> ast.AST:
        held = getattr(self.parent, self.field)
        if self.index is None:
            return held
        return held[self.index]

    @cached_property
    def statement(self) -> ast.stmt:
        """The innermost statement that the node is, or lies in."""
        for node in (self.node, *reversed(self.parents)):
            if isinstance(node, ast.stmt):
                return node
        raise AssertionError("a scope is a statement")

    @property
    def line(self) -> int:
        """1-based; where the node has none of its own (an option's name, a slice), that of the statement."""
        return getattr(self.node, "lineno", self.statement.lineno)

    @property
    def column(self) -> int:
        return getattr(self.node, "col_offset", self.statement.col_offset)

    @contextmanager
    def holding(self, new: New) -> Iterator[None]:
        """Inside the block the tree has other code in this place."""
        # The tree is changed and mended, not copied: thousands of mutants are made of each reference.
        held = getattr(self.parent, self.field)
        changed: object = new
        if self.index is not None:
            changed = [*held[: self.index], *_as_list(new), *held[self.index + 1 :]]
        setattr(self.parent, self.field, changed)
        try:
            yield
        finally:
            setattr(self.parent, self.field, held)

    @property
    def text(self) -> str:
        """The statement on one line; of one that holds others, its head."""
        return _head(self.statement)

    def text_with(self, new: New) -> str:
        """The same with other code in this place."""
        if self.node is self.statement:
            return "; ".join(map(_head, _as_list(new)))
        with self.holding(new):
            return _head(self.statement)


def scopes(tree: ast.Module, assignment: Assignment) -> Iterator[Scope]:
    """Everything of a reference that is cut from the stub, in order."""
    given = set(assignment.given)
    modules = _imported_names(tree)
    for statement in tree.body:
        for name, node in _definitions(statement):
            owner = name.partition(".")[0]
            if given.isdisjoint((name, owner)):
                yield Scope(name, node, modules)


def places(scope: Scope) -> Iterator[Place]:
    """Every place in the code of a scope, from the outside in."""
    if not isinstance(scope.node, ast.FunctionDef):
        yield from _below(Place(scope, (scope.node,), "value", None))
        return
    statements = len(scope.node.body)
    begin = statements - len(code_of(scope.node))
    for index in range(begin, statements):
        yield from _below(Place(scope, (scope.node,), "body", index))


def _below(place: Place) -> Iterator[Place]:
    """A place and those inside its node, without what no check can see or judge."""
    node = place.node
    match node:
        case ast.Raise() | ast.Assert():
            return
        case ast.keyword(name) if name in UNSEEN_ARGUMENTS:
            return
        case ast.Call(ast.Attribute(attr="to") as function, [ast.Attribute(attr="device")]):
            # Of order.to(X.device) only what is moved can be seen.
            yield from _below(Place(place.scope, (*place.parents, node, function), "value", None))
            return
    yield place
    for field, index in _fields(node):
        yield from _below(Place(place.scope, (*place.parents, node), field, index))


def _fields(node: ast.AST) -> Iterator[tuple[str, int | None]]:
    """Where the children of a node hang that may be changed."""
    for field, value in ast.iter_fields(node):
        if field in SIGNATURE and not isinstance(node, ast.Call):
            continue
        if isinstance(value, CHANGEABLE):
            yield field, None
        elif isinstance(value, list):
            for index, child in enumerate(value):
                if isinstance(child, CHANGEABLE):
                    yield field, index


def _imported_names(tree: ast.Module) -> frozenset[str]:
    """The names under which a module imports others, or what they hold."""
    names = set()
    for alias in nodes_of(tree, ast.alias):
        names.add(alias.asname or alias.name)
    return frozenset(names)


def _definitions(statement: ast.stmt) -> list[tuple[str, ast.stmt]]:
    """What a top-level statement defines that may have mutants: a function, a constant, the methods of a class."""
    match statement:
        case ast.FunctionDef(name):
            return [(name, statement)]
        case ast.ClassDef():
            return [*methods_of(statement)]
        case ast.Assign([ast.Name(name), *_]):
            return [(name, statement)]
    return []


def _as_list(new: New) -> list:
    """New code as the items of a list of the tree."""
    if isinstance(new, ast.AST):
        return [new]
    return list(new)


def _head(statement: ast.stmt) -> str:
    """A statement on one line, without the statements inside it."""
    fields: dict[str, Any] = dict(ast.iter_fields(statement))
    for name in ("body", "orelse", "finalbody", "handlers"):
        if name in fields:
            fields[name] = []
    return ast.unparse(type(statement)(**fields, lineno=0))
