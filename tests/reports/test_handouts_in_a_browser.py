"""The handouts of the kit as a browser shows them: every formula is drawn, nothing is asked for, all can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .browser import PROGRAM, Tab, browser
from .test_browser import CONTRASTS, LEAST_CONTRAST

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here to draw a page with"),
]

PAGES = sorted(Path(__file__).resolve().parents[2].glob("student_template/assignments/*/handout.html"))
NARROW_FORMULAS = (
    "Array.from(document.querySelectorAll('math'), m => m.getBoundingClientRect().width).filter(w => w < 1)"
)
WIDER_THAN_PAGE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CUT_FORMULAS = "Array.from(document.querySelectorAll('math')).filter(m => m.scrollWidth > m.clientWidth + 1).length"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A page of a browser."""
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_handout_is_all_in_its_file(tab: Tab, page: Path):
    """Nothing else is asked for, and the browser has nothing to complain about, a breach of the policy say."""
    tab.open(page)
    assert tab.requests() == [page.as_uri()]
    assert tab.complaints() == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_handout_can_be_read(tab: Tab, page: Path):
    """Light, dark and printed every text has contrast; every formula is drawn, and on a desk none is cut."""
    for look in ({}, {"dark": True}, {"media": "print"}):
        tab.look(width=1000, **look)
        tab.open(page)
        poor = [(round(ratio, 2), text) for ratio, text in tab.run(CONTRASTS) if ratio < LEAST_CONTRAST]
        assert poor == []
        assert tab.run(NARROW_FORMULAS) == []
        assert not tab.run(WIDER_THAN_PAGE)
        assert tab.run(CUT_FORMULAS) == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_handout_fits_a_telephone(tab: Tab, page: Path):
    """What is wider scrolls by itself, not the page."""
    tab.look(width=380)
    tab.open(page)
    assert not tab.run(WIDER_THAN_PAGE)
