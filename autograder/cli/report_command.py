"""`autograder report RESULTS`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import FOLDER, course_option, exercise_titles

PAGE = "index.html"
ITEMS = "items.csv"


@click.command("report")
@click.argument("results", metavar="RESULTS", type=FOLDER)
@click.option("--out", type=FOLDER, metavar="DIR", help="Folder of the page (default: RESULTS/report).")
@click.option("--anonymous", is_flag=True, help="Number the students instead of naming them.")
@course_option
def command(results: Path, out: Path | None, anonymous: bool, course_folder: Path | None) -> None:
    """Make a page about a class from the RESULTS that `grade` wrote.

    It shows the distribution of marks, means of each exercise, every student and check, an item analysis, the commonest
    mistakes, those without a name that `discover` found, and what waits for the staff. It is a single file that asks
    nothing of any other place. Beside it lies the item analysis for a spreadsheet, items.csv.
    """
    from ..exporters.item_table import items_csv
    from ..grading.earlier import read_earlier
    from ..grading.results import read_results, write_page
    from ..grading.unnamed import read_unnamed
    from ..reports.class_figures import ClassFigures

    figures = ClassFigures(read_results(results), read_earlier(results))

    from ..reports.class_page import class_page  # draws with matplotlib, whose import takes a second

    unnamed = read_unnamed(results)
    page = class_page(figures, exercise_titles(course_folder), unnamed, anonymous=anonymous)
    folder = out or results / "report"
    write_page(folder / ITEMS, items_csv(figures))
    path = write_page(folder / PAGE, page)
    click.echo(f"Class report: {path.resolve()} (open it in a browser)")
