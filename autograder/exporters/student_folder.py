"""The students' versions of results, to be handed back: FOLDER/<student>/<slug>.json.

They hold nothing that helps to guess what hidden checks do, and nothing that is only for the staff.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..grading.results import for_student
from ..grading.sinks import Exporter, Graded, Option, Request
from ..model import Assignment
from .handing_back import create, free_folder, write_changed

OPTION = Option(
    "student-results", "Also write a version of each result for its student here.", "FOLDER", is_folder=True
)


class StudentFolder:
    """A folder with a file for every result, in the version for its student.

    Args:
        root: created if it does not exist.
    """

    name = "the students' results"

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Create the folder.

        Raises:
            ResultsError: it cannot be written to.
        """
        create(self.root, "students", OPTION)

    def save(self, graded: Graded) -> None:
        """Write the student's version, unless it stands there already."""
        result = graded.result
        path = self.root / result.student / f"{result.assignment}.json"
        text = json.dumps(for_student(result), indent=1, ensure_ascii=False) + "\n"
        write_changed(path, text.encode())

    def close(self) -> Sequence[str]:
        """Nothing is left to do."""
        return ()


def _asked_for(request: Request) -> StudentFolder | None:
    """The folder that --student-results names."""
    folder = free_folder(request, OPTION)
    return None if folder is None else StudentFolder(folder)


EXPORTER = Exporter((OPTION,), _asked_for)
