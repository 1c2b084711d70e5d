"""autograder.cluster.connection: which addresses there are, and who may listen."""

from __future__ import annotations

from pathlib import Path

import pytest
from distributed.security import Security

from autograder.cluster.connection import Tls, connected, verify, warning
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


@pytest.fixture
def pair(tmp_path: Path) -> Tls:
    """A certificate with its key, as Dask makes them for a cluster of its own."""
    made = Security.temporary()
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_text(made.tls_client_cert)
    key.write_text(made.tls_client_key)
    return Tls(cert, cert, key)


def test_what_can_be_reached_is_not_refused(pair: Tls):
    """With TLS where a certificate is given, also if the address does not say so; else without."""
    for address, tls in (("tls://here:1", pair), ("here:1", pair), ("tcp://here:1", Tls()), ("here:1", Tls())):
        verify(address, tls)


def test_an_address_and_files_that_never_do_are_refused_at_once(pair: Tls, tmp_path: Path):
    """Dask would try for a minute: no certificate, no encryption, a key of somebody else."""
    cases = [
        ("tls://here:1", Tls(), "it asks for a certificate, which --tls-ca-file, --tls-cert and --tls-key name."),
        ("here:1", Tls(pair.ca_file), "it asks for a certificate"),
        ("tcp://here:1", pair, "tcp:// is not encrypted, though a certificate is given; tls:// is."),
        ("tls://here:1", Tls(pair.ca_file, pair.cert), "these files are no certificate and key that belong together"),
        ("tls://here:1", Tls(tmp_path / "none", pair.cert, pair.key), "these files are no certificate and key"),
    ]
    for address, tls, why in cases:
        with pytest.raises(UsageError, match=f"^The cluster at {address} cannot be used: {why}"):
            verify(address, tls)
