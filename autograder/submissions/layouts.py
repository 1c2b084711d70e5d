"""How learning platforms name what they hand out for download: whose file it is, and what it was called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# lovelaceada_12345_67890_sigmoid_gd.py, and lovelaceada_LATE_12345_67890_sigmoid_gd-1.py
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)", re.IGNORECASE)
# Ada Lovelace_1234567_assignsubmission_file_, a folder, or a file whose name goes on
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)")
# sigmoid_gd-1.py, as Canvas calls a file that was handed in again, and sigmoid_gd (1).py, as browsers do
COPY = re.compile(r"(?P<stem>.+?)(?:-(?P<dash>\d+)| ?\((?P<round>\d+)\))")
METADATA = "submission_metadata.yml"  # in an export of Gradescope
SUBMISSION = re.compile(r"^['\"]?(?P<folder>submission_\d+)['\"]?:\s*$")
SUBMITTERS = re.compile(r"^\s+:?submitters:\s*$")
FIELD = re.compile(r"^\s+(?:- )?\s*:?(?P<key>name|email|sid):\s*(?P<value>.*?)\s*$")


@dataclass(frozen=True)
class Owner:
    """Whose a file or folder is, by its name.

    Args:
        id: the platform's number for the student.
        file: what the student called the file; "" if it is a folder.
    """

    name: str
    id: str
    file: str = ""
    late: bool = False

    @property
    def student(self) -> str:
        """What the student is called here: two may have one name, but no two have one number."""
        return f"{self.name}_{self.id}" if self.id else self.name


def owner_of_file(name: str) -> Owner | None:
    """Whose a file of a flat download is; None if its name is no such one."""
    moodle = MOODLE.fullmatch(name)
    if moodle is not None and moodle["file"]:
        return Owner(moodle["name"], moodle["id"], moodle["file"])
    canvas = CANVAS.fullmatch(name)
    if canvas is None:
        return None
    return Owner(canvas["name"], canvas["id"], canvas["file"], late=canvas["late"] is not None)


def owner_of_folder(name: str) -> Owner | None:
    """Whose a folder of Moodle's is; None if its name is no such one."""
    moodle = MOODLE.fullmatch(name)
    if moodle is None or moodle["file"]:
        return None
    return Owner(moodle["name"], moodle["id"])


def without_number(name: str) -> tuple[str, int]:
    """The name of a file without the number of a copy, and that number; 0 if it has none."""
    stem, dot, suffix = name.rpartition(".")
    copy = COPY.fullmatch(stem)
    if copy is None or not dot:
        return name, 0
    return f"{copy['stem']}.{suffix}", int(copy["dash"] or copy["round"])


def gradescope_owners(text: str) -> dict[str, list[Owner]]:
    """Who handed in each folder of an export of Gradescope, a group together.

    Args:
        text: of its metadata, of which no more is read than who the submitters are.
    """
    owners: dict[str, list[Owner]] = {}
    for folder, block in _blocks(text.splitlines()):
        people: list[dict[str, str]] = []
        for line in _submitters(block):
            if line.lstrip().startswith("- "):
                people.append({})
            field = FIELD.match(line)
            if field is not None and people:
                people[-1].setdefault(field["key"], field["value"].strip("'\""))
        owners[folder] = [_of_gradescope(person) for person in people if person]
    return owners


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The lines below the name of each folder."""
    folder = ""
    block: list[str] = []
    for line in [*lines, "end:"]:
        if line[:1].isspace():
            block.append(line)
            continue
        if folder:
            yield folder, block
        named = SUBMISSION.match(line)
        folder = named["folder"] if named else ""
        block = []


def _submitters(block: list[str]) -> Iterator[str]:
    """The lines on the submitters of one folder; the list goes on as long as lines are items or stand deeper."""
    inside = False
    margin = 0
    for line in block:
        indent = len(line) - len(line.lstrip())
        if SUBMITTERS.match(line):
            inside = True
            margin = indent
        elif inside and indent <= margin and not line.lstrip().startswith("- "):
            inside = False
        elif inside:
            yield line


def _of_gradescope(person: dict[str, str]) -> Owner:
    id = person.get("sid") or person.get("email", "").partition("@")[0]
    return Owner(person.get("name") or id, id if person.get("name") else "")
