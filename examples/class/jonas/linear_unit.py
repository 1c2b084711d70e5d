"""Jonas: perceptron and linear unit."""
import torch


def perceptron_step(x, y, w, b):
    z = (w * x).sum() + b
    if y * z < 0:
        return w + y * x, b + y
    return w, b


def train_perceptron(X, y, max_epochs):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.zeros((), dtype=X.dtype)
    mistakes = []
    for _ in range(max_epochs):
        count = 0
        for x, target in zip(X, y):
            if target * ((w * x).sum() + b) <= 0:
                w = w + target * x
                b = b + target
                count += 1
        mistakes.append(count)
        if count == 0:
            break
    return w, b, mistakes


def linear_unit(X, w, b):
    return X @ w + b


def linear_gradients(X, grad):
    return X.T @ grad, grad.sum()


def squared_loss(predictions, y):
    error = predictions - y
    return (error**2).mean(), error / len(error)


def absolute_loss(predictions, y):
    error = predictions - y
    return error.abs().mean(), error.sign()


def huber_loss(predictions, y, delta):
    error = predictions - y
    small = error.abs() <= delta
    loss = torch.where(small, error**2 / 2, delta * error.abs())
    grad = torch.where(small, error, delta * error.sign())
    return loss.mean(), grad / len(error)


def descend(X, y, w, b, *, loss, lr, steps):
    losses = []
    for _ in range(steps):
        value, grad = loss(linear_unit(X, w, b), y)
        losses.append(value)
        dw, db = linear_gradients(X, grad)
        w = w - lr * dw
        b = b - lr * db
    return w, b, torch.stack(losses)


def append_ones(X):
    return torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1)


def least_squares(X, y):
    A = append_ones(X)
    theta = torch.linalg.solve(A.T @ A, A.T @ y)
    return theta[:-1], theta[-1]


def compose(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


def distance_to_boundary(X, w, b):
    return linear_unit(X, w, b) / w.square().sum()


def fit_one_or_seven(X, labels, max_epochs):
    rows = (labels == 1) | (labels == 7)
    y = torch.where(labels[rows] == 7, 1.0, -1.0).to(X.dtype)
    return train_perceptron(X[rows], y, max_epochs)


def predict_one_or_seven(X, w, b):
    return torch.where(linear_unit(X, w, b) > 0, 7, 1)
