"""Pictures for pages: curves and histograms drawn with matplotlib, as SVG that stands inside the page.

The same values give the same bytes. What is drawn takes its colours from the page, so that it can be read in light, in
dark and in print. It has no `style` attributes, which the policy of a page forbids.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..evidence import Contours, Series

INK = "#010203"  # stands for the colour of the page's text
COLOURS = ("#0a0b0c", "#0d0e0f")  # and these for its colours of a first and of a second curve
CLASSES = {INK: "ink", COLOURS[0]: "one", COLOURS[1]: "two"}
LINES = ("-", "--")  # so that curves are told apart without colours too
SETTINGS: dict[Any, Any] = {  # matplotlib declares each name that a version knows
    "svg.fonttype": "none",  # text stays text: it can be searched and read aloud, and a page stays small
    "svg.hashsalt": "autograder",  # else ids are random
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
SIZE = (4.2, 2.4)  # inches of 72 points
LEVELS = 9  # of contours
MOST_MARKERS = 30  # of a curve; more points than that are a line
LARGEST = 1e30  # of what matplotlib can find ticks for
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
FONT_SIZE = re.compile(r"([\d.]+)px")


def histogram(counts: Sequence[int], edges: Sequence[float], *, x: str, title: str) -> Markup:
    """How many values lie in each bin.

    Args:
        edges: of the bins, one more than there are counts.
        x: what the values are.
        title: what the picture shows, for those who do not see it; differs from those of other pictures of a page.
    """
    with matplotlib.rc_context(SETTINGS):
        figure, axes = _empty()
        figure.subplots_adjust(left=0.12, right=0.97, top=0.95, bottom=0.2)
        axes.stairs(counts, edges, fill=True, color=COLOURS[0])
        axes.set_xlabel(x)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylim(0, max(1, *counts))
        axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
        return _as_svg(figure, title)


def curves(series: Series, title: str) -> Markup:
    """The curves of a series; `title` as that of `histogram`."""
    with matplotlib.rc_context(SETTINGS):
        figure, axes = _empty()
        figure.set_layout_engine("constrained")  # numbers at the axes may be long
        if series.contours is not None:
            _draw_contours(axes, series.contours)
        highest = -math.inf
        for curve, colour, line in zip(series.curves, COLOURS, LINES, strict=False):
            x = list(map(_drawable, curve.x))
            y = list(map(_drawable, curve.y))
            highest = max(highest, *filter(math.isfinite, y), -math.inf)
            marker = "o" if len(x) <= MOST_MARKERS else ""
            axes.plot(x, y, color=colour, marker=marker, markersize=3, linestyle=line, label=curve.label)
        axes.set_xlabel(series.x)
        axes.set_ylabel(series.y)
        if series.logarithmic and highest > 0:
            axes.set_yscale("log", nonpositive="mask")
        if len(series.curves) > 1:
            axes.legend(frameon=False)
        return _as_svg(figure, title)


def _draw_contours(axes: Axes, contours: Contours) -> None:
    """Thin lines of equal height, as far as there are different heights."""
    heights = [list(map(_drawable, row)) for row in contours.z]
    finite = [height for row in heights for height in row if math.isfinite(height)]
    if finite and min(finite) < max(finite):
        axes.contour(
            list(map(_drawable, contours.x)),
            list(map(_drawable, contours.y)),
            heights,
            levels=LEVELS,
            colors=INK,
            linewidths=0.4,
            linestyles="solid",
        )


def _drawable(text: str) -> float:
    """A number; nan, which leaves a gap, for what cannot be drawn."""
    value = float(text)
    if abs(value) <= LARGEST:
        return value
    return math.nan


def _empty() -> tuple[Figure, Axes]:
    # Without pyplot, which would keep every figure and look for a screen.
    figure = Figure(figsize=SIZE)
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.patch.set_visible(False)
    figure.patch.set_visible(False)
    return figure, axes


def _as_svg(figure: Figure, title: str) -> Markup:
    """A figure as an element of a page."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    svg = ElementTree.fromstring(file.getvalue())
    for part in svg.findall(f"{SVG}metadata"):
        svg.remove(part)
    for definitions in svg.iter(f"{SVG}defs"):
        for part in definitions.findall(f"{SVG}style"):
            definitions.remove(part)
    prefix = "p" + hashlib.sha256(title.encode()).hexdigest()[:8]  # ids of several pictures stand in one page
    for element in svg.iter():
        _adapt(element, prefix)
    svg.attrib.pop("version", None)
    svg.set("role", "img")
    svg.set("aria-label", title)
    return Markup(ElementTree.tostring(svg, encoding="unicode"))


def _adapt(element: Element, prefix: str) -> None:
    """Turn the style of an element into attributes, and keep its id only if something may refer to it."""
    element.tag = element.tag.removeprefix(SVG)
    if element.tag == "g":  # groups have ids that nothing refers to
        element.attrib.pop("id", None)
    if "id" in element.attrib:
        element.set("id", prefix + element.get("id", ""))
    if LINK in element.attrib:
        element.set("href", element.attrib.pop(LINK).replace("#", f"#{prefix}"))
    if "clip-path" in element.attrib:
        element.set("clip-path", element.get("clip-path", "").replace("#", f"#{prefix}"))
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = declaration.partition(":")
        _set(element, name.strip(), value.strip())


def _set(element: Element, name: str, value: str) -> None:
    """Set a property of a style as an attribute; our colours as classes."""
    if name == "font":
        size = FONT_SIZE.search(value)
        if size is not None:
            element.set("font-size", size[1])
    elif value in CLASSES:
        classes = [element.get("class", ""), f"{name}-{CLASSES[value]}"]
        element.set("class", " ".join(classes).strip())
    elif name and name != "font-family":  # that of the page
        element.set(name, value)
