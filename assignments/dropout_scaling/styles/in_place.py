"""Copies, filled and changed in place."""

import torch
from given import cross_entropy, init_mlp, softmax  # noqa: F401


def dropout_mask(x, p, generator):
    draws = torch.empty(x.shape, dtype=torch.float64, device=generator.device)
    draws.uniform_(generator=generator).sub_(p)
    return draws.ge_(0).to(x)


def dropout_forward(x, mask, p):
    out = x.clone()
    out[mask == 0] = 0
    if p < 1:
        out /= 1 - p
    return out


def dropout_backward(grad_out, mask, p):
    dx = torch.zeros_like(grad_out)
    there = mask.bool()
    dx[there] = grad_out[there] / (1 - p) if p < 1 else 0
    return dx


class Dropout:
    def __init__(self, p, generator):
        self.p = p
        self.generator = generator
        self.training = True
        self.mask = None

    def forward(self, x):
        out = x.clone()
        self.mask = None
        if self.training:
            self.mask = dropout_mask(x, self.p, self.generator)
            out.mul_(self.mask)
            if self.p != 1:
                out.div_(1 - self.p)
        return out

    def backward(self, grad_out):
        dx = grad_out.clone()
        if self.mask is not None:
            dx.masked_fill_(self.mask == 0, 0).mul_(1 / (1 - self.p) if self.p != 1 else 0)
        return dx


def classic_logits(x, mask, W, b):
    scores = torch.mul(x, mask) @ W
    scores += b
    return scores


def scale_weights(W, p):
    return W.clone().mul_(1 - p)


def weight_scaled_logits(x, W, b, p):
    scores = x @ W
    scores *= 1 - p
    scores += b
    return scores


def all_masks(x):
    d = x.shape[1]
    masks = torch.zeros(2**d, d, dtype=x.dtype, device=x.device)
    for j in range(d):
        # column j alternates in blocks of 2**j
        masks[:, j].view(-1, 2, 2**j)[:, 1] = 1
    return masks


def mask_probabilities(masks, p):
    chances = masks.clone()
    chances[masks == 1] = 1 - p
    chances[masks == 0] = p
    return chances.cumprod(dim=1)[:, -1]


def member_distributions(x, masks, W, b):
    out = torch.empty(len(masks), len(x), W.shape[1], dtype=x.dtype, device=x.device)
    for i, mask in enumerate(masks):
        out[i] = softmax((x * mask) @ W + b)
    return out


def geometric_mean(distributions, weights):
    logs = torch.zeros_like(distributions[0])
    for weight, member in zip(weights, distributions):
        logs.add_(member.log().mul_(weight))
    logs.sub_(logs.max(dim=-1, keepdim=True).values).exp_()
    return logs.div_(logs.sum(dim=-1, keepdim=True))


def ensemble_prediction(x, W, b, p):
    masks = all_masks(x)
    return geometric_mean(member_distributions(x, masks, W, b), mask_probabilities(masks, p))


def weight_scaled_prediction(x, W, b, p):
    return softmax(weight_scaled_logits(x, W, b, p))


def predict_logits(params, X):
    hidden = (X @ params["W1"]).add_(params["b1"]).clamp_(min=0)
    return (hidden @ params["W2"]).add_(params["b2"])


def loss_and_gradients(params, X, y, mask, p):
    hidden = (X @ params["W1"]).add_(params["b1"]).clamp_(min=0)
    hidden.mul_(mask)
    if p < 1:
        hidden.div_(1 - p)
    loss, error = cross_entropy((hidden @ params["W2"]).add_(params["b2"]), y)
    back = error @ params["W2"].T
    # a hidden unit that is 0 was shut or dropped
    back[hidden == 0] = 0
    if p < 1:
        back.div_(1 - p)
    return loss, {"W1": X.T @ back, "b1": back.sum(0), "W2": hidden.T @ error, "b2": error.sum(0)}


def train(params, X, y, *, p, lr, steps, generator):
    trained = {name: value.clone() for name, value in params.items()}
    blank = X.new_empty(len(X), len(params["b1"]))
    for _ in range(steps):
        _, grads = loss_and_gradients(trained, X, y, dropout_mask(blank, p, generator), p)
        for name, value in trained.items():
            value.sub_(grads[name], alpha=lr)
    return trained
