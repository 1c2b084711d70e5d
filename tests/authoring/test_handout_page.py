"""autograder.authoring.handout_page: a handout as one page, in the kit and with its pictures in the notebook too."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path, PurePosixPath

import pytest

from autograder.authoring.handout_page import fresh_page
from autograder.authoring.kit import differences, write_kit
from autograder.authoring.notebooks import student_notebook
from autograder.course import Course
from autograder.errors import CourseError

PAGE = "assignments/scaling/handout.html"
FIGURES = 'def line(figure):\n    """A line."""\n    figure.subplots().plot([0, 1], [0, 2])\n'
SHOWN = "![A line that\nrises.](figures/line.svg)"


@pytest.fixture
def write(own_course: Course):
    """Put a text into the first section of the miniature handout; gives the course."""

    def add(text: str) -> Course:
        path = own_course.assignments_folder / "scaling" / "handout.md"
        path.write_text(path.read_text().replace("Write $2x$.", f"Write $2x$.\n\n{text}"))
        return own_course

    return add


@pytest.fixture
def pictured(write) -> Course:
    """The miniature course with a picture in its handout, and its kit."""
    course = write(SHOWN)
    (course.assignments_folder / "scaling" / "figures.py").write_text(FIGURES)
    write_kit(course)
    return course


def page_of(course: Course) -> str:
    return fresh_page(course, "scaling", {}).decode()


def test_a_page_holds_the_handout(own_course: Course):
    """Title, sections with what they are worth, a list of them, and formulas as MathML."""
    page = page_of(own_course)
    assert "<title>Scaling</title>" in page
    assert '<h2 id="section-1"><small class="worth">Exercise 1, 6 points</small> Twice a tensor</h2>' in page
    assert '<li><a href="#section-2">An object with state</a></li>' in page
    assert "3 points, marked by people" in page
    assert "<math " in page
    assert "$" not in re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL)


def test_a_page_asks_nothing_of_any_other_place_and_runs_nothing(pictured: Course):
    """Its policy allows its own style sheet, by its hash, and nothing else; there is nothing else to allow."""
    page = (pictured.kit / PAGE).read_text()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    style = re.search(r"<style>(.*?)</style>", page, flags=re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert re.findall(r"<(?:script|link|img|iframe|object|embed)\b|\bstyle=|\bon\w+=|@import|url\(http", page) == []


def test_html_in_a_handout_is_text(write):
    """It comes from the course, but a page has no need of it."""
    assert "&lt;script&gt;" in page_of(write("<script>alert(1)</script>"))


def test_tables_code_and_links_are_what_they_are(write):
    """As CommonMark and its tables have it."""
    page = page_of(write("| a | b |\n| --- | --- |\n| 1 | `x` |\n\n[book](https://www.deeplearningbook.org)"))
    assert "<td>1</td>" in page
    assert "<code>x</code>" in page
    assert '<a href="https://www.deeplearningbook.org">book</a>' in page


def test_no_line_begins_with_what_closes_a_formula(write):
    """It is kept together with it."""
    assert re.search(
        r'<span class="whole"><span class="math inline"><math .*</math></span>,</span>', page_of(write("$y$, so"))
    )


def test_a_formula_that_cannot_become_mathml_is_told(write):
    """With the file and the formula."""
    with pytest.raises(CourseError, match=r"handout\.md: this formula cannot become MathML .*: \\nosuch x"):
        page_of(write(r"$\nosuch x$"))


@pytest.mark.parametrize("image", ["https://example.org/a.png", "figures/line.png", "line.svg"])
def test_other_pictures_are_refused(write, image: str):
    """They would be asked for elsewhere, or be missing."""
    with pytest.raises(CourseError, match=r"a picture is figures/NAME\.svg, drawn by a function of figures\.py"):
        page_of(write(f"![x]({image})"))


def test_a_picture_stands_in_the_page_with_what_it_shows(pictured: Course):
    """As an element with a label for those who do not see it."""
    page = (pictured.kit / PAGE).read_text()
    assert re.search(r'<svg role="img" aria-label="A line that rises\." [^>]*>', page)
    assert "made-from" not in page.partition("<svg")[2]


def test_a_notebook_holds_the_pictures_itself(pictured: Course):
    """Attached to the cell that shows them, so that it can be moved anywhere."""
    cells = json.loads(student_notebook(pictured, "scaling"))["cells"]
    (cell,) = (cell for cell in cells if "attachments" in cell)
    png = (pictured.kit / "assignments/scaling/figures/line.png").read_bytes()
    assert "![A line that rises.](attachment:line.png)" in "".join(cell["source"])
    assert cell["attachments"] == {"line.png": {"image/png": base64.b64encode(png).decode()}}


def test_the_kit_with_pictures_is_up_to_date_once_it_is_built(pictured: Course):
    """And a second build changes nothing."""
    assert differences(pictured) == []
    assert write_kit(pictured) == 0


def test_what_follows_from_a_changed_picture_is_out_of_date(pictured: Course):
    """The picture itself, the page and the notebook that hold it; a build brings them in order."""
    path = pictured.assignments_folder / "scaling" / "figures.py"
    path.write_text(FIGURES.replace("[0, 2]", "[0, 3]"))
    assert differences(pictured) == [
        f"{name} is out of date"
        for name in (
            "assignments/scaling/figures/line.png",
            "assignments/scaling/figures/line.svg",
            PAGE,
            "scaling.ipynb",
        )
    ]
    assert write_kit(pictured) == 4
    assert differences(pictured) == []


def test_a_page_is_made_again_when_the_handout_changes_or_somebody_has_edited_it(pictured: Course):
    """And not when a converter would make something else of the same handout today."""
    page: Path = pictured.kit / PAGE
    made = page.read_text()
    page.write_text(made.replace("Twice a tensor", "Thrice a tensor"))
    assert differences(pictured) == [f"{PAGE} is out of date"]
    write_kit(pictured)
    assert page.read_text() == made
    handout = pictured.assignments_folder / "scaling" / "handout.md"
    handout.write_text(handout.read_text() + "\nOne more thing.\n")
    assert f"{PAGE} is out of date" in differences(pictured)


def test_an_old_page_stays_with_another_version_of_a_converter(pictured: Course, monkeypatch):
    """It is made from the same."""
    monkeypatch.setattr("autograder.authoring.handout_page.mathml", lambda latex, *, display: "<math/>")
    assert differences(pictured) == []


def test_a_picture_that_no_longer_exists_leaves_the_kit(pictured: Course):
    """With the files that were made of it."""
    folder = pictured.assignments_folder / "scaling"
    (folder / "figures.py").unlink()
    (folder / "handout.md").write_text((folder / "handout.md").read_text().replace(SHOWN, ""))
    write_kit(pictured)
    assert not [path for path in pictured.kit.rglob("*") if path.suffix in (".svg", ".png")]


def test_the_build_refuses_a_picture_that_nobody_draws(write):
    """With the file and the line of the handout."""
    course = write(SHOWN)
    with pytest.raises(
        CourseError, match=r"handout\.md:\d+: shows figures/line\.svg, but figures\.py has no function line"
    ):
        write_kit(course)
    assert PurePosixPath(PAGE).name not in {path.name for path in course.kit.rglob("*")}
