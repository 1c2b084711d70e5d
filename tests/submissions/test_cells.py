"""autograder.submissions.cells: ids of notebook cells mean the same to those who write and to those who read them."""

from __future__ import annotations

import pytest

from autograder.submissions.cells import CellId, Kind, checksum, points_by_cell

EVERY_KIND = [CellId(kind, "" if kind.is_single else "cross_entropy") for kind in Kind]


@pytest.mark.parametrize("cell", EVERY_KIND, ids=str)
def test_an_id_is_read_back(cell: CellId):
    """What was written means the same when it is read."""
    assert CellId.parse(str(cell)) == cell


FOREIGN = ["", "setup-", "setup-x", "answer", "answer-", "test-a b", "nonsense-double", "test-" + "x" * 51, None, 3, []]


@pytest.mark.parametrize("text", FOREIGN, ids=repr)
def test_a_foreign_id_means_nothing(text: object):
    """Whatever stands where an id should be, nothing is raised."""
    assert CellId.parse(text) is None


def test_points_are_split_between_the_visible_and_the_hidden_cell():
    """Points of the checks add up by exercise and visibility."""
    parts = [("double", True, 2.0), ("double", True, 1.0), ("double", False, 3.0), ("counter", False, 2.0)]
    assert {str(cell): points for cell, points in points_by_cell(parts).items()} == {
        "test-double": 3.0,
        "hidden-double": 3.0,
        "hidden-counter": 2.0,
    }


@pytest.mark.parametrize("count", range(1, 40))
def test_a_full_score_equals_the_maximum(count: int):
    """nbgrader refuses partial credit above the maximum, so order and rounding of the sum must not matter."""
    shares = [15 * weight / 7.3 for weight in range(count)]
    maximum = points_by_cell(("double", True, share) for share in shares)
    assert points_by_cell(("double", True, share) for share in reversed(shares)) == maximum


def test_the_checksum_is_that_of_nbgrader():
    """For each kind of cell nbgrader computes the same from a real cell with our metadata."""
    nbformat = pytest.importorskip("nbformat.v4")
    from nbgrader.utils import compute_checksum

    for cell in EVERY_KIND:
        make = nbformat.new_markdown_cell if cell.kind is Kind.WRITTEN else nbformat.new_code_cell
        flags = {"grade": cell.kind.is_graded, "solution": cell.kind.is_solution, "grade_id": str(cell)}
        flags |= {"locked": not cell.kind.is_solution, "points": 6.428571}
        notebook_cell = make("x = 'é'\n", metadata={"nbgrader": flags})
        assert checksum(cell, "x = 'é'\n", 6.428571) == compute_checksum(notebook_cell)


def test_points_change_the_checksum_of_graded_cells_only():
    """As in nbgrader."""
    answer, test = CellId(Kind.ANSWER, "double"), CellId(Kind.TEST, "double")
    assert checksum(answer, "x", 1) == checksum(answer, "x", 2)
    assert checksum(test, "x", 1) != checksum(test, "x", 2)
