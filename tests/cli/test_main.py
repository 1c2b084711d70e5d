"""autograder.cli: the group of commands; help without torch, one line for what went wrong, documented exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder.cli import COMMANDS, FOR_STUDENTS

HEAVY = ("torch", "torchvision", "numpy", "jinja2", "matplotlib", "watchfiles")


@pytest.fixture
def run(run_afresh):
    """As ever; but here the scripts themselves are run, each in a Python of its own."""
    return run_afresh


def test_help_shows_what_students_need(run, tmp_path):
    """What the staff and authors need is left out, and how to see it is told."""
    done = run(tmp_path, "autograder --help")
    assert (done.returncode, done.stderr) == (0, "")
    for name, purpose in COMMANDS.items():
        assert (purpose in done.stdout) == (name in FOR_STUDENTS)
    assert "autograder --help --all" in done.stdout


def test_help_of_check_shows_what_students_need(run, tmp_path):
    """The options of the staff come with `--all`."""
    short = run(tmp_path, "autograder check --help").stdout
    whole = run(tmp_path, "autograder check --help --all").stdout
    for option in ("--exercise", "--hints", "--all", "--dir"):
        assert option in short
        assert option in whole
    for option in ("--isolation", "--device", "--json", "--seed"):
        assert option not in short
        assert option in whole


@pytest.mark.parametrize("line", ["autograder --help --all", "autograder --all --help"])
def test_help_lists_every_command_and_the_exit_codes(run, tmp_path, line: str):
    """`autograder --help --all` has a line per command, and says what 0, 1, 2 and 3 mean."""
    done = run(tmp_path, line)
    assert (done.returncode, done.stderr) == (0, "")
    for name, purpose in COMMANDS.items():
        assert f"{name} " in done.stdout
        assert purpose in done.stdout
    codes = (
        "Exit codes: 0 done; 1 a check failed (check, validate, measure); 2 wrong use; 3 a fault of the grader itself."
    )
    assert codes in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run, tmp_path, name: str):
    """`autograder NAME --help` shows how the command is used and describes every option."""
    done = run(tmp_path, f"autograder {name} --help")
    assert (done.returncode, done.stderr) == (0, "")
    usage, _, options = done.stdout.partition("Options:")
    assert usage.startswith(f"Usage: autograder {name} [OPTIONS]")
    assert len(usage.strip().splitlines()) >= 3
    assert "--help" in options


def test_grade_is_autograder_grade(run, tmp_path):
    """The plain command `grade` is the subcommand under a shorter name, -h and all."""
    short, long = run(tmp_path, "grade -h"), run(tmp_path, "autograder grade --help")
    assert short.returncode == 0
    assert short.stdout == long.stdout.replace("Usage: autograder grade", "Usage: grade")


def test_help_and_list_import_nothing_heavy(clone):
    """What answers at once must not wait for a second of imports; what computes is imported by those that compute."""
    lines = ["--help", *(f"{name} --help" for name in COMMANDS), "list"]
    program = f"""
import sys
from autograder import cli
for line in {lines!r}:
    sys.argv = ["autograder", *line.split()]
    try:
        cli.main()
    except SystemExit as leaving:
        assert leaving.code == 0, line
    loaded = [name for name in {HEAVY!r} if name in sys.modules]
    assert not loaded, (line, loaded)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=clone, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")


def test_version_names_the_distribution(run, tmp_path):
    """`autograder --version` ends in a version number."""
    done = run(tmp_path, "autograder --version")
    assert done.returncode == 0
    assert done.stdout.split()[-1][0].isdigit()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("autograder grad", "No such command 'grad'"),
        ("autograder grade", "Missing argument 'PATH...'"),
        ("autograder start", "Missing argument 'DIR'"),
        ("autograder list --fast", "No such option"),
        ("autograder check --hints -1", "'--hints'"),
        ("grade . --dataset cifar", "'cifar' is not one of"),
        ("grade . --seed one", "'one' is not a valid integer"),
    ],
)
def test_wrong_use_shows_the_usage(run, tmp_path, line: str, says: str):
    """What cannot be parsed ends with exit code 2, the usage and the reason on stderr, nothing on stdout."""
    done = run(tmp_path, line)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: " in done.stderr
    assert says in done.stderr
