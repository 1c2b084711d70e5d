"""What students install: a wheel that holds the kit and the engine, tells no solution, and works by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.authoring.stubs import cut_stub, solution_lines
from autograder.course import Course

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT)


def pip(*arguments: object, **options) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600, **options)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel as it is built from a clone."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def texts(wheel: Path) -> dict[str, str]:
    """Every file of the wheel by its path; what is no text has its bytes as Latin-1."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    return {name: data.decode("latin-1") for name, data in files.items()}


def test_the_wheel_holds_the_kit(texts):
    """Each file of student_template lies under autograder/kit, unchanged."""
    inside = "autograder/kit/"
    kit = {name.removeprefix(inside): text for name, text in texts.items() if name.startswith(inside)}
    present = [p for p in COURSE.kit.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert kit == {p.relative_to(COURSE.kit).as_posix(): p.read_bytes().decode("latin-1") for p in present}
    assert {f"{slug}.py" for slug in COURSE.slugs} <= set(kit)


def test_the_wheel_holds_the_engine_and_nothing_else(texts):
    """Every file belongs to the package or to its metadata; what the engine needs beside its modules is there."""
    assert {name.partition("/")[0].partition("-")[0] for name in texts} == {"autograder", "nn_autograder"}
    needed = ["authoring/kit_readme.md", "authoring/templates/solution.py.tmpl", "data/digits.npz"]
    needed += ["reports/result.schema.json", "worker/__main__.py"]
    needed += [f"reports/templates/{name}" for name in ("base.html", "class.html", "style.css", "tables.js")]
    needed += [f"authoring/templates/gradescope/{name}" for name in ("setup.sh", "run_autograder")]
    needed += ["requirements.txt"]
    assert [name for name in needed if f"autograder/{name}" not in texts] == []


@pytest.mark.parametrize(
    "name", ["solutions", "hidden_checks.py", "misconceptions.py", "outcomes.toml", "styles", "tests", "examples"]
)
def test_the_wheel_has_no_file_or_folder_called(texts, name: str):
    """What would tell an answer, and what nobody needs who does the exercises, stays in the clone."""
    assert [path for path in texts if name in path.split("/")] == []


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_the_wheel_tells_no_line_of_a_solution(texts, slug: str):
    """No line of any file in it, stripped, is a line that only the reference has."""
    solution = COURSE.solution(slug)
    telling = solution_lines(solution, cut_stub(solution, COURSE.assignment(slug)))
    assert telling
    found = {name: telling & {line.strip() for line in text.splitlines()} for name, text in texts.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory):
    """The wheel in a folder of its own, first on the path; gives a function that runs its commands from a folder."""
    target = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-index", "--target", target, wheel)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "AUTOGRADER"))}

    def run(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
        environment = kept | {"PYTHONPATH": str(target)}
        options = {"env": environment, "capture_output": True, "encoding": "utf-8", "timeout": 600}
        return subprocess.run([sys.executable, *words], cwd=folder, **options)

    where = run(target.parent, "-c", "import autograder; print(autograder.__file__)")
    assert where.stdout.strip() == str(target / "autograder" / "__init__.py"), where.stderr
    run.script = target / "bin" / "autograder"
    return run


@pytest.fixture(scope="module")
def started(installed, tmp_path_factory) -> Path:
    """A kit that the installed wheel has put into a new folder."""
    folder = tmp_path_factory.mktemp("student")
    done = installed(folder, installed.script, "start", "mine")
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "mine"


def test_the_installed_wheel_starts_a_kit(started):
    """The new folder holds what the wheel carries, a stub for each assignment among it."""
    assert {p.stem for p in started.glob("*.py")} == set(COURSE.slugs)
    assert {p.name for p in (started / "assignments").iterdir()} == set(COURSE.slugs)


def test_the_installed_wheel_checks_work(installed, started):
    """In the student's folder, with nothing of the clone, right functions pass and an untouched file is not written."""
    written, untouched = COURSE.slugs[:2]
    (started / f"{written}.py").write_text(COURSE.solution(written))
    done = installed(started, installed.script, "check", written, untouched, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    outcomes = {r["assignment"]: {c["outcome"] for c in r["checks"]} for r in json.loads(done.stdout)["results"]}
    assert outcomes == {written: {"passed"}, untouched: {"not_attempted"}}


def test_the_installed_wheel_cannot_validate(installed, started):
    """Students have no references: the command says where they are."""
    done = installed(started, installed.script, "validate")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds no reference solutions to validate; run this in a clone of the course." in done.stderr


@pytest.fixture(scope="module")
def chosen(tmp_path_factory) -> Path:
    """The wheel that an instructor builds with one assignment."""
    folder = tmp_path_factory.mktemp("chosen")
    script = Path(sys.executable).with_name("autograder")
    command = [script, "build", "--wheel", folder, "--assignment", COURSE.slugs[0], "--course", ROOT]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_a_wheel_of_chosen_assignments_holds_no_other(chosen, wheel):
    """Of the kit it holds what belongs to the chosen one, and of the engine all that the whole wheel holds."""
    with zipfile.ZipFile(chosen) as few, zipfile.ZipFile(wheel) as all_:
        names, whole = set(few.namelist()), set(all_.namelist())
    slug = COURSE.slugs[0]
    inside = {name for name in names if name.startswith("autograder/kit/")}
    assert f"autograder/kit/{slug}.py" in inside
    assert f"autograder/kit/assignments/{slug}/checks.py" in inside
    assert not any(other in name for name in inside for other in COURSE.slugs[1:])
    assert names - inside == {name for name in whole if not name.startswith("autograder/kit/")}


def test_a_choice_without_a_wheel_is_refused(tmp_path):
    """The kit of a clone always holds all assignments."""
    script = Path(sys.executable).with_name("autograder")
    done = subprocess.run(
        [script, "build", "--assignment", COURSE.slugs[0], "--course", ROOT], capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--wheel" in done.stderr
