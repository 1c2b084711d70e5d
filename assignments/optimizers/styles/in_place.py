"""Every optimizer copies what it is given once, and then works in place."""

import torch


def beale(w):
    x, y = w[..., 0], w[..., 1]
    total = torch.zeros_like(x)
    for power, constant in enumerate((1.5, 2.25, 2.625), start=1):
        total += (constant - x + x * y**power) ** 2
    return total


def beale_gradient(w):
    x, y = w[..., 0], w[..., 1]
    slope = torch.zeros_like(w)
    for power, constant in enumerate((1.5, 2.25, 2.625), start=1):
        twice = 2 * (constant - x + x * y**power)
        slope[..., 0] += twice * (y**power - 1)
        slope[..., 1] += twice * x * power * y ** (power - 1)
    return slope


def zeros(params):
    return [torch.zeros_like(w) for w in params]


def copies(params):
    return [w.clone() for w in params]


class Momentum:
    def __init__(self, lr, gamma=0.9):
        self.lr, self.gamma, self.v = lr, gamma, []

    def step(self, params, gradients):
        self.v = self.v or zeros(params)
        new = copies(params)
        for w, v, g in zip(new, self.v, gradients(params), strict=True):
            v.mul_(self.gamma).sub_(self.lr * g)
            w.add_(v)
        return new


class Nesterov:
    def __init__(self, lr, gamma=0.9):
        self.lr, self.gamma, self.v = lr, gamma, []

    def step(self, params, gradients):
        self.v = self.v or zeros(params)
        new = copies(params)
        for v in self.v:
            v.mul_(self.gamma)
        grads = gradients([w + v for w, v in zip(new, self.v, strict=True)])
        for w, v, g in zip(new, self.v, grads, strict=True):
            v.sub_(self.lr * g)
            w.add_(v)
        return new


class Adagrad:
    def __init__(self, lr, eps=1e-8):
        self.lr, self.eps, self.cache = lr, eps, []

    def step(self, params, gradients):
        self.cache = self.cache or zeros(params)
        new = copies(params)
        for w, cache, g in zip(new, self.cache, gradients(params), strict=True):
            cache.addcmul_(g, g)
            w.addcdiv_(g, (cache + self.eps).sqrt(), value=-self.lr)
        return new


class RMSprop:
    def __init__(self, lr, decay=0.9, eps=1e-8):
        self.lr, self.decay, self.eps, self.cache = lr, decay, eps, []

    def step(self, params, gradients):
        self.cache = self.cache or zeros(params)
        new = copies(params)
        for w, cache, g in zip(new, self.cache, gradients(params), strict=True):
            cache.mul_(self.decay).addcmul_(g, g, value=1 - self.decay)
            w.addcdiv_(g, (cache + self.eps).sqrt(), value=-self.lr)
        return new


class Adamax:
    def __init__(self, lr, betas=(0.9, 0.999), eps=1e-8):
        self.lr, self.betas, self.eps = lr, betas, eps
        self.t, self.m, self.u = 0, [], []

    def step(self, params, gradients):
        beta1, beta2 = self.betas
        self.m = self.m or zeros(params)
        self.u = self.u or zeros(params)
        self.t += 1
        new = copies(params)
        for w, m, u, g in zip(new, self.m, self.u, gradients(params), strict=True):
            m.mul_(beta1).add_(g, alpha=1 - beta1)
            u.mul_(beta2)
            torch.maximum(u, g.abs(), out=u)
            w.sub_(self.lr * m / (1 - beta1**self.t) / (u + self.eps))
        return new


def descend(optimizer, gradients, start, steps):
    path, here = [], copies(start)
    for _ in range(steps):
        here = optimizer.step(here, gradients)
        path.append(copies(here))
    return path
