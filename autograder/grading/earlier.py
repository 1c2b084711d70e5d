"""Earlier hand-ins of the same students: a line for each in RESULTS/earlier.jsonl, for the item analysis.

A result holds for the newest hand-in alone. This file only counts how often students handed in until a check passed, so
that a line of it that cannot be read is left out; no mark depends on it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ..mark import Earlier
from ..model import Outcome, Result
from .results import EARLIER


def note_earlier(folder: Path, before: Result, result: Result) -> None:
    """Add a line about a result that another replaces, if it was of another hand-in."""
    if _hand_in(before) == _hand_in(result):
        return
    passed = [check.name for check in before.checks if check.outcome is Outcome.PASSED]
    record = {
        "student": before.student,
        "assignment": before.assignment,
        "submission": _hand_in(before),
        "started": before.run.started,
        "passed": passed,
    }
    with (folder / EARLIER).open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_earlier(folder: Path) -> Earlier:
    """The earlier hand-ins that are noted in a folder of results."""
    hand_ins: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    try:
        lines = (folder / EARLIER).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    for line in lines:
        try:
            record = json.loads(line)
            key = sys.intern(record["student"]), sys.intern(record["assignment"])
            submission = record["submission"]
            passed = frozenset(map(sys.intern, record["passed"]))
        except (ValueError, KeyError, TypeError):  # cut off when a run was killed
            continue
        # A run that was killed in between notes the same hand-in once more.
        hand_ins.setdefault(key, {})[str(submission)] = passed
    return {key: tuple(by_submission.values()) for key, by_submission in hand_ins.items()}


def _hand_in(result: Result) -> str:
    return result.run.hashes.get("submission", "")
