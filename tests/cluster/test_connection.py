"""autograder.cluster.connection: which addresses there are, and who may listen."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cluster.connection import Tls, connected, warning
from autograder.errors import UsageError

FILES = Tls(Path("ca.pem"), Path("cert.pem"), Path("key.pem"))


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "scheduler:8786", "ws://10.0.0.5:80"])
def test_whoever_may_listen_is_warned_of(address: str):
    """In one line, with what to do about it."""
    said = warning(address, Tls())
    assert said.startswith(f"the connection to {address} is not encrypted")
    assert "--tls-ca-file" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("address", "tls"),
    [
        ("tcp://127.0.0.1:8786", Tls()),
        ("localhost:8786", Tls()),
        ("tcp://[::1]:8786", Tls()),
        ("tls://10.0.0.5:8786", Tls()),
        ("10.0.0.5:8786", FILES),
        ("local:2", Tls()),
    ],
)
def test_nobody_is_warned_where_nobody_listens(address: str, tls: Tls):
    """On this machine, or with TLS."""
    assert warning(address, tls) == ""


@pytest.mark.parametrize("address", ["local:", "local:0", "local:x", "local:-1"])
def test_a_local_cluster_has_a_number_of_processes(address: str):
    """Anything else is wrong use."""
    with pytest.raises(UsageError, match="name a number of processes, as in local:2"), connected(address, Tls()):
        pass


@pytest.mark.parametrize(("address", "tls"), [("odd://here:1", Tls()), ("tls://127.0.0.1:1", FILES)])
def test_an_address_that_cannot_be_used_is_one_line(address: str, tls: Tls):
    """Be it the address or the files."""
    with pytest.raises(UsageError, match=f"^The cluster at {address} cannot be used: ") as told:
        with connected(address, tls):
            pass
    assert "\n" not in str(told.value)
