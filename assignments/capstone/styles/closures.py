"""Forward notes a function for each part that leads back through it; parameters stand in one flat table of names."""

import torch
from activations import leaky_relu, leaky_relu_derivative, relu, relu_derivative, tanh, tanh_derivative
from adamw import SGD, AdamW
from batch_norm import BatchNorm
from dropout_scaling import Dropout
from kaiming_init import kaiming_normal, xavier_normal
from layer_norm import LayerNorm
from regularisation import EarlyStopping
from schedules import cosine_restarts, warmed_up
from softmax_backprop import cross_entropy, cross_entropy_backward, linear, linear_backward

SLOPES = {relu: relu_derivative, leaky_relu: leaky_relu_derivative, tanh: tanh_derivative}


class Network:
    def __init__(
        self,
        sizes,
        generator,
        *,
        activation="relu",
        normalisation="none",
        dropout=0.0,
        bias=True,
        init="kaiming",
        dtype=torch.float32,
    ):
        try:
            self.bend = {"relu": relu, "leaky_relu": leaky_relu, "tanh": tanh}[activation]
            make = {"none": None, "batch": BatchNorm, "layer": LayerNorm}[normalisation]
            draw = {"kaiming": kaiming_normal, "xavier": xavier_normal}[init]
        except KeyError as error:
            raise ValueError(f"unknown: {error}") from error
        self.__dict__.update(activation=activation, normalisation=normalisation, dropout=dropout, bias=bias, init=init)
        self.sizes, self.training, self.L = list(sizes), True, len(sizes) - 1
        self.table, self.norms, self.dropouts, self.trail = {}, {}, [], []
        for i in range(1, self.L + 1):
            d, h = sizes[i - 1], sizes[i]
            nonlinearity = "linear" if i == self.L else activation
            self.table["W", i] = draw([h, d], generator, nonlinearity=nonlinearity, dtype=dtype).T
            if bias:
                self.table["b", i] = torch.zeros(h, dtype=dtype)
            if i < self.L:
                self.dropouts.append(Dropout(dropout, generator))
                if make:
                    self.table["gamma", i] = torch.ones(h, dtype=dtype)
                    self.table["beta", i] = torch.zeros(h, dtype=dtype)
                    self.norms[i] = make(self.table["gamma", i], self.table["beta", i])

    def set_mode(self, training):
        self.training = training
        for dropout in self.dropouts:
            dropout.training = training
        for norm in self.norms.values():
            norm.training = training

    def parameters(self):
        return list(self.table.values())

    def set_parameters(self, params):
        self.table = dict(zip(self.table, params, strict=True))
        for i, norm in self.norms.items():
            norm.gamma, norm.beta = self.table["gamma", i], self.table["beta", i]

    def state(self):
        found = self.parameters()
        if self.normalisation == "batch":
            for i in range(1, self.L):
                found.extend((self.norms[i].running_mean, self.norms[i].running_var))
        return found

    def load_state(self, state):
        rest = list(state)
        taken = [rest.pop(0) for _ in self.table]
        self.set_parameters(taken)
        for i in range(1, self.L):
            if self.normalisation == "batch":
                self.norms[i].running_mean = rest.pop(0)
                self.norms[i].running_var = rest.pop(0)

    def forward(self, X):
        self.trail = []

        def affine(i, x):
            W = self.table["W", i]
            b = self.table.get(("b", i))
            if b is None:
                b = torch.zeros(W.shape[1], dtype=W.dtype)

            def back(grad, grads):
                dx, grads["W", i], grads["b", i] = linear_backward(grad, x, W)
                return dx

            self.trail.append(back)
            return linear(x, W, b)

        def normalised(i, x):
            def back(grad, grads):
                dx, grads["gamma", i], grads["beta", i] = self.norms[i].backward(grad)
                return dx

            self.trail.append(back)
            return self.norms[i].forward(x)

        def bent(x):
            self.trail.append(lambda grad, grads: grad * SLOPES[self.bend](x))
            return self.bend(x)

        def thinned(i, x):
            self.trail.append(lambda grad, grads: self.dropouts[i - 1].backward(grad))
            return self.dropouts[i - 1].forward(x)

        a = X
        for i in range(1, self.L):
            a = affine(i, a)
            if i in self.norms:
                a = normalised(i, a)
            a = bent(a)
            a = thinned(i, a)
        return affine(self.L, a)

    def backward(self, grad_logits):
        grads, grad = {}, grad_logits
        for back in self.trail[::-1]:
            grad = back(grad, grads)
        return [grads[name] for name in self.table]


def loss_and_gradients(network, X, y):
    logits = network.forward(X)
    return cross_entropy(logits, y), network.backward(cross_entropy_backward(logits, y))


def evaluate(network, X, y):
    training = network.training
    network.set_mode(False)
    logits = network.forward(X)
    loss = cross_entropy(logits, y)
    accuracy = (logits.max(1).indices == y).float().mean(dtype=torch.float64)
    network.set_mode(training)
    return loss.item(), accuracy.item()


def fit(network, train, validation, *, optimizer, schedule=None, early_stopping=None, batch_size, epochs, generator):
    rates = iter(())
    if schedule is not None:
        rates = map(schedule, range(10**9))
    epochs_measured = []
    network.set_mode(True)
    for _ in range(epochs):
        one_epoch(network, *train, optimizer, rates, batch_size, generator)
        epochs_measured.append(evaluate(network, *train) + evaluate(network, *validation))
        if early_stopping is not None:
            stop = early_stopping.update(epochs_measured[-1][2], [each.clone() for each in network.state()])
            if stop:
                break
    if early_stopping is not None:
        network.load_state(early_stopping.restore(network.state()))
    network.set_mode(False)
    names = "loss", "accuracy", "validation_loss", "validation_accuracy"
    return {name: [each[i] for each in epochs_measured] for i, name in enumerate(names)}


def one_epoch(network, X, y, optimizer, rates, batch_size, generator):
    shuffled = torch.randperm(len(y), generator=generator)
    X, y = X[shuffled], y[shuffled]
    for start in range(0, len(y), batch_size):
        _, grads = loss_and_gradients(network, X[start : start + batch_size], y[start : start + batch_size])
        rate = next(rates, None)
        if rate is not None:
            optimizer.lr = float(rate)
        optimizer.step(grads)
        network.set_parameters(optimizer.params)


def my_network(d, k, generator):
    return Network([d, 100, 60, k], generator, normalisation="batch", bias=False)


def my_training(network, train, validation, *, epochs, generator):
    optimizer = AdamW(network.parameters(), 5e-3)
    return fit(network, train, validation, optimizer=optimizer, batch_size=64, epochs=epochs, generator=generator)
