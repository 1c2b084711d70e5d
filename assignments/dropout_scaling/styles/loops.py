"""Loops over columns, masks and classes; coins tossed by comparing integers."""

import itertools

import torch
from given import cross_entropy, init_mlp, softmax  # noqa: F401

SIDES = 1_000_000


def dropout_mask(x, p, generator):
    sides = torch.randint(SIDES, tuple(x.shape), generator=generator, device=generator.device)
    kept = sides >= round(p * SIDES)
    return torch.where(kept, 1.0, 0.0).to(dtype=x.dtype, device=x.device)


def dropout_forward(x, mask, p):
    out = torch.zeros_like(x)
    if p == 1:
        return out
    for j in range(x.shape[1]):
        out[:, j] = x[:, j] * mask[:, j] / (1 - p)
    return out


def dropout_backward(grad_out, mask, p):
    return dropout_forward(grad_out, mask, p)


class Dropout:
    def __init__(self, p, generator):
        self.p = p
        self.generator = generator
        self.training = True
        self.mask = None

    def forward(self, x):
        if self.training:
            self.mask = dropout_mask(x, self.p, self.generator)
            return dropout_forward(x, self.mask, self.p)
        self.mask = None
        return x

    def backward(self, grad_out):
        if self.mask is None:
            return grad_out
        return dropout_backward(grad_out, self.mask, self.p)


def classic_logits(x, mask, W, b):
    scores = b
    for j in range(W.shape[0]):
        scores = scores + (mask[..., j] * x[..., j])[..., None] * W[j]
    return scores


def scale_weights(W, p):
    return torch.stack([row * (1 - p) for row in W])


def weight_scaled_logits(x, W, b, p):
    kept = scale_weights(W, p)
    columns = [x @ kept[:, c] + b[c] for c in range(W.shape[1])]
    return torch.stack(columns, dim=1)


def all_masks(x):
    return torch.tensor(list(itertools.product((0, 1), repeat=x.shape[1]))).to(x)


def mask_probabilities(masks, p):
    chances = []
    for mask in masks.tolist():
        chance = 1.0
        for kept in mask:
            chance *= (1 - p) if kept else p
        chances.append(chance)
    return torch.tensor(chances, dtype=torch.float64).to(masks)


def member_distributions(x, masks, W, b):
    members = []
    for mask in masks:
        members.append(softmax(classic_logits(x, mask.expand_as(x), W, b)))
    return torch.stack(members)


def geometric_mean(distributions, weights):
    mean = torch.ones_like(distributions[0])
    for member, weight in zip(distributions, weights.tolist()):
        mean = mean * member**weight
    return mean / mean.sum(dim=-1, keepdim=True)


def ensemble_prediction(x, W, b, p):
    masks = all_masks(x)
    return geometric_mean(member_distributions(x, masks, W, b), mask_probabilities(masks, p))


def weight_scaled_prediction(x, W, b, p):
    return softmax(weight_scaled_logits(x, W, b, p))


def predict_logits(params, X):
    z = X @ params["W1"] + params["b1"]
    return torch.where(z > 0, z, torch.zeros_like(z)) @ params["W2"] + params["b2"]


def loss_and_gradients(params, X, y, mask, p):
    z = X @ params["W1"] + params["b1"]
    a = torch.where(z > 0, z, torch.zeros_like(z))
    thinned = dropout_forward(a, mask, p)
    loss, dlogits = cross_entropy(thinned @ params["W2"] + params["b2"], y)
    back = dropout_backward(dlogits @ params["W2"].T, mask, p)
    back = torch.where(z > 0, back, torch.zeros_like(back))
    return loss, {
        "W1": X.T @ back,
        "b1": back.sum(0),
        "W2": thinned.T @ dlogits,
        "b2": dlogits.sum(0),
    }


def train(params, X, y, *, p, lr, steps, generator):
    current = dict(params)
    for _step in range(steps):
        hidden = torch.empty(X.shape[0], current["b1"].shape[0], dtype=X.dtype, device=X.device)
        _, grads = loss_and_gradients(current, X, y, dropout_mask(hidden, p, generator), p)
        moved = {}
        for name in current:
            moved[name] = current[name] - lr * grads[name]
        current = moved
    return current
