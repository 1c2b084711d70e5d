"""A handout as a page: one HTML file without a script, whose formulas are MathML and whose pictures are part of it.

Nothing is asked of any other place. The page's content security policy allows its own style sheet and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ..course import HANDOUT_PAGE, Course
from ..errors import CourseError
from .figures import Picture
from .formulas import mathml
from .scaffold import TEMPLATES, filled
from .stamps import NONE_YET, is_current, stamped

TEMPLATE = TEMPLATES / "handout.html.tmpl"
STYLE = TEMPLATES / "handout.css"
MADE_BY = (
    Path(__file__),
    Path(__file__).with_name("formulas.py"),
    TEMPLATE,
    STYLE,
)  # with a change of one, all are made anew
PICTURE = re.compile(r"figures/(\w+)\.svg")
CLOSED = re.compile(
    r'(<span class="math inline">(?:(?!</span>).)*</span>)([.,;:)?!]+)'
)  # a formula with what closes it


def committed_page(course: Course, slug: str, pictures: Mapping[str, Picture]) -> bytes | None:
    """The page in the committed kit, if it is up to date."""
    path = course.kit / "assignments" / slug / HANDOUT_PAGE
    if not path.is_file():
        return None
    data = path.read_bytes()
    if not is_current(data, _origin(course, slug, pictures)):
        return None
    return data


def fresh_page(course: Course, slug: str, pictures: Mapping[str, Picture]) -> bytes:
    """The page of an assignment; made anew if it is not up to date.

    Args:
        pictures: all that the handout shows.
    Raises:
        CourseError: a formula cannot be converted.
    """
    committed = committed_page(course, slug, pictures)
    if committed is not None:
        return committed
    return stamped(_Page(course, slug, pictures).text(), _origin(course, slug, pictures))


def _origin(course: Course, slug: str, pictures: Mapping[str, Picture]) -> str:
    parts = [course.handout(slug)]
    for path in MADE_BY:
        parts.append(path.read_text(encoding="utf-8"))
    for title, worth in _worth(course, slug).items():
        parts.append(f"{title}: {worth}")
    digest = hashlib.sha256("\0".join(parts).encode())
    for name in sorted(pictures):
        digest.update(pictures[name].svg)
    return digest.hexdigest()


def _worth(course: Course, slug: str) -> dict[str, str]:
    """What stands beside the heading of a section that is marked, by its title."""
    assignment = course.assignment(slug)
    worth = {}
    for number, exercise in enumerate(assignment.exercises, start=1):
        worth[exercise.title] = f"Exercise {number}, {exercise.points:g} points"
    for question in assignment.written:
        worth[question.title] = f"{question.points:g} points, marked by people"
    return worth


class _Page:
    """Renders one handout."""

    def __init__(self, course: Course, slug: str, pictures: Mapping[str, Picture]) -> None:
        from markdown_it import MarkdownIt
        from markdown_it.renderer import RendererHTML
        from mdit_py_plugins.dollarmath import dollarmath_plugin

        self._path = course.assignments_folder / slug / "handout.md"
        self._source = course.handout(slug)
        self._title = course.assignment(slug).title
        self._slug = slug
        self._pictures = pictures
        self._worth = _worth(course, slug)
        self._parser = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._parser.use(dollarmath_plugin, renderer=self._formula, allow_blank_lines=False, double_inline=True)
        assert isinstance(self._parser.renderer, RendererHTML)
        self._renderer = self._parser.renderer

    def text(self) -> str:
        """The page, not yet stamped."""
        tokens = self._parser.parse(self._source)
        contents = self._with_anchors(tokens)
        style = STYLE.read_text(encoding="utf-8")
        words = {
            "hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            "style": style,
            "stamp": NONE_YET,
            "title": escape(self._title),
            "slug": self._slug,
            "contents": contents,
        }
        page = filled(TEMPLATE, words)
        return page.replace("{body}", self._rendered(tokens))  # last, for it may hold words in braces

    def _with_anchors(self, tokens: list[Any]) -> str:
        """Give every section an anchor, and a note of what it is worth; return the list of contents."""
        entries: list[str] = []
        for heading, inline in zip(tokens, tokens[1:], strict=False):
            if heading.type != "heading_open" or heading.tag != "h2":
                continue
            anchor = f"section-{len(entries) + 1}"
            heading.attrSet("id", anchor)
            words = self._renderer.render(inline.children or [], self._parser.options, {})
            entries.append(f'<li><a href="#{anchor}">{words}</a></li>')
            heading.meta["worth"] = self._worth.get(inline.content, "")
        return "\n".join(entries)

    def _rendered(self, tokens: list[Any]) -> str:
        rules: dict[str, Any] = self._renderer.rules
        rules["image"] = self._picture
        rules["heading_open"] = _heading
        rules["table_open"] = lambda *_: '<div class="wide" tabindex="0"><table>\n'
        rules["table_close"] = lambda *_: "</table></div>\n"
        html = str(self._renderer.render(tokens, self._parser.options, {}))
        return CLOSED.sub(r'<span class="whole">\1\2</span>', html)  # no line begins with a comma

    def _picture(self, tokens: list[Any], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        match = PICTURE.fullmatch(str(token.attrs["src"]))
        if match is None or match[1] not in self._pictures:
            problem = f"shows {token.attrs['src']}; a picture is figures/NAME.svg, drawn by a function of figures.py"
            raise CourseError(problem, path=self._path)
        _, _, svg = self._pictures[match[1]].svg.decode().partition("\n")  # without the stamp
        label = escape(" ".join(token.content.split()))
        return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1).rstrip()

    def _formula(self, latex: str, options: Mapping[str, Any]) -> str:
        try:
            return mathml(latex, display=bool(options.get("display_mode")))
        except ValueError as error:
            problem = f"this formula cannot become MathML ({error}): {latex.strip()}"
            raise CourseError(problem, path=self._path) from error


def _heading(tokens: list[Any], index: int, options: Any, env: Any) -> str:
    """The beginning of a heading, with what its section is worth."""
    token = tokens[index]
    anchor = token.attrs.get("id")
    opening = f'<{token.tag} id="{anchor}">' if anchor else f"<{token.tag}>"
    worth = token.meta.get("worth")
    if worth:
        return f'{opening}<small class="worth">{escape(worth)}</small> '
    return opening
