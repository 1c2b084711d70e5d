"""Transposes and views: the same numbers under other axes, errors of torch's turned into those that are asked for."""

import functools

import torch


def checked(product):
    @functools.wraps(product)
    def multiply(A, B):
        *_, k = A.shape
        if k != B.shape[-2]:
            raise ValueError("The inner sizes differ.")
        return product(A, B)

    return multiply


@checked
def matmul_loops(A, B):
    C = torch.zeros(A.shape[0], B.shape[1]).to(A)
    columns = B.T
    for s in range(A.shape[1]):
        for j in range(C.shape[1]):
            for i in range(C.shape[0]):
                C[i][j] = C[i][j] + A[i][s] * columns[j][s]
    return C


@checked
def matmul_elementwise(A, B):
    C, columns = A.new_empty(len(A), B.shape[1]), B.t()
    for j, column in enumerate(columns):
        for i, row in enumerate(A):
            C[i, j] = torch.sum(torch.mul(column, row))
    return C


def broadcast_shape(a, b):
    longest = max(len(a), len(b))
    padded = [(1,) * (longest - len(shape)) + tuple(shape) for shape in (a, b)]
    result = ()
    for sizes in zip(*padded):
        stretched = {size for size in sizes if size != 1}
        if len(stretched) > 1:
            raise ValueError(stretched)
        result += tuple(stretched) or (1,)
    return result


def outer(a, b):
    return (a * b.view(-1, 1)).T


@checked
def matmul_broadcast(A, B):
    C = torch.empty(A.shape[0], B.shape[1]).to(A)
    for i in range(len(A)):
        C[i] = torch.sum(B.T * A[i], dim=1)
    return C


@checked
def matmul_einsum(A, B):
    return torch.einsum("rs,st->tr", A, B).T


@checked
def matmul_operator(A, B):
    return (B.T @ A.T).T


@checked
def batched_matmul(A, B):
    if len({len(A), len(B)} - {1}) > 1:
        raise ValueError("The batches differ.")
    products = A.permute(0, 2, 1).unsqueeze(-1) * B.unsqueeze(-2)
    return products.sum(1)


def normalize_rows(X):
    columns = X.movedim(-1, 0)
    return (columns / columns.sum(0)).movedim(0, -1)
