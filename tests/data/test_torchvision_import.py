"""autograder.data.torchvision_import: with a compiled extension, without one, without torchvision."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder.data import torchvision_import
from autograder.errors import DataError

pytestmark = pytest.mark.slow

FRESH_PROCESS = """
import json, torch
from autograder.data import torchvision_import
datasets = torchvision_import.torchvision_datasets()
from torchvision.extension import _has_ops
print(json.dumps({
    "dataset": datasets.MNIST.__name__,
    "extension": _has_ops(),
    "declared": len(torchvision_import._declared),
    "operator": hasattr(torch.ops.torchvision, "nms"),
}))
"""


@pytest.fixture(scope="module")
def fresh_import() -> dict[str, object]:
    """What a new process sees after the import."""
    command = [sys.executable, "-c", FRESH_PROCESS]
    found = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(found.stdout)


def test_import_works_with_any_torch(fresh_import: dict[str, object]):
    """The data sets can be imported, beside a CPU-only torch too."""
    assert fresh_import["dataset"] == "MNIST"


def test_operators_are_declared_only_without_the_extension(fresh_import: dict[str, object]):
    """The operators come from the extension where it loads, and from here only where it does not."""
    assert fresh_import["operator"]
    assert fresh_import["declared"] == (0 if fresh_import["extension"] else 1)


def test_working_torchvision_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    """When the plain import succeeds, nothing is declared and no module is dropped."""
    torchvision_import.torchvision_datasets()
    modules = dict(sys.modules)
    monkeypatch.setattr(torchvision_import, "_import", lambda: sys)
    monkeypatch.setattr(torchvision_import, "_declared", [])
    assert torchvision_import.torchvision_datasets() is sys
    assert torchvision_import._declared == []
    assert sys.modules == modules


def test_other_failures_are_reported(monkeypatch: pytest.MonkeyPatch):
    """A torchvision that fails although its operators are there is a DataError with the cause."""
    torchvision_import.torchvision_datasets()

    def fail() -> None:
        raise RuntimeError("compiled with different CUDA major versions")

    monkeypatch.setattr(torchvision_import, "_import", fail)
    with pytest.raises(DataError, match=r"different CUDA major versions.*--dataset digits"):
        torchvision_import.torchvision_datasets()


def test_missing_torchvision_is_reported(monkeypatch: pytest.MonkeyPatch):
    """Without torchvision the message says that digits need none."""
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", None)
    with pytest.raises(DataError, match=r"torchvision cannot be imported.*--dataset digits"):
        torchvision_import.torchvision_datasets()
