"""autograder.reports.pictures: curves and histograms as SVG that fits any page, the same bytes every time."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from autograder.evidence import Contours, Curve, Series
from autograder.reports.pictures import curves, histogram

LOSS = Series("the loss", "epoch", "loss", (Curve("yours", ("1", "2", "3"), ("1", "0.5", "0.25")),))


def drawn(*y: str, logarithmic: bool = False, points: int = 0) -> str:
    values = y or tuple(map(str, range(1, points + 1)))
    places = tuple(map(str, range(len(values))))
    return str(curves(Series("s", "x", "y", (Curve("yours", places, values),), logarithmic), "a title"))


@pytest.mark.parametrize(
    "draw",
    [lambda: histogram([1, 4], [0, 50, 100], x="marks", title="Marks"), lambda: curves(LOSS, "The loss")],
    ids=["histogram", "curves"],
)
def test_the_same_values_give_the_same_picture(draw):
    """Byte for byte, with no date, no style and no script, and with a title for those who do not see it."""
    picture = draw()
    assert picture == draw()
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert re.search(r"style|script|metadata|http|\b20\d\d-", picture) is None


def test_colours_are_those_of_the_page():
    """None is fixed, so that a picture can be read in the dark."""
    picture = curves(LOSS, "The loss")
    assert re.search(r"#[0-9a-f]{6}\b(?!\w)", picture.replace('href="#', '"')) is None
    assert {"stroke-ink", "stroke-one"} <= set(re.findall(r"[a-z]+-[a-z]+", picture))


def test_pictures_of_a_page_share_no_id():
    """Two with different titles."""
    ids = [set(re.findall(r' id="([^"]+)"', curves(LOSS, title))) for title in ("one", "two")]
    assert ids[0]
    assert ids[0] & ids[1] == set()


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e300", "-1e300"])
def test_what_cannot_be_drawn_leaves_a_gap(value: str):
    """The rest of the curve is there."""
    assert "stroke-one" in drawn("1", value, "3", "4")
    assert "<svg" in drawn(value, value)
    assert "<svg" in drawn(value, value, logarithmic=True)


def test_a_scale_of_powers_needs_a_positive_value():
    """A curve of zeros is drawn all the same."""
    assert drawn("1", "1000", logarithmic=True) != drawn("1", "1000")
    assert drawn("0", "0", logarithmic=True) == drawn("0", "0")


def test_a_curve_of_many_points_is_a_line():
    """Markers are drawn for few points only."""
    assert drawn(points=10).count("<use") > drawn(points=100).count("<use")


def test_two_curves_have_a_legend():
    """One needs none."""
    pair = (*LOSS.curves, Curve("must be", ("1", "2"), ("1", "0.5")))
    assert "must be" in curves(Series("the loss", "epoch", "loss", pair), "Both")
    assert "yours" not in curves(LOSS, "One")


def test_a_path_lies_on_contours():
    """Lines of equal loss in the colour of the text, below the path; a flat loss has none, and nan leaves a gap."""
    grid = tuple(map(str, range(5)))
    bowl = tuple(tuple(str((i - 2) ** 2 + (j - 2) ** 2) for i in range(5)) for j in range(5))
    path = Curve("yours", ("0", "2"), ("4", "2"))

    def on(rows: tuple[tuple[str, ...], ...] | None) -> str:
        contours = None if rows is None else Contours(grid, grid, rows)
        return str(curves(Series("the step", "w", "b", (path,), contours=contours), "the step"))

    plain = on(None)
    assert on(bowl).count("stroke-ink") > plain.count("stroke-ink")
    assert on(((("1",) * 5),) * 5) == plain
    assert "<svg" in on((("nan",) * 5, *bowl[1:]))
    assert re.search(r"style=|#[0-9a-f]{6}\b(?!\w)", on(bowl).replace('href="#', '"')) is None
