"""A step of `nbgrader generate_assignment`, added by the configuration of a course directory and used by it alone."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath

from nbgrader.preprocessors import NbGraderPreprocessor

from ..course import find_course
from .folders import files_under
from .leak_check import verify_release


class SearchRelease(NbGraderPreprocessor):
    """Fails, so that nothing is released, if a notebook or a file beside it tells a solution or a hidden check."""

    def preprocess(self, nb: dict, resources: dict) -> tuple[dict, dict]:
        """Search the notebook as it would be released, and the files that would be copied along.

        Raises:
            CourseError: students would be told something; it names the file and the line.
        """
        folder = Path(resources["metadata"]["path"])
        name = resources["metadata"]["name"]
        # The notebooks in the folder are the staff's; only what nbgrader has made of this one is released.
        files = {path: data for path, data in files_under(folder).items() if path.suffix != ".ipynb"}
        files[PurePosixPath(f"{name}.ipynb")] = json.dumps(nb).encode()
        verify_release(files, find_course(Path(os.environ["AUTOGRADER_COURSE"])))
        return nb, resources
