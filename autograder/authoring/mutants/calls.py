"""Mutation operators on calls: other functions, missing steps, arguments, axes, copies, and where eps stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from .expressions import AXES
from .places import UNSEEN_ARGUMENTS, New, Place

# Functions that are mistaken for each other, in both directions.
PAIRS = [
    ("mean", "sum"), ("amax", "amin"), ("max", "min"), ("argmax", "argmin"), ("log", "log1p"), ("exp", "expm1"),
    ("rand", "randn"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("new_zeros", "new_ones"), ("var", "std"),
    ("square", "abs"), ("sqrt", "rsqrt"), ("floor", "ceil"), ("maximum", "minimum"),
]  # fmt: skip
OTHER_FUNCTIONS = {**dict(PAIRS), **{b: a for a, b in PAIRS}, "tanh": "sigmoid", "prod": "sum"}
IN_PLACE: dict[type[ast.operator], str] = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}
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
        case ast.Call(ast.Attribute(owner), args) if not _is_module(place, owner):
            if _is_self(owner):
                yield from args[:1]
            else:
                yield owner
        case ast.Call(_, [first, *_]):
            yield first
        case ast.Attribute(owner, "T" | "mT", ast.Load()):
            yield owner


def dropped_argument(place: Place) -> Iterator[New]:
    """An option, an axis, keepdim or the last argument left to its default."""
    match place.node:
        case ast.Call(function, args, keywords):
            for i, keyword in enumerate(keywords):
                if keyword.arg not in UNSEEN_ARGUMENTS:  # `places` offers no operator their values either
                    yield ast.Call(function, args, [*keywords[:i], *keywords[i + 1 :]])
            if args:
                yield ast.Call(function, args[:-1], keywords)


def swapped_arguments(place: Place) -> Iterator[New]:
    """Two neighbouring arguments in the other order."""
    match place.node:
        case ast.Call(function, args, keywords):
            for i in range(len(args) - 1):
                yield ast.Call(function, [*args[:i], args[i + 1], args[i], *args[i + 2 :]], keywords)
            for i, (a, b) in enumerate(pairwise(keywords)):
                # An axis in place of another option's value does not run, which any call shows.
                if not {a.arg, b.arg} & (UNSEEN_ARGUMENTS | AXES):
                    swapped = [ast.keyword(a.arg, b.value), ast.keyword(b.arg, a.value)]
                    yield ast.Call(function, args, [*keywords[:i], *swapped, *keywords[i + 2 :]])


def off_by_one(place: Place) -> Iterator[New]:
    """A range that begins or ends one too early or too late."""
    match place.node:
        case ast.Call(ast.Name(name) | ast.Attribute(_, name) as function, args, keywords) if name in COUNTING:
            if len(args) == 1:  # the beginning, 0, is not written down
                yield ast.Call(function, [ast.Constant(1), *args], keywords)
            for i, arg in enumerate(args):
                for step in (ast.Add(), ast.Sub()):
                    moved = ast.BinOp(arg, step, ast.Constant(1))
                    yield ast.Call(function, [*args[:i], moved, *args[i + 1 :]], keywords)


def moved_eps(place: Place) -> Iterator[New]:
    """sqrt(a) + eps for sqrt(a + eps), and the other way round."""
    match place.node:
        case ast.Call(ast.Attribute(owner, "sqrt" | "rsqrt" as name), args):
            match _radicand(owner, args):
                case ast.BinOp(value, ast.Add(), eps):
                    moved = ast.BinOp(_sqrt_like(owner, args, value), ast.Add(), eps)
                    if name == "rsqrt":
                        moved = ast.BinOp(ast.Constant(1), ast.Div(), moved)
                    yield moved
        case ast.BinOp(ast.Call(ast.Attribute(owner, "sqrt"), args), ast.Add(), eps):
            yield _sqrt_like(owner, args, ast.BinOp(_radicand(owner, args), ast.Add(), eps))


def in_place(place: Place) -> Iterator[New]:
    """Writes into a tensor that others still need: x.sub_(y) for x - y, x.mul_(2) for 2 * x."""
    match place.node:
        case ast.BinOp(left, op, right) if type(op) in IN_PLACE:
            function = IN_PLACE[type(op)]
            if _is_shared(place, left):
                yield ast.Call(ast.Attribute(left, function, ast.Load()), [right], [])
            if isinstance(op, ast.Add | ast.Mult) and _is_shared(place, right):
                yield ast.Call(ast.Attribute(right, function, ast.Load()), [left], [])
        case ast.Call(ast.Attribute(owner, name), args, keywords) if name in HAS_IN_PLACE and _is_shared(place, owner):
            yield ast.Call(ast.Attribute(owner, f"{name}_", ast.Load()), args, keywords)
        case ast.Call(ast.Attribute(_, name), [first], []) if name in HAS_IN_PLACE and _is_shared(place, first):
            yield ast.Call(ast.Attribute(first, f"{name}_", ast.Load()), [], [])


def _is_shared(place: Place, value: ast.expr) -> bool:
    """Whether anyone may still need a tensor after an operation on it: a name, or what is held under that name."""
    while isinstance(value, ast.Attribute | ast.Subscript):
        value = value.value
    if not isinstance(value, ast.Name) or _is_module(place, value) or not isinstance(place.node, ast.expr):
        return False
    return place.scope.is_shared(value.id, place.node)


def _is_module(place: Place, owner: ast.expr) -> bool:
    """Whether a call of one of its attributes is like torch.exp(x), not like x.exp()."""
    return isinstance(owner, ast.Name) and owner.id in place.scope.modules


def _is_self(owner: ast.expr) -> bool:
    match owner:
        case ast.Name("self") | ast.Call(ast.Name("super")):
            return True
    return False


def _radicand(owner: ast.expr, args: list[ast.expr]) -> ast.expr:
    """x of torch.sqrt(x) or x.sqrt()."""
    if args:
        return args[0]
    return owner


def _sqrt_like(owner: ast.expr, args: list[ast.expr], radicand: ast.expr) -> ast.Call:
    """The square root of something else, written like torch.sqrt(x) or like x.sqrt()."""
    if args:
        return ast.Call(ast.Attribute(owner, "sqrt", ast.Load()), [radicand], [])
    return ast.Call(ast.Attribute(radicand, "sqrt", ast.Load()), [], [])
