"""`autograder validate [SLUG...]`: everything that makes a course unsound is reported, each with a line of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

COLOUR = re.compile(r"\x1b\[[\d;]*m")
FAULTS = [  # an assignment; its file; what stands there; what stands there instead
    ("broken_reference", "solution", "return 2 * x", "return 2.5 * x"),
    (
        "mistaken",
        "outcomes.toml",
        "[misconceptions.in_place]\nkeeps",
        '[misconceptions.in_place]\nadds_up = "fails"\nkeeps',
    ),
    ("mistaken", "outcomes.toml", '[misconceptions.one_sum_for_all]\ntwo_counters_are_apart = "fails"', ""),
    ("mistaken", "misconceptions.py", '"return x + 2")', '"return x**2")'),
    ("mistaken", "misconceptions.py", '"= amount")', '"= self.total + amount")'),
    ("mistaken", "misconceptions.py", '"= start"', '"= begin"'),
    (
        "blind",
        "outcomes.toml",
        '[misconceptions.counter_forgets]\nadds_up = "fails"',
        "[misconceptions.counter_forgets]",
    ),
    ("blind", "outcomes.toml", '[misconceptions.start_is_lost]\nadds_up = "fails"', "[misconceptions.former]"),
    ("blind", "outcomes.toml", '    "two_counters_are_apart",', '    "two_counters",'),
    ("blind", "misconceptions.py", '.says(\n    "Your counter always starts at 0: what was `start` for?"\n)', ""),
    (
        "lucky",
        "outcomes.toml",
        'two_counters_are_apart = "fails"',
        'two_counters_are_apart = "may fail"\nadds_up = "may fail"',
    ),
    ("poor", "handout.md", "## Twice a tensor", "## Twice"),
    ("poor", "assignment.toml", 'hints = ["What does the counter remember between two calls?"]', "hints = []"),
    ("poor", "hidden_checks.py", '@check("counter")', '@check("double")'),
    ("poor", "assignment.toml", '"ldexp"', '"ldxep"'),
]
PROBLEMS = [
    ("broken_reference", "seed 0: the reference does not pass doubles_each_entry: failed: "),
    ("mistaken", "seed 0: misconception in_place should fail adds_up"),
    ("mistaken", "seed 0: misconception adds_two is not recognised"),  # since it cannot be told from
    ("mistaken", "seed 0: misconception squared is not recognised; the same checks fail with adds_two: which of them"),
    ("mistaken", "seed 0: misconception counter_forgets should fail adds_up"),
    ("mistaken", "seed 0: misconception counter_forgets is not recognised"),
    (
        "mistaken",
        "seed 0: misconception start_is_lost: the text '= begin' occurs 0 times in Counter.__init__, not once",
    ),
    ("mistaken", "outcomes.toml does not know the misconception one_sum_for_all; run `autograder validate mistaken"),
    ("mistaken", "no misconception fails two_counters_are_apart: add one that does, or this check proves nothing"),
    ("blind", "seed 0: misconception counter_forgets also fails adds_up"),
    ("blind", "misconception start_is_lost has no sentence for students: add .says(...)"),
    ("blind", "misconception counter_forgets fails no check: which check must see it?"),
    ("blind", "outcomes.toml does not know the misconception start_is_lost; run `autograder validate blind --record`"),
    ("blind", "outcomes.toml does not know the check two_counters_are_apart; run `autograder validate blind --record`"),
    ("blind", "outcomes.toml still names the former check two_counters; run `autograder validate blind --record`"),
    ("blind", "outcomes.toml still names the former misconception former; run `autograder validate blind --record`"),
    ("lucky", "misconception one_sum_for_all fails no check in every seed: which check must see it?"),
    ("unrecorded", "outcomes.toml is missing, which says what each mistake fails; run `autograder validate unrecorded"),
    ("poor", "handout.md: there must be one section '## Twice a tensor', and there are 0"),
    ("poor", "assignment.toml:14: the exercise counter has no hints"),
    ("poor", "assignment.toml:14: the exercise counter has no hidden check"),
    ("poor", "misconceptions.py has too few entries: 1 of at least 5"),
    ("poor", "assignment.toml:34: a rule names 'ldxep', which neither torch, numpy nor another"),
    (
        "student_template",
        "student_template cannot be built: handout.md of poor is not right; `autograder validate poor`",
    ),
]


def faulty_course(root: Path) -> None:
    """Beside the sound assignment several with faults, of which one keeps the kit from being built."""
    for slug in dict.fromkeys([*(slug for slug, *_ in FAULTS), "unrecorded"]):
        shutil.copytree(root / "assignments" / "scaling", root / "assignments" / slug)
        for ending in ("py", "md"):
            shutil.copyfile(root / "solutions" / f"scaling.{ending}", root / "solutions" / f"{slug}.{ending}")
    for slug, name, old, new in FAULTS:
        path = root / "solutions" / f"{slug}.py" if name == "solution" else root / "assignments" / slug / name
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))
    few = root / "assignments" / "poor" / "misconceptions.py"
    few.write_text("misconception(".join(few.read_text().split("misconception(")[:2]))
    (root / "assignments" / "unrecorded" / "outcomes.toml").unlink()


@pytest.fixture(scope="module")
def unsound(run, make_course, tmp_path_factory):
    """What `autograder validate` says to a course with many faults, in a terminal with colours."""
    root = make_course(tmp_path_factory.mktemp("unsound") / "course")
    faulty_course(root)
    return run(root, "autograder validate --jobs 1", FORCE_COLOR="1", COLUMNS="200")


def problems(stdout: str) -> dict[str, list[str]]:
    """The lines of problems below each line with a symbol."""
    found: dict[str, list[str]] = {}
    for line in COLOUR.sub("", stdout).splitlines():
        if line.startswith(("✓", "✗")):
            below = found.setdefault(line[2:].partition(":")[0], [])
        elif line.startswith("    "):
            below.append(line.strip())
    return found


def test_an_unsound_course_ends_with_exit_code_1(unsound):
    """The number of problems goes to stderr, and nothing is called sound."""
    count = sum(map(len, problems(unsound.stdout).values()))
    assert unsound.returncode == 1
    assert unsound.stderr.endswith(f"{count} problems.\n")
    assert "Sound" not in unsound.stdout


@pytest.mark.parametrize(("place", "problem"), PROBLEMS)
def test_a_fault_is_reported_where_it_is(unsound, place: str, problem: str):
    """Below the assignment, or the kit, stands a line that says what does not hold."""
    assert any(line.startswith(problem) for line in problems(unsound.stdout)[place])


def test_a_sound_assignment_among_them_has_no_problem(unsound):
    """It gets its mark of soundness and its numbers, and not one line below them."""
    assert "✓ scaling: 5 checks, 6 misconceptions, reference " in COLOUR.sub("", unsound.stdout)
    assert problems(unsound.stdout)["scaling"] == []


def test_a_terminal_gets_colours_beside_the_symbols(unsound):
    """What is sound is green and what is not is red."""
    assert "\x1b[32m✓ \x1b[0m" in unsound.stdout
    assert "\x1b[31m✗ \x1b[0m" in unsound.stdout


WHOLE = """\
[training]
rows = 50
lr = 0.1

[training.digits]

[training.mnist]
"""


def test_settings_and_styles_are_validated(run, own):
    """A setting that nobody reads, and a style that loses points: one line each, and exit code 1."""
    settings = own / "assignments" / "scaling" / "assignment.toml"
    settings.write_text(settings.read_text().replace("[training.digits]\nrows = 50\n", WHOLE))
    styles = own / "assignments" / "scaling" / "styles"
    styles.mkdir()
    reference = (own / "solutions" / "scaling.py").read_text()
    (styles / "sum.py").write_text(reference.replace("return 2 * x", "return x + x"))
    (styles / "cube.py").write_text(reference.replace("self.total += amount", "self.total = amount"))
    assert run(own, "autograder build").returncode == 0
    done = run(own, "autograder validate --jobs 1", COLUMNS="300")
    assert (done.returncode, done.stderr) == (1, "2 problems.\n")
    unread, style = problems(done.stdout)["scaling"]
    assert unread == "assignment.toml:27: no check reads the training setting 'lr'"
    assert style.startswith("styles/cube.py does not pass adds_up: failed: ")


def test_a_file_that_cannot_be_read_ends_the_command(refused, own):
    """Before anything is validated: the reference's line, once, and exit code 2."""
    path = own / "solutions" / "scaling.py"
    path.write_text(path.read_text().replace("return 2 * x", "return 2 *"))
    said = refused(own, "autograder validate")
    assert said == f"Error: {path}:15: SyntaxError: invalid syntax\n"
    assert refused(own, "autograder build") == said


def test_a_data_set_must_be_one_of_the_assignments(refused, own):
    """What the assignment has settings for is told."""
    says = "Error: There are no settings for mnist: scaling trains on digits. Give another --dataset, or name other "
    assert refused(own, "autograder validate --dataset mnist").startswith(says)


def test_what_fails_by_chance_is_a_remark(unsound):
    """It makes nothing unsound, and is told all the same."""
    remark = "  · misconception one_sum_for_all fails by chance, in some seeds only: two_counters_are_apart, adds_up"
    assert remark in COLOUR.sub("", unsound.stdout).splitlines()


def test_what_mistakes_fail_can_be_recorded(run, own):
    """`--record` writes the file that is missing, the same again, and the course is sound by it."""
    path = own / "assignments" / "scaling" / "outcomes.toml"
    before = path.read_text()
    path.unlink()
    done = run(own, "autograder validate scaling --record --repeat 2 --jobs 2", COLUMNS="200")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"    wrote {path}; review the diff\n" in done.stdout
    assert done.stdout.endswith("Recorded with 2 seeds. Next: autograder build && autograder validate\n")
    assert path.read_text() == before.replace("seeds = 20", "seeds = 2")


def test_nothing_is_recorded_of_what_is_broken(run, own):
    """A reference that does not pass its checks: the record stays as it was."""
    solution = own / "solutions" / "scaling.py"
    solution.write_text(solution.read_text().replace("return 2 * x", "return 3 * x"))
    path = own / "assignments" / "scaling" / "outcomes.toml"
    before = path.read_text()
    done = run(own, "autograder validate scaling --record --repeat 2 --jobs 1", COLUMNS="200")
    assert done.returncode == 1
    assert "seed 0: the reference does not pass doubles_each_entry: failed: " in done.stdout
    assert path.read_text() == before


def test_a_students_kit_cannot_be_validated(refused, own):
    """Without solutions there is nothing to prove: the line says where to run it."""
    shutil.rmtree(own / "solutions")
    assert "holds no reference solutions to validate; run this in a clone of the course." in refused(
        own, "autograder validate"
    )


def test_an_unknown_assignment_is_refused(refused, own):
    """A slug with a typing mistake is answered with the one that was probably meant."""
    assert "There is no assignment 'scalin'. Did you mean scaling?" in refused(own, "autograder validate scalin")


def test_all_messages_are_printed_on_request(run, own):
    """`--messages` prints one page in place of a proof."""
    done = run(own, "autograder validate scaling --messages")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("# What students read\n")
    assert "**squared** Your result is the square of x: is twice the same as squared?" in done.stdout
    assert "- *Sign*: dW is wrong in all 12 entries. Every entry has the opposite sign" in done.stdout
