"""The folder of a course of nbgrader, with what its configuration says; and nbgrader itself, imported when needed."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import SubmissionError, UsageError
from ..grading.results import write_whole
from ..grading.submissions import read_bytes

if TYPE_CHECKING:
    from traitlets.config import Config

CONFIG = "nbgrader_config.py"
TIMESTAMP = "timestamp.txt"
SLOW = "rfc3987_syntax"  # a check of web addresses that jsonschema can do without; importing it takes 1.5 s
MOST_FILES = 200
MAX_FILE_BYTES = 16 << 20


@cache
def nbgrader_api() -> ModuleType:
    """nbgrader's access to its gradebook.

    Raises:
        UsageError: nbgrader is not installed.
    """
    try:
        with _without(SLOW):
            from nbgrader import api
    except ImportError as error:
        raise UsageError(f"A gradebook of nbgrader needs nbgrader: pip install nbgrader ({error}).") from error
    return api


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Let importing a package fail, which those who import it are prepared for."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None
    try:
        yield
    finally:
        del sys.modules[name]


class NbgraderCourse:
    """The folder that nbgrader's commands are run in.

    Raises:
        UsageError: its configuration cannot be read.
    """

    def __init__(self, root: Path) -> None:
        nbgrader_api()
        from nbgrader.coursedir import CourseDirectory

        self.root = root.resolve()
        self.config = read_config(self.root)
        self._places = CourseDirectory(config=self.config, root=str(self.root))
        self.database = self._places.db_url
        self.id = self._places.course_id

    def write_autograded(self, student: str, slug: str, notebook: str, home: Path) -> None:
        """Store the copy of a submission that formgrader and feedback show, with the files that lie beside it.

        Args:
            home: the folder that was handed in; of it only regular files are copied, and no other notebook.
        """
        folder = Path(self._places.format_path(self._places.autograded_directory, student, slug))
        mode = 0o664 if self._places.groupshared else 0o444  # as nbgrader sets it
        for path in islice(_files_below(home), MOST_FILES):
            with contextlib.suppress(SubmissionError):
                _write(folder / path.relative_to(home), read_bytes(path, MAX_FILE_BYTES), mode)
        _write(folder / f"{slug}.ipynb", notebook.encode(), mode)


def _files_below(home: Path) -> Iterator[Path]:
    """Everything but notebooks; links to folders are not followed."""
    for folder, _, names in os.walk(home):
        yield from (Path(folder, name) for name in sorted(names) if not name.endswith(".ipynb"))


def _write(path: Path, content: bytes, mode: int) -> None:
    write_whole(path, content)
    os.chmod(path, mode)


def read_config(root: Path | None) -> Config:
    """The configuration that nbgrader's own commands use in a folder.

    Raises:
        UsageError: a file of it is wrong.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config, PyFileConfigLoader

    config, places, variables = Config(), list(reversed(jupyter_config_path())), dict(os.environ)
    if root is not None:
        places.append(str(root))
        sys.path.append(str(root))  # a configuration may name plug-ins that lie beside it
    for place in places:
        if (Path(place) / CONFIG).is_file():
            try:
                config.merge(PyFileConfigLoader(CONFIG, path=place).load_config())
            except Exception as error:
                problem = f"{Path(place) / CONFIG} cannot be read ({type(error).__name__}: {error})."
                raise UsageError(problem) from error
            finally:  # what it sets is meant for nbgrader's kernels
                os.environ.clear()
                os.environ.update(variables)
    return config
