"""Makes Python of what people type into notebooks and paste into files; every line keeps its number.

Fences of Markdown, prompts, an indentation of the whole and notebook commands are taken out. IPython's own library
finds them where it is installed, and a small subset of it here does where it is not. What stands in the place of a
command is decided here alone, so that both give the same module.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

MOST_COMMANDS = 200  # in one text; for each of them the text is parsed again
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
FENCE = re.compile(r"\s*(```|~~~)\s*[\w{}.+-]*\s*")
PROMPT = re.compile(r"\s*(>>>( |$)|In \[\d+\]: )")
COMMAND = re.compile(r"\s*[%!?]|.*\?\s*$|\s*[\w., ]+=\s*[%!]")
CELL_COMMAND = re.compile(r"\s*%%\s*(\w*)")
TIMED = re.compile(r"(\s*)%time\s+(.+)")
ASSIGNED = re.compile(r"(\s*)([A-Za-z_][\w., ]*?)\s*=\s*[%!].*")
AROUND_PYTHON = ("time", "timeit", "capture", "prun")  # cell commands in front of a cell of Python
PROMPTS_OF_PYTHON = re.compile(r"(>>>|\.\.\.)( |$)")
PROMPTS_OF_IPYTHON = re.compile(r"In \[\d+\]: |\s*\.{3,}: ?")
CODE = re.compile(r"def |class |import |from |@|[rf]?\"\"\"|[rf]?'''")
Note = Callable[[int, str], None]  # takes a line, counted from 0, and what to say about it
Lines = list[str]


def as_python(text: str, note: Note) -> tuple[Lines, Exception | None]:
    """The lines of a cell or a file, as Python if they can be made so, and why they are none otherwise."""
    lines = _without_cell_command(text.split("\n"), note)
    error = _why_not_python(lines)
    if error is None:
        return lines, None
    lines = _without_fences(lines, note)
    blank = _blank_at_top(lines)
    rest = lines[blank:]
    for step in _steps():
        if _why_not_python(rest) is None:
            break
        rest = step(rest, lambda at, says: note(blank + at, says))
    lines = lines[:blank] + rest
    return lines, _why_not_python(lines)


def _why_not_python(lines: Lines) -> Exception | None:
    """What keeps Python from reading lines, if anything does."""
    if PROMPT.match(next(filter(str.strip, lines), "")):  # `In [3]: x = 1` is an annotation to Python
        return SyntaxError("invalid syntax")
    try:
        ast.parse("\n".join(lines))
    except UNREADABLE as error:
        return error
    return None


def _blank_at_top(lines: Lines) -> int:
    """How many lines at the top are blank."""
    for count, line in enumerate(lines):
        if line.strip():
            return count
    return len(lines)


def _without_cell_command(lines: Lines, note: Note) -> Lines:
    """The lines without a command for the whole cell, with nothing left if the cell is not Python."""
    at = min(_blank_at_top(lines), len(lines) - 1)
    command = CELL_COMMAND.match(lines[at])
    if not command:
        return lines
    name = command[1]
    if name in AROUND_PYTHON:
        note(at, f"the notebook command %%{name} was left out.")
        return [""] * (at + 1) + lines[at + 1 :]
    note(at, f"the notebook command %%{name} is not Python; nothing of this cell counts.")
    return [""] * len(lines)


def _without_fences(lines: Lines, note: Note) -> Lines:
    """Only what stands between fences, if there are any; the last one may be missing."""
    fences = [at for at, line in enumerate(lines) if FENCE.fullmatch(line)]
    # Below a line of code a fence belongs to a docstring.
    if not fences or any(map(CODE.match, lines[: fences[0]])):
        return lines
    note(fences[0], "the fences of Markdown around the code were left out.")
    kept = []
    is_inside = False
    for at, line in enumerate(lines):
        if at in fences:
            is_inside = not is_inside
            kept.append("")
        else:
            kept.append(line if is_inside else "")
    return kept


def _steps() -> Iterator[Callable[[Lines, Note], Lines]]:
    """What is done to a text that Python cannot read, one after the other."""
    manager = _manager()
    if manager is not None:
        yield lambda lines, note: _cleaned_by_ipython(lines, manager)
        yield lambda lines, note: _without_commands_of_ipython(lines, note, manager)
        return
    yield lambda lines, note: _without_prompts(textwrap.dedent("\n".join(lines)).split("\n"))
    yield _without_commands


@lru_cache(maxsize=1)
def _manager() -> Any:
    """What transforms the input of IPython, or None where that is not installed."""
    try:
        # Imported only when a text needs it: it takes as long as some checks.
        from IPython.core.inputtransformer2 import TransformerManager
    except Exception:  # whatever is wrong with that library, ours does
        return None
    return TransformerManager()


def _cleaned_by_ipython(lines: Lines, manager: Any) -> Lines:
    """The lines without prompts and without the indentation of the whole."""
    ended = [f"{line}\n" for line in lines]
    for transform in manager.cleanup_transforms:
        ended = transform(ended)
    cleaned = "".join(ended).removesuffix("\n").split("\n")
    if len(cleaned) != len(lines):  # a later version may join lines, which would move all messages
        return lines
    return cleaned


def _without_commands_of_ipython(lines: Lines, note: Note, manager: Any) -> Lines:
    """The lines with our own in the place of each command that IPython finds."""
    for _ in range(MOST_COMMANDS):
        if _why_not_python(lines) is None:
            break
        ended = [f"{line}\n" for line in lines]
        try:
            is_command, transformed = manager.do_one_token_transform(list(ended))
        except Exception:  # its tokenizer stumbles over what is no text of anybody
            return _without_commands(lines, note)
        if not is_command:
            break
        at = _first_difference(ended, transformed)
        if at is None:
            break
        lines = _replaced(lines, at, 1 + len(ended) - len(transformed), note)
    return lines


def _first_difference(before: Lines, after: Lines) -> int | None:
    for at, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return at
    return None


def _without_prompts(lines: Lines) -> Lines:
    """The lines without the prompts of Python or IPython, if the first ones have any."""
    for prompts, first in ((PROMPTS_OF_PYTHON, PROMPT), (PROMPTS_OF_IPYTHON, PROMPTS_OF_IPYTHON)):
        if any(map(first.match, lines[:2])):
            lines = [prompts.sub("", line, count=1) if prompts.match(line) else line for line in lines]
    return lines


def _without_commands(lines: Lines, note: Note) -> Lines:
    """The lines without notebook commands, which are found where Python stumbles over them."""
    for _ in range(MOST_COMMANDS):
        at = _stumbles_at(lines)
        if at is None or not COMMAND.match(lines[at]):
            break
        count = 1
        while lines[at + count - 1].endswith("\\") and at + count < len(lines):
            count += 1
        lines = _replaced(lines, at, count, note)
    return lines


def _stumbles_at(lines: Lines) -> int | None:
    """The line, counted from 0, that Python cannot read."""
    try:
        ast.parse("\n".join(lines))
    except SyntaxError as error:
        at = (error.lineno or 0) - 1
        if not 0 <= at < len(lines):
            return None
        # A continued command is told by its second line, which is indented for no reason.
        while at > 0 and not COMMAND.match(lines[at]) and lines[at - 1].endswith("\\"):
            at -= 1
        return at
    except UNREADABLE:
        return None
    return None


def _replaced(lines: Lines, at: int, count: int, note: Note) -> Lines:
    """The lines with one that does nothing in the place of a command, or the statement that it only measures."""
    line = lines[at]
    instead = line[: len(line) - len(line.lstrip())] + "pass"
    timed = TIMED.fullmatch(line)
    assigned = ASSIGNED.fullmatch(line)
    if timed:
        instead = timed[1] + timed[2]
    else:
        note(at, "this notebook command was left out.")
        if assigned:
            instead = f"{assigned[1]}{assigned[2]} = get_ipython()"
    return lines[:at] + [instead] + [""] * (count - 1) + lines[at + count :]
