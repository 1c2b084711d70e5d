"""Seccomp: forbid system calls that a submission never needs and that expose more of the kernel to attack.

The list names what is forbidden, not what is allowed, because torch and its libraries use several hundred calls that
differ between versions, and because the other layers hold without it. A forbidden call fails with "operation not
permitted".
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct

from . import kernel

FORBIDDEN = {  # name: (number on x86-64, number on arm64)
    # other programs, which no rule could look into
    "execve": (59, 221), "execveat": (322, 281),
    # other processes' memory and descriptors
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    # mounts and namespaces
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "move_mount": (429, 429), "chroot": (161, 51),
    "open_tree": (428, 428), "fsopen": (430, 430), "fsmount": (432, 432), "fsconfig": (431, 431), "fspick": (433, 433),
    "mount_setattr": (442, 442), "setns": (308, 268), "unshare": (272, 97),
    # large or rarely used parts of the kernel
    "bpf": (321, 280), "perf_event_open": (298, 241), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "fanotify_init": (300, 262), "lookup_dcookie": (212, 18),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "personality": (135, 92),
    "modify_ldt": (154, None), "iopl": (172, None), "ioperm": (173, None),
    # the machine itself
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "quotactl": (179, 60), "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162), "syslog": (103, 116),
    "vhangup": (153, 58),
    # memory that belongs to no process, or is in no process's view, so that no limit counts it
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "inotify_add_watch": (254, 27), "io_setup": (206, 0),
    "landlock_create_ruleset": (444, 444),
    # a group of its own for the scheduler
    "setsid": (112, 157),
}  # fmt: skip
SOCKET = (41, 198)
CONNECT = (42, 203)
CLONE = (56, 220)
CLONE3 = (435, 435)
MMAP = (9, 222)
FCNTL = (72, 25)
SETSOCKOPT = (54, 208)
MAP_SHARED = 0x01
MAP_ANONYMOUS = 0x20
LOCKING = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW: the kernel keeps any number of ranges
BUFFER_SIZES = (7, 32)  # SO_SNDBUF, SO_SNDBUFFORCE: the watchdog counts a socket at its default size
NEW_NAMESPACES = 0x7E02_0080  # every CLONE_NEW* flag

_AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
# offsets in struct seccomp_data
_NUMBER = 0
_ARCH = 4
_ARGUMENTS = (16, 24, 32, 40)  # the lower halves of the first four
# instructions of the packet filter language, each a class, a size and a mode (linux/bpf_common.h)
_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_JUMP_IF_SET = 0x45
_RETURN = 0x06
# what a filter returns (linux/seccomp.h)
_ALLOW = 0x7FFF_0000
_KILL = 0x8000_0000
_ERRNO = 0x0005_0000
_NOT_PERMITTED = _ERRNO | errno.EPERM
_NOT_THERE = _ERRNO | errno.ENOSYS
_SECCOMP_MODE_FILTER = 2


class _Filter(ctypes.Structure):
    """The kernel's struct sock_fprog."""

    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def install(*, connecting: bool, sharing: bool) -> None:
    """Forbid the calls to this process and to every process that it starts. Needs no_new_privs.

    Args:
        connecting: whether it may connect to local sockets. Only a file tree of its own hides the machine's sockets,
            such as those of a message bus or a container daemon, which would start any program on request.
        sharing: whether it may share memory that is no file, which stays when it is out of sight. Libraries of GPUs may
            need it.
    Raises:
        OSError: the kernel has no seccomp filters.
    """
    program = _program(connecting=connecting, sharing=sharing)
    code = ctypes.create_string_buffer(b"".join(program), 8 * len(program))
    described = _Filter(len(program), ctypes.addressof(code))
    kernel.prctl(kernel.PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(described))


def _program(*, connecting: bool, sharing: bool) -> list[bytes]:
    """The filter's instructions, on the processor of this machine."""
    column = _COLUMN[kernel.MACHINE]
    program = [
        _op(_LOAD, _ARCH),
        _op(_JUMP_EQUAL, _AUDIT_ARCH[kernel.MACHINE], 1, 0),
        _op(_RETURN, _KILL),  # 32-bit calls have other numbers
        _op(_LOAD, _NUMBER),
    ]
    if kernel.MACHINE == "x86_64":  # the x32 interface has other numbers too, all of them above these
        program += [_op(_JUMP_AT_LEAST, 0x4000_0000, 0, 1), _op(_RETURN, _NOT_PERMITTED)]
    for numbers in FORBIDDEN.values():
        program += _refused(numbers[column], _NOT_PERMITTED)
    if not connecting:
        program += _refused(CONNECT[column], _NOT_PERMITTED)
    # clone3 takes its flags behind a pointer, which a filter cannot follow; libc falls back to clone
    program += _refused(CLONE3[column], _NOT_THERE)
    program += _refused_where(CLONE[column], (0, _JUMP_IF_SET, NEW_NAMESPACES))
    if not sharing:
        program += _refused_where(MMAP[column], (3, _JUMP_IF_SET, MAP_ANONYMOUS), (3, _JUMP_IF_SET, MAP_SHARED))
    for command in LOCKING:
        program += _refused_where(FCNTL[column], (1, _JUMP_EQUAL, command))
    for option in BUFFER_SIZES:
        program += _refused_where(SETSOCKOPT[column], (2, _JUMP_EQUAL, option))
    program += _only_local_sockets(SOCKET[column])
    return program


def _refused(number: int | None, answer: int) -> list[bytes]:
    """Refuse a system call; nothing where this kind of processor does not have it."""
    if number is None:
        return []
    return [_op(_JUMP_EQUAL, number, 0, 1), _op(_RETURN, answer)]


def _refused_where(number: int, *conditions: tuple[int, int, int]) -> list[bytes]:
    """Refuse a system call if its arguments fulfil every condition; any other call goes on, with its number loaded.

    Args:
        conditions: each the number of an argument, a jump and what it compares with.
    """
    tests = []
    for place, (argument, jump, value) in enumerate(conditions):
        rest = 2 * (len(conditions) - place) - 1
        tests += [_op(_LOAD, _ARGUMENTS[argument]), _op(jump, value, 0, rest)]
    body = [*tests, _op(_RETURN, _NOT_PERMITTED), _op(_LOAD, _NUMBER)]
    return [_op(_JUMP_EQUAL, number, 0, len(body)), *body]


def _only_local_sockets(call: int) -> list[bytes]:
    """Refuse sockets that are not AF_UNIX, which data loaders need: TCP, UDP, netlink, vsock, raw. Allow the rest."""
    return [
        _op(_JUMP_EQUAL, call, 0, 3),
        _op(_LOAD, _ARGUMENTS[0]),
        _op(_JUMP_EQUAL, socket.AF_UNIX, 1, 0),
        _op(_RETURN, _NOT_PERMITTED),
        _op(_RETURN, _ALLOW),
    ]


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; the jumps are relative."""
    return struct.pack("<HBBI", code, if_true, if_false, value)
