"""All parameters in one flat vector; params are views of it, renewed after every step."""

import torch
from given import mlp_gradients, mlp_loss, mlp_scores  # noqa: F401


class _Flat:
    """Parameters of any shapes as one vector."""

    def __init__(self, params):
        self.shapes = [w.shape for w in params]
        self.sizes = [w.numel() for w in params]

    def join(self, tensors):
        return torch.cat([x.reshape(-1) for x in tensors])

    def split(self, vector):
        return [part.reshape(shape) for part, shape in zip(vector.split(self.sizes), self.shapes)]


class SGD:
    def __init__(self, params, lr, *, l2=0.0, weight_decay=0.0):
        self.params = list(params)
        self._flat = _Flat(self.params)
        self._keep, self._lr = 1 - lr * (l2 + weight_decay), lr

    def step(self, grads):
        w, g = self._flat.join(self.params), self._flat.join(grads)
        self.params = self._flat.split(self._keep * w - self._lr * g)


def moving_average(average, value, beta):
    return torch.stack([average, value]).movedim(0, -1) @ average.new_tensor([beta, 1 - beta])


def bias_corrected(average, beta, t):
    return average * (1 / (1 - beta**t))


class Adam:
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, l2=0.0):
        self.params = list(params)
        self._flat = _Flat(self.params)
        self._lr, self._betas, self._eps, self._l2, self._decay = lr, betas, eps, l2, 0.0
        self.t = 0
        self._m = torch.zeros_like(self._flat.join(self.params))
        self._v = torch.zeros_like(self._m)

    @property
    def m(self):
        return self._flat.split(self._m)

    @property
    def v(self):
        return self._flat.split(self._v)

    def step(self, grads):
        self.t += 1
        w, g = self._flat.join(self.params), self._flat.join(grads)
        g = torch.add(g, w, alpha=self._l2)
        (beta1, beta2), t = self._betas, self.t
        self._m = torch.lerp(g, self._m, beta1)
        self._v = torch.lerp(torch.square(g), self._v, beta2)
        v_hat = self._v.div(1 - beta2**t)
        move = self._m.div(1 - beta1**t) / v_hat.pow(0.5).add(self._eps)
        self.params = self._flat.split(w - self._lr * (move + self._decay * w))


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas=betas, eps=eps)
        self._decay = weight_decay

    def step(self, grads):
        super().step(grads)


def train(optimizer, X, y, *, epochs, batch_size, generator=None):
    def one_pass():
        keys = torch.arange(len(X), dtype=torch.float64, device=X.device)
        if generator is not None:
            keys = torch.rand(len(X), dtype=torch.float64, generator=generator, device=generator.device).to(X.device)
        rows = keys.argsort()
        for inputs, labels in zip(X[rows].split(batch_size), y[rows].split(batch_size)):
            optimizer.step(mlp_gradients(optimizer.params, inputs, labels))
        return mlp_loss(optimizer.params, X, y).item()

    return [one_pass() for _ in range(epochs)]
