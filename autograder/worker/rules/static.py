"""Finds uses of what is ruled out in a student's text, before any of it is executed.

A module is taken apart into units: functions, methods, class bodies, and statements at the top that bind names. A unit
uses parts of libraries and needs other units. A function breaks a rule if it, or a unit that it needs, uses what the
rule names. Imports and annotations use nothing. Only certain uses are reported: `runtime` sees the rest as the code
runs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..loader import parsed
from .names import Rules, as_python_reads
from .runtime import Use
from .scopes import Meaning, Own, Scope

DEPTH = 50_000  # frames; no text that the parser accepts needs as many
MOST_USES = 5  # reported of one function
MAKING = ("__init__", "__call__")  # methods that run when an object is made and called
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
NOTHING = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.Constant)  # code that uses nothing
LOOKING = ("isinstance", "issubclass", "hasattr")  # asking about a class does not use it


def inspect_text(
    sources: dict[str, str], name: str, functions: list[str], rules: Rules, *, apart: Iterable[str] = ()
) -> dict[str, list[Use]]:
    """For each function ("f" or "Class.method") that breaks a rule, the first uses of what is ruled out.

    Args:
        sources: text of each module that was handed in and can be imported, by name.
        name: which of them holds the functions.
        apart: functions that something else will stand for, so that nothing is used through them.
    """
    if not any(map(rules.may_be_broken_in, sources.values())):
        return {}
    submission = _Submission(sources)
    without: set[Meaning] = set()
    for function in apart:
        without |= {Own(name, function), submission.canonical(Own(name, function))}  # it may be imported
    broken_by = {}
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(DEPTH)
    try:
        for function in functions:
            uses = submission.uses(Own(name, function), rules, without)
            if uses:
                broken_by[function] = uses[:MOST_USES]
    except RecursionError:  # then the text says nothing, and `runtime` has to notice
        return {}
    finally:
        sys.setrecursionlimit(limit)
    return broken_by


@dataclass
class _Unit:
    """What a piece of a module uses of libraries, with lines, and what it needs of the student's own code."""

    uses: list[tuple[str, int]] = field(default_factory=list)
    needs: set[Own] = field(default_factory=set)


class _Submission:
    """All modules that a student handed in; each is taken apart when something first asks for it."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources
        texts = "\n".join(map(as_python_reads, sources.values()))
        self.multiplies_arrays = "numpy" in texts and "matmul__" not in texts  # no class has an `@` of its own
        self._modules: dict[str, _Module] = {}

    def owns(self, module: str) -> bool:
        """Whether the student handed in a module of this name."""
        return module in self._sources

    def canonical(self, thing: Own) -> Meaning:
        """What something in one of the modules stands for there; itself if it is defined there."""
        name, *attributes = thing.path.split(".")
        module = self._module(thing.module)
        if name in module.defined or name not in module.scope.bindings:
            return thing
        meaning = module.scope.meaning_of(name)
        for attribute in attributes:
            meaning = module.scope.attribute(meaning, attribute)
        return meaning if isinstance(meaning, str | Own) else thing

    def makes_objects(self, thing: Own) -> bool:
        """Whether it is a class, or `super`."""
        return thing.path.endswith(".super") or thing.path in self._module(thing.module).bases

    def uses(self, start: Own, rules: Rules, without: set[Meaning]) -> list[Use]:
        """Everything ruled out that something uses, itself or through what else it needs; its own module first."""
        own_file = f"{start.module}.py"
        uses: set[Use] = set()
        alias = self.canonical(start)
        if isinstance(alias, str):
            line = self._module(start.module).line_of(start.path)
            uses.update(_broken(rules, alias, own_file, line))
        seen = {start} | without
        waiting = [start]
        while waiting:
            thing = waiting.pop()
            needed: set[Meaning] = {self.canonical(thing)}
            for unit in self._module(thing.module).units_of(thing.path):
                needed |= unit.needs
                for name, line in unit.uses:
                    uses.update(_broken(rules, name, f"{thing.module}.py", line))
            for need in needed - seen:
                if isinstance(need, Own):
                    seen.add(need)
                    waiting.append(need)
        return sorted(uses, key=lambda use: (use.file != own_file, use.file, use.line, use.name, use.rule))

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            module = _Module(self, name, _parsed(self._sources[name]))
            self._modules[name] = module  # before it is taken apart: modules may import each other
            module.take_apart()
        return self._modules[name]


def _broken(rules: Rules, name: str, file: str, line: int) -> Iterator[Use]:
    """The use of a part of a library, for each rule that it breaks."""
    for rule in rules.broken_by(name):
        yield Use(rule, name, file, line)


class _Module:
    """One module: what its names stand for, and its units by name ("f", "C", "C.m")."""

    def __init__(self, submission: _Submission, name: str, tree: ast.Module) -> None:
        self.submission = submission
        self.name = name
        self.tree = tree
        self.scope = Scope(submission)
        self.defined: set[str] = set()
        self.bases: dict[str, list[ast.expr]] = {}
        self._units: dict[str, list[_Unit]] = {}
        self._lines: dict[str, int] = {}

    def take_apart(self) -> None:
        """Bind the names of the module, then read each statement at its top into a unit."""
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
        """What a name stands for; for a class or a method also what makes the objects, and what they inherit."""
        kind, _, method = path.partition(".")
        if kind not in self.bases:
            return self._units.get(path, [])
        units = [*self._units.get(kind, [])]
        for member in (*MAKING, method):
            units += self._units.get(f"{kind}.{member}", [])
        inherited = method.removeprefix("super.")
        if inherited and f"{kind}.{method}" not in self._units:
            units.append(self._inherited(kind, inherited))
        return units

    def _inherited(self, kind: str, method: str) -> _Unit:
        """A unit that needs a method of each base class."""
        unit = _Unit()
        for base in self.bases[kind]:
            meaning = self.scope.meaning(base)
            if isinstance(meaning, Own):
                unit.needs.add(meaning.at(method))
        return unit

    def _bind(self, node: ast.stmt) -> None:
        if isinstance(node, FUNCTION | ast.ClassDef):
            self.defined.add(node.name)
            self.scope.bind(node.name, Own(self.name, node.name))
        else:
            self.scope.bind_all([node])
        for name in _bound_by(node, self.scope):
            self._lines[name] = node.lineno

    def _take_class(self, node: ast.ClassDef) -> None:
        self.bases[node.name] = node.bases
        methods = [part for part in node.body if isinstance(part, FUNCTION)]
        rest = [part for part in node.body if not isinstance(part, FUNCTION)]
        self._add([node.name], self._unit_of(*node.decorator_list, *node.bases, *rest))
        for method in methods:
            unit = _Unit()
            _Reader(unit, self).function(method, self.scope, of_class=Own(self.name, node.name))
            self._add([f"{node.name}.{method.name}"], unit)

    def _unit_of(self, *nodes: ast.AST) -> _Unit:
        unit = _Unit()
        for node in nodes:
            _Reader(unit, self).read(node, self.scope)
        return unit

    def _add(self, names: Iterable[str], unit: _Unit, *, replacing: bool = True) -> None:
        """Note what names stand for; a definition that is always executed replaces earlier ones."""
        for name in names:
            if replacing:
                self._units[name] = []
            self._units.setdefault(name, []).append(unit)


class _Reader:
    """Reads the code of one unit."""

    def __init__(self, unit: _Unit, module: _Module) -> None:
        self._unit = unit
        self._module = module

    def read(self, node: ast.AST | None, scope: Scope) -> None:
        """Note what a piece of code uses and needs."""
        match node:
            case None:
                pass
            case ast.Name() | ast.Attribute():
                self._reference(node, scope)
            case ast.Call():
                self._call(node, scope)
            case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
                self._matrix_product(node, scope)
            case ast.AnnAssign():
                self._read_all([node.target, node.value], scope)
            case ast.NamedExpr():
                scope.bind(node.target.id, node.value)
                self.read(node.value, scope)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self.function(node, scope)
            case _:
                self._read_all(_children(node), scope)

    def function(self, node: FUNCTION | ast.Lambda, scope: Scope, *, of_class: Own | None = None) -> None:
        """Note what a function uses and needs; annotations do neither."""
        arguments = node.args
        self._read_all([*getattr(node, "decorator_list", ()), *arguments.defaults, *arguments.kw_defaults], scope)
        inner = Scope(scope.world, scope)
        inner.bind_parameters(arguments)
        if of_class is not None:
            inner.bind("super", of_class.at("super"))
            for first in (*arguments.posonlyargs, *arguments.args)[:1]:
                inner.bindings[first.arg] = [of_class]  # `self`, or the class itself
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
        inner.bind_all(body)
        self._read_all(body, inner)

    def _read_all(self, nodes: Iterable[ast.AST | None], scope: Scope) -> None:
        for node in nodes:
            self.read(node, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        meaning = scope.meaning(node)
        function = node.func
        if isinstance(meaning, str):  # a part of a library, by getattr or the like
            self._note(meaning, node)
        elif isinstance(function, ast.Name) and function.id in LOOKING:
            self._read_all(node.args[:1], scope)
        elif isinstance(function, ast.Attribute) and _switches_off(function, node):
            self.read(function.value, scope)
        else:
            self._read_all(_children(node), scope)

    def _matrix_product(self, node: ast.BinOp | ast.AugAssign, scope: Scope) -> None:
        """Note an `@` where it may be numpy's, which nothing can notice as it runs; torch's is noticed then."""
        if self._module.submission.multiplies_arrays:
            self._unit.uses.append(("numpy.matmul", node.lineno))
        self._read_all(_children(node), scope)

    def _reference(self, node: ast.Name | ast.Attribute, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Load):
            meaning = scope.meaning(node)
            if isinstance(meaning, str):
                self._note(meaning, node)
            elif isinstance(meaning, Own):
                self._unit.needs.add(meaning)
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            base = base.value
        if not isinstance(base, ast.Name):
            self.read(base, scope)
        elif scope.is_outermost(base.id):
            self._unit.needs.add(Own(self._module.name, base.id))

    def _comprehension(self, node: COMPREHENSION, scope: Scope) -> None:
        inner = Scope(scope.world, scope)
        for generator in node.generators:
            for part in ast.walk(generator.target):
                if isinstance(part, ast.Name):
                    inner.bind(part.id, None)
        self._read_all(_children(node), inner)

    def _note(self, name: str, node: ast.expr) -> None:
        if name not in sys.modules:  # a module by itself computes nothing
            self._unit.uses.append((name, node.lineno))


def _parsed(text: str) -> ast.Module:
    try:
        return parsed(text)
    except (SyntaxError, ValueError, MemoryError):  # loading it says what is wrong
        return ast.Module(body=[], type_ignores=[])


def _executed(body: list[ast.stmt], *, always: bool = True) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements at the top of a module that run when it is imported, each with whether it always runs."""
    for node in body:
        if not isinstance(node, ast.If | ast.Try):
            yield node, always
        for branch in _branches(node):
            yield from _executed(branch, always=False)


def _branches(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The bodies of a choice or an attempt; never what runs only as the main program."""
    if isinstance(node, ast.If):
        if not _asks_for_main(node.test):
            yield node.body
        yield node.orelse
    elif isinstance(node, ast.Try):
        yield node.body
        for handler in node.handlers:
            yield handler.body
        yield node.orelse
        yield node.finalbody


def _asks_for_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _bound_by(node: ast.stmt, scope: Scope) -> list[str]:
    """Names at the top of a module that a statement binds, or whose objects it writes into."""
    bound = Scope(scope.world)
    bound.bind_all([node])
    names = list(bound.bindings)
    for target in (*getattr(node, "targets", ()), getattr(node, "target", None)):
        if isinstance(target, ast.Attribute | ast.Subscript) and isinstance(target.value, ast.Name):
            names.append(target.value.id)
    return names


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a piece of code that can use anything."""
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, NOTHING):
            yield part


def _switches_off(function: ast.Attribute, call: ast.Call) -> bool:
    """Whether a call is `....requires_grad_(False)`."""
    if function.attr != "requires_grad_":
        return False
    arguments = call.args + [keyword.value for keyword in call.keywords]
    return any(isinstance(argument, ast.Constant) and argument.value is False for argument in arguments)
