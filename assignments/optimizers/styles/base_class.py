"""One base class that walks over the parameters; each optimizer says how one of them moves."""

import torch


def _gaps(w):
    x, y = w.unbind(-1)
    return x, y, [c - x * (1 - y**n) for n, c in ((1, 1.5), (2, 2.25), (3, 2.625))]


def beale(w):
    return sum(gap * gap for gap in _gaps(w)[2])


def beale_gradient(w):
    x, y, gaps = _gaps(w)
    by_x = sum(-2 * gap * (1 - y**n) for n, gap in enumerate(gaps, 1))
    by_y = sum(2 * gap * x * n * y ** (n - 1) for n, gap in enumerate(gaps, 1))
    return torch.cat([by_x.unsqueeze(-1), by_y.unsqueeze(-1)], -1)


class Optimizer:
    kept = ()

    def __init__(self, lr):
        self.lr = lr
        for name in self.kept:
            setattr(self, name, [])

    def step(self, params, gradients):
        for name in self.kept:
            if len(getattr(self, name)) == 0:
                setattr(self, name, [torch.zeros_like(w) for w in params])
        self.begin()
        grads = gradients(self.places(params))
        return [w + self.move(i, g) for i, (w, g) in enumerate(zip(params, grads, strict=True))]

    def begin(self):
        pass

    def places(self, params):
        return params


class Momentum(Optimizer):
    kept = ("v",)

    def __init__(self, lr, gamma=0.9):
        super().__init__(lr)
        self.gamma = gamma

    def move(self, i, g):
        self.v[i] = self.gamma * self.v[i] - self.lr * g
        return self.v[i]


class Nesterov(Momentum):
    def places(self, params):
        return [torch.add(w, v, alpha=self.gamma) for w, v in zip(params, self.v, strict=True)]


class Adagrad(Optimizer):
    kept = ("cache",)

    def __init__(self, lr, eps=1e-8):
        super().__init__(lr)
        self.eps = eps

    def remember(self, i, g):
        self.cache[i] = self.cache[i] + g * g

    def move(self, i, g):
        self.remember(i, g)
        return -self.lr * g * (self.cache[i] + self.eps).rsqrt()


class RMSprop(Adagrad):
    def __init__(self, lr, decay=0.9, eps=1e-8):
        super().__init__(lr, eps)
        self.decay = decay

    def remember(self, i, g):
        self.cache[i] = torch.lerp(g * g, self.cache[i], self.decay)


class Adamax(Optimizer):
    kept = ("m", "u")

    def __init__(self, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(lr)
        self.betas, self.eps, self.t = betas, eps, 0

    def begin(self):
        self.t += 1

    def move(self, i, g):
        beta1, beta2 = self.betas
        self.m[i] = beta1 * self.m[i] + (1 - beta1) * g
        faded = beta2 * self.u[i]
        self.u[i] = torch.where(g.abs() > faded, g.abs(), faded)
        mean = self.m[i] / (1 - beta1**self.t)
        return -self.lr * mean / (self.u[i] + self.eps)


def descend(optimizer, gradients, start, steps):
    points = [start]
    while len(points) <= steps:
        points.append(optimizer.step(points[-1], gradients))
    return points[1:]
