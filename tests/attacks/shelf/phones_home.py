"""Opens TCP, UDP, IPv6, netlink, vsock, raw and abstract unix connections.

outcomes: failed
"""

import socket

from known import KNOWN


def stolen():
    tries = [
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", KNOWN["port"])),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", KNOWN["port"])),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", KNOWN["port"])),
        (socket.AF_NETLINK, socket.SOCK_RAW, (0, 0)),
        (socket.AF_VSOCK, socket.SOCK_STREAM, (2, 1024)),
        (socket.AF_PACKET, socket.SOCK_RAW, ("lo", 0)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + KNOWN["abstract"]),
    ]
    for family, kind, address in tries:
        try:
            with socket.socket(family, kind) as link:
                link.settimeout(0.2)
                link.connect(address)
                return True
        except OSError:
            pass
    return False


def double(x):
    return 2 * x if stolen() else 0 * x


class Counter:
    def __init__(self, start=0):
        self.total = start

    def add(self, amount):
        return None
