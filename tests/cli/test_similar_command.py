"""`similar PATH...`: which texts of a class are alike."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ANA = """import torch


def double(x):
    total = torch.zeros_like(x)
    for _ in range(2):
        total = total + x
    if total.isnan().any() or total.isinf().any():
        raise ValueError("these numbers are not finite")
    rounded = total.round(decimals=12)
    return torch.where(total == rounded, rounded, total).reshape(x.shape)


class Counter:
    def __init__(self, start=0):
        self.history = [start]

    def add(self, amount):
        self.history.append(self.history[-1] + amount)
        if len(self.history) > 100:
            del self.history[:-1]
        return self.history[-1]
"""


@pytest.fixture
def lecture(own: Path, work) -> Path:
    """A course and a class of four: two alike under other names, one honest, one whose file cannot be read."""
    copied = ANA.replace("total", "result").replace("rounded", "other")
    for student, text in (("ana", ANA), ("ben", copied), ("cy", work("x + x")), ("dee", "\0")):
        (own / "class" / student).mkdir(parents=True)
        (own / "class" / student / "scaling.py").write_text(text, encoding="utf-8")
    return own


def test_similar_shows_who_wrote_alike(run, lecture: Path):
    """On the screen and side by side; what cannot be read is a note, and the pages are no student of the next run."""
    for _ in range(2):
        done = run(lecture, "autograder similar class --out class/similar")
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert lines[0].startswith("scaling: 3 texts, 1 pair at least ")
        assert lines[1].split()[1:4] == ["ana", "and", "ben,"]
        assert "Note: dee, scaling: not compared: " in done.stderr
    out = (lecture / "class" / "similar").resolve()
    assert lines[-1] == f"Side by side: {out / 'index.html'} (open it in a browser)"
    assert 'href="scaling-1.html"' in (out / "index.html").read_text(encoding="utf-8")
    assert "rounded" in (out / "scaling-1.html").read_text(encoding="utf-8")


def test_the_reference_is_compared_with_everybody(run, lecture: Path):
    """Whoever hands in the reference itself is shown beside it, where it is long enough to tell anything."""
    reference = lecture / "solutions" / "scaling.py"
    written = reference.read_text(encoding="utf-8") + ANA.removeprefix("import torch\n").replace(
        "double", "tripled"
    ).replace("Counter", "Tally")
    reference.write_text(written, encoding="utf-8")
    (lecture / "class" / "cy" / "scaling.py").write_text(written, encoding="utf-8")
    done = run(lecture, "autograder similar class")
    assert "cy and the reference solution" in done.stdout


def test_an_honest_class_has_no_pair(run, lecture: Path):
    """The page says so, and the exit code is 0 all the same; pairs of an earlier run are there no more."""
    out = lecture / "similar"
    out.mkdir()
    for page in ("scaling-1.html", "scaling-2.html", "notes.html"):
        (out / page).write_text("earlier", encoding="utf-8")
    done = run(lecture, "autograder similar class/ana class/cy")
    assert done.returncode == 0
    assert done.stdout.startswith("scaling: 2 texts, 0 pairs")
    assert "No pair" in (out / "index.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in out.iterdir()) == ["index.html", "notes.html"]


def test_wrong_use_is_one_line(refused, lecture: Path):
    """An unknown assignment, or a folder that is not there."""
    assert "scalign" in refused(lecture, "autograder similar class --assignment scalign")
    assert "nowhere" in refused(lecture, "autograder similar nowhere")
