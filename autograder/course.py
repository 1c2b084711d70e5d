"""Where everything of a course lies, and how it is read: the only module that knows the layout.

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
import importlib.util
import re
import sys
import tomllib
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from .cells import SUBJECT
from .errors import CourseError, UsageError
from .model import Assignment, Budget, EquivalentMutants, Exercise, Rule, Written

if TYPE_CHECKING:
    from .checking.registry import Check, Misconception

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
        return _read_assignment(path)

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
        found = _declared(folder, "checks", required=True)
        if hidden:
            concealed = _declared(folder, "hidden_checks", required=False)
            found += [dataclasses.replace(check, visible=False) for check in concealed]
        _verify_checks(found, self.assignment(slug))
        return tuple(found)

    def misconceptions(self, slug: str) -> tuple[Misconception, ...]:
        """The known wrong answers of an assignment; none in a student's kit."""
        return tuple(_declared(self.assignments_folder / slug, "misconceptions", required=False))

    def equivalent_mutants(self, slug: str) -> tuple[EquivalentMutants, ...]:
        """The changes of the reference that are no mistakes; none in a student's kit."""
        path = self.assignments_folder / slug / "equivalent_mutants.toml"
        return _read_equivalent_mutants(path) if path.is_file() else ()

    def text(self, slug: str, name: str) -> str:
        """A file of an assignment as it stands; empty if there is none."""
        path = self.assignments_folder / slug / name
        return _read(path) if path.is_file() else ""

    def handout(self, slug: str) -> str:
        """The text that students read."""
        return _read(self.assignments_folder / slug / "handout.md")

    def solution_path(self, slug: str) -> Path:
        """Where the reference solution stands."""
        return self.root / "solutions" / f"{slug}.py"

    def solution(self, slug: str) -> str | None:
        """The source of the reference solution, or None in a student's kit."""
        path = self.solution_path(slug)
        return _read(path) if path.is_file() else None

    def model_answers_path(self, slug: str) -> Path:
        """Where the model answers to the written questions stand."""
        return self.root / "solutions" / f"{slug}.md"

    def model_answers(self, slug: str) -> str:
        """The model answers to the written questions, a section each; empty if there are no such questions."""
        return _read(self.model_answers_path(slug)) if self.assignment(slug).written else ""

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
    package = Path(__file__).resolve().parent
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
    package = Path(__file__).resolve().parent
    for folder in (package / "kit", package.parent / "student_template"):
        if folder.is_dir():
            return folder
    raise UsageError("This installation carries no student kit; run `autograder build` in a clone first.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"cannot be read ({error})", path=path) from error


def _declared(folder: Path, name: str, *, required: bool) -> list:
    """Execute one Python file of an assignment and collect what it declares."""
    from .checking.registry import collecting

    path = folder / f"{name}.py"
    if not path.is_file():
        if required:
            raise CourseError("this file is missing", path=path)
        return []
    if name == "hidden_checks":  # it may import helpers from checks.py, which must not be collected again
        _module(folder, "checks")
    with collecting() as found:
        _module(folder, name)
    return found


def _module(folder: Path, name: str) -> ModuleType:
    """Import FOLDER/NAME.py afresh, inside a package of the assignment's own so that `from .checks import` works."""
    package = f"_course_{abs(hash(str(folder.resolve())))}"
    if package not in sys.modules:
        parent = ModuleType(package)
        parent.__path__ = [str(folder)]
        sys.modules[package] = parent
    path = folder / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{package}.{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{type(error).__name__}: {error}", path=path, line=_line_in(path, error)) from error
    return module


def _line_in(path: Path, error: Exception) -> int | None:
    """1-based line of a Python file that an exception passed last, or that cannot be parsed."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else getattr(error, "lineno", None)


def _verify_checks(checks: list[Check], assignment: Assignment) -> None:
    """Every check has a title, a name of its own and a known exercise, and every exercise has a check."""
    known = {exercise.id for exercise in assignment.exercises}
    seen: set[str] = set()
    for check in checks:
        path = assignment.folder / ("checks.py" if check.visible else "hidden_checks.py")
        problem = None
        if check.name in seen:
            problem = f"a second check is called {check.name}; names must differ"
        elif check.exercise not in known:
            problem = f"{check.name} checks the exercise {check.exercise!r}, which assignment.toml does not have"
        elif not check.title:
            problem = f"{check.name} has no docstring, which is the title that students see"
        elif check.needs is not None and check.needs not in seen:
            problem = f"{check.name} needs {check.needs}, which is not declared before it"
        if problem:
            raise CourseError(problem, path=path, line=check.line)
        seen.add(check.name)
    unchecked = known - {check.exercise for check in checks}
    if unchecked:
        raise CourseError(f"no check belongs to the exercise {min(unchecked)}", path=assignment.folder / "checks.py")


_ASSIGNMENT_KEYS = {
    "title": str, "order": int, "summary": str, "given": list, "exercises": list, "written": list, "budget": dict,
    "training": dict, "rules": list,
}  # fmt: skip
_EXERCISE_KEYS = {"id": str, "title": str, "points": (int, float), "functions": list, "needs": list, "hints": list}
_WRITTEN_KEYS = {"id": str, "title": str, "points": (int, float)}
_EQUIVALENT_KEYS = {"function": str, "old": str, "new": list, "reason": str}
_RULE_KEYS = {"names": list, "reason": str, "exercises": list, "allow": list}
_LISTS_OF_TEXTS = {"given", "functions", "needs", "hints", "new", "names", "allow"}
_BUDGET_KEYS = {"check_seconds": (int, float), "submission_seconds": (int, float), "memory_mb": int}


def _read_toml(path: Path) -> tuple[dict, str]:
    """The tables of a file, and its text."""
    text = _read(path)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise CourseError(f"not valid TOML: {error}", path=path, line=int(line[1]) if line else None) from error


def _read_equivalent_mutants(path: Path) -> tuple[EquivalentMutants, ...]:
    table, text = _read_toml(path)
    _verify_table(table, {"equivalent": list}, ("equivalent",), (path, text))
    _verify_tables("equivalent", table["equivalent"], _EQUIVALENT_KEYS, tuple(_EQUIVALENT_KEYS), (path, text))
    return tuple(EquivalentMutants(**{**entry, "new": tuple(entry["new"])}) for entry in table["equivalent"])


def _read_assignment(path: Path) -> Assignment:
    table, text = _read_toml(path)
    place = path, text
    _verify_table(table, _ASSIGNMENT_KEYS, ("title", "order", "summary", "exercises"), place)
    _verify_tables("exercises", table["exercises"], _EXERCISE_KEYS, ("id", "title", "points", "functions"), place)
    _verify_tables("written", table.get("written", []), _WRITTEN_KEYS, ("id", "title", "points"), place)
    _verify_tables("rules", table.get("rules", []), _RULE_KEYS, ("names", "reason"), place)
    _verify_table(table.get("budget", {}), _BUDGET_KEYS, (), place)
    assignment = Assignment(
        slug=path.parent.name,
        title=table["title"],
        order=table["order"],
        summary=table["summary"],
        exercises=tuple(_exercise(e) for e in table["exercises"]),
        folder=path.parent,
        given=tuple(table.get("given", ())),
        budget=Budget(**table.get("budget", {})),
        training=table.get("training", {}),
        written=tuple(Written(**entry) for entry in table.get("written", ())),
        rules=tuple(_rule(entry) for entry in table.get("rules", ())),
    )
    _verify_exercises(assignment, path, text)
    _verify_written(assignment, path, text)
    _verify_rules(assignment, path, text)
    return assignment


def _exercise(table: dict) -> Exercise:
    lists = {key: tuple(table.get(key, ())) for key in ("functions", "needs", "hints")}
    return Exercise(id=table["id"], title=table["title"], points=table["points"], **lists)


def _rule(table: dict) -> Rule:
    lists = {key: tuple(table.get(key, ())) for key in ("names", "exercises", "allow")}
    return Rule(reason=table["reason"], **lists)


def _verify_exercises(assignment: Assignment, path: Path, text: str) -> None:
    ids = [exercise.id for exercise in assignment.exercises]
    for i, exercise in enumerate(assignment.exercises):
        problem = _problem_of_id(exercise.id, ids[:i], "exercise")
        if problem is None and exercise.points <= 0:
            problem = f"the exercise {exercise.id!r} must be worth more than 0 points"
        elif problem is None and not exercise.functions:
            problem = f"the exercise {exercise.id!r} asks for no function"
        elif problem is None and not set(exercise.needs) <= set(ids[:i]):
            problem = f"the exercise {exercise.id!r} needs {', '.join(exercise.needs)}: only earlier ones can be needed"
        if problem:
            raise CourseError(problem, path=path, line=_line_of("id", text, entry=("exercises", i)))
    if not ids:
        raise CourseError("there is no exercise", path=path)


def _verify_written(assignment: Assignment, path: Path, text: str) -> None:
    ids = [written.id for written in assignment.written]
    for i, written in enumerate(assignment.written):
        problem = _problem_of_id(written.id, ids[:i], "written question")
        if problem is None and written.points <= 0:
            problem = f"the written question {written.id!r} must be worth more than 0 points"
        if problem:
            raise CourseError(problem, path=path, line=_line_of("id", text, entry=("written", i)))


def _verify_rules(assignment: Assignment, path: Path, text: str) -> None:
    for i, rule in enumerate(assignment.rules):
        for key, problem in _problems_of_rule(rule, {exercise.id for exercise in assignment.exercises}):
            raise CourseError(problem, path=path, line=_line_of(key, text, entry=("rules", i)))


def _problems_of_rule(rule: Rule, exercises: set[str]) -> Iterator[tuple[str, str]]:
    if not rule.names:
        yield "names", "a rule must name what it rules out"
    for key, names in (("names", rule.names), ("allow", rule.allow)):
        wrong = (name for name in names if not all(map(str.isidentifier, name.split("."))))
        yield from ((key, f"{name!r} is no name of something in a library, as torch.nn is") for name in wrong)
    yield from (("exercises", f"there is no exercise {id!r}") for id in rule.exercises if id not in exercises)
    if not rule.reason.strip():
        yield "reason", "a rule must give students a reason"


def _problem_of_id(id: str, earlier: list[str], what: str) -> str | None:
    if not SUBJECT.fullmatch(id):
        return f"the id {id!r} must be made of letters, digits and _, at most 50"
    return f"a second {what} has the id {id!r}" if id in earlier else None


Entry = tuple[str, int]  # one of several tables of a name, and its number among them


def _verify_tables(name: str, entries: list, kinds: dict, required: tuple, place: tuple[Path, str]) -> None:
    """Every entry is such a table."""
    path, text = place
    for i, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise CourseError(f"{name!r} must be tables", path=path, line=_line_of(name, text))
        _verify_table(entry, kinds, required, place, entry=(name, i))


def _verify_table(
    table: dict, kinds: dict, required: tuple, place: tuple[Path, str], *, entry: Entry | None = None
) -> None:
    """Every key is known and of the right kind, and none is missing; `place` is the file and its text."""
    path, text = place
    for key, value in table.items():
        problem = _problem_of_key(key, value, kinds)
        if problem:
            raise CourseError(problem, path=path, line=_line_of(key, text, entry=entry))
    for key in required:
        if key not in table:
            anchor = None if entry is None else _line_of(entry[0], text, entry=entry)
            raise CourseError(f"the key {key!r} is missing", path=path, line=anchor)


def _problem_of_key(key: str, value: object, kinds: dict) -> str | None:
    if key not in kinds:
        close = difflib.get_close_matches(key, kinds, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(kinds)}"
        return f"unknown key {key!r}{hint}"
    texts = key in _LISTS_OF_TEXTS and isinstance(value, list)
    if not isinstance(value, kinds[key]) or isinstance(value, bool) or texts and not _all_texts(value):
        return f"{key!r} has a value of the wrong kind"
    return None


def _all_texts(values: list) -> bool:
    return all(isinstance(value, str) for value in values)


def _line_of(key: str, text: str, *, entry: Entry | None = None) -> int | None:
    """1-based line where a TOML text, or that entry of it, first sets `key` or opens it as a table."""
    lines, (name, number) = text.splitlines(), entry or ("", 0)
    heads = [i for i, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{name}\s*\]\]", line)]
    begin = heads[number] if entry is not None and number < len(heads) else 0
    sets = re.compile(rf"\s*(\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    return next((i + 1 for i in range(begin, len(lines)) if sets.match(lines[i])), None)
