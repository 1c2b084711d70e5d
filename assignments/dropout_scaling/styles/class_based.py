"""Objects for the coins, the masked layer, the ensemble and the network; the functions call them."""

import math
from dataclasses import dataclass

import torch
from given import cross_entropy, init_mlp, softmax  # noqa: F401


@dataclass
class Coin:
    """Keeps with probability 1 - p."""

    p: float

    @property
    def keep(self):
        return 1 - self.p

    def toss(self, like, generator):
        # The p-quantile of a normal draw splits it in dropped and kept.
        if self.p in (0, 1):
            return torch.full_like(like, self.keep)
        quantile = torch.special.ndtri(torch.tensor(self.p, dtype=torch.float64)).item()
        draws = torch.randn(*like.shape, generator=generator, device=generator.device, dtype=torch.float64)
        return (draws > quantile).type(like.dtype).to(like.device)

    def chances(self, masks):
        dropped = (1 - masks).sum(dim=1)
        return torch.pow(self.keep, masks.sum(dim=1)) * torch.pow(self.p, dropped)


class Thinning:
    """A fixed mask with the factor of inverted dropout: a diagonal matrix, its own transpose."""

    def __init__(self, mask, p):
        self.diagonal = mask * (0.0 if math.isclose(p, 1) else 1 / (1 - p))

    def __call__(self, values):
        return self.diagonal * values


def dropout_mask(x, p, generator):
    return Coin(p).toss(x, generator)


def dropout_forward(x, mask, p):
    return Thinning(mask, p)(x)


def dropout_backward(grad_out, mask, p):
    return Thinning(mask, p)(grad_out)


class Dropout:
    def __init__(self, p, generator):
        self.p = p
        self.generator = generator
        self.training = True
        self.mask = None

    def forward(self, x):
        if self.training:
            self.mask = Coin(self.p).toss(x, self.generator)
            self._last = Thinning(self.mask, self.p)
        else:
            self.mask, self._last = None, torch.clone
        return self._last(x)

    def backward(self, grad_out):
        return self._last(grad_out)


class Regression:
    """Softmax regression on masked inputs, and what stands for all masks at once."""

    def __init__(self, W, b):
        self.W, self.b = W, b

    def scores(self, x):
        return torch.tensordot(x, self.W, dims=1) + self.b

    def thinned(self, x, mask):
        return self.scores(x * mask)

    def scaled(self, p):
        return Regression(self.W * Coin(p).keep, self.b)


class Ensemble:
    def __init__(self, members, weights):
        self.members, self.weights = members, weights

    def agree(self):
        logs = sum(w * torch.log(member) for w, member in zip(self.weights, self.members))
        return softmax(logs)


def classic_logits(x, mask, W, b):
    return Regression(W, b).thinned(x, mask)


def scale_weights(W, p):
    return Regression(W, None).scaled(p).W


def weight_scaled_logits(x, W, b, p):
    return Regression(W, b).scaled(p).scores(x)


def all_masks(x):
    rows = [[]]
    for _ in range(x.shape[1]):
        rows = [[*row, kept] for kept in (1.0, 0.0) for row in rows]
    return torch.tensor(rows, dtype=x.dtype, device=x.device)


def mask_probabilities(masks, p):
    return Coin(p).chances(masks)


def member_distributions(x, masks, W, b):
    model = Regression(W, b)
    return torch.stack([softmax(model.thinned(x, mask[None])) for mask in masks])


def geometric_mean(distributions, weights):
    return Ensemble(distributions, weights).agree()


def ensemble_prediction(x, W, b, p):
    masks = all_masks(x)
    return Ensemble(member_distributions(x, masks, W, b), mask_probabilities(masks, p)).agree()


def weight_scaled_prediction(x, W, b, p):
    return softmax(weight_scaled_logits(x, W, b, p))


class Network:
    def __init__(self, params):
        self.params = params

    def hidden(self, X):
        z = X @ self.params["W1"] + self.params["b1"]
        self.open = z > 0
        return z * self.open

    def out(self, hidden):
        return hidden @ self.params["W2"] + self.params["b2"]

    def gradients(self, X, y, thinning):
        seen = thinning(self.hidden(X))
        loss, error = cross_entropy(self.out(seen), y)
        back = thinning(error @ self.params["W2"].T) * self.open
        return loss, {"W1": X.T @ back, "b1": back.sum(0), "W2": seen.T @ error, "b2": error.sum(0)}

    def moved(self, grads, lr):
        return Network({name: value - lr * grads[name] for name, value in self.params.items()})


def predict_logits(params, X):
    network = Network(params)
    return network.out(network.hidden(X))


def loss_and_gradients(params, X, y, mask, p):
    return Network(params).gradients(X, y, Thinning(mask, p))


def train(params, X, y, *, p, lr, steps, generator):
    network, coin = Network(dict(params)), Coin(p)
    for _ in range(steps):
        mask = coin.toss(torch.empty(X.shape[0], params["W1"].shape[1]).to(X), generator)
        _, grads = network.gradients(X, y, Thinning(mask, p))
        network = network.moved(grads, lr)
    return network.params
