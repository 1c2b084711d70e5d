"""Tensors come in and go out, and everything between is numpy."""

import numpy as np
import torch


def arrays(*tensors):
    return [t.detach().cpu().numpy() for t in tensors]


def back(array, like):
    return torch.from_numpy(np.array(array)).to(like.device, like.dtype)


def perceptron_step(x, y, w, b):
    row, target, v, c = arrays(x, y, w, b)
    if np.sign(row @ v + c) == target:
        return w.clone(), b.clone()
    return back(v + target * row, w), back(c + target, b)


def train_perceptron(X, y, max_epochs):
    A, t = arrays(X, y)
    v, c, history = np.zeros(A.shape[1], A.dtype), A.dtype.type(0), []
    while len(history) < max_epochs:
        wrong = 0
        for row, target in zip(A, t):
            if target * (row.dot(v) + c) <= 0:
                v, c, wrong = v + target * row, c + target, wrong + 1
        history.append(wrong)
        if not wrong:
            break
    return back(v, X), back(c, X), history


def linear_unit(X, w, b):
    A, v, c = arrays(X, w, b)
    return back(A.dot(v) + c, X)


def linear_gradients(X, grad):
    A, g = arrays(X, grad)
    return back(A.T.dot(g), X), back(np.sum(g), X)


def squared_loss(predictions, y):
    p, t = arrays(predictions, y)
    return back(np.mean((p - t) ** 2), y), back((p - t) * (2 / p.size), y)


def absolute_loss(predictions, y):
    p, t = arrays(predictions, y)
    return back(np.mean(np.abs(t - p)), y), back(np.sign(p - t) / p.size, y)


def huber_loss(predictions, y, delta):
    p, t = arrays(predictions, y)
    e = np.abs(p - t)
    loss = np.where(e <= delta, 0.5 * e**2, delta * (e - 0.5 * delta))
    slope = np.where(e <= delta, p - t, delta * np.sign(p - t))
    return back(np.mean(loss), y), back(slope / p.size, y)


def descend(X, y, w, b, *, loss, lr, steps):
    losses = np.empty(steps)
    for number in range(steps):
        value, grad = loss(linear_unit(X, w, b), y)
        losses[number] = float(value)
        dw, db = linear_gradients(X, grad)
        w = w - dw * lr
        b = b - db * lr
    return w, b, back(losses, y)


def append_ones(X):
    (A,) = arrays(X)
    return back(np.hstack([A, np.ones((len(A), 1))]), X)


def least_squares(X, y):
    rows, t = arrays(append_ones(X), y)
    theta, *_ = np.linalg.lstsq(rows, t, rcond=None)
    return back(theta[:-1], X), back(theta[-1], X)


def compose(W1, b1, W2, b2):
    first, c1, second, c2 = arrays(W1, b1, W2, b2)
    return back(first.dot(second), W1), back(second.T.dot(c1) + c2, b2)


def distance_to_boundary(X, w, b):
    (v,) = arrays(w)
    return linear_unit(X, w, b) / float(np.linalg.norm(v))


def fit_one_or_seven(X, labels, max_epochs):
    A, classes = arrays(X, labels)
    chosen = np.isin(classes, [1, 7])
    targets = np.where(classes[chosen] == 7, 1.0, -1.0)
    return train_perceptron(back(A[chosen], X), back(targets, X), max_epochs)


def predict_one_or_seven(X, w, b):
    (z,) = arrays(linear_unit(X, w, b))
    return torch.from_numpy(np.where(z > 0, 7, 1)).to(X.device)
