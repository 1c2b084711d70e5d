"""
Übung 1: Sigmoid & Gradientenabstieg
Inês
"""
import torch
import numpy as np


def sigmoid(z):
    # e^z / (1 + e^z), from the lecture slides
    return torch.exp(z) / (1 + torch.exp(z))


def sigmoid_derivative(z):
    s = sigmoid(z)
    return s * (1 - s)


def binary_cross_entropy(logits, y):
    a = sigmoid(logits)
    # cross entropy as in the formula of the handout
    loss = -y * torch.log(a) - (1 - y) * torch.log(1 - a)
    return torch.mean(loss)


def logistic_gradients(X, y, w, b):
    a = sigmoid(X @ w + b)
    dw = X.T @ (a - y) / y.shape[0]
    db = torch.mean(a - y)
    return dw, db


def gradient_step(X, y, w, b, *, lr):
    dw, db = logistic_gradients(X, y, w, b)
    return w - lr * dw, b - lr * db


def minibatches(n, batch_size=None, generator=None):
    indices = torch.arange(n)
    if generator is not None:
        indices = torch.randperm(n, generator=generator, device=generator.device)
    if batch_size is None:
        return [indices]
    num_batches = int(np.ceil(n / batch_size))
    return [indices[i * batch_size:(i + 1) * batch_size] for i in range(num_batches)]


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    for _ in range(epochs):
        for idx in minibatches(X.shape[0], batch_size, generator):
            w, b = gradient_step(X[idx], y[idx], w, b, lr=lr)
    return w, b


def squared_error_gradients(X, y, w, b):
    residual = X @ w + b - y
    n = y.shape[0]
    return (2.0 / n) * (X.T @ residual), (2.0 / n) * residual.sum()


def fit_linear(X, y, w, b, *, lr, steps):
    for _ in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w = w - lr * dw
        b = b - lr * db
    return w, b


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = (labels == 9).type(X.dtype)
    w = torch.zeros(X.shape[1], dtype=X.dtype, device=X.device)
    b = torch.zeros([], dtype=X.dtype, device=X.device)
    return train_logistic(X, y, w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    return (X @ w + b > 0).type(torch.int64)
