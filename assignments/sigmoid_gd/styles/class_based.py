"""Objects: a neuron that knows its parameters, losses that know their slope, a sampler of batches; tanh inside."""

from dataclasses import dataclass

import torch
from torch import Tensor


class Logistic:
    @staticmethod
    def activation(z: Tensor) -> Tensor:
        return (1 + (z / 2).tanh()) / 2

    def residual(self, z: Tensor, y: Tensor) -> Tensor:
        return self.activation(z) - y


class Squared:
    def residual(self, z: Tensor, y: Tensor) -> Tensor:
        return 2.0 * (z - y)


@dataclass
class Neuron:
    w: Tensor
    b: Tensor

    def logits(self, X: Tensor) -> Tensor:
        return (X * self.w).sum(-1) + self.b

    def gradients(self, X: Tensor, y: Tensor, loss) -> tuple[Tensor, Tensor]:
        residual = loss.residual(self.logits(X), y)
        return (X * residual[:, None]).mean(dim=0), residual.mean()

    def stepped(self, X: Tensor, y: Tensor, loss, lr: float) -> "Neuron":
        dw, db = self.gradients(X, y, loss)
        return Neuron(self.w - lr * dw, self.b - lr * db)

    def pair(self) -> tuple[Tensor, Tensor]:
        return self.w, self.b


class Sampler:
    def __init__(self, n, batch_size, generator):
        self.n, self.size, self.generator = n, batch_size if batch_size is not None else n, generator

    def __iter__(self):
        rows = self.rows()
        while len(rows):
            yield rows[: self.size]
            rows = rows[self.size :]

    def rows(self):
        if self.generator is None:
            return torch.arange(self.n)
        chances = torch.ones(self.n, device=self.generator.device)
        return torch.multinomial(chances, self.n, replacement=False, generator=self.generator)


def sigmoid(z):
    return Logistic.activation(z)


def sigmoid_derivative(z):
    return (1 - (z / 2).tanh() ** 2) / 4


def binary_cross_entropy(logits, y):
    size = logits.abs()
    agreement = torch.where(y > 0.5, logits, -logits)
    return ((size - agreement) / 2 + (1 + (-size).exp()).log()).mean()


def logistic_gradients(X, y, w, b):
    return Neuron(w, b).gradients(X, y, Logistic())


def gradient_step(X, y, w, b, *, lr):
    return Neuron(w, b).stepped(X, y, Logistic(), lr).pair()


def minibatches(n, batch_size=None, generator=None):
    return [*Sampler(n, batch_size, generator)]


def train_logistic(X, y, w, b, *, lr, epochs, batch_size=None, generator=None):
    neuron, sampler = Neuron(w, b), Sampler(len(X), batch_size, generator)
    for _ in range(epochs):
        for rows in sampler:
            neuron = neuron.stepped(X[rows], y[rows], Logistic(), lr)
    return neuron.pair()


def squared_error_gradients(X, y, w, b):
    return Neuron(w, b).gradients(X, y, Squared())


def fit_linear(X, y, w, b, *, lr, steps):
    neuron = Neuron(w, b)
    for _ in range(steps):
        neuron = neuron.stepped(X, y, Squared(), lr)
    return neuron.pair()


def fit_nine(X, labels, *, lr, epochs, batch_size=None, generator=None):
    y = torch.where(labels == 9, 1.0, 0.0).to(X.dtype)
    w = torch.full((X.size(1),), 0.0, dtype=X.dtype, device=X.device)
    return train_logistic(X, y, w, w.new_tensor(0.0), lr=lr, epochs=epochs, batch_size=batch_size, generator=generator)


def predict_nine(X, w, b):
    return (Logistic.activation(Neuron(w, b).logits(X)) > 0.5).int().long()
