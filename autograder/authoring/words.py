"""Every word that a check may use, with the first line of its docstring, as CONTRIBUTING.md lists them.

    python -m autograder.authoring.words CONTRIBUTING.md

writes the list anew between its two marks. A test compares the two.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

from .. import checking
from ..checking.case import Case
from ..checking.student import Function, Handle, Student

BEGIN = "<!-- The words, as `python -m autograder.authoring.words CONTRIBUTING.md` writes them. -->"
END = "<!-- Here the words end. -->"
SECTION = re.compile(rf"{re.escape(BEGIN)}\n.*?{re.escape(END)}\n", re.DOTALL)


def words_page() -> str:
    """All words in Markdown, one row each, between the two marks."""
    rows = ["| word | what it does |", "| --- | --- |"]
    for word, meaning in _words():
        rows.append(f"| `{word}` | {meaning} |")
    return "\n".join([BEGIN, "", *rows, "", END, ""])


def with_words(text: str) -> str:
    """A page with the words of today between its marks.

    Raises:
        ValueError: the marks are not there.
    """
    section = SECTION.search(text)
    if section is None:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}, in this order")
    return text[: section.start()] + words_page() + text[section.end() :]


def _words() -> Iterator[tuple[str, str]]:
    case = Case(0, load_data=None, training={}, secret_pixels=False)
    yield "case", _before_its_arguments(Case)
    yield from _attributes("case", case)
    yield from _members("case", Case)
    yield "student", _before_its_arguments(Student)
    yield "student.f", _before_its_arguments(Function)
    yield from _members("student.f", Function)
    yield "handle", _before_its_arguments(Handle)
    yield from _members("handle", Handle)
    yield from _functions(checking, checking.__all__)


def _attributes(owner: str, value: object) -> Iterator[tuple[str, str]]:
    """The attributes of an object that the docstring of its class explains among its arguments."""
    for line in (inspect.getdoc(type(value)) or "").splitlines():
        name, _, meaning = line.strip().partition(": ")
        if name in vars(value):
            yield f"{owner}.{name}", meaning[:1].upper() + meaning[1:]


def _members(owner: str, kind: type) -> Iterator[tuple[str, str]]:
    """The public methods and properties of a class, and what it does when it is called."""
    for name, member in vars(kind).items():
        if name == "__call__":
            yield f"{owner}{_parameters(member)}", _first_line(member)
        elif name.startswith("_"):
            continue
        elif isinstance(member, property):
            yield f"{owner}.{name}", _first_line(member)
        else:
            yield f"{owner}.{name}{_parameters(member)}", _first_line(member)


def _functions(module: ModuleType, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        word = getattr(module, name)
        yield f"{name}{_parameters(word)}", _first_line(word)


def _first_line(word: object) -> str:
    return (inspect.getdoc(word) or "").partition("\n")[0]


def _before_its_arguments(kind: type) -> str:
    """What the docstring of a class says of it, on one line: its operators stand in no line of their own."""
    text = (inspect.getdoc(kind) or "").partition("\n\nArgs:")[0]
    return " ".join(text.split())


def _parameters(function: Callable) -> str:
    """The parameters of a function as a call writes them: `(x, *, dtype=)`."""
    written = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            written.append(f"*{parameter.name}")
        elif parameter.kind is parameter.VAR_KEYWORD:
            written.append(f"**{parameter.name}")
        elif parameter.default is parameter.empty:
            written.append(parameter.name)
        else:
            written.append(f"{parameter.name}=")
    return f"({', '.join(written)})"


def main() -> None:
    """Write the list anew in the page that the command line names."""
    (path,) = map(Path, sys.argv[1:])
    path.write_text(with_words(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
