"""Sigmoid and gradient descent.

Chiara R. Goal for myself: no temporary tensor that is not needed. Inputs are never written to, only my own copies.
"""

import torch


def sigmoid(z):
    neg = z < 0
    s = z.abs().neg_().exp_()           # e^-|z|, my own tensor from here on
    s.add_(1).reciprocal_()             # 1/(1+e^-|z|): right where z >= 0
    small = z.clamp(max=0).exp_().mul_(s)   # e^z/(1+e^z): right where z < 0
    return torch.where(neg, small, s)


def sigmoid_derivative(z):
    a = sigmoid(z)
    return a.sub_(a * a)


def binary_cross_entropy(logits, y):
    loss = logits.abs().neg_().exp_().log1p_()
    loss += logits.clamp(min=0)
    loss -= y * logits
    return loss.sum().div_(loss.numel())


def logistic_gradients(X, y, w, b):
    delta = torch.mv(X, w).add_(b)
    delta = sigmoid(delta).sub_(y).div_(y.numel())
    return [torch.mv(X.t(), delta), delta.sum()]


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    dw.mul_(-lr).add_(w)
    db.mul_(-lr).add_(b)
    return [dw, db]


def minibatches(n, batch_size=None, generator=None):
    dev = "cpu" if generator is None else generator.device
    order = torch.arange(n, device=dev)
    if generator is not None:
        order = order[torch.randperm(n, generator=generator, device=dev)]
    if batch_size is None or batch_size >= n:
        return [order]
    cuts = list(range(batch_size, n, batch_size))
    return list(torch.tensor_split(order, cuts))


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    w, b = w.clone(), b.clone()
    while epochs > 0:
        for idx in minibatches(X.size(0), batch_size, generator):
            dw, db = logistic_gradients(X[idx], y[idx], w, b)
            w.sub_(dw, alpha=lr)
            b.sub_(db, alpha=lr)
        epochs -= 1
    return [w, b]


def squared_error_gradients(X, y, w, b):
    r = torch.mv(X, w).add_(b).sub_(y).mul_(2 / y.numel())
    return [torch.mv(X.t(), r), r.sum()]


def fit_linear(X, y, w, b, *, lr, steps):
    w, b = w.clone(), b.clone()
    for _ in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w -= lr * dw
        b -= lr * db
    return [w, b]


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = torch.zeros(len(labels), dtype=X.dtype, device=X.device)
    y[labels == 9] = 1
    w = torch.zeros(X.size(1), dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    return train_logistic(X, y, w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    out = torch.zeros(X.size(0), dtype=torch.int64, device=X.device)
    out[torch.mv(X, w).add_(b) > 0] = 1
    return out
