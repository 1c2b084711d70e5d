"""Commands run by a user who is not root, also where the tests themselves run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

NOBODY = 65534
SWITCH = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
IN_ROOTS_HOME = f"""
keep=$(mktemp -d)
mount --bind "$BASE" "$keep" && mount -t tmpfs -o mode=755 none "$HIDDEN" && mkdir -p "$BASE" || exit 77
mount --bind "$keep" "$BASE" && umount "$keep" && rmdir "$keep"
exec {" ".join(SWITCH)} "$@"
"""
CANNOT = (77, 126, 127)  # exit codes which mean that the command was not run at all


def run_as_nobody(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as user nobody; in a mount namespace where Python can be read, should it lie in root's own home.

    Skips the test where that cannot be done.
    """
    if sys.platform != "linux" or os.getuid() != 0 or not shutil.which("setpriv") or not shutil.which("unshare"):
        pytest.skip("it takes root, setpriv and unshare to become somebody else")
    base = Path(sys.base_prefix).resolve()
    hidden = next((f for f in (*reversed(base.parents), base) if not f.stat().st_mode & 1), None)
    switched = [*SWITCH, *command]
    if hidden is not None:
        switched = ["unshare", "--mount", "sh", "-c", IN_ROOTS_HOME, "sh", *command]
    known = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "BASE": str(base), "HIDDEN": str(hidden)}
    done = subprocess.run(switched, env=known | dict(environment), capture_output=True, text=True, timeout=300)
    if done.returncode in CANNOT:
        pytest.skip(f"Python cannot be run as somebody else here: {done.stderr}")
    return done
