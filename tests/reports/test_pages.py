"""autograder.reports.pages: a page is one file that asks nothing of anybody, and shows text as text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from autograder.grading.results import for_student
from autograder.model import Outcome, Result
from autograder.reports.class_figures import ClassFigures
from autograder.reports.class_page import class_page
from autograder.reports.feedback import Feedback
from autograder.reports.feedback_page import feedback_page
from autograder.reports.pages import in_percent, in_points, sign

from .conftest import TITLES

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def class_of(*results: Result, anonymous: bool = False) -> str:
    return class_page(ClassFigures(results), {"scaling": TITLES}, anonymous=anonymous)


def page_of(result: Result) -> str:
    return feedback_page(Feedback.of(for_student(result), TITLES))


@pytest.fixture(scope="module", params=[class_of, page_of])
def page(request, wrong: Result) -> str:
    """Each kind of page."""
    return request.param(wrong)


class Parts(HTMLParser):
    """The elements of a page, with their attributes, and the text of styles and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"style": [], "script": []}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open in self.inside:
            self.inside[self._open].append(data)

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


def policy_of(parts: Parts) -> dict[str, str]:
    """The directives of the page's content security policy."""
    (content,) = (given["content"] for tag, given in parts.elements if given.get("http-equiv"))
    return dict(directive.split(" ", 1) for directive in content.split("; "))


def test_the_policy_allows_one_style_and_one_script_by_their_hashes(page: str):
    """Nothing may be loaded, run or sent besides; the hashes are those of what stands in the page."""
    parts = Parts(page)
    policy = policy_of(parts)
    assert policy["default-src"] == "'none'"
    for element in ("style", "script"):
        (text,) = parts.inside[element]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert policy[f"{element}-src"] == f"'sha256-{digest}'"


def test_the_page_needs_nothing_that_the_policy_forbids(page: str):
    """No address of another place, no attribute with a style or with a script."""
    for tag, given in Parts(page).elements:
        assert not [name for name in given if name == "style" or name.startswith("on") or name == "src"], (tag, given)
        address = given.get("href")
        assert address is None or address.startswith("#"), (tag, given)


def test_ids_are_unique_and_links_lead_somewhere(page: str):
    """A picture's parts too."""
    parts = Parts(page)
    ids = [given["id"] for _, given in parts.elements if "id" in given]
    assert len(ids) == len(set(ids))
    links = {given["href"].removeprefix("#") for _, given in parts.elements if given.get("href")}
    clips = set(re.findall(r"url\(#([^)]+)\)", page))
    assert links
    assert links | clips <= set(ids)


def test_text_of_a_student_is_shown_as_text(made: Callable[..., Result]):
    """Wherever it stands: in a name, a note, a message, what was printed."""
    told = {"message": EVIL, "output": EVIL, "mistake": EVIL, "misconception": "known"}
    failed = (Outcome.FAILED,) * 4
    result = made(EVIL, *failed, notes=(EVIL,), doubles_each_entry=told, adds_up={"message": EVIL})
    for page in (class_of(result), page_of(result)):
        elements = Parts(page).elements
        assert [tag for tag, _ in elements].count("script") == 1
        assert "img" not in [tag for tag, _ in elements]
        assert "&lt;script&gt;alert(" in page


def test_code_in_a_sentence_looks_like_code(page: str):
    """Backticks become elements, also in a title."""
    assert "<code>x + x</code>" in page
    assert "`" not in re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "100 %"), (0.999, "99 %"), (0.5, "50 %"), (0.001, "1 %"), (0.0, "0 %")]
)
def test_a_percentage_is_all_or_none_only_if_it_is(share: float, shown: str):
    """99.9 % is not rounded up to all, nor 0.1 % down to none."""
    assert in_percent(share) == shown


@pytest.mark.parametrize(("points", "shown"), [(2.0, "2"), (2.5, "2.5"), (9.5454, "9.5"), (0, "0")])
def test_points_have_a_decimal_where_they_need_one(points: float, shown: str):
    """And never more than one."""
    assert in_points(points) == shown


def test_each_outcome_has_a_sign_of_its_own():
    """So that they are told apart without colours."""
    assert len({sign(outcome) for outcome in Outcome}) == len(Outcome)
