"""The few system calls that Python does not offer, for x86-64 and arm64."""

from __future__ import annotations

import ctypes
import os
import platform
import signal

# PyDLL keeps the interpreter lock during a call, so that a fork made here sees the interpreter in a consistent state.
_LIBC = ctypes.PyDLL(None, use_errno=True)

_NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "capset": 126},
    "aarch64": {"clone": 220, "pivot_root": 41, "capset": 91},
}
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
MACHINE = platform.machine()

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x0002_0000, 0x0400_0000, 0x0800_0000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 24, 28, 36, 38


def call(number: int, *arguments: object) -> int:
    """A raw system call.

    Raises:
        OSError: it failed.
    """
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_LIBC.syscall(ctypes.c_long(number), *words))


def prctl(option: int, *arguments: int) -> None:
    """Change a property of this process; see prctl(2)."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    _checked(_LIBC.prctl(option, *(ctypes.c_ulong(a) for a in padded)))


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """mount(2)."""
    texts = (t if t is None else t.encode() for t in (source, target, kind))
    _checked(_LIBC.mount(*texts, ctypes.c_ulong(flags), options and options.encode()))


def unmount(target: str) -> None:
    """Take a mount point off the tree, with all below it, also while it is in use."""
    _checked(_LIBC.umount2(target.encode(), MNT_DETACH))


def unshare(flags: int) -> None:
    """unshare(2): leave some namespaces for fresh ones."""
    _checked(_LIBC.unshare(ctypes.c_int(flags)))


def enter_root(folder: str) -> None:
    """Make `folder`, a mount point, the root of this mount namespace, and let go of the old root."""
    os.chdir(folder)
    call(_NUMBERS[MACHINE]["pivot_root"], b".", b".")
    unmount(".")
    os.chdir("/")


def fork(namespaces: int = 0) -> int:
    """fork(2) into fresh namespaces; the child is the first process of a new process namespace.

    Returns:
        0 in the child, else the child's process id.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    flags = ctypes.c_long(namespaces | signal.SIGCHLD)
    pid = _LIBC.syscall(ctypes.c_long(_NUMBERS[MACHINE]["clone"]), flags, 0, 0, 0, 0)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return _checked(pid)


def lock_capabilities() -> None:
    """See to it that no program executed later gains a capability, not even as root. For privileged processes only.

    Raises:
        OSError: this process is not privileged.
    """
    prctl(PR_SET_SECUREBITS, 0b11)  # SECBIT_NOROOT and its lock
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # beyond the last one
            break


def drop_capabilities() -> None:
    """Give up every capability that this process holds."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    nothing = (ctypes.c_uint32 * 6)()
    call(_NUMBERS[MACHINE]["capset"], header, nothing)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
