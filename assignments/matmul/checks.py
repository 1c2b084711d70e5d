"""Checks that students see and run. torch's own product gives the answers, and counts tell how it was reached."""

import torch

from autograder.checking import args, bars, check, close, equal, operations_grow_with, raises, unchanged

# n, k and m. The square comes first: there a wrong index gives a number to look at, elsewhere it may give an error.
SIZES = ((2, 2, 2), (1, 2, 1), (2, 3, 4), (4, 2, 3), (3, 1, 2))
MISFITS = (((2, 3), (2, 4)), ((3, 1), (2, 3)), ((2, 3), (1, 4)))  # shapes of A and B; a size 1 is easily stretched
FIVE = ("matmul_loops", "matmul_elementwise", "matmul_broadcast", "matmul_einsum", "matmul_operator")


def pair(case, n, k, m, dtype=torch.float64):
    """A [n, k] and B [k, m]."""
    return case.normal(n, k, dtype=dtype), case.normal(k, m, dtype=dtype)


def multiplies(case, product, sizes=SIZES):
    """Fail unless a function gives torch's product of matrices with these sizes."""
    pairs = [pair(case, *each) for each in sizes]
    for (A, B), found in zip(pairs, product.each(args(*each) for each in pairs), strict=True):
        close(found, torch.mm(A, B), name=f"the product of {list(A.shape)} and {list(B.shape)}")


def keeps_float32_and_its_inputs(case, product):
    """Fail unless a product of float32 matrices is float32, and their values are as before."""
    A, B = pair(case, 3, 4, 2, torch.float32)
    close(unchanged(product, A, B), torch.mm(A, B))


def compares_the_inner_sizes(case, product):
    """Fail unless matrices whose inner sizes differ raise a ValueError, with a size 1 among them or not."""
    for left, right in MISFITS:
        raises(ValueError, product, case.normal(*left), case.normal(*right))


@check("loops")
def a_row_times_a_column(student, case):
    """The row (1, 2) times the column (3, 4) is 11, and the column times the row is a matrix [2, 2]."""
    row = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
    column = torch.tensor([[3.0], [4.0]], dtype=torch.float64)
    close(student.matmul_loops(row, column), torch.tensor([[11.0]]).double(), name="the row times the column")
    both = torch.tensor([[3.0, 6.0], [4.0, 8.0]]).double()
    close(student.matmul_loops(column, row), both, name="the column times the row")


@check("loops", weight=2)
def loops_agree_with_torch(student, case):
    """matmul_loops gives the product of a square of size 2 and of matrices in which n, k and m differ."""
    multiplies(case, student.matmul_loops)


@check("loops")
def loops_keep_float32_and_their_inputs(student, case):
    """matmul_loops gives float32 for float32 and changes neither A nor B."""
    keeps_float32_and_its_inputs(case, student.matmul_loops)


@check("loops")
def loops_compare_the_inner_sizes(student, case):
    """matmul_loops raises a ValueError where A has not as many columns as B has rows."""
    compares_the_inner_sizes(case, student.matmul_loops)


@check("loops", needs=loops_agree_with_torch)
def loops_take_one_product_at_a_time(student, case):
    """The tensor operations of matmul_loops become more with n, with k and with m."""
    operations_grow_with(lambda n, k, m: student.matmul_loops.effort(*pair(case, n, k, m)), "n", "k", "m")


@check("elementwise", weight=2)
def rows_times_columns_agree_with_torch(student, case):
    """matmul_elementwise gives the product of a square of size 2 and of matrices in which n, k and m differ."""
    multiplies(case, student.matmul_elementwise)


@check("elementwise")
def rows_times_columns_keep_float32_and_their_inputs(student, case):
    """matmul_elementwise gives float32 for float32 and changes neither A nor B."""
    keeps_float32_and_its_inputs(case, student.matmul_elementwise)


@check("elementwise")
def rows_times_columns_compare_the_inner_sizes(student, case):
    """matmul_elementwise raises a ValueError where A has not as many columns as B has rows."""
    compares_the_inner_sizes(case, student.matmul_elementwise)


@check("elementwise", needs=rows_times_columns_agree_with_torch)
def rows_times_columns_take_two_loops(student, case):
    """The tensor operations of matmul_elementwise become more with n and with m, and not with k."""
    operations_grow_with(lambda n, k, m: student.matmul_elementwise.effort(*pair(case, n, k, m)), "n", "m")


def shapes_become(student, *triples):
    """Fail unless broadcast_shape gives for two shapes the third one, whichever of the two comes first."""
    triples = [*triples, *((b, a, shape) for a, b, shape in triples)]
    found = student.broadcast_shape.each(args(a, b) for a, b, _ in triples)
    for (a, b, shape), theirs in zip(triples, found, strict=True):
        equal(theirs, shape, name=f"the shape for {a} and {b}")


def shapes_do_not_fit(student, *pairs):
    """Fail unless broadcast_shape raises a ValueError for these shapes, whichever of the two comes first."""
    for a, b in pairs:
        raises(ValueError, student.broadcast_shape, a, b)
        raises(ValueError, student.broadcast_shape, b, a)


@check("shapes")
def equal_shapes_stay(student, case):
    """Two equal shapes give the same shape, () and axes of size 1 included."""
    shapes_become(student, ((3,), (3,), (3,)), ((2, 3), (2, 3), (2, 3)), ((), (), ()), ((1, 3), (1, 3), (1, 3)))


@check("shapes", weight=2)
def a_size_one_becomes_what_it_meets(student, case):
    """A size 1 becomes the size that it meets, on either side, on both at once, and however large it is."""
    huge = 10**15  # no tensor has such a size, and the rules need none
    shapes_become(student, ((1,), (3,), (3,)), ((4, 1), (4, 3), (4, 3)), ((4, 1), (1, 3), (4, 3)))
    shapes_become(student, ((huge, 1), (1, huge), (huge, huge)))


@check("shapes", weight=2)
def shapes_are_aligned_at_their_ends(student, case):
    """What the shorter shape lacks is put in front of it: (3,) meets the last axis of (2, 3)."""
    shapes_become(student, ((3,), (2, 3), (2, 3)), ((4, 1), (3,), (4, 3)), ((2, 1, 5), (7, 1), (2, 7, 5)))


@check("shapes")
def sizes_that_differ_do_not_fit(student, case):
    """Two sizes that differ, neither of them 1, raise a ValueError."""
    shapes_do_not_fit(student, ((2,), (3,)), ((3,), (3, 4)), ((2, 3), (4, 3)))


@check("broadcast")
def outer_multiplies_each_with_each(student, case):
    """outer((1, 2), (3, 4, 5)) has two rows: (3, 4, 5) and (6, 8, 10)."""
    a, b = torch.tensor([1.0, 2.0]).double(), torch.tensor([3.0, 4.0, 5.0]).double()
    close(unchanged(student.outer, a, b), torch.tensor([[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]).double())


@check("broadcast", weight=0.5, needs=outer_multiplies_each_with_each)
def outer_has_no_loop(student, case):
    """The tensor operations of outer become more neither with n nor with m."""
    operations_grow_with(lambda n, m: student.outer.effort(case.normal(n), case.normal(m)))


@check("broadcast", weight=2)
def rows_times_all_columns_agree_with_torch(student, case):
    """matmul_broadcast gives the product of a square of size 2 and of matrices in which n, k and m differ."""
    multiplies(case, student.matmul_broadcast)


@check("broadcast")
def rows_times_all_columns_keep_float32_and_their_inputs(student, case):
    """matmul_broadcast gives float32 for float32 and changes neither A nor B."""
    keeps_float32_and_its_inputs(case, student.matmul_broadcast)


@check("broadcast")
def rows_times_all_columns_compare_the_inner_sizes(student, case):
    """matmul_broadcast raises a ValueError where A has not as many columns as B has rows."""
    compares_the_inner_sizes(case, student.matmul_broadcast)


@check("broadcast", needs=rows_times_all_columns_agree_with_torch)
def rows_times_all_columns_take_one_loop(student, case):
    """The tensor operations of matmul_broadcast become more with n, and neither with k nor with m."""
    operations_grow_with(lambda n, k, m: student.matmul_broadcast.effort(*pair(case, n, k, m)), "n")


@check("einsum", weight=2)
def einsum_agrees_with_torch(student, case):
    """matmul_einsum gives the product of a square of size 2 and of matrices in which n, k and m differ."""
    multiplies(case, student.matmul_einsum)


@check("einsum")
def einsum_compares_the_inner_sizes(student, case):
    """matmul_einsum raises a ValueError where A has not as many columns as B has rows."""
    compares_the_inner_sizes(case, student.matmul_einsum)


@check("einsum", needs=einsum_agrees_with_torch)
def einsum_has_no_loop(student, case):
    """The tensor operations of matmul_einsum become more with no size."""
    operations_grow_with(lambda n, k, m: student.matmul_einsum.effort(*pair(case, n, k, m)))


@check("operator", weight=2)
def the_operator_agrees_with_torch(student, case):
    """matmul_operator gives the product of a square of size 2 and of matrices in which n, k and m differ."""
    multiplies(case, student.matmul_operator)


@check("operator")
def the_operator_compares_the_inner_sizes(student, case):
    """matmul_operator raises a ValueError where A has not as many columns as B has rows."""
    compares_the_inner_sizes(case, student.matmul_operator)


def times_of_the_five(student, case):
    """How long each of the five takes for the first layer of a network on five images."""
    images, weights = case.uniform(5, 784, dtype=torch.float32), case.normal(784, 10, dtype=torch.float32)
    milliseconds = {name: 1000 * getattr(student, name).seconds(images, weights) for name in FIVE}
    name = "The time of each for 5 x 784 by 784 x 10 on this machine"
    return bars(name, milliseconds, unit="milliseconds", logarithmic=True)


@check("operator", needs=the_operator_agrees_with_torch)
def the_operator_has_no_loop(student, case):
    """The tensor operations of matmul_operator become more with no size."""
    operations_grow_with(lambda n, k, m: student.matmul_operator.effort(*pair(case, n, k, m)))
    case.show_at_desk(lambda: times_of_the_five(student, case))


def batches_multiply(case, product, *sizes, dtype=torch.float64):
    """Fail unless a function gives torch's products of batches with these sizes: of A, of B, n, k and m."""
    pairs = []
    for left, right, n, k, m in sizes:
        pairs.append((case.normal(left, n, k, dtype=dtype), case.normal(right, k, m, dtype=dtype)))
    for (A, B), found in zip(pairs, product.each(args(*each) for each in pairs), strict=True):
        close(found, torch.matmul(A, B), name=f"the products of {list(A.shape)} and {list(B.shape)}")


@check("batched", weight=2)
def each_pair_is_multiplied(student, case):
    """batched_matmul gives the product of each pair: of one, of two and of four."""
    batches_multiply(case, student.batched_matmul, (1, 1, 2, 3, 1), (2, 2, 1, 3, 2), (4, 4, 2, 3, 5))


@check("batched")
def a_single_matrix_meets_all_others(student, case):
    """A batch of size 1 is used for all matrices of the other one, on either side."""
    batches_multiply(case, student.batched_matmul, (1, 3, 2, 4, 2), (3, 1, 2, 2, 4))


@check("batched")
def batches_compare_their_sizes(student, case):
    """batched_matmul raises a ValueError where inner sizes differ, or batch sizes of which neither is 1."""
    for left, right in (((2, 2, 3), (2, 2, 4)), ((2, 3, 1), (2, 2, 3)), ((2, 2, 3), (3, 3, 2))):
        raises(ValueError, student.batched_matmul, case.normal(*left), case.normal(*right))


@check("batched", needs=each_pair_is_multiplied)
def batches_have_no_loop(student, case):
    """The tensor operations of batched_matmul become more with none of b, n, k and m."""
    operations_grow_with(
        lambda b, n, k, m: student.batched_matmul.effort(case.normal(b, n, k), case.normal(b, k, m)),
    )


def rows_with_sums(case, *shape, dtype=torch.float64):
    """Rows with entries of either sign, and sums of at least 1."""
    X = case.uniform(*shape, low=-1.0, high=1.0)
    X[..., -1] += shape[-1] + 1
    return X.to(dtype)


def by_their_sums(X):
    """Each row by its sum, by torch's own division of one axis by another."""
    return torch.stack([row / row.sum() for row in X.reshape(-1, X.shape[-1])]).reshape(X.shape)


@check("rows")
def two_rows_by_hand(student, case):
    """The row (1, 3) becomes (1/4, 3/4), and the row (4, 4) below it (1/2, 1/2)."""
    X = torch.tensor([[1.0, 3.0], [4.0, 4.0]]).double()
    close(unchanged(student.normalize_rows, X), torch.tensor([[0.25, 0.75], [0.5, 0.5]]).double())


@check("rows")
def rows_of_other_shapes_sum_to_one(student, case):
    """normalize_rows divides each row by its sum, in [1, 3], in [5, 2] and in [2, 3, 4]."""
    inputs = [rows_with_sums(case, *shape) for shape in ((1, 3), (5, 2), (2, 3, 4))]
    for X, found in zip(inputs, student.normalize_rows.each(args(X) for X in inputs), strict=True):
        close(found, by_their_sums(X), name=f"the rows of {list(X.shape)}")


@check("rows", weight=0.5, needs=two_rows_by_hand)
def rows_are_taken_at_once(student, case):
    """The tensor operations of normalize_rows become more neither with n nor with d."""
    operations_grow_with(lambda n, d: student.normalize_rows.effort(rows_with_sums(case, n, d)))
