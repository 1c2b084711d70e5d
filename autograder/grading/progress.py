"""What a student has done so far, remembered in a small file beside their work.

    .autograder-progress.json   {"version": 1, "assignments": {SLUG: {EXERCISE: {outcome, points, max_points}}}}

It is a convenience: `check` and `watch` write it, `progress` shows it, and no mark depends on it. It may be deleted at
any time, and one that cannot be read counts as none.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..model import Outcome
from ..standing import Standing

FILE_NAME = ".autograder-progress.json"
VERSION = 1
MOST_BYTES = 1 << 20  # ours is far smaller

Standings = dict[str, dict[str, Standing]]  # by assignment and exercise


def read_progress(folder: Path) -> Standings:
    """What is remembered in a student's folder; nothing if there is no file, or none that can be read."""
    try:
        with (folder / FILE_NAME).open("rb") as file:
            record = json.loads(file.read(MOST_BYTES))
        if record["version"] != VERSION:
            return {}
        return {slug: _standings(exercises) for slug, exercises in record["assignments"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def remember(folder: Path, slug: str, standings: Mapping[str, Standing]) -> None:
    """Remember where exercises of an assignment stand; where the folder cannot be written, nothing happens."""
    known = read_progress(folder)
    known.setdefault(slug, {}).update(standings)
    record = {"version": VERSION, "assignments": {slug: _record(known[slug]) for slug in sorted(known)}}
    path = folder / FILE_NAME
    partial = path.with_name(f"{FILE_NAME}.{os.getpid()}")
    with contextlib.suppress(OSError):
        # In one step, so that who is stopped here leaves the old file.
        partial.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        partial.replace(path)


def _standings(exercises: Any) -> dict[str, Standing]:
    standings = {}
    for id, record in exercises.items():
        points = float(record["points"])
        standings[id] = Standing(Outcome(record["outcome"]), points, float(record["max_points"]))
    return standings


def _record(standings: Mapping[str, Standing]) -> dict[str, dict[str, Any]]:
    records = {}
    for id, standing in standings.items():
        records[id] = {
            "outcome": str(standing.outcome),
            "points": standing.points,
            "max_points": standing.max_points,
        }
    return records
