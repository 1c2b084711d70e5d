"""`autograder validate [SLUG...]`: everything that makes a course unsound is reported, each with a line of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.authoring.kit import write_kit
from autograder.course import Course

FAULTS = {  # an assignment; its file; what stands there; what stands there instead
    "broken_reference": ("solution", "return 2 * x", "return 2.5 * x"),
    "wrong_trips": ("misconceptions.py", 'trips=["keeps_its_input"]', 'trips=["adds_up", "adds_down"]'),
    "harmless": ("misconceptions.py", "    x *= 2\\n    return x\\n", "    return x + x\\n"),
    "unsaid": ("misconceptions.py", '"return x + 2")', '"return x**2")'),
    "lost_edit": ("misconceptions.py", '("self.total = start"', '("self.sum = start"'),
    "poor": ("handout.md", "## Twice a tensor", "## Twice"),
}
PROBLEMS = [
    ("broken_reference", "seed 0: the reference does not pass doubles_each_entry: failed: "),
    ("wrong_trips", "seed 0: misconception in_place should trip adds_up"),
    ("wrong_trips", "seed 0: misconception in_place trips keeps_its_input too"),
    ("wrong_trips", "misconception in_place trips an unknown check, adds_down"),
    ("harmless", "seed 0: misconception in_place should trip keeps_its_input"),
    ("harmless", "seed 0: misconception in_place is named as nothing"),
    ("unsaid", "seed 0: misconception adds_two is named as squared"),
    ("lost_edit", "seed 0: misconception start_is_lost: "),
    ("poor", "handout.md has no section called 'Twice a tensor'"),
    ("poor", "the exercise counter has no hints"),
    ("poor", "the exercise counter has no hidden check"),
    ("poor", "misconceptions.py has 4 entries; at least 5 are asked"),
    ("student_template", "student_template: README.md is out of date; run `autograder build`"),
    ("student_template", "student_template/assignments/poor/handout.md holds a line of solutions/scaling.py: "),
]


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def faulty_course(root: Path) -> None:
    """Beside the sound assignment, one more for each fault, and a kit that is out of date and tells a line."""
    for slug, (name, old, new) in FAULTS.items():
        folder, solution = root / "assignments" / slug, root / "solutions" / f"{slug}.py"
        shutil.copytree(root / "assignments" / "scaling", folder)
        shutil.copyfile(root / "solutions" / "scaling.py", solution)
        replaced(solution if name == "solution" else folder / name, old, new)
    poor = root / "assignments" / "poor"
    with (poor / "handout.md").open("a") as handout:
        handout.write("\n    # Multiplication reads better than x + x.\n")
    replaced(poor / "assignment.toml", 'hints = ["What does the counter remember between two calls?"]', "hints = []")
    replaced(poor / "hidden_checks.py", '@check("counter")', '@check("double")')
    first, *others = (poor / "misconceptions.py").read_text().split("misconception(\n")
    (poor / "misconceptions.py").write_text("misconception(\n".join([first, *others[:4]]))
    write_kit(Course(root))
    (root / "student_template" / "README.md").write_text("old\n")


@pytest.fixture(scope="module")
def unsound(run, make_course, tmp_path_factory):
    """What `autograder validate` says to a course with many faults."""
    root = make_course(tmp_path_factory.mktemp("unsound") / "course")
    faulty_course(root)
    return run(root, "autograder validate")


def problems(stdout: str) -> dict[str, list[str]]:
    """The lines of problems below each line with a symbol."""
    found: dict[str, list[str]] = {}
    for line in stdout.splitlines():
        if line.startswith(("✓", "✗")):
            below = found.setdefault(line[2:].partition(":")[0], [])
        elif line.startswith("    "):
            below.append(line.strip())
    return found


def test_an_unsound_course_ends_with_exit_code_1(unsound):
    """The number of problems goes to stderr, and nothing is called sound."""
    count = sum(map(len, problems(unsound.stdout).values()))
    assert (unsound.returncode, unsound.stderr) == (1, f"{count} problems.\n")
    assert "Sound" not in unsound.stdout


@pytest.mark.parametrize(("place", "problem"), PROBLEMS)
def test_a_fault_is_reported_where_it_is(unsound, place: str, problem: str):
    """Below the assignment, or the kit, stands a line that says what does not hold."""
    assert any(line.startswith(problem) for line in problems(unsound.stdout)[place])


def test_a_sound_assignment_among_them_has_no_problem(unsound):
    """It gets its mark of soundness and its numbers, and not one line below them."""
    assert "✓ scaling: 5 checks, 5 misconceptions, reference " in unsound.stdout
    assert problems(unsound.stdout)["scaling"] == []


def test_a_students_kit_cannot_be_validated(refused, own):
    """Without solutions there is nothing to prove: the line says where to run it."""
    shutil.rmtree(own / "solutions")
    assert "holds no reference solutions to validate; run this in a clone of the course." in refused(
        own, "autograder validate"
    )


def test_an_unknown_assignment_is_refused(refused, own):
    """A slug with a typing mistake is answered with the one that was probably meant."""
    assert "There is no assignment 'scalin'. Did you mean scaling?" in refused(own, "autograder validate scalin")
