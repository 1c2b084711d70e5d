"""The arithmetic in numpy; tensors come in and go out."""

import numpy as np
import torch


def _array(x):
    return x.detach().cpu().numpy()


def _tensor(a, like):
    return torch.from_numpy(np.ascontiguousarray(a)).to(like)


def _moments(a):
    return np.mean(a, axis=0), np.var(a, axis=0)


def _forward(a, gamma, beta, mean, var, eps):
    return gamma * ((a - mean) / np.sqrt(var + eps)) + beta


def _backward(g, a, gamma, eps):
    mean, var = _moments(a)
    std = np.sqrt(var + eps)
    a_hat = (a - mean) / std
    d_hat = g * gamma
    dx = (d_hat - d_hat.mean(axis=0) - a_hat * (d_hat * a_hat).mean(axis=0)) / std
    return dx, (g * a_hat).sum(axis=0), g.sum(axis=0)


def batch_statistics(x):
    return tuple(_tensor(m, x) for m in _moments(_array(x)))


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    a = _array(x)
    return _tensor(_forward(a, _array(gamma), _array(beta), *_moments(a), eps), x)


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    return tuple(_tensor(g, x) for g in _backward(_array(grad_out), _array(x), _array(gamma), eps))


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5, momentum=0.1):
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = torch.zeros_like(gamma), torch.ones_like(gamma)
        self.training = True

    def forward(self, x):
        a = self.a = _array(x)
        mean, var = _array(self.running_mean), _array(self.running_var)
        if self.training:
            m = self.momentum
            self.running_mean = _tensor((1 - m) * mean + m * a.mean(axis=0), x)
            self.running_var = _tensor((1 - m) * var + m * a.var(axis=0, ddof=1), x)
            mean, var = _moments(a)
        return _tensor(_forward(a, _array(self.gamma), _array(self.beta), mean, var, self.eps), x)

    def backward(self, grad_out):
        g, gamma = _array(grad_out), _array(self.gamma)
        if self.training:
            found = _backward(g, self.a, gamma, self.eps)
        else:
            std = np.sqrt(_array(self.running_var) + self.eps)
            a_hat = (self.a - _array(self.running_mean)) / std
            found = g * gamma / std, (g * a_hat).sum(axis=0), g.sum(axis=0)
        return tuple(_tensor(part, grad_out) for part in found)


class BatchNorm2d(BatchNorm):
    def forward(self, x):
        c = x.shape[1]
        rows = np.moveaxis(_array(x), 1, -1)
        out = super().forward(_tensor(rows.reshape(-1, c), x))
        return _tensor(np.moveaxis(_array(out).reshape(rows.shape), -1, 1), x)

    def backward(self, grad_out):
        c = grad_out.shape[1]
        rows = np.moveaxis(_array(grad_out), 1, -1)
        dx, dgamma, dbeta = super().backward(_tensor(rows.reshape(-1, c), grad_out))
        return _tensor(np.moveaxis(_array(dx).reshape(rows.shape), -1, 1), grad_out), dgamma, dbeta


class Network:
    def __init__(self, weights, batch_norm=True):
        widths = [W.shape[1] for W in weights]
        self.weights = [W.clone() for W in weights]
        self.norms = [BatchNorm(weights[0].new_ones(h), weights[0].new_zeros(h)) for h in widths[:-1]]
        self.bias = weights[0].new_zeros(widths[-1])
        self.batch_norm = batch_norm
        self.set_training(True)

    def set_training(self, training):
        for norm in self.norms:
            norm.training = training and self.batch_norm

    def forward(self, X):
        self.layers = [_array(X)]
        for W, norm in zip(self.weights[:-1], self.norms):
            z = norm.forward(_tensor(self.layers[-1] @ _array(W), X))
            self.layers.append(np.maximum(_array(z), 0))
        return _tensor(self.layers[-1] @ _array(self.weights[-1]) + _array(self.bias), X)

    def backward(self, grad_logits):
        g, like = _array(grad_logits), grad_logits
        result = {"weights": [_tensor(self.layers[-1].T @ g, like)], "gamma": [], "beta": []}
        result["bias"] = _tensor(g.sum(axis=0), like)
        for i in range(len(self.norms) - 1, -1, -1):
            g = g @ _array(self.weights[i + 1]).T
            g[self.layers[i + 1] <= 0] = 0
            dz, dgamma, dbeta = self.norms[i].backward(_tensor(g, like))
            g = _array(dz)
            result["weights"] = [_tensor(self.layers[i].T @ g, like), *result["weights"]]
            result["gamma"], result["beta"] = [dgamma, *result["gamma"]], [dbeta, *result["beta"]]
        return result


def train(network, X, y, *, lr, epochs, batch_size, generator=None):
    network.set_training(True)
    labels = _array(y)
    for _ in range(epochs):
        order = np.arange(len(labels))
        if generator is not None:
            # numpy shuffles, with a seed of its own from the generator for every epoch
            seed = torch.randint(2**31, (1,), generator=generator, device=generator.device).item()
            order = np.random.default_rng(seed).permutation(order)
        for begin in range(0, len(order), batch_size):
            rows = order[begin : begin + batch_size]
            logits = _array(network.forward(X[torch.from_numpy(rows).to(X.device)]))
            exps = np.exp(logits - logits.max(axis=1, keepdims=True))
            error = exps / exps.sum(axis=1, keepdims=True)
            error[np.arange(len(rows)), labels[rows]] -= 1
            grads = network.backward(_tensor(error / len(rows), X))
            network.weights = [W - lr * g for W, g in zip(network.weights, grads["weights"])]
            network.bias = network.bias - lr * grads["bias"]
            for norm, dgamma, dbeta in zip(network.norms, grads["gamma"], grads["beta"]):
                norm.gamma, norm.beta = norm.gamma - lr * dgamma, norm.beta - lr * dbeta


def predict(network, X):
    network.set_training(False)
    return torch.from_numpy(np.argmax(_array(network.forward(X)), axis=1))
