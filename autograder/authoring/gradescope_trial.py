"""A dry run of Gradescope's zip: unpacked by its layout below another root, with the packages that are here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from .gradescope_zip import unpack

LIMIT_SECONDS = 2400  # the longest that Gradescope allows


@dataclass(frozen=True)
class Trial:
    """A folder that is laid out like Gradescope's container.

    Args:
        root: in place of /autograder.
    """

    root: Path

    @classmethod
    def prepared(cls, root: Path, archive: Path, submission: Path) -> Trial:
        """Unpack the zip, and put a submission where Gradescope puts uploads.

        Args:
            root: an empty folder.
            submission: a folder, or a single file.
        Raises:
            UsageError: one of them cannot be used.
        """
        unpack(archive, root / "source")
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        uploads = root / "submission"
        try:
            if submission.is_dir():
                shutil.copytree(submission, uploads, symlinks=True)
            else:
                uploads.mkdir()
                shutil.copy(submission, uploads / submission.name)
        except OSError as error:
            raise UsageError(f"{submission} cannot be copied: {error}.") from error
        folder = submission if submission.is_dir() else submission.parent
        users = [{"name": folder.resolve().name}]
        (root / "submission_metadata.json").write_text(json.dumps({"users": users}), encoding="utf-8")
        return cls(root)

    @property
    def environment(self) -> dict[str, str]:
        """What the scripts are told: another root, and this Python, so that nothing need be installed."""
        return {**os.environ, "AUTOGRADER_ROOT": str(self.root), "AUTOGRADER_PYTHON": sys.executable}

    def run(self) -> int:
        """Run `run_autograder`; returns its exit code."""
        script = self.root / "run_autograder"
        done = subprocess.run([script], cwd=self.root, env=self.environment, stdout=sys.stderr, timeout=LIMIT_SECONDS)
        return done.returncode

    def results(self) -> str:
        """The text of results.json."""
        return (self.root / "results" / "results.json").read_text(encoding="utf-8")
