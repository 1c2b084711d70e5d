"""What commands print where the terminal's encoding lacks characters: every command ends as it does elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cli.options import console
from autograder.cli.output import IN_ASCII
from autograder.reports.screen import SYMBOLS

pytestmark = pytest.mark.slow

ENCODINGS = ("ascii", "cp1252", "cp437")
COMMANDS = {
    "--help": 0,
    "list": 0,
    "check scaling --hints 2": 1,
    "grade . --out results": 0,
    "regrade . --out results": 0,
}


@pytest.fixture(scope="module")
def folder(make_course, work, tmp_path_factory) -> Path:
    """A course whose title holds characters of many alphabets, with work that fails and prints some more."""
    root = make_course(tmp_path_factory.mktemp("encodings") / "course")
    toml = root / "assignments" / "scaling" / "assignment.toml"
    text = toml.read_text(encoding="utf-8").replace('"Scaling"', '"σ(z) ≤ 1 – Skalierung für Łukasz"')
    toml.write_text(text, encoding="utf-8")
    (root / "scaling.py").write_text(work("print('∂ → 漢字 \\U0001f600') or x**2"), encoding="utf-8")
    return root


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("command", "exit_code"), COMMANDS.items(), ids=COMMANDS)
def test_no_character_stops_a_command(run, folder: Path, command: str, exit_code: int, encoding: str):
    """Not even in a terminal that knows no more than ASCII; the exit code is what it always is."""
    done = run(folder, f"autograder {command}", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == exit_code
    assert "Error" not in done.stderr


def test_symbols_stay_apart_in_ascii(run, folder: Path):
    """What passed and what failed can be told without colours."""
    done = run(folder, "autograder check scaling --all", PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert "\n  x double(x) is x + x.\n" in done.stdout
    assert "\n  + A counter holds the sum of what it was given.\n" in done.stdout
    assert "(z) <= 1 - Skalierung fur ?ukasz" in done.stdout


def test_every_symbol_has_a_sign_of_its_own():
    """In ASCII, but for those that are one symbol in two colours."""
    symbols = {symbol for symbol, _ in SYMBOLS.values()}
    plain = {symbol: symbol if symbol.isascii() else IN_ASCII[symbol] for symbol in symbols}
    assert len(set(plain.values())) == len(symbols)
    assert all(sign.isascii() for sign in plain.values())


@pytest.mark.parametrize(("given", "width"), [("77", 77), ("", 120), ("300", 300)])
def test_output_that_is_piped_is_as_wide_as_columns_says(monkeypatch, given: str, width: int):
    """Without it a file is wide enough for a table."""
    monkeypatch.setenv("COLUMNS", given)
    assert console().width == width
