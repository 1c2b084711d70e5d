"""What names stand for in a student's text: parts of libraries, things of the student's own, or nothing certain.

Only what follows from the text counts: imports, assignments, annotations, and calls of getattr and importlib with a
constant. A name that is bound to two different things stands for nothing certain.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence
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
        if not self.path:
            return Own(self.module, attribute)
        return Own(self.module, f"{self.path}.{attribute}")


TENSOR = object()  # some tensor
Meaning = object  # a str (the full name of something in a library), an `Own`, `TENSOR` or None
Binding = object  # a meaning, or an expression to look it up in


class World(Protocol):
    """All modules of a submission."""

    def owns(self, module: str) -> bool:
        """Whether the student handed in a module of this name."""

    def canonical(self, thing: Own) -> Meaning:
        """What something in one of the modules stands for there; itself if it is defined there."""

    def makes_objects(self, thing: Own) -> bool:
        """Whether it is a class, or `super`."""


@dataclass
class Scope:
    """The names bound in a module or function, and the scope around it."""

    world: World
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    _expressions: dict[int, Meaning] = field(default_factory=dict)  # known meanings, by identity
    _names: dict[str, Meaning] = field(default_factory=dict)  # known meanings, by name
    _busy: dict[str, Meaning] = field(default_factory=dict)  # names whose bindings are being compared: an assumption

    def bind(self, name: str, binding: Binding) -> None:
        """Note one more thing that a name is bound to."""
        self.bindings.setdefault(name, []).append(binding)
        self._names.pop(name, None)

    def bind_all(self, nodes: Iterable[ast.AST]) -> None:
        """Note what statements bind; what functions and classes in them bind stays their own."""
        waiting = list(nodes)
        names_of_outer_scopes: list[str] = []
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.Global | ast.Nonlocal):
                names_of_outer_scopes += node.names
            self._bind_one(node)
            if not isinstance(node, NESTED):
                for block in BLOCKS:
                    waiting += getattr(node, block, ())
        for name in names_of_outer_scopes:
            self.bindings.pop(name, None)

    def bind_parameters(self, arguments: ast.arguments) -> None:
        """Note the parameters of a function; one annotated as a tensor stands for a tensor."""
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            is_tensor = self._is_tensor_type(argument.annotation)
            self.bind(argument.arg, TENSOR if is_tensor else None)
        for collecting in (arguments.vararg, arguments.kwarg):
            if collecting is not None:
                self.bind(collecting.arg, None)

    def meaning(self, node: ast.expr | None) -> Meaning:
        """What an expression stands for."""
        if id(node) in self._expressions:
            return self._expressions[id(node)]
        meaning = self._meaning(node)
        if not self._busy:  # else it may rest on an assumption
            self._expressions[id(node)] = meaning
        return meaning

    def _meaning(self, node: ast.expr | None) -> Meaning:
        if isinstance(node, ast.Name):
            return self.meaning_of(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(self.meaning(node.value), node.attr)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.NamedExpr):
            return self.meaning(node.value)
        if any(map(self._is_tensor, _operands(node))):
            return TENSOR
        return None

    def meaning_of(self, name: str) -> Meaning:
        """What a name stands for here."""
        scope = self._scope_of(name)
        if name in scope.bindings:
            return scope._bound(name)
        return scope._from_star(name)

    def is_outermost(self, name: str) -> bool:
        """Whether a name is one of the module's."""
        return self._scope_of(name).parent is None

    def _scope_of(self, name: str) -> Scope:
        """The innermost scope that binds a name, or else the module's."""
        scope = self
        while scope.parent is not None and name not in scope.bindings:
            scope = scope.parent
        return scope

    def _bound(self, name: str) -> Meaning:
        """The one meaning that all bindings of a name have, or None.

        A binding that uses the name itself, as `x = x.exp()` does, sees the meaning of the first one.
        """
        if name in self._names:
            return self._names[name]
        if name in self._busy:
            return self._busy[name]
        first, *others = self.bindings[name]
        self._busy[name] = None
        meaning = self._of_binding(first)
        self._busy[name] = meaning
        if any(self._of_binding(other) != meaning for other in others):
            meaning = None
        del self._busy[name]
        self._names[name] = meaning
        return meaning

    def _of_binding(self, binding: Binding) -> Meaning:
        if isinstance(binding, ast.expr):
            if self._is_tensor(binding):
                return TENSOR
            return self.meaning(binding)
        if isinstance(binding, Own):
            return self.world.canonical(binding)
        return binding

    def _from_star(self, name: str) -> Meaning:
        for module in self.stars:
            if self.world.owns(module):
                return self.world.canonical(Own(module, name))
            if hasattr(sys.modules.get(module), name):
                return f"{module}.{name}"
        return None

    def attribute(self, owner: Meaning, name: str) -> Meaning:
        """What an attribute of something with a meaning stands for."""
        if owner is TENSOR:
            return f"torch.Tensor.{name}"
        if isinstance(owner, Own):
            return self.world.canonical(owner.at(name))
        if isinstance(owner, str):
            return f"{owner}.{name}"
        return None

    def _call(self, node: ast.Call) -> Meaning:
        function = self.meaning(node.func)
        name = function
        if function is None and isinstance(node.func, ast.Name):
            name = node.func.id  # a builtin
        attribute = _constant_text(node.args, 1)
        if name == "getattr" and attribute is not None:
            return self.attribute(self.meaning(node.args[0]), attribute)
        module = _constant_text(node.args, 0)
        if name == "importlib.import_module" and module is not None:
            return self._module(module)
        if name == "__import__" and module is not None:  # which returns the package
            return self._module(module.partition(".")[0])
        if isinstance(function, Own) and self.world.makes_objects(function):
            return function
        if isinstance(function, str) and function.startswith("torch."):
            return TENSOR
        return None

    def _module(self, name: str) -> Meaning:
        if self.world.owns(name):
            return Own(name)
        return name

    def _is_tensor(self, node: ast.expr) -> bool:
        meaning = self.meaning(node)
        return meaning is TENSOR or (isinstance(meaning, str) and meaning.startswith("torch.Tensor."))

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
            for part in ast.walk(node.pattern):
                self.bind(getattr(part, "name", None) or "", None)

    def _bind_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or name, self._module(name))
            elif alias.name == "*":
                self.stars.append(node.module or "")
            else:
                module = self._module(node.module or "")
                self.bind(alias.asname or alias.name, self._member(module, alias.name))

    def _member(self, module: Meaning, name: str) -> Meaning:
        if isinstance(module, Own):
            return module.at(name)
        return f"{module}.{name}"

    def _bind_target(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, None)
        elif isinstance(target, ast.Tuple | ast.List):
            values: Sequence[ast.expr | None] = [None] * len(target.elts)
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                values = value.elts
            for part, its_value in zip(target.elts, values, strict=True):
                self._bind_target(part, its_value)


def _operands(node: ast.expr | None) -> list[ast.expr]:
    """The parts of a calculation that make its result a tensor, if one of them is."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Subscript):
        return [node.value]
    return []


def _constant_text(arguments: list[ast.expr], position: int) -> str | None:
    """The text that is given at a position of a call, if it is a constant."""
    if position >= len(arguments):
        return None
    argument = arguments[position]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None
