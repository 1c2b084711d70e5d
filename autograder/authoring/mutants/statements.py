"""Mutation operators on statements: dropped, split and turned assignments, loops and conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .places import New, Place


def dropped_statement(place: Place) -> Iterator[New]:
    """A statement left out; not a name's first assignment, whose loss any call shows."""
    match place.node:
        case ast.Expr() | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign([target]) if _is_known(place, target):
            yield ast.Pass()


def plain_assignment(place: Place) -> Iterator[New]:
    """a = b, a -= b for a += b, a = b + a."""
    match place.node:
        case ast.AugAssign(target, op, value):
            yield ast.Assign([target], value, lineno=0)
            other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}.get(type(op))
            if other:
                yield ast.AugAssign(target, other(), value)


def split_assignment(place: Place) -> Iterator[New]:
    """Of a, b = c, d only one half, or one after the other so that the second sees the first."""
    match place.node:
        case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
            singles = [ast.Assign([t], v, lineno=0) for t, v in zip(targets, values, strict=True)]
            for i, target in enumerate(targets):
                if _is_known(place, target):
                    yield [*singles[:i], *singles[i + 1 :]]
            for order in (singles, singles[::-1]):
                if _meets_new_value(order):
                    yield order


def condition(place: Place) -> Iterator[New]:
    """The contrary of a condition, always or never."""
    if place.field in ("test", "ifs") and isinstance(place.parent, ast.If | ast.IfExp | ast.While | ast.comprehension):
        yield ast.UnaryOp(ast.Not(), place.node)
        yield from (ast.Constant(True), ast.Constant(False))


def skipped_item(place: Place) -> Iterator[New]:
    """A loop without its first or last turn."""
    loops = isinstance(place.parent, ast.For | ast.comprehension) and place.field == "iter"
    if loops and not (isinstance(place.node, ast.Call) and ast.unparse(place.node.func) == "range"):
        items = ast.Call(ast.Name("list", ast.Load()), [place.node], [])
        one = ast.Constant(1)
        for kept in (ast.Slice(lower=one), ast.Slice(upper=ast.UnaryOp(ast.USub(), one))):
            yield ast.Subscript(items, kept, ast.Load())


def _meets_new_value(assignments: list[ast.Assign]) -> bool:
    """Whether one of these assignments uses what an earlier one of them has changed."""
    changed: set[str] = set()
    for assignment in assignments:
        if changed & {ast.unparse(n) for n in ast.walk(assignment.value) if isinstance(n, ast.expr)}:
            return True
        changed.add(ast.unparse(assignment.targets[0]))
    return False


def _is_known(place: Place, target: ast.expr) -> bool:
    """Whether what is assigned to had a value before."""
    if isinstance(target, ast.Tuple):
        return all(_is_known(place, item) for item in target.elts)
    return not isinstance(target, ast.Name) or target.id in place.scope.known_before(place.statement.lineno)
