"""What every test of the data package starts from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.data import mnist


@pytest.fixture(autouse=True)
def forget_loaded_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start every test with nothing loaded, so that none lives on what another read."""
    monkeypatch.setattr(mnist, "_loaded", {})


@pytest.fixture
def real_data() -> Path:
    """The folder with the full MNIST and Fashion-MNIST, or a skip."""
    folder = os.environ.get("AUTOGRADER_DATA")
    if not folder or not all(Path(folder, name).is_dir() for name in ("MNIST", "FashionMNIST")):
        pytest.skip("needs the full MNIST and Fashion-MNIST in the folder $AUTOGRADER_DATA")
    return Path(folder)
