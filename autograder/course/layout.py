"""Where each file of a course is: the only module that knows it.

    ROOT/assignments/SLUG/{assignment.toml, handout.md, checks.py, hidden_checks.py, misconceptions.py,
        equivalent_mutants.toml, outcomes.toml, measure.py, figures.py}
    ROOT/assignments/SLUG/styles/   right solutions in other styles, and a table of mistakes in them; see `styles`
    ROOT/solutions/SLUG.py          the reference
    ROOT/solutions/SLUG.md          model answers to its written questions, and how they are marked
    ROOT/student_template/          generated
A student's kit has such a root too, with only the first three files of each assignment, and
    ROOT/assignments/SLUG/answers.json  what known mistakes answer in its checks; generated, see `diagnosis.recorded`
    ROOT/assignments/SLUG/handout.html  the handout as a page; generated, see `authoring.handout_page`
    ROOT/assignments/SLUG/figures/      its pictures; generated, see `authoring.figures`
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..model import Assignment, EquivalentMutants
from .declarations import (
    declared_checks,
    declared_measurements,
    declared_misconceptions,
    drawing_functions,
    names_of_figures,
    verify_checks,
)
from .outcomes import Record, read_record
from .styles import SingleMistake, read_mistakes, read_styles
from .tables import read_assignment, read_equivalent_mutants, read_text

if TYPE_CHECKING:
    from ..checking.measurements import Measurement
    from ..checking.registry import Check, Misconception

SLUG = re.compile(r"[a-z][a-z0-9_]*")  # it names a folder, a notebook and a Python module
VISIBLE_FILES = ("assignment.toml", "handout.md", "checks.py")
GRADING_FILES = ("assignment.toml", "checks.py", "hidden_checks.py", "misconceptions.py", "outcomes.toml")
ANSWERS = "answers.json"
HANDOUT_PAGE = "handout.html"
FIGURES = "figures"
PACKAGE = Path(__file__).resolve().parents[1]


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
        """Every assignment, in the order of the course."""
        slugs = self._unordered_slugs()
        return tuple(sorted(slugs, key=lambda slug: (self.assignment(slug).order, slug)))

    def _unordered_slugs(self) -> list[str]:
        # Without reading the files: one that is wrong must not hide the names of the others.
        return [path.parent.name for path in self.assignments_folder.glob("*/assignment.toml")]

    def assignment(self, slug: str) -> Assignment:
        """What `assignment.toml` states.

        Raises:
            UsageError: there is no such assignment.
            CourseError: the file is wrong.
        """
        path = self._declaration(slug)
        if not SLUG.fullmatch(slug) or not path.is_file():
            raise UsageError(self._unknown(slug))
        return read_assignment(path)

    def _declaration(self, slug: str) -> Path:
        return self.assignments_folder / slug / "assignment.toml"

    def select(self, slugs: Sequence[str]) -> tuple[str, ...]:
        """The given slugs, each of them once, or all slugs of the course if none is given.

        Raises:
            UsageError: one of them does not exist.
        """
        for slug in slugs:
            self.assignment(slug)
        return tuple(dict.fromkeys(slugs)) or self.slugs  # a set would lose the order

    def checks(self, slug: str, *, hidden: bool = True) -> tuple[Check, ...]:
        """The checks of an assignment, visible ones first, each file in its own order."""
        folder = self.assignments_folder / slug
        checks = declared_checks(folder, "checks", required=True)
        if hidden:
            # A check does not know its file: hidden is what stands in this one.
            for check in declared_checks(folder, "hidden_checks"):
                checks.append(dataclasses.replace(check, visible=False))
        verify_checks(checks, self.assignment(slug))
        return tuple(checks)

    def misconceptions(self, slug: str) -> tuple[Misconception, ...]:
        """The known wrong answers of an assignment, with what they fail; none in a student's kit."""
        record = self.record(slug) or Record()
        return tuple(map(record.joined_to, declared_misconceptions(self.assignments_folder / slug)))

    def record_path(self, slug: str) -> Path:
        """Where it is recorded what each known wrong answer fails, or would be."""
        return self.assignments_folder / slug / "outcomes.toml"

    def record(self, slug: str) -> Record | None:
        """What each known wrong answer fails; None if it was never recorded."""
        return read_record(self.record_path(slug))

    def answers_path(self, slug: str) -> Path:
        """Where a student's kit holds the recorded answers of known mistakes; in no other course is such a file."""
        return self.assignments_folder / slug / ANSWERS

    def measurements(self, slug: str) -> tuple[Measurement, ...]:
        """What an assignment measures of its reference, because the handout quotes it; nothing in a student's kit."""
        return tuple(declared_measurements(self.assignments_folder / slug))

    def figures(self, slug: str) -> dict[str, int]:
        """The names of the pictures that an assignment draws, each with its line in figures.py."""
        return names_of_figures(self.assignments_folder / slug)

    def drawing_functions(self, slug: str) -> dict[str, Callable]:
        """The functions that draw them, by name."""
        return drawing_functions(self.assignments_folder / slug)

    def equivalent_mutants(self, slug: str) -> tuple[EquivalentMutants, ...]:
        """The changes of the reference that are not mistakes; none in a student's kit."""
        path = self.assignments_folder / slug / "equivalent_mutants.toml"
        if not path.is_file():
            return ()
        return read_equivalent_mutants(path)

    def styles(self, slug: str) -> dict[str, str]:
        """The sources of right solutions in other styles, by name; none in a student's kit."""
        return read_styles(self._styles_folder(slug))

    def single_mistakes(self, slug: str) -> tuple[SingleMistake, ...]:
        """The table of single mistakes in the styles; none in a student's kit."""
        return read_mistakes(self._styles_folder(slug))

    def _styles_folder(self, slug: str) -> Path:
        return self.assignments_folder / slug / "styles"

    def text(self, slug: str, name: str) -> str:
        """The text of a file of an assignment; empty if there is no such file."""
        path = self.assignments_folder / slug / name
        if not path.is_file():
            return ""
        return read_text(path)

    def handout(self, slug: str) -> str:
        """The text that students read."""
        return read_text(self.assignments_folder / slug / "handout.md")

    def handout_to_open(self, slug: str) -> str:
        """Where a student reads the handout, as a path inside the course: in a kit a page."""
        page = self.assignments_folder / slug / HANDOUT_PAGE
        name = HANDOUT_PAGE if page.is_file() else "handout.md"
        return f"assignments/{slug}/{name}"

    def solution_path(self, slug: str) -> Path:
        """Where the reference solution is, or would be."""
        return self.root / "solutions" / f"{slug}.py"

    def solution(self, slug: str) -> str | None:
        """The source of the reference solution, or None in a student's kit."""
        path = self.solution_path(slug)
        if not path.is_file():
            return None
        return read_text(path)

    def solutions_beside(self, slug: str) -> dict[str, str]:
        """The sources of the references that this assignment's imports, by slug, and of those that these import."""
        sources: dict[str, str] = {}
        waiting = list(self.assignment(slug).imports)
        while waiting:
            neighbour = waiting.pop()
            source = self.solution(neighbour)
            if neighbour not in sources and source is not None:
                sources[neighbour] = source
                waiting += self.assignment(neighbour).imports
        return dict(sorted(sources.items()))

    def whole_solution(self, slug: str) -> str | None:
        """The source of the reference solution with those that it imports; None in a student's kit."""
        source = self.solution(slug)
        if source is None:
            return None
        return "\n".join([source, *self.solutions_beside(slug).values()])

    def needed_to_grade(self, slug: str) -> list[Path]:
        """The files that grading an assignment reads."""
        folder = self.assignments_folder / slug
        candidates = [*(folder / name for name in GRADING_FILES), self.solution_path(slug)]
        for neighbour in self.solutions_beside(slug):
            candidates += [self.solution_path(neighbour), self._declaration(neighbour)]  # this says what it imports
        return list(filter(Path.is_file, candidates))

    def model_answers_path(self, slug: str) -> Path:
        """Where the model answers to the written questions are, or would be."""
        return self.root / "solutions" / f"{slug}.md"

    def model_answers(self, slug: str) -> str:
        """The model answers to the written questions, a section each; empty if there are no such questions."""
        if not self.assignment(slug).written:
            return ""
        return read_text(self.model_answers_path(slug))

    def _unknown(self, slug: str) -> str:
        """What to say of a slug that the course does not have."""
        known = self._unordered_slugs()
        close = difflib.get_close_matches(slug, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        return f"There is no assignment {slug!r}.{hint} Known are: {', '.join(sorted(known)) or 'none'}."


def find_course(start: Path | None = None) -> Course:
    """The course in the folder `start`.

    Without one, the course that the working directory lies in, else the one beside the engine or inside its wheel.

    Raises:
        UsageError: there is none.
    """
    enclosing = enclosing_course(start)
    if enclosing is not None:
        return enclosing
    if start is None:  # a folder that was named is never replaced by another one
        for folder in (PACKAGE.parent, PACKAGE / "kit"):
            if _is_course(folder):
                return Course(folder)
    here = (start or Path.cwd()).resolve()
    raise UsageError(f"There is no course in {here}: no assignments/SLUG/assignment.toml was found.")


def enclosing_course(start: Path | None = None) -> Course | None:
    """The course in the folder `start`; without one, the course that the working directory lies in.

    Returns:
        None if there is no course.
    """
    here = (start or Path.cwd()).resolve()
    folders = [here]
    if start is None:
        folders += here.parents
    for folder in folders:
        if _is_course(folder):
            return Course(folder)
    return None


def _is_course(folder: Path) -> bool:
    return any(folder.glob("assignments/*/assignment.toml"))


def kit_source() -> Path:
    """The student's kit to copy: in a clone the generated folder, in an installed wheel the one it carries.

    Raises:
        UsageError: the engine was installed without one.
    """
    # A wheel holds the kit as autograder/kit (see pyproject.toml). Were there both, the wheel's would be its own.
    for folder in (PACKAGE / "kit", PACKAGE.parent / "student_template"):
        if folder.is_dir():
            return folder
    raise UsageError("This installation carries no student kit; run `autograder build` in a clone first.")
