"""Plain Python: numbers one by one, lists, and as little of torch as possible."""

import copy
import math

import torch
from given import descend_in_place, network_gradients, network_loss  # noqa: F401


def entries(W):
    return W.reshape(-1).tolist()


def l1_penalty(params, strength):
    total, slopes = 0.0, []
    for i, w in enumerate(params):
        slope = torch.zeros_like(w)
        if i % 2 == 0:
            for v in entries(w):
                total += abs(v)
            slope[w > 0] = strength
            slope[w < 0] = -strength
        slopes.append(slope)
    return torch.tensor(strength * total, dtype=params[0].dtype), slopes


def l2_penalty(params, strength):
    total, slopes = 0.0, []
    for i, w in enumerate(params):
        if i % 2:
            slopes.append(w * 0)
            continue
        for v in entries(w):
            total += v**2
        slopes.append(w * strength)
    return torch.tensor(0.5 * strength * total, dtype=params[0].dtype), slopes


def shrunk(v, threshold):
    if v > threshold:
        return v - threshold
    if v < -threshold:
        return v + threshold
    return 0.0


def soft_threshold(w, threshold):
    return torch.tensor([shrunk(v, threshold) for v in entries(w)], dtype=w.dtype).reshape(w.shape)


def sign(v):
    return (v > 0) - (v < 0)


def subgradient_step(w, grad, *, lr, strength):
    moved = [v - lr * (g + strength * sign(v)) for v, g in zip(entries(w), entries(grad), strict=True)]
    return torch.tensor(moved, dtype=w.dtype).reshape(w.shape)


def proximal_step(w, grad, *, lr, strength):
    moved = [shrunk(v - lr * g, lr * strength) for v, g in zip(entries(w), entries(grad), strict=True)]
    return torch.tensor(moved, dtype=w.dtype).reshape(w.shape)


def sparse_descent(gradient, w, *, step, lr, strength, steps):
    counts = []
    while len(counts) < steps:
        w = step(w, gradient(w), lr=lr, strength=strength)
        counts.append(sum(v == 0 for v in entries(w)))
    return w, counts


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0, mode="min", restore_best=True):
        if mode == "min":
            self.sign = 1
        elif mode == "max":
            self.sign = -1
        else:
            raise ValueError(mode)
        self.patience = patience
        self.min_delta = min_delta
        self.restore_best = restore_best
        self.best_value = self.sign * math.inf
        self.waited = 0
        self.kept = None

    def update(self, value, params):
        value = float(value)
        gain = self.sign * (self.best_value - value)
        if not math.isnan(value) and gain > self.min_delta:
            self.kept = copy.deepcopy(params)
            self.best_value = value
            self.waited = 0
            return False
        self.waited += 1
        if self.waited < self.patience:
            return False
        return True

    def restore(self, params):
        if self.restore_best and self.kept is not None:
            return self.kept
        return params


def split(labels, share, generator):
    classes = {}
    for row in torch.randperm(len(labels), generator=generator, device=generator.device).tolist():
        classes.setdefault(int(labels[row]), []).append(row)
    train, validation = [], []
    for rows in classes.values():
        held = math.floor(share * len(rows))
        validation += rows[:held]
        train += rows[held:]
    return torch.tensor(train, dtype=torch.int64), torch.tensor(validation, dtype=torch.int64)


def k_folds(n, k, generator):
    order = torch.randperm(n, generator=generator, device=generator.device).tolist()
    pairs, begin = [], 0
    for i in range(k):
        end = begin + n // k + (i < n % k)
        train = order[:begin] + order[end:]
        pairs.append((torch.tensor(train), torch.tensor(order[begin:end])))
        begin = end
    return pairs


def cross_validate(candidate, fit, evaluate, folds):
    total = 0.0
    for train, validation in folds:
        model = fit(candidate, train)
        total += float(evaluate(model, validation))
    return total / len(folds)


def select(candidates, fit, evaluate, *, train, validation, test):
    chosen = None
    for candidate in candidates:
        model = fit(candidate, train)
        loss = float(evaluate(model, validation))
        if math.isnan(loss):
            continue
        if chosen is None or loss < chosen[1]:
            chosen = (candidate, loss, model)
    candidate, loss, model = chosen
    return candidate, loss, float(evaluate(model, test))


def count_parameters(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i]
        total += sizes[i]
    return total


def fit_network(X, labels, params, *, lr, epochs, strength=0.0):
    now = [w.clone() for w in params]
    for _ in range(epochs):
        grads = network_gradients(now, X, labels)[1]
        for i in range(len(now)):
            pull = strength * now[i] if i % 2 == 0 else 0
            now[i] = now[i] - lr * (grads[i] + pull)
    return now


def fit_early(X, labels, params, *, validation, lr, strength, stopping, max_epochs):
    held_X, held_labels = validation
    losses = []
    while len(losses) < max_epochs:
        params = fit_network(X, labels, params, lr=lr, epochs=1, strength=strength)
        loss = network_loss(params, held_X, held_labels)
        losses.append(loss.item())
        if stopping.update(loss.item(), params):
            break
    return stopping.restore(params), torch.tensor(losses, dtype=X.dtype)
