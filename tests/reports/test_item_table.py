"""exporters.item_table: the item analysis for a spreadsheet."""

from __future__ import annotations

import csv

from autograder.exporters.item_table import items_csv
from autograder.model import Outcome
from autograder.reports.class_figures import ClassFigures

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def test_each_check_is_a_row(made):
    """With what the page says of it; where nothing can be said the cell is empty."""
    results = [made(f"student{i}", PASSED, FAILED, FAILED, FAILED if i else PASSED) for i in range(4)]
    text = items_csv(ClassFigures(results))
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))
    assert [row["pass_rate"] for row in rows] == ["1.0000", "0.0000", "0.0000", "0.2500"]
    assert [row["students"] for row in rows] == ["4"] * 4
    assert rows[0]["discrimination"] == ""
    assert [row["falls_together_with"] for row in rows] == ["", rows[2]["check"], rows[1]["check"], ""]
    assert {row["assignment"] for row in rows} == {"scaling"}
