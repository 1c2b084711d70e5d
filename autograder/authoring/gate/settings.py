"""Which settings of a training the checks read, and whether every data set has those, and no others."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...course import Course
from ...model import Assignment
from .places import place

FILE = "assignment.toml"


class NotedSettings(dict[str, Any]):
    """The settings for one data set, which note what is read of them.

    Attributes:
        needed: the keys that were asked for, each with the place in the checks.
        known: those too that only were looked for.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._settings = settings
        self.needed: dict[str, str] = {}
        self.known: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        caller = sys._getframe(1)
        self.needed.setdefault(key, f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}")
        return self._settings[key]  # where the key is missing, these say what is wrong

    def __contains__(self, key: object) -> bool:
        self.known.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """As of any dict: a key that is looked for need not be there."""
        self.known.add(key)
        return super().get(key, default)

    def keys(self) -> Any:
        """As of any dict; whoever takes all of them, as `**settings` does, knows all."""
        self.known.update(super().keys())
        return super().keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def items(self) -> Any:
        """As of any dict."""
        self.keys()
        return super().items()


def misfits(course: Course, assignment: Assignment, noted: NotedSettings) -> Iterator[str]:
    """Settings that another data set lacks, and settings that no check reads."""
    text = course.text(assignment.slug, FILE)
    stated: dict[str, None] = {}
    for dataset, settings in assignment.training.items():
        where = place(FILE, text, f"[training.{dataset}]")
        for key, read_at in noted.needed.items():
            if key not in settings:
                yield f"{where}: {dataset} lacks the training setting {key!r}, which {read_at} reads"
        stated |= dict.fromkeys(settings)
    known = noted.known.union(noted.needed)
    for key in stated:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield f"{place(FILE, text, f'{key} =')}: no check reads the training setting {key!r}{hint}"
