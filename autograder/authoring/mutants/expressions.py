"""Mutation operators on expressions: arithmetic, comparisons, constants, indices and displays.

Each takes a place and yields what may stand there instead, which may be nothing. Its name is the first part of a
mutant's id.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .places import New, Place

OTHER_OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
# The boundary on the other side, then the contrary.
OTHER_COMPARISONS = {
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMMUTATIVE = ast.Add | ast.Mult | ast.BitAnd | ast.BitOr | ast.BitXor
# Behind the key, brackets around one of these change no value: (a + b) - c is a + (b - c).
REGROUPED = {
    ast.Add: (ast.Add, ast.Sub),
    ast.Mult: (ast.Mult, ast.Div),
    ast.MatMult: (ast.MatMult,),
}
AXES = {"dim", "axis"}
# Functions whose only number among the positional arguments is an axis; of AXES_ONLY all of them are axes.
REDUCTIONS = {
    "sum", "mean", "prod", "amax", "amin", "max", "min", "argmax", "argmin", "var", "std", "var_mean", "std_mean",
    "cumsum", "softmax", "log_softmax", "logsumexp", "norm", "all", "any", "gather", "scatter_add", "index_select",
    "stack", "cat", "split", "flip", "unsqueeze", "squeeze",
}  # fmt: skip
AXES_ONLY = {"permute", "transpose", "swapaxes", "movedim"}
SMALL = 1e-2  # a constant below it is an eps: a checker cares about its magnitude, not about its digits


def operator(place: Place) -> Iterator[New]:
    """Another arithmetic operator."""
    if isinstance(place.node, ast.BinOp):
        yield ast.BinOp(place.node.left, OTHER_OPERATORS[type(place.node.op)](), place.node.right)


def swapped_operands(place: Place) -> Iterator[New]:
    """b - a for a - b."""
    if isinstance(place.node, ast.BinOp) and not isinstance(place.node.op, COMMUTATIVE):
        yield ast.BinOp(place.node.right, place.node.op, place.node.left)


def dropped_operand(place: Place) -> Iterator[New]:
    """A term of a sum, a factor of a product or one side of and / or is missing."""
    match place.node:
        case ast.BinOp(left, ast.Sub(), right):
            yield from (left, ast.UnaryOp(ast.USub(), right))
        case ast.BinOp(left, ast.Div(), right):
            yield from (left, ast.BinOp(ast.Constant(1), ast.Div(), right))
        case ast.BinOp(left, _, right):
            yield from (left, right)
        case ast.BoolOp(_, values):
            yield from values


def moved_parenthesis(place: Place) -> Iterator[New]:
    """(a + b) * c for a + b * c, and the other way round, unless that changes no value."""
    match place.node:
        case ast.BinOp(a, first, ast.BinOp(b, second, c)) if not _regroups(first, second):
            yield ast.BinOp(ast.BinOp(a, first, b), second, c)
    # Not another case of the same match: a product of sums can be regrouped on both sides.
    match place.node:
        case ast.BinOp(ast.BinOp(a, first, b), second, c) if not _regroups(first, second):
            yield ast.BinOp(a, first, ast.BinOp(b, second, c))


def sign(place: Place) -> Iterator[New]:
    """No minus in front, or a `not` too few."""
    if isinstance(place.node, ast.UnaryOp) and not _is_number(place.node):
        yield place.node.operand


def comparison(place: Place) -> Iterator[New]:
    """Another comparison: the boundary on the other side, or the contrary."""
    match place.node:
        case ast.Compare(left, [relation], [right]):
            others = OTHER_COMPARISONS[type(relation)]
            if isinstance(right, ast.Constant) and isinstance(right.value, str):
                others = others[:1]  # words have no order
            for other in others:
                yield ast.Compare(left, [other()], [right])


def constant(place: Place) -> Iterator[New]:
    """Another number, flag or word; an axis becomes its neighbour."""
    value = _number(place.node)
    if value is not None and not _is_number(place.parent):
        for other in _other_numbers(value, is_axis=_is_axis(place)):
            yield _literal(other)
    match place.node:
        case ast.Constant(bool() as flag):
            yield ast.Constant(not flag)
        case ast.Constant(str() as word):
            yield ast.Constant(_next_word(word, place.scope.strings))


def other_name(place: Place) -> Iterator[New]:
    """Another variable that has a value by then: y for X, beta2 for beta1."""
    known = place.scope.known_before(place.line)
    match place.node:
        case ast.Name(name, ast.Load()) if name in known:
            for other in known:
                if other != name:
                    yield ast.Name(other, ast.Load())


def index(place: Place) -> Iterator[New]:
    """One entry further, one entry before, or a slice without one of its bounds."""
    match place.node:
        case ast.Slice(lower, upper, step):
            if lower is not None:
                yield ast.Slice(None, upper, step)
            if upper is not None:
                yield ast.Slice(lower, None, step)
            if step is not None:
                yield ast.Slice(lower, upper, None)
        case ast.Name(ctx=ast.Load()) | ast.BinOp() if _is_index(place):
            yield ast.BinOp(place.node, ast.Add(), ast.Constant(1))
            yield ast.BinOp(place.node, ast.Sub(), ast.Constant(1))


def swapped_items(place: Place) -> Iterator[New]:
    """Two neighbours of a tuple, list or dict in the other order: returns, shapes, options."""
    match place.node:
        case ast.Tuple(items, ast.Load()) | ast.List(items, ast.Load()):
            for swapped in _with_neighbours_swapped(items):
                yield type(place.node)(swapped, ast.Load())
        case ast.Dict(keys, values):
            for swapped in _with_neighbours_swapped(values):
                yield ast.Dict(keys, swapped)


def _with_neighbours_swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for i in range(len(items) - 1):
        yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def _regroups(first: ast.operator, second: ast.operator) -> bool:
    """Whether (a first b) second c is a first (b second c)."""
    return isinstance(second, REGROUPED.get(type(first), ()))


def _number(node: ast.AST) -> int | float | None:
    """The value of a literal, the sign included."""
    match node:
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
            return -value
    return None


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and _number(node) is not None


def _literal(value: int | float) -> ast.expr:
    if value >= 0:
        return ast.Constant(value)
    return ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _other_numbers(value: int | float, *, is_axis: bool) -> list[int | float]:
    """The numbers that may stand in place of one."""
    if is_axis:
        return _other_axes(value)
    if 0 < abs(value) < SMALL:
        return [10 * value, value / 10, 0.0]
    others = dict.fromkeys([value + 1, value - 1, 2 * value, 0, 1, -value])
    others.pop(value, None)
    return list(others)


def _other_axes(axis: int | float) -> list[int | float]:
    """The neighbours of an axis; tensors of most references are matrices, so 0 and 1 (or -1) have one each."""
    if axis == 0:
        return [1]
    if axis in (1, -1):
        return [0]
    return [axis - 1, axis + 1]


def _next_word(word: str, words: list[str]) -> str:
    """The next of the words of a function, the first after the last; an empty one if there is no other."""
    if len(words) == 1:
        return ""
    return words[(words.index(word) + 1) % len(words)]


def _is_axis(place: Place) -> bool:
    """Whether a number says along which axis."""
    if isinstance(place.parent, ast.keyword):
        return place.parent.arg in AXES
    if isinstance(place.parent, ast.Subscript):
        return isinstance(place.parent.value, ast.Attribute) and place.parent.value.attr == "shape"
    if not isinstance(place.parent, ast.Call) or not isinstance(place.parent.func, ast.Attribute):
        return False
    function = place.parent.func
    expected = 0  # x.sum(0)
    if isinstance(function.value, ast.Name) and function.value.id in place.scope.modules:
        expected = 1  # torch.sum(x, 0)
    alone = function.attr in REDUCTIONS and place.index == expected
    return place.field == "args" and (alone or function.attr in AXES_ONLY)


def _is_index(place: Place) -> bool:
    """Whether a node picks entries, alone or beside others."""
    *_, grandparent, parent = place.parents
    if isinstance(parent, ast.Tuple):
        return isinstance(grandparent, ast.Subscript) and grandparent.slice is parent
    if isinstance(parent, ast.Slice):
        return True
    return isinstance(parent, ast.Subscript) and place.field == "slice"
