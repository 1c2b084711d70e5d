"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception

ZEROS = "A.new_zeros(n, m)"
PRODUCT = "A[i, s] * B[s, j]"
ADDED = "C[i, j] += A[i, s] * B[s, j]"
ENTRY = "(A[i] * B[:, j]).sum()"
MISFIT = "if one != other and 1 not in (one, other):"
SIZE = "other if one == 1 else one"
ALIGNED = ("[1] * (length - len(a)) + list(a)", "[1] * (length - len(b)) + list(b)")
ROW = "(A[i][:, None] * B).sum(dim=0)"
EINSUM = 'torch.einsum("nk,km->nm", A, B)'
LETTERS = '"nk,km->nm"'
BATCH = "(A[:, :, :, None] * B[:, None, :, :]).sum(dim=2)"
ROWS = "X / X.sum(dim=-1, keepdim=True)"
COMPARED = "n, m = _outer_sizes(A, B)"


def loops(old, new):
    return change("matmul_loops", old, new)


def entry(instead):
    return change("matmul_elementwise", ENTRY, instead)


def shape(old, new):
    return change("broadcast_shape", old, new)


def row(instead):
    return change("matmul_broadcast", ROW, instead)


def batch(instead):
    return change("batched_matmul", f"return {BATCH}", instead)


def rows(instead):
    return change("normalize_rows", f"return {ROWS}", instead)


def left_aligned(fill):
    """Shapes that are filled up behind and not in front."""
    return [
        shape(ALIGNED[0], f"list(a) + {fill} * (length - len(a))"),
        shape(ALIGNED[1], f"list(b) + {fill} * (length - len(b))"),
    ]


misconception(
    "loops_b_transposed",
    loops(PRODUCT, "A[i, s] * B[j, s]"),
    forms=[
        [  # every row of B, as far as both rows go
            loops(ZEROS, "A.new_zeros(n, B.shape[0])"),
            loops("range(m)", "range(B.shape[0])"),
            loops("range(A.shape[1])", "range(min(A.shape[1], m))"),
            loops(PRODUCT, "A[i, s] * B[j, s]"),
        ]
    ],
).says("You go along a row of B: along which of the two axes of B does the sum go?")
misconception("loops_a_transposed", loops(PRODUCT, "A[s, i] * B[s, j]")).says(
    "You go down a column of A: which of its two indices belongs to the row of the result?"
)
misconception("loops_indices_exchanged", loops(PRODUCT, "A[s, i] * B[j, s]")).says(
    "Both pairs of indices are turned round: which index do A and B share in the formula, and at which place of each?"
)
misconception(
    "loops_result_transposed",
    loops(ZEROS, "A.new_zeros(m, n)"),
    loops("C[i, j] +=", "C[j, i] +="),
    forms=[loops("return C", "return C.T")],
).says("Your result is the transpose of the product: which of its sizes comes from A?")
misconception(
    "loops_row_sums_multiplied",
    loops(ADDED, "C[i, j] += A[i, s] * B[:, j].sum()"),
    forms=[loops(ADDED, "C[i, j] = A[i].sum() * B[:, j].sum()")],
).says("You multiply the sum of a row by the sum of a column: what comes first in the formula, the product or the sum?")
misconception("loops_numbers_added", loops(PRODUCT, "(A[i, s] + B[s, j])")).says(
    "You add the two numbers of each pair: what happens to them in the formula before the sum?"
)
misconception(
    "loops_last_product_kept",
    loops(ADDED, "C[i, j] = A[i, s] * B[s, j]"),
).says("Each entry holds its last product only: what becomes of the products before it?")
misconception(
    "loops_last_index_left_out",
    loops("range(A.shape[1])", "range(A.shape[1] - 1)"),
    forms=[loops("range(m)", "range(m - 1)"), loops("range(n)", "range(n - 1)")],
).says("Your loop ends one index too early: which is the last number of range(k)?")
misconception(
    "loops_first_index_left_out",
    loops("range(A.shape[1])", "range(1, A.shape[1])"),
    forms=[loops("range(m)", "range(1, m)"), loops("range(n)", "range(1, n)")],
).says("Your loop begins with index 1: which index has the first entry of a tensor?")
misconception(
    "loops_sum_in_integers",
    loops(ZEROS, "torch.zeros(n, m, dtype=torch.int64)"),
    loops(ADDED, "C[i, j] = C[i, j] + A[i, s] * B[s, j]"),
    forms=[
        [loops(ZEROS, "torch.zeros(n, m, dtype=torch.int32)"), loops(ADDED, "C[i, j] += int(A[i, s] * B[s, j])")],
        [loops(ADDED, "C[i, j] += (A[i, s] * B[s, j]).int()")],
        loops("return C", "return C.long()"),
    ],
).says("Your sums are cut off to integers: which dtype has the tensor, or the number, in which you add?")
misconception(
    "loops_sum_in_float32",
    loops(ZEROS, "torch.zeros(n, m)"),
    forms=[loops(ZEROS, "torch.zeros((n, m), dtype=torch.float32)"), loops("return C", "return C.float()")],
).says("Your result is float32, whatever A is: which dtype does torch.zeros choose if you name none?")
misconception(
    "loops_digits_lost",
    loops(ZEROS, "torch.zeros(n, m)"),
    loops("return C", "return C.to(A.dtype)"),
).says("Your sums were rounded to float32 on the way: in which dtype do you add, and in which do you return?")
misconception(
    "loops_result_of_the_inner_size",
    loops(ZEROS, "A.new_zeros(A.shape[1], m)"),
    forms=[
        loops(ZEROS, "A.new_zeros(n, A.shape[1])"),
        loops(ZEROS, "torch.zeros_like(A)"),
        loops(ZEROS, "torch.zeros_like(B)"),
    ],
).says("Your result has the inner size k as a size: which two sizes are left when k is summed over?")
misconception(
    "loops_sum_never_reset",
    loops(ZEROS, "A.new_zeros(n, m)\n    total = A.new_zeros(())"),
    loops(ADDED, "total = total + A[i, s] * B[s, j]\n            C[i, j] = total"),
).says("Your sum goes on from one entry to the next: where must it begin again with 0?")
misconception(
    "loops_begin_with_ones",
    loops(ZEROS, "A.new_ones(n, m)"),
).says("Each entry is too large by 1: what stands in the result before the first product is added?")
misconception(
    "inner_sizes_not_compared",
    change("_outer_sizes", "if A.shape[-1] != B.shape[-2]:", "if A.shape[-1] < 0:"),
    forms=[
        change(name, COMPARED, "n, m = A.shape[0], B.shape[1]")
        for name in ("matmul_loops", "matmul_elementwise", "matmul_broadcast")
    ]
    + [
        [
            change("_outer_sizes", "if A.shape[-1] != B.shape[-2]:", "if A.shape[-1] < 0:"),
            loops("range(A.shape[1])", "range(min(A.shape[1], B.shape[0]))"),
        ]
    ],
).says("Matrices that do not fit give a result, or an error of torch's: where do you compare the inner sizes?")
misconception(
    "wrong_sizes_compared",
    change("_outer_sizes", "if A.shape[-1] != B.shape[-2]:", "if A.shape[-2] != B.shape[-1]:"),
    forms=[change("_outer_sizes", "if A.shape[-1] != B.shape[-2]:", "if A.shape != B.shape:")],
).says("You refuse matrices that fit: which size of A must agree with which size of B?")
misconception(
    "another_exception_raised",
    change("_outer_sizes", "raise ValueError(f", "raise RuntimeError(f"),
    forms=[
        change("_outer_sizes", "raise ValueError(f", "raise TypeError(f"),
        change("_outer_sizes", "raise ValueError(f", "raise AssertionError(f"),
    ],
).says("You notice sizes that do not fit and raise another exception: which one does the handout ask for?")
misconception(
    "loops_only_two",
    loops(
        "for s in range(A.shape[1]):\n                C[i, j] += A[i, s] * B[s, j]", "C[i, j] = (A[i] * B[:, j]).sum()"
    ),
).says(
    "Your third loop runs inside of torch, as it may in the next exercise: how many products do you make one by one?"
)
misconception(
    "elementwise_rows_times_rows",
    entry("(A[i] * B[j]).sum()"),
    forms=[entry("(A[:, i] * B[:, j]).sum()")],
).says("You take a row of both matrices, or a column of both: what is B[j], and what is B[:, j]?")
misconception(
    "elementwise_row_sums_multiplied",
    entry("A[i].sum() * B[:, j].sum()"),
    forms=[entry("A[i].sum() * B[:, j].sum() / A.shape[1]")],
).says("You sum the row and the column before you multiply: is a sum of products a product of sums?")
misconception("elementwise_mean_for_the_sum", entry("(A[i] * B[:, j]).mean()")).says(
    "Your entries are k times too small: is the mean of the products asked for, or their sum?"
)
misconception(
    "elementwise_added",
    entry("(A[i] + B[:, j]).sum()"),
).says("You add the row and the column: which operation joins their entries in the formula?")
misconception(
    "elementwise_sum_in_float32",
    change("matmul_elementwise", ZEROS, "torch.zeros(n, m)"),
    forms=[change("matmul_elementwise", "return C", "return C.float()")],
).says("The result of your two loops is float32, whatever A is: which dtype do the zeros have?")
misconception(
    "elementwise_sum_in_integers",
    change("matmul_elementwise", ZEROS, "torch.zeros(n, m, dtype=torch.int64)"),
    forms=[entry("int((A[i] * B[:, j]).sum())")],
).says("The entries of your two loops are cut off to integers: which dtype has the tensor that you write into?")
misconception(
    "elementwise_result_of_the_inner_size",
    change("matmul_elementwise", ZEROS, "torch.zeros_like(A)"),
    forms=[change("matmul_elementwise", ZEROS, "A.new_zeros(A.shape[1], m)")],
).says("The result of your two loops has the size k: which sizes has the product of [n, k] and [k, m]?")
misconception(
    "elementwise_last_column_left_out",
    change("matmul_elementwise", "range(m)", "range(m - 1)"),
    forms=[change("matmul_elementwise", "range(n)", "range(n - 1)")],
).says("The last row or column of your result is 0: where does your loop end?")
misconception(
    "elementwise_with_a_third_loop",
    entry("sum(A[i, s] * B[s, j] for s in range(A.shape[1]))"),
    forms=[entry("sum(a * b for a, b in zip(A[i], B[:, j]))")],
).says("You still go through the row number by number: what does torch do when you multiply two tensors [k]?")
misconception(
    "elementwise_with_one_loop",
    change("matmul_elementwise", "for j in range(m):\n            # A row", "if m:\n            # A row"),
    change("matmul_elementwise", "C[i, j] = (A[i] * B[:, j]).sum()", "C[i] = (A[i] * B.T).sum(dim=1)"),
).says("You take all columns at once, which the exercise after the next one is about: where is your loop over them?")
misconception("shapes_aligned_from_the_left", *left_aligned("[1]")).says(
    "You align the shapes at their first sizes: at which end does broadcasting begin?"
)
misconception(
    "shapes_cut_to_the_shorter",
    shape("length = max(len(a), len(b))", "length = min(len(a), len(b))"),
    shape(ALIGNED[0], "list(a)[len(a) - length :]"),
    shape(ALIGNED[1], "list(b)[len(b) - length :]"),
).says("Your shape is as short as the shorter one: what happens to the axes that only one of them has?")
misconception(
    "shapes_need_the_same_length",
    shape(
        "length = max(len(a), len(b))",
        "length = max(len(a), len(b))\n    if len(a) != len(b):\n        raise ValueError('lengths')",
    ),
).says("You refuse shapes of different lengths: what does the shorter one get in front?")
misconception(
    "size_one_squeezed",
    shape("return tuple(shape)", "return tuple(size for size in shape if size != 1)"),
).says("Axes of size 1 are missing in your shape: does an axis disappear where two sizes 1 meet?")
misconception(
    "size_zero_taken_for_one",
    shape(SIZE, "max(one, other)"),
    forms=[
        [
            shape(MISFIT, "if one != other and 1 not in (one, other) and 0 not in (one, other):"),
            shape(SIZE, "max(one, other)"),
        ],
        shape(SIZE, "one or other if other <= 1 else other if one <= 1 else one"),
    ],
).says("A size 0 becomes the size that it meets: is 0 a size that is repeated, or one that stays?")
misconception(
    "size_zero_refused",
    shape(MISFIT, "if one != other and (1 not in (one, other) or 0 in (one, other)):"),
).says("You refuse a size 0 beside a size 1: does the rule about size 1 make an exception for 0?")
misconception(
    "size_zero_fits_everything",
    shape(MISFIT, "if one != other and 1 not in (one, other) and 0 not in (one, other):"),
    shape(SIZE, "min(one, other) if 0 in (one, other) else max(one, other)"),
).says("You let a size 0 meet any size: which sizes fit beside a 0?")
misconception(
    "misfits_not_noticed",
    shape(MISFIT, "if False:"),
    forms=[
        [shape(MISFIT, "if False:"), shape(SIZE, "max(one, other)")],
        [shape(MISFIT, "if False:"), shape(SIZE, "one if other == 1 else other")],
        shape(
            'raise ValueError(f"the shapes {tuple(a)} and {tuple(b)} do not fit: {one} meets {other}")', "return None"
        ),
    ],
).says("Shapes that do not fit get an answer all the same: what must happen where 2 meets 3?")
misconception(
    "only_equal_sizes_fit",
    shape(MISFIT, "if one != other:"),
).says("You refuse a size 1 beside another one: what is broadcasting for?")
misconception(
    "only_the_first_shape_is_stretched",
    shape(MISFIT, "if one not in (1, other):"),
    forms=[[shape(MISFIT, "if other not in (1, one):"), shape(SIZE, "one")]],
).says("Only one of your two shapes may have a size 1 that is stretched: does it matter which operand comes first?")
misconception(
    "multiples_fit",
    shape(MISFIT, "if one != other and 1 not in (one, other) and max(one, other) % (min(one, other) or 7):"),
    shape(SIZE, "other if one == 1 else one if other == 1 else max(one, other)"),
).says("You let 2 meet 4: is an axis repeated until it fits, or only if its size is 1?")
misconception(
    "shapes_raise_another_exception",
    shape("raise ValueError(f", "raise IndexError(f"),
    forms=[shape("raise ValueError(f", "raise RuntimeError(f"), shape("raise ValueError(f", "raise AssertionError(f")],
).says("You notice shapes that do not fit and raise another exception: which one does the handout ask for?")
misconception(
    "outer_is_a_dot_product",
    change("outer", "a[:, None] * b[None, :]", "(a * b).sum()"),
    forms=[change("outer", "a[:, None] * b[None, :]", "a * b")],
).says("You pair each entry of a with one of b: how many products are there if each meets each?")
misconception("outer_transposed", change("outer", "a[:, None] * b[None, :]", "b[:, None] * a[None, :]")).says(
    "Your matrix is [m, n]: which of the two vectors stands, and which one lies?"
)
misconception("outer_of_sums", change("outer", "a[:, None] * b[None, :]", "a[:, None] + b[None, :]")).says(
    "Your entries are sums: which operation joins a_i and b_j?"
)
misconception(
    "outer_in_a_loop",
    change("outer", "a[:, None] * b[None, :]", "torch.stack([number * b for number in a])"),
    forms=[change("outer", "a[:, None] * b[None, :]", "torch.stack([a * number for number in b], dim=1)")],
).says("Your outer product goes through one of the vectors: what does torch do when [n, 1] meets [1, m]?")
misconception(
    "row_along_the_wrong_axis",
    row("(A[i] * B).sum(dim=0)"),
    forms=[row("(A[i][None, :] * B).sum(dim=0)"), row("(A[i][None, :] * B).sum(dim=1)")],
).says("Your row of A lies along the columns of B: which axis of B has the size k, and where does broadcasting begin?")
misconception(
    "row_summed_along_the_wrong_axis",
    row("(A[i][:, None] * B).sum(dim=1)"),
    forms=[[row("(A[i][:, None] * B).sum(dim=1)"), change("matmul_broadcast", ZEROS, "A.new_zeros(n, A.shape[1])")]],
).says(
    "You sum along the columns and get k numbers: which axis is to disappear, the one of size k or the one of size m?"
)
misconception(
    "row_summed_to_one_number",
    row("(A[i][:, None] * B).sum()"),
).says("All entries of a row of your result are equal: over how many axes do you sum, and how many remain?")
misconception("row_mean_for_the_sum", row("(A[i][:, None] * B).mean(dim=0)")).says(
    "The rows of your result are k times too small: is a mean asked for?"
)
misconception(
    "column_of_a_for_its_row",
    row("(A[:, i][:, None] * B).sum(dim=0)"),
).says("You take column i of A: which row of A makes row i of the result?")
misconception(
    "row_sum_in_float32",
    change("matmul_broadcast", ZEROS, "torch.zeros(n, m)"),
    forms=[change("matmul_broadcast", "return C", "return C.float()")],
).says("The result of your one loop is float32, whatever A is: which dtype do the zeros have?")
misconception(
    "row_by_row_and_column_by_column",
    row("torch.stack([(A[i] * B[:, j]).sum() for j in range(m)])"),
    forms=[row("sum(A[i, s] * B[s] for s in range(A.shape[1]))")],
).says("You have a second loop: how does a row [k] have to stand to meet all columns of [k, m] at once?")
misconception(
    "row_without_a_loop",
    change("matmul_broadcast", "return C", "return (A[:, :, None] * B[None]).sum(dim=1)"),
    change("matmul_broadcast", "for i in range(n):", "for i in range(0):"),
).says("You take all rows at once, with n * m * k numbers in between: where is your loop over the rows of A?")
misconception(
    "einsum_result_transposed",
    change("matmul_einsum", LETTERS, '"nk,km->mn"'),
    forms=[change("matmul_einsum", EINSUM, f"{EINSUM}.T")],
).says("Your result is the transpose of the product: in which order do the letters stand behind the arrow?")
misconception("einsum_b_transposed", change("matmul_einsum", LETTERS, '"nk,mk->nm"')).says(
    "Your letters sum along the rows of B: which axis of B shares its letter with A?"
)
misconception("einsum_a_transposed", change("matmul_einsum", LETTERS, '"kn,km->nm"')).says(
    "Your letters sum down the columns of A: which axis of A shares its letter with B?"
)
misconception("einsum_not_summed", change("matmul_einsum", LETTERS, '"nk,km->nkm"')).says(
    "Your result has three axes: which letter must not stand behind the arrow?"
)
misconception(
    "einsum_sums_multiplied",
    change("matmul_einsum", LETTERS, '"nk,lm->nm"'),
).says("No letter stands twice in your string, so the sums are multiplied: which index do A and B share?")
misconception(
    "einsum_entry_by_entry",
    change("matmul_einsum", LETTERS, '"ij,ij->ij"'),
    forms=[change("matmul_einsum", LETTERS, '"nk,kn->nk"')],
).says("Your letters say a product entry by entry: which letter is summed over?")
misconception(
    "einsum_sizes_not_compared",
    change("matmul_einsum", "_outer_sizes(A, B)\n", "pass\n"),
).says("einsum stretches an inner size 1, or raises an error of its own: where do you compare the sizes before it?")
misconception(
    "einsum_in_a_loop",
    change("matmul_einsum", EINSUM, 'torch.stack([torch.einsum("k,km->m", row, B) for row in A])'),
    forms=[change("matmul_einsum", EINSUM, 'torch.stack([torch.einsum("nk,k->n", A, c) for c in B.T], 1)')],
).says("You call einsum once for each row or column: can one string say all of it?")
misconception(
    "operator_entry_by_entry",
    change("matmul_operator", "A @ B", "A * B"),
    forms=[change("matmul_operator", "A @ B", "torch.mul(A, B)")],
).says("You multiply entry by entry: which operator is the matrix product, * or another one?")
misconception("operator_operands_exchanged", change("matmul_operator", "A @ B", "B @ A")).says(
    "You multiply B by A: may the factors of a matrix product change places?"
)
misconception(
    "operator_with_a_transpose",
    change("matmul_operator", "A @ B", "A @ B.T"),
    forms=[change("matmul_operator", "A @ B", "A.T @ B"), change("matmul_operator", "A @ B", "(A @ B).T")],
).says("You transpose something here, which makes sizes fit that must not: which shapes do A and B have as they come?")
misconception(
    "operator_sizes_not_compared",
    change("matmul_operator", "_outer_sizes(A, B)\n", "pass\n"),
).says("torch's own error for sizes that do not fit is a RuntimeError: which one is asked for?")
misconception(
    "operator_in_a_loop",
    change("matmul_operator", "A @ B", "torch.stack([row @ B for row in A])"),
    forms=[change("matmul_operator", "A @ B", "torch.stack([A @ B[:, j] for j in range(B.shape[1])], dim=1)")],
).says("You use the operator once for each row or column: what may stand on both sides of it?")
misconception(
    "batch_in_a_loop",
    batch(
        "pairs = [(A[i % len(A)], B[i % len(B)]) for i in range(max(len(A), len(B)))]\n"
        "    return torch.stack([(a[:, :, None] * b[None]).sum(dim=1) for a, b in pairs])"
    ),
    forms=[batch("return torch.stack([(A[:, i, :, None] * B).sum(dim=1) for i in range(A.shape[1])], dim=1)")],
).says("You go through the batch, or its rows, one by one: which four axes would A and B need to meet at once?")
misconception(
    "batch_summed_along_the_wrong_axis",
    batch("return (A[:, :, :, None] * B[:, None, :, :]).sum(dim=1)"),
    forms=[
        batch("return (A[:, :, :, None] * B[:, None, :, :]).sum(dim=3)"),
        batch("return (A[:, :, :, None] * B[:, None, :, :]).sum(dim=0)"),
    ],
).says("You sum over another axis than the inner one: at which place of [b, n, k, m] does k stand?")
misconception("batch_of_all_pairs", batch("return (A[:, None, :, :, None] * B[None, :, None, :, :]).sum(dim=3)")).says(
    "Each matrix of A meets each of B: with which one is it paired?"
)
misconception(
    "batch_uses_one_matrix",
    batch("return (A[:, :, :, None] * B[:1, None, :, :]).sum(dim=2)"),
    forms=[batch("return (A[:1, :, :, None] * B[:, None, :, :]).sum(dim=2)")],
).says("All of one batch meets the first matrix of the other: does each pair have a product of its own?")
misconception(
    "batch_not_summed",
    batch("return A[:, :, :, None] * B[:, None, :, :]"),
).says("Your result has four axes: which of them does the formula sum over?")
misconception("batch_mean_for_the_sum", batch("return (A[:, :, :, None] * B[:, None, :, :]).mean(dim=2)")).says(
    "Your products are k times too small: is a mean over the inner axis asked for?"
)
misconception(
    "batch_of_transposed_matrices",
    batch("return (A[:, :, None, :] * B[:, None, :, :]).sum(dim=3)"),
    forms=[batch("return (A[:, :, None, :] * B.transpose(1, 2)[:, None, :, :]).sum(dim=3).transpose(1, 2)")],
).says("A matrix of your batches is turned round: which axis of B belongs to k, and which to m?")
misconception(
    "single_matrix_refused",
    change(
        "batched_matmul",
        "broadcast_shape(A.shape[:1], B.shape[:1])",
        'if A.shape[0] != B.shape[0]:\n        raise ValueError("batch sizes differ")',
    ),
).says("You refuse a single matrix beside a batch: what does the handout say of a batch of size 1?")
misconception(
    "batch_sizes_not_compared",
    change("batched_matmul", "broadcast_shape(A.shape[:1], B.shape[:1])\n", "pass\n"),
    forms=[
        [
            change("batched_matmul", "broadcast_shape(A.shape[:1], B.shape[:1])\n", "b = min(len(A), len(B))\n"),
            batch(f"return {BATCH}".replace("A[:,", "A[:b,").replace("B[:,", "B[:b,")),
        ]
    ],
).says("Batches of 2 and 3 do not raise a ValueError: which sizes do you compare besides the inner ones?")
misconception(
    "batch_inner_sizes_not_compared",
    change("batched_matmul", "_outer_sizes(A, B)\n", "pass\n"),
).says("Inner sizes that differ do not raise a ValueError in your batches: does broadcasting stretch a size 1 there?")
misconception(
    "keepdim_forgotten",
    rows("return X / X.sum(dim=-1)"),
    forms=[rows("return X / X.sum(dim=-1)[None, :]"), rows("return X / X.sum(-1).unsqueeze(0)")],
).says("Your sums [n] meet the columns of X: which axis has the sum taken away, and how can it be kept?")
misconception(
    "columns_normalised",
    rows("return X / X.sum(dim=0, keepdim=True)"),
    forms=[rows("return X / X.sum(dim=0)"), rows("return X / X.sum(dim=-2, keepdim=True)")],
).says("Your columns sum to 1: along which axis does a row lie?")
misconception("whole_tensor_normalised", rows("return X / X.sum()")).says(
    "All entries together sum to 1: how many sums has a matrix with n rows?"
)
misconception(
    "rows_of_axis_one",
    rows("return X / X.sum(dim=1, keepdim=True)"),
).says("With three axes you sum along the middle one: which number has the last axis, however many there are?")
misconception(
    "rows_by_their_length",
    rows("return X / X.square().sum(dim=-1, keepdim=True).sqrt()"),
).says("Your rows have length 1, as if they were arrows: is the sum asked for, or the root of the sum of squares?")
misconception("rows_by_their_largest", rows("return X / X.amax(dim=-1, keepdim=True)")).says(
    "The largest entry of each of your rows is 1: by what is a row divided?"
)
misconception("rows_by_absolute_values", rows("return X / X.abs().sum(dim=-1, keepdim=True)")).says(
    "You sum absolute values: what becomes of a negative entry in the sum of a row?"
)
misconception("rows_by_their_mean", rows("return X / X.mean(dim=-1, keepdim=True)")).says(
    "Your rows have the mean 1: how does a mean differ from a sum?"
)
misconception("rows_as_softmax", rows("return X.exp() / X.exp().sum(dim=-1, keepdim=True)")).says(
    "You take exponentials, as softmax does: does the handout mention them?"
)
misconception("rows_less_their_sum", rows("return X - X.sum(dim=-1, keepdim=True)")).says(
    "You subtract the sums: which operation makes a row sum to 1?"
)
misconception("rows_changed_in_place", rows("return X.div_(X.sum(dim=-1, keepdim=True))")).says(
    "You write into the X that was given: which operator makes a new tensor?"
)
misconception(
    "rows_in_a_loop",
    rows("return torch.stack([row / row.sum(dim=-1, keepdim=True) for row in X])"),
    forms=[
        rows("Y = X.clone()\n    for i in range(len(X)):\n        Y[i] /= X[i].sum(dim=-1, keepdim=True)\n    return Y")
    ],
).says("You go through the rows one by one: which shape must the sums have to meet all rows at once?")
