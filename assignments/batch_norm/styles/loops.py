"""A loop over the features, one column at a time, and loops over the layers."""

import math

import torch


def batch_statistics(x):
    n, d = x.shape
    mean, var = x.new_zeros(d), x.new_zeros(d)
    for j in range(d):
        mean[j] = x[:, j].sum() / n
        distance = x[:, j] - mean[j]
        var[j] = (distance * distance).sum() / n
    return mean, var


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    mean, var = batch_statistics(x)
    columns = []
    for j in range(x.shape[1]):
        x_hat = (x[:, j] - mean[j]) / math.sqrt(var[j].item() + eps)
        columns.append(gamma[j] * x_hat + beta[j])
    return torch.stack(columns, dim=1)


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    n, d = x.shape
    mean, var = batch_statistics(x)
    dx, dgamma, dbeta = torch.zeros_like(x), torch.zeros_like(gamma), torch.zeros_like(gamma)
    for j in range(d):
        g, centred = grad_out[:, j], x[:, j] - mean[j]
        inside = var[j].item() + eps
        dgamma[j] = (g * centred).sum() / math.sqrt(inside)
        dbeta[j] = g.sum()
        # The three paths, each by itself.
        through_x_hat = g * gamma[j]
        direct = through_x_hat / math.sqrt(inside)
        dvar = (through_x_hat * centred).sum() * -0.5 * inside**-1.5
        dmean = -direct.sum() - 2 * dvar * centred.sum() / n
        dx[:, j] = direct + dvar * 2 * centred / n + dmean / n
    return dx, dgamma, dbeta


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5, momentum=0.1):
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = torch.zeros_like(gamma), torch.ones_like(gamma)
        self.training = True

    def forward(self, x):
        self.last_input = x
        if self.training:
            mean, var = batch_statistics(x)
            n = x.shape[0]
            for j in range(x.shape[1]):
                self.running_mean[j] += self.momentum * (mean[j] - self.running_mean[j])
                self.running_var[j] += self.momentum * (var[j] * n / (n - 1) - self.running_var[j])
            return batch_norm_forward(x, self.gamma, self.beta, self.eps)
        out = torch.zeros_like(x)
        for j in range(x.shape[1]):
            root = math.sqrt(self.running_var[j].item() + self.eps)
            out[:, j] = (x[:, j] - self.running_mean[j]) / root * self.gamma[j] + self.beta[j]
        return out

    def backward(self, grad_out):
        x = self.last_input
        if self.training:
            return batch_norm_backward(grad_out, x, self.gamma, self.eps)
        dx, dgamma, dbeta = torch.zeros_like(x), torch.zeros_like(self.gamma), torch.zeros_like(self.beta)
        for j in range(x.shape[1]):
            root = math.sqrt(self.running_var[j].item() + self.eps)
            dx[:, j] = grad_out[:, j] * (self.gamma[j] / root)
            dgamma[j] = (grad_out[:, j] * (x[:, j] - self.running_mean[j])).sum() / root
            dbeta[j] = grad_out[:, j].sum()
        return dx, dgamma, dbeta


class BatchNorm2d(BatchNorm):
    def forward(self, x):
        n, c, h, w = x.shape
        rows = torch.stack([x[:, j].reshape(-1) for j in range(c)], dim=1)
        out = BatchNorm.forward(self, rows)
        return torch.stack([out[:, j].reshape(n, h, w) for j in range(c)], dim=1)

    def backward(self, grad_out):
        n, c, h, w = grad_out.shape
        rows = torch.stack([grad_out[:, j].reshape(-1) for j in range(c)], dim=1)
        dx, dgamma, dbeta = BatchNorm.backward(self, rows)
        return torch.stack([dx[:, j].reshape(n, h, w) for j in range(c)], dim=1), dgamma, dbeta


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
        self.hidden = [X]
        for i in range(len(self.norms)):
            z = self.norms[i].forward(self.hidden[i] @ self.weights[i])
            self.hidden.append(torch.where(z > 0, z, torch.zeros_like(z)))
        return self.hidden[-1] @ self.weights[-1] + self.bias

    def backward(self, grad_logits):
        layers = len(self.norms)
        weights, gamma, beta = [None] * (layers + 1), [None] * layers, [None] * layers
        weights[layers] = self.hidden[layers].T @ grad_logits
        grad = grad_logits @ self.weights[layers].T
        for i in range(layers - 1, -1, -1):
            grad = torch.where(self.hidden[i + 1] > 0, grad, torch.zeros_like(grad))
            grad, gamma[i], beta[i] = self.norms[i].backward(grad)
            weights[i] = self.hidden[i].T @ grad
            grad = grad @ self.weights[i].T
        return {"weights": weights, "bias": grad_logits.sum(0), "gamma": gamma, "beta": beta}


def train(network, X, y, *, lr, epochs, batch_size, generator=None):
    network.set_training(True)
    n = len(X)
    for _epoch in range(epochs):
        order = list(range(n))
        if generator is not None:
            order = torch.rand(n, generator=generator, device=generator.device).argsort().tolist()
        for start in range(0, n, batch_size):
            rows = order[start : start + batch_size]
            logits = network.forward(X[rows])
            largest = logits.max(dim=1, keepdim=True).values
            e = torch.exp(logits - largest)
            grad = e / e.sum(dim=1, keepdim=True)
            for c in range(logits.shape[1]):
                grad[:, c] -= (y[rows] == c).to(grad)
            grads = network.backward(grad / len(rows))
            for i in range(len(network.weights)):
                network.weights[i] = network.weights[i] - lr * grads["weights"][i]
            for i in range(len(network.norms)):
                network.norms[i].gamma = network.norms[i].gamma - lr * grads["gamma"][i]
                network.norms[i].beta = network.norms[i].beta - lr * grads["beta"][i]
            network.bias = network.bias - lr * grads["bias"]


def predict(network, X):
    network.set_training(False)
    logits = network.forward(X)
    best, classes = logits[:, 0], torch.zeros(len(X), dtype=torch.int64, device=X.device)
    for c in range(1, logits.shape[1]):
        classes[logits[:, c] > best] = c
        best = torch.maximum(best, logits[:, c])
    return classes
