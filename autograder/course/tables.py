"""Reading `assignment.toml` and `equivalent_mutants.toml` strictly: every problem is told with its file and line."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data import NAMES as DATASETS
from ..errors import CourseError
from ..model import REASON_TO_WRITE, SUBJECT, Assignment, Budget, EquivalentMutants, Exercise, Rule, Written
from .settings import TrainingSettings


def read_text(path: Path) -> str:
    """The text of a file of the course.

    Raises:
        CourseError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"cannot be read ({error})", path=path) from error


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    # For Python true is an int.
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, float) or _is_whole(value)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


Kinds = dict[str, Callable[[object], bool]]  # the keys that a table may have, and what each value must be

_ASSIGNMENT_KEYS: Kinds = {
    "title": _is_text,
    "order": _is_whole,
    "summary": _is_text,
    "given": _is_texts,
    "imports": _is_texts,
    "exercises": _is_list,
    "written": _is_list,
    "budget": _is_table,
    "training": _is_table,
    "rules": _is_list,
}
_EXERCISE_KEYS: Kinds = {
    "id": _is_text,
    "title": _is_text,
    "points": _is_number,
    "functions": _is_texts,
    "needs": _is_texts,
    "hints": _is_texts,
}
# Written questions are graded by hand: no functions, and no hints.
_WRITTEN_KEYS: Kinds = {"id": _is_text, "title": _is_text, "points": _is_number}
# The exercises of a rule may be of any kind: what is no known exercise gets a clearer message than "wrong kind".
_RULE_KEYS: Kinds = {"names": _is_texts, "reason": _is_text, "exercises": _is_list, "allow": _is_texts}
_BUDGET_KEYS: Kinds = {"check_seconds": _is_number, "submission_seconds": _is_number, "memory_mb": _is_whole}
_EQUIVALENT_KEYS: Kinds = {"function": _is_text, "old": _is_text, "new": _is_texts, "reason": _is_text}


@dataclass(frozen=True)
class _Table:
    """A table of a TOML file, with what it takes to tell in which line something is wrong.

    Args:
        text: of the whole file.
        name, number: of an entry of an array of tables, its name and its place among the others; "" and 0 elsewhere.
    """

    path: Path
    text: str
    values: dict[str, Any]
    name: str = ""
    number: int = 0

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty if the key is not there."""
        return tuple(self.values.get(key, ()))

    def table(self, key: str) -> dict[str, Any]:
        """A table inside this one; empty if the key is not there."""
        return self.values.get(key, {})

    def entries(self, key: str) -> list[_Table]:
        """The tables of an array of tables; none if the key is not there."""
        tables = []
        for number, values in enumerate(self.values.get(key, ())):
            if not isinstance(values, dict):
                raise self.error(f"{key!r} must be tables", key)
            tables.append(_Table(self.path, self.text, values, key, number))
        return tables

    def verify(self, kinds: Kinds, *, required: tuple[str, ...] = ()) -> None:
        """Every key is known and of the right kind, and none is missing."""
        for key, value in self.values.items():
            if key not in kinds:
                raise self.error(f"unknown key {key!r}{_suggestion(key, kinds)}", key)
            if not kinds[key](value):
                raise self.error(f"{key!r} has a value of the wrong kind", key)
        for key in required:
            if key not in self.values:
                line = self.line_of(self.name) if self.name else None
                raise CourseError(f"the key {key!r} is missing", path=self.path, line=line)

    def error(self, problem: str, key: str) -> CourseError:
        """The error that something is wrong with this key."""
        return CourseError(problem, path=self.path, line=self.line_of(key))

    def line_of(self, key: str) -> int | None:
        """1-based line where the text, from the head of this table on, first sets a key or opens it as a table."""
        # tomllib tells no lines, so they are looked for. A key is written bare or in quotes, and followed by "=" if it
        # is set, "]" if it is opened as a table, and "." if something inside it is set.
        sets_it = re.compile(rf"\s*(\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
        begin = self._head()
        for line, content in enumerate(self.text.splitlines(), start=1):
            if line >= begin and sets_it.match(content):
                return line
        return None

    def _head(self) -> int:
        """1-based line of the head of an entry, [[name]]; 1 for other tables, and where entries stand in one line."""
        heads = []
        for line, content in enumerate(self.text.splitlines(), start=1):
            if re.match(rf"\s*\[\[\s*{re.escape(self.name)}\s*\]\]", content):
                heads.append(line)
        return heads[self.number] if self.number < len(heads) else 1


def _suggestion(key: str, kinds: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, kinds, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(kinds)}"


def _read_toml(path: Path) -> _Table:
    text = read_text(path)
    try:
        return _Table(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        # Before Python 3.14 the line is told in the message only.
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else None
        raise CourseError(f"not valid TOML: {error}", path=path, line=line) from error


def read_equivalent_mutants(path: Path) -> tuple[EquivalentMutants, ...]:
    """What a file `equivalent_mutants.toml` lists.

    Raises:
        CourseError: it is wrong.
    """
    table = _read_toml(path)
    table.verify({"equivalent": _is_list}, required=("equivalent",))
    listed = []
    for entry in table.entries("equivalent"):
        entry.verify(_EQUIVALENT_KEYS, required=tuple(_EQUIVALENT_KEYS))
        if entry["reason"].strip() in ("", REASON_TO_WRITE):
            raise entry.error("the reason is still to be written: say why the change is no mistake", "reason")
        listed.append(EquivalentMutants(entry["function"], entry["old"], entry.texts("new"), entry["reason"]))
    return tuple(listed)


def read_assignment(path: Path) -> Assignment:
    """What a file `assignment.toml` states.

    Raises:
        CourseError: it is wrong.
    """
    table = _read_toml(path)
    table.verify(_ASSIGNMENT_KEYS, required=("title", "order", "summary", "exercises"))
    exercises = _exercises(table)
    return Assignment(
        slug=path.parent.name,
        title=table["title"],
        order=table["order"],
        summary=table["summary"],
        exercises=tuple(exercises),
        folder=path.parent,
        given=table.texts("given"),
        imports=table.texts("imports"),
        budget=_budget(table),
        training=_training(table),
        written=tuple(_written_questions(table)),
        rules=tuple(_rule(entry, exercises) for entry in table.entries("rules")),
    )


def _budget(table: _Table) -> Budget:
    limits = table.table("budget")
    _Table(table.path, table.text, limits).verify(_BUDGET_KEYS)
    return Budget(**limits)


def _training(table: _Table) -> dict[str, dict[str, Any]]:
    """The settings for each data set that has a table of its own, [training.NAME]: the common ones, and its own."""
    common = {}
    own = {}
    for key, value in table.table("training").items():
        if isinstance(value, dict):
            own[key] = value
        else:
            common[key] = value
    settings: dict[str, dict[str, Any]] = {}
    for name, values in own.items():
        key = f"training.{name}"
        if name not in DATASETS:
            raise table.error(f"there is no data set {name!r}{_suggestion(name, DATASETS)}", key)
        line = table.line_of(key)
        settings[name] = TrainingSettings(common | values, dataset=name, path=table.path, line=line)
    if common and not own:
        raise table.error(
            "[training] must have a table for each data set that it is for: [training.digits]", "training"
        )
    return settings


def _exercises(table: _Table) -> list[Exercise]:
    exercises: list[Exercise] = []
    for entry in table.entries("exercises"):
        entry.verify(_EXERCISE_KEYS, required=("id", "title", "points", "functions"))
        exercise = Exercise(
            id=entry["id"],
            title=entry["title"],
            points=entry["points"],
            functions=entry.texts("functions"),
            needs=entry.texts("needs"),
            hints=entry.texts("hints"),
        )
        _verify_exercise(exercise, exercises, entry)
        exercises.append(exercise)
    if not exercises:
        raise CourseError("there is no exercise", path=table.path)
    return exercises


def _verify_exercise(exercise: Exercise, earlier: list[Exercise], entry: _Table) -> None:
    ids = [other.id for other in earlier]
    _verify_id(ids, entry, "exercise")
    _verify_points(entry, "exercise")
    if not exercise.functions:
        raise entry.error(f"the exercise {exercise.id!r} asks for no function", "id")
    if not set(exercise.needs) <= set(ids):
        needs = ", ".join(exercise.needs)
        raise entry.error(f"the exercise {exercise.id!r} needs {needs}: only earlier ones can be needed", "id")


def _written_questions(table: _Table) -> list[Written]:
    questions: list[Written] = []
    for entry in table.entries("written"):
        entry.verify(_WRITTEN_KEYS, required=("id", "title", "points"))
        _verify_id([other.id for other in questions], entry, "written question")
        _verify_points(entry, "written question")
        questions.append(Written(entry["id"], entry["title"], entry["points"]))
    return questions


def _verify_id(earlier: list[str], entry: _Table, what: str) -> None:
    # An id becomes part of the name of a cell in a notebook, hence the limits.
    if not SUBJECT.fullmatch(entry["id"]):
        problem = f"the id {entry['id']!r} must be made of letters, digits and _, at most 50"
        raise entry.error(problem, "id")
    if entry["id"] in earlier:
        raise entry.error(f"a second {what} has the id {entry['id']!r}", "id")


def _verify_points(entry: _Table, what: str) -> None:
    # TOML has inf and nan, and a comparison with nan is false: this must stay a "not".
    if not 0 < entry["points"] < math.inf:
        raise entry.error(f"the {what} {entry['id']!r} must be worth more than 0 points", "id")


def _rule(entry: _Table, exercises: list[Exercise]) -> Rule:
    entry.verify(_RULE_KEYS, required=("names", "reason"))
    rule = Rule(entry.texts("names"), entry["reason"], entry.texts("exercises"), entry.texts("allow"))
    if not rule.names:
        raise entry.error("a rule must name what it rules out", "names")
    for key in ("names", "allow"):
        for name in entry.texts(key):
            if not all(map(str.isidentifier, name.split("."))):
                raise entry.error(f"{name!r} is no name of something in a library, as torch.nn is", key)
    known = {exercise.id for exercise in exercises}
    for exercise in rule.exercises:
        if exercise not in known:
            raise entry.error(f"there is no exercise {exercise!r}", "exercises")
    if not rule.reason.strip():
        raise entry.error("a rule must give students a reason", "reason")
    return rule
