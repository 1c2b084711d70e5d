# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Five matrix products.

Read assignments/matmul/handout.html, then write the functions below. `autograder check matmul` tells how you are doing.
"""

from collections.abc import Sequence
import torch
from torch import Tensor


# Exercise 1: Three loops (14 points)


def matmul_loops(A: Tensor, B: Tensor) -> Tensor:
    """The matrix product by three loops, one number at a time.

    Source: Deep Learning, section 2.2, equation 2.5.

    Args:
        A: [n, k] the left matrix.
        B: [k, m] the right matrix, of the same dtype.
    Returns:
        [n, m] the product, in the dtype of A.
    Raises:
        ValueError: A has not as many columns as B has rows.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Two loops: a row times a column (11 points)


def matmul_elementwise(A: Tensor, B: Tensor) -> Tensor:
    """The matrix product by two loops: each entry is a row times a column, entry by entry, summed.

    Source: Golub and Van Loan, section 1.1 (the dot product formulation).

    Args:
        A: [n, k] the left matrix.
        B: [k, m] the right matrix, of the same dtype.
    Returns:
        [n, m] the product, in the dtype of A.
    Raises:
        ValueError: A has not as many columns as B has rows.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: Which shapes fit together? (16 points)


def broadcast_shape(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    """The shape of a result whose operands have the shapes a and b, by the rules of broadcasting.

    Source: NumPy User Guide, Broadcasting, "General broadcasting rules".

    Args:
        a: sizes of one operand; () is the shape of a single number.
        b: sizes of the other one.
    Returns:
        a tuple of sizes, as long as the longer of the two.
    Raises:
        ValueError: the shapes do not fit.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: One loop: a row times all columns (14 points)


def outer(a: Tensor, b: Tensor) -> Tensor:
    """Every entry of a times every entry of b, by broadcasting.

    Source: Golub and Van Loan, section 1.1 (the outer product).

    Args:
        a: [n] one number for each row of the result.
        b: [m] one number for each column of it.
    Returns:
        [n, m] the products.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def matmul_broadcast(A: Tensor, B: Tensor) -> Tensor:
    """The matrix product by one loop: a row of A meets all columns of B at once.

    Source: NumPy User Guide, Broadcasting; Golub and Van Loan, section 1.1.

    Args:
        A: [n, k] the left matrix.
        B: [k, m] the right matrix, of the same dtype.
    Returns:
        [n, m] the product, in the dtype of A.
    Raises:
        ValueError: A has not as many columns as B has rows.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: No loop: the summation convention (8 points)


def matmul_einsum(A: Tensor, B: Tensor) -> Tensor:
    """The matrix product in the notation of Einstein: the index that does not occur in the result is summed over.

    Source: Einstein, Die Grundlage der allgemeinen Relativitätstheorie, 1916, section 5.

    Args:
        A: [n, k] the left matrix.
        B: [k, m] the right matrix, of the same dtype.
    Returns:
        [n, m] the product, in the dtype of A.
    Raises:
        ValueError: A has not as many columns as B has rows.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: No loop: the operator (6 points)


def matmul_operator(A: Tensor, B: Tensor) -> Tensor:
    """The matrix product as everybody writes it.

    Source: PEP 465, A dedicated infix operator for matrix multiplication, 2014.

    Args:
        A: [n, k] the left matrix.
        B: [k, m] the right matrix, of the same dtype.
    Returns:
        [n, m] the product, in the dtype of A.
    Raises:
        ValueError: A has not as many columns as B has rows.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 7: A batch of products (12 points)


def batched_matmul(A: Tensor, B: Tensor) -> Tensor:
    """One matrix product for each pair of matrices in two batches, by broadcasting and without a loop.

    Source: NumPy User Guide, Broadcasting.

    Args:
        A: [p, n, k] left matrices.
        B: [q, k, m] right matrices. p and q are equal, or one of them is 1: that matrix meets all others.
    Returns:
        [b, n, m] the product of each pair; b is the larger of p and q.
    Raises:
        ValueError: the inner sizes differ, or the batch sizes do and neither of them is 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 8: Rows that sum to one (9 points)


def normalize_rows(X: Tensor) -> Tensor:
    """Each row divided by its own sum.

    Source: NumPy User Guide, Broadcasting.

    Args:
        X: [..., d] rows, at least two axes; no row sums to 0.
    Returns:
        [..., d] rows that sum to 1, in the dtype of X.
    """
    # YOUR CODE HERE
    raise NotImplementedError
