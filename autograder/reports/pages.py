"""Pages of one file: templates filled with jinja2, style and script inside, and nothing asked of any other place.

Whatever a page shows is escaped. Its content security policy allows the style and the script of the template by their
hashes and nothing else, so that even text that was not escaped could neither run nor send anything. That rules out
`style` attributes too: what looks differently has a class, and pictures are drawn with attributes of SVG.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from ..model import Outcome
from .screen import SYMBOLS

SIGNS = {Outcome.TIMED_OUT: "◴", Outcome.CRASHED: "↯"}  # in place of those for terminals
CODE = re.compile(r"`([^`\n]+)`")


def filled(template: str, **values: Any) -> str:
    """A page as text.

    Args:
        template: name of a file in `templates/`.
        values: what it shows.
    """
    style = _part("style.css")
    script = _part("tables.js")
    policy = [
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    page = _environment().get_template(template)
    return page.render(values, policy="; ".join(policy), style=Markup(style), script=Markup(script)) + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = with_code
    environment.filters["points"] = in_points
    environment.filters["percent"] = in_percent
    return environment


@cache
def _part(name: str) -> str:
    """A file beside the templates that every page holds as it is."""
    loader = _environment().loader
    assert loader is not None
    text, _, _ = loader.get_source(_environment(), name)
    return text


def _hash(text: str) -> str:
    """How a policy names an element by its text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def with_code(text: str) -> Markup:
    """A sentence of ours, in which backticks stand around code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


def sign(outcome: Outcome) -> str:
    """A sign for an outcome, of those that the fonts of browsers have; each outcome has its own."""
    return SIGNS.get(outcome) or SYMBOLS[outcome][0]


def in_points(value: float) -> str:
    """Points as people read them: one decimal, and none where it is 0."""
    return f"{value:.1f}".removesuffix(".0")


def in_percent(share: float) -> str:
    """A share as a percentage without decimals, where 100 % and 0 % mean all and none."""
    percent = round(100 * share)
    if share < 1:
        percent = min(percent, 99)
    if share > 0:
        percent = max(percent, 1)
    return f"{percent} %"
