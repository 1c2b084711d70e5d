# Bruno, matrices. Plain Python wherever it is allowed, numbers in lists.
import torch


def rows_of(M):
    return [[float(v) for v in row] for row in M]


def sizes(A, B):
    n, k = A.shape
    k2, m = B.shape
    if k != k2:
        raise ValueError("wrong sizes: %d and %d" % (k, k2))
    return n, k, m


def matmul_loops(A, B):
    n, k, m = sizes(A, B)
    a, b = rows_of(A), rows_of(B)
    c = []
    for i in range(n):
        line = []
        for j in range(m):
            acc = 0.0
            for s in range(k):
                acc += a[i][s] * b[s][j]
            line.append(acc)
        c.append(line)
    return torch.tensor(c, dtype=A.dtype, device=A.device).reshape(n, m)


def matmul_elementwise(A, B):
    n, k, m = sizes(A, B)
    C = torch.zeros(n, m, dtype=A.dtype, device=A.device)
    for i in range(n):
        for j in range(m):
            C[i, j] = torch.sum(A[i] * B[:, j])
    return C


def broadcast_shape(a, b):
    a, b = list(a)[::-1], list(b)[::-1]
    while len(a) < len(b):
        a.append(1)
    while len(b) < len(a):
        b.append(1)
    out = []
    for p, q in zip(a, b):
        if p != q and p != 1 and q != 1:
            raise ValueError("no fit")
        out.append(q if p == 1 else p)
    return tuple(out[::-1])


def outer(a, b):
    return a[:, None] * b[None]


def matmul_broadcast(A, B):
    n, k, m = sizes(A, B)
    C = torch.zeros(n, m, dtype=A.dtype, device=A.device)
    for i in range(n):
        C[i] = (A[i][:, None] * B).sum(0)
    return C


def matmul_einsum(A, B):
    sizes(A, B)
    return torch.einsum("nk,km->nm", [A, B])


def matmul_operator(A, B):
    sizes(A, B)
    return torch.mm(A, B)


def batched_matmul(A, B):
    if A.shape[2] != B.shape[1]:
        raise ValueError("inner sizes")
    if A.shape[0] != B.shape[0] and 1 not in (A.shape[0], B.shape[0]):
        raise ValueError("batch sizes")
    return (A[:, :, :, None] * B[:, None]).sum(dim=2)


def normalize_rows(X):
    total = X.sum(dim=-1)
    return X / total[..., None]
