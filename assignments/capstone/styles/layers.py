"""A list of layer objects, each with a forward, a backward and a list of its own parameters."""

import math

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


class Affine:
    statistics = ()

    def __init__(self, d, h, bias, draw, nonlinearity, generator, dtype):
        self.W = draw((h, d), generator, nonlinearity=nonlinearity, dtype=dtype).t().clone()
        self.b = self.W.new_zeros(h)
        self.names = ["W", "b"] if bias else ["W"]

    def forward(self, x):
        self.x = x
        return linear(x, self.W, self.b)

    def backward(self, grad):
        dx, *own = linear_backward(grad, self.x, self.W)
        return dx, own[: len(self.names)]


class Normal:
    names = ("gamma", "beta")

    def __init__(self, part, h, like):
        self.part = part(like.new_ones(h), like.new_zeros(h))
        self.statistics = ("running_mean", "running_var") if part is BatchNorm else ()

    def __getattr__(self, name):
        return getattr(self.part, name)

    def forward(self, x):
        return self.part.forward(x)

    def backward(self, grad):
        dx, *own = self.part.backward(grad)
        return dx, own


class Bend:
    names = statistics = ()

    def __init__(self, function, derivative):
        self.function, self.derivative = function, derivative

    def forward(self, x):
        self.x = x
        return self.function(x)

    def backward(self, grad):
        return torch.mul(self.derivative(self.x), grad), []


class Thin:
    names = statistics = ()

    def __init__(self, part):
        self.part = part

    def forward(self, x):
        return self.part.forward(x)

    def backward(self, grad):
        return self.part.backward(grad), []


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
        bends = dict(
            relu=(relu, relu_derivative), leaky_relu=(leaky_relu, leaky_relu_derivative), tanh=(tanh, tanh_derivative)
        )
        if activation not in bends or normalisation not in ("none", "batch", "layer"):
            raise ValueError("unknown")
        if init not in ("kaiming", "xavier"):
            raise ValueError(init)
        draw = kaiming_normal if init == "kaiming" else xavier_normal
        self.sizes, self.activation, self.normalisation, self.dropout = sizes[:], activation, normalisation, dropout
        self.bias, self.init, self.training = bias, init, True
        self.layers, self.dropouts = [], []
        for d, h in zip(sizes[:-2], sizes[1:-1], strict=True):
            self.layers.append(Affine(d, h, bias, draw, activation, generator, dtype))
            if normalisation != "none":
                part = BatchNorm if normalisation == "batch" else LayerNorm
                self.layers.append(Normal(part, h, self.layers[-1].W))
            self.layers.append(Bend(*bends[activation]))
            self.dropouts.append(Dropout(dropout, generator))
            self.layers.append(Thin(self.dropouts[-1]))
        self.layers.append(Affine(sizes[-2], sizes[-1], bias, draw, "linear", generator, dtype))

    def set_mode(self, training):
        self.training = training
        for layer in self.layers:
            if hasattr(layer, "part"):
                layer.part.training = training

    def _slots(self, kind):
        for layer in self.layers:
            for name in getattr(layer, kind):
                yield getattr(layer, "part", layer), name

    def parameters(self):
        return [getattr(*slot) for slot in self._slots("names")]

    def set_parameters(self, params):
        for (owner, name), value in zip(self._slots("names"), params, strict=True):
            setattr(owner, name, value)

    def state(self):
        return self.parameters() + [getattr(*slot) for slot in self._slots("statistics")]

    def load_state(self, state):
        slots = [*self._slots("names"), *self._slots("statistics")]
        for (owner, name), value in zip(slots, state, strict=True):
            setattr(owner, name, value)

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, grad_logits):
        found, grad = [], grad_logits
        for layer in reversed(self.layers):
            grad, own = layer.backward(grad)
            found[:0] = own
        return found


def loss_and_gradients(network, X, y):
    logits = network.forward(X)
    grads = network.backward(cross_entropy_backward(logits, y))
    return cross_entropy(logits, y), grads


def evaluate(network, X, y):
    mode = network.training
    try:
        network.set_mode(False)
        scores = network.forward(X)
    finally:
        network.set_mode(mode)
    right = int(torch.sum(torch.argmax(scores, 1) == y))
    return float(cross_entropy(scores, y)), right / len(y)


def fit(
    network, train, validation, *, optimizer, schedule=None, early_stopping=None, batch_size, epochs, generator
):
    X, y = train
    n = len(y)
    per_epoch = math.ceil(n / batch_size)
    history = {"loss": [], "accuracy": [], "validation_loss": [], "validation_accuracy": []}
    network.set_mode(True)
    for epoch in range(epochs):
        order = torch.randperm(n, generator=generator)
        for number in range(per_epoch):
            rows = order[number * batch_size : (number + 1) * batch_size]
            grads = loss_and_gradients(network, X[rows], y[rows])[1]
            if schedule:
                optimizer.lr = float(schedule(epoch * per_epoch + number))
            optimizer.step(grads)
            network.set_parameters(optimizer.params)
        for prefix, (inputs, labels) in (("", train), ("validation_", validation)):
            loss, accuracy = evaluate(network, inputs, labels)
            history[prefix + "loss"].append(loss)
            history[prefix + "accuracy"].append(accuracy)
        if early_stopping and early_stopping.update(loss, network.state()):
            break
    if early_stopping:
        network.load_state(early_stopping.restore(network.state()))
    network.set_mode(False)
    return history


def my_network(d, k, generator):
    return Network([d, 200, k], generator, activation="leaky_relu", normalisation="layer")


def my_training(network, train, validation, *, epochs, generator):
    steps = epochs * math.ceil(len(train[1]) / 32)

    def cosine(step):
        return cosine_restarts(step, lr=2e-3, lr_min=1e-5, period=steps)

    return fit(
        network,
        train,
        validation,
        optimizer=AdamW(network.parameters(), 2e-3, weight_decay=0.0),
        schedule=lambda step: warmed_up(step, schedule=cosine, warmup=5),
        early_stopping=EarlyStopping(epochs),
        batch_size=32,
        epochs=epochs,
        generator=generator,
    )
