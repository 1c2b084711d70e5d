"""Loops over the classes, the units and the layers; a column at a time."""

import math

import torch
from given import init_params  # noqa: F401


def logsumexp(logits):
    k = logits.shape[1]
    highest = logits[:, 0]
    for j in range(1, k):
        highest = torch.maximum(highest, logits[:, j])
    total = torch.zeros_like(highest)
    for j in range(k):
        total = total + torch.exp(logits[:, j] - highest)
    return highest + torch.log(total)


def logsumexp_backward(grad, logits):
    lse = logsumexp(logits)
    columns = []
    for j in range(logits.shape[1]):
        columns.append(grad * torch.exp(logits[:, j] - lse))
    return torch.stack(columns, dim=1)


def softmax(logits):
    lse = logsumexp(logits)
    columns = []
    for j in range(logits.shape[1]):
        columns.append(torch.exp(logits[:, j] - lse))
    return torch.stack(columns, dim=1)


def softmax_backward(grad, probs):
    result = torch.zeros_like(probs)
    k = probs.shape[1]
    for i in range(k):
        for j in range(k):
            if i == j:
                result[:, i] += grad[:, j] * probs[:, j] * (1 - probs[:, j])
            else:
                result[:, i] -= grad[:, j] * probs[:, j] * probs[:, i]
    return result


def log_softmax(logits):
    lse = logsumexp(logits)
    result = torch.empty_like(logits)
    for j in range(logits.shape[1]):
        result[:, j] = logits[:, j] - lse
    return result


def log_softmax_backward(grad, log_probs):
    total = torch.zeros_like(grad[:, 0])
    for j in range(grad.shape[1]):
        total += grad[:, j]
    result = torch.empty_like(grad)
    for j in range(grad.shape[1]):
        result[:, j] = grad[:, j] - torch.exp(log_probs[:, j]) * total
    return result


def cross_entropy(logits, labels):
    log_probs = log_softmax(logits).tolist()
    loss = 0.0
    for row, label in zip(log_probs, labels.tolist()):
        loss -= row[label]
    return torch.tensor(loss / len(log_probs), dtype=logits.dtype, device=logits.device)


def cross_entropy_backward(logits, labels):
    n, k = logits.shape
    result = softmax(logits)
    for j in range(k):
        result[:, j] = (result[:, j] - (labels == j).to(logits.dtype)) / n
    return result


def linear(X, W, b):
    columns = []
    for unit in range(W.shape[1]):
        columns.append(X @ W[:, unit] + b[unit])
    return torch.stack(columns, dim=1)


def linear_backward(grad, X, W):
    dX, dW, db = torch.zeros_like(X), torch.zeros_like(W), torch.zeros_like(W[0])
    for unit in range(W.shape[1]):
        dX += grad[:, unit : unit + 1] * W[:, unit]
        dW[:, unit] = X.T @ grad[:, unit]
        db[unit] = grad[:, unit].sum()
    return dX, dW, db


def relu(z):
    return torch.where(z > 0, z, torch.zeros_like(z))


def relu_backward(grad, z):
    return torch.where(z > 0, grad, torch.zeros_like(grad))


def mse(predictions, targets):
    n, k = predictions.shape
    total = torch.zeros((), dtype=predictions.dtype, device=predictions.device)
    for j in range(k):
        difference = predictions[:, j] - targets[:, j]
        total += (difference * difference).sum()
    return total / (n * k)


def mse_backward(predictions, targets):
    n, k = predictions.shape
    return 2 * (predictions - targets) / (n * k)


def mlp_forward(X, params):
    inputs, current = [], X
    for i in range(len(params)):
        inputs.append(current)
        current = linear(current, params[i][0], params[i][1])
        if i < len(params) - 1:
            current = relu(current)
    return current, inputs


def mlp_backward(grad, inputs, params):
    grads = [None] * len(params)
    for i in range(len(params) - 1, -1, -1):
        W = params[i][0]
        dX, dW, db = linear_backward(grad, inputs[i], W)
        grads[i] = (dW, db)
        grad = torch.where(inputs[i] > 0, dX, torch.zeros_like(dX))
    return grads


def shuffled(n, generator):
    order = list(range(n))
    if generator is not None:
        for last in range(n - 1, 0, -1):
            other = int(torch.randint(0, last + 1, (1,), generator=generator, device=generator.device))
            order[last], order[other] = order[other], order[last]
    return order


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    n = len(X)
    steps = epochs * math.ceil(n / batch_size)
    t = 0
    for epoch in range(epochs):
        order = shuffled(n, generator)
        for first in range(0, n, batch_size):
            rows = torch.tensor(order[first : first + batch_size], device=X.device)
            logits, inputs = mlp_forward(X[rows], params)
            grads = mlp_backward(cross_entropy_backward(logits, y[rows]), inputs, params)
            moved = []
            for i in range(len(params)):
                rate = lr * (steps - t) / steps
                moved.append((params[i][0] - rate * grads[i][0], params[i][1] - rate * grads[i][1]))
            params = moved
            t += 1
    return params


def predict(X, params):
    classes = []
    for row in mlp_forward(X, params)[0].tolist():
        classes.append(row.index(max(row)))
    return torch.tensor(classes, device=X.device)
