"""What a problem in a worker's reply means: a verdict in words that point into the student's own file.

Nothing here trusts a reply: whatever is not of the type that is expected is left out.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..checking.verdict import Message, Raised, Verdict
from ..evidence import Frame, Frames, Text
from ..model import Assignment, Exercise, Outcome
from ..submissions.files import Source
from ..text import clean
from .channel import Unwritten

LONGEST_CODE = 200  # characters of a line that is shown
LONGEST_NAME = 100  # of what is ruled out
PARAMETERS = re.compile(r"\bdef\s+\w+\s*\([^)]*|\blambda\b[^:]*")
WORD = re.compile(r"[^\W\d]\w*")
LONGEST_TYPE = 80  # of an exception


class Use(NamedTuple):
    """A use of something ruled out: the number of the rule, its full name, and where."""

    rule: int
    name: str
    file: str
    line: int


class Place(NamedTuple):
    """A line that an exception passed."""

    line: int
    function: str
    code: str


class Problems:
    """Makes verdicts on one submission of problems that its worker reports."""

    def __init__(self, source: Source, assignment: Assignment) -> None:
        self._source = source
        self._assignment = assignment

    def verdict(self, reply: dict[str, Any]) -> Verdict:
        """The verdict that a reply with a problem means."""
        kind = reply.get("problem")
        text = clean(str(reply.get("text", "")))
        if kind == "not_attempted":
            line = reply.get("line")
            return Unwritten(text, self._source.place(line) if type(line) is int else "")
        if kind == "missing":
            return Verdict(Outcome.FAILED, Message(text, "Something that this check asks for does not exist."))
        if kind == "out_of_memory":
            limit = f"The memory limit of {self._assignment.budget.memory_mb} MB was reached"
            return Verdict(Outcome.OUT_OF_MEMORY, Message(f"{limit}: {text}", f"{limit}."))
        if kind == "forbidden":
            uses = self._uses([reply.get("use")])
            if uses:
                return self._forbidden(uses, trusted=False)
        return self._exception(reply, text)

    def ruled_out(self, uses: Sequence[Any], exercise: Exercise) -> Verdict | None:
        """The verdict on uses that were seen in the text, as far as they are ruled out in an exercise."""
        rules = self._assignment.rules
        broken = [use for use in self._uses(uses) if rules[use.rule].holds_for(exercise.id)]
        if not broken:
            return None
        return self._forbidden(broken, trusted=True)

    def _uses(self, reported: Iterable[Any]) -> list[Use]:
        """Those of the reported ones that are uses; each once."""
        uses: dict[Use, None] = {}
        for each in reported:
            if is_list_of(each, int, str, str, int) and 0 <= each[0] < len(self._assignment.rules):
                uses[Use(*each)] = None
        return list(uses)

    def _forbidden(self, uses: Sequence[Use], *, trusted: bool) -> Verdict:
        """The verdict on uses of what rules rule out: the first one with the reason, the others below it.

        Args:
            trusted: whether nothing of the student's had run when they were found; else a name may hold anything.
        """
        first = uses[0]
        where = self._where(first)
        reason = self._assignment.rules[first.rule].reason
        full = f"{where} uses `{clean(first.name)[:LONGEST_NAME]}`, which is ruled out here. {reason}"
        redacted = full
        if not trusted:
            redacted = f"{where} uses something that is ruled out here. {reason}"
        lines: dict[str, None] = {}  # as a set that keeps the order: one use may break several rules
        for use in uses:
            if use[1:] != first[1:]:
                lines[f"{self._where(use)} uses `{clean(use.name)[:LONGEST_NAME]}` too"] = None
        evidence = [Text(tuple(lines))] if lines else []
        return Verdict(Outcome.FORBIDDEN, Message(full, redacted), evidence)

    def _where(self, use: Use) -> str:
        """A place in the student's code, as far as it is known: "softmax.py, line 3,"."""
        if use.file in (f"{self._assignment.slug}.py", self._source.path.name):
            return f"{self._source.path.name}, {self._source.place(use.line)},"
        if use.file.removesuffix(".py") in self._source.beside:
            return f"{use.file}, line {use.line},"
        return "Your code"

    def _exception(self, reply: dict[str, Any], text: str) -> Verdict:
        """The verdict on an exception: a sentence with the student's line, and below it the lines it passed.

        The text of an exception may hold what the function was given, so that it is left out where that is hidden.
        """
        name = clean(str(reply.get("type", "Exception")))[:LONGEST_TYPE]
        message = name
        if text:
            message += f": {text}"
        redacted = "An exception"
        if _is_exception(vars(builtins).get(name)):  # the name of another class may hold what the function was given
            redacted = name
        places = _places(reply.get("where"))
        if places:
            last = places[-1]
            file = self._source.path.name
            message += f" ({file}, {self._line(last)}: `{clean(last.code)[:LONGEST_CODE]}`)"
            if self._is_code(last.line):
                redacted += f" ({file}, {self._source.place(last.line)})"
        frames = tuple(self._frame(place) for place in places[:-1])
        evidence = [Frames(frames)] if frames else []
        return Raised(Message(message, redacted), evidence, kinds=_kinds(reply.get("kinds")))

    def _is_code(self, line: int) -> bool:
        """Whether a line of the file holds code; any other number could stand for something about a hidden input."""
        lines = self._source.text.split("\n")
        if not 1 <= line <= len(lines):
            return False
        text = lines[line - 1].strip()
        return bool(text) and not text.startswith("#")

    def _frame(self, place: Place) -> Frame:
        return Frame(f"{self._source.path.name}, {self._line(place)}", clean(place.code)[:LONGEST_CODE])

    def _line(self, place: Place) -> str:
        line = self._source.place(place.line)
        if place.function:
            line += f", in {place.function}"
        return clean(line)


def is_list_of(value: Any, *kinds: type) -> bool:
    """Whether it is a list with one value of each of these types, in this order."""
    return isinstance(value, list) and tuple(map(type, value)) == kinds


def parameters_in(text: str) -> frozenset[str]:
    """The words between the parentheses of every definition in a text: the names of parameters are among them."""
    names: set[str] = set()
    for definition in PARAMETERS.finditer(text):
        names.update(WORD.findall(definition[0]))
    return frozenset(names)


def _kinds(reported: Any) -> list[str]:
    """Those of the reported names that are exceptions of Python itself."""
    if not isinstance(reported, list):
        return []
    return [name for name in reported if isinstance(name, str) and _is_exception(vars(builtins).get(name))]


def _is_exception(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _places(reported: Any) -> list[Place]:
    if not isinstance(reported, list):
        return []
    return [Place(*each) for each in reported if is_list_of(each, int, str, str)]
