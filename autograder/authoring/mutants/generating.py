"""All mutants of a reference: every operator at every place that students write."""

from __future__ import annotations

import ast
import dataclasses
import textwrap
import types
import warnings
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass

from ...model import Assignment
from ..syntax import end_of, first_line
from . import calls, expressions, statements
from .carriers import carriers
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
        carriers: what students write and would make this mistake alone; see `carriers`.
    """

    id: str
    function: str
    line: int
    last_line: int
    old: str
    new: str
    source: str
    carriers: tuple[str, ...] = ()


def mutants_of(
    reference: str, assignment: Assignment, statements: Container[tuple[str, str]] | None = None
) -> list[Mutant]:
    """Every mutant of a reference whose compiled code differs from the reference's and from all others'.

    Args:
        statements: those to change, each with its function, as mutants tell them (default: all).
    """
    mutants: list[Mutant] = []
    tree = ast.parse(reference)
    carried = carriers(tree, assignment)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a mutant may well look odd
        for scope in scopes(tree, assignment):
            mutants += _of_scope(scope, reference, carried.get(scope.owner, ()), statements)
    return mutants


def _of_scope(
    scope: Scope, reference: str, carried: tuple[str, ...], statements: Container[tuple[str, str]] | None
) -> Iterator[Mutant]:
    lines = reference.splitlines(keepends=True)
    before = "".join(lines[: first_line(scope.node) - 1])
    after = "".join(lines[scope.node.end_lineno :])
    seen = {_compiled(scope.code()), None}  # the reference, and what is not Python
    for identity, place, new in _changes(scope, statements):
        with place.holding(new):
            text = scope.code()
        code = _compiled(text)
        if code not in seen:
            seen.add(code)
            mutant = _mutant(identity, place, new, f"{before}{text}\n{after}")
            yield dataclasses.replace(mutant, carriers=carried)


def _changes(scope: Scope, statements: Container[tuple[str, str]] | None) -> Iterator[tuple[str, Place, New]]:
    """Everything that an operator does in a scope: the id of the change, the place and the new code."""
    uses: Counter[str] = Counter()  # several places may begin in the same column
    for place in places(scope):
        if statements is not None and (scope.name, place.text) not in statements:
            continue
        for operator in OPERATORS:
            where = f"{operator.__name__}:{scope.name}:{place.line}:{place.column}"
            for new in operator(place):
                uses[where] += 1
                yield f"{where}:{uses[where]}", place, new


def _mutant(identity: str, place: Place, new: New, source: str) -> Mutant:
    statement = place.statement
    last_line = end_of(statement)[0]
    inner = getattr(statement, "body", None)  # of a loop or a condition, whose head alone was changed
    if inner:
        last_line = max(statement.lineno, inner[0].lineno - 1)
    return Mutant(
        id=identity,
        function=place.scope.name,
        line=statement.lineno,
        last_line=last_line,
        old=place.text,
        new=place.text_with(new),
        source=source,
    )


def _compiled(text: str) -> tuple | None:
    """What an indented text compiles to, without its lines; None if it is not Python."""
    try:
        return _key(compile(textwrap.dedent(text), "mutant", "exec", dont_inherit=True))
    except SyntaxError:
        return None


def _key(code: types.CodeType) -> tuple:
    """All that decides what a piece of compiled code does."""
    constants = []
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            constants.append(_key(constant))
        else:
            # The type and the text: 0, 0.0, -0.0 and False are equal in Python, but not as mutants.
            constants.append((type(constant), repr(constant)))
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_code, tuple(constants), names, code.co_exceptiontable
