"""autograder.authoring.formulas: LaTeX becomes MathML with the spaces that TeX would set, or is refused."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from autograder.authoring.formulas import mathml


def outline(latex: str) -> str:
    """A formula without what its elements say beside their names, a space for each that TeX would set."""
    text = re.sub(r"<mspace[^>]*>", "<mtext>_</mtext>", mathml(latex, display=False))
    return "".join(ElementTree.fromstring(text).itertext())


def test_a_formula_is_mathml_in_its_place():
    """Inline, or a block of its own."""
    assert 'display="inline"' in mathml("x", display=False)
    assert 'display="block"' in mathml(r"\frac{1}{n}", display=True)
    assert "<mfrac>" in mathml(r"\frac{1}{n}", display=True)


@pytest.mark.parametrize(
    ("latex", "spaced"),
    [
        (r"\log x", "log_x"),
        (r"y \log x", "y_log_x"),
        (r"\log(x)", "log(x)"),
        (r"(1 - y)\ln(x)", "(1\N{MINUS SIGN}y)_ln(x)"),
        (r"\max_j z_j", "maxj_zj"),
        (r"\operatorname{lse}(z)", "lse(z)"),
        ("a b", "ab"),
    ],
)
def test_names_of_functions_are_set_apart(latex: str, spaced: str):
    """By a thin space on each side where no operator stands."""
    assert outline(latex) == spaced


@pytest.mark.parametrize(("latex", "count"), [("(-y)", 1), ("a = -b", 1), ("-a - b", 1), ("a - b", 0), ("(a) - b", 0)])
def test_a_sign_belongs_to_what_follows(latex: str, count: int):
    """If nothing before it can be the other operand."""
    assert mathml(latex, display=False).count('form="prefix"') == count


def test_a_prime_stands_beside_its_letter():
    """It is no exponent, which would be raised a second time."""
    assert "<msup>" not in mathml("w'", display=False)
    assert "<msubsup>" not in mathml("g'_t", display=False)
    assert "<msup>" in mathml("w^2", display=False)
    assert "<msubsup>" in mathml("w^2_t", display=False)


def test_an_underscore_in_a_text_is_one():
    """Without the backslash that LaTeX asks for."""
    assert outline(r"\text{batch\_size}") == "batch_size"


@pytest.mark.parametrize("latex", [r"\nosuchcommand x", r"\begin{aligned} a &= b \end{aligned}"])
def test_what_the_converter_does_not_understand_is_refused(latex: str):
    """Rather than shown as it is."""
    with pytest.raises(ValueError, match="."):
        mathml(latex, display=True)
