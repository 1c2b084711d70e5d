"""The bias is the last weight everywhere, and the rows have a one behind them."""

import torch


def append_ones(X):
    return torch.hstack((X, torch.ones_like(X[:, :1])))


def apart(theta):
    return theta[:-1], theta[-1]


def joined(w, b):
    return torch.hstack((w, b))


def moved(theta, row, target):
    """The parameters after a row, and whether it was a mistake."""
    wrong = bool(target * torch.dot(row, theta) <= 0)
    return (torch.add(theta, row * target), True) if wrong else (theta, False)


def perceptron_step(x, y, w, b):
    return apart(moved(joined(w, b), append_ones(x[None])[0], y)[0])


def train_perceptron(X, y, max_epochs):
    rows = append_ones(X)
    theta, history = torch.zeros_like(rows[0]), []
    for _ in range(max_epochs):
        history.append(0)
        for i in range(len(rows)):
            theta, wrong = moved(theta, rows[i], y[i])
            history[-1] += wrong
        if history[-1] == 0:
            return *apart(theta), history
    return *apart(theta), history


def linear_unit(X, w, b):
    return torch.mv(append_ones(X), joined(w, b))


def linear_gradients(X, grad):
    return apart(append_ones(X).T @ grad)


def with_slope(price, slope, count):
    return price.sum() / count, slope / count


def squared_loss(predictions, y):
    error = predictions - y
    return with_slope(error**2, error + error, len(y))


def absolute_loss(predictions, y):
    above, below = (predictions > y).to(y), (predictions < y).to(y)
    return with_slope((predictions - y).abs(), above - below, len(y))


def huber_loss(predictions, y, delta):
    error = predictions - y
    outside = (error.abs() - delta).relu()
    slope = error - outside * error.sign()
    return with_slope((error**2 - outside**2) / 2, slope, len(y))


def descend(X, y, w, b, *, loss, lr, steps):
    rows, theta, losses = append_ones(X), joined(w, b), y.new_zeros(steps)
    for i in range(steps):
        losses[i], grad = loss(rows @ theta, y)
        theta = theta - lr * (grad @ rows)
    return *apart(theta), losses


def least_squares(X, y):
    return apart(torch.linalg.pinv(append_ones(X)) @ y)


def block(W, b):
    """A layer as one square-cornered matrix, which hands its 1 on."""
    top = torch.hstack((W, W.new_zeros(len(W), 1)))
    return torch.vstack((top, torch.hstack((b, b.new_ones(1)))))


def compose(W1, b1, W2, b2):
    both = block(W1, b1) @ block(W2, b2)
    return both[:-1, :-1], both[-1, :-1]


def distance_to_boundary(X, w, b):
    length = torch.linalg.vector_norm(w)
    return linear_unit(X, w / length, b / length)


def fit_one_or_seven(X, labels, max_epochs):
    rows = torch.cat((torch.nonzero(labels == 1), torch.nonzero(labels == 7))).flatten().sort().values
    return train_perceptron(X[rows], (labels[rows].to(X) - 4) / 3, max_epochs)


def predict_one_or_seven(X, w, b):
    return 1 + 6 * linear_unit(X, w, b).gt(0).long()
