"""An nbgrader course directory and what its configuration says; nbgrader itself is imported when it is needed."""

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
HARMLESS = {  # settings whose value can be read without running the configuration
    ("CourseDirectory", "course_id"),
    ("CourseDirectory", "groupshared"),
    ("LateSubmissionPlugin", "penalty_method"),
}
TELLING = {section for section, _ in HARMLESS} | {"AssignLatePenalties"}
MOST_FILES = 200  # this and the next bound what one student can make us copy
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
        run_config: whether its configuration may be run, as nbgrader's own commands do. Without permission it is only
            read, since a student may have handed in a folder that is dressed up as a course.
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
            home: the folder that was handed in; only its regular files are copied, and no other notebook.
        """
        folder = Path(self._places.format_path(self._places.autograded_directory, student, slug))
        mode = 0o664 if self._places.groupshared else 0o444  # as nbgrader itself sets it
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
    """Everything but notebooks; links to folders are not followed."""
    if home.is_symlink() or home.parent.is_symlink():  # the assignment's folder, or the student's
        return
    for folder, _, names in os.walk(home):
        for name in sorted(names):
            if not name.endswith(".ipynb"):
                yield Path(folder, name)


def read_config(root: Path | None, *, run: bool) -> Config:
    """The configuration that nbgrader's own commands use in a folder.

    Args:
        run: whether the one in the folder is run; if not, only constants that it sets are read from it.
    Raises:
        UsageError: a file of it is wrong, or would have to be run.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config, PyFileConfigLoader

    config = Config()
    places = list(map(Path, reversed(jupyter_config_path())))  # what comes later overrides what came before
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
    """Inside the block, whatever goes wrong with a configuration becomes one line with its path."""
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"{path} cannot be read ({type(error).__name__}: {error}).") from error


@contextlib.contextmanager
def _unchanged_environment() -> Iterator[None]:
    """After the block the environment is as before: what a configuration sets is meant for nbgrader's kernels."""
    variables = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(variables)


def _plain_settings(path: Path) -> Iterator[tuple[str, str, object]]:
    """Section, name and value of what a configuration sets to a constant, as far as it matters here."""
    for statement in ast.parse(read_bytes(path)).body:
        if not _names_in(statement) & (TELLING | {"load_subconfig"}):
            continue
        setting = _plain_setting(statement)
        if setting is None:
            raise UsageError(f"{path}:{statement.lineno}: this can be known only by running the file: {RUN_IT}")
        yield setting


def _plain_setting(statement: ast.stmt) -> tuple[str, str, object] | None:
    """What `c.Section.name = constant` sets, for a harmless setting; None for any other statement."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Constant):
        return None
    _, *setting = ast.unparse(statement.targets[0]).split(".")
    if tuple(setting) not in HARMLESS:
        return None
    section, name = setting
    return section, name, statement.value.value


def _names_in(statement: ast.stmt) -> set[str]:
    """Every name and attribute that occurs in a statement."""
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
    return names
