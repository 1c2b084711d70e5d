"""How a cluster is reached: an address of Dask's scheduler, or processes on this machine, and who may listen."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dask
from distributed import Client, LocalCluster
from distributed.security import Security

from ..errors import UsageError

LOCAL = "local:"
ENCRYPTED = ("tls", "wss")
CONNECT_SECONDS = 30
# A parcel with a notebook may hold 16 MB, of which Dask would warn; only a few are on their way at a time.
CONFIG = {"distributed.admin.large-graph-warning-threshold": "1GB"}
# Processes of ours alone, which nobody looks at: no pages about them, and nothing measured for such pages.
UNWATCHED: dict[str, object] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,  # which looks at every thread a hundred times a second
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.scheduler.work-stealing": False,  # every parcel has its node
    "distributed.scheduler.active-memory-manager.start": False,
}


@dataclass(frozen=True)
class Tls:
    """Files that prove who this is and tell whom to trust; where none is given, those of Dask's own configuration."""

    ca_file: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def is_given(self) -> bool:
        """Whether any of the files is."""
        return any((self.ca_file, self.cert, self.key))

    def security(self) -> Security:
        """The same in Dask's words."""
        if not self.is_given:
            return Security()
        return Security(
            require_encryption=True,
            tls_ca_file=_text(self.ca_file),
            tls_client_cert=_text(self.cert),
            tls_client_key=_text(self.key),
        )


def _text(path: Path | None) -> str | None:
    if path is None:
        return None
    return str(path)


def is_local(address: str) -> bool:
    """Whether processes on this machine are meant."""
    return address.startswith(LOCAL)


def warning(address: str, tls: Tls) -> str:
    """What there is to say about who may listen, or ""."""
    scheme, _, place = address.rpartition("://")
    if is_local(address) or tls.is_given or scheme in ENCRYPTED or _is_loopback(place):
        return ""
    return (
        f"the connection to {address} is not encrypted: whoever reaches it can read submissions and run code on every "
        "node. Use an address with tls:// and --tls-ca-file, --tls-cert and --tls-key."
    )


def _is_loopback(place: str) -> bool:
    host = place.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def verify(address: str, tls: Tls) -> None:
    """Refuse what cannot be an address, or cannot be reached with these files, before anything is done.

    Raises:
        UsageError: says why.
    """
    if is_local(address):
        _count(address)
        return
    # Dask would try for half a minute what can never do.
    problem = _problem(_with_scheme(address, tls), tls)
    if problem:
        raise UsageError(f"The cluster at {address} cannot be used: {problem}.")


def _problem(address: str, tls: Tls) -> str:
    scheme = address.partition("://")[0]
    is_encrypted = scheme in ENCRYPTED
    if tls.is_given and not is_encrypted:
        return f"{scheme}:// is not encrypted, though a certificate is given; tls:// is"
    try:
        has_certificate = tls.security().get_connection_args("client")["ssl_context"] is not None
    except (OSError, TypeError) as error:  # TypeError: a setting of Dask's that it wants as well
        return f"these files are no certificate and key that belong together ({error})"
    if is_encrypted and not has_certificate:
        return "it asks for a certificate, which --tls-ca-file, --tls-cert and --tls-key name"
    return ""


def _with_scheme(address: str, tls: Tls) -> str:
    if tls.is_given and "://" not in address:
        return f"tls://{address}"
    return address


@contextmanager
def connected(address: str, tls: Tls) -> Iterator[Client]:
    """A client of the cluster, which is ours inside the block.

    Raises:
        UsageError: it cannot be reached.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it is told in our words
    with dask.config.set(CONFIG):
        if is_local(address):
            with dask.config.set(UNWATCHED), _local(_count(address)) as cluster, _client(cluster, address) as client:
                yield client
            return
        address = _with_scheme(address, tls)
        with _client(address, address, security=tls.security()) as client:
            yield client


def _count(address: str) -> int:
    count = address.removeprefix(LOCAL)
    if not count.isdecimal() or int(count) < 1:
        raise UsageError(f"{address} is no cluster: name a number of processes, as in local:2.")
    return int(count)


def _local(count: int) -> LocalCluster:
    """Processes on this machine, which talk to each other in secret: others on it must not give them tasks."""
    return LocalCluster(
        n_workers=count,
        threads_per_worker=2,  # one waits for the grader process, the other has the next submission ready
        security=True,
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        memory_limit=0,  # nothing is computed in these processes
        silence_logs=logging.CRITICAL,
        preload=["autograder.cluster.interrupts"],
    )


@contextmanager
def _client(cluster: LocalCluster | str, address: str, **options: object) -> Iterator[Client]:
    try:
        client = Client(cluster, set_as_default=False, timeout=CONNECT_SECONDS, **options)
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"The cluster at {address} cannot be used: {reason}") from error
    with client:
        yield client
