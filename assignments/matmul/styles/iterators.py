"""No index anywhere: rows, columns and sizes come from iterators, and tensors are stacked of what they gave."""

from itertools import zip_longest

import torch


def fit(A, B):
    if A.size(-1) != B.size(-2):
        raise ValueError("these do not fit")


def entry(row, column):
    total = row.new_zeros(())
    for a, b in zip(row, column):
        total = total + a * b
    return total


def matmul_loops(A, B):
    fit(A, B)
    return torch.stack([torch.stack([entry(row, column) for column in B.T]) for row in A])


def matmul_elementwise(A, B):
    fit(A, B)
    return torch.stack([torch.stack([torch.sum(row * column) for column in B.unbind(1)]) for row in A.unbind(0)])


def meet(one, other):
    if one == 1:
        return other
    if other == 1 or one == other:
        return one
    raise ValueError(f"{one} and {other} do not fit")


def broadcast_shape(a, b):
    backwards = [meet(one, other) for one, other in zip_longest(reversed(a), reversed(b), fillvalue=1)]
    return tuple(reversed(backwards))


def outer(a, b):
    return a.unsqueeze(1).mul(b)


def matmul_broadcast(A, B):
    fit(A, B)
    return torch.stack([row.unsqueeze(1).mul(B).sum(0) for row in A])


def matmul_einsum(A, B):
    fit(A, B)
    return torch.einsum("ij,jk", A, B)


def matmul_operator(A, B):
    fit(A, B)
    return torch.matmul(A, B)


def batched_matmul(A, B):
    fit(A, B)
    if len(A) != len(B) and min(len(A), len(B)) != 1:
        raise ValueError("batches of different sizes")
    # The inner axis comes last in both.
    return A.unsqueeze(2).mul(B.transpose(1, 2).unsqueeze(1)).sum(-1)


def normalize_rows(X):
    return X / X.sum(-1).unsqueeze(-1)
