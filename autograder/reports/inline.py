"""Small things within a line of HTML, for pages and for notebooks. Nothing that takes long to import."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

CODE = re.compile(r"`([^`\n]+)`")


def with_code(text: str) -> Markup:
    """A sentence of ours, in which backticks stand around code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


def in_points(value: float) -> str:
    """Points as people read them: one decimal, and none where it is 0."""
    return f"{value:.1f}".removesuffix(".0")
