"""The folder of a course of nbgrader, with what its configuration says; and nbgrader itself, imported when needed."""

from __future__ import annotations

import ast
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
from ..submissions.files import read_bytes

if TYPE_CHECKING:
    from traitlets.config import Config

CONFIG = "nbgrader_config.py"
TIMESTAMP = "timestamp.txt"
RUN_IT = "add --run-config if you trust what lies there."
HARMLESS = {  # settings that can be used as they stand in the configuration
    ("CourseDirectory", "course_id"),
    ("CourseDirectory", "groupshared"),
    ("LateSubmissionPlugin", "penalty_method"),
}
TELLING = {section for section, _ in HARMLESS} | {"AssignLatePenalties"}
MOST_FILES = 200
MAX_FILE_BYTES = 16 << 20


@cache
def nbgrader_api() -> ModuleType:
    """nbgrader's access to its gradebook.

    Raises:
        UsageError: nbgrader is not installed.
    """
    try:
        from nbgrader import api
    except ImportError as error:
        raise UsageError(f"A gradebook of nbgrader needs nbgrader: pip install nbgrader ({error}).") from error
    return api


class NbgraderCourse:
    """The folder that nbgrader's commands are run in.

    Args:
        run_config: whether its configuration may be run, as nbgrader's own commands do. It is not otherwise, since the
            folder may be one that a student handed in, dressed up as a course.
    Raises:
        UsageError: its configuration cannot be read, or would have to be run.
    """

    def __init__(self, root: Path, *, run_config: bool) -> None:
        nbgrader_api()
        from nbgrader.coursedir import CourseDirectory

        self.root = root.resolve()
        self.config = read_config(self.root, run=run_config)
        self._places = CourseDirectory(config=self.config, root=str(self.root))
        self._trusted = run_config
        self.id = self._places.course_id

    @property
    def database(self) -> str:
        """The address of its gradebook.

        Raises:
            UsageError: that is a link, which could lead to another course's.
        """
        if not self._trusted:
            self._verify_inside(self.root / "gradebook.db")
        return self._places.db_url

    def write_autograded(self, student: str, slug: str, notebook: str, home: Path) -> None:
        """Store the copy of a submission that formgrader and feedback show, with the files that lie beside it.

        Args:
            home: the folder that was handed in; of it only regular files are copied, and no other notebook.
        """
        folder = Path(self._places.format_path(self._places.autograded_directory, student, slug))
        mode = 0o664 if self._places.groupshared else 0o444  # as nbgrader sets it
        for path in islice(_files_below(home), MOST_FILES):
            with contextlib.suppress(SubmissionError):
                self._write(folder / path.relative_to(home), read_bytes(path, MAX_FILE_BYTES), mode)
        self._write(folder / f"{slug}.ipynb", notebook.encode(), mode)

    def _write(self, path: Path, content: bytes, mode: int) -> None:
        if not self._trusted:
            self._verify_inside(path.parent)
        write_whole(path, content)
        os.chmod(path, mode)

    def _verify_inside(self, path: Path) -> None:
        if path.resolve() != path:
            raise UsageError(f"{path} leads out of {self.root}, by a link: {RUN_IT}")


def _files_below(home: Path) -> Iterator[Path]:
    """Everything but notebooks; links to folders are not followed, be it the student's or the assignment's."""
    linked = home.is_symlink() or home.parent.is_symlink()
    for folder, _, names in () if linked else os.walk(home):
        yield from (Path(folder, name) for name in sorted(names) if not name.endswith(".ipynb"))


def read_config(root: Path | None, *, run: bool) -> Config:
    """The configuration that nbgrader's own commands use in a folder.

    Args:
        run: whether the one in the folder is run; otherwise only values are taken from it that it sets plainly.
    Raises:
        UsageError: a file of it is wrong, or would have to be run.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config, PyFileConfigLoader

    config, places = Config(), [Path(place) for place in reversed(jupyter_config_path())]
    if root is not None and run:
        places.append(root)
        sys.path.append(str(root))  # a configuration may name plug-ins that lie beside it
    for place in places:
        if (place / CONFIG).is_file():
            with _explained(place / CONFIG), _unchanged_environment():
                config.merge(PyFileConfigLoader(CONFIG, path=str(place)).load_config())
    if root is not None and not run and (root / CONFIG).is_file():
        with _explained(root / CONFIG):
            for section, name, value in _plain_settings(root / CONFIG):
                config[section][name] = value
    return config


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"{path} cannot be read ({type(error).__name__}: {error}).") from error


@contextlib.contextmanager
def _unchanged_environment() -> Iterator[None]:
    """What a configuration sets there is meant for nbgrader's kernels."""
    variables = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(variables)


def _plain_settings(path: Path) -> Iterator[tuple[str, str, object]]:
    """Section, name and value of what a configuration sets to a constant, as far as it matters here."""
    for node in ast.parse(read_bytes(path)).body:
        inner = [n for n in ast.walk(node) if isinstance(n, ast.Attribute | ast.Name)]
        names = {n.attr if isinstance(n, ast.Attribute) else n.id for n in inner}
        if not names & (TELLING | {"load_subconfig"}):
            continue
        target = ast.unparse(node.targets[0]).split(".") if isinstance(node, ast.Assign) else []
        if tuple(target[1:]) not in HARMLESS or not isinstance(node.value, ast.Constant):
            raise UsageError(f"{path}:{node.lineno}: this can be known only by running the file: {RUN_IT}")
        yield target[1], target[2], node.value.value
