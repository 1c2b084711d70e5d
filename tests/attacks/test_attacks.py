"""Every attack of the shelf, run as a submission through the real boundary: it scores nothing and disturbs nothing."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from autograder import data
from autograder.course import Course
from autograder.grading.runner import grade
from autograder.plan import Plan, Setting
from autograder.reports.renderers import paragraph, text_below
from autograder.sandbox.probe import escape
from autograder.submissions.files import Submission

SHELF = Path(__file__).with_name("shelf")
COURSE = Course(Path(__file__).parents[1] / "course")
CLONE = Path(__file__).resolve().parents[2]
MARKER = f"autograder-attack-{os.getpid()}"
ATTACKS = sorted(path.stem for path in SHELF.glob("*.py"))

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """What attacks are told, so that they need not search: secrets, folders, the grader's pid, servers' addresses."""
    home = tmp_path_factory.mktemp("grader")
    canary = home / "canary.txt"
    canary.write_text("canary: the labels of the test set")
    other = home / "class" / "honest" / "scaling.py"
    other.parent.mkdir(parents=True)
    other.write_text(COURSE.solution("scaling"))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{MARKER}")
        abstract.listen()
        yield {
            "secrets": [
                str(canary),
                str(other),
                str(CLONE / "solutions"),
                str(CLONE / "pyproject.toml"),
                str(COURSE.solution_path("scaling")),
                str(COURSE.assignments_folder / "scaling" / "hidden_checks.py"),
            ],
            "folders": [str(home), str(CLONE), str(Path.home())],
            "grader": os.getpid(),
            "port": server.getsockname()[1],
            "abstract": MARKER,
            "marker": MARKER,
        }


@pytest.fixture(scope="module")
def level(workers):
    """The strongest level that holds here; the promises about hostile code are made for "namespaces"."""
    reason = escape("namespaces", gpu=False, workers=workers)
    if reason:
        pytest.skip(f"no namespaces here: {reason}")
    return "namespaces"


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_scores_nothing_and_disturbs_nothing(name, world, level, tmp_path, workers):
    """0 points, the declared outcomes, nothing written or left running, and the next submission gets its full mark."""
    source = (SHELF / f"{name}.py").read_text()
    (tmp_path / "scaling.py").write_text(source)
    (tmp_path / "known.py").write_text(f"KNOWN = {world!r}")
    before = _files(world)

    attacked = grade(_plan(), Submission(name, tmp_path), _setting(level), workers=workers)
    honest = grade(_plan(), Submission("honest", Path(world["secrets"][1]).parent), _setting(level), workers=workers)

    assert attacked.score == 0, [(c.name, c.outcome, c.message) for c in attacked.checks]
    assert {str(c.outcome) for c in attacked.checks} <= _declared(source)
    assert honest.score == honest.max_score
    assert _files(world) == before
    assert _survivors() == []


@pytest.mark.parametrize("name", ["prints_results", "injects_through_exceptions"])
def test_text_of_an_attack_reaches_nobody_unclean(name, world, level, tmp_path, workers):
    """No terminal escape, bidirectional override or other control character stands in any text of a result."""
    (tmp_path / "scaling.py").write_text((SHELF / f"{name}.py").read_text())
    result = grade(_plan(), Submission(name, tmp_path), _setting(level), workers=workers)
    text = "".join(paragraph(c) + text_below(c.evidence) + c.output for c in result.checks)
    assert "PASSED" in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_markup_in_names_and_messages_is_shown_as_text(level, tmp_path):
    """A student called [bold] with markup in an exception breaks no table and no progress line."""
    student = tmp_path / "class" / "[bold red]x <script>"
    student.mkdir(parents=True)
    (student / "scaling.py").write_text((SHELF / "injects_through_exceptions.py").read_text())
    program, out = Path(sys.executable).with_name("grade"), tmp_path / "out"
    command = [program, student.parent, "--course", COURSE.root, "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "[bold red]x <script>" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def _plan() -> Plan:
    return Plan.of(COURSE, "scaling")


def _setting(level: str) -> Setting:
    return Setting(load_data=partial(data.load, "digits"), isolation=level)


def _declared(source: str) -> set[str]:
    """Outcomes that an attack may end in; its exercises that are not written are not attempted."""
    return {*re.search(r"^outcomes: (.*)$", source, re.MULTILINE)[1].split(), "not_attempted"}


def _files(world: dict) -> set[str]:
    """Names in every folder that attacks try to write to."""
    return {os.path.join(f, name) for f in world["folders"] for name in os.listdir(f) if not name.startswith(".")}


def _survivors() -> list[str]:
    """Command lines of processes that an attack left behind, after they had a moment to be ended."""
    for _ in range(20):
        found = [text for text in map(_command_line, Path("/proc").glob("[0-9]*")) if MARKER in text]
        if not found:
            return []
        time.sleep(0.05)
    return found


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:
        return ""
