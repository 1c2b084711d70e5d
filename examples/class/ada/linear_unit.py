"""From the perceptron to the linear unit, Ada M.

As ever: one vector theta = (w, b), rows with a 1 at their end, and the two only part at the very end.
"""

import torch


def append_ones(X):
    return torch.cat([X, torch.ones_like(X[:, :1])], dim=1)


def join(w, b):
    return torch.cat([w, b.reshape(1)])


def split(theta):
    return theta[:-1], theta[-1]


def score(X, w, b):
    return append_ones(X).matmul(join(w, b))


def perceptron_step(x, y, w, b):
    # on the wrong side, or on the line itself
    if y * score(x[None], w, b)[0] <= 0:
        return w + y * x, b + y
    return w, b


def train_perceptron(X, y, max_epochs):
    theta = X.new_zeros(X.shape[1] + 1)
    signed = append_ones(X) * y[:, None]  # right rows have a positive product with theta
    mistakes = []
    while len(mistakes) < max_epochs and (not mistakes or mistakes[-1]):
        wrong = 0
        for row in signed:
            if row.dot(theta) <= 0:
                theta = theta + row
                wrong += 1
        mistakes.append(wrong)
    return (*split(theta), mistakes)


def linear_unit(X, w, b):
    return score(X, w, b)


def linear_gradients(X, grad):
    return split(append_ones(X).T.matmul(grad))


def squared_loss(predictions, y):
    error = predictions - y
    return (error**2).mean(), 2 * error / error.numel()


def absolute_loss(predictions, y):
    error = predictions - y
    return error.abs().mean(), torch.sign(error) / error.numel()


def huber_loss(predictions, y, delta):
    error = predictions - y
    clipped = error.clamp(-delta, delta)
    # e c - c^2 / 2 is the parabola where c = e, and the line where c = +-delta
    return (error * clipped - clipped**2 / 2).mean(), clipped / error.numel()


def descend(X, y, w, b, *, loss, lr, steps):
    values = []
    for _ in range(steps):
        value, grad = loss(linear_unit(X, w, b), y)
        dw, db = linear_gradients(X, grad)
        w, b = w - lr * dw, b - lr * db
        values.append(value)
    return w, b, torch.stack(values)


def least_squares(X, y):
    return split(torch.linalg.lstsq(append_ones(X), y[:, None]).solution[:, 0])


def compose(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


def distance_to_boundary(X, w, b):
    return linear_unit(X, w, b) / w.square().sum().sqrt()


def fit_one_or_seven(X, labels, max_epochs):
    chosen = (labels == 1) | (labels == 7)
    y = torch.where(labels[chosen] == 7, 1.0, -1.0).to(X.dtype)
    return train_perceptron(X[chosen], y, max_epochs)


def predict_one_or_seven(X, w, b):
    return torch.where(linear_unit(X, w, b) > 0, 7, 1)
