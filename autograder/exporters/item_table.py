"""The item analysis of a class for a spreadsheet: a row for each check."""

from __future__ import annotations

from collections.abc import Iterator

from ..grading.marks import BOM, in_csv
from ..reports.class_figures import AssignmentFigures, ClassFigures

COLUMNS = (
    "assignment",
    "number",
    "check",
    "exercise",
    "title",
    "hidden",
    "points",
    "students",
    "pass_rate",
    "discrimination",
    "median_seconds",
    "longest_seconds",
    "mean_hand_ins_until_passed",
    "falls_together_with",
)


def items_csv(figures: ClassFigures) -> str:
    """The table as CSV. An empty cell means that a figure is not defined, as the discrimination where all passed."""
    lines: list[tuple[str, ...]] = [COLUMNS]
    for part in figures.assignments.values():
        lines += _rows(part)
    return BOM + in_csv(lines)


def _rows(part: AssignmentFigures) -> Iterator[tuple[str, ...]]:
    together: dict[str, str] = {}
    for group in part.fall_together():
        names = [info.name for info in group.checks]
        for name in names:
            together[name] = " ".join(other for other in names if other != name)
    for number, item in enumerate(part.items(), start=1):
        info = item.info
        yield (
            part.slug,
            str(number),
            info.name,
            info.exercise,
            info.title,
            str(not info.visible).lower(),
            f"{info.max_points:.4g}",
            str(item.count),
            _figure(item.pass_rate),
            _figure(item.discrimination),
            _figure(item.seconds),
            _figure(item.slowest),
            _figure(item.hand_ins),
            together.get(info.name, ""),
        )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
