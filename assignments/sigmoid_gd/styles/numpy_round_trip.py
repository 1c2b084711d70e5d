"""Tensors come in and go out, everything between is numpy, in double precision."""

import numpy as np
import torch


def to_numpy(*tensors):
    return [t.detach().cpu().numpy().astype(np.float64) for t in tensors]


def to_torch(array, like):
    return torch.from_numpy(np.array(array)).to(like.device, like.dtype)


def np_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1.0) / (1.0 + e)


def sigmoid(z):
    return to_torch(np_sigmoid(*to_numpy(z)), z)


def sigmoid_derivative(z):
    (x,) = to_numpy(z)
    return to_torch(np_sigmoid(x) * np_sigmoid(-x), z)


def binary_cross_entropy(logits, y):
    z, target = to_numpy(logits, y)
    return to_torch(np.mean(np.logaddexp(0.0, z) - target * z), logits)


def np_gradients(X, difference):
    return X.T.dot(difference) / X.shape[0], difference.mean()


def logistic_gradients(X, y, w, b):
    A, t, v, c = to_numpy(X, y, w, b)
    return tuple(to_torch(g, w) for g in np_gradients(A, np_sigmoid(A.dot(v) + c) - t))


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    old_w, old_b, dw, db = to_numpy(w, b, dw, db)
    return to_torch(old_w - lr * dw, w), to_torch(old_b - lr * db, b)


def np_order(n, generator):
    if generator is None:
        return np.arange(n)
    seed = torch.randint(2**31, (), generator=generator, device=generator.device)
    return np.random.default_rng(int(seed)).permutation(n)


def minibatches(n, batch_size=None, generator=None):
    order = np_order(n, generator)
    cuts = range(batch_size, n, batch_size) if batch_size else []
    device = generator.device if generator is not None else "cpu"
    return [torch.from_numpy(part.copy()).to(device) for part in np.split(order, list(cuts))]


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    A, t, v, c = to_numpy(X, y, w, b)
    for _ in range(epochs):
        for rows in minibatches(len(A), batch_size, generator):
            part = A[rows.cpu().numpy()]
            dv, dc = np_gradients(part, np_sigmoid(part @ v + c) - t[rows.cpu().numpy()])
            v, c = v - lr * dv, c - lr * dc
    return to_torch(v, w), to_torch(c, b)


def squared_error_gradients(X, y, w, b):
    A, t, v, c = to_numpy(X, y, w, b)
    return tuple(to_torch(2 * g, w) for g in np_gradients(A, A @ v + c - t))


def fit_linear(X, y, w, b, *, lr, steps):
    A, t, v, c = to_numpy(X, y, w, b)
    for _ in range(steps):
        dv, dc = np_gradients(A, A @ v + c - t)
        v, c = v - 2 * lr * dv, c - 2 * lr * dc
    return to_torch(v, w), to_torch(c, b)


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = torch.from_numpy((labels.cpu().numpy() == 9).astype(np.float64)).to(X.device)
    w, b = torch.zeros(X.shape[1]).to(X), torch.zeros(()).to(X)
    return train_logistic(X, y, w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    A, v, c = to_numpy(X, w, b)
    return torch.from_numpy((A @ v + c > 0).astype(np.int64)).to(X.device)
