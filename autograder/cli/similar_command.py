"""`autograder similar PATH...`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .class_options import ONLY_HELP
from .options import FOLDER, course_at, course_option

if TYPE_CHECKING:
    from ..course import Course
    from ..similarity.pairs import Comparison, Pair
    from ..submissions.files import Submission

REFERENCE = "the reference solution"
PAGE = "index.html"
SHOWN = 10  # pairs of an assignment; all of them are on the page


@click.command("similar")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FOLDER)
@click.option("--assignment", "slugs", multiple=True, metavar="SLUG", help=ONLY_HELP.replace("Grade", "Compare"))
@click.option("--out", type=FOLDER, default=Path("similar"), show_default=True, help="Folder of the pages.")
@click.option(
    "--least",
    type=click.IntRange(1, 100),
    metavar="PERCENT",
    help="Show pairs from this share on (default: halfway between honest solutions and a copy).",
)
@course_option
def command(
    paths: tuple[Path, ...], slugs: tuple[str, ...], out: Path, least: int | None, course_folder: Path | None
) -> None:
    """Show which texts of a class are alike, side by side.

    PATH is what `grade` takes. What was handed out does not count, nor do names, comments and spaces. The reference
    solution is compared with everybody's too. Nothing is executed, and nobody is accused: people have to look.
    """
    course = course_at(course_folder)
    selected = course.slugs
    if slugs:
        selected = course.select(slugs)

    from ..grading.results import write_page
    from ..reports.similar_page import PairPage, pair_page, similar_page

    pages = []
    for slug, texts in _texts_by_slug(course, selected, paths, out).items():
        comparison = _comparison(course, slug)
        texts[REFERENCE] = course.solution(slug) or ""
        share = comparison.limit.share if least is None else least / 100
        pairs = comparison.pairs(texts, share)
        _show(slug, len(texts) - 1, comparison, share, pairs)
        for number, pair in enumerate(pairs, start=1):
            page = PairPage(f"{slug}-{number}.html", slug, (pair.one, pair.other), pair.share, pair.lines)
            write_page(out / page.file, pair_page(page, (texts[pair.one], texts[pair.other])))
            pages.append(page)
        _remove_older(out, slug, len(pairs))
    path = write_page(out / PAGE, similar_page(pages))
    click.echo(f"Side by side: {path.resolve()} (open it in a browser)")


def _remove_older(out: Path, slug: str, count: int) -> None:
    """Remove the pages of an earlier run beyond so many pairs: they show people who are alike no more."""
    number = count + 1
    while (page := out / f"{slug}-{number}.html").is_file():
        page.unlink()
        number += 1


def _texts_by_slug(course: Course, slugs: Sequence[str], paths: Sequence[Path], out: Path) -> dict[str, dict[str, str]]:
    """What everybody wrote for each assignment that somebody handed in; notes about what belongs to nobody."""
    from ..submissions.finding import find_submissions

    notes: list[str] = []
    by_slug = {}
    with tempfile.TemporaryDirectory(prefix="similar-") as workplace:
        submissions = find_submissions(paths, course.slugs, ignore=[out], workplace=Path(workplace), notes=notes)
        for slug in slugs:
            texts = dict(_texts(course, slug, submissions))
            if texts:
                by_slug[slug] = texts
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    return by_slug


def _texts(course: Course, slug: str, submissions: Sequence[Submission]) -> Iterator[tuple[str, str]]:
    """What each student wrote for an assignment; a note about what cannot be read."""
    from ..errors import SubmissionError
    from ..submissions.files import read_submission

    for submission in submissions:
        if not submission.paths(slug):
            continue
        try:
            source = read_submission(submission, course.assignment(slug))
        except SubmissionError as error:
            click.echo(f"Note: {submission.student}, {slug}: not compared: {error}", err=True)
        else:
            yield submission.student, source.text


def _comparison(course: Course, slug: str) -> Comparison:
    from ..authoring.stubs import cut_stub

    try:
        from ..similarity.pairs import Comparison
    except ImportError as error:
        problem = f"{error}; `similar` needs the extra: pip install 'nn-autograder[similar]'."
        raise UsageError(problem) from error

    solution = course.solution(slug)
    handed_out = [course.handout(slug), course.text(slug, "checks.py")]
    honest = list(course.styles(slug).values())
    if solution is not None:
        handed_out.append(cut_stub(solution, course.assignment(slug)))
        honest.append(solution)
    return Comparison(handed_out, honest)


def _show(slug: str, count: int, comparison: Comparison, share: float, pairs: Sequence[Pair]) -> None:
    """Tell what came of an assignment."""
    known = ""
    if comparison.limit.honest is not None:
        known = f"; right solutions in different styles are at most {comparison.limit.honest:.0%} alike"
    sizes = f"{count} text{'s' * (count != 1)}, {len(pairs)} pair{'s' * (len(pairs) != 1)}"
    click.echo(f"{slug}: {sizes} at least {share:.0%} alike{known}")
    for pair in pairs[:SHOWN]:
        click.echo(f"  {pair.share:4.0%}  {pair.one} and {pair.other}, {len(pair.lines[0])} lines")
    if len(pairs) > SHOWN:
        click.echo(f"  and {len(pairs) - SHOWN} more")
