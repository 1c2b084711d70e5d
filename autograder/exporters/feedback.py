"""What students are handed back to read: FOLDER/<student>/<slug>.html and the same in Markdown, <slug>.md.

Both are made of the student's version of a result, and hold nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..grading.results import for_student
from ..grading.sinks import Exporter, Graded, Option, Request
from ..model import Assignment
from .handing_back import create, free_folder, write_changed

OPTION = Option("feedback", "Also write a page and a Markdown file for each student here.", "FOLDER", is_folder=True)


class FeedbackFolder:
    """A folder with two files for every result, for its student to read.

    Args:
        root: created if it does not exist.
    """

    name = "the feedback"

    def __init__(self, root: Path) -> None:
        self.root = root
        self._titles: dict[str, dict[str, str]] = {}

    def open(self, assignments: Sequence[Assignment], count: int) -> None:
        """Create the folder, and learn what exercises are called.

        Raises:
            ResultsError: it cannot be written to.
        """
        create(self.root, "feedback", OPTION)
        for assignment in assignments:
            self._titles[assignment.slug] = {exercise.id: exercise.title for exercise in assignment.exercises}

    def save(self, graded: Graded) -> None:
        """Write the student's page and the same as Markdown, unless they stand there already."""
        from ..reports.feedback import Feedback  # jinja2 is needed for nothing else that `grade` does
        from ..reports.feedback_page import feedback_page
        from ..reports.feedback_text import in_markdown

        result = graded.result
        feedback = Feedback.of(for_student(result), self._titles[result.assignment])
        for suffix, text in (("html", feedback_page(feedback)), ("md", in_markdown(feedback))):
            content = text.encode("utf-8", "replace")  # names of folders may be no text
            write_changed(self.root / result.student / f"{result.assignment}.{suffix}", content)

    def close(self) -> Sequence[str]:
        """Nothing is left to do."""
        return ()


def _asked_for(request: Request) -> FeedbackFolder | None:
    """The folder that --feedback names."""
    folder = free_folder(request, OPTION)
    return None if folder is None else FeedbackFolder(folder)


EXPORTER = Exporter((OPTION,), _asked_for)
