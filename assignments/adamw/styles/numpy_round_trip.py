"""State and arithmetic in numpy; the parameters are tensors again after every step."""

import numpy as np
import torch
from given import mlp_gradients, mlp_loss, mlp_scores  # noqa: F401


def _array(x):
    return x.detach().cpu().numpy()


def _tensor(a, like):
    return torch.as_tensor(np.asarray(a)).to(like)


class SGD:
    def __init__(self, params, lr, *, l2=0.0, weight_decay=0.0):
        self.params, self.lr, self.l2, self.weight_decay = list(params), lr, l2, weight_decay

    def step(self, grads):
        moved = []
        for w, g in zip(map(_array, self.params), map(_array, grads)):
            moved.append(w - self.lr * ((g + self.l2 * w) + self.weight_decay * w))
        self.params = [_tensor(new, old) for new, old in zip(moved, self.params)]


def moving_average(average, value, beta):
    pair = np.stack([_array(average), _array(value)])
    return _tensor(np.average(pair, axis=0, weights=[beta, 1 - beta]), average)


def bias_corrected(average, beta, t):
    return _tensor(_array(average) / (1 - np.power(float(beta), t)), average)


class Adam:
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, l2=0.0):
        self.params = list(params)
        self.hyper = {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps, "l2": l2}
        self.t = 0
        # In double precision whatever the parameters are.
        self.first = [np.zeros(w.shape) for w in self.params]
        self.second = [np.zeros(w.shape) for w in self.params]

    @property
    def m(self):
        return [_tensor(a, w) for a, w in zip(self.first, self.params)]

    @property
    def v(self):
        return [_tensor(a, w) for a, w in zip(self.second, self.params)]

    def step(self, grads):
        self.t += 1
        h = self.hyper
        for i, grad in enumerate(grads):
            w = _array(self.params[i]).astype(np.float64)
            g = _array(grad).astype(np.float64) + h["l2"] * w
            self.first[i] = self.first[i] * h["beta1"] + g * (1 - h["beta1"])
            self.second[i] = self.second[i] * h["beta2"] + g * g * (1 - h["beta2"])
            rms = np.sqrt(self.second[i] / (1 - h["beta2"] ** self.t))
            mean = self.first[i] / (1 - h["beta1"] ** self.t)
            self.params[i] = _tensor(w - h["lr"] * mean / (rms + h["eps"]), self.params[i])


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas=betas, eps=eps, l2=0.0)
        self.hyper["decay"] = weight_decay

    def step(self, grads):
        shrunk = [_array(w) * self.hyper["lr"] * self.hyper["decay"] for w in self.params]
        super().step(grads)
        self.params = [_tensor(_array(w) - s, w) for w, s in zip(self.params, shrunk)]


def train(optimizer, X, y, *, epochs, batch_size, generator=None):
    losses = []
    for _ in range(epochs):
        order = np.arange(len(y))
        if generator is not None:
            seed = torch.randint(2**62, (1,), generator=generator, device=generator.device).item()
            np.random.default_rng(seed).shuffle(order)
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            rows = torch.from_numpy(rows).to(y.device)
            optimizer.step(mlp_gradients(optimizer.params, X[rows], y[rows]))
        losses.append(mlp_loss(optimizer.params, X, y).cpu().numpy().item())
    return losses
