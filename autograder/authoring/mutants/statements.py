"""Mutation operators on statements: dropped, split and turned assignments, loops and conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .places import New, Place

# The opposites that an augmented assignment is mistaken for.
OPPOSITES: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}


def dropped_statement(place: Place) -> Iterator[New]:
    """A statement left out; not a name's first assignment, since any call shows its loss."""
    match place.node:
        case ast.Expr() | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign([target]) if _is_known(place, target):
            yield ast.Pass()


def plain_assignment(place: Place) -> Iterator[New]:
    """a = b, a -= b for a += b."""
    match place.node:
        case ast.AugAssign(target, op, value):
            yield ast.Assign([target], value, lineno=0)
            if type(op) in OPPOSITES:
                yield ast.AugAssign(target, OPPOSITES[type(op)](), value)


def split_assignment(place: Place) -> Iterator[New]:
    """Only one half of a, b = c, d, or one after the other so that the second sees the first."""
    match place.node:
        case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
            singles = []
            for target, value in zip(targets, values, strict=True):
                singles.append(ast.Assign([target], value, lineno=0))
            for i, target in enumerate(targets):
                if _is_known(place, target):
                    yield [*singles[:i], *singles[i + 1 :]]
            # In Python both sides see the old values; a student who writes two lines may overwrite one too early.
            for order in (singles, singles[::-1]):
                if _meets_new_value(order):
                    yield order


def condition(place: Place) -> Iterator[New]:
    """The contrary of a condition, always or never."""
    node = place.node
    if place.field not in ("test", "ifs") or not isinstance(node, ast.expr):
        return
    if isinstance(place.parent, ast.If | ast.IfExp | ast.While | ast.comprehension):
        yield ast.UnaryOp(ast.Not(), node)
        yield ast.Constant(True)
        yield ast.Constant(False)


def skipped_item(place: Place) -> Iterator[New]:
    """A loop without its first or last turn."""
    node = place.node
    if place.field != "iter" or not isinstance(place.parent, ast.For | ast.comprehension):
        return
    match node:
        case ast.Call(ast.Name("range")):
            return  # `off_by_one` changes its bounds
        case ast.expr():
            items = ast.Call(ast.Name("list", ast.Load()), [node], [])
            one = ast.Constant(1)
            yield ast.Subscript(items, ast.Slice(lower=one), ast.Load())
            yield ast.Subscript(items, ast.Slice(upper=ast.UnaryOp(ast.USub(), one)), ast.Load())


def _meets_new_value(assignments: list[ast.Assign]) -> bool:
    """Whether one of these assignments uses what an earlier one of them has changed."""
    changed: set[str] = set()
    for assignment in assignments:
        used = {ast.unparse(node) for node in ast.walk(assignment.value) if isinstance(node, ast.expr)}
        if changed & used:
            return True
        changed.add(ast.unparse(assignment.targets[0]))
    return False


def _is_known(place: Place, target: ast.expr) -> bool:
    """Whether an assignment's target had a value before."""
    if isinstance(target, ast.Tuple):
        return all(_is_known(place, item) for item in target.elts)
    return not isinstance(target, ast.Name) or target.id in place.scope.known_before(place.statement.lineno)
