"""autograder.data.load: which data set, from which folder, at what cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder import data
from autograder.errors import DataError


def test_importing_the_package_imports_nothing_heavy():
    """`import autograder.data` leaves torch, torchvision, numpy and rich alone."""
    code = "import sys, autograder.data; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "torchvision", "numpy", "rich"} & set(found.stdout.split())


@pytest.mark.parametrize("name", data.NAMES)
def test_every_name_loads(name: str, real_data: Path):
    """Each of NAMES loads, under its own name, with image sides that multiply to the columns."""
    loaded = data.load(name, root=real_data)
    assert (loaded.name, loaded.classes) == (name, 10)
    assert loaded.X_train.shape[1] == loaded.image_shape[0] * loaded.image_shape[1]


@pytest.mark.parametrize("name", data.NAMES)
def test_the_files_of_every_data_set_are_known(name: str, real_data: Path):
    """Each that it is read from, so that a change of one can be noticed."""
    assert all(path.is_file() for path in data.files(name, real_data))


def test_unknown_name_lists_the_known_ones():
    """A misspelt data set is a DataError that says which there are."""
    with pytest.raises(DataError, match=r"'minst'.*digits, mnist, fashion_mnist"):
        data.load("minst")


def test_digits_need_no_folder(monkeypatch: pytest.MonkeyPatch):
    """The embedded digits load whatever the folder for downloads is."""
    monkeypatch.setenv("AUTOGRADER_DATA", "/dev/null/not-a-folder")
    assert len(data.load("digits").y_train) == 1437


def test_folder_argument_wins_over_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The argument comes before AUTOGRADER_DATA."""
    monkeypatch.setenv("AUTOGRADER_DATA", "/elsewhere")
    assert data.data_folder(tmp_path) == tmp_path


def test_folder_from_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """AUTOGRADER_DATA comes before the cache folder."""
    monkeypatch.setenv("AUTOGRADER_DATA", str(tmp_path))
    assert data.data_folder() == tmp_path


def test_empty_environment_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """An empty AUTOGRADER_DATA means the cache folder, not the working directory."""
    monkeypatch.setenv("AUTOGRADER_DATA", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert data.data_folder() == tmp_path / "autograder"


def test_folder_defaults_to_home_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Without any variable the data lives in ~/.cache/autograder."""
    monkeypatch.delenv("AUTOGRADER_DATA", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data.data_folder() == tmp_path / ".cache" / "autograder"
