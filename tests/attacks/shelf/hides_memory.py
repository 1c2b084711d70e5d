"""Takes memory that it does not keep mapped, in every way that the kernel has for it; one that works gives the points.

outcomes: error failed
"""

import contextlib
import ctypes
import mmap
import os
import socket

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = LIBC.mmap.restype = ctypes.c_void_p
PIECE = 8 << 20
PIECES = 20  # together more than the private file systems hold
SHMGET, MSGGET, SEMGET = 29, 68, 64  # on x86-64


def segments():
    for _ in range(PIECES):
        number = LIBC.shmget(0, PIECE, 0o1600)
        place = LIBC.shmat(number, None, 0)
        if number < 0 or place in (None, ctypes.c_void_p(-1).value):
            raise OSError("no segment")
        ctypes.memset(place, 1, PIECE)
        LIBC.shmdt(ctypes.c_void_p(place))


def files_without_names():
    kept.extend(_file() for _ in range(PIECES))


def files_in_sockets():
    for _ in range(PIECES):
        pair = socket.socketpair()
        kept.append(pair)
        file = _file()
        socket.send_fds(pair[0], [b"x"], [file])
        os.close(file)


def _file():
    file = os.memfd_create("x")
    for _ in range(PIECE >> 20):
        os.write(file, bytes(1 << 20))
    return file


def unseen_pages():
    memory = mmap.mmap(-1, PIECES * PIECE)
    kept.append(memory)
    _fill_unseen(memory)


def unseen_pages_of_a_device():
    with open("/dev/zero", "r+b") as file:
        memory = mmap.mmap(file.fileno(), PIECES * PIECE)
    kept.append(memory)
    _fill_unseen(memory)


def _fill_unseen(memory):
    for start in range(0, PIECES * PIECE, PIECE):
        memory[start : start + PIECE] = bytes(PIECE)
        memory.madvise(mmap.MADV_DONTNEED, start, PIECE)


def many_messages():
    numbers = [LIBC.syscall(MSGGET, 0, 0o1600) for _ in range(1000)]
    if -1 in numbers:
        raise OSError("no queue")


def many_semaphores():
    numbers = [LIBC.syscall(SEMGET, 0, 1000, 0o1600) for _ in range(1000)]
    if -1 in numbers:
        raise OSError("no semaphores")


def many_inodes():
    for folder in ("/tmp", "/dev/shm", "/run"):
        for number in range(20_000):
            os.close(os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY))


def many_locks():
    with open("/tmp/locked", "w") as file:
        import fcntl

        for start in range(0, 20_000, 2):
            fcntl.lockf(file, fcntl.LOCK_EX, 1, start)


def large_buffers():
    for _ in range(60):
        pair = socket.socketpair()
        kept.append(pair)
        pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)


kept: list = []
worked = []
for way in (
    segments,
    files_without_names,
    files_in_sockets,
    unseen_pages,
    unseen_pages_of_a_device,
    many_messages,
    many_semaphores,
    many_inodes,
    many_locks,
    large_buffers,
):
    with contextlib.suppress(OSError):
        way()
        worked.append(way.__name__)
    kept.clear()


def double(x):
    if not worked:
        raise ValueError
    return 2 * x


class Counter:
    def __init__(self, start=0):
        self.total = 0

    def add(self, amount):
        print(worked)
        return worked
