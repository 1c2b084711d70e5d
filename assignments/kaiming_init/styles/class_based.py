"""Schemes as objects; normal numbers by the transform of Box and Muller out of uniform ones."""

import math
from dataclasses import dataclass
from functools import reduce
from operator import mul

import torch
from given import Params, backward, forward, predict, seeded, train  # noqa: F401


@dataclass(frozen=True)
class Shape:
    n_out: int
    n_in: int
    kernel: tuple = ()

    @classmethod
    def of(cls, sizes):
        return cls(sizes[0], sizes[1], tuple(sizes[2:]))

    @property
    def fan_in(self):
        return reduce(mul, self.kernel, self.n_in)

    @property
    def fan_out(self):
        return reduce(mul, self.kernel, self.n_out)

    @property
    def sizes(self):
        return (self.n_out, self.n_in, *self.kernel)


class Nonlinearity:
    CONVENTIONS = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3}

    def __init__(self, name, negative_slope=0.01):
        self.name = name
        self.slope = 0.0 if name == "relu" else negative_slope

    def kept_share(self):
        return (1 + self.slope**2) / 2

    def gain(self):
        return self.CONVENTIONS.get(self.name) or 1 / math.sqrt(self.kept_share())


class Scheme:
    def __init__(self, std):
        self.std = std

    def uniforms(self, count, generator):
        return torch.rand(count, generator=generator, dtype=torch.float64, device=generator.device)

    def normal(self, shape, generator, dtype):
        count = math.prod(shape.sizes)
        radius = torch.sqrt(-2 * torch.log(1 - self.uniforms(count, generator)))
        angle = 2 * math.pi * self.uniforms(count, generator)
        return (self.std * radius * torch.cos(angle)).reshape(shape.sizes).to(dtype)

    def uniform(self, shape, generator, dtype):
        signed = 1 - 2 * self.uniforms(math.prod(shape.sizes), generator)
        return (signed * self.std * math.sqrt(3)).reshape(shape.sizes).to(dtype)


def fans(shape):
    sizes = Shape.of(shape)
    return sizes.fan_in, sizes.fan_out


def gain(nonlinearity, negative_slope=0.01):
    return Nonlinearity(nonlinearity, negative_slope).gain()


def kaiming_std(shape, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01):
    return gain(nonlinearity, negative_slope) / math.sqrt(getattr(Shape.of(shape), mode))


def xavier_std(shape, *, nonlinearity="linear"):
    variance = 2 / (Shape.of(shape).fan_in + Shape.of(shape).fan_out)
    return gain(nonlinearity) * math.sqrt(variance)


def kaiming_normal(shape, generator, *, dtype=torch.float32, **how):
    return Scheme(kaiming_std(shape, **how)).normal(Shape.of(shape), generator, dtype)


def kaiming_uniform(shape, generator, *, dtype=torch.float32, **how):
    return Scheme(kaiming_std(shape, **how)).uniform(Shape.of(shape), generator, dtype)


def xavier_normal(shape, generator, *, nonlinearity="linear", dtype=torch.float32):
    return Scheme(xavier_std(shape, nonlinearity=nonlinearity)).normal(Shape.of(shape), generator, dtype)


def xavier_uniform(shape, generator, *, nonlinearity="linear", dtype=torch.float32):
    return Scheme(xavier_std(shape, nonlinearity=nonlinearity)).uniform(Shape.of(shape), generator, dtype)


class Stack:
    def __init__(self, X, weights):
        self.weights, self.outputs = weights, [X]
        for W in weights:
            z = self.outputs[-1] @ W.transpose(0, 1)
            self.outputs.append((z + z.abs()) / 2)

    @staticmethod
    def scale(values):
        return math.sqrt(values.double().pow(2).mean().item())

    def forward_scales(self):
        return [self.scale(H) for H in self.outputs[1:]]

    def backward_scales(self, G):
        found = []
        for W, H in list(zip(self.weights, self.outputs[1:]))[::-1]:
            G = (G * torch.sign(H)) @ W
            found.append(self.scale(G))
        return found[::-1]


def activation_scales(X, weights):
    return torch.tensor(Stack(X, weights).forward_scales(), dtype=X.dtype, device=X.device)


def gradient_scales(X, weights, G):
    return torch.tensor(Stack(X, weights).backward_scales(G), dtype=G.dtype, device=G.device)


def initial_network(sizes, generator, *, scheme="kaiming", dtype=torch.float32):
    stds = {"kaiming": kaiming_std, "xavier": xavier_std, "normal": lambda shape: 1.0, "zeros": lambda shape: 0.0}
    shapes = [Shape(n_out, n_in) for n_in, n_out in zip(sizes, sizes[1:])]
    return [
        (Scheme(stds[scheme](shape.sizes)).normal(shape, generator, dtype), torch.zeros(shape.n_out).to(
            generator.device, dtype
        ))
        for shape in shapes
    ]
