"""What `autograder export` writes: the seam of a format, and how the formats here are found.

A format is a module of this folder with a `FORMAT` in it; nothing lists them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..errors import ResultsError
from ..grading.results import for_student, read_result, results_of, write_whole
from ..mark import Mark
from ..model import CheckResult, Outcome, Result
from ..reports import renderers
from ..reports.renderers import paragraph, text_below

MOST_SHOWN = 10  # works that were not handed in; who gets no mark stands in the tables too


@dataclass
class Export:
    """The results of a class on their way to one other place.

    Args:
        folder: the results that `grade` wrote.
        out: the folder that is written to.
        titles: of the exercises, by assignment and id; assignments stand in the order of the course.
        selected: the assignments that are exported; none means all.
        roster: the students as the other place knows them, where that is needed and known.
        written: the files that were written.
        notes: what people should know of the marks.
        commands: lines for the log of a workflow that runs this, which GitHub reads.
    """

    folder: Path
    out: Path
    titles: Mapping[str, Mapping[str, str]]
    selected: Sequence[str] = ()
    roster: Path | None = None
    written: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def results(self) -> Iterator[tuple[str, Result]]:
        """Every result with the name of the folder it stands in, by student and assignment.

        Raises:
            ResultsError: there are none, or one of them is broken, or an assignment that was selected has none.
        """
        paths = results_of(self.folder)
        known = {slug: None for of_student in paths.values() for slug in of_student}
        for slug in self.selected:
            if slug not in known:
                raise ResultsError(f"{self.folder} holds no result of {slug!r}, only of {', '.join(known)}.")
        for student, of_student in paths.items():
            for slug, path in of_student.items():
                if not self.selected or slug in self.selected:
                    yield student, read_result(path)

    @cached_property
    def marks(self) -> list[Mark]:
        """Every result in short."""
        return [Mark.of(result) for _, result in self.results()]

    @cached_property
    def slugs(self) -> list[str]:
        """The assignments that have results: those of the course in its order, then others."""
        present = {mark.assignment for mark in self.marks}
        others = sorted(present - set(self.titles))
        return [slug for slug in self.titles if slug in present] + others

    @cached_property
    def assignment_titles(self) -> dict[str, str]:
        """What the assignments are called."""
        return {mark.assignment: mark.title for mark in self.marks}

    def exercise_title(self, slug: str, exercise: str) -> str:
        """What an exercise is called; without its course, by its id."""
        return self.titles.get(slug, {}).get(exercise, exercise.replace("_", " "))

    def write(self, name: str, text: str) -> None:
        """Write a file below `out`.

        Raises:
            ResultsError: it cannot be written.
        """
        path = self.out / name
        try:
            write_whole(path, text.encode("utf-8", "replace"))  # names of folders may be no text
        except OSError as error:
            raise ResultsError(
                f"{path} cannot be written: {error.strerror}; name another folder with --out."
            ) from error
        self.written.append(path)


@dataclass(frozen=True)
class Format:
    """A place that results can be exported to.

    Args:
        name: as `--to` knows it.
        purpose: what is written, in a line of the help.
        write: writes it.
        takes_roster: whether it can be told with `--roster` how that place calls the students.
    """

    name: str
    purpose: str
    write: Callable[[Export], None]
    takes_roster: bool = False


def known_formats() -> dict[str, Format]:
    """Every format by its name: the `FORMAT` of each module of this folder that has one."""
    package = __name__.rpartition(".")[0]
    formats = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        found = getattr(importlib.import_module(f"{package}.{module.name}"), "FORMAT", None)
        if found is not None:
            formats[found.name] = found
    return dict(sorted(formats.items()))


def as_told(result: Result) -> list[CheckResult]:
    """The checks as the student may read them, made of the student's version of the result and of nothing else."""
    return [renderers.as_told(record) for record in for_student(result)["checks"]]


def explained(check: CheckResult) -> str:
    """What is wrong, and what there is to show for it, as plain text; "" for a check that passed."""
    if check.outcome is Outcome.PASSED:
        return ""
    parts = [paragraph(check), text_below(check.evidence)]
    if check.output.strip():
        parts.append(f"printed: {check.output.strip()}")
    return "\n".join(filter(None, parts))


def tell_what_is_no_mark(export: Export) -> None:
    """Note who handed nothing in, and whose marks hold faults of ours: these should be looked at."""
    missing = [f"{mark.student}/{mark.assignment}" for mark in export.marks if not mark.handed_in]
    if missing:
        whose = ", ".join(missing[:MOST_SHOWN])
        if len(missing) > MOST_SHOWN:
            whose += f" and {len(missing) - MOST_SHOWN} more"
        export.notes.append(f"Nothing was handed in, so that there is no mark, for {whose}.")
    waiting = [f"{mark.student}/{mark.assignment}" for mark in export.marks if mark.faults]
    if waiting:
        whose = ", ".join(waiting)
        export.notes.append(f"These marks wait for the staff, for the grader itself failed in some checks: {whose}.")
