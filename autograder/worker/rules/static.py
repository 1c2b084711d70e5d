"""Find uses of what is ruled out in a student's text, before any of it is executed.

A module is taken apart into units: functions, methods, class bodies, and statements at the top that bind names. A unit
uses parts of libraries and needs other units; a function breaks a rule if it, or a unit that it needs, uses what the
rule names. Imports and annotations use nothing. Only what is certain is told: `guards` see the rest as the code runs.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from ..loader import parsed
from .names import Rules, as_python_reads
from .runtime import Use
from .scopes import Meaning, Own, Scope

DEPTH = 50_000  # frames; more than any text needs that the parser lets through
TOLD = 5
MAKING = ("__init__", "__call__")
PARTS = (ast.Attribute, ast.Subscript)
NOTHING = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.Constant)
WORD = re.compile(r"\w+")
LOOKING = ("isinstance", "issubclass", "hasattr")


def inspect_text(sources: dict[str, str], name: str, functions: list[str], rules: Rules) -> dict[str, list[Use]]:
    """For each function ("f" or "Class.method") that breaks a rule, the first uses of what is ruled out.

    Args:
        sources: text of each module that was handed in, by name.
        name: which of them holds the functions.
    """
    if not any(rules.may_be_broken_in(sources[module]) for module in _mentioned(sources, name)):
        return {}
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(DEPTH)
    try:
        submission = _Submission(sources)
        found = {function: submission.uses(Own(name, function), rules)[:TOLD] for function in functions}
    except RecursionError:
        found = {}
    finally:
        sys.setrecursionlimit(before)
    return {function: uses for function, uses in found.items() if uses}


def _mentioned(sources: dict[str, str], name: str) -> set[str]:
    """Those of the modules that the text of one names, directly or through each other: it can import no other."""
    found, waiting = {name}, [name]
    while waiting:
        words = WORD.findall(as_python_reads(sources[waiting.pop()]))
        new = sources.keys() & set(words) - found
        found |= new
        waiting += new
    return found


@dataclass
class _Unit:
    """What a piece of a module uses of libraries, with lines, and what it needs of the student's own."""

    uses: list[tuple[str, int]] = field(default_factory=list)
    needs: set[Own] = field(default_factory=set)


class _Submission:
    """All modules that a student handed in; each is taken apart when something first asks for it."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources
        self._modules: dict[str, _Module] = {}

    def owns(self, module: str) -> bool:
        return module in self._sources

    def canonical(self, thing: Own) -> Meaning:
        name, _, rest = thing.path.partition(".")
        module = self._module(thing.module)
        if name in module.defined or name not in module.scope.bindings:
            return thing
        found = module.scope.meaning_of(name)
        for part in rest.split(".") if rest else ():
            found = self.canonical(found.at(part)) if isinstance(found, Own) else found and f"{found}.{part}"
        return found if isinstance(found, str | Own) else thing

    def makes_objects(self, thing: Own) -> bool:
        return thing.path.endswith(".super") or thing.path in self._module(thing.module).bases

    def uses(self, start: Own, rules: Rules) -> list[Use]:
        """Everything ruled out that something uses, itself or through what it needs; its own module first."""
        waiting, seen, found = [start], {start}, set()
        alias = self.canonical(start)
        if isinstance(alias, str):
            line = self._module(start.module).line_of(start.path)
            found |= {Use(rule, alias, f"{start.module}.py", line) for rule in rules.broken_by(alias)}
        while waiting:
            thing = waiting.pop()
            needed = {self.canonical(thing)} - {thing}
            for unit in self._module(thing.module).units_of(thing.path):
                file = f"{thing.module}.py"
                found |= {Use(rule, name, file, line) for name, line in unit.uses for rule in rules.broken_by(name)}
                needed |= unit.needs
            new = {need for need in needed if isinstance(need, Own)} - seen
            waiting += new
            seen |= new
        return sorted(found, key=lambda use: (use.file != f"{start.module}.py", use.file, use.line, use.name))

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            self._modules[name] = module = _Module(self, name, _parsed(self._sources[name]))
            module.take_apart()
        return self._modules[name]


class _Module:
    """One module: what its names stand for, and its units by name ("f", "C", "C.m")."""

    def __init__(self, submission: _Submission, name: str, tree: ast.Module) -> None:
        self.name = name
        self.tree = tree
        self.scope = Scope(submission)
        self.defined: set[str] = set()
        self.bases: dict[str, list[ast.expr]] = {}
        self._units: dict[str, list[_Unit]] = {}
        self._lines: dict[str, int] = {}

    def take_apart(self) -> None:
        statements = list(_executed(self.tree.body))
        for node, _ in statements:
            self._bind(node)
        for node, always in statements:
            if isinstance(node, ast.ClassDef):
                self._take_class(node)
            else:
                self._add(_bound_by(node, self.scope), self._unit_of(node), replacing=always)

    def line_of(self, name: str) -> int:
        """Where a name at the top of the module was bound last."""
        return self._lines.get(name, 0)

    def units_of(self, path: str) -> list[_Unit]:
        """What a name stands for; for a method, or a class that is called, also what its objects are made by."""
        kind, _, method = path.partition(".")
        if kind not in self.bases:
            return self._units.get(path, [])
        methods = [f"{kind}.{name}" for name in (*MAKING, method)]
        found = [unit for name in (kind, *methods) for unit in self._units.get(name, [])]
        inherited = method.removeprefix("super.")
        if inherited and f"{kind}.{method}" not in self._units:
            bases = {base for base in map(self.scope.meaning, self.bases[kind]) if isinstance(base, Own)}
            found.append(_Unit(needs={base.at(inherited) for base in bases}))
        return found

    def _bind(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.defined.add(node.name)
            self.scope.bind(node.name, Own(self.name, node.name))
        else:
            self.scope.bind_all([node])
        self._lines |= dict.fromkeys(_bound_by(node, self.scope), node.lineno)

    def _take_class(self, node: ast.ClassDef) -> None:
        self.bases[node.name] = node.bases
        body = [part for part in node.body if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
        self._add([node.name], self._unit_of(*node.decorator_list, *node.bases, *body))
        for part in node.body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                unit = _Unit()
                _Reader(unit, self).function(part, self.scope, of_class=Own(self.name, node.name))
                self._add([f"{node.name}.{part.name}"], unit)

    def _unit_of(self, *nodes: ast.AST) -> _Unit:
        unit = _Unit()
        for node in nodes:
            _Reader(unit, self).read(node, self.scope)
        return unit

    def _add(self, names: Iterable[str], unit: _Unit, *, replacing: bool = True) -> None:
        """Note what names stand for; a definition that is always executed replaces earlier ones."""
        for name in names:
            self._units[name] = [unit] if replacing else [*self._units.get(name, []), unit]


class _Reader:
    """Reads the code of one unit."""

    def __init__(self, unit: _Unit, module: _Module) -> None:
        self._unit = unit
        self._module = module

    def read(self, node: ast.AST | None, scope: Scope) -> None:
        """Note what a piece of code uses and needs."""
        special = self._SPECIAL.get(type(node))
        if special is not None:
            special(self, node, scope)
        elif node is not None:
            self._read_all(_children(node), scope)

    def function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope, *, of_class: Own | None = None
    ) -> None:
        """Note what a function uses and needs; annotations do neither."""
        arguments = node.args
        self._read_all([*getattr(node, "decorator_list", ()), *arguments.defaults, *arguments.kw_defaults], scope)
        inner = Scope(scope.world, scope)
        inner.bind_parameters(arguments)
        if of_class is not None:
            inner.bind("super", of_class.at("super"))
            for first in (*arguments.posonlyargs, *arguments.args)[:1]:
                inner.bindings[first.arg] = [of_class]
        body = node.body if isinstance(node.body, list) else [node.body]
        inner.bind_all(body)
        self._read_all(body, inner)

    def _read_all(self, nodes: Iterable[ast.AST | None], scope: Scope) -> None:
        for node in nodes:
            self.read(node, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        found = scope.meaning(node)
        if isinstance(found, str):  # a part of a library, by getattr or the like
            self._note(found, node)
        elif isinstance(node.func, ast.Name) and node.func.id in LOOKING:
            self._read_all(node.args[:1], scope)
        elif _switches_off(node):
            self._read_all([node.func.value], scope)
        else:
            self._read_all(_children(node), scope)

    def _reference(self, node: ast.Name | ast.Attribute, scope: Scope) -> None:
        found = scope.meaning(node) if isinstance(node.ctx, ast.Load) else None
        if isinstance(found, str):
            self._note(found, node)
        elif isinstance(found, Own):
            self._unit.needs.add(found)
        base = node
        while isinstance(base, ast.Attribute):
            base = base.value
        if not isinstance(base, ast.Name):
            self.read(base, scope)
        elif scope.is_outermost(base.id):
            self._unit.needs.add(Own(self._module.name, base.id))

    def _comprehension(self, node: ast.expr, scope: Scope) -> None:
        inner = Scope(scope.world, scope)
        for part in (part for each in node.generators for part in ast.walk(each.target)):
            if isinstance(part, ast.Name):
                inner.bind(part.id, None)
        self._read_all(_children(node), inner)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        self._read_all([node.target, node.value], scope)

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> None:
        scope.bind(node.target.id, node.value)
        self.read(node.value, scope)

    def _note(self, name: str, node: ast.expr) -> None:
        if name not in sys.modules:
            self._unit.uses.append((name, node.lineno))

    _SPECIAL: ClassVar = {
        ast.Name: _reference,
        ast.Attribute: _reference,
        ast.Call: _call,
        ast.AnnAssign: _annotated,
        ast.NamedExpr: _walrus,
        **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _comprehension),
        **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda), function),
    }


def _parsed(text: str) -> ast.Module:
    try:
        return parsed(text)
    except (SyntaxError, ValueError, MemoryError):  # loading it tells what is wrong
        return ast.Module(body=[], type_ignores=[])


def _executed(body: list[ast.stmt], *, always: bool = True) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements at the top of a module that are executed when it is imported, and whether they always are."""
    for node in body:
        if isinstance(node, ast.If):
            branches = [node.orelse] if _asks_for_main(node.test) else [node.body, node.orelse]
        elif isinstance(node, ast.Try):
            branches = [node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]
        else:
            yield node, always
            continue
        for branch in branches:
            yield from _executed(branch, always=False)


def _asks_for_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _bound_by(node: ast.stmt, scope: Scope) -> list[str]:
    """Names at the top of a module that a statement binds, or into whose objects it writes."""
    bound = Scope(scope.world)
    bound.bind_all([node])
    targets = [*getattr(node, "targets", ()), getattr(node, "target", None)]
    written = [t.value.id for t in targets if isinstance(t, PARTS) and isinstance(t.value, ast.Name)]
    return [*bound.bindings, *written]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What a piece of code consists of, as far as it can use anything."""
    for name in node._fields:
        part = getattr(node, name, None)
        if isinstance(part, list):
            yield from (each for each in part if isinstance(each, ast.AST))
        elif isinstance(part, ast.AST) and not isinstance(part, NOTHING):
            yield part


def _switches_off(node: ast.Call) -> bool:
    """Whether it is `....requires_grad_(False)`."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    off = any(isinstance(value, ast.Constant) and value.value is False for value in given)
    return off and isinstance(node.func, ast.Attribute) and node.func.attr == "requires_grad_"
