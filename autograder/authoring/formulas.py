"""Formulas in MathML: what latex2mathml makes of LaTeX, with the spaces that TeX would set."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

MATHML = "{http://www.w3.org/1998/Math/MathML}"
ROWS = {f"{MATHML}{name}" for name in ("math", "mrow", "mtd", "msqrt", "mstyle")}  # others have parts that are counted
COMMAND = re.compile(r"\\([A-Za-z]+|.)")  # of LaTeX, left over where the converter has not understood it
NAME = re.compile(r"[A-Za-z]{2,}")
SIGNS = ("+", "-", "\N{MINUS SIGN}")
PRIME = "\N{PRIME}"
PRIMED = {f"{MATHML}msup": f"{MATHML}mrow", f"{MATHML}msubsup": f"{MATHML}msub"}  # and what they are without one
CLOSING = (")", "]", "}", "|")
THIN = "0.167em"  # a thin space of TeX


def mathml(latex: str, *, display: bool) -> str:
    """A formula as an element of a page.

    Raises:
        ValueError: the converter does not understand it.
    """
    from latex2mathml.converter import convert

    try:
        text = convert(latex.strip(), display="block" if display else "inline")
        formula = ElementTree.fromstring(text)
    except Exception as error:  # the converter has many ways to fail
        raise ValueError(f"{type(error).__name__} {error}".strip()) from error
    for element in formula.iter():
        element.text = (element.text or "").replace(r"\_", "_")  # which stays as it is inside \text{}
    unknown = COMMAND.search("".join(formula.itertext()))
    if unknown is not None:
        raise ValueError(f"{unknown[0]} is not known")
    for element in formula.iter():
        if element.tag == f"{MATHML}mo" and NAME.fullmatch(element.text or ""):
            element.tag = f"{MATHML}mi"  # as an operator, a name would have wide spaces
    for row in list(formula.iter()):
        _lower_prime(row)
        if row.tag in ROWS:
            _mark_signs(row)
            _space_names(row)
    ElementTree.register_namespace("", MATHML.strip("{}"))
    return ElementTree.tostring(formula, encoding="unicode")


def _lower_prime(element: Element) -> None:
    """Set a prime beside its letter: the sign is raised by itself, and few fonts have one for superscripts."""
    if element.tag not in PRIMED or element[-1].text != PRIME:
        return
    element.tag = PRIMED[element.tag]
    prime = element[-1]
    element.remove(prime)
    prime.tag = f"{MATHML}mi"  # no operator, which may have spaces
    base = Element(f"{MATHML}mrow")
    base.extend([element[0], prime])
    element[0] = base


def _mark_signs(row: Element) -> None:
    """Say of each sign that has nothing before it that it belongs to what follows, so that no space is set."""
    before = None
    for element in row:
        if _text_of_operator(element) == "|":
            element.attrib.update(lspace="0", rspace="0")  # of an absolute value; between two things stands \\mid
        if _text_of_operator(element) in SIGNS and (before is None or _is_no_operand(before)):
            element.set("form", "prefix")
        before = element


def _is_no_operand(element: Element) -> bool:
    """Whether it is an operator after which a number may begin, or a space."""
    if element.tag == f"{MATHML}mspace":
        return True
    return element.tag == f"{MATHML}mo" and _text_of_operator(element) not in CLOSING


def _space_names(row: Element) -> None:
    """Set a thin space on both sides of the name of a function, where no operator stands."""
    children = list(row)
    for element, following in zip(children, children[1:], strict=False):
        left_is_name = _is_name(element)
        if not left_is_name and not _is_name(following):
            continue
        neighbour = following if left_is_name else element
        text = _text_of_operator(neighbour)
        after_a_closing = not left_is_name and text in CLOSING
        if text and not after_a_closing:
            continue
        if neighbour.tag != f"{MATHML}mspace":
            row.insert(list(row).index(following), Element(f"{MATHML}mspace", width=THIN))


def _is_name(element: Element) -> bool:
    """Whether it is a name like log, or one with a limit below it."""
    if element.tag in (f"{MATHML}msub", f"{MATHML}munder") and len(element):
        element = element[0]
    return element.tag == f"{MATHML}mi" and NAME.fullmatch(element.text or "") is not None


def _text_of_operator(element: Element) -> str:
    """The sign of an operator; "" of everything else."""
    if element.tag != f"{MATHML}mo":
        return ""
    return (element.text or "").strip()
