"""What names stand for in a student's text: parts of libraries, things of the student's own, or nothing certain.

Only what follows from the text counts: imports, assignments, annotations, getattr and importlib with a constant. A name
that is bound to two different things stands for nothing certain.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)
BLOCKS = ("body", "handlers", "orelse", "finalbody", "items", "cases")  # of a statement


@dataclass(frozen=True)
class Own:
    """Something that the student defines: `path` in one of their modules ("f", "C", "C.m"; "" is the module itself)."""

    module: str
    path: str = ""

    def at(self, attribute: str) -> Own:
        """An attribute of it."""
        return Own(self.module, f"{self.path}.{attribute}" if self.path else attribute)


TENSOR = object()  # some tensor
Meaning = object  # a str (the full name of something in a library), an `Own`, `TENSOR` or None
Binding = object  # a meaning, or the expression that has it


class World(Protocol):
    """All modules of a submission."""

    def owns(self, module: str) -> bool:
        """Whether the student handed in a module of this name."""

    def canonical(self, thing: Own) -> Meaning:
        """What something in one of the modules stands for there; itself, if it is defined there."""

    def makes_objects(self, thing: Own) -> bool:
        """Whether it is a class, or `super`."""


@dataclass
class Scope:
    """The names bound in a module or function, and the scope around it."""

    world: World
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    _read: dict[int, Meaning] = field(default_factory=dict)  # by the identity of expressions
    _known: dict[str, Meaning] = field(default_factory=dict)
    _busy: dict[str, Meaning] = field(default_factory=dict)

    def bind(self, name: str, binding: Binding) -> None:
        """Note one more thing that a name is bound to."""
        self.bindings.setdefault(name, []).append(binding)
        self._known.pop(name, None)

    def bind_all(self, nodes: Iterable[ast.AST]) -> None:
        """Note what statements bind, functions and classes in them excepted."""
        waiting, elsewhere = list(nodes), []
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.Global | ast.Nonlocal):
                elsewhere += node.names
            self._bind_one(node)
            if not isinstance(node, NESTED):
                waiting += (part for block in BLOCKS for part in getattr(node, block, ()))
        for name in elsewhere:
            self.bindings.pop(name, None)

    def bind_parameters(self, arguments: ast.arguments) -> None:
        """Note the parameters of a function; one annotated as a tensor stands for a tensor."""
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self.bind(argument.arg, TENSOR if self._is_tensor_type(argument.annotation) else None)
        for argument in (arguments.vararg, arguments.kwarg):
            if argument is not None:
                self.bind(argument.arg, None)

    def meaning(self, node: ast.expr | None) -> Meaning:
        """What an expression stands for."""
        if id(node) in self._read:
            return self._read[id(node)]
        found = self._meaning(node)
        if not self._busy:  # else it may rest on an assumption
            self._read[id(node)] = found
        return found

    def _meaning(self, node: ast.expr | None) -> Meaning:
        if isinstance(node, ast.Name):
            return self.meaning_of(node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(self.meaning(node.value), node.attr)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.BinOp):
            return TENSOR if self._is_tensor(node.left) or self._is_tensor(node.right) else None
        if isinstance(node, ast.UnaryOp):
            return TENSOR if self._is_tensor(node.operand) else None
        if isinstance(node, ast.NamedExpr):
            return self.meaning(node.value)
        if isinstance(node, ast.Subscript):
            return TENSOR if self._is_tensor(node.value) else None
        return None

    def meaning_of(self, name: str) -> Meaning:
        """What a name stands for here."""
        scope: Scope | None = self
        while scope is not None and name not in scope.bindings:
            if scope.parent is None:
                return scope._from_star(name)
            scope = scope.parent
        return scope._bound(name)

    def is_outermost(self, name: str) -> bool:
        """Whether a name is one of the module's."""
        scope: Scope = self
        while scope.parent is not None and name not in scope.bindings:
            scope = scope.parent
        return scope.parent is None

    def _bound(self, name: str) -> Meaning:
        """The one meaning of all that a name is bound to; in `x = x.exp()` it is what the other bindings say."""
        if name in self._busy or name in self._known:
            return self._known.get(name, self._busy.get(name))
        first, *others = self.bindings[name]
        self._busy[name] = None
        self._busy[name] = found = self._of_binding(first)
        if any(self._of_binding(other) != found for other in others):
            found = None
        del self._busy[name]
        self._known[name] = found
        return found

    def _of_binding(self, binding: Binding) -> Meaning:
        if isinstance(binding, ast.expr):
            found = self.meaning(binding)
            return TENSOR if self._is_tensor(binding) else found
        return self.world.canonical(binding) if isinstance(binding, Own) else binding

    def _from_star(self, name: str) -> Meaning:
        for module in self.stars:
            if self.world.owns(module):
                return self.world.canonical(Own(module, name))
            if hasattr(sys.modules.get(module), name):
                return f"{module}.{name}"
        return None

    def _attribute(self, owner: Meaning, name: str) -> Meaning:
        if owner is TENSOR:
            return f"torch.Tensor.{name}"
        if isinstance(owner, Own):
            return self.world.canonical(owner.at(name))
        return f"{owner}.{name}" if isinstance(owner, str) else None

    def _call(self, node: ast.Call) -> Meaning:
        function = self.meaning(node.func)
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        called = node.func.id if isinstance(node.func, ast.Name) and function is None else function
        if called == "getattr" and len(texts) > 1 and isinstance(texts[1], str):
            return self._attribute(self.meaning(node.args[0]), texts[1])
        if called in ("importlib.import_module", "__import__") and texts and isinstance(texts[0], str):
            name = texts[0].partition(".")[0] if called == "__import__" else texts[0]
            return Own(name) if self.world.owns(name) else name
        if isinstance(function, Own):
            return function if self.world.makes_objects(function) else None
        return TENSOR if isinstance(function, str) and function.startswith("torch.") else None

    def _is_tensor(self, node: ast.expr) -> bool:
        found = self.meaning(node)
        return found is TENSOR or (isinstance(found, str) and found.startswith("torch.Tensor."))

    def _is_tensor_type(self, annotation: ast.expr | None) -> bool:
        text = annotation.value if isinstance(annotation, ast.Constant) else self.meaning(annotation)
        return text in ("torch.Tensor", "Tensor")

    def _bind_one(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._bind_import(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind_target(target, node.value)
        elif isinstance(node, ast.AnnAssign):
            self._bind_target(node.target, node.value)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self._bind_target(node.target, None)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._bind_target(node.optional_vars, None)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler):
            self.bind(node.name or "", None)
        elif isinstance(node, ast.match_case):
            for name in (getattr(part, "name", None) for part in ast.walk(node.pattern)):
                self.bind(name or "", None)

    def _bind_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or name, Own(name) if self.world.owns(name) else name)
            elif alias.name == "*":
                self.stars.append(node.module or "")
            else:
                module = node.module or ""
                here = Own(module, alias.name) if self.world.owns(module) else f"{module}.{alias.name}"
                self.bind(alias.asname or alias.name, here)

    def _bind_target(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            parts = target.elts
            known = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(parts)
            for part, its_value in zip(parts, value.elts if known else [None] * len(parts), strict=True):
                self._bind_target(part, its_value)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, None)
