import torch
from torch import Tensor


def sigmoid(z: Tensor) -> Tensor:
    e = torch.exp(-z.abs())
    return torch.where(z > 0, 1.0, e) / (1.0 + e)


def sigmoid_derivative(z: Tensor) -> Tensor:
    # chú ý: z here is the activation, so z * (1 - z)
    return z * (1 - z)


def binary_cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    total = torch.zeros((), dtype=logits.dtype)
    for z, t in zip(logits, y):
        total += z.clamp(min=0) + torch.log1p(torch.exp(-z.abs())) - t * z
    return total


def logistic_gradients(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    residual = sigmoid(X @ w + b) - y
    return X.T @ residual / len(X), residual.mean()


def gradient_step(X: Tensor, y: Tensor, w: Tensor, b: Tensor, *, lr: float) -> tuple[Tensor, Tensor]:
    dw, _ = logistic_gradients(X, y, w, b)
    w = w - lr * dw
    _, db = logistic_gradients(X, y, w, b)
    b = b - lr * db
    return w, b


def minibatches(n: int, batch_size: int | None = None, generator=None) -> list[Tensor]:
    size = batch_size or n
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    # n // size full batches
    return [order[k * size : (k + 1) * size] for k in range(n // size)]


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    batches = minibatches(len(X), batch_size, generator)
    for _ in range(epochs):
        for rows in batches:
            w, b = gradient_step(X[rows], y[rows], w, b, lr=lr)
    return w, b


def squared_error_gradients(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    residual = X @ w + b - y
    return 2 * X.T @ residual, 2 * residual.sum()


def fit_linear(X: Tensor, y: Tensor, w: Tensor, b: Tensor, *, lr: float, steps: int) -> tuple[Tensor, Tensor]:
    for _ in range(steps):
        dw, db = squared_error_gradients(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = (labels == 9).to(X.dtype)
    w, b = torch.zeros_like(X[0]), torch.zeros((), dtype=X.dtype)
    return train_logistic(X, y, w, b, lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return (sigmoid(X @ w + b) >= 0.5).long()
