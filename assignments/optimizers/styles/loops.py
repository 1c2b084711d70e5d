"""Plain loops with an index, and the state in the order of the parameters."""

import torch


def beale(w):
    x = w[..., 0]
    y = w[..., 1]
    return (1.5 - x * (1 - y)).square() + (2.25 - x * (1 - y.square())).square() + (2.625 - x * (1 - y.pow(3))).square()


def beale_gradient(w):
    x = w[..., 0]
    y = w[..., 1]
    a = 1.5 - x * (1 - y)
    b = 2.25 - x * (1 - y.square())
    c = 2.625 - x * (1 - y.pow(3))
    dx = -2 * (a * (1 - y) + b * (1 - y.square()) + c * (1 - y.pow(3)))
    dy = 2 * x * (a + 2 * b * y + 3 * c * y.square())
    return torch.stack((dx, dy), -1)


class Momentum:
    def __init__(self, lr, gamma=0.9):
        self.lr = lr
        self.gamma = gamma
        self.v = []

    def step(self, params, gradients):
        grads = gradients(params)
        result = []
        for i in range(len(params)):
            if len(self.v) <= i:
                self.v.append(-self.lr * grads[i])
            else:
                self.v[i] = self.gamma * self.v[i] - self.lr * grads[i]
            result.append(params[i] + self.v[i])
        return result


class Nesterov:
    def __init__(self, lr, gamma=0.9):
        self.lr = lr
        self.gamma = gamma
        self.v = []

    def step(self, params, gradients):
        look = []
        for i in range(len(params)):
            if len(self.v) <= i:
                self.v.append(0 * params[i])
            look.append(params[i] + self.gamma * self.v[i])
        grads = gradients(look)
        result = []
        for i in range(len(params)):
            result.append(look[i] - self.lr * grads[i])
            self.v[i] = result[i] - params[i]
        return result


class Adagrad:
    def __init__(self, lr, eps=1e-8):
        self.lr = lr
        self.eps = eps
        self.cache = []

    def step(self, params, gradients):
        grads = gradients(params)
        result = []
        for i in range(len(params)):
            squared = grads[i] * grads[i]
            if len(self.cache) <= i:
                self.cache.append(squared)
            else:
                self.cache[i] = self.cache[i] + squared
            result.append(params[i] - self.lr / (self.cache[i] + self.eps) ** 0.5 * grads[i])
        return result


class RMSprop:
    def __init__(self, lr, decay=0.9, eps=1e-8):
        self.lr = lr
        self.decay = decay
        self.eps = eps
        self.cache = []

    def step(self, params, gradients):
        grads = gradients(params)
        result = []
        for i in range(len(params)):
            squared = grads[i] * grads[i]
            if len(self.cache) <= i:
                self.cache.append((1 - self.decay) * squared)
            else:
                self.cache[i] = self.cache[i] + (1 - self.decay) * (squared - self.cache[i])
            result.append(params[i] - self.lr / (self.cache[i] + self.eps) ** 0.5 * grads[i])
        return result


class Adamax:
    def __init__(self, lr, betas=(0.9, 0.999), eps=1e-8):
        self.lr = lr
        self.beta1, self.beta2 = betas
        self.eps = eps
        self.t = 0
        self.m = []
        self.u = []

    def step(self, params, gradients):
        grads = gradients(params)
        self.t = self.t + 1
        result = []
        for i in range(len(params)):
            size = torch.abs(grads[i])
            if len(self.m) <= i:
                self.m.append((1 - self.beta1) * grads[i])
                self.u.append(size)
            else:
                self.m[i] = self.m[i] + (1 - self.beta1) * (grads[i] - self.m[i])
                self.u[i] = torch.stack([self.beta2 * self.u[i], size]).amax(0)
            rate = self.lr / (1 - self.beta1**self.t)
            result.append(params[i] - rate * (self.m[i] / (self.u[i] + self.eps)))
        return result


def descend(optimizer, gradients, start, steps):
    path = []
    for i in range(steps):
        path.append(optimizer.step(path[i - 1] if i else start, gradients))
    return path
