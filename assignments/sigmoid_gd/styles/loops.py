"""One number after the other: plain floats, loops over features, lists of rows."""

import math

import torch


def sigmoid(z):
    values = []
    for logit in z.flatten().tolist():
        if logit < 0:
            values.append(math.exp(logit) / (math.exp(logit) + 1))
        else:
            values.append(1 / (math.exp(-logit) + 1))
    return torch.tensor(values, dtype=z.dtype, device=z.device).reshape(z.shape)


def sigmoid_derivative(z):
    values = []
    for logit in z.flatten().tolist():
        e = math.exp(-abs(logit))
        values.append(e / (1 + e) ** 2)
    return torch.tensor(values, dtype=z.dtype, device=z.device).reshape(z.shape)


def binary_cross_entropy(logits, y):
    total = 0.0
    for logit, target in zip(logits.tolist(), y.tolist()):
        wrong_side = -logit if target == 1 else logit
        total += max(wrong_side, 0.0) + math.log1p(math.exp(-abs(wrong_side)))
    return torch.tensor(total / len(y), dtype=logits.dtype, device=logits.device)


def logistic_gradients(X, y, w, b):
    difference = sigmoid(X @ w + b) - y
    return mean_products(X, difference)


def mean_products(X, difference):
    n, d = X.shape
    dw = torch.empty(d, dtype=X.dtype, device=X.device)
    for j in range(d):
        dw[j] = (X[:, j] * difference).sum() / n
    return dw, difference.sum() / n


def gradient_step(X, y, w, b, lr):
    dw, db = logistic_gradients(X, y, w, b)
    return moved(w, b, dw, db, lr)


def moved(w, b, dw, db, lr):
    new_w = torch.empty(len(w), dtype=w.dtype, device=w.device)
    for j in range(len(w)):
        new_w[j] = w[j] - lr * dw[j]
    return new_w, b - lr * db


def minibatches(n, batch_size=None, generator=None):
    rows = list(range(n))
    device = "cpu"
    if generator is not None:
        device = generator.device
        for last in range(n - 1, 0, -1):
            other = int(torch.randint(last + 1, (), generator=generator, device=device))
            rows[last], rows[other] = rows[other], rows[last]
    batches, first = [], 0
    while first < n:
        chosen = rows[first : first + batch_size] if batch_size else rows
        batches.append(torch.tensor(chosen, device=device))
        first += len(chosen)
    return batches


def train_logistic(X, y, w, b, lr, epochs, batch_size=None, generator=None):
    epoch = 0
    while epoch < epochs:
        for rows in minibatches(len(X), batch_size, generator):
            w, b = gradient_step(X[rows], y[rows], w, b, lr)
        epoch += 1
    return w, b


def squared_error_gradients(X, y, w, b):
    difference = X @ w + b - y
    return mean_products(X, difference + difference)


def fit_linear(X, y, w, b, lr, steps):
    for _ in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w, b = moved(w, b, dw, db, lr)
    return w, b


def fit_nine(X, labels, lr, epochs, batch_size=None, generator=None):
    targets = []
    for label in labels.tolist():
        targets.append(1.0 if label == 9 else 0.0)
    y = torch.tensor(targets, dtype=X.dtype, device=X.device)
    w = torch.zeros(X.shape[1], dtype=X.dtype, device=X.device)
    b = torch.tensor(0.0, dtype=X.dtype, device=X.device)
    return train_logistic(X, y, w, b, lr, epochs, batch_size, generator)


def predict_nine(X, w, b):
    decisions = []
    for logit in (X @ w + b).tolist():
        decisions.append(1 if logit > 0 else 0)
    return torch.tensor(decisions, device=X.device)
