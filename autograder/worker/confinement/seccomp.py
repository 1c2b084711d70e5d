"""Seccomp: system calls that a submission never needs and that widen the kernel it can attack.

A list of what is forbidden, not of what is allowed: torch and its libraries use several hundred calls that differ
between versions, and the other layers already hold. Everything here answers "operation not permitted".
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct

from . import kernel

#              x86-64, arm64
FORBIDDEN = {
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
}  # fmt: skip
SOCKET, CONNECT, CLONE, CLONE3 = (41, 198), (42, 203), (56, 220), (435, 435)
NEW_NAMESPACES = 0x7E02_0080  # every CLONE_NEW* flag

_AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
_NUMBER, _ARCH, _ARGUMENT_0 = 0, 4, 16  # offsets in struct seccomp_data
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_IF_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF_0000, 0x8000_0000, 0x0005_0000


def install(*, connecting: bool) -> None:
    """Forbid the calls for this process and all it starts. Needs no_new_privs.

    Args:
        connecting: whether it may connect to local sockets. No layer but a file tree of its own keeps it from those of
            the machine, of a message bus or a container daemon, say, which would start anything on its behalf.
    Raises:
        OSError: the kernel has no seccomp filters.
    """
    program = _program(connecting=connecting)
    code = ctypes.create_string_buffer(b"".join(program), 8 * len(program))

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    described = Filter(len(program), ctypes.addressof(code))
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.addressof(described))


def _program(*, connecting: bool) -> list[bytes]:
    column = _COLUMN[kernel.MACHINE]
    no = _ERRNO | errno.EPERM
    program = [
        _op(_LOAD, _ARCH),
        _op(_JUMP_EQUAL, _AUDIT_ARCH[kernel.MACHINE], 1, 0),
        _op(_RETURN, _KILL),  # 32-bit calls have other numbers
        _op(_LOAD, _NUMBER),
    ]
    if kernel.MACHINE == "x86_64":  # so has the x32 interface
        program += [_op(_JUMP_AT_LEAST, 0x4000_0000, 0, 1), _op(_RETURN, no)]
    for numbers in (*FORBIDDEN.values(), *([] if connecting else [CONNECT])):
        if numbers[column] is not None:
            program += [_op(_JUMP_EQUAL, numbers[column], 0, 1), _op(_RETURN, no)]
    # clone3 takes its flags behind a pointer that a filter cannot read; libc falls back to clone
    program += [_op(_JUMP_EQUAL, CLONE3[column], 0, 1), _op(_RETURN, _ERRNO | errno.ENOSYS)]
    program += [
        _op(_JUMP_EQUAL, CLONE[column], 0, 3), _op(_LOAD, _ARGUMENT_0), _op(_JUMP_IF_SET, NEW_NAMESPACES, 0, 1),
        _op(_RETURN, no), _op(_LOAD, _NUMBER),
    ]  # fmt: skip
    # of sockets only AF_UNIX, which data loaders need: no TCP, UDP, netlink, vsock or raw sockets
    program += [
        _op(_JUMP_EQUAL, SOCKET[column], 0, 3), _op(_LOAD, _ARGUMENT_0), _op(_JUMP_EQUAL, socket.AF_UNIX, 1, 0),
        _op(_RETURN, no), _op(_RETURN, _ALLOW),
    ]  # fmt: skip
    return program


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction of the packet filter language, with relative jumps."""
    return struct.pack("<HBBI", code, if_true, if_false, value)
