"""What a worker gives up before it reads a line of a student's code, at the strongest level the system allows.

`Confinement` lives in the zygote: it prepares once, and forks workers that confine themselves. `kernel` wraps system
calls. `jail` builds the file tree of level "namespaces". `landlock` and `seccomp` are layers on every level but
"process". `limits` bounds memory, files and processes. README.md says what this defends against and what not.
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
MACHINE_FACTS = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")  # torch reads these


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
        """Fork a worker, which must call `enter` next. Returns 0 in the worker, else its process id."""
        if self.level == "process":
            return os.fork()
        if self.level == "namespaces":
            return kernel.fork(jail.NAMESPACES)
        scratch = tempfile.mkdtemp(prefix="autograder-work-")
        pid = os.fork()
        self._scratch[pid or os.getpid()] = scratch
        return pid

    def scratch_of(self, pid: int) -> str:
        """The folder that a worker may write to, outside of any file system of its own; "" if it has none."""
        return self._scratch.get(pid, "")

    def enter(self, memory_mb: int) -> None:
        """In the worker: give up everything that a submission does not need. There is no way back.

        The submission's text comes over the wire, so none of its files need be visible.
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
        seccomp.install(connecting=self.level == "namespaces", sharing=self._gpu)
        os.chdir(scratch)

    def close(self) -> None:
        """In the zygote, before it ends: leave no folder behind."""
        for pid in list(self._scratch):
            self.forget(pid)
        if self.level == "namespaces":
            jail.remove(self._root)

    def forget(self, pid: int) -> None:
        """Remove what an ended worker left behind."""
        scratch = self._scratch.pop(pid, None)
        if scratch is None:
            return
        if os.getuid() != 0:  # root may empty any folder
            _make_folders_writable(scratch)
        shutil.rmtree(scratch, ignore_errors=True)

    def _allowed(self, scratch: str) -> tuple[list[str], list[str]]:
        """The paths that Landlock lets a worker read, and those that it may write to as well."""
        if self.level == "namespaces":  # the tree holds nothing else
            return ["/"], [*jail.SCRATCH, "/dev"]
        readable = [*jail.SYSTEM, *map(str, jail.python_folders()), *MACHINE_FACTS]
        writable = [scratch, *jail.DEVICES]
        if self._gpu:
            writable.append("/dev")
        return readable, writable


def _make_folders_writable(scratch: str) -> None:
    """Undo what a worker did to its folders, so that they can be emptied."""
    for folder, names, _ in os.walk(scratch):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path):  # chmod would follow it out of the scratch folder
                os.chmod(path, 0o700)


def _become_nobody_else(scratch: str) -> None:
    """Switch from root to a user that nobody else has, not even another worker."""
    uid = FIRST_UID + secrets.randbelow(UIDS)
    if scratch != "/tmp":
        os.chown(scratch, uid, uid)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    sys.path[:] = [folder for folder in sys.path if os.access(folder, os.R_OK)]
