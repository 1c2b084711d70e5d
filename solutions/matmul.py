"""Five matrix products, from three loops to one operator, and the rules of shapes that lie between them.

Shapes: A [n, k] and B [k, m] matrices with the inner size k, A[i] [k] a row, B[:, j] [k] a column, a [n] and
b [m] vectors, X [n, d] rows of features. Everything works for any float dtype on any device, and nothing changes
the tensors it is given.
Sources: Goodfellow, Bengio and Courville, Deep Learning, 2016, section 2.2; Golub and Van Loan, Matrix
Computations, 4th edition, 2013, section 1.1; NumPy User Guide, Broadcasting.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def _outer_sizes(A: Tensor, B: Tensor) -> tuple[int, int]:
    """The sizes n and m of a product, once the inner sizes are known to agree."""
    # torch would say so by itself in some of the products below. In others it would stretch a size 1, or stop early.
    if A.shape[-1] != B.shape[-2]:
        raise ValueError(f"inner sizes differ: {A.shape[-1]} columns meet {B.shape[-2]} rows")
    return A.shape[-2], B.shape[-1]


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
    n, m = _outer_sizes(A, B)
    # Zeros like A: of another dtype, they would round or cut off every sum.
    C = A.new_zeros(n, m)
    # The two outer loops choose an entry of the result, the inner one walks along a row of A and down a column of B.
    for i in range(n):
        for j in range(m):
            for s in range(A.shape[1]):
                C[i, j] += A[i, s] * B[s, j]
    return C


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
    n, m = _outer_sizes(A, B)
    C = A.new_zeros(n, m)
    for i in range(n):
        for j in range(m):
            # A row and a column are both [k] here; which of them lay and which stood is forgotten.
            C[i, j] = (A[i] * B[:, j]).sum()
    return C


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
    # The last axes stand below each other. What the shorter shape lacks in front counts as 1.
    length = max(len(a), len(b))
    left = [1] * (length - len(a)) + list(a)
    right = [1] * (length - len(b)) + list(b)
    shape = []
    for one, other in zip(left, right, strict=True):
        if one != other and 1 not in (one, other):
            raise ValueError(f"the shapes {tuple(a)} and {tuple(b)} do not fit: {one} meets {other}")
        # A size 1 becomes whatever it meets. That may be 0, so the larger of the two would be wrong.
        shape.append(other if one == 1 else one)
    return tuple(shape)


def outer(a: Tensor, b: Tensor) -> Tensor:
    """Every entry of a times every entry of b, by broadcasting.

    Source: Golub and Van Loan, section 1.1 (the outer product).

    Args:
        a: [n] one number for each row of the result.
        b: [m] one number for each column of it.
    Returns:
        [n, m] the products.
    """
    # [n, 1] beside [1, m]: each is repeated along the axis in which it has the size 1.
    return a[:, None] * b[None, :]


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
    n, m = _outer_sizes(A, B)
    C = A.new_zeros(n, m)
    for i in range(n):
        # The row is stood up, [k, 1], so that its entry s meets the whole row s of B. Then the k rows are added.
        C[i] = (A[i][:, None] * B).sum(dim=0)
    return C


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
    # einsum stretches a size 1 without a word, so the sizes are compared here too.
    _outer_sizes(A, B)
    return torch.einsum("nk,km->nm", A, B)


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
    _outer_sizes(A, B)
    return A @ B


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
    _outer_sizes(A, B)
    broadcast_shape(A.shape[:1], B.shape[:1])
    # [b, n, k, 1] times [b, 1, k, m] holds every product that occurs, and the sum over k is what is wanted of them.
    return (A[:, :, :, None] * B[:, None, :, :]).sum(dim=2)


def normalize_rows(X: Tensor) -> Tensor:
    """Each row divided by its own sum.

    Source: NumPy User Guide, Broadcasting.

    Args:
        X: [..., d] rows, at least two axes; no row sums to 0.
    Returns:
        [..., d] rows that sum to 1, in the dtype of X.
    """
    # The sums keep their axis, [n, 1], and so stay beside their rows. As [n] they would stand below the columns.
    return X / X.sum(dim=-1, keepdim=True)
