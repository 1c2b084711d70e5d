"""The demo class of examples/: graded by the command as it stands in the README, everyone gets the mark they earned."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course import Course
from autograder.grading.results import read_result, results_of
from autograder.mark import Mark
from autograder.model import Outcome, Result
from autograder.reports.marks_table import ClassMarks

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT)
SIGMOID = frozenset({"sigmoid", "cross_entropy", "gradient_step", "training", "linear_regression", "nine_or_not"})
MATMUL = frozenset({"loops", "elementwise", "shapes", "broadcast", "einsum", "operator", "batched", "rows"})
LINEAR = frozenset({"step", "training", "unit", "losses", "descent", "ones", "composition", "distance", "digits"})
SOFTMAX = frozenset({"logsumexp", "softmax", "cross_entropy", "layers", "backprop", "training"})


@dataclass(frozen=True)
class Deserved:
    """What a submission must get.

    Args:
        right: the exercises whose every check passes.
        otherwise: the outcomes of checks that do not pass.
        named: the misconceptions that are recognised, all of them.
    """

    right: frozenset[str] | set[str]
    otherwise: str = ""
    named: str = ""


DESERVED = {
    "ada/linear_unit": Deserved(LINEAR),
    "ada/matmul": Deserved(MATMUL),
    "bruno/matmul": Deserved(MATMUL),
    "ines/matmul": Deserved(
        MATMUL - {"loops", "shapes"}, "failed skipped", "loops_digits_lost size_zero_taken_for_one"
    ),
    "jonas/linear_unit": Deserved(
        LINEAR - {"step", "losses", "composition", "distance"},
        "failed",
        "zero_taken_for_right squared_factor_two_lost absolute_gradient_not_averaged huber_not_continuous "
        "first_bias_added_as_it_is distance_divided_by_the_square",
    ),
    "kofi/matmul": Deserved(
        set(),
        "failed error skipped not_attempted",
        "loops_last_product_kept elementwise_row_sums_multiplied shapes_aligned_from_the_left outer_transposed "
        "row_mean_for_the_sum einsum_b_transposed operator_entry_by_entry keepdim_forgotten inner_sizes_not_compared",
    ),
    "mara/matmul": Deserved(MATMUL - {"loops", "shapes"}, "forbidden"),
    "ada/sigmoid_gd": Deserved(SIGMOID),
    "ada/softmax_backprop": Deserved(SOFTMAX),
    "bruno/sigmoid_gd": Deserved(SIGMOID),
    "bruno/softmax_backprop": Deserved(SOFTMAX),
    "chiara/sigmoid_gd": Deserved(SIGMOID),
    "chiara/softmax_backprop": Deserved(SOFTMAX),
    "dmitri/sigmoid_gd": Deserved({"sigmoid", "cross_entropy", "gradient_step"}, "not_attempted"),
    "dmitri/softmax_backprop": Deserved({"logsumexp", "softmax"}, "not_attempted"),
    "emeka/sigmoid_gd": Deserved(set(), "not_attempted"),
    "emeka/softmax_backprop": Deserved(set(), "not_attempted"),
    "farid/sigmoid_gd": Deserved(SIGMOID - {"training"}, "timed_out"),
    "farid/softmax_backprop": Deserved(set(), "not_attempted"),
    "greta/sigmoid_gd": Deserved(SIGMOID),
    "greta/softmax_backprop": Deserved(set(), "not_attempted"),
    "hana/sigmoid_gd": Deserved(set(), "error"),
    "hana/softmax_backprop": Deserved(
        {"logsumexp", "cross_entropy", "backprop"},
        "failed skipped",
        "log_softmax_gradient_without_the_sum bias_gradient_averaged relu_backward_in_place generator_ignored",
    ),
    "ines/sigmoid_gd": Deserved(SIGMOID - {"sigmoid", "cross_entropy"}, "failed", "sigmoid_overflows loss_saturates"),
    "ines/softmax_backprop": Deserved(
        {"layers", "backprop"}, "failed", "logsumexp_not_shifted softmax_not_shifted log_of_the_softmax"
    ),
    "jonas/sigmoid_gd": Deserved({"sigmoid"}, "failed skipped", "every_row_meets_every_target"),
    "jonas/softmax_backprop": Deserved(
        {"softmax", "backprop", "training"}, "failed skipped", "bias_gradient_keeps_its_axis"
    ),
    "kofi/sigmoid_gd": Deserved(
        {"sigmoid"},
        "failed skipped",
        "loss_clipped gradient_not_averaged rows_drawn_with_replacement line_gradient_halved threshold_on_the_logit",
    ),
    "kofi/softmax_backprop": Deserved(
        set(),
        "failed not_attempted",
        "logsumexp_shifted_by_the_batch softmax_shifted_by_the_batch softmax_gradient_of_the_diagonal "
        "cross_entropy_summed cross_entropy_gradient_not_averaged mse_summed_over_the_columns "
        "mse_gradient_over_the_rows",
    ),
    "linh/sigmoid_gd": Deserved(
        set(),
        "failed skipped",
        "derivative_of_the_activation loss_summed bias_sees_the_new_weights last_batch_dropped "
        "line_gradient_not_averaged half_counts_as_nine",
    ),
    "linh/softmax_backprop": Deserved(
        {"softmax"},
        "failed skipped",
        "logsumexp_shift_not_undone logsumexp_gradient_unweighted softmax_of_softmax mse_gradient_without_the_two "
        # That the learning rate is not lowered either cannot be seen behind the other mistakes in every step.
        "relu_on_the_logits relu_missing_on_the_way_back",
    ),
    "mara/sigmoid_gd": Deserved(SIGMOID - {"sigmoid"}, "forbidden"),
    "mara/softmax_backprop": Deserved(SOFTMAX - {"backprop", "training"}, "forbidden skipped"),
}
STUDENTS = sorted({work.partition("/")[0] for work in DESERVED})
SLUGS = ("matmul", "linear_unit", "sigmoid_gd", "softmax_backprop")
NOT_HANDED_IN = Deserved(set(), "not_attempted")
EVERYBODY = {f"{student}/{slug}": NOT_HANDED_IN for student in STUDENTS for slug in SLUGS} | DESERVED


@pytest.fixture(scope="module")
def results(demo: Path) -> dict[str, Result]:
    """The results of `grade examples/class` by STUDENT/SLUG."""
    found = [read_result(path) for paths in results_of(demo).values() for path in paths.values()]
    return {f"{result.student}/{result.assignment}": result for result in found}


def failing(result: Result) -> list:
    return [check for check in result.checks if check.outcome is not Outcome.PASSED]


def test_everyone_has_a_mark_in_every_assignment(results):
    """Thirteen students, four assignments each, also where no file was handed in."""
    assert set(results) == set(EVERYBODY)
    assert len(EVERYBODY) == 13 * 4


@pytest.mark.parametrize("work", EVERYBODY)
def test_a_submission_gets_what_it_deserves(results, work: str):
    """Exactly the right exercises pass in full, the rest ends as it should, and exactly the mistakes made are named."""
    result, deserved = results[work], EVERYBODY[work]
    exercises = {check.exercise for check in result.checks}
    assert exercises - {check.exercise for check in failing(result)} == deserved.right
    assert {str(check.outcome) for check in failing(result)} == set(deserved.otherwise.split())
    assert {known for check in result.checks for known in check.misconception.split()} == set(deserved.named.split())


def test_the_readme_shows_these_marks(results):
    """Its table is the one that the command ends with, down to the sums of the class."""
    console = Console(file=io.StringIO(), width=116, color_system=None)
    marks = list(map(Mark.of, results.values()))
    ClassMarks(marks, COURSE.slugs).show(console, remarks=False)
    table, _, _ = console.file.getvalue().partition("\n\n")
    expected = [f"    {line}".rstrip() for line in table.splitlines()]
    assert expected[-1].split()[:2] == ["handed", "in"]
    readme = [line.rstrip() for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()]
    begin = readme.index("    Marks")
    assert readme[begin : begin + len(expected)] == expected


@pytest.mark.parametrize("work", DESERVED)
def test_the_mark_follows_from_the_outcomes(results, work: str):
    """Each check that passed gives all its points and no other gives any; a wholly right submission has them all."""
    result = results[work]
    assert [check.points for check in result.checks] == [
        check.max_points if check.outcome is Outcome.PASSED else 0 for check in result.checks
    ]
    assert result.score == pytest.approx(sum(check.points for check in result.checks), abs=1e-6)
    assert (result.score == result.max_score) == (failing(result) == [])


@pytest.mark.parametrize("work", [work for work, deserved in DESERVED.items() if deserved.named])
def test_a_named_mistake_is_told_in_its_sentence(results, work: str):
    """The message begins with the sentence that misconceptions.py has for the mistake, or for two one after another."""
    says = {known.id: known.says for known in COURSE.misconceptions(results[work].assignment)}
    for check in results[work].checks:
        if check.misconception:
            assert check.mistake == " ".join(says[known] for known in check.misconception.split()), check


def test_a_loop_without_end_costs_its_own_check_only(results):
    """One check of farid's timed out; those after it ran in a fresh process and passed."""
    (stopped,) = failing(results["farid/sigmoid_gd"])
    assert stopped.name == "batch_sizes_at_the_edges"
    assert "does a loop never end?" in stopped.message


@pytest.mark.parametrize(
    ("slug", "code", "name"),
    [("sigmoid_gd", "return torch.sigmoid(z)", "torch.sigmoid"), ("softmax_backprop", ".backward(", "backward")],
)
def test_what_is_ruled_out_is_told_with_its_line(results, slug: str, code: str, name: str):
    """mara is told where her code uses what the exercise is about, and that it is ruled out."""
    text = (ROOT / "examples" / "class" / "mara" / f"{slug}.py").read_text().splitlines()
    line = next(i for i, written in enumerate(text, start=1) if code in written)
    said = [check.message for check in failing(results[f"mara/{slug}"]) if check.outcome is not Outcome.SKIPPED]
    assert [message for message in said if f"{slug}.py, line {line}, uses" not in message] == []
    assert name in said[0]
    assert "ruled out" in said[0]


def test_a_file_under_another_name_is_mentioned(results):
    """greta is told which of her files was probably meant; farid has no such file, and no such note."""
    (note,) = results["greta/softmax_backprop"].notes
    assert note.endswith("but 'softmax_backprop (1).py': was it meant to be called softmax_backprop.py?")
    assert results["farid/softmax_backprop"].notes == ()


def test_output_is_kept_and_bounded(results):
    """What greta prints stands in her result, check by check, cut where it grows too long."""
    printed = [check.output for check in results["greta/sigmoid_gd"].checks if check.output]
    assert len(printed) > 5
    assert any("more bytes of output were dropped" in text or "more characters)" in text for text in printed)
    assert max(map(len, printed)) < 10_000


def test_a_syntax_error_is_shown_with_its_line(results):
    """Every check of hana's says what is wrong and where."""
    text = (ROOT / "examples" / "class" / "hana" / "sigmoid_gd.py").read_text().splitlines()
    line = next(i for i, code in enumerate(text, start=1) if 'print(f"step' in code)
    said = {check.message for check in results["hana/sigmoid_gd"].checks}
    assert len(said) == 1
    assert f"SyntaxError: '(' was never closed (sigmoid_gd.py, line {line}: " in said.pop()


@pytest.mark.parametrize("slug", ["sigmoid_gd", "softmax_backprop"])
def test_an_overflow_is_told_as_one(results, slug: str):
    """Each failure of ines says that a value is not finite."""
    unsaid = [c.name for c in failing(results[f"ines/{slug}"]) if "finite" not in c.message]
    assert unsaid == []


@pytest.mark.parametrize("slug", ["sigmoid_gd", "softmax_backprop"])
def test_a_wrong_shape_is_told_as_one(results, slug: str):
    """Each failure of jonas that no misconception explains is one of the shape, given where the check is visible."""
    failed = [c for c in failing(results[f"jonas/{slug}"]) if c.outcome is Outcome.FAILED and not c.misconception]
    assert len(failed) >= 5
    assert [c.name for c in failed if ("shape [" if c.visible else "wrong shape") not in c.message] == []
