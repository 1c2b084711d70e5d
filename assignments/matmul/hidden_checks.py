"""Checks that students do not get: squares, in which a wrong axis goes unnoticed, sizes 0 and 1, many digits."""

import torch

from autograder.checking import check, close, unchanged

from .checks import (
    batches_multiply,
    by_their_sums,
    keeps_float32_and_its_inputs,
    multiplies,
    rows_with_sums,
    shapes_become,
    shapes_do_not_fit,
)

EDGES = ((1, 1, 1), (2, 0, 3), (1, 5, 3), (4, 3, 1))
SQUARES = ((3, 3, 3), (4, 4, 2), (2, 3, 3), (3, 2, 3))


def keeps_its_digits(case, product):
    """Fail unless numbers near a million, in float64, leave no more of an error than rounding."""
    A, B = case.normal(2, 6, mean=1e6), case.normal(6, 3, mean=-1e6)
    close(product(A, B), torch.mm(A, B), rtol=1e-13, atol=0)


def holds_in_hard_cases(case, product):
    """Fail unless a function multiplies squares and edges, and keeps the digits of float64."""
    multiplies(case, product, SQUARES)
    multiplies(case, product, EDGES)
    keeps_its_digits(case, product)


@check("loops")
def loops_on_squares_and_edges(student, case):
    """matmul_loops is right where sizes are equal, 1 or 0 (the inner one), and loses no digits."""
    holds_in_hard_cases(case, student.matmul_loops)


@check("elementwise")
def rows_times_columns_on_squares_and_edges(student, case):
    """matmul_elementwise is right where sizes are equal, 1 or 0 (the inner one), and loses no digits."""
    holds_in_hard_cases(case, student.matmul_elementwise)


@check("shapes")
def a_size_zero_is_a_size(student, case):
    """A size 0 fits 0, and 1 gives 0 with it; it does not fit any other size."""
    shapes_become(student, ((0,), (1,), (0,)), ((0,), (0,), (0,)), ((2, 0), (1,), (2, 0)), ((3, 1), (0,), (3, 0)))
    shapes_do_not_fit(student, ((0,), (2,)), ((3, 0), (3, 3)))


@check("shapes", weight=2)
def shapes_of_every_length(student, case):
    """Shapes of up to five axes give what torch makes of them, with axes of size 1 in every place."""
    whole = tuple((2 + case.permutation(5)).tolist())  # no two sizes alike, so that no wrong place fits by chance
    thinned = [tuple(1 if place % 2 == odd else size for place, size in enumerate(whole)) for odd in (0, 1)]
    others = [shape[5 - length :] for shape in (whole, *thinned) for length in (0, 1, 2, 3, 5)]
    triples = [(whole, shape, tuple(torch.broadcast_shapes(whole, shape))) for shape in others]
    shapes_become(student, *triples, ((1, 1, 1), (1,), (1, 1, 1)), ((1, 1), (), (1, 1)))


@check("shapes")
def a_misfit_in_any_axis(student, case):
    """One axis that does not fit is enough, be it the first, one in the middle or the last."""
    shapes_do_not_fit(student, ((2, 3, 4), (5, 3, 4)), ((2, 3, 4), (2, 5, 4)), ((2, 3, 4), (2, 3, 5)), ((2, 3), (2,)))


@check("broadcast")
def outer_of_other_lengths(student, case):
    """outer gives [n, m] for vectors of the same length and for single numbers too, in float32 as well."""
    for n, m, dtype in ((3, 3, torch.float64), (1, 4, torch.float32), (5, 1, torch.float64)):
        a, b = case.normal(n, dtype=dtype), case.normal(m, dtype=dtype)
        close(unchanged(student.outer, a, b), torch.outer(a, b))


@check("broadcast")
def rows_times_all_columns_on_squares_and_edges(student, case):
    """matmul_broadcast is right where sizes are equal, 1 or 0 (the inner one), and loses no digits."""
    holds_in_hard_cases(case, student.matmul_broadcast)


@check("einsum")
def einsum_on_squares_and_edges(student, case):
    """matmul_einsum is right where sizes are equal, 1 or 0 (the inner one), in float32 too, and loses no digits."""
    holds_in_hard_cases(case, student.matmul_einsum)
    keeps_float32_and_its_inputs(case, student.matmul_einsum)


@check("operator")
def the_operator_on_squares_and_edges(student, case):
    """matmul_operator is right where sizes are equal, 1 or 0 (the inner one), in float32 too, and loses no digits."""
    holds_in_hard_cases(case, student.matmul_operator)
    keeps_float32_and_its_inputs(case, student.matmul_operator)


@check("batched")
def batches_of_squares(student, case):
    """batched_matmul is right where all sizes are equal, 1 or 0 (the inner one); float32 and inputs are kept."""
    batches_multiply(case, student.batched_matmul, (3, 3, 3, 3, 3), (1, 1, 1, 1, 1), (2, 2, 1, 0, 3), (1, 3, 3, 3, 1))
    batches_multiply(case, student.batched_matmul, (3, 3, 2, 2, 2), dtype=torch.float32)
    unchanged(student.batched_matmul, case.normal(2, 2, 3), case.normal(2, 3, 2))


@check("rows")
def rows_of_a_square(student, case):
    """With as many rows as features each row is divided by its own sum, in float32 too."""
    for shape, dtype in (((4, 4), torch.float64), ((3, 3, 3), torch.float64), ((5, 5), torch.float32)):
        X = rows_with_sums(case, *shape, dtype=dtype)
        close(unchanged(student.normalize_rows, X), by_their_sums(X))
