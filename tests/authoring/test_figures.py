"""autograder.authoring.figures: figures.py draws what a handout shows; pictures change only when it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograder.authoring.figures import committed_pictures, files_of, fresh_pictures, misfitting_figures
from autograder.authoring.folders import write_files
from autograder.course import Course
from autograder.errors import CourseError

LINE = '''def line(figure):
    """A line with a name."""
    axes = figure.subplots()
    axes.plot([0, 1], [0, 2], color="C1")
    axes.text(0, 1, "twice", color="quiet")
'''


@pytest.fixture
def draw(own_course: Course) -> Callable[[str], Course]:
    """Give the miniature assignment a figures.py; gives the course."""

    def write(source: str) -> Course:
        (own_course.assignments_folder / "scaling" / "figures.py").write_text(source)
        return own_course

    return write


def test_an_assignment_needs_no_pictures(own_course: Course):
    """Without figures.py there are none, and nothing is wrong."""
    assert own_course.figures("scaling") == {}
    assert fresh_pictures(own_course, "scaling") == {}
    assert list(misfitting_figures(own_course, "scaling")) == []


def test_each_public_function_draws_a_picture(draw):
    """As SVG and as PNG; helpers do not."""
    course = draw(LINE + "\n\ndef _helper(figure):\n    raise ValueError\n")
    pictures = fresh_pictures(course, "scaling")
    assert set(pictures) == {"line"}
    assert pictures["line"].png.startswith(b"\x89PNG")
    ElementTree.fromstring(pictures["line"].svg)


def test_the_same_source_gives_the_same_bytes(draw):
    """No date, no random ids; whatever somebody else has set in matplotlib."""
    import matplotlib

    course = draw(LINE)
    first = fresh_pictures(course, "scaling")
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30}):
        assert fresh_pictures(course, "scaling") == first


def test_a_picture_fits_the_policy_of_a_page(draw):
    """No style, no metadata, no link to another place, letters as shapes; colours also as classes; ids of its own."""
    svg = fresh_pictures(draw(LINE), "scaling")["line"].svg.decode()
    assert "style" not in svg
    assert "metadata" not in svg
    assert "<text" not in svg
    assert set(re.findall(r'\b(?:href|src)="([^"]*)"', svg)) == set(re.findall(r'href="(#line-[^"]*)"', svg)) != set()
    assert 'stroke="#b04a00"' in svg
    assert "stroke-c1" in svg
    assert "fill-quiet" in svg


def test_a_colour_that_no_page_can_turn_is_refused(draw):
    """With the name of the picture and those that can be taken."""
    course = draw(LINE.replace('"C1"', '"hotpink"'))
    with pytest.raises(CourseError, match=r"figures\.py:1: line uses the colour #ff69b4.*take C0 to C3, paper, ink"):
        fresh_pictures(course, "scaling")


def test_our_names_of_colours_are_gone_afterwards(draw):
    """matplotlib belongs to others too."""
    from matplotlib.colors import get_named_colors_mapping

    fresh_pictures(draw(LINE), "scaling")
    assert "quiet" not in get_named_colors_mapping()


def test_a_picture_that_cannot_be_drawn_is_told_with_its_place(draw):
    """And with what was raised."""
    with pytest.raises(CourseError, match=r"figures\.py:1: line: ZeroDivisionError: division by zero"):
        fresh_pictures(draw("def line(figure):\n    1 / 0\n"), "scaling")
    with pytest.raises(CourseError, match=r"figures\.py:1: SyntaxError"):
        fresh_pictures(draw("def line(figure)\n"), "scaling")


def test_a_committed_picture_stays_until_its_source_changes(draw, monkeypatch):
    """Nothing is drawn for it, whatever matplotlib would draw today."""
    course = draw(LINE)
    pictures = fresh_pictures(course, "scaling")
    write_files(course.kit, files_of("scaling", pictures))
    monkeypatch.setattr("autograder.authoring.figures.DOTS", 10)
    assert fresh_pictures(course, "scaling") == pictures
    draw(LINE + "\n# another thought\n")
    assert committed_pictures(course, "scaling") == {}
    assert fresh_pictures(course, "scaling") != pictures


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture_that_somebody_has_edited_is_drawn_again(draw, ending: str):
    """Either form."""
    course = draw(LINE)
    pictures = fresh_pictures(course, "scaling")
    write_files(course.kit, files_of("scaling", pictures))
    path: Path = course.kit / f"assignments/scaling/figures/line.{ending}"
    path.write_bytes(path.read_bytes().replace(b"#b04a00", b"#000000") + b" ")
    assert committed_pictures(course, "scaling") == {}
    assert fresh_pictures(course, "scaling") == pictures


def test_what_is_shown_and_what_is_drawn_must_fit(draw):
    """Each picture that is only one of both is told, with file and line."""
    course = draw("\n" + LINE)
    handout = course.assignments_folder / "scaling" / "handout.md"
    handout.write_text("# Scaling\n\n![Two\nlines.](figures/curve.svg)\n")
    assert list(misfitting_figures(course, "scaling")) == [
        ("handout.md", 3, "shows figures/curve.svg, but figures.py has no function curve"),
        ("figures.py", 2, "draws line, which the handout does not show: ![...](figures/line.svg)"),
    ]
