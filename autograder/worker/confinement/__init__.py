"""What a worker gives up before it reads a line of a student's code, at the strongest level the system allows.

`Confinement` lives in the zygote: it prepares once, and forks workers that confine themselves. `kernel` wraps system
calls, `jail` builds the file tree of level "namespaces", `landlock` and `seccomp` are layers on every level but
"process", `limits` bounds memory, files and processes. README.md says what this defends and what it does not.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile

from . import jail, kernel, landlock, limits, seccomp

FIRST_UID = 1_500_000_000  # far above any real account
UIDS = 500_000_000


class Confinement:
    """Forks confined workers.

    Args:
        level: "process", "landlock", "uid" or "namespaces".
        gpu: leave the GPU's device files reachable and the address space unlimited.
    Raises:
        OSError: this system does not allow the level.
    """

    def __init__(self, level: str, *, gpu: bool = False) -> None:
        self.level = level
        self._gpu = gpu
        self._scratch: dict[int, str] = {}
        if level == "namespaces":
            jail.own_mounts()
            self._root = jail.build(gpu=gpu)
        elif level == "uid" and os.getuid() != 0:
            raise PermissionError("only root can give every worker a user of its own")
        elif level == "landlock" and not landlock.version():
            raise OSError("this kernel has no Landlock")

    def fork(self) -> int:
        """Fork a worker, which must call `enter` next; gives 0 in the worker, else its process id."""
        if self.level == "process":
            return os.fork()
        if self.level == "namespaces":
            return kernel.fork(jail.NAMESPACES)
        scratch = tempfile.mkdtemp(prefix="autograder-work-")
        pid = os.fork()
        self._scratch[pid or os.getpid()] = scratch
        return pid

    def enter(self, memory_mb: int) -> None:
        """In the worker: give up everything that a submission does not need. There is no way back.

        Its source text comes over the wire, so no file of it need be visible.
        """
        limits.memory(memory_mb, bounded_address_space=not self._gpu)
        if self.level == "process":
            return
        limits.files_and_processes()
        scratch = self._scratch.get(os.getpid(), "/tmp")
        os.environ.update(HOME=scratch, TMPDIR=scratch)
        if self.level == "namespaces":
            jail.enter(self._root)
        with contextlib.suppress(OSError):  # an ordinary user has no capabilities to lock
            kernel.lock_capabilities()
        if os.getuid() == 0 and self.level in ("namespaces", "uid"):
            _become_nobody_else(scratch)
        kernel.drop_capabilities()
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        if landlock.version():
            landlock.restrict(*self._allowed(scratch))
        seccomp.install(connecting=self.level == "namespaces")
        os.chdir(scratch)

    def close(self) -> None:
        """In the zygote, at its end: leave no folder behind."""
        for pid in list(self._scratch):
            self.forget(pid)
        if self.level == "namespaces":
            jail.remove(self._root)

    def forget(self, pid: int) -> None:
        """Remove what an ended worker left behind."""
        scratch = self._scratch.pop(pid, None)
        if scratch is None:
            return
        if os.getuid() != 0:  # who needs permission to empty folders that the worker made unwritable
            for folder, names, _ in os.walk(scratch):
                for path in (os.path.join(folder, name) for name in names):
                    if not os.path.islink(path):
                        os.chmod(path, 0o700)
        shutil.rmtree(scratch, ignore_errors=True)

    def _allowed(self, scratch: str) -> tuple[list[str], list[str]]:
        """What Landlock lets a worker read, and what it lets it write."""
        if self.level == "namespaces":  # the tree holds nothing else
            return ["/"], [*jail.SCRATCH, "/dev"]
        devices = [*jail.DEVICES, *(["/dev"] if self._gpu else [])]
        facts = ["/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"]
        return [*jail.SYSTEM, *map(str, jail.python_folders()), *facts], [scratch, *devices]


def _become_nobody_else(scratch: str) -> None:
    """Switch from root to a user that nobody else has, not even another worker."""
    uid = FIRST_UID + secrets.randbelow(UIDS)
    if scratch != "/tmp":
        os.chown(scratch, uid, uid)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    sys.path[:] = [p for p in sys.path if os.access(p, os.R_OK)]
