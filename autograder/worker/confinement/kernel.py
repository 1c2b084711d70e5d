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
MACHINE = platform.machine()

# System calls that are younger than the split of the numbers, and so have the same one on both kinds of processor.
LANDLOCK_CREATE_RULESET = 444
LANDLOCK_ADD_RULE = 445
LANDLOCK_RESTRICT_SELF = 446

# linux/sched.h
CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

# linux/mount.h
MS_RDONLY = 1 << 0
MS_NOSUID = 1 << 1
MS_NODEV = 1 << 2
MS_NOEXEC = 1 << 3
MS_REMOUNT = 1 << 5
MS_BIND = 1 << 12
MS_REC = 1 << 14
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: object) -> int:
    """Make a raw system call.

    Raises:
        OSError: it failed.
    """
    words = [_word(argument) for argument in arguments]
    return _checked(_LIBC.syscall(ctypes.c_long(number), *words))


def _word(argument: object) -> object:
    """An argument of a system call; a plain int would be passed as 32 bits."""
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def prctl(option: int, *arguments: int) -> None:
    """Change a property of this process; see prctl(2)."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    _checked(_LIBC.prctl(option, *map(ctypes.c_ulong, padded)))


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mount a file system, or change a mount; see mount(2)."""
    words = (source.encode(), target.encode(), kind and kind.encode())
    _checked(_LIBC.mount(*words, ctypes.c_ulong(flags), options and options.encode()))


def unmount(target: str) -> None:
    """Take a mount point off the tree with everything below it, even while it is in use."""
    _checked(_LIBC.umount2(target.encode(), MNT_DETACH))


def unshare(flags: int) -> None:
    """Move this process to fresh namespaces; see unshare(2)."""
    _checked(_LIBC.unshare(ctypes.c_int(flags)))


def enter_root(folder: str) -> None:
    """Make a mount point the root of this mount namespace, and detach the old root."""
    os.chdir(folder)
    call(_NUMBERS[MACHINE]["pivot_root"], b".", b".")
    unmount(".")
    os.chdir("/")


def fork(namespaces: int = 0) -> int:
    """Fork into fresh namespaces. With CLONE_NEWPID the child is the first process of its process namespace.

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
    """Keep every program that is executed later from gaining a capability, even as root.

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
