"""What broke in a check, told to its author once: which check, in which line, and what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...evidence import Traceback, find
from ...model import CheckResult, Outcome

PLACE = re.compile(r'^  File "(.+)", line (\d+)', re.MULTILINE)  # in a traceback
OURS = re.compile(r"autograder\.[\w.]+: ")  # an exception of ours, whose text says everything


def broken_checks(checks: Sequence[CheckResult], folder: Path) -> list[str]:
    """A sentence for each thing that broke in a check; several checks may break in one line.

    Args:
        folder: of the assignment.
    """
    names: dict[tuple[str, str], list[str]] = {}
    for check in checks:
        fault = find(check.evidence, Traceback)
        if check.outcome is Outcome.GRADER_FAULT and fault is not None:
            names.setdefault(_cause(fault.text, folder), []).append(check.name)
    return [_sentence(*cause, broken) for cause, broken in names.items()]


def _cause(trace: str, folder: Path) -> tuple[str, str]:
    """The line of the course that raised an exception, and what it says; of a fault of ours, no line and all."""
    exception = trace.strip().splitlines()[-1]
    # The last frames may be ours or torch's; the author can change only what is in the course.
    inside = [(path, line) for path, line in PLACE.findall(trace) if Path(path).is_relative_to(folder)]
    if not inside:
        return "", trace.strip()
    path, line = inside[-1]
    return f"{Path(path).relative_to(folder)}:{line}", exception.replace(f"{folder}/", "")


def _sentence(place: str, exception: str, broken: Sequence[str]) -> str:
    which = f"your check {broken[0]}"
    if len(broken) > 1:
        which += f" (and {len(broken) - 1} more)"
    if not place:
        return f"the engine failed in {which}; please report this:\n{exception}"
    if OURS.match(exception):
        return f"{place}: {which}: {OURS.sub('', exception, count=1)}"
    return f"{place}: {which} raised {exception}"
