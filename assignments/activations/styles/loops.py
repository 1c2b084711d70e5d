"""One number after the other, with Python's own floats; loops over rows, units and layers."""

import math

import torch


def _each(function, z):
    values = [function(x) for x in z.flatten().tolist()]
    return torch.tensor(values, dtype=z.dtype, device=z.device).reshape(z.shape)


def _sigma(x):
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (math.exp(x) + 1)


def logistic(z, steepness=1.0):
    return _each(lambda x: _sigma(steepness * x), z)


def logistic_derivative(z, steepness=1.0):
    return _each(lambda x: steepness * _sigma(steepness * x) * _sigma(-steepness * x), z)


def _tanh(x):
    if abs(x) > 300:
        return math.copysign(1.0, x)
    up, down = math.exp(x), math.exp(-x)
    return (up - down) / (up + down)


def tanh(z):
    return _each(_tanh, z)


def tanh_derivative(z):
    return _each(lambda x: 1 - _tanh(x) ** 2, z)


def arctan(z):
    return _each(lambda x: math.atan(math.pi * x / 2) / (math.pi / 2), z)


def arctan_derivative(z):
    return _each(lambda x: 4 / (4 + (math.pi * x) ** 2), z)


def algebraic(z):
    return _each(lambda x: x / math.hypot(1, x), z)


def algebraic_derivative(z):
    return _each(lambda x: 1 / math.hypot(1, x) ** 3, z)


def softsign(z):
    return _each(lambda x: x / (1 + abs(x)), z)


def softsign_derivative(z):
    return _each(lambda x: 1 / (1 + abs(x)) ** 2, z)


def relu(z):
    return _each(lambda x: x if x > 0 else 0.0, z)


def relu_derivative(z):
    return _each(lambda x: 1.0 if x > 0 else 0.0, z)


def leaky_relu(z, leak=0.01):
    return _each(lambda x: x if x > 0 else leak * x, z)


def leaky_relu_derivative(z, leak=0.01):
    return _each(lambda x: 1.0 if x > 0 else leak, z)


def elu(z, alpha=1.0):
    return _each(lambda x: x if x > 0 else alpha * (math.exp(x) - 1), z)


def elu_derivative(z, alpha=1.0):
    return _each(lambda x: 1.0 if x > 0 else alpha * math.exp(x), z)


def _softplus(x):
    if x > 30:
        return x + math.exp(-x)
    return math.log(1 + math.exp(x))


def softplus(z):
    return _each(_softplus, z)


def softplus_derivative(z):
    return _each(_sigma, z)


def output_layer(task, z, target):
    n, k = z.shape
    outputs, loss = torch.zeros_like(z), 0.0
    for i in range(n):
        row, wanted = z[i].tolist(), target[i].tolist()
        if task == "classes":
            largest = max(row)
            total = largest + math.log(sum(math.exp(x - largest) for x in row))
        for j in range(k):
            if task == "regression":
                outputs[i, j] = row[j]
                loss += (row[j] - wanted[j]) ** 2 / 2
            if task == "binary":
                outputs[i, j] = _sigma(row[j])
                loss += wanted[j] * _softplus(-row[j]) + (1 - wanted[j]) * _softplus(row[j])
            if task == "classes":
                outputs[i, j] = math.exp(row[j] - total)
                loss += wanted[j] * (total - row[j])
    grad = torch.zeros_like(z)
    for i in range(n):
        grad[i] = (outputs[i] - target[i]) / n
    return outputs, torch.tensor(loss / n, dtype=z.dtype, device=z.device), grad


def smooth_labels(target, alpha):
    rows = target.clone()
    k = target.shape[1]
    for j in range(k):
        rows[:, j] = target[:, j] - alpha * target[:, j] + alpha / k
    return rows


def smoothed_cross_entropy(logits, y, alpha):
    n, k = logits.shape
    target = torch.full_like(logits, alpha / k)
    for i in range(n):
        target[i, y[i]] += 1 - alpha
    outputs, loss, grad = output_layer("classes", logits, target)
    return loss, grad


def relu_interpolant(xs, ys):
    points = sorted(zip(xs.tolist(), ys.tolist()))
    w, b, v = [], [], []
    slope = 0.0
    for (x, y), (x_next, y_next) in zip(points, points[1:]):
        w.append(1.0)
        b.append(-x)
        v.append((y_next - y) / (x_next - x) - slope)
        slope += v[-1]
    return (*(torch.tensor(part, dtype=xs.dtype, device=xs.device) for part in (w, b, v)), ys[xs.argmin()])


def dead_share(X, W, b):
    dead = 0
    for j in range(W.shape[1]):
        dead += not any(sum(X[i] * W[:, j]) + b[j] > 0 for i in range(len(X)))
    return torch.tensor(dead / W.shape[1], dtype=X.dtype, device=X.device)


def gradient_scale(activation, derivative, X, weights):
    slopes = []
    for i in range(len(weights)):
        z = X @ weights[i]
        slopes.append(derivative(z))
        X = activation(z)
    grad, scales = torch.ones(X.shape, dtype=X.dtype, device=X.device), []
    for i in range(len(weights) - 1, -1, -1):
        grad = torch.stack([weights[i] @ (grad[row] * slopes[i][row]) for row in range(len(grad))])
        scales.insert(0, (sum(g * g for g in grad.flatten()) / grad.numel()) ** 0.5)
    return torch.stack(scales)


def network_gradients(params, X, target, activation, derivative):
    W1, b1, W2, b2 = params
    z = torch.stack([x @ W1 + b1 for x in X])
    a = activation(z)
    slopes = derivative(z)
    _, loss, error = output_layer("classes", torch.stack([row @ W2 + b2 for row in a]), target)
    grads = [torch.zeros_like(p) for p in params]
    for i in range(len(X)):
        back = (W2 @ error[i]) * slopes[i]
        grads[0] += torch.outer(X[i], back)
        grads[1] += back
        grads[2] += torch.outer(a[i], error[i])
        grads[3] += error[i]
    return loss, tuple(grads)


def train(params, X, target, *, activation, derivative, lr, epochs, batch_size, generator=None):
    params = [p.clone() for p in params]
    for _epoch in range(epochs):
        order = list(range(len(X)))
        if generator is not None:
            order = torch.rand(len(X), generator=generator, device=generator.device).argsort().tolist()
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            _, grads = network_gradients(params, X[rows], target[rows], activation, derivative)
            for p, g in zip(params, grads):
                p -= lr * g
    return params
