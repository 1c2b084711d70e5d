"""Keeps its own tensors for good, and copies what it is given into them; a state is a copy."""

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


class Network:
    def __init__(self, sizes, generator, **settings):
        self.activation, self.normalisation, self.init = "relu", "none", "kaiming"
        self.dropout, self.bias, self.dtype = 0.0, True, torch.float32
        for name, value in settings.items():
            setattr(self, name, value)
        if self.activation == "relu":
            self.f, self.df = relu, relu_derivative
        elif self.activation == "leaky_relu":
            self.f, self.df = leaky_relu, leaky_relu_derivative
        elif self.activation == "tanh":
            self.f, self.df = tanh, tanh_derivative
        else:
            raise ValueError("activation")
        if self.normalisation not in {"none", "batch", "layer"}:
            raise ValueError("normalisation")
        if self.init not in {"kaiming", "xavier"}:
            raise ValueError("init")
        self.sizes = [*sizes]
        self.training = True
        self.depth = len(sizes) - 1
        self.dropouts = [Dropout(self.dropout, generator) for _ in range(self.depth - 1)]
        self.W, self.b, self.norms = [], [], []
        for i in range(self.depth):
            draw = xavier_normal if self.init == "xavier" else kaiming_normal
            gain_of = self.activation if i + 1 < self.depth else "linear"
            self.W.append(torch.empty(sizes[i], sizes[i + 1], dtype=self.dtype))
            self.W[i].copy_(draw((sizes[i + 1], sizes[i]), generator, nonlinearity=gain_of, dtype=self.dtype).t())
            self.b.append(torch.zeros(sizes[i + 1], dtype=self.dtype))
            if i + 1 < self.depth and self.normalisation != "none":
                one, zero = torch.ones_like(self.b[i]), torch.zeros_like(self.b[i])
                self.norms.append(BatchNorm(one, zero) if self.normalisation == "batch" else LayerNorm(one, zero))

    def set_mode(self, training):
        self.training = training
        for norm in self.norms:
            norm.training = training
        for dropout in self.dropouts:
            dropout.training = training

    def parameters(self):
        found = []
        for i in range(self.depth):
            found += [self.W[i], self.b[i]] if self.bias else [self.W[i]]
            if self.norms and i < self.depth - 1:
                found += [self.norms[i].gamma, self.norms[i].beta]
        return found

    def set_parameters(self, params):
        for mine, new in zip(self.parameters(), params, strict=True):
            mine.copy_(new)

    def _running(self):
        if self.normalisation != "batch":
            return []
        return [each for norm in self.norms for each in (norm.running_mean, norm.running_var)]

    def state(self):
        return [each.clone() for each in self.parameters() + self._running()]

    def load_state(self, state):
        n = len(self.parameters())
        self.set_parameters(state[:n])
        if self.normalisation == "batch":
            for i, norm in enumerate(self.norms):
                norm.running_mean = state[n + 2 * i].clone()
                norm.running_var = state[n + 2 * i + 1].clone()

    def forward(self, X):
        self.into, self.before = [], []
        a = X
        for i in range(self.depth - 1):
            self.into.append(a)
            z = linear(a, self.W[i], self.b[i])
            if self.norms:
                z = self.norms[i].forward(z)
            self.before.append(z)
            a = self.dropouts[i].forward(self.f(z))
        self.into.append(a)
        return linear(a, self.W[-1], self.b[-1])

    def backward(self, grad_logits):
        own = [[] for _ in range(self.depth)]
        grad, dW, db = linear_backward(grad_logits, self.into[-1], self.W[-1])
        own[-1] = [dW, db]
        for i in range(self.depth - 2, -1, -1):
            grad = self.dropouts[i].backward(grad)
            grad = self.df(self.before[i]) * grad
            around = []
            if self.norms:
                grad, *around = self.norms[i].backward(grad)
            grad, dW, db = linear_backward(grad, self.into[i], self.W[i])
            own[i] = [dW, db, *around]
        if not self.bias:
            for of_layer in own:
                of_layer.pop(1)
        return sum(own, [])


def loss_and_gradients(network, X, y):
    logits = network.forward(X)
    loss = cross_entropy(logits, y)
    return loss, network.backward(cross_entropy_backward(logits, y))


def evaluate(network, X, y):
    was_training = network.training
    if was_training:
        network.set_mode(False)
    logits = network.forward(X)
    if was_training:
        network.set_mode(True)
    hits = [int(row.argmax()) == int(label) for row, label in zip(logits, y, strict=True)]
    return cross_entropy(logits, y).item(), sum(hits) / len(hits)


def fit(
    network, train, validation, *, optimizer, schedule=None, early_stopping=None, batch_size, epochs, generator
):
    lists = [], [], [], []
    steps, epoch, stopped = 0, 0, False
    while epoch < epochs and not stopped:
        network.set_mode(True)
        order = torch.randperm(train[0].shape[0], generator=generator).tolist()
        while order:
            rows, order = order[:batch_size], order[batch_size:]
            _, grads = loss_and_gradients(network, train[0][rows], train[1][rows])
            optimizer.lr = optimizer.lr if schedule is None else float(schedule(steps))
            optimizer.step(grads)
            network.set_parameters(optimizer.params)
            steps += 1
        network.set_mode(False)
        for found, value in zip(lists, evaluate(network, *train) + evaluate(network, *validation), strict=True):
            found.append(value)
        if early_stopping is not None:
            stopped = early_stopping.update(lists[2][-1], network.state())
        epoch += 1
    if early_stopping is not None:
        network.load_state(early_stopping.restore(network.state()))
    network.set_mode(False)
    return dict(zip(("loss", "accuracy", "validation_loss", "validation_accuracy"), lists, strict=True))


def my_network(d, k, generator):
    return Network([d, 128, k], generator, activation="tanh", normalisation="batch", init="xavier")


def my_training(network, train, validation, *, epochs, generator):
    optimizer = SGD(network.parameters(), 0.3)
    return fit(
        network, train, validation, optimizer=optimizer, batch_size=50, epochs=epochs, generator=generator
    )
