"""Level "namespaces": a file tree that holds only what Python needs, and no sight of other processes.

The zygote builds the tree once, as a tmpfs with read-only bind mounts. Each worker gets a private copy of the mounts,
adds its own /tmp, /run, /dev/shm and /proc, and makes the tree its root.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
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
# Without /dev/zero, shared mappings of which hold memory that no process shows.
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")
GPU_DEVICES = ("/dev/zero", "/dev/nvidia*", "/dev/nvidia-caps", "/dev/dri", "/dev/kfd")
SCRATCH = {"/tmp": "64m", "/run": "1m", "/dev/shm": "64m"}  # what a worker may write to, and how much
INODES = 4096  # of each: an empty file takes a kilobyte of the kernel's memory, which its size does not bound


def python_folders() -> list[Path]:
    """Folders that hold Python and its packages; never the clone that an editable install points to."""
    candidates: set[Path] = set()
    for prefix in (Path(sys.prefix), Path(sys.base_prefix)):
        candidates |= {prefix, prefix.resolve()}
    for entry in sys.path:
        if entry.endswith(("site-packages", "dist-packages")) and os.path.isdir(entry):
            candidates.add(Path(entry))
    candidates.discard(Path("/"))
    chosen: list[Path] = []
    for folder in sorted(candidates):  # a folder comes before what lies in it
        if not _lies_in(folder, SYSTEM) and not _lies_in(folder, chosen):
            chosen.append(folder)
    return chosen


def _lies_in(folder: Path, others: Iterable[str | Path]) -> bool:
    """Whether a folder is one of some others, or lies somewhere in one of them."""
    return any(folder.is_relative_to(other) for other in others)


def own_mounts() -> None:
    """Move this process into a mount namespace of its own, with a user namespace if that takes one."""
    uid = os.getuid()
    gid = os.getgid()
    if uid == 0:
        kernel.unshare(kernel.CLONE_NEWNS)
    else:
        kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)


def build(*, gpu: bool) -> Path:
    """Build the tree that workers start from, and return its root."""
    root = Path(tempfile.mkdtemp(prefix="autograder-root-"))
    try:
        _furnish(root, gpu=gpu)
    except OSError:
        remove(root)
        raise
    return root


def _furnish(root: Path, *, gpu: bool) -> None:
    kernel.mount("tmpfs", str(root), "tmpfs", kernel.MS_NOSUID, f"size=1m,nr_inodes={INODES},mode=755")
    for path in (*map(Path, SYSTEM), *python_folders()):
        _show(root, path)
    for device in DEVICES:
        _show(root, Path(device), flags=kernel.MS_NOSUID)
    if gpu:
        for path in _gpu_devices():
            _show(root, path, flags=kernel.MS_NOSUID)
    for folder in (*SCRATCH, "/proc"):
        (root / folder[1:]).mkdir(parents=True, exist_ok=True)


def _gpu_devices() -> Iterator[Path]:
    for pattern in GPU_DEVICES:
        yield from Path("/").glob(pattern.removeprefix("/"))
    yield Path("/sys")


def remove(root: Path) -> None:
    """Take the tree away again, however much of it was built."""
    with contextlib.suppress(OSError):  # it was never mounted
        kernel.unmount(str(root))
    root.rmdir()


def enter(root: Path) -> None:
    """In a worker's own mount and process namespace: finish the tree and make it the root."""
    for scratch, size in SCRATCH.items():
        flags = kernel.MS_NOSUID | kernel.MS_NODEV
        kernel.mount("tmpfs", f"{root}{scratch}", "tmpfs", flags, f"size={size},nr_inodes={INODES},mode=1777")
    for folder in python_folders():
        if _lies_in(folder, SCRATCH):  # then the scratch space hides it now
            _show(root, folder)
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
    # A user namespace may not drop these flags of the original mount. Those of atime are kept where none is named.
    kept = os.statvfs(target).f_flag & (kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    kernel.mount("none", str(target), None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | flags | kept)
