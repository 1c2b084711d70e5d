"""Opens files through inherited descriptors, /proc and links in its own folder.

outcomes: failed
"""

import os
from pathlib import Path

from known import KNOWN


def stolen():
    for fd in [*range(3, 256)]:
        climbing = f"/proc/self/cwd/../../..{KNOWN['secrets'][0]}"
        for path in (f"/proc/self/fd/{fd}", f"/proc/self/fd/{fd}/../..", climbing):
            try:
                if b"canary" in Path(path).read_bytes()[:100]:
                    return True
            except OSError:
                pass
    try:
        os.symlink(KNOWN["secrets"][0], "/tmp/link")
        return bool(Path("/tmp/link").read_bytes())
    except OSError:
        return False


def double(x):
    return 2 * x if stolen() else 0 * x


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
