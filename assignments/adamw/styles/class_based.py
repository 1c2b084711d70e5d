"""One small object per parameter that knows its history, and an optimizer that holds them."""

import torch
from given import mlp_gradients, mlp_loss, mlp_scores  # noqa: F401


class Mean:
    """A discounted mean: the sum of all values and the sum of their weights."""

    def __init__(self, beta, like):
        self.beta, self.total = beta, torch.zeros_like(like)
        self.weight = 0.0

    def see(self, value):
        self.total = self.beta * self.total + value
        self.weight = self.beta * self.weight + 1

    def raw(self):
        return (1 - self.beta) * self.total

    def corrected(self):
        return self.total / self.weight


class Slot:
    """One parameter of Adam."""

    def __init__(self, start, betas):
        self.w = start
        self.mean, self.square = (Mean(beta, start) for beta in betas)

    def direction(self, g, eps):
        self.mean.see(g)
        self.square.see(torch.pow(g, 2))
        return torch.div(self.mean.corrected(), torch.sqrt(self.square.corrected()) + eps)


class SGD:
    def __init__(self, params, lr, *, l2=0.0, weight_decay=0.0):
        self.params, self.lr = tuple(params), lr
        self.terms = [l2, weight_decay]

    def step(self, grads):
        self.params = [self._moved(w, g) for w, g in zip(self.params, grads)]

    def _moved(self, w, g):
        return w - self.lr * (g + sum(factor * w for factor in self.terms))


def moving_average(average, value, beta):
    return torch.lerp(value, average, beta)


def bias_corrected(average, beta, t):
    missing = beta**t
    return average + average * missing / (1 - missing)


class Adam:
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, l2=0.0):
        self.slots = [Slot(w, betas) for w in params]
        self.lr, self.eps, self.l2 = lr, eps, l2
        self.t = 0

    @property
    def params(self):
        return [slot.w for slot in self.slots]

    @property
    def m(self):
        return [slot.mean.raw() for slot in self.slots]

    @property
    def v(self):
        return [slot.square.raw() for slot in self.slots]

    def step(self, grads):
        self.t += 1
        for slot, grad in zip(self.slots, grads):
            self.update(slot, grad)

    def update(self, slot, grad):
        slot.w = slot.w - self.lr * slot.direction(grad + self.l2 * slot.w, self.eps)


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas=betas, eps=eps)
        self.weight_decay = weight_decay

    def step(self, grads):
        self.t += 1
        for slot, grad in zip(self.slots, grads, strict=True):
            slot.w = slot.w - self.lr * (slot.direction(grad, self.eps) + self.weight_decay * slot.w)


class Passes:
    """Batches of all rows, in a new order for every pass."""

    def __init__(self, X, y, size, generator):
        self.X, self.y, self.size, self.generator = X, y, size, generator

    def __iter__(self):
        n = len(self.X)
        order = torch.arange(n)
        if self.generator is not None:
            order = torch.randn(n, generator=self.generator, device=self.generator.device).sort().indices
        for rows in torch.split(order.to(self.X.device), self.size):
            yield self.X.index_select(0, rows), self.y.index_select(0, rows)


def train(optimizer, X, y, *, epochs, batch_size, generator=None):
    passes, history = Passes(X, y, batch_size, generator), []
    for _ in range(epochs):
        for inputs, labels in passes:
            optimizer.step(mlp_gradients(list(optimizer.params), inputs, labels))
        history.append(mlp_loss(list(optimizer.params), X, y).item())
    return history
