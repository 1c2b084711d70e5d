"""Copies, changed in place; the running statistics and the parameters too."""

import torch


def batch_statistics(x):
    mean = x.mean(0)
    squares = x.clone().sub_(mean).pow_(2)
    return mean, squares.sum(0).div_(len(x))


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    mean, var = batch_statistics(x)
    out = x.clone()
    out -= mean
    out /= var.add_(eps).sqrt_()
    out *= gamma
    out += beta
    return out


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    n = len(x)
    mean, var = batch_statistics(x)
    std = var.add_(eps).sqrt_()
    x_hat = x.clone().sub_(mean).div_(std)
    dbeta = grad_out.sum(0)
    dgamma = x_hat.clone().mul_(grad_out).sum(0)
    dx = grad_out.clone()
    dx -= dbeta / n
    dx -= x_hat.mul_(dgamma / n)
    dx *= gamma
    dx /= std
    return dx, dgamma, dbeta


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5, momentum=0.1):
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = torch.zeros_like(gamma), torch.ones_like(gamma)
        self.training = True

    def forward(self, x):
        self.kept = x
        if self.training:
            mean, var = batch_statistics(x)
            var *= len(x) / (len(x) - 1)
            self.running_mean.mul_(1 - self.momentum).add_(mean, alpha=self.momentum)
            self.running_var.mul_(1 - self.momentum).add_(var, alpha=self.momentum)
            return batch_norm_forward(x, self.gamma, self.beta, self.eps)
        out = torch.sub(x, self.running_mean)
        out /= torch.add(self.running_var, self.eps).sqrt_()
        return out.mul_(self.gamma).add_(self.beta)

    def backward(self, grad_out):
        if self.training:
            return batch_norm_backward(grad_out, self.kept, self.gamma, self.eps)
        std = torch.add(self.running_var, self.eps).sqrt_()
        dx = torch.mul(grad_out, self.gamma).div_(std)
        dgamma = torch.sub(self.kept, self.running_mean).div_(std).mul_(grad_out).sum(0)
        return dx, dgamma, grad_out.sum(0)


class BatchNorm2d(BatchNorm):
    def forward(self, x):
        pixels = x.transpose(1, 3)
        out = torch.empty_like(x)
        out.transpose(1, 3).copy_(super().forward(pixels.reshape(-1, x.shape[1])).view(pixels.shape))
        return out

    def backward(self, grad_out):
        pixels = grad_out.transpose(1, 3)
        rows, dgamma, dbeta = super().backward(pixels.reshape(-1, grad_out.shape[1]))
        dx = torch.empty_like(grad_out)
        dx.transpose(1, 3).copy_(rows.view(pixels.shape))
        return dx, dgamma, dbeta


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
        self.activations = [X]
        for i, norm in enumerate(self.norms):
            out = norm.forward(self.activations[i] @ self.weights[i])
            self.activations.append(out.relu_())
        return (self.activations[-1] @ self.weights[-1]).add_(self.bias)

    def backward(self, grad_logits):
        grads = {"weights": [], "gamma": [], "beta": [], "bias": grad_logits.sum(0)}
        grad = grad_logits
        for i in range(len(self.weights) - 1, 0, -1):
            grads["weights"].append(self.activations[i].T @ grad)
            grad = grad @ self.weights[i].T
            grad.masked_fill_(self.activations[i] == 0, 0)
            grad, dgamma, dbeta = self.norms[i - 1].backward(grad)
            grads["gamma"].append(dgamma)
            grads["beta"].append(dbeta)
        grads["weights"].append(self.activations[0].T @ grad)
        for name in ("weights", "gamma", "beta"):
            grads[name].reverse()
        return grads


def train(network, X, y, *, lr, epochs, batch_size, generator=None):
    network.set_training(True)
    order = torch.arange(len(X), device=X.device)
    for _ in range(epochs):
        if generator is not None:
            # Fisher and Yates, on the order that is there
            for last in range(len(X) - 1, 0, -1):
                other = torch.randint(last + 1, (1,), generator=generator, device=generator.device).item()
                order[[last, other]] = order[[other, last]]
        for rows in order.split(batch_size):
            logits = network.forward(X[rows])
            logits -= logits.max(1, keepdim=True).values
            grad = logits.exp_()
            grad /= grad.sum(1, keepdim=True)
            grad.scatter_add_(1, y[rows, None], grad.new_full((len(rows), 1), -1))
            grads = network.backward(grad.div_(len(rows)))
            for W, dW in zip(network.weights, grads["weights"]):
                W.sub_(dW, alpha=lr)
            network.bias.sub_(grads["bias"], alpha=lr)
            for norm, dgamma, dbeta in zip(network.norms, grads["gamma"], grads["beta"]):
                norm.gamma.sub_(dgamma, alpha=lr)
                norm.beta.sub_(dbeta, alpha=lr)


def predict(network, X):
    network.set_training(False)
    return network.forward(X).sort(dim=1, descending=True, stable=True).indices[:, 0]
