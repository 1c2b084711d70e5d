"""The pages as a browser shows them: nothing is asked for, keys are enough, and every text has contrast."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading.results import for_student
from autograder.model import Outcome, Result
from autograder.reports.class_figures import ClassFigures
from autograder.reports.class_page import class_page
from autograder.reports.feedback import Feedback
from autograder.reports.feedback_page import feedback_page

from .browser import PROGRAM, Tab, browser
from .conftest import TITLES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here to draw a page with"),
]

LINE_HEIGHT = 24
PAPER_WIDTH = 718  # of A4 without its margins
LEAST_CONTRAST = 4.5  # of text, by WCAG 2.2, level AA
# The contrast of each text that is seen with what is behind it, and the text; colours are [red, green, blue, alpha].
CONTRASTS = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parts = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const data = canvas.getImageData(0, 0, 1, 1).data;
    return [data[0], data[1], data[2], data[3] / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const background = (element) => {
    if (!element) return [255, 255, 255, 1];
    const own = parts(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, background(element.parentElement));
  };
  const light = (colour) => {
    const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = colour.slice(0, 3).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const below = background(element);
    const ink = over(parts(element.closest("svg") ? style.fill : style.color), below);
    const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found;
})()"""
NAMES = "Array.from(document.querySelectorAll('#students tbody tr:not([hidden]) th'), cell => cell.textContent.trim())"
OPEN_ALL = "document.querySelectorAll('details').forEach((folded) => { folded.open = true })"


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("browser")) as tab:
        yield tab


@pytest.fixture(scope="module")
def pages(made, wrong: Result, tmp_path_factory) -> dict[str, Path]:
    """A page about a class of twelve, and the page of one student."""
    rng = random.Random(0)
    results = [wrong]
    for number in range(11):
        outcomes = rng.choices([Outcome.PASSED, Outcome.FAILED, Outcome.TIMED_OUT, Outcome.FORBIDDEN], k=4)
        results.append(made(f"student {number:02}", *outcomes))
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "class": class_page(ClassFigures(results), {"scaling": TITLES}),
        "feedback": feedback_page(Feedback.of(for_student(wrong), TITLES)),
    }
    paths = {}
    for name, text in texts.items():
        paths[name] = folder / f"{name}.html"
        paths[name].write_text(text, encoding="utf-8")
    return paths


@pytest.mark.parametrize("name", ["class", "feedback"])
def test_a_page_asks_for_nothing_and_breaks_no_rule_of_its_own(tab: Tab, pages, name: str):
    """The file itself is all that is loaded, and the browser has nothing to complain about."""
    tab.look()
    tab.open(pages[name])
    assert tab.requests() == [pages[name].as_uri()]
    assert tab.complaints() == []


def test_the_policy_stops_what_should_not_be_there(tab: Tab, pages, tmp_path: Path):
    """A script or a style that got into a page is not obeyed."""
    evil = "<script>document.title = 'taken'</script><p id=evil style='color: red'><img src='http://127.0.0.1:9/x'>"
    page = pages["class"].read_text(encoding="utf-8").replace("<main", f"{evil}<main", 1)
    (tmp_path / "evil.html").write_text(page, encoding="utf-8")
    tab.open(tmp_path / "evil.html")
    assert tab.run("document.title") == "Class report"
    assert tab.run("getComputedStyle(document.getElementById('evil')).color") != "rgb(255, 0, 0)"
    assert len(tab.complaints()) >= 3


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["class", "feedback"])
def test_every_text_has_contrast(tab: Tab, pages, name: str, dark: bool):
    """At least 4.5 to 1, in a picture too, with everything unfolded."""
    tab.look(dark=dark)
    tab.open(pages[name])
    tab.run(OPEN_ALL)
    contrasts = tab.run(CONTRASTS)
    assert len(contrasts) > 50
    assert [pair for pair in contrasts if pair[0] < LEAST_CONTRAST] == []


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("name", ["class", "feedback"])
def test_a_page_fits_a_window(tab: Tab, pages, name: str, width: int):
    """Only tables scroll sideways, in their own place."""
    tab.look(width=width)
    tab.open(pages[name])
    tab.run(OPEN_ALL)
    assert tab.run("document.documentElement.scrollWidth") <= width


def test_many_assignments_fit(tab: Tab, made, tmp_path: Path):
    """Of sixteen: each is seen in the overview, a student needs a line or two, and a page of paper holds the marks."""
    results = []
    for number in range(16):
        for student in ("ana", "bo"):
            result = made(student, Outcome.TIMED_OUT, Outcome.ERROR, Outcome.FORBIDDEN, Outcome.FAILED)
            results.append(replace(result, assignment=f"part{number}", title="Normalisation and backpropagation"))
    page = tmp_path / "many.html"
    page.write_text(class_page(ClassFigures(results), {}), encoding="utf-8")
    tab.look()
    tab.open(page)
    shown = "(e => e.scrollHeight <= e.clientHeight)(document.querySelector('#overview .wide'))"
    assert tab.run(shown)
    assert tab.run("document.querySelector('#students tbody tr').offsetHeight") < 3 * LINE_HEIGHT
    tab.look(width=PAPER_WIDTH, media="print")
    assert tab.run("document.querySelector('#students').offsetWidth") <= PAPER_WIDTH


def test_columns_are_sorted_by_keyboard(tab: Tab, pages):
    """Enter on the head of a column sorts by it, Enter once more the other way round; the head says which."""
    tab.look()
    tab.open(pages["class"])
    assert tab.run(NAMES)[0] == "ana"
    tab.run("document.querySelector('#students th:nth-last-child(3) button').focus()")
    shares = "Array.from(document.querySelectorAll('#students tbody tr'), row => parseFloat(row.cells[2].textContent))"
    tab.press("Enter")
    assert tab.run(shares) == sorted(tab.run(shares))
    tab.press("Enter")
    assert tab.run(shares) == sorted(tab.run(shares), reverse=True)
    assert len(set(tab.run(shares))) > 2
    assert tab.run("document.querySelector('#students th[aria-sort]').getAttribute('aria-sort')") == "descending"


def test_students_are_found_by_keyboard(tab: Tab, pages):
    """Typing a part of a name hides the others, also among the checks, and says how many are left."""
    tab.look()
    tab.open(pages["class"])
    tab.run("document.querySelector('.tools input').focus()")
    tab.type("student 0")
    assert tab.run(NAMES) == [f"student {number:02}" for number in range(10)]
    assert tab.run("document.querySelectorAll('.matrix tbody tr:not([hidden])').length") == 10
    assert tab.run("document.querySelector('.tools output').textContent") == "10 of 12 students"


def test_students_are_filtered_by_kind(tab: Tab, pages):
    """Those for whom something timed out."""
    tab.look()
    tab.open(pages["class"])
    tab.run(
        "(s => { s.value = 'stop'; s.dispatchEvent(new Event('change')) })(document.querySelector('.tools select'))"
    )
    remarks = (
        "Array.from(document.querySelectorAll('#students tbody tr:not([hidden])'), row => row.cells[4].textContent)"
    )
    kept = tab.run(remarks)
    assert 0 < len(kept) < 12
    assert [text for text in kept if "timed out" not in text] == []


def test_what_is_folded_opens_by_keyboard(tab: Tab, pages):
    """Tab reaches it, and the space bar opens it."""
    tab.look()
    tab.open(pages["feedback"])
    for _ in range(20):
        tab.press("Tab")
        if tab.run("document.activeElement.tagName") == "SUMMARY":
            break
    assert not tab.run("document.activeElement.parentElement.open")
    tab.press("Space")
    assert tab.run("document.activeElement.parentElement.open")


def test_all_is_unfolded_and_light_in_print(tab: Tab, pages):
    """Whatever the scheme of the screen is."""
    tab.look(dark=True)
    tab.open(pages["class"])
    tab.call("Page.printToPDF")
    assert tab.run("document.querySelectorAll('details:not([open])').length") == 0
    tab.look(dark=True, media="print")
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    heads = "Array.from(document.querySelectorAll('#students thead th'), (head) => head.innerText.trim())"
    assert tab.run(heads) == ["Student", "Scaling (10)", "Total", "Share", "Remarks"]


def test_a_page_can_be_read_without_its_script(tab: Tab, pages):
    """Every table is there; what would do nothing is not shown."""
    tab.look()
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.call("Page.navigate", url=pages["class"].as_uri())
        end = "document.querySelector('#conditions tbody td') !== null"
        tab.wait_for(end)
        assert len(tab.run(NAMES)) == 12
        assert tab.run("document.querySelectorAll('.sort').length") == 0
        assert not tab.run("document.querySelector('.tools').checkVisibility()")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
