"""autograder.worker.confinement: at every level that holds here, a worker looks around and finds nothing.

`probe.py` does the looking, in a real worker, and shares no code with the probe that the grader itself runs.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")

from autograder.actions import Call, asking  # noqa: E402
from autograder.sandbox.probe import escape  # noqa: E402
from autograder.sandbox.spec import SandboxSpec  # noqa: E402
from autograder.sandbox.workers import Workers  # noqa: E402

PROBE = Path(__file__).with_name("probe.py").read_text()
CLONE = Path(__file__).resolve().parents[2]
FIRST_UID = 1_000_000_000  # far above any account
LEVELS = ("namespaces", "uid", "landlock")
NOTHING = "0" * 16
REFUSALS = ("FileNotFoundError", "PermissionError", "ProcessLookupError", "ConnectionRefusedError")


class Inmate:
    """A confined worker that runs functions of the probe."""

    def __init__(self, level: str, workers: Workers) -> None:
        self.level = level
        self.process = workers.start(SandboxSpec(level, memory_mb=256))
        self._ask("load", sources={"probe": PROBE}, path="probe.py", name="probe", device="cpu", functions=[])

    def __call__(self, name: str, *arguments: Any) -> Any:
        """What a function returns, or the name of the exception that it raises."""
        (reply,) = self._ask(**asking(Call(None, name, arguments, {})))["value"]
        return reply["type"] if reply.get("problem") else reply["value"]

    def _ask(self, op: str, **fields: Any) -> dict:
        return self.process.request({"op": op, **fields}, deadline=time.monotonic() + 60)


def require(level: str, workers: Workers) -> None:
    """Skip the test where the machine does not allow a level."""
    reason = escape(level, gpu=False, workers=workers)
    if reason:
        pytest.skip(f"no isolation {level} here: {reason}")


@pytest.fixture(scope="module", params=LEVELS)
def inmate(request, workers) -> Iterator[Inmate]:
    """A worker at each level that holds here."""
    require(request.param, workers)
    started = Inmate(request.param, workers)
    yield started
    started.process.kill()


@pytest.fixture
def another(workers) -> Iterator[Callable[[str], Inmate]]:
    """Starts workers that end with the test."""
    started: list[Inmate] = []

    def start(level: str) -> Inmate:
        require(level, workers)
        started.append(Inmate(level, workers))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()


@pytest.fixture
def alone(another) -> Inmate:
    """A worker at level namespaces, which hides what other levels forbid."""
    return another("namespaces")


def test_no_right_is_left(inmate):
    """No capability of any kind, no way to gain one, and a filter of system calls in force."""
    status = inmate("status")
    assert {status[name][0] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {NOTHING}
    assert status["NoNewPrivs"] == ["1"]
    assert status["Seccomp"] == ["2"]


@pytest.mark.parametrize("level", LEVELS)
def test_no_program_can_be_executed(another, level: str):
    """No rule could look into it, and some have rights that a worker does not have."""
    assert another(level)("execute", "/bin/sleep", "60") == "PermissionError"


def test_a_worker_of_root_is_a_user_of_its_own(inmate, another):
    """Real, effective, saved and file system user and group; no other group; another worker is somebody else."""
    if os.getuid() != 0 or inmate.level == "landlock":
        pytest.skip("only root can give workers users of their own")
    found = [one("status") for one in (inmate, another(inmate.level))]
    for status in found:
        (uid,), (gid,) = set(status["Uid"]), set(status["Gid"])
        assert uid == gid
        assert int(uid) >= FIRST_UID
        assert status["Groups"] == []
    assert found[0]["Uid"] != found[1]["Uid"]


@pytest.fixture(scope="module")
def canary(tmp_path_factory) -> Path:
    """A file with a secret."""
    path = tmp_path_factory.mktemp("home") / "canary"
    path.write_text("secret")
    return path


@pytest.mark.parametrize(
    "path",
    [CLONE, CLONE / "solutions", CLONE / "autograder" / "grading", CLONE / "pyproject.toml", Path.home(),
     Path("/etc/passwd"), Path("/etc/hostname"), Path("/var"), Path("/root"), Path("/home")],
    ids=str,
)  # fmt: skip
def test_no_file_of_ours_can_be_read(inmate, path: Path):
    """Neither the clone nor the home folder nor the accounts of the machine; a folder cannot even be listed."""
    inside = {p.relative_to(path).parts[0] for p in map(Path, (sys.prefix, sys.base_prefix)) if p.is_relative_to(path)}
    if inmate.level == "namespaces" and inside:  # of a folder that holds Python, only the way to it
        assert set(inmate("content", str(path))) == inside
    else:
        assert inmate("content", str(path)) in REFUSALS


def test_no_temporary_file_of_ours_can_be_read(inmate, canary):
    """Although it lies where everybody may look on an ordinary machine."""
    canary.parent.chmod(0o755)
    assert canary.read_text() == "secret"
    assert inmate("content", str(canary)) in REFUSALS


def test_in_namespaces_nothing_else_lies_in_the_tree(alone):
    """The root holds what Python needs, and no name that could tell where a secret lies."""
    usual = {"usr", "bin", "sbin", "lib", "lib32", "lib64", "etc", "dev", "proc", "run", "tmp"}
    python = {Path(p).parts[1] for p in (sys.prefix, sys.base_prefix)}
    assert set(alone("listing", "/")) <= usual | python
    assert alone("listing", "/run") == alone("listing", "/dev/shm") == []


def test_in_namespaces_no_other_process_is_seen(alone):
    """The worker is the first process of its world, and alone in it."""
    status = alone("status")
    assert (status["Pid"], status["PPid"]) == (["1"], ["0"])
    assert [name for name in alone("listing", "/proc") if name.isdigit()] == ["1"]


@pytest.mark.parametrize("file", ["mem", "environ", "maps", "fd", "cwd", "root"])
def test_the_grader_cannot_be_looked_into(inmate, file: str):
    """Neither its memory nor its environment, files or folders."""
    assert inmate("content", f"/proc/{os.getpid()}/{file}") in REFUSALS


def test_the_grader_cannot_be_signalled(inmate):
    """Nor the fork server, nor the first process of the machine."""
    zygote = int(Path(f"/proc/{inmate.process.pid}/stat").read_text().rpartition(")")[2].split()[1])
    for pid in (os.getpid(), zygote):
        assert inmate("signal", pid) in REFUSALS


def test_in_namespaces_there_is_no_network_at_all(alone):
    """A loopback interface that is down, whatever the filter of system calls would let through."""
    lines = Path(f"/proc/{alone.process.pid}/net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in lines] == ["lo"]
    route = Path(f"/proc/{alone.process.pid}/net/route").read_text().splitlines()[1:]
    assert route == []


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        ("AF_INET", "SOCK_STREAM"),
        ("AF_INET", "SOCK_DGRAM"),
        ("AF_INET", "SOCK_RAW"),
        ("AF_INET6", "SOCK_STREAM"),
        ("AF_INET6", "SOCK_DGRAM"),
        ("AF_NETLINK", "SOCK_RAW"),
        ("AF_PACKET", "SOCK_RAW"),
        ("AF_VSOCK", "SOCK_STREAM"),
        ("AF_ALG", "SOCK_SEQPACKET"),
    ],
)
def test_no_socket_of_a_network_can_be_made(inmate, family: str, kind: str):
    """The system call itself is refused."""
    assert inmate("open_socket", family, kind) == "PermissionError"


def test_a_local_server_cannot_be_reached(inmate, tmp_path):
    """Neither by an abstract address nor by a socket file."""
    name, path = f"\0autograder-test-{os.getpid()}-{inmate.level}", str(tmp_path / "socket")
    for address in (name, path):
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as ours:
            server.bind(address)
            server.listen()
            ours.connect(address)
            assert inmate("connect", "AF_UNIX", address) in REFUSALS


def test_sockets_within_a_worker_work(inmate):
    """Data loaders need them; only in a file tree of its own may a worker connect any."""
    assert inmate("pass_through_a_pair") == "hello"
    allowed = inmate.level == "namespaces"
    assert inmate("serve", "own-server") == ("connected" if allowed else "PermissionError")


@pytest.mark.parametrize("folder", ["/", "/usr", "/etc", "/bin", "/var/tmp", str(CLONE), sys.prefix, "/proc", "/dev"])
def test_nothing_can_be_written_outside_the_scratch_folder(inmate, folder: str):
    """Wherever it tries."""
    assert inmate("leave", f"{folder}/left-by-a-probe") in (*REFUSALS, "OSError")
    assert not Path(folder, "left-by-a-probe").exists()


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_written_is_gone_with_the_worker(another, level: str):
    """Its scratch folder is not there before, is seen by no other worker, and leaves nothing behind."""
    one, other = another(level), another(level)
    path = one("leave", f"note-{os.getpid()}")
    assert one("content", path) == "x"
    assert other("content", path) in REFUSALS
    one.process.kill()
    assert not Path(path).exists()
    assert path.startswith("/tmp/note") or not Path(path).parent.exists()
    assert another(level)("content", path) in REFUSALS


@pytest.mark.parametrize("level", LEVELS)
def test_two_workers_side_by_side_are_apart(another, level: str):
    """No signal, no look into the other's memory, no connection between them; the end of one harms the other not."""
    one, other, third = another(level), another(level), another(level)
    one("serve", "meeting-point")
    assert other("connect", "AF_UNIX", "\0meeting-point") in REFUSALS
    pid = one.process.pid
    assert other("signal", pid) in REFUSALS
    assert other("content", f"/proc/{pid}/mem") in REFUSALS
    assert other("content", f"/proc/{pid}/fd") in REFUSALS
    third.process.kill()
    assert one("pass_through_a_pair") == other("pass_through_a_pair") == "hello"


def test_a_file_cannot_grow_without_end(inmate):
    """64 MB are the most."""
    assert inmate("fill", 65) == "OSError"
    assert inmate("fill", 1) is None


def test_descriptors_are_bounded(inmate):
    """Those that are open already count."""
    assert 200 < inmate("open_descriptors") < 256


@pytest.mark.slow
def test_processes_are_bounded(inmate):
    """The worker is one of 64."""
    if os.getuid() == 0 and inmate.level == "landlock":
        pytest.skip("the kernel does not bound root's processes; this level is for others")
    assert 0 < inmate("fork_processes", 200) < 64


def test_too_much_memory_is_an_error_that_python_sees(inmate):
    """The worker goes on after it."""
    assert inmate("allocate", 4096) == "MemoryError"
    assert inmate("allocate", 16) == 16 << 20


@pytest.mark.parametrize("name", ["RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_DATA"])
def test_no_limit_can_be_raised(inmate, name: str):
    """The hard limit is as low as the soft one."""
    soft, hard = inmate("limit", name)
    assert soft == hard
    assert soft < 1 << 40


REFUSED = {  # each would succeed, or fail with another error, for an ordinary process: (x86-64, arm64), arguments
    "ptrace, asking to be traced": ((101, 117), (0, 0, 0, 0)),
    "unshare of nothing": ((272, 97), (0,)),
    "unshare of the user namespace": ((272, 97), (0x1000_0000,)),
    "io_uring_setup": ((425, 425), (0, 0)),
    "userfaultfd": ((323, 282), (0,)),
    "personality, asking": ((135, 92), (0xFFFF_FFFF,)),
    "perf_event_open": ((298, 241), (0, 0, -1, -1, 0)),
    "process_vm_readv of itself": ((310, 270), (1, 0, 0, 0, 0, 0)),
    "pidfd_getfd": ((438, 438), (-1, 0, 0)),
    "clone into a user namespace": ((56, 220), (0x1000_0011, 0, 0, 0, 0)),
    "adjtimex of nowhere": ((159, 171), (0,)),
}


@pytest.mark.parametrize(("numbers", "arguments"), REFUSED.values(), ids=REFUSED)
def test_system_calls_that_no_submission_needs_are_refused(inmate, numbers: tuple, arguments: tuple):
    """By the filter, before the kernel looks at their arguments."""
    number = numbers[0 if os.uname().machine == "x86_64" else 1]
    assert inmate("system_call", number, *arguments) == errno.EPERM
