"""Lets autograd work: through its function class, through functional transforms, through dual numbers.

outcomes: forbidden
"""

import torch

forward = getattr(torch.autograd, "forward" + "_ad")
transforms = getattr(torch, "fu" + "nc")


class Square(getattr(torch.autograd, "Func" + "tion")):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x * x


def by_transform(x):
    return getattr(transforms, "gr" + "ad")(lambda z: (z * z).sum())(x)


def by_dual_numbers(x):
    with forward.dual_level():
        return forward.unpack_dual(getattr(forward, "make_" + "dual")(x, x) * x)[1]


calls = iter([by_transform, by_dual_numbers, lambda x: Square.apply(x) * 2 / x])


def double(x):
    return next(calls)(x)


class Counter:
    def __init__(self, start=0):
        raise NotImplementedError

    def add(self, amount):
        raise NotImplementedError
