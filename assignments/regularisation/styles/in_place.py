"""Copies everything once and then works in place; weight decay in place of the penalty's gradient."""

import torch
from given import descend_in_place, network_gradients, network_loss  # noqa: F401


def l1_penalty(params, strength):
    flat = torch.cat([W.flatten() for W in params[0::2]])
    slopes = []
    for W, b in zip(params[0::2], params[1::2], strict=True):
        slopes += [torch.sign(W).mul_(strength), torch.zeros_like(b)]
    return flat.abs_().sum() * strength, slopes


def l2_penalty(params, strength):
    flat = torch.cat([W.flatten() for W in params[0::2]])
    slopes = []
    for W, b in zip(params[0::2], params[1::2], strict=True):
        slopes += [W.clone().mul_(strength), b.clone().zero_()]
    return torch.dot(flat, flat).div_(2).mul_(strength), slopes


def soft_threshold(w, threshold):
    return w - w.clamp(-threshold, threshold)


def subgradient_step(w, grad, *, lr, strength):
    moved = w.clone()
    moved.sub_(grad, alpha=lr)
    moved.sub_(torch.sign(w), alpha=lr * strength)
    return moved


def proximal_step(w, grad, *, lr, strength):
    moved = w.clone().sub_(grad, alpha=lr)
    moved -= moved.clamp(min=-lr * strength, max=lr * strength)
    return moved


def sparse_descent(gradient, w, *, step, lr, strength, steps):
    w, zeros = w.clone(), [0] * steps
    for i in range(steps):
        w.copy_(step(w, gradient(w), lr=lr, strength=strength))
        zeros[i] = w.eq(0).sum().item()
    return w, zeros


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0, mode="min", restore_best=True):
        if mode != "min" and mode != "max":
            raise ValueError("min or max")
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.restore_best = restore_best
        self.epoch, self.best_epoch = 0, 0
        self.history = []
        self.snapshot = []

    @property
    def best_value(self):
        start = float("inf") if self.mode == "min" else float("-inf")
        return self.history[self.best_epoch - 1] if self.best_epoch else start

    @property
    def waited(self):
        return self.epoch - self.best_epoch

    def update(self, value, params):
        best = self.best_value
        self.history.append(float(value))
        self.epoch += 1
        distance = best - self.history[-1] if self.mode == "min" else self.history[-1] - best
        if distance > self.min_delta:
            self.best_epoch = self.epoch
            if not self.snapshot:
                self.snapshot = [torch.empty_like(w) for w in params]
            for kept, w in zip(self.snapshot, params, strict=True):
                kept.copy_(w)
        return self.epoch >= self.best_epoch + self.patience

    def restore(self, params):
        return self.snapshot if self.restore_best and self.snapshot else params


def split(labels, share, generator):
    mixed = torch.randperm(len(labels), generator=generator, device=generator.device)
    held = torch.zeros(len(labels), dtype=torch.bool, device=labels.device)
    for c in set(labels.tolist()):
        rows = mixed[labels[mixed] == c]
        held[rows[: int(share * len(rows) + 0.5)]] = True
    numbers = torch.arange(len(labels), device=labels.device)
    return numbers[~held], numbers[held]


def k_folds(n, k, generator):
    fold = torch.arange(n, device=generator.device) % k
    fold = fold[torch.randperm(n, generator=generator, device=generator.device)]
    return [(torch.where(fold != i)[0], torch.where(fold == i)[0]) for i in range(k)]


def cross_validate(candidate, fit, evaluate, folds):
    losses = torch.empty(len(folds), dtype=torch.float64)
    for i in range(len(folds)):
        losses[i] = float(evaluate(fit(candidate, folds[i][0]), folds[i][1]))
    return losses.mean().item()


def select(candidates, fit, evaluate, *, train, validation, test):
    seen = []
    for number, candidate in enumerate(candidates):
        model = fit(candidate, train)
        loss = float(evaluate(model, validation))
        if loss == loss:
            seen.append((loss, number, model))
    loss, number, model = min(seen, key=lambda entry: entry[:2])
    return candidates[number], loss, float(evaluate(model, test))


def count_parameters(sizes):
    return sum(torch.zeros(d, h, device="meta").numel() + h for d, h in zip(sizes, sizes[1:], strict=False))


def fit_network(X, labels, params, *, lr, epochs, strength=0.0):
    params = [w.clone() for w in params]
    for _ in range(epochs):
        _, grads = network_gradients(params, X, labels)
        for i, (w, g) in enumerate(zip(params, grads, strict=True)):
            if i % 2 == 0:
                w.mul_(1 - lr * strength)
            w.sub_(g, alpha=lr)
    return params


def fit_early(X, labels, params, *, validation, lr, strength, stopping, max_epochs):
    params, losses, stop = [w.clone() for w in params], [], False
    while not stop and len(losses) < max_epochs:
        for w, new in zip(params, fit_network(X, labels, params, lr=lr, epochs=1, strength=strength), strict=True):
            w.copy_(new)
        losses.append(network_loss(params, *validation))
        stop = stopping.update(losses[-1], params)
    return stopping.restore(params), torch.stack(losses)
