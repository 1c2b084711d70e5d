"""Products by loops, weights row by row, each with draws of its own."""

import math

import torch
from given import Params, backward, forward, predict, seeded, train  # noqa: F401


def fans(shape):
    fan_in, fan_out = shape[1], shape[0]
    for size in shape[2:]:
        fan_in = fan_in * size
        fan_out = fan_out * size
    return fan_in, fan_out


def gain(nonlinearity, negative_slope=0.01):
    if nonlinearity in ("linear", "sigmoid"):
        return 1.0
    if nonlinearity == "tanh":
        return 5.0 / 3.0
    if nonlinearity == "relu":
        negative_slope = 0.0
    return 1.0 / math.sqrt(0.5 + 0.5 * negative_slope * negative_slope)


def kaiming_std(shape, mode="fan_in", nonlinearity="relu", negative_slope=0.01):
    fan_in, fan_out = fans(shape)
    fan = fan_in
    if mode == "fan_out":
        fan = fan_out
    return gain(nonlinearity, negative_slope) * fan**-0.5


def rows_of(shape, draw):
    rows = []
    for _ in range(shape[0]):
        rows.append(draw(tuple(shape[1:])))
    return torch.stack(rows)


def normal_rows(shape, std, generator, dtype):
    def draw(size):
        return torch.randn(size, generator=generator, dtype=dtype, device=generator.device) * std

    return rows_of(shape, draw)


def uniform_rows(shape, std, generator, dtype):
    width = math.sqrt(12.0) * std

    def draw(size):
        return (torch.rand(size, generator=generator, dtype=dtype, device=generator.device) - 0.5) * width

    return rows_of(shape, draw)


def kaiming_normal(shape, generator, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32):
    return normal_rows(shape, kaiming_std(shape, mode, nonlinearity, negative_slope), generator, dtype)


def kaiming_uniform(shape, generator, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32):
    return uniform_rows(shape, kaiming_std(shape, mode, nonlinearity, negative_slope), generator, dtype)


def xavier_std(shape, nonlinearity="linear"):
    fan_in, fan_out = fans(shape)
    return gain(nonlinearity) * math.sqrt(2.0 / (fan_in + fan_out))


def xavier_normal(shape, generator, nonlinearity="linear", dtype=torch.float32):
    return normal_rows(shape, xavier_std(shape, nonlinearity), generator, dtype)


def xavier_uniform(shape, generator, nonlinearity="linear", dtype=torch.float32):
    return uniform_rows(shape, xavier_std(shape, nonlinearity), generator, dtype)


def activation_scales(X, weights):
    scales = []
    H = X
    for W in weights:
        H = H @ W.T
        H = torch.where(H > 0, H, torch.zeros_like(H))
        scales.append(torch.sqrt((H * H).sum() / H.numel()))
    return torch.stack(scales)


def gradient_scales(X, weights, G):
    masks = []
    H = X
    for W in weights:
        H = H @ W.T
        masks.append(H > 0)
        H = H * masks[-1]
    scales = []
    for layer in range(len(weights) - 1, -1, -1):
        G = (G * masks[layer]) @ weights[layer]
        scales.insert(0, torch.sqrt((G * G).sum() / G.numel()))
    return torch.stack(scales)


def initial_network(sizes, generator, scheme="kaiming", dtype=torch.float32):
    params = []
    for i in range(1, len(sizes)):
        shape = (sizes[i], sizes[i - 1])
        if scheme == "kaiming":
            W = kaiming_normal(shape, generator, dtype=dtype)
        elif scheme == "xavier":
            W = xavier_normal(shape, generator, dtype=dtype)
        elif scheme == "normal":
            W = normal_rows(shape, 1.0, generator, dtype)
        else:
            W = torch.zeros(shape, dtype=dtype, device=generator.device)
        params.append((W, torch.zeros(sizes[i], dtype=dtype, device=generator.device)))
    return params
