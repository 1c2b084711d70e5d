"""What of a reference students write, and every place in it that a mutation operator may change."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from ...model import Assignment

# Nothing on the processor shows on which device a tensor lies, nor whether zip was strict about lists of equal length.
UNSEEN_ARGUMENTS = {"device", "strict"}
SIGNATURE = {"args", "decorator_list", "returns", "annotation", "type_comment"}  # students get it whole

New = ast.AST | list[ast.stmt]


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
    def first_line(self) -> int:
        """1-based, of the first decorator if there is one."""
        return min([self.node.lineno, *(d.lineno for d in getattr(self.node, "decorator_list", []))])

    def code(self) -> str:
        """The whole definition as it stands in the tree now, indented as in its module."""
        return textwrap.indent(ast.unparse(self.node), " " * self.node.col_offset)

    @cached_property
    def strings(self) -> list[str]:
        """Every string in its code, once each, in order."""
        constants = (n.value for s in _code(self.node) for n in ast.walk(s) if isinstance(n, ast.Constant))
        return list(dict.fromkeys(value for value in constants if isinstance(value, str)))

    def is_shared(self, name: ast.Name, done: ast.expr) -> bool:
        """Whether somebody may still need the value of a name after an operation: the caller, a loop, a later line."""
        given = {a.arg for a in ast.walk(self.node) if isinstance(a, ast.arg)}
        loops = [n.target for n in ast.walk(self.node) if isinstance(n, ast.For | ast.comprehension)]
        given |= {n.id for target in loops for n in ast.walk(target) if isinstance(n, ast.Name)}
        uses = [n for n in ast.walk(self.node) if isinstance(n, ast.Name) and n.id == name.id]
        end = done.end_lineno, done.end_col_offset
        later = [n for n in uses if isinstance(n.ctx, ast.Load) and (n.lineno, n.col_offset) >= end]
        return name.id in given or bool(later)

    def known_before(self, line: int) -> list[str]:
        """Names that have a value before a line: parameters, and what is assigned further up."""
        parameters = [n.arg for n in ast.walk(self.node) if isinstance(n, ast.arg)]
        stored = [n for n in ast.walk(self.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        return list(dict.fromkeys([*parameters, *(n.id for n in stored if n.lineno < line)]))


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
        return held if self.index is None else held[self.index]

    @cached_property
    def statement(self) -> ast.stmt:
        """The innermost statement that the node is, or lies in."""
        return next(n for n in (self.node, *reversed(self.parents)) if isinstance(n, ast.stmt))

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
        held = getattr(self.parent, self.field)
        changed = new
        if self.index is not None:
            news = new if isinstance(new, list) else [new]
            changed = [*held[: self.index], *news, *held[self.index + 1 :]]
        setattr(self.parent, self.field, changed)
        try:
            yield
        finally:
            setattr(self.parent, self.field, held)

    def text(self, new: New | None = None) -> str:
        """The statement on one line, as it stands or with other code in this place; of a compound one its head."""
        if new is None:
            return _head(self.statement)
        if self.node is self.statement:
            return "; ".join(_head(statement) for statement in (new if isinstance(new, list) else [new]))
        with self.holding(new):
            return _head(self.statement)


def scopes(tree: ast.Module, assignment: Assignment) -> Iterator[Scope]:
    """Everything of a reference that is cut from the stub, in order."""
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    modules = frozenset(alias.asname or alias.name for n in imports for alias in n.names)
    for top in tree.body:
        for name, node in _definitions(top):
            if not {name, name.partition(".")[0]} & set(assignment.given):
                yield Scope(name, node, modules)


def places(scope: Scope) -> Iterator[Place]:
    """Every place in the code of a scope, from the outside in."""
    if isinstance(scope.node, ast.FunctionDef):
        begin = 0 if ast.get_docstring(scope.node) is None else 1
        for i in range(begin, len(scope.node.body)):
            yield from _below(Place(scope, (scope.node,), "body", i))
    else:
        yield from _below(Place(scope, (scope.node,), "value", None))


def _below(place: Place) -> Iterator[Place]:
    """A place and those inside its node, without what no check can see or judge."""
    node = place.node
    if isinstance(node, ast.Raise | ast.Assert) or isinstance(node, ast.keyword) and node.arg in UNSEEN_ARGUMENTS:
        return
    parents = (*place.parents, node)
    if _moves_to_a_device(node):
        yield from _below(Place(place.scope, (*parents, node.func), "value", None))
        return
    yield place
    for field, value in ast.iter_fields(node):
        if field in SIGNATURE and not isinstance(node, ast.Call):
            continue
        for i, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.stmt | ast.expr | ast.keyword | ast.comprehension | ast.Slice):
                yield from _below(Place(place.scope, parents, field, i if isinstance(value, list) else None))


def _moves_to_a_device(node: ast.AST) -> bool:
    """Whether it is a call like order.to(X.device)."""
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "to"
    return call and len(node.args) == 1 and isinstance(node.args[0], ast.Attribute) and node.args[0].attr == "device"


def _definitions(top: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    if isinstance(top, ast.FunctionDef):
        yield top.name, top
    elif isinstance(top, ast.ClassDef):
        yield from ((f"{top.name}.{m.name}", m) for m in top.body if isinstance(m, ast.FunctionDef))
    elif isinstance(top, ast.Assign) and isinstance(top.targets[0], ast.Name):
        yield top.targets[0].id, top


def _code(node: ast.stmt) -> list[ast.stmt]:
    """The statements of a definition, without its docstring."""
    if not isinstance(node, ast.FunctionDef):
        return [node]
    return node.body if ast.get_docstring(node) is None else node.body[1:]


def _head(statement: ast.stmt) -> str:
    """A statement on one line, without the statements inside it."""
    bodies = {"body": [], "orelse": [], "finalbody": [], "handlers": []}
    kept = {field: bodies.get(field, value) for field, value in ast.iter_fields(statement)}
    return ast.unparse(type(statement)(**kept, lineno=0))
