"""Draws and scales in numpy; only the seed of a draw comes from torch's generator."""

import numpy as np
import torch
from given import Params, backward, forward, predict, seeded, train  # noqa: F401


def fans(shape):
    area = int(np.prod(shape[2:]))
    return int(shape[1]) * area, int(shape[0]) * area


def gain(nonlinearity, negative_slope=0.01):
    slopes = {"linear": 1.0, "sigmoid": 1.0, "relu": 0.0, "leaky_relu": negative_slope}
    if nonlinearity == "tanh":
        return 5 / 3
    return float(np.sqrt(2 / (1 + np.square(slopes[nonlinearity]))))


def kaiming_std(shape, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01):
    fan_in, fan_out = fans(shape)
    return float(gain(nonlinearity, negative_slope) / np.sqrt(fan_in if mode == "fan_in" else fan_out))


def xavier_std(shape, *, nonlinearity="linear"):
    return float(gain(nonlinearity) / np.sqrt(np.mean(fans(shape))))


def numpy_generator(generator):
    return np.random.default_rng(int(torch.randint(2**62, (), generator=generator, device=generator.device)))


def from_numpy(array, generator, dtype):
    return torch.from_numpy(np.asarray(array)).to(generator.device, dtype)


def kaiming_normal(
    shape, generator, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32
):
    std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return from_numpy(numpy_generator(generator).normal(0.0, std, tuple(shape)), generator, dtype)


def kaiming_uniform(
    shape, generator, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32
):
    bound = np.sqrt(3) * kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return from_numpy(numpy_generator(generator).uniform(-bound, bound, tuple(shape)), generator, dtype)


def xavier_normal(shape, generator, *, nonlinearity="linear", dtype=torch.float32):
    std = xavier_std(shape, nonlinearity=nonlinearity)
    return from_numpy(numpy_generator(generator).normal(0.0, std, tuple(shape)), generator, dtype)


def xavier_uniform(shape, generator, *, nonlinearity="linear", dtype=torch.float32):
    bound = np.sqrt(3) * xavier_std(shape, nonlinearity=nonlinearity)
    return from_numpy(numpy_generator(generator).uniform(-bound, bound, tuple(shape)), generator, dtype)


def layers_of(X, weights):
    matrices = [W.cpu().numpy().astype(np.float64) for W in weights]
    outputs = [X.cpu().numpy().astype(np.float64)]
    for W in matrices:
        outputs.append(np.maximum(outputs[-1] @ W.T, 0))
    return matrices, outputs[1:]


def activation_scales(X, weights):
    _, outputs = layers_of(X, weights)
    return torch.tensor([np.sqrt(np.mean(H**2)) for H in outputs], dtype=X.dtype, device=X.device)


def gradient_scales(X, weights, G):
    matrices, outputs = layers_of(X, weights)
    signal, scales = G.cpu().numpy().astype(np.float64), []
    for W, H in zip(matrices[::-1], outputs[::-1]):
        signal = np.where(H > 0, signal, 0) @ W
        scales = [np.sqrt(np.mean(signal**2)), *scales]
    return torch.tensor(scales, dtype=G.dtype, device=G.device)


def initial_network(sizes, generator, *, scheme="kaiming", dtype=torch.float32):
    rng = numpy_generator(generator)
    network = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        std = {"kaiming": kaiming_std((n_out, n_in)), "xavier": xavier_std((n_out, n_in)), "normal": 1.0, "zeros": 0.0}
        W = rng.standard_normal((n_out, n_in)) * std[scheme]
        network.append((from_numpy(W, generator, dtype), from_numpy(np.zeros(n_out), generator, dtype)))
    return network
