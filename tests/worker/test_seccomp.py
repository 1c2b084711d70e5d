"""autograder.worker.confinement.seccomp: the filter program, executed here by a small interpreter of its language."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.worker.confinement import kernel, seccomp

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
ALLOWED, KILLED, NOT_PERMITTED, NOT_THERE = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
SYSTEM_CALLS = [*seccomp.FORBIDDEN, "socket", "connect", "clone", "clone3"]


def interpret(program: list[bytes], number: int, *arguments: int, architecture: int) -> int:
    """What a filter decides of one system call, by the rules of seccomp(2) and the packet filter language."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    accumulator, position = 0, 0
    while True:
        code, if_true, if_false, value = struct.unpack("<HBBI", program[position])
        position += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        else:
            held = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: accumulator & value != 0}[code]
            position += if_true if held else if_false


@pytest.fixture(params=ARCHITECTURES)
def machine(request, monkeypatch) -> str:
    """Each kind of processor that is supported, whichever this one is."""
    monkeypatch.setattr(kernel, "MACHINE", request.param)
    return request.param


@pytest.fixture
def decide(machine) -> Callable[..., int]:
    """What the filter decides of a system call on this kind of processor."""

    def decision(number: int, *arguments: int, connecting: bool = True, sharing: bool = False) -> int:
        program = seccomp._program(connecting=connecting, sharing=sharing)
        return interpret(program, number, *arguments, architecture=ARCHITECTURES[machine])

    return decision


def numbers(name: str) -> tuple[int, int | None]:
    return seccomp.FORBIDDEN[name] if name in seccomp.FORBIDDEN else getattr(seccomp, name.upper())


@pytest.mark.parametrize("name", seccomp.FORBIDDEN)
def test_each_forbidden_call_is_refused(decide, machine, name: str):
    """With the error that a program expects of what it may not do."""
    number = numbers(name)[list(ARCHITECTURES).index(machine)]
    if number is not None:  # some exist on one kind of processor only
        assert decide(number) == NOT_PERMITTED


def test_everything_else_is_allowed(decide, machine):
    """Those calls, and no other of the first 600 with harmless arguments."""
    column = list(ARCHITECTURES).index(machine)
    listed = {numbers(name)[column] for name in seccomp.FORBIDDEN} | {seccomp.CLONE3[column]}
    assert {n for n in range(600) if decide(n, socket.AF_UNIX) != ALLOWED} == listed - {None}


@pytest.mark.parametrize("other", ["x86_64", "aarch64", "i386", "arm"])
def test_calls_of_another_architecture_end_the_process(machine, other: str):
    """A number means something else there, so the list would not hold."""
    if other == machine:
        pytest.skip("that is its own")
    architecture = (ARCHITECTURES | {"i386": 0x40000003, "arm": 0x40000028})[other]
    assert interpret(seccomp._program(connecting=True, sharing=False), 39, architecture=architecture) == KILLED


def test_the_second_set_of_numbers_is_refused(monkeypatch):
    """x86-64 knows the calls by other numbers too (x32)."""
    monkeypatch.setattr(kernel, "MACHINE", "x86_64")
    program = seccomp._program(connecting=True, sharing=False)
    assert interpret(program, 0x40000000 | 520, architecture=ARCHITECTURES["x86_64"]) == NOT_PERMITTED


@pytest.mark.parametrize("family", range(46))
def test_of_sockets_only_local_ones_can_be_made(decide, machine, family: int):
    """Whatever families the kernel knows."""
    number = seccomp.SOCKET[list(ARCHITECTURES).index(machine)]
    assert decide(number, family) == (ALLOWED if family == socket.AF_UNIX else NOT_PERMITTED)


@pytest.mark.parametrize("connecting", [True, False])
def test_connections_are_a_matter_of_the_level(decide, machine, connecting: bool):
    """Refused where the machine's own sockets are in reach."""
    number = seccomp.CONNECT[list(ARCHITECTURES).index(machine)]
    assert decide(number, 5, connecting=connecting) == (ALLOWED if connecting else NOT_PERMITTED)


FLAGS = {  # of clone(2), from linux/sched.h
    "CLONE_NEWTIME": 0x00000080, "CLONE_NEWNS": 0x00020000, "CLONE_NEWCGROUP": 0x02000000, "CLONE_NEWUTS": 0x04000000,
    "CLONE_NEWIPC": 0x08000000, "CLONE_NEWUSER": 0x10000000, "CLONE_NEWPID": 0x20000000, "CLONE_NEWNET": 0x40000000,
}  # fmt: skip
THREAD, FORK = 0x003D0F00, 0x01200011  # the flags that libc uses


@pytest.mark.parametrize("flag", FLAGS.values(), ids=FLAGS)
def test_no_namespace_can_be_made_by_forking(decide, machine, flag: int):
    """By clone with any of the flags; clone3, whose flags a filter cannot read, is said not to exist."""
    column = list(ARCHITECTURES).index(machine)
    assert decide(seccomp.CLONE[column], FORK | flag) == NOT_PERMITTED
    assert decide(seccomp.CLONE3[column], flag) == NOT_THERE


@pytest.mark.parametrize("flags", [THREAD, FORK])
def test_threads_and_processes_can_be_started(decide, machine, flags: int):
    """As libc starts them."""
    assert decide(seccomp.CLONE[list(ARCHITECTURES).index(machine)], flags) == ALLOWED


@pytest.mark.parametrize("name", SYSTEM_CALLS)
def test_numbers_are_those_of_the_kernel(machine, name: str):
    """As its own headers have them, where they are installed."""
    if not HEADERS[machine].exists():
        pytest.skip("the kernel's headers are not installed here")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", HEADERS[machine].read_text())[::-1])
    assert numbers(name)[list(ARCHITECTURES).index(machine)] == (int(found[name]) if name in found else None)


SHARED, PRIVATE, ANONYMOUS = 0x01, 0x02, 0x20  # flags of mmap(2)


@pytest.mark.parametrize("sharing", [True, False])
def test_shared_memory_without_a_file_is_a_matter_of_the_device(decide, machine, sharing: bool):
    """It stays when a process looks away from it; files and memory of its own are as they were."""
    number = seccomp.MMAP[list(ARCHITECTURES).index(machine)]
    assert decide(number, 0, 4096, 3, SHARED | ANONYMOUS, sharing=sharing) == (ALLOWED if sharing else NOT_PERMITTED)
    assert decide(number, 0, 4096, 3, SHARED, sharing=sharing) == ALLOWED
    assert decide(number, 0, 4096, 3, PRIVATE | ANONYMOUS, sharing=sharing) == ALLOWED


@pytest.mark.parametrize(("command", "refused"), [(6, True), (7, True), (37, True), (38, True), (3, False), (5, False)])
def test_ranges_of_files_cannot_be_locked(decide, machine, command: int, refused: bool):
    """The kernel would keep any number of them; other commands of fcntl(2) go through."""
    number = seccomp.FCNTL[list(ARCHITECTURES).index(machine)]
    assert decide(number, 3, command) == (NOT_PERMITTED if refused else ALLOWED)


@pytest.mark.parametrize(("option", "refused"), [(7, True), (32, True), (8, False), (2, False)])
def test_buffers_of_sockets_keep_their_size(decide, machine, option: int, refused: bool):
    """The watchdog counts on it; other options can be set."""
    number = seccomp.SETSOCKOPT[list(ARCHITECTURES).index(machine)]
    assert decide(number, 3, socket.SOL_SOCKET, option) == (NOT_PERMITTED if refused else ALLOWED)
