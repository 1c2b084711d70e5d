"""autograder.authoring.mutants: what each operator makes of a small function, and what of a reference none touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.mutants.generating import OPERATORS, Mutant, mutants_of
from autograder.model import Assignment, Exercise

# An operator; the body of a function of x and y; what the changed statement reads then, for each of its mutants.
MADE = [
    ("operator", "return x + y * 2", ["return x - y * 2", "return x + y / 2"]),
    ("operator", "return x ** y", ["return x * y"]),
    ("swapped_operands", "return (x - y) * (x @ y)", ["return (y - x) * (x @ y)", "return (x - y) * (y @ x)"]),
    ("dropped_operand", "return x - y", ["return x", "return -y"]),
    ("dropped_operand", "return x / y", ["return x", "return 1 / y"]),
    ("dropped_operand", "return x and y", ["return x", "return y"]),
    ("moved_parenthesis", "return x * (y + 1)", ["return x * y + 1"]),
    ("moved_parenthesis", "return x * y + 1", ["return x * (y + 1)"]),
    ("moved_parenthesis", "return x * y / 2 + 1 - y", ["return x * y / (2 + 1) - y"]),
    ("sign", "return -x if not y else -1", ["return -x if y else -1", "return x if not y else -1"]),
    ("comparison", "return x > y", ["return x >= y", "return x <= y"]),
    ("comparison", "return x == 'a'", ["return x != 'a'"]),
    ("constant", "return x * 2", [f"return x * {k}" for k in (3, 1, 4, 0, -2)]),
    ("constant", "return x + -1", ["return x + 0", "return x + -2", "return x + 1"]),
    ("constant", "return x + 1e-08", ["return x + 1e-07", "return x + 1e-09", "return x + 0.0"]),
    ("constant", "return x.sum(0, keepdim=True)", ["return x.sum(1, keepdim=True)", "return x.sum(0, keepdim=False)"]),
    ("constant", "return torch.stack(x, dim=-1)", ["return torch.stack(x, dim=0)"]),
    ("constant", "return x.permute(0, 2)", [f"return x.permute({axes})" for axes in ("1, 2", "0, 1", "0, 3")]),
    ("constant", "return x.shape[1]", ["return x.shape[0]"]),
    ("constant", "return {'a': x}[y, 'b']", ["return {'b': x}[y, 'b']", "return {'a': x}[y, 'a']"]),
    ("index", "return x[y]", ["return x[y + 1]", "return x[y - 1]"]),
    ("index", "return x[y, 0]", ["return x[y + 1, 0]", "return x[y - 1, 0]"]),
    ("index", "return x[1::-1]", ["return x[::-1]", "return x[1:]"]),
    ("index", "return x[:y]", ["return x[:]", "return x[:y + 1]", "return x[:y - 1]"]),
    ("swapped_items", "return (x, y)", ["return (y, x)"]),
    ("swapped_items", "return {'a': x, 'b': y}", ["return {'a': y, 'b': x}"]),
    ("other_name", "z = y\nreturn z", ["z = x", "return x", "return y"]),
    ("other_function", "return x.mean() + y.sqrt()", ["return x.sum() + y.sqrt()", "return x.mean() + y.rsqrt()"]),
    ("other_function", "return x.clamp(min=0)", ["return x.clamp(max=0)"]),
    ("dropped_call", "return torch.exp(x.T)", ["return x.T", "return torch.exp(x)"]),
    ("dropped_call", "return x.clone().sum(0)", ["return x.clone()", "return x.sum(0)"]),
    ("dropped_call", "x.sub_(y)\nreturn x", []),
    ("dropped_argument", "return x.sum(0, keepdim=True)", ["return x.sum(0)", "return x.sum(keepdim=True)"]),
    ("swapped_arguments", "return f(x, y, 0)", ["return f(y, x, 0)", "return f(x, 0, y)"]),
    ("swapped_arguments", "return f(a=x, b=y)", ["return f(a=y, b=x)"]),
    ("off_by_one", "return range(x)", ["return range(1, x)", "return range(x + 1)", "return range(x - 1)"]),
    ("moved_eps", "return torch.sqrt(x + y)", ["return torch.sqrt(x) + y"]),
    ("moved_eps", "return x.sqrt() + y", ["return (x + y).sqrt()"]),
    ("moved_eps", "return torch.rsqrt(x + y)", ["return 1 / (torch.sqrt(x) + y)"]),
    ("in_place", "return x - y", ["return x.sub_(y)"]),
    ("in_place", "return 2 * x", ["return x.mul_(2)"]),
    ("in_place", "z = -x\na = z * 2\nreturn a * z", ["a = z.mul_(2)"]),
    ("in_place", "return torch.exp(x)", ["return x.exp_()"]),
    ("in_place", "return x.clamp(min=0)", ["return x.clamp_(min=0)"]),
    ("in_place", "return math.pi * 2", []),
    ("dropped_statement", "z = 1\nx.t = y\nz = 2\nx.sub_(y)\nreturn z", ["pass", "pass", "pass"]),
    ("plain_assignment", "x += y\nreturn x", ["x = y", "x -= y"]),
    ("split_assignment", "x, y = x - 1, x + y\nreturn x", ["y = x + y", "x = x - 1", "x = x - 1; y = x + y"]),
    ("split_assignment", "a, b = x, y\nreturn a", []),
    ("condition", "if x:\n    return y\nreturn x", ["if not x:", "if True:", "if False:"]),
    ("skipped_item", "for a in x:\n    y += a\nreturn y", ["for a in list(x)[1:]:", "for a in list(x)[:-1]:"]),
    ("skipped_item", "for a in range(x):\n    y += a\nreturn y", []),
]

REFERENCE = '''
import torch

LIMIT = 7
GIVEN = 8


def f(x, eps=1e-5):
    """Not 5 + 6."""
    if eps < 0:
        raise ValueError("no " + "good")
    for row, other in zip(x, x, strict=True):
        order = torch.arange(3, device=x.device).to(x.device)
    return order


class Layer:
    """A layer."""

    @staticmethod
    def asked(x):
        """Twice."""
        return x + x

    def given(self, x):
        return x + x


def _helper(x):
    return x + x


def shown(x):
    return x + x
'''


def assignment(given: str = "") -> Assignment:
    """An assignment that asks for f and Layer.asked; names are separated by blanks."""
    exercise = Exercise("first", "First", 1, ("f", "Layer.asked"))
    return Assignment("demo", "Demo", 1, "To see.", (exercise,), Path(), given=tuple(given.split()))


def of_function(body: str) -> list[Mutant]:
    """The mutants of a function of x and y."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return mutants_of(f"import math\nimport torch\n\n\ndef f(x, y):\n{lines}", assignment())


def of_reference() -> list[Mutant]:
    """The mutants of a reference with much in it that students do not write."""
    return mutants_of(REFERENCE, assignment("GIVEN Layer.given shown"))


@pytest.mark.parametrize(("operator", "body", "made"), MADE)
def test_an_operator_makes_these_mutants(operator: str, body: str, made: list[str]):
    """Each is known by what the changed statement reads then."""
    assert [m.new for m in of_function(body) if m.id.startswith(f"{operator}:")] == made


def test_every_operator_is_tried_here():
    """None is without an example above."""
    assert {operator.__name__ for operator in OPERATORS} == {operator for operator, _, made in MADE if made}


def test_only_what_students_write_is_changed():
    """Functions, methods, helpers and constants that are not given."""
    assert {m.function for m in of_reference()} == {"LIMIT", "f", "Layer.asked", "_helper"}


def test_signatures_docstrings_and_messages_stay():
    """Students get the first two, and nobody judges the words of an error."""
    for mutant in of_reference():
        text = mutant.source.replace("1e-05", "1e-5").replace("'", '"')
        assert "def f(x, eps=1e-5):" in text
        assert "Not 5 + 6." in text
        assert 'raise ValueError("no " + "good")' in text


def test_what_the_processor_cannot_show_stays():
    """On which device a tensor lies, and whether zip is strict."""
    for mutant in of_reference():
        assert "zip(x, x)" not in mutant.new
        assert "strict=False" not in mutant.new
        assert "arange(3)" not in mutant.new
        assert ".to(x.device)" in mutant.source


def test_a_mutant_says_where_it_is():
    """Operator, function, line, column and number make its id; lines are those of the file."""
    (mutant,) = (m for m in of_reference() if m.function == "Layer.asked" and m.id.startswith("operator"))
    line = REFERENCE.splitlines().index("        return x + x") + 1
    assert mutant.id == f"operator:Layer.asked:{line}:15:1"
    assert (mutant.line, mutant.last_line, mutant.old, mutant.new) == (line, line, "return x + x", "return x - x")
    assert "    @staticmethod\n    def asked(x):\n" in mutant.source


def test_of_a_loop_only_the_head_is_its_statement():
    """What stands inside has lines of its own."""
    mutants = [m for m in of_function("for a in x:\n    y += a\n    y *= a\nreturn y") if "skipped" in m.id]
    assert {(m.line, m.last_line, m.old) for m in mutants} == {(6, 6, "for a in x:")}


def test_ids_differ_and_no_mutant_compiles_like_another():
    """x + x without its first or its second term is one mutant, not two."""
    mutants = of_reference()
    assert len({m.id for m in mutants}) == len(mutants)
    assert [m.new for m in of_function("return x + x") if m.id.startswith("dropped_operand")] == ["return x"]


def test_mutants_are_the_same_every_time():
    """Ids and sources are stable."""
    assert of_reference() == of_reference()
