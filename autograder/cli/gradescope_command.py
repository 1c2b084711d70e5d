"""`autograder gradescope`."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..data import EMBEDDED
from ..data import NAMES as DATASETS
from ..errors import UsageError
from ..mark import Mark
from .options import FOLDER, course_option, leave_if_faulty

if TYPE_CHECKING:
    from ..course import Course
    from ..plan import Plan, Setting
    from ..sandbox.workers import Workers


@click.group("gradescope")
def command() -> None:
    """Make an autograder for Gradescope, and try it here."""


@command.command("zip", short_help="Write the zip that Gradescope's autograder is made of.")
@click.argument("slugs", metavar="SLUG...", nargs=-1, required=True)
@click.option("--out", type=FOLDER, metavar="FILE", help="The zip (default: gradescope-SLUG.zip).")
@click.option("--dataset", type=click.Choice(DATASETS), default=EMBEDDED, show_default=True, help="As for `grade`.")
@click.option("--data-dir", type=FOLDER, help="Folder of MNIST and Fashion-MNIST (default: $AUTOGRADER_DATA).")
@click.option("--seed", type=int, default=0, show_default=True, help="Determines every random number.")
@course_option
def write(
    slugs: tuple[str, ...], out: Path | None, dataset: str, data_dir: Path | None, seed: int, course_folder: Path | None
) -> None:
    """Write the zip to upload under "Configure Autograder": engine, checks and references of these assignments.

    Every upload of a student is graded in all of them. Hidden checks are shown once marks are published.
    """
    from ..authoring.gradescope_zip import Contents, advice, write_zip
    from ..exporters.gradescope_run import unfinished
    from ..plan import verify_dataset
    from .options import course_at

    course = course_at(course_folder)
    chosen = course.select(slugs)
    assignments = list(map(course.assignment, chosen))
    verify_dataset(assignments, dataset)
    path = out or Path(f"gradescope-{'-'.join(chosen)}.zip")
    write_zip(path, course, Contents(chosen, seed, dataset), unfinished=unfinished(), data=data_dir)
    click.echo(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB)")
    for line in advice(assignments):
        click.echo(line)
    click.echo(f"Try it here first: autograder gradescope try {path} SUBMISSION")


@command.command("try", short_help="Run such a zip here, on a submission.")
@click.argument("archive", metavar="ZIP", type=FOLDER)
@click.argument("submission", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print results.json as it is.")
def dry_run(archive: Path, submission: Path, as_json: bool) -> None:
    """Unpack ZIP as Gradescope lays it out, run it on SUBMISSION, and show the results.json that it leaves.

    Nothing is installed: it runs with the Python and the packages of this command.
    """
    from ..authoring.gradescope_trial import Trial
    from ..exporters.gradescope_run import in_words

    with tempfile.TemporaryDirectory(prefix="gradescope-") as folder:
        trial = Trial.prepared(Path(folder), archive, submission)
        code = trial.run()
        text = trial.results()
    if as_json:
        click.echo(text, nl=False)
    else:
        for line in in_words(json.loads(text)):
            click.echo(line)
    if code:
        raise click.exceptions.Exit(3)


@command.command("grade", hidden=True)
@click.argument("root", type=FOLDER)
def grade(root: Path) -> None:
    """Grade what stands in the container at ROOT; `run_autograder` of the zip calls this."""
    from ..exporters.gradescope_run import ResultsJson, uploaded
    from ..grading.partial import grade_step_by_step

    with _container(root) as (_, plans, setting, workers):
        titles = {plan.assignment.slug: {e.id: e.title for e in plan.assignment.exercises} for plan in plans}
        file = ResultsJson(root, titles)
        submission = uploaded(root, tuple(titles))  # not of all that the course holds: some are only imported
        results = grade_step_by_step(plans, submission, setting, workers=workers, report=file.write)
    for result in results:
        click.echo(f"{result.student}/{result.assignment}: {result.score:.1f}/{result.max_score:g}")
    leave_if_faulty(map(Mark.of, results))


@command.command("prove", hidden=True)
@click.argument("root", type=FOLDER)
def prove(root: Path) -> None:
    """Grade the references in the container at ROOT, which must earn everything; `setup.sh` of the zip calls this."""
    from ..grading.runner import grade as grade_one
    from ..sandbox.memory_group import bounds
    from ..submissions.files import Submission

    with _container(root) as (course, plans, setting, workers):
        for plan in plans:
            reference = Submission("reference", course.solution_path(plan.assignment.slug).parent)
            result = grade_one(plan, reference, setting, workers=workers)
            if result.score != result.max_score:
                failures = "; ".join(f"{check.title} {check.message}" for check in result.checks if not check.points)
                raise UsageError(f"The reference of {plan.assignment.slug} does not earn everything here: {failures}")
            click.echo(f"{plan.assignment.slug}: the reference earns everything, in {result.run.seconds:.1f} s.")
    click.echo(f"Students' code is confined at level {setting.isolation}, its memory by {bounds()}.")


@contextmanager
def _container(root: Path) -> Iterator[tuple[Course, list[Plan], Setting, Workers]]:
    """What an unpacked zip says is to be run, and how."""
    from ..authoring.gradescope_zip import Contents
    from ..course import Course
    from ..plan import Plan
    from ..sandbox.workers import Workers
    from .options import setting_of

    source = root / "source"
    contents = Contents.of(source)
    course = Course(source / "course")
    options: dict[str, Any] = {
        "device": "cpu",
        "isolation": "auto",
        # As root, which Gradescope runs this as, every submission can have a user of its own.
        "require_isolation": "uid" if os.getuid() == 0 else None,
        "dataset": contents.dataset,
        "data_dir": source / "data",
        "seed": contents.seed,
    }
    with Workers() as workers:
        setting = setting_of(options, workers)
        plans = [Plan.of(course, slug) for slug in contents.slugs]
        yield course, plans, setting, workers
