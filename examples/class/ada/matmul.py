"""Five matrix products, Ada M.

One recipe for all: write the product as a sum over the inner index and decide how much of it the machine may do at once.
"""

import torch


def inner(A, B):
    # the shape rule, once and for all: (.., n, k) meets (.., k, m)
    k = A.shape[-1]
    if B.shape[-2] != k:
        raise ValueError(f"cannot multiply {tuple(A.shape)} by {tuple(B.shape)}")
    return k


def matmul_loops(A, B):
    k = inner(A, B)
    result = A.new_zeros(A.shape[0], B.shape[1])
    # s outermost: after s rounds the result holds the sum of the first s outer products
    for s in range(k):
        for i in range(A.shape[0]):
            for j in range(B.shape[1]):
                result[i, j] = result[i, j] + A[i, s] * B[s, j]
    return result


def matmul_elementwise(A, B):
    inner(A, B)
    columns = B.T
    result = A.new_empty(A.shape[0], B.shape[1])
    for i, row in enumerate(A):
        for j, column in enumerate(columns):
            result[i, j] = (row * column).sum()
    return result


def broadcast_shape(a, b):
    size = max(len(a), len(b))
    # ones on the left until both are equally long
    a = (1,) * (size - len(a)) + tuple(a)
    b = (1,) * (size - len(b)) + tuple(b)
    result = []
    for x, y in zip(a, b):
        if x == y or y == 1:
            result.append(x)
        elif x == 1:
            result.append(y)
        else:
            raise ValueError(f"{x} does not go with {y}")
    return tuple(result)


def outer(a, b):
    return a.reshape(-1, 1) * b


def matmul_broadcast(A, B):
    inner(A, B)
    rows = [torch.sum(row.reshape(-1, 1) * B, dim=0) for row in A]
    return torch.stack(rows) if rows else A.new_zeros(0, B.shape[1])


def matmul_einsum(A, B):
    inner(A, B)
    return torch.einsum("is,sj->ij", A, B)


def matmul_operator(A, B):
    inner(A, B)
    return A @ B


def batched_matmul(A, B):
    inner(A, B)
    broadcast_shape(A.shape[:1], B.shape[:1])  # complains for me
    return (A.unsqueeze(-1) * B.unsqueeze(1)).sum(2)


def normalize_rows(X):
    return X / X.sum(-1, keepdim=True)
