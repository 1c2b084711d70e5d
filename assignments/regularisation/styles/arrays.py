"""By way of numpy wherever there is no randomness from torch."""

import numpy as np
import torch
from given import descend_in_place, network_gradients, network_loss  # noqa: F401


def back(values, model):
    return torch.as_tensor(np.asarray(values)).to(model)


def priced(params, price, slope):
    arrays = [w.cpu().numpy() for w in params]
    total = sum(price(a) for a in arrays if a.ndim == 2)
    slopes = [slope(a) if a.ndim == 2 else np.zeros_like(a) for a in arrays]
    return back(total, params[0]), [back(s, w) for s, w in zip(slopes, params, strict=True)]


def l1_penalty(params, strength):
    return priced(params, lambda a: strength * np.abs(a).sum(), lambda a: strength * np.sign(a))


def l2_penalty(params, strength):
    return priced(params, lambda a: 0.5 * strength * (a**2).sum(), lambda a: strength * a)


def soft_threshold(w, threshold):
    a = w.cpu().numpy()
    return back(np.maximum(a - threshold, 0) - np.maximum(-a - threshold, 0), w)


def subgradient_step(w, grad, *, lr, strength):
    a, g = w.cpu().numpy(), grad.cpu().numpy()
    return back(a - lr * g - lr * strength * np.sign(a), w)


def proximal_step(w, grad, *, lr, strength):
    a, g = w.cpu().numpy(), grad.cpu().numpy()
    return soft_threshold(back(a - lr * g, w), strength * lr)


def sparse_descent(gradient, w, *, step, lr, strength, steps):
    zeros = []
    for _ in range(steps):
        grad = gradient(w)
        w = step(w, grad, lr=lr, strength=strength)
        zeros.append(int(w.numel() - np.count_nonzero(w.cpu().numpy())))
    return w, zeros


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0, mode="min", restore_best=True):
        try:
            self.better, self.best_value = {"min": (np.less, np.inf), "max": (np.greater, -np.inf)}[mode]
        except KeyError:
            raise ValueError(f"no mode {mode}") from None
        self.patience, self.restore_best = patience, restore_best
        self.margin = min_delta if mode == "max" else -min_delta
        self.waited, self.best = 0, None

    def update(self, value, params):
        value = float(value)
        self.waited += 1
        if self.better(value, self.best_value + self.margin):
            self.best_value, self.waited = value, 0
            self.best = [w.detach().clone() for w in params]
        return self.waited == self.patience

    def restore(self, params):
        if self.best is not None and self.restore_best:
            return list(self.best)
        return [w for w in params]


def rng_of(generator):
    seed = torch.randint(2**31, (), generator=generator, device=generator.device)
    return np.random.default_rng(int(seed))


def split(labels, share, generator):
    rng, classes = rng_of(generator), labels.cpu().numpy()
    held = []
    for c in np.unique(classes):
        rows = np.flatnonzero(classes == c)
        held.append(rng.choice(rows, int(np.ceil(share * len(rows) - 1e-9)), replace=False))
    validation = np.concatenate(held)
    train = np.setdiff1d(np.arange(len(classes)), validation)
    return torch.from_numpy(train), torch.from_numpy(validation)


def k_folds(n, k, generator):
    parts = np.array_split(rng_of(generator).permutation(n), k)
    pairs = []
    for i in range(k):
        train = np.concatenate([part for j, part in enumerate(parts) if j != i])
        pairs.append((torch.from_numpy(train), torch.from_numpy(parts[i])))
    return pairs


def cross_validate(candidate, fit, evaluate, folds):
    return float(np.mean([float(evaluate(fit(candidate, train), held)) for train, held in folds]))


def select(candidates, fit, evaluate, *, train, validation, test):
    models = [fit(candidate, train) for candidate in candidates]
    losses = np.array([float(evaluate(model, validation)) for model in models])
    i = int(np.nanargmin(losses))
    return candidates[i], losses[i].item(), float(evaluate(models[i], test))


def count_parameters(sizes):
    inner = np.array(sizes)
    return int((inner[:-1] * inner[1:]).sum() + inner[1:].sum())


def fit_network(X, labels, params, *, lr, epochs, strength=0.0):
    for _ in range(epochs):
        _, grads = network_gradients(params, X, labels)
        _, extra = l2_penalty(params, strength)
        params = [
            back(w.cpu().numpy() - lr * (g + e).cpu().numpy(), w) for w, g, e in zip(params, grads, extra, strict=True)
        ]
    return params


def fit_early(X, labels, params, *, validation, lr, strength, stopping, max_epochs):
    losses = np.zeros(0)
    for _ in range(max_epochs):
        params = fit_network(X, labels, params, lr=lr, epochs=1, strength=strength)
        losses = np.append(losses, float(network_loss(params, *validation)))
        if stopping.update(losses[-1], params):
            break
    return stopping.restore(params), back(losses, X)
