"""Plain numbers where they will do, while loops, and results that are written entry by entry or row by row."""

import torch


def inner(A, B):
    rows, left = A.shape
    right, columns = B.shape
    if left != right:
        raise ValueError(f"{left} != {right}")
    return rows, left, columns


def matmul_loops(A, B):
    rows, size, columns = inner(A, B)
    C = torch.empty((rows, columns), dtype=A.dtype, device=A.device)
    i = 0
    while i < rows:
        j = 0
        while j < columns:
            total, s = 0.0, 0
            while s < size:
                total += A[i, s].item() * B[s, j].item()
                s += 1
            C[i, j] = total
            j += 1
        i += 1
    return C


def matmul_elementwise(A, B):
    rows, _, columns = inner(A, B)
    entries = [float((A[i, :] * B[:, j]).sum()) for i in range(rows) for j in range(columns)]
    return torch.tensor(entries, dtype=A.dtype, device=A.device).view(rows, columns)


def broadcast_shape(a, b):
    if len(a) < len(b):
        a, b = b, a
    shape = list(a)
    for place in range(1, len(b) + 1):
        if shape[-place] == 1:
            shape[-place] = b[-place]
        elif b[-place] not in (1, shape[-place]):
            raise ValueError("no")
    return tuple(shape)


def outer(a, b):
    return a.reshape(-1, 1) * b.reshape(1, -1)


def matmul_broadcast(A, B):
    rows, size, columns = inner(A, B)
    C = torch.zeros(rows, columns, dtype=A.dtype, device=A.device)
    for i in range(rows):
        C[i] += (A[i].reshape(size, 1) * B).sum(0)
    return C


def matmul_einsum(A, B):
    inner(A, B)
    return torch.einsum("xy, yz -> xz", [A, B])


def matmul_operator(A, B):
    inner(A, B)
    return A.mm(B)


def batched_matmul(A, B):
    first, _, left = A.shape
    second, right, _ = B.shape
    if left != right or first != second and first != 1 and second != 1:
        raise ValueError("no")
    return (A[..., None] * B[:, None]).sum(-2)


def normalize_rows(X):
    return X / torch.sum(X, -1, keepdim=True)
