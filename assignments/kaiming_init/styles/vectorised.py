"""Sizes as tensors, one draw for all layers of a network, scales by norms."""

import torch
from given import Params, backward, forward, predict, seeded, train  # noqa: F401

GAINS_SQUARED = {"linear": 1.0, "sigmoid": 1.0, "tanh": 25 / 9, "relu": 2.0}


def fans(shape):
    sizes = torch.tensor(list(shape), dtype=torch.int64)
    total = int(sizes.prod())
    return total // int(sizes[0]), total // int(sizes[1])


def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity == "leaky_relu":
        return (2.0 / (1.0 + negative_slope * negative_slope)) ** 0.5
    return GAINS_SQUARED[nonlinearity] ** 0.5


def kaiming_std(shape, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01):
    return gain(nonlinearity, negative_slope) / fans(shape)[("fan_in", "fan_out").index(mode)] ** 0.5


def xavier_std(shape, *, nonlinearity="linear"):
    return gain(nonlinearity) * (sum(fans(shape)) / 2) ** -0.5


def normal(shape, std, generator, dtype):
    return torch.randn(tuple(reversed(shape)), generator=generator, device=generator.device).mul(std).permute(
        *reversed(range(len(shape)))
    ).to(dtype)


def uniform(shape, std, generator, dtype):
    bound = std * 3**0.5
    drawn = torch.rand(tuple(shape), generator=generator, dtype=torch.float64, device=generator.device)
    return (bound - 2 * bound * drawn).to(dtype)


def kaiming_normal(shape, generator, *, dtype=torch.float32, **how):
    return normal(shape, kaiming_std(shape, **how), generator, dtype)


def kaiming_uniform(shape, generator, *, dtype=torch.float32, **how):
    return uniform(shape, kaiming_std(shape, **how), generator, dtype)


def xavier_normal(shape, generator, *, dtype=torch.float32, **how):
    return normal(shape, xavier_std(shape, **how), generator, dtype)


def xavier_uniform(shape, generator, *, dtype=torch.float32, **how):
    return uniform(shape, xavier_std(shape, **how), generator, dtype)


def root_mean_square(x):
    return torch.linalg.vector_norm(x) / x.numel() ** 0.5


def activations(X, weights):
    for W in weights:
        X = torch.maximum(X @ W.mT, X.new_zeros(()))
        yield X


def activation_scales(X, weights):
    return torch.stack([root_mean_square(H) for H in activations(X, weights)])


def gradient_scales(X, weights, G):
    alive = [H.sign() for H in activations(X, weights)]
    scales = torch.empty(len(weights), dtype=G.dtype, device=G.device)
    for layer, W in reversed(list(enumerate(weights))):
        G = torch.einsum("no,oi->ni", G * alive[layer], W)
        scales[layer] = root_mean_square(G)
    return scales


def initial_network(sizes, generator, *, scheme="kaiming", dtype=torch.float32):
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    stds = {
        "kaiming": [kaiming_std(shape) for shape in shapes],
        "xavier": [xavier_std(shape) for shape in shapes],
        "normal": [1.0] * len(shapes),
        "zeros": [0.0] * len(shapes),
    }[scheme]
    counts = [n_out * n_in for n_out, n_in in shapes]
    drawn = torch.randn(sum(counts), generator=generator, dtype=dtype, device=generator.device).split(counts)
    return [
        (part.view(shape) * std, torch.zeros(shape[0], dtype=dtype, device=generator.device))
        for part, shape, std in zip(drawn, shapes, stds, strict=True)
    ]
