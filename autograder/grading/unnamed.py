"""Mistakes that several students share and nobody has named, as `discover` found them: RESULTS/unnamed.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ..errors import ResultsError
from ..mark import Unnamed
from .results import UNNAMED, write_whole


def write_unnamed(folder: Path, groups: Sequence[Unnamed]) -> None:
    """Keep what was found, in place of what was found before."""
    records = [asdict(group) for group in groups]
    write_whole(folder / UNNAMED, json.dumps(records, indent=1, ensure_ascii=False).encode())


def read_unnamed(folder: Path) -> list[Unnamed]:
    """What `discover` found last; nothing if it was not run.

    Raises:
        ResultsError: the file is broken.
    """
    path = folder / UNNAMED
    try:
        return [Unnamed(**record) for record in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        raise ResultsError(f"{path} cannot be read ({error}); `autograder discover` writes it anew.") from error
