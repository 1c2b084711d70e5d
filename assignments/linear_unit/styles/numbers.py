"""Loops over rows and features where nothing counts them, and cases instead of formulas."""

import torch


def said(x, w, b):
    return sum((a * c for a, c in zip(x, w)), start=b)


def perceptron_step(x, y, w, b):
    z = said(x, w, b)
    is_right = (y > 0 and z > 0) or (y < 0 and z < 0)
    if is_right:
        return w, b
    if y > 0:
        return w + x, b + 1
    return w - x, b - 1


def train_perceptron(X, y, max_epochs):
    w = torch.zeros(X.shape[1], dtype=X.dtype, device=X.device)
    b = torch.zeros((), dtype=X.dtype, device=X.device)
    mistakes = []
    for epoch in range(max_epochs):
        wrong = 0
        for i in range(X.shape[0]):
            if float(y[i] * (torch.sum(X[i] * w) + b)) <= 0.0:
                w = w + y[i] * X[i]
                b = b + y[i]
                wrong += 1
        mistakes += [wrong]
        if wrong == 0:
            break
    return w, b, mistakes


def linear_unit(X, w, b):
    return (X * w).sum(dim=1) + b


def linear_gradients(X, grad):
    return (X * grad.unsqueeze(1)).sum(0), torch.sum(grad)


def squared_loss(predictions, y):
    n = y.shape[0]
    loss = sum((p - t) ** 2 for p, t in zip(predictions, y)) / n
    return loss, 2 * (predictions - y) / n


def absolute_loss(predictions, y):
    n = y.shape[0]
    slopes = [0.0 if p == t else 1.0 if p > t else -1.0 for p, t in zip(predictions, y)]
    return torch.mean(torch.abs(predictions - y)), torch.tensor(slopes).to(y) / n


def huber_loss(predictions, y, delta):
    total, slopes = y.new_zeros(()), []
    for e in predictions - y:
        if e > delta:
            total, slope = total + delta * (e - delta / 2), torch.full_like(e, delta)
        elif e < -delta:
            total, slope = total + delta * (-e - delta / 2), torch.full_like(e, -delta)
        else:
            total, slope = total + e**2 / 2, e
        slopes.append(slope)
    return total / len(y), torch.stack(slopes) / len(y)


def descend(X, y, w, b, *, loss, lr, steps):
    w, b, losses = w.clone(), b.clone(), []
    while len(losses) < steps:
        value, grad = loss(linear_unit(X, w, b), y)
        losses.append(value.clone())
        dw, db = linear_gradients(X, grad)
        w -= lr * dw
        b -= lr * db
    return w, b, torch.stack(losses)


def append_ones(X):
    out = torch.ones(X.shape[0], X.shape[1] + 1, dtype=X.dtype, device=X.device)
    out[:, :-1] = X
    return out


def least_squares(X, y):
    # Centred first: the bias follows from the means.
    centre, level = X.mean(0), y.mean()
    w = torch.linalg.lstsq(X - centre, (y - level).unsqueeze(1)).solution.squeeze(1)
    return w, level - (centre * w).sum()


def compose(W1, b1, W2, b2):
    W = torch.stack([sum(W1[i, s] * W2[s] for s in range(W1.shape[1])) for i in range(W1.shape[0])])
    return W, sum(b1[s] * W2[s] for s in range(W1.shape[1])) + b2


def distance_to_boundary(X, w, b):
    length = sum(v**2 for v in w.tolist()) ** 0.5
    return torch.stack([said(x, w, b) for x in X]) / length


def fit_one_or_seven(X, labels, max_epochs):
    rows = [i for i, label in enumerate(labels.tolist()) if label in (1, 7)]
    targets = torch.tensor([1.0 if labels[i] == 7 else -1.0 for i in rows], dtype=X.dtype, device=X.device)
    return train_perceptron(X[rows], targets, max_epochs)


def predict_one_or_seven(X, w, b):
    decisions = torch.ones(len(X), dtype=torch.int64, device=X.device)
    decisions[linear_unit(X, w, b) > 0] = 7
    return decisions
