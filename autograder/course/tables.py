"""Reading `assignment.toml` and `equivalent_mutants.toml` strictly: every problem is told with its file and line."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from ..errors import CourseError
from ..model import SUBJECT, Assignment, Budget, EquivalentMutants, Exercise, Rule, Written

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


def read_text(path: Path) -> str:
    """The text of a file of the course.

    Raises:
        CourseError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"cannot be read ({error})", path=path) from error


def _read_toml(path: Path) -> tuple[dict, str]:
    """The tables of a file, and its text."""
    text = read_text(path)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise CourseError(f"not valid TOML: {error}", path=path, line=int(line[1]) if line else None) from error


def read_equivalent_mutants(path: Path) -> tuple[EquivalentMutants, ...]:
    """What a file `equivalent_mutants.toml` lists.

    Raises:
        CourseError: it is wrong.
    """
    table, text = _read_toml(path)
    _verify_table(table, {"equivalent": list}, ("equivalent",), (path, text))
    _verify_tables("equivalent", table["equivalent"], _EQUIVALENT_KEYS, tuple(_EQUIVALENT_KEYS), (path, text))
    return tuple(EquivalentMutants(**{**entry, "new": tuple(entry["new"])}) for entry in table["equivalent"])


def read_assignment(path: Path) -> Assignment:
    """What a file `assignment.toml` states.

    Raises:
        CourseError: it is wrong.
    """
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
        if problem is None and not 0 < exercise.points < math.inf:
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
        if problem is None and not 0 < written.points < math.inf:
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
