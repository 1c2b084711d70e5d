"""Loops over the parameters, with plain numbers for everything that is one; rows of a batch one by one in the loop."""

import math

import torch
from given import mlp_gradients, mlp_loss, mlp_scores  # noqa: F401


class SGD:
    def __init__(self, params, lr, *, l2=0.0, weight_decay=0.0):
        self.params = []
        for w in params:
            self.params.append(w)
        self.rate = lr
        self.pull = l2 + weight_decay

    def step(self, grads):
        for i in range(len(self.params)):
            w = self.params[i]
            self.params[i] = w - self.rate * grads[i] - self.rate * self.pull * w


def moving_average(average, value, beta):
    return average + (value - average) * (1 - beta)


def bias_corrected(average, beta, t):
    # The weights that the t values have, one after the other.
    total = 0.0
    for age in range(t):
        total += (1 - beta) * beta**age
    return average / total


class Adam:
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, l2=0.0):
        self.params = [w for w in params]
        self.lr, self.eps, self.l2 = lr, eps, l2
        self.beta1, self.beta2 = betas
        self.t = 0
        self.m, self.v = [], []
        for w in self.params:
            self.m.append(w * 0)
            self.v.append(w * 0)

    def step(self, grads):
        self.t = self.t + 1
        for i in range(len(self.params)):
            self.params[i] = self.params[i] - self.move(i, grads[i] + self.l2 * self.params[i])

    def move(self, i, g):
        self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
        self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
        root = torch.sqrt(self.v[i]) / math.sqrt(1 - self.beta2**self.t)
        return self.lr / (1 - self.beta1**self.t) * self.m[i] / (root + self.eps)


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        Adam.__init__(self, params, lr, betas=betas, eps=eps)
        self.weight_decay = weight_decay

    def step(self, grads):
        old = list(self.params)
        Adam.step(self, grads)
        for i in range(len(old)):
            self.params[i] = self.params[i] - self.lr * self.weight_decay * old[i]


def train(optimizer, X, y, *, epochs, batch_size, generator=None):
    losses = []
    for _epoch in range(epochs):
        waiting = list(range(len(X)))
        batch = []
        while waiting:
            place = 0
            if generator is not None:
                place = torch.randint(len(waiting), (1,), generator=generator, device=generator.device).item()
            batch.append(waiting.pop(place))
            if len(batch) == batch_size or not waiting:
                optimizer.step(mlp_gradients(optimizer.params, X[batch], y[batch]))
                batch = []
        losses.append(float(mlp_loss(optimizer.params, X, y)))
    return losses
