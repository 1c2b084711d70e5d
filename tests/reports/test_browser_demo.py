"""The pages of the demo class as people use them: opened, read in light, dark and print, sorted, filtered, unfolded.

axe, which looks for what keeps people with disabilities out, finds nothing in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.results import for_student, read_result, read_results, results_of
from autograder.reports.class_figures import ClassFigures
from autograder.reports.class_page import class_page
from autograder.reports.feedback import Feedback
from autograder.reports.feedback_page import feedback_page

from .browser import PROGRAM, Tab, browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here to draw a page with"),
]

COURSE = Course(Path(__file__).resolve().parents[2])
LOOKS = {"light": {}, "dark": {"dark": True}, "narrow": {"width": 400}, "print": {"media": "print"}}
OPEN_ALL = "document.querySelectorAll('details').forEach((folded) => { folded.open = true })"
SHOWN = "Array.from(document.querySelectorAll('#students tbody tr:not([hidden])'), row => row.cells[0].innerText)"
SHARES = "Array.from(document.querySelectorAll('#students tbody tr'), row => parseFloat(row.cells[6].innerText))"
FOCUSED = "document.activeElement"


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("browser")) as tab:
        yield tab


@pytest.fixture(scope="module")
def pages(demo: Path, tmp_path_factory) -> dict[str, Path]:
    """The page about the class, and the page of a student with many mistakes."""
    titles = {slug: {e.id: e.title for e in COURSE.assignment(slug).exercises} for slug in COURSE.slugs}
    kofi = for_student(read_result(results_of(demo)["kofi"]["softmax_backprop"]))
    texts = {
        "class": class_page(ClassFigures(read_results(demo)), titles),
        "feedback": feedback_page(Feedback.of(kofi, titles["softmax_backprop"])),
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


def press_until(tab: Tab, condition: str) -> None:
    """Tab on until something has the focus."""
    for _ in range(200):
        tab.press("Tab")
        if tab.run(condition):
            return
    raise AssertionError(f"no tab leads to {condition}")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["class", "feedback"])
def test_axe_finds_nothing(tab: Tab, pages, name: str, look: str):
    """With everything unfolded; the page asks for nothing and breaks no rule of its own meanwhile."""
    tab.look(**LOOKS[look])
    tab.open(pages[name])
    tab.run(OPEN_ALL)
    assert tab.accessibility() == []
    assert tab.requests() == [pages[name].as_uri()]
    assert tab.complaints() == []


def test_axe_would_find_something(tab: Tab, pages, tmp_path: Path):
    """A picture without words, a button without a name."""
    page = pages["class"].read_text(encoding="utf-8").replace("<main", "<img src='x.png'><button></button><main", 1)
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    tab.look()
    tab.open(tmp_path / "page.html")
    assert {finding.partition(":")[0] for finding in tab.accessibility()} >= {"image-alt", "button-name"}


def test_the_class_is_sorted_and_filtered_by_keyboard_alone(tab: Tab, pages):
    """From the top of the page: to the search field, which leaves one student; to the heads, which sort."""
    tab.look()
    tab.open(pages["class"])
    press_until(tab, f"{FOCUSED}.type === 'search'")
    tab.type("ko")
    assert tab.run(SHOWN) == ["kofi"]
    tab.press("Backspace", times=2)
    assert len(tab.run(SHOWN)) == 13
    press_until(tab, f"{FOCUSED}.className === 'sort' && {FOCUSED}.textContent === 'Share'")
    tab.press("Enter")
    assert tab.run(SHARES) == sorted(tab.run(SHARES))
    assert tab.run(SHARES)[0] < tab.run(SHARES)[-1] == 100
    tab.press("Enter")
    assert tab.run(SHARES) == sorted(tab.run(SHARES), reverse=True)


@pytest.mark.parametrize("name", ["class", "feedback"])
def test_every_fold_opens_by_keyboard(tab: Tab, pages, name: str):
    """Tab reaches each of them in turn, and Enter opens it."""
    tab.look()
    tab.open(pages[name])
    reachable = "Array.from(document.querySelectorAll('details')).filter(d => !d.parentElement.closest('details'))"
    count = tab.run(f"{reachable}.filter(d => !d.open).length")
    assert count > 1
    for _ in range(count):
        press_until(tab, f"{FOCUSED}.tagName === 'SUMMARY' && !{FOCUSED}.parentElement.open")
        tab.press("Enter")
    assert tab.run(f"{reachable}.filter(d => !d.open).length") == 0


def test_arrays_and_curves_stand_beside_the_words(tab: Tab, pages):
    """In a student's page: what came back, what must, and how far apart they are."""
    tab.look()
    tab.open(pages["feedback"])
    titles = tab.run("Array.from(document.querySelectorAll('.grids')[0].querySelectorAll('caption'), c => c.innerText)")
    assert [title.rpartition(", ")[2] for title in titles] == ["yours", "must be", "difference"]
    assert tab.run("document.querySelectorAll('.grids td.wrong').length") > 0


def test_a_whole_class_can_be_printed(tab: Tab, pages):
    """Everything is unfolded for it, and nothing is cut at the side."""
    tab.look()
    tab.open(pages["class"])
    assert len(tab.call("Page.printToPDF")["data"]) > 10_000
    assert tab.run("document.querySelectorAll('details:not([open])').length") == 0
