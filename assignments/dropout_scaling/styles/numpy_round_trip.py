"""The arithmetic in numpy, coins from numpy too, with a seed that the torch generator draws."""

import numpy as np
import torch
from given import cross_entropy, init_mlp, softmax  # noqa: F401


def _array(x):
    return x.cpu().numpy()


def _tensor(a, like):
    return torch.as_tensor(a).to(like)


def dropout_mask(x, p, generator):
    words = torch.randint(2**31, (4,), generator=generator, device=generator.device).tolist()
    coins = np.random.default_rng(words).random(tuple(x.shape))
    return _tensor((coins > p if p > 0 else coins >= 0).astype(float), x)


def _scaled(values, mask, p):
    factor = np.zeros_like(_array(mask)) if p == 1 else _array(mask) / (1 - p)
    return _tensor(_array(values) * factor, values)


def dropout_forward(x, mask, p):
    return _scaled(x, mask, p)


def dropout_backward(grad_out, mask, p):
    return _scaled(grad_out, mask, p)


class Dropout:
    def __init__(self, p, generator):
        self.p = p
        self.generator = generator
        self.training = True
        self.mask = None

    def forward(self, x):
        if not self.training:
            self.mask = None
            return x.clone()
        self.mask = dropout_mask(x, self.p, self.generator)
        return _scaled(x, self.mask, self.p)

    def backward(self, grad_out):
        return grad_out.clone() if self.mask is None else _scaled(grad_out, self.mask, self.p)


def classic_logits(x, mask, W, b):
    return _tensor(np.matmul(_array(x) * _array(mask), _array(W)) + _array(b), W)


def scale_weights(W, p):
    return _tensor(_array(W) * (1.0 - p), W)


def weight_scaled_logits(x, W, b, p):
    return _tensor(np.dot(_array(x), _array(W)) * (1.0 - p) + _array(b), x)


def all_masks(x):
    d = x.shape[1]
    return _tensor(np.indices((2,) * d).reshape(d, -1).T.astype(float), x)


def mask_probabilities(masks, p):
    coins = _array(masks)
    return _tensor(np.prod(coins * (1 - p) + (1 - coins) * p, axis=1), masks)


def member_distributions(x, masks, W, b):
    thinned = _array(x)[None, :, :] * _array(masks)[:, None, :]
    scores = thinned @ _array(W) + _array(b)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return _tensor(scores / scores.sum(axis=-1, keepdims=True), x)


def geometric_mean(distributions, weights):
    logs = np.tensordot(_array(weights), np.log(_array(distributions)), axes=1)
    scores = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return _tensor(scores / scores.sum(axis=-1, keepdims=True), distributions)


def ensemble_prediction(x, W, b, p):
    masks = all_masks(x)
    return geometric_mean(member_distributions(x, masks, W, b), mask_probabilities(masks, p))


def weight_scaled_prediction(x, W, b, p):
    return softmax(weight_scaled_logits(x, W, b, p))


def predict_logits(params, X):
    W1, b1, W2, b2 = (_array(params[name]) for name in ("W1", "b1", "W2", "b2"))
    return _tensor(np.maximum(_array(X) @ W1 + b1, 0) @ W2 + b2, X)


def loss_and_gradients(params, X, y, mask, p):
    W1, b1, W2, b2 = (_array(params[name]) for name in ("W1", "b1", "W2", "b2"))
    inputs, kept = _array(X), _array(mask)
    a = np.maximum(inputs @ W1 + b1, 0)
    slope = np.zeros_like(kept) if p == 1 else kept / (1 - p)
    loss, dlogits = cross_entropy(_tensor((a * slope) @ W2 + b2, X), y)
    error = _array(dlogits)
    back = (error @ W2.T) * slope * np.sign(a)
    grads = {"W1": inputs.T @ back, "b1": back.sum(0), "W2": (a * slope).T @ error, "b2": error.sum(0)}
    return loss, {name: _tensor(g, X) for name, g in grads.items()}


def train(params, X, y, *, p, lr, steps, generator):
    start = params
    for _ in range(steps):
        mask = dropout_mask(torch.empty(len(X), len(start["b1"]), dtype=X.dtype), p, generator)
        _, grads = loss_and_gradients(params, X, y, mask.to(X), p)
        params = {name: _tensor(_array(value) - lr * _array(grads[name]), value) for name, value in params.items()}
    return params
