"""A step of `nbgrader generate_assignment`, added by the configuration of a course directory and used by it alone."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePath

from nbgrader.preprocessors import NbGraderPreprocessor

from ..course import find_course
from .leak_check import files_under, verify_release


class SearchRelease(NbGraderPreprocessor):
    """Fails, so that nothing is released, if a notebook or a file beside it tells a solution or a hidden check."""

    def preprocess(self, nb: dict, resources: dict) -> tuple[dict, dict]:
        """Search the notebook as it would be released, and the files that would be copied along.

        Raises:
            CourseError: students would be told something; it names the file and the line.
        """
        folder = Path(resources["metadata"]["path"])
        files = {path: data for path, data in files_under(folder).items() if path.suffix != ".ipynb"}
        files[PurePath(f"{resources['metadata']['name']}.ipynb")] = json.dumps(nb).encode()
        verify_release(files, find_course(Path(os.environ["AUTOGRADER_COURSE"])))
        return nb, resources
