"""Sums as products with a row of ones, and the gradient as one formula over n times the deviation."""

import torch


def _sums(x):
    """Column sums of a matrix."""
    return x.new_ones(len(x)) @ x


def batch_statistics(x):
    # The first row is a good enough centre: what is left of the mean is small beside the spread.
    shifted = x - x[0]
    rest = _sums(shifted) / len(x)
    deviations = shifted - rest
    return x[0] + rest, torch.einsum("nd,nd->d", deviations, deviations) / len(x)


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    mean, var = batch_statistics(x)
    slope = gamma / torch.sqrt(eps + var)
    return torch.addcmul(beta, x - mean, slope)


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    n = x.shape[0]
    mean, var = batch_statistics(x)
    deviation = (var + eps) ** 0.5
    x_hat = (x - mean) / deviation
    dgamma, dbeta = torch.einsum("nd,nd->d", grad_out, x_hat), _sums(grad_out)
    return gamma / (n * deviation) * (n * grad_out - dbeta - x_hat * dgamma), dgamma, dbeta


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5, momentum=0.1):
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = torch.zeros_like(gamma), torch.ones_like(gamma)
        self.training = True

    def _line(self):
        """Slope and centre of the straight line that evaluation mode is."""
        return self.gamma * (self.running_var + self.eps) ** -0.5, self.running_mean

    def forward(self, x):
        self.seen = x
        if self.training:
            both = torch.stack(batch_statistics(x))
            both[1] *= len(x) / (len(x) - 1)
            old = torch.stack([self.running_mean, self.running_var])
            self.running_mean, self.running_var = torch.lerp(old, both, self.momentum)
            return batch_norm_forward(x, self.gamma, self.beta, self.eps)
        slope, centre = self._line()
        return slope * (x - centre) + self.beta

    def backward(self, grad_out):
        if self.training:
            return batch_norm_backward(grad_out, self.seen, self.gamma, self.eps)
        slope, centre = self._line()
        scaled = (self.seen - centre) / torch.sqrt(self.running_var + self.eps)
        return grad_out * slope, torch.diagonal(grad_out.T @ scaled).clone(), _sums(grad_out)


class BatchNorm2d(BatchNorm):
    def forward(self, x):
        n, c, h, w = x.shape
        rows = x.movedim(1, 3).flatten(0, 2)
        return super().forward(rows).unflatten(0, (n, h, w)).movedim(3, 1)

    def backward(self, grad_out):
        n, c, h, w = grad_out.shape
        dx, *others = super().backward(grad_out.movedim(1, 3).flatten(0, 2))
        return (dx.unflatten(0, (n, h, w)).movedim(3, 1), *others)


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
        self.trace = []
        for W, norm in zip(self.weights, self.norms):
            z = norm.forward(X @ W)
            self.trace.append((X, z > 0))
            X = z * (z > 0)
        self.trace.append((X, None))
        return torch.addmm(self.bias, X, self.weights[-1])

    def backward(self, grad_logits):
        grads = {"weights": [], "gamma": [], "beta": [], "bias": grad_logits.sum(0)}
        signal = grad_logits
        for (entered, _), W, norm, (_, was_open) in zip(
            self.trace[:0:-1], self.weights[:0:-1], self.norms[::-1], self.trace[-2::-1]
        ):
            grads["weights"].append(entered.T @ signal)
            signal, dgamma, dbeta = norm.backward(signal @ W.T * was_open)
            grads["gamma"].append(dgamma)
            grads["beta"].append(dbeta)
        grads["weights"].append(self.trace[0][0].T @ signal)
        return {name: g[::-1] if isinstance(g, list) else g for name, g in grads.items()}


def _probabilities(logits):
    return torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))


def train(network, X, y, *, lr, epochs, batch_size, generator=None):
    network.set_training(True)
    truth = torch.eye(network.weights[-1].shape[1], dtype=X.dtype, device=X.device)[y]
    for _ in range(epochs):
        keys = torch.arange(len(X), dtype=torch.float64)
        if generator is not None:
            keys = torch.rand(len(X), dtype=torch.float64, generator=generator, device=generator.device).cpu()
        for rows in torch.argsort(keys).to(X.device).split(batch_size):
            error = _probabilities(network.forward(X[rows])) - truth[rows]
            grads = network.backward(error / len(rows))
            network.weights = [W - lr * g for W, g in zip(network.weights, grads["weights"])]
            network.bias = network.bias - lr * grads["bias"]
            for norm, dgamma, dbeta in zip(network.norms, grads["gamma"], grads["beta"]):
                norm.gamma, norm.beta = norm.gamma - lr * dgamma, norm.beta - lr * dbeta


def predict(network, X):
    network.set_training(False)
    return network.forward(X).max(1).indices
