"""Level "namespaces": a file tree with nothing in it but what Python needs, and processes apart.

The zygote builds the tree once, as a tmpfs with read-only bind mounts; each worker gets a private copy of the mounts,
adds its own /tmp, /run, /dev/shm and /proc, and makes the tree its root.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from . import kernel

NAMESPACES = kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
GPU_DEVICES = ("/dev/nvidia*", "/dev/nvidia-caps", "/dev/dri", "/dev/kfd")
SCRATCH = {"/tmp": "64m", "/run": "1m", "/dev/shm": "64m"}


def python_folders() -> list[Path]:
    """Folders that hold Python and its packages; never the clone that an editable install points to."""
    prefixes = {Path(p).resolve() for p in (sys.prefix, sys.base_prefix)} | {Path(sys.prefix), Path(sys.base_prefix)}
    packages = {Path(p) for p in sys.path if p.endswith(("site-packages", "dist-packages")) and Path(p).is_dir()}
    chosen: list[Path] = []
    for folder in sorted(prefixes | packages):
        if str(folder) != "/" and not any(folder.is_relative_to(c) for c in (*chosen, *map(Path, SYSTEM))):
            chosen.append(folder)
    return chosen


def own_mounts() -> None:
    """Move this process into a mount namespace of its own, with a user namespace if that takes one."""
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        kernel.unshare(kernel.CLONE_NEWNS)
    else:
        kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)


def build(*, gpu: bool) -> Path:
    """Build the tree that workers start from; gives its root."""
    root = Path(tempfile.mkdtemp(prefix="autograder-root-"))
    try:
        _furnish(root, gpu=gpu)
    except OSError:
        remove(root)
        raise
    return root


def _furnish(root: Path, *, gpu: bool) -> None:
    kernel.mount("tmpfs", str(root), "tmpfs", kernel.MS_NOSUID, "size=1m,mode=755")
    for path in (*SYSTEM, *map(str, python_folders())):
        _show(root, Path(path))
    devices = list(DEVICES)
    if gpu:
        devices += [str(p) for pattern in GPU_DEVICES for p in Path("/").glob(pattern[1:])] + ["/sys"]
    for device in devices:
        _show(root, Path(device), flags=kernel.MS_NOSUID)
    for folder in (*SCRATCH, "/proc"):
        (root / folder[1:]).mkdir(parents=True, exist_ok=True)


def remove(root: Path) -> None:
    """Take the tree away again, or what there is of it."""
    with contextlib.suppress(OSError):  # it was never mounted
        kernel.unmount(str(root))
    root.rmdir()


def enter(root: Path) -> None:
    """In a worker's own mount and process namespace: finish the tree and make it the root."""
    for scratch, size in SCRATCH.items():
        flags = kernel.MS_NOSUID | kernel.MS_NODEV
        kernel.mount("tmpfs", f"{root}{scratch}", "tmpfs", flags, f"size={size},mode=1777")
    for folder in python_folders():
        if any(folder.is_relative_to(scratch) for scratch in SCRATCH):
            _show(root, folder)  # which the scratch space hides now
    hidden = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    with contextlib.suppress(OSError):  # refused inside some containers; nothing at run time needs it
        kernel.mount("proc", f"{root}/proc", "proc", hidden)
    kernel.mount("none", str(root), None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kernel.MS_NOSUID)
    kernel.enter_root(str(root))


def _show(root: Path, path: Path, flags: int = kernel.MS_NOSUID | kernel.MS_NODEV) -> None:
    """Make a file or folder visible at the same place inside the tree, read-only."""
    target = root / path.relative_to("/")
    if path.is_symlink() and path.parent == Path("/"):
        target.symlink_to(path.readlink())
        return
    if not path.exists():
        return
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    kernel.mount(str(path), str(target), None, kernel.MS_BIND | kernel.MS_REC)
    kept = os.statvfs(target).f_flag & (kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    atime = os.statvfs(target).f_flag & (1024 | 2048 | 4096)  # a user namespace may not change these
    locked = kept | {1024: 1024, 2048: 2048, 4096: 1 << 21}.get(atime, 0)
    kernel.mount("none", str(target), None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | flags | locked)
