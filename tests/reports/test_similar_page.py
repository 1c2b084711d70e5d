"""The pages about texts that are alike."""

from __future__ import annotations

from autograder.reports.similar_page import PairPage, pair_page, similar_page

TEXTS = ("a = 1\n\nb = '<script>alert(1)</script>'\n", "c = 1\n")


def pair(one: str = "ana", other: str = "ben") -> PairPage:
    """A pair whose first lines are in common."""
    return PairPage("scaling-1.html", "scaling", (one, other), 0.97, ([1], [1]))


def test_a_pair_stands_side_by_side_with_the_common_lines_marked():
    """Each line has its number; only those in common have a bar."""
    page = pair_page(pair(), TEXTS)
    assert page.count('<span class="line common">') == 2
    assert page.count('<span class="line">') == 2
    assert '<span class="at">3</span>' in page
    assert "97 %" in page


def test_nothing_of_a_student_is_read_as_html():
    """Neither a text nor a name."""
    page = pair_page(pair("<b>ana</b>"), TEXTS) + similar_page([pair("<b>ana</b>")])
    assert "<script>alert" not in page
    assert "<b>ana" not in page


def test_the_list_names_each_pair_and_leads_to_it():
    """An empty list says so."""
    page = similar_page([pair()])
    assert '<a href="scaling-1.html">scaling: ana and ben</a>' in page
    assert "No pair" not in page
    assert "No pair" in similar_page([])
