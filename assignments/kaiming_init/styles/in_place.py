"""Weights are filled in place, a network from its last layer to its first."""

import math

import torch
from given import Params, backward, forward, predict, seeded, train  # noqa: F401


def fans(shape):
    n_out, n_in, *kernel = shape
    counts = [n_in, n_out]
    for size in kernel:
        counts[0] *= size
        counts[1] *= size
    return tuple(counts)


def gain(nonlinearity, negative_slope=0.01):
    match nonlinearity:
        case "linear" | "sigmoid":
            return 1.0
        case "tanh":
            return 5 / 3
        case "relu":
            return math.sqrt(2)
        case "leaky_relu":
            return math.sqrt(2) / math.hypot(1, negative_slope)
    raise ValueError(nonlinearity)


def kaiming_std(shape, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01):
    fan_in, fan_out = fans(shape)
    return gain(nonlinearity, negative_slope) / math.sqrt(fan_out if mode == "fan_out" else fan_in)


def xavier_std(shape, *, nonlinearity="linear"):
    return gain(nonlinearity) / math.sqrt(sum(fans(shape)) / 2)


def empty(shape, generator, dtype):
    return torch.empty(tuple(shape), dtype=dtype, device=generator.device)


def kaiming_normal(
    shape, generator, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32
):
    std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return empty(shape, generator, dtype).normal_(0, std, generator=generator)


def kaiming_uniform(
    shape, generator, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32
):
    std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return empty(shape, generator, dtype).uniform_(-1, 1, generator=generator).mul_(math.sqrt(3) * std)


def xavier_normal(shape, generator, *, nonlinearity="linear", dtype=torch.float32):
    return empty(shape, generator, dtype).normal_(generator=generator).mul_(xavier_std(shape, nonlinearity=nonlinearity))


def xavier_uniform(shape, generator, *, nonlinearity="linear", dtype=torch.float32):
    bound = math.sqrt(3) * xavier_std(shape, nonlinearity=nonlinearity)
    return empty(shape, generator, dtype).uniform_(-bound, bound, generator=generator)


def activation_scales(X, weights):
    scales, H = X.new_empty(len(weights)), X
    for layer, W in enumerate(weights):
        H = torch.mm(H, W.T).clamp_(min=0)
        scales[layer] = H.pow(2).mean().sqrt_()
    return scales


def gradient_scales(X, weights, G):
    blocked, H = [], X
    for W in weights:
        H = torch.mm(H, W.T)
        blocked.append(H <= 0)
        H[blocked[-1]] = 0
    scales, G = G.new_empty(len(weights)), G.clone()
    for layer in reversed(range(len(weights))):
        G[blocked[layer]] = 0
        G = torch.mm(G, weights[layer])
        scales[layer] = G.pow(2).mean().sqrt_()
    return scales


def initial_network(sizes, generator, *, scheme="kaiming", dtype=torch.float32):
    params = []
    for n_out, n_in in zip(reversed(sizes[1:]), reversed(sizes[:-1]), strict=True):
        W = torch.zeros(n_out, n_in, dtype=dtype, device=generator.device)
        if scheme == "kaiming":
            W.normal_(0, kaiming_std(W.shape), generator=generator)
        elif scheme == "xavier":
            W.normal_(0, xavier_std(W.shape), generator=generator)
        elif scheme == "normal":
            W.normal_(0, 1, generator=generator)
        params.insert(0, (W, torch.zeros(n_out, dtype=dtype, device=generator.device)))
    return params
