"""The same functions by other formulas: each from its neighbours, products with ones, masks."""

import math

import torch


def tanh(z):
    # expm1 keeps its digits near 0.
    t = torch.expm1(-2 * torch.abs(z))
    return -torch.sign(z) * t / (t + 2)


def tanh_derivative(z):
    a = tanh(z)
    return (1 - a) * (1 + a)


def logistic(z, steepness=1.0):
    return 0.5 + 0.5 * tanh(z * steepness / 2)


def logistic_derivative(z, steepness=1.0):
    a = logistic(z, steepness)
    return steepness * a * (1 - a)


def arctan(z):
    return torch.arctan(z * math.pi / 2) / (math.pi / 2)


def arctan_derivative(z):
    angle = arctan(z) * math.pi / 2
    return torch.cos(angle) ** 2


def algebraic(z):
    return z / torch.sqrt(z * z + 1)


def algebraic_derivative(z):
    root = torch.sqrt(z * z + 1)
    return 1 / root**3


def softsign(z):
    return torch.sign(z) * (1 - 1 / (1 + z.abs()))


def softsign_derivative(z):
    return (1 - softsign(z).abs()) ** 2


def relu(z):
    return (z + z.abs()) / 2


def relu_derivative(z):
    return torch.heaviside(z, torch.zeros((), dtype=z.dtype, device=z.device))


def leaky_relu(z, leak=0.01):
    return relu(z) - leak * relu(-z)


def leaky_relu_derivative(z, leak=0.01):
    return leak + (1 - leak) * relu_derivative(z)


def elu(z, alpha=1.0):
    below = torch.minimum(z, torch.zeros_like(z))
    return relu(z) + alpha * (torch.exp(below) - 1)


def elu_derivative(z, alpha=1.0):
    slopes = alpha * torch.exp(-relu(-z))
    slopes[z > 0] = 1
    return slopes


def softplus(z):
    return torch.logaddexp(z, z * 0)


def softplus_derivative(z):
    return torch.exp(z - softplus(z))


LOSSES = {
    "regression": lambda z, t: (z, torch.linalg.vector_norm(z - t) ** 2 / 2),
    "binary": lambda z, t: (logistic(z), (torch.logaddexp(z, 0 * z) - t * z).sum()),
    "classes": lambda z, t: (
        torch.exp(z - z.logsumexp(1)[:, None]),
        torch.sum(t * (z.logsumexp(1)[:, None] - z)),
    ),
}


def output_layer(task, z, target):
    outputs, total = LOSSES[task](z, target)
    return outputs, total / z.shape[0], torch.sub(outputs, target).div(z.shape[0])


def smooth_labels(target, alpha):
    return torch.lerp(target, torch.full_like(target, 1 / target.shape[-1]), alpha)


def smoothed_cross_entropy(logits, y, alpha):
    n, k = logits.shape
    one_hot = torch.eye(k, dtype=logits.dtype, device=logits.device)[y]
    log_probs = logits - logits.logsumexp(1, keepdim=True)
    # The true class and the mean of all classes, each with its share.
    true = (log_probs * one_hot).sum(1)
    loss = -((1 - alpha) * true + alpha * log_probs.mean(1)).mean()
    return loss, (log_probs.exp() - (1 - alpha) * one_hot - alpha / k) / n


def relu_interpolant(xs, ys):
    order = torch.argsort(xs, descending=True)
    xs, ys = xs[order], ys[order]
    # From the right to the left: a unit looks to the left of its corner.
    slopes = torch.diff(ys) / torch.diff(xs)
    changes = torch.diff(slopes, prepend=torch.zeros_like(slopes[:1]))
    return -torch.ones_like(slopes), xs[:-1], -changes, ys[0]


def dead_share(X, W, b):
    largest = (X @ W + b).max(dim=0).values
    return 1 - (largest > 0).to(X.dtype).mean()


def gradient_scale(activation, derivative, X, weights):
    def behind(h, place):
        """The gradient at h, and the scales from here on."""
        if place == len(weights):
            return torch.ones_like(h), []
        z = h @ weights[place]
        grad, scales = behind(activation(z), place + 1)
        grad = torch.einsum("nk,dk->nd", grad * derivative(z), weights[place])
        return grad, [torch.linalg.vector_norm(grad) / math.sqrt(grad.numel()), *scales]

    return torch.stack(behind(X, 0)[1])


def network_gradients(params, X, target, activation, derivative):
    W1, b1, W2, b2 = params
    z = torch.addmm(b1, X, W1)
    a = activation(z)
    _, loss, error = output_layer("classes", torch.addmm(b2, a, W2), target)
    back = torch.einsum("nk,hk->nh", error, W2).mul(derivative(z))
    ones = X.new_ones(len(X))
    return loss, (X.mT @ back, ones @ back, a.mT @ error, ones @ error)


def train(params, X, target, *, activation, derivative, lr, epochs, batch_size, generator=None):
    params = [p.clone() for p in params]
    for _epoch in range(epochs):
        keys = torch.arange(len(X), dtype=torch.float64)
        if generator is not None:
            keys = torch.rand(len(X), dtype=torch.float64, generator=generator, device=generator.device).cpu()
        for rows in torch.argsort(keys).to(X.device).split(batch_size):
            _, grads = network_gradients(params, X[rows], target[rows], activation, derivative)
            for p, g in zip(params, grads):
                p.add_(g, alpha=-lr)
    return tuple(params)
