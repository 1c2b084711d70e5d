"""Bernoulli draws, one tensor for all members, sums of logarithms."""

import torch
from given import cross_entropy, init_mlp, softmax  # noqa: F401


def dropout_mask(x, p, generator):
    chances = torch.full(x.shape, 1 - p, dtype=torch.float64, device=generator.device)
    return torch.bernoulli(chances, generator=generator).to(x.device, x.dtype)


def _thin(values, mask, p):
    # 0 / 0 at p = 1 counts as 0.
    return torch.nan_to_num(values * mask / (1 - p)) if p < 1 else values * 0 * mask


def dropout_forward(x, mask, p):
    return _thin(x, mask, p)


def dropout_backward(grad_out, mask, p):
    return _thin(grad_out, mask, p)


class Dropout:
    def __init__(self, p, generator):
        self.p = p
        self.generator = generator
        self.training = True
        self.mask = None

    def forward(self, x):
        self.mask = None
        if self.training:
            self.mask = dropout_mask(x, self.p, self.generator)
        self._slope = torch.ones_like(x) if self.mask is None else _thin(torch.ones_like(x), self.mask, self.p)
        return self._slope * x

    def backward(self, grad_out):
        return self._slope * grad_out


def classic_logits(x, mask, W, b):
    return torch.matmul(mask * x, W).add(b)


def scale_weights(W, p):
    return W - p * W


def weight_scaled_logits(x, W, b, p):
    return torch.addmm(b, x, W, alpha=1 - p)


def all_masks(x):
    coins = torch.tensor([1.0, 0.0])
    return torch.cartesian_prod(*[coins] * x.shape[1]).reshape(-1, x.shape[1]).to(x)


def mask_probabilities(masks, p):
    return torch.lerp(torch.full_like(masks, p), torch.full_like(masks, 1 - p), masks).prod(dim=1)


def member_distributions(x, masks, W, b):
    # A mask on the inputs is a mask on the rows of W.
    thinned = masks[:, :, None] * W
    return softmax(torch.einsum("nd,mdk->mnk", x, thinned) + b)


def geometric_mean(distributions, weights):
    logs = torch.einsum("m,mnk->nk", weights, torch.log(distributions))
    return torch.exp(logs - torch.logsumexp(logs, dim=1, keepdim=True))


def ensemble_prediction(x, W, b, p):
    masks = all_masks(x)
    return geometric_mean(member_distributions(x, masks, W, b), mask_probabilities(masks, p))


def weight_scaled_prediction(x, W, b, p):
    return softmax(weight_scaled_logits(x, W, b, p))


def predict_logits(params, X):
    a = torch.relu(torch.addmm(params["b1"], X, params["W1"]))
    return torch.addmm(params["b2"], a, params["W2"])


def loss_and_gradients(params, X, y, mask, p):
    a = torch.relu(torch.addmm(params["b1"], X, params["W1"]))
    slope = _thin((a > 0).to(a), mask, p)
    loss, error = cross_entropy(torch.addmm(params["b2"], a * slope, params["W2"]), y)
    back = torch.mm(error, params["W2"].T) * slope
    ones = X.new_ones(len(X))
    return loss, {"W1": X.T @ back, "b1": ones @ back, "W2": (a * slope).T @ error, "b2": ones @ error}


def train(params, X, y, *, p, lr, steps, generator):
    n, h = len(X), len(params["b1"])
    for _ in range(steps):
        mask = dropout_mask(X.new_zeros(n, h), p, generator)
        _, grads = loss_and_gradients(params, X, y, mask, p)
        params = {name: torch.add(params[name], grads[name], alpha=-lr) for name in params}
    return params
