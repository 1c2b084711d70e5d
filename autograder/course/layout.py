"""Where everything of a course lies: the only place that knows it.

    ROOT/assignments/SLUG/{assignment.toml, handout.md, checks.py, hidden_checks.py, misconceptions.py,
        equivalent_mutants.toml}
    ROOT/solutions/SLUG.py          the reference
    ROOT/solutions/SLUG.md          model answers to its written questions, with what they are marked by
    ROOT/student_template/          generated
A student's kit is such a root too, with only the first three files of each assignment.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..model import Assignment, EquivalentMutants
from .declarations import declared, verify_checks
from .tables import read_assignment, read_equivalent_mutants, read_text

if TYPE_CHECKING:
    from ..checking.registry import Check, Misconception

SLUG = re.compile(r"[a-z][a-z0-9_]*")
VISIBLE_FILES = ("assignment.toml", "handout.md", "checks.py")


@dataclass(frozen=True)
class Course:
    """A course rooted at a folder."""

    root: Path

    @property
    def assignments_folder(self) -> Path:
        return self.root / "assignments"

    @property
    def kit(self) -> Path:
        """The generated student's kit."""
        return self.root / "student_template"

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """Every assignment there is, in the order of the course."""
        found = [p.parent.name for p in self.assignments_folder.glob("*/assignment.toml")]
        return tuple(sorted(found, key=lambda slug: (self.assignment(slug).order, slug)))

    def assignment(self, slug: str) -> Assignment:
        """What `assignment.toml` states.

        Raises:
            UsageError: there is no such assignment.
            CourseError: the file is wrong.
        """
        folder = self.assignments_folder / slug
        path = folder / "assignment.toml"
        if not SLUG.fullmatch(slug) or not path.is_file():
            raise UsageError(self._unknown(slug))
        return read_assignment(path)

    def select(self, slugs: tuple[str, ...] | list[str]) -> tuple[str, ...]:
        """The given slugs, or all of them if none is given.

        Raises:
            UsageError: one of them does not exist.
        """
        for slug in slugs:
            self.assignment(slug)
        return tuple(dict.fromkeys(slugs)) or self.slugs

    def checks(self, slug: str, *, hidden: bool = True) -> tuple[Check, ...]:
        """The checks of an assignment, visible ones first, each file in its own order."""
        folder = self.assignments_folder / slug
        found = declared(folder, "checks", required=True)
        if hidden:
            concealed = declared(folder, "hidden_checks", required=False)
            found += [dataclasses.replace(check, visible=False) for check in concealed]
        verify_checks(found, self.assignment(slug))
        return tuple(found)

    def misconceptions(self, slug: str) -> tuple[Misconception, ...]:
        """The known wrong answers of an assignment; none in a student's kit."""
        return tuple(declared(self.assignments_folder / slug, "misconceptions", required=False))

    def equivalent_mutants(self, slug: str) -> tuple[EquivalentMutants, ...]:
        """The changes of the reference that are no mistakes; none in a student's kit."""
        path = self.assignments_folder / slug / "equivalent_mutants.toml"
        return read_equivalent_mutants(path) if path.is_file() else ()

    def text(self, slug: str, name: str) -> str:
        """A file of an assignment as it stands; empty if there is none."""
        path = self.assignments_folder / slug / name
        return read_text(path) if path.is_file() else ""

    def handout(self, slug: str) -> str:
        """The text that students read."""
        return read_text(self.assignments_folder / slug / "handout.md")

    def solution_path(self, slug: str) -> Path:
        """Where the reference solution stands."""
        return self.root / "solutions" / f"{slug}.py"

    def solution(self, slug: str) -> str | None:
        """The source of the reference solution, or None in a student's kit."""
        path = self.solution_path(slug)
        return read_text(path) if path.is_file() else None

    def model_answers_path(self, slug: str) -> Path:
        """Where the model answers to the written questions stand."""
        return self.root / "solutions" / f"{slug}.md"

    def model_answers(self, slug: str) -> str:
        """The model answers to the written questions, a section each; empty if there are no such questions."""
        return read_text(self.model_answers_path(slug)) if self.assignment(slug).written else ""

    def _unknown(self, slug: str) -> str:
        known = [p.parent.name for p in self.assignments_folder.glob("*/assignment.toml")]
        close = difflib.get_close_matches(slug, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        return f"There is no assignment {slug!r}.{hint} Known are: {', '.join(sorted(known)) or 'none'}."


def find_course(start: Path | None = None) -> Course:
    """The course that `start` (or the working directory) lies in; else the one beside the engine or inside its wheel.

    Raises:
        UsageError: there is none.
    """
    found = enclosing_course(start)
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent, package / "kit"):
        if found is None and start is None and _is_course(folder):
            found = Course(folder)
    if found is None:
        here = (start or Path.cwd()).resolve()
        raise UsageError(f"There is no course in {here}: no assignments/SLUG/assignment.toml was found.")
    return found


def enclosing_course(start: Path | None = None) -> Course | None:
    """The course in the folder `start`; without one, the course that the working directory lies in. None if none is."""
    here = (start or Path.cwd()).resolve()
    folders = [here] if start is not None else [here, *here.parents]
    return next((Course(folder) for folder in folders if _is_course(folder)), None)


def _is_course(folder: Path) -> bool:
    return any(folder.glob("assignments/*/assignment.toml"))


def kit_source() -> Path:
    """The student's kit to copy: in a clone the generated folder, in an installed wheel the one it carries.

    Raises:
        UsageError: the engine was installed without one.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "kit", package.parent / "student_template"):
        if folder.is_dir():
            return folder
    raise UsageError("This installation carries no student kit; run `autograder build` in a clone first.")
