"""Mutation operators on calls: other functions, missing steps, arguments, axes, copies, and where eps stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .expressions import AXES
from .places import UNSEEN_ARGUMENTS, New, Place

PAIRS = [
    ("mean", "sum"), ("amax", "amin"), ("max", "min"), ("argmax", "argmin"), ("log", "log1p"), ("exp", "expm1"),
    ("rand", "randn"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("new_zeros", "new_ones"), ("var", "std"),
    ("square", "abs"), ("sqrt", "rsqrt"), ("floor", "ceil"), ("maximum", "minimum"),
]  # fmt: skip
OTHER_FUNCTIONS = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])} | {"tanh": "sigmoid", "prod": "sum"}
ROOTS = {"sqrt", "rsqrt"}
IN_PLACE = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}
HAS_IN_PLACE = {"clamp", "exp", "log", "sqrt", "rsqrt", "square", "abs", "add", "sub", "mul", "div", "neg", "tanh"}
COUNTING = {"range", "arange"}


def other_function(place: Place) -> Iterator[New]:
    """The sum for the mean, the smallest for the largest, rand for randn."""
    match place.node:
        case ast.Call(ast.Attribute(owner, name), args, keywords) if name in OTHER_FUNCTIONS:
            yield ast.Call(ast.Attribute(owner, OTHER_FUNCTIONS[name], ast.Load()), args, keywords)
        case ast.keyword("min" | "max" as name, value):
            yield ast.keyword(OTHER_FUNCTIONS[name], value)


def dropped_call(place: Place) -> Iterator[New]:
    """A step left out: no root, no exp, no reduction, no copy, no transposition, no cast."""
    match place.node:
        case ast.Call() if isinstance(place.parent, ast.Expr):
            return  # dropped as a statement
        case ast.Call(ast.Attribute(owner), args) if not _is_call_of_function(place):
            yield from [owner] if not _is_self(owner) else args[:1]
        case ast.Call(_, [first, *_]):
            yield first
        case ast.Attribute(owner, "T" | "mT", ast.Load()):
            yield owner


def dropped_argument(place: Place) -> Iterator[New]:
    """An option, an axis, keepdim or the last argument left to its default."""
    match place.node:
        case ast.Call(function, args, keywords):
            for i, keyword in enumerate(keywords):
                if keyword.arg not in UNSEEN_ARGUMENTS:
                    yield ast.Call(function, args, [*keywords[:i], *keywords[i + 1 :]])
            if args:
                yield ast.Call(function, args[:-1], keywords)


def swapped_arguments(place: Place) -> Iterator[New]:
    """Two neighbouring arguments in the other order."""
    match place.node:
        case ast.Call(function, args, keywords):
            for i in range(len(args) - 1):
                yield ast.Call(function, [*args[:i], args[i + 1], args[i], *args[i + 2 :]], keywords)
            for i, (a, b) in enumerate(zip(keywords, keywords[1:], strict=False)):
                if not {a.arg, b.arg} & (UNSEEN_ARGUMENTS | AXES):
                    swapped = [ast.keyword(a.arg, b.value), ast.keyword(b.arg, a.value)]
                    yield ast.Call(function, args, [*keywords[:i], *swapped, *keywords[i + 2 :]])


def off_by_one(place: Place) -> Iterator[New]:
    """A range that begins or ends one too early or too late."""
    match place.node:
        case ast.Call(ast.Name(name) | ast.Attribute(_, name), args, keywords) if name in COUNTING:
            if len(args) == 1:
                yield ast.Call(place.node.func, [ast.Constant(1), *args], keywords)
            for i, arg in enumerate(args):
                for step in (ast.Add(), ast.Sub()):
                    moved = ast.BinOp(arg, step, ast.Constant(1))
                    yield ast.Call(place.node.func, [*args[:i], moved, *args[i + 1 :]], keywords)


def moved_eps(place: Place) -> Iterator[New]:
    """sqrt(a) + eps for sqrt(a + eps), and the other way round."""
    match place.node:
        case ast.Call() if (under := _under_a_root(place.node)) and isinstance(under.op, ast.Add):
            root = ast.BinOp(_with_radicand(place.node, under.left, "sqrt"), ast.Add(), under.right)
            inverse = _name_of(place.node) == "rsqrt"
            yield ast.BinOp(ast.Constant(1), ast.Div(), root) if inverse else root
        case ast.BinOp(ast.Call() as root, ast.Add(), eps) if _name_of(root) == "sqrt":
            yield _with_radicand(root, ast.BinOp(_radicand(root), ast.Add(), eps), "sqrt")


def in_place(place: Place) -> Iterator[New]:
    """Writes into a tensor that others still need: x.sub_(y) for x - y, x.mul_(2) for 2 * x."""
    match place.node:
        case ast.BinOp(left, op, right) if type(op) in IN_PLACE:
            either = [(left, right), (right, left)] if isinstance(op, ast.Add | ast.Mult) else [(left, right)]
            for changed, other in either:
                if _is_shared(place, changed):
                    yield ast.Call(ast.Attribute(changed, IN_PLACE[type(op)], ast.Load()), [other], [])
        case ast.Call(ast.Attribute(owner, name), args, keywords) if name in HAS_IN_PLACE and _is_shared(place, owner):
            yield ast.Call(ast.Attribute(owner, f"{name}_", ast.Load()), args, keywords)
        case ast.Call(ast.Attribute(_, name), [first], []) if name in HAS_IN_PLACE and _is_shared(place, first):
            yield ast.Call(ast.Attribute(first, f"{name}_", ast.Load()), [], [])


def _is_shared(place: Place, value: ast.expr) -> bool:
    """Whether somebody may still need a tensor after this operation: a name, or what is held under that name."""
    while isinstance(value, ast.Attribute | ast.Subscript):
        value = value.value
    named = isinstance(value, ast.Name) and value.id not in place.scope.modules
    return named and place.scope.is_shared(value, place.node)


def _is_call_of_function(place: Place) -> bool:
    """Whether a call is like torch.exp(x), not like x.exp()."""
    owner = place.node.func.value
    return isinstance(owner, ast.Name) and owner.id in place.scope.modules


def _is_self(owner: ast.expr) -> bool:
    match owner:
        case ast.Name("self") | ast.Call(ast.Name("super")):
            return True
    return False


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _radicand(root: ast.Call) -> ast.expr:
    """x of torch.sqrt(x) or x.sqrt()."""
    return root.args[0] if root.args else root.func.value


def _with_radicand(root: ast.Call, radicand: ast.expr, name: str) -> ast.Call:
    if root.args:
        return ast.Call(ast.Attribute(root.func.value, name, ast.Load()), [radicand], [])
    return ast.Call(ast.Attribute(radicand, name, ast.Load()), [], [])


def _under_a_root(call: ast.Call) -> ast.BinOp | None:
    """The sum or product below a root, if there is one."""
    found = _radicand(call) if _name_of(call) in ROOTS else None
    return found if isinstance(found, ast.BinOp) else None
