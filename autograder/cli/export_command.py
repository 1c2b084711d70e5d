"""`autograder export RESULTS --to FORMAT`."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import UsageError
from ..exporters.formats import Export, Format, known_formats
from .options import FOLDER, course_option, exercise_titles

FORMATS = known_formats()
TO_HELP = "; ".join(f"{name}: {known.purpose}" for name, known in FORMATS.items())
ROSTER_HELP = "The gradebook or grading worksheet that Canvas or Moodle exported, to take its names and columns from."
ONLY_HELP = "Export only this assignment; may be repeated."


@click.command("export")
@click.argument("results", metavar="RESULTS", type=FOLDER)
@click.option("--to", "name", type=click.Choice(list(FORMATS)), required=True, help=f"{TO_HELP}.")
@click.option("--out", type=FOLDER, metavar="DIR", help="Folder of the files (default: RESULTS/export).")
@click.option("--assignment", "slugs", multiple=True, metavar="SLUG", help=ONLY_HELP)
@click.option("--roster", type=FOLDER, metavar="FILE", help=ROSTER_HELP)
@course_option
def command(
    results: Path, name: str, out: Path | None, slugs: tuple[str, ...], roster: Path | None, course_folder: Path | None
) -> None:
    """Write the RESULTS of `grade` in the form that another place takes.

    The points are those of marks.csv. Whoever handed nothing in gets no mark there, rather than a 0. Students' texts
    say nothing of hidden checks but what the students' version of a result says.
    """
    chosen = FORMATS[name]
    folder = _free(out or results / "export", results, chosen)
    if roster is not None and not chosen.takes_roster:
        takers = " and ".join(other.name for other in FORMATS.values() if other.takes_roster)
        raise UsageError(f"{name} needs no --roster; only {takers} take one.")
    export = Export(results, folder, exercise_titles(course_folder), slugs, roster)
    chosen.write(export)
    for note in export.notes:
        click.echo(f"Note: {note}", err=True)
    for line in export.commands:
        click.echo(line)
    _tell(export)


def _free(out: Path, results: Path, chosen: Format) -> Path:
    """The folder to write to.

    Raises:
        UsageError: results stand where files would be written.
    """
    taken = results.resolve()
    if taken in (out.resolve(), (out / chosen.name).resolve()):
        raise UsageError(f"{out} is not free for --out: the results stand there; name a folder of its own.")
    return out


def _tell(export: Export) -> None:
    """Say where the files are."""
    if len(export.written) == 1:
        click.echo(f"Written: {export.written[0]}")
    else:
        click.echo(f"Written: {len(export.written)} files in {export.out}")
