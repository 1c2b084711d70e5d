import torch


def check_sizes(A, B):
    if A.shape[-1] != B.shape[-2]:
        raise ValueError("sizes do not match")


def matmul_loops(A, B):
    check_sizes(A, B)
    C = torch.zeros(A.shape[0], B.shape[1])  # float32, whatever comes in
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for s in range(A.shape[1]):
                C[i, j] += A[i, s] * B[s, j]
    return C.to(A.dtype)


def matmul_elementwise(A, B):
    check_sizes(A, B)
    C = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = (A[i] * B[:, j]).sum()
    return C


def broadcast_shape(a, b):
    longer, shorter = (list(a), list(b)) if len(a) >= len(b) else (list(b), list(a))
    shorter = [1] * (len(longer) - len(shorter)) + shorter
    shape = []
    for p, q in zip(longer, shorter):
        if p != q and p > 1 and q > 1:
            raise ValueError("shapes do not match")
        shape.append(max(p, q))
    return tuple(shape)


def outer(a, b):
    return a[:, None] * b[None, :]


def matmul_broadcast(A, B):
    check_sizes(A, B)
    C = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        C[i] = (A[i][:, None] * B).sum(0)
    return C


def matmul_einsum(A, B):
    check_sizes(A, B)
    return torch.einsum("ik,kj->ij", A, B)


def matmul_operator(A, B):
    check_sizes(A, B)
    return A @ B


def batched_matmul(A, B):
    check_sizes(A, B)
    if A.shape[0] != B.shape[0] and A.shape[0] != 1 and B.shape[0] != 1:
        raise ValueError("batches do not match")
    return (A[:, :, :, None] * B[:, None, :, :]).sum(2)


def normalize_rows(X):
    return X / X.sum(dim=-1, keepdim=True)
