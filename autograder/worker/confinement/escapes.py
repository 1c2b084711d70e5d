"""What a probe tries from inside a worker, sent there like a submission: each function tells whether it got through."""

import os
import socket


def reads(path: str) -> bool:
    """Read a file of the grader's."""
    try:
        with open(path) as file:
            return bool(file.read())
    except OSError:
        return False


def writes(path: str) -> bool:
    """Create a file beside it."""
    try:
        with open(path, "w") as file:
            file.write("x")
        return True
    except OSError:
        return False


def connects(port: int) -> bool:
    """Reach a server on this machine."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as link:
            link.settimeout(1)
            link.connect(("127.0.0.1", port))
        return True
    except OSError:
        return False


def signals(pid: int) -> bool:
    """Send a harmless signal to the grader."""
    try:
        os.kill(pid, 0)
        return True
    except OSError:
        return False


def peeks(pid: int) -> bool:
    """Open the grader's memory."""
    try:
        with open(f"/proc/{pid}/mem", "rb"):
            return True
    except OSError:
        return False
