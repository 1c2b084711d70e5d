"""`--cluster`: grade on other machines, or in processes that Dask starts here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..model import ISOLATION_LEVELS as LEVELS

if TYPE_CHECKING:
    from ..course import Course
    from ..grading.classroom import Elsewhere
    from ..plan import Setting

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
TLS_FILES = ("tls_ca_file", "tls_cert", "tls_key")
CLUSTER_HELP = "Grade on the nodes of this Dask scheduler, or with local:N in N processes here."


def cluster_options() -> list[Callable[[Callable], Callable]]:
    """--cluster, and --tls-ca-file, --tls-cert and --tls-key, which are called as Dask's own."""
    return [
        click.option("--cluster", metavar="ADDRESS", help=CLUSTER_HELP),
        click.option("--tls-ca-file", type=FILE, metavar="FILE", help="Whom to trust in the cluster (with --cluster)."),
        click.option("--tls-cert", type=FILE, metavar="FILE", help="The certificate to show there."),
        click.option("--tls-key", type=FILE, metavar="FILE", help="The key of the certificate."),
    ]


def verify_alone(options: dict[str, Any]) -> None:
    """Refuse files that would be ignored, since nobody is reached.

    Raises:
        UsageError: one is given.
    """
    for key in TLS_FILES:
        if options[key]:
            raise UsageError(f"--{key.replace('_', '-')} is for a cluster: name its scheduler with --cluster, too.")


def elsewhere(options: dict[str, Any], course: Course, slugs: Sequence[str]) -> tuple[Setting, Elsewhere]:
    """What the options ask for: graders on the nodes of a cluster, and the setting with the weakest isolation allowed.

    Raises:
        UsageError: Dask is not installed, the address is none, or options contradict each other.
    """
    if options["jobs"]:
        raise UsageError("--jobs is for this machine alone; leave it out with --cluster, or use --cluster local:N.")
    try:
        from ..cluster.connection import Tls, connected, is_local, verify, warning
        from ..cluster.graders import ClusterGraders
        from ..cluster.proof import Identity
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--cluster needs Dask ({error.name} is missing): pip install 'nn-autograder[cluster]'."
        ) from error
    address = options["cluster"]
    tls = Tls(*(options[key] for key in TLS_FILES))
    verify(address, tls)
    terms = _terms(options, course, slugs, is_here=is_local(address))
    setting = terms.setting(_weakest(options))
    if not all(path.is_file() for path in setting.data_files) and setting.load_data is not None:
        setting.load_data()  # which fetches them; the nodes are asked for the same files
    if warning(address, tls):
        click.echo(f"Warning: {warning(address, tls)}", err=True)
    graders = ClusterGraders(
        partial(connected, address, tls), address, terms, Identity.of(course, setting, slugs), tell=_note
    )
    return setting, graders


def _terms(options: dict[str, Any], course: Course, slugs: Sequence[str], *, is_here: bool) -> Any:
    from ..cluster.proof import Terms
    from ..data import data_folder

    device = options["device"]
    if device == "auto":
        device = "cpu"  # results name their device; with one that each node chose, none would be current in the end
    folders = {}
    if is_here:
        folders = {"course": str(course.root.resolve()), "data_dir": str(data_folder(options["data_dir"]))}
    return Terms(
        tuple(slugs),
        options["seed"],
        device,
        options["dataset"],
        options["isolation"],
        options["require_isolation"],
        options["carry_forward"],
        **folders,
    )


def _weakest(options: dict[str, Any]) -> str:
    """The weakest level of isolation that a node may have."""
    if options["isolation"] == "auto":
        return options["require_isolation"] or LEVELS[0]
    if options["isolation"] == "none":
        return LEVELS[0]
    return options["isolation"]


def _note(sentence: str) -> None:
    click.echo(f"Note: {sentence}", err=True)
