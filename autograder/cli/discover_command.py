"""`autograder discover RESULTS PATH...`."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..mark import Unnamed
from .options import FOLDER, course_at, course_option, run_options, setting_of

if TYPE_CHECKING:
    from ..course import Course
    from ..grading.observing import Symptom, Unexplained
    from ..plan import Setting
    from ..sandbox.workers import Workers
    from ..submissions.files import Submission


@click.command("discover")
@click.argument("results", metavar="RESULTS", type=FOLDER)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FOLDER)
@click.option("--least", type=click.IntRange(2), default=2, show_default=True, help="Students in a group.")
@course_option
@run_options
def command(results: Path, paths: tuple[Path, ...], least: int, course_folder: Path | None, **options) -> None:
    """Find mistakes that several students make and nobody has named yet.

    RESULTS is the folder that `grade` wrote, PATH what it graded. Whatever failed there without a name runs once more,
    with the same inputs for everybody, and students whose wrong answers are the same make a group. Each group is shown
    with the code of one of them, and with a `misconception(...)` to begin from.
    """
    from ..submissions.finding import find_submissions

    course = course_at(course_folder)
    with tempfile.TemporaryDirectory(prefix="class-") as workplace:
        submissions = find_submissions(paths, course.slugs, ignore=[results], workplace=Path(workplace))
        _discover(results, submissions, course, least, options)


def _discover(results: Path, submissions: list[Submission], course: Course, least: int, options: dict) -> None:
    todo, titles = _without_names(results, submissions, course)

    from ..grading.unnamed import write_unnamed

    if not todo:
        write_unnamed(results, [])
        click.echo("Every failure has a name.")
        return

    from ..grading.observing import groups_in
    from ..sandbox.workers import Workers

    with Workers() as workers:
        symptoms = _symptoms(todo, course, options, workers)
    found = []
    for slug, members in symptoms.items():
        for number, group in enumerate(groups_in(course.assignment(slug), members, least), start=1):
            (first,) = [task for task in todo if task.slug == slug and task.submission.student == group.students[0]]
            asked = [titles[slug, name] for name in dict.fromkeys(group.checks)]
            code = _code(course, first, group.functions[0])
            found.append(Unnamed(slug, group.functions, asked, group.students, code))
            _show(found[-1], number)
    write_unnamed(results, found)
    count = f"{len(todo)} submission{'s' * (len(todo) != 1)} with failures that have no name"
    if found:
        groups = f"{len(found)} group{'s' * (len(found) != 1)} of {least} or more alike"
        click.echo(f"{count}, {groups}. `autograder report` shows them, too.")
    else:
        click.echo(f"{count}, but no {least} of them are alike.")


def _without_names(
    results: Path, submissions: list[Submission], course: Course
) -> tuple[list[Unexplained], dict[tuple[str, str], str]]:
    """The submissions with failures that have no name; and the titles of checks by assignment and name."""
    from ..grading.observing import unexplained
    from ..grading.results import read_results

    by_student = {submission.student: submission for submission in submissions}
    todo = []
    titles = {}
    for result in read_results(results):
        for check in result.checks:
            titles[result.assignment, check.name] = check.title
        if result.student in by_student and result.assignment in course.slugs:
            task = unexplained(result, by_student[result.student])
            if task is not None:
                todo.append(task)
    return todo, titles


def _symptoms(todo: list[Unexplained], course: Course, options: dict, workers: Workers) -> dict[str, list[Symptom]]:
    """What is wrong with each of the submissions, by assignment."""
    from ..grading.classroom import jobs_for
    from ..sandbox.pool import unwrapped

    jobs = jobs_for(None, len(todo))
    setting = setting_of(options, workers, apart=bool(jobs))
    symptoms: dict[str, list[Symptom]] = {}
    for task, answer in _answers(todo, course, setting, jobs, workers):
        symptoms.setdefault(task.slug, [])
        symptoms[task.slug] += unwrapped(answer, f"the process that ran {task.submission.student}'s {task.slug} again")
    for members in symptoms.values():
        members.sort(key=lambda symptom: symptom.student)  # whichever process was first
    return symptoms


def _answers(todo: list[Unexplained], course: Course, setting: Setting, jobs: int, workers: Workers) -> Iterator:
    from ..grading.observing import symptoms_of
    from ..sandbox.pool import attempted, run_parallel
    from ..sandbox.spec import SandboxSpec

    work = partial(symptoms_of, course.root, setting)
    if jobs:
        specs = [SandboxSpec(setting.isolation, setting.gpu)]
        yield from run_parallel(work, todo, processes=jobs, workers=workers, specs=specs)
        return
    for task in todo:
        yield task, attempted(work, task, workers)


def _show(group: Unnamed, number: int) -> None:
    """A group, the code of its first member, and what its author can begin from."""
    from ..reports.skeleton import skeleton

    names = ", ".join(group.students)
    function, *others = group.functions
    click.echo(f"{len(group.students)} students answer alike in {group.assignment}, `{function}`: {names}")
    if others:
        click.echo(f"  They are alike in {', '.join(others)} too.")
    for title in group.checks:
        click.echo(f"  fails: {title}")
    click.echo(f"\n  {group.students[0]}'s code:\n\n{indent(group.code, '    ')}\n")
    lines = indent(skeleton(group, number), "    ")
    click.echo(f"  To give it a name, in assignments/{group.assignment}/misconceptions.py:\n\n{lines}")


def _code(course: Course, task: Unexplained, function: str) -> str:
    """The function, or the class of the method, as the student wrote it."""
    from ..submissions.files import read_submission

    path = task.submission.path(task.slug)
    try:
        text = read_submission(task.submission, course.assignment(task.slug)).text
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == function.partition(".")[0]:
                return ast.get_source_segment(text, node) or text
    except (SyntaxError, ValueError, UsageError):
        return f"# {path} cannot be read."
    return f"# {path} defines no {function} of its own."
