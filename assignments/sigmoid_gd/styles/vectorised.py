"""No branch and no loop that could be an operation: log-sum-exp identities, one vector of parameters."""

import torch


def log_one_plus_exp(z):
    return torch.logaddexp(z, torch.zeros_like(z))


def sigmoid(z):
    return torch.exp(-log_one_plus_exp(-z))


def sigmoid_derivative(z):
    return torch.exp(-log_one_plus_exp(z) - log_one_plus_exp(-z))


def binary_cross_entropy(logits, y):
    return torch.mean(log_one_plus_exp((1 - 2 * y) * logits))


def with_ones(X):
    return torch.cat((X, X.new_ones(len(X), 1)), dim=1)


def joined(w, b):
    return torch.cat((w, b.reshape(1)))


def apart(theta):
    return theta[:-1], theta[-1]


def logistic_slope(A, y, theta):
    return (sigmoid(A @ theta) - y) @ A / A.shape[0]


def squared_slope(A, y, theta):
    return 2 * torch.einsum("n,nd->d", A @ theta - y, A) / A.shape[0]


def logistic_gradients(X, y, w, b):
    return apart(logistic_slope(with_ones(X), y, joined(w, b)))


def gradient_step(X, y, w, b, *, lr):
    theta = joined(w, b)
    return apart(theta - lr * logistic_slope(with_ones(X), y, theta))


def minibatches(n, batch_size=None, generator=None):
    order = torch.arange(n)
    if generator is not None:
        order = torch.rand(n, generator=generator, device=generator.device).argsort()
    size = min(batch_size or n, n)
    return [order[first : first + size] for first in range(0, n, size)]


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    A, theta = with_ones(X), joined(w, b)
    for _ in range(epochs):
        for rows in minibatches(len(X), batch_size, generator):
            theta = theta - lr * logistic_slope(A[rows], y[rows], theta)
    return apart(theta)


def squared_error_gradients(X, y, w, b):
    return apart(squared_slope(with_ones(X), y, joined(w, b)))


def fit_linear(X, y, w, b, *, lr, steps):
    A, theta = with_ones(X), joined(w, b)
    for _ in range(steps):
        theta = theta - lr * squared_slope(A, y, theta)
    return apart(theta)


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    w = torch.zeros_like(X[0])
    return train_logistic(
        X, labels.eq(9).type_as(X), w, w.sum(), lr=lr, epochs=epochs, batch_size=batch_size, generator=generator
    )


def predict_nine(X, w, b):
    return torch.gt(with_ones(X) @ joined(w, b), 0).to(torch.int64)
