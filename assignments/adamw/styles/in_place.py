"""The caller's tensors move themselves; moments are scratch that is never replaced."""

import torch
from given import mlp_gradients, mlp_loss, mlp_scores  # noqa: F401


class SGD:
    def __init__(self, params, lr, *, l2=0.0, weight_decay=0.0):
        self.params = params
        self.lr, self.l2, self.weight_decay = lr, l2, weight_decay

    def step(self, grads):
        for w, g in zip(self.params, grads):
            w.mul_(1 - self.lr * (self.l2 + self.weight_decay)).sub_(g, alpha=self.lr)


def moving_average(average, value, beta):
    return average.clone().mul_(beta).add_(value, alpha=1 - beta)


def bias_corrected(average, beta, t):
    return average.clone().div_(1 - beta**t)


class Adam:
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, l2=0.0):
        self.params = params
        self.lr, self.betas, self.eps, self.l2 = lr, betas, eps, l2
        self.t = 0
        self.m = [w.new_zeros(w.shape) for w in params]
        self.v = [w.new_zeros(w.shape) for w in params]

    def step(self, grads):
        beta1, beta2 = self.betas
        self.t += 1
        for w, g, m, v in zip(self.params, grads, self.m, self.v):
            if self.l2:
                g = g.add(w, alpha=self.l2)
            m.mul_(beta1).add_(g, alpha=1 - beta1)
            v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
            below = v.sqrt().div_((1 - beta2**self.t) ** 0.5).add_(self.eps)
            w.addcdiv_(m, below, value=-self.lr / (1 - beta1**self.t))


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas=betas, eps=eps)
        self.weight_decay = weight_decay

    def step(self, grads):
        for w in self.params:
            w.sub_(w * self.lr * self.weight_decay)
        super().step(grads)


def train(optimizer, X, y, *, epochs, batch_size, generator=None):
    losses = []
    order = torch.arange(len(X), device=X.device)
    for _ in range(epochs):
        if generator is not None:
            order.copy_(order[torch.randperm(len(X), generator=generator, device=generator.device)])
        start = 0
        while start < len(order):
            rows = order[start : start + batch_size]
            optimizer.step(mlp_gradients(optimizer.params, X[rows], y[rows]))
            start += batch_size
        losses.append(mlp_loss(optimizer.params, X, y).item())
    return losses
