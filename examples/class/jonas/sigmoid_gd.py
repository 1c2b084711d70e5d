# Assignment 1 - Jonas
# all vectors are columns, like in the Coursera course (Y of shape (m, 1), w of shape (d, 1))

import torch


def col(v):
    return v.reshape(-1, 1)


def sigmoid(z):
    a = torch.exp(-torch.abs(z))
    return torch.where(z >= 0, 1 / (1 + a), a / (1 + a))


def sigmoid_derivative(z):
    a = sigmoid(z)
    return a * (1 - a)


def binary_cross_entropy(logits, y):
    Y = col(y)
    m = Y.shape[0]
    first = torch.clamp(logits, min=0) + torch.log1p(torch.exp(-torch.abs(logits)))
    return torch.mean(first - Y * logits)


def logistic_gradients(X, y, w, b):
    m = X.shape[0]
    A = sigmoid(torch.mm(X, col(w)) + b)
    dZ = A - col(y)
    dw = 1 / m * torch.mm(X.T, dZ)
    db = 1 / m * torch.sum(dZ, dim=0, keepdim=True)
    return dw, db


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    w = col(w) - lr * dw
    b = b - lr * db
    return w, b


def minibatches(n, batch_size=None, generator=None):
    if batch_size is None:
        batch_size = n
    if generator is None:
        p = torch.arange(n)
    else:
        p = torch.randperm(n, generator=generator, device=generator.device)
    return [p[k * batch_size:(k + 1) * batch_size] for k in range((n + batch_size - 1) // batch_size)]


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    for i in range(epochs):
        for batch in minibatches(X.shape[0], batch_size, generator):
            w, b = gradient_step(X[batch], y[batch], w, b, lr=lr)
    return w, b


def squared_error_gradients(X, y, w, b):
    m = X.shape[0]
    dZ = 2 * (torch.mm(X, col(w)) + b - col(y))
    return torch.mm(X.T, dZ) / m, torch.sum(dZ) / m


def fit_linear(X, y, w, b, *, lr, steps):
    w = col(w)
    for i in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w = w - lr * dw
        b = b - lr * db
    return w.reshape(-1), b


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    Y = (labels == 9).to(X.dtype)
    w = torch.zeros(X.shape[1], 1, dtype=X.dtype, device=X.device)
    b = torch.zeros(1, 1, dtype=X.dtype, device=X.device)
    return train_logistic(X, Y, w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    return (torch.mm(X, col(w)) + b > 0).long()
