"""All mutants of a reference: every operator at every place that students write."""

from __future__ import annotations

import ast
import textwrap
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ...model import Assignment
from . import calls, expressions, statements
from .places import New, Place, Scope, places, scopes

OPERATORS = (
    expressions.operator,
    expressions.swapped_operands,
    expressions.dropped_operand,
    expressions.moved_parenthesis,
    expressions.sign,
    expressions.comparison,
    expressions.constant,
    expressions.index,
    expressions.swapped_items,
    expressions.other_name,
    calls.other_function,
    calls.dropped_call,
    calls.dropped_argument,
    calls.swapped_arguments,
    calls.off_by_one,
    calls.moved_eps,
    calls.in_place,
    statements.dropped_statement,
    statements.plain_assignment,
    statements.split_assignment,
    statements.condition,
    statements.skipped_item,
)


@dataclass(frozen=True)
class Mutant:
    """A reference with one small change.

    Args:
        id: operator, function, line, column and number among the changes of that operator there.
        function: what was changed: "f" or "Class.method".
        line, last_line: 1-based lines of the changed statement (of its head, if it holds others).
        old, new: the statement on one line, before and after.
        source: the whole module.
    """

    id: str
    function: str
    line: int
    last_line: int
    old: str
    new: str
    source: str


def mutants_of(reference: str, assignment: Assignment) -> list[Mutant]:
    """Every mutant of a reference whose compiled code is like that of no other and not like the reference's."""
    tree = ast.parse(reference)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a mutant may well look odd
        return [mutant for scope in scopes(tree, assignment) for mutant in _of_scope(scope, reference)]


def _of_scope(scope: Scope, reference: str) -> Iterator[Mutant]:
    lines = reference.splitlines(keepends=True)
    before, after = "".join(lines[: scope.first_line - 1]), "".join(lines[scope.node.end_lineno :])
    seen, uses = {_compiled(scope.code())}, Counter()
    for place in places(scope):
        for operator in OPERATORS:
            for new in operator(place):
                identity = f"{operator.__name__}:{scope.name}:{place.line}:{place.column}"
                uses[identity] += 1
                with place.holding(new):
                    text = scope.code()
                code = _compiled(text)
                if code is not None and code not in seen:
                    seen.add(code)
                    yield _mutant(f"{identity}:{uses[identity]}", place, new, f"{before}{text}\n{after}")


def _mutant(identity: str, place: Place, new: New, source: str) -> Mutant:
    statement, name = place.statement, place.scope.name
    inner = getattr(statement, "body", None)
    last_line = max(statement.lineno, inner[0].lineno - 1) if inner else statement.end_lineno
    return Mutant(identity, name, statement.lineno, last_line, place.text(), place.text(new), source)


def _compiled(text: str) -> tuple | None:
    """What an indented text compiles to, without its lines; None if it is no Python."""
    try:
        return _key(compile(textwrap.dedent(text), "mutant", "exec", dont_inherit=True))
    except SyntaxError:
        return None


def _key(code: types.CodeType) -> tuple:
    constants = tuple(_key(c) if isinstance(c, types.CodeType) else (type(c), repr(c)) for c in code.co_consts)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_code, constants, names, code.co_exceptiontable
