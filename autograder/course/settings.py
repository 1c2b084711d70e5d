"""The settings of a training: common ones, and for each data set what differs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import CourseError


class TrainingSettings(dict[str, Any]):
    """The settings for one data set, the common ones included. A missing one is the author's error, and told as such.

    Args:
        path: of the file that states them.
        line: where it names the data set.
    """

    def __init__(self, values: Mapping[str, Any], *, dataset: str, path: Path, line: int | None) -> None:
        super().__init__(values)
        self.dataset = dataset
        self.path = path
        self.line = line

    def __missing__(self, key: str) -> Any:
        close = difflib.get_close_matches(key, self, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        problem = f"a check reads the training setting {key!r}, which {self.dataset} does not have{hint}"
        raise CourseError(problem, path=self.path, line=self.line)
