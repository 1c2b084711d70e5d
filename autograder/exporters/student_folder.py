"""The students' versions of results, to be handed back: FOLDER/<student>/<slug>.json.

They hold nothing that helps to guess what hidden checks do, and nothing that is only for the staff.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import ResultsError, UsageError
from ..grading.results import for_student, write_whole
from ..grading.sinks import Exporter, Graded, Option, Request
from ..model import Assignment

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
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResultsError(f"{self.root} cannot be used as a folder for students: {error.strerror}.") from error
        if not os.access(self.root, os.W_OK):
            raise ResultsError(f"{self.root} cannot be written to; name another folder with --{OPTION.name}.")

    def save(self, graded: Graded) -> None:
        """Write the student's version, unless it stands there already."""
        result = graded.result
        path = self.root / result.student / f"{result.assignment}.json"
        text = json.dumps(for_student(result), indent=1, ensure_ascii=False) + "\n"
        content = text.encode()
        # An unchanged file keeps its time, so that tools that hand files back send nothing twice.
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)

    def close(self) -> Sequence[str]:
        """Nothing is left to do."""
        return ()


def _asked_for(request: Request) -> StudentFolder | None:
    """The folder that --student-results names.

    Raises:
        UsageError: it is needed for something else: files there would be overwritten, or handed back by mistake.
    """
    folder: Path | None = request.options[OPTION.key]
    if folder is None:
        return None
    taken = map(Path.resolve, (request.out, *request.paths))
    if folder.resolve() in taken:  # through links and ".." too
        raise UsageError(f"{folder} is not free for --{OPTION.name}; name a folder of its own.")
    return StudentFolder(folder)


EXPORTER = Exporter((OPTION,), _asked_for)
