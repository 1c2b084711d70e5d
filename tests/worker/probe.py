"""A submission that looks around in its worker and reports what it finds; sent as text, as a student's file is.

Nothing is shared with `escapes.py`, by which the grader itself finds out what holds.
"""

import contextlib
import ctypes
import os
import resource
import socket
import subprocess


def status():
    """The fields of /proc/self/status, split into words."""
    with open("/proc/self/status") as file:
        return {name: rest.split() for name, rest in (line.split(":", 1) for line in file)}


def limit(name):
    """The soft and hard limit of a resource."""
    return resource.getrlimit(getattr(resource, name))


def content(path):
    """The first bytes of a file, or the names in a folder."""
    if os.path.isdir(path):
        return os.listdir(path)
    with open(path, "rb") as file:
        return file.read(100).decode("latin-1")


def listing(path):
    """The names in a folder."""
    return os.listdir(path)


def leave(name, text="x"):
    """Write a file; in the scratch folder, unless the name says where."""
    path = os.path.join(scratch(), name)
    with open(path, "w") as file:
        file.write(text)
    return path


def scratch():
    """The folder that is ours to write to."""
    return os.environ["TMPDIR"]


def fill(megabytes):
    """Write a file of some size."""
    with open(os.path.join(scratch(), "large"), "wb") as file:
        for _ in range(megabytes):
            file.write(bytes(1 << 20))


def connect(family, address):
    """Connect a stream socket to a server outside."""
    with socket.socket(getattr(socket, family), socket.SOCK_STREAM) as link:
        link.settimeout(5)
        link.connect(tuple(address) if isinstance(address, list) else address)
    return "connected"


def open_socket(family, kind):
    """Make a socket of some kind."""
    socket.socket(getattr(socket, family), getattr(socket, kind)).close()
    return "made"


SERVERS = []


def serve(name):
    """Listen on an abstract address."""
    SERVERS.append(socket.socket(socket.AF_UNIX))
    SERVERS[-1].bind(f"\0{name}")
    SERVERS[-1].listen()
    return connect("AF_UNIX", f"\0{name}")


def pass_through_a_pair():
    """Send bytes through a pair of sockets, as the workers of a data loader do."""
    one, other = socket.socketpair()
    with one, other:
        one.send(b"hello")
        return other.recv(10).decode()


def signal(pid):
    """Send nothing to a process, which tells whether something could be sent."""
    os.kill(pid, 0)
    return "allowed"


def system_call(number, *arguments):
    """Error number of a raw system call, 0 where it succeeds."""
    library = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_long(a) for a in (number, *arguments)]
    return ctypes.get_errno() if library.syscall(*words) < 0 else 0


def open_descriptors():
    """How many descriptors can be open at once, and how many files are let go."""
    opened = []
    with contextlib.suppress(OSError):
        while len(opened) < 5000:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    for fd in opened:
        os.close(fd)
    return len(opened)


def fork_processes(most):
    """How many children can run at once."""
    children = []
    with contextlib.suppress(OSError):
        while len(children) < most:
            pid = os.fork()
            if not pid:
                os.read(os.pipe()[0], 1)
                os._exit(0)
            children.append(pid)
    for pid in children:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return len(children)


PROGRAMS = []


def execute(program, *words):
    """Start a program and leave it running; gives its process id, as it counts here."""
    PROGRAMS.append(subprocess.Popen([program, *words]))
    return PROGRAMS[-1].pid


def allocate(megabytes):
    """Hold private memory and use it."""
    return len(bytearray(b"x") * (megabytes << 20))
