# Assignment 2 - Jonas

import torch
from torch import Tensor


def logsumexp(logits):
    c = torch.max(logits, dim=1, keepdim=True).values
    return c + torch.log(torch.sum(torch.exp(logits - c), dim=1, keepdim=True))


def logsumexp_backward(grad, logits):
    return grad.reshape(-1, 1) * softmax(logits)


def softmax(logits):
    c = torch.max(logits, dim=1, keepdim=True).values
    T = torch.exp(logits - c)
    return T / torch.sum(T, dim=1, keepdim=True)


def softmax_backward(grad, probs):
    return probs * (grad - torch.sum(grad * probs, dim=1, keepdim=True))


def log_softmax(logits):
    return logits - logsumexp(logits)


def log_softmax_backward(grad, log_probs):
    return grad - torch.exp(log_probs) * torch.sum(grad, dim=1, keepdim=True)


def cross_entropy(logits, labels):
    m = logits.shape[0]
    return -torch.sum(torch.gather(log_softmax(logits), 1, labels.reshape(-1, 1)), dim=0, keepdim=True) / m


def cross_entropy_backward(logits, labels):
    m, k = logits.shape
    Y = torch.zeros(m, k, dtype=logits.dtype)
    Y[torch.arange(m), labels] = 1
    return (softmax(logits) - Y) / m


def linear(X, W, b):
    return torch.mm(X, W) + b


def linear_backward(grad, X, W):
    dX = torch.mm(grad, W.T)
    dW = torch.mm(X.T, grad)
    db = torch.sum(grad, dim=0, keepdim=True)
    return dX, dW, db


def relu(z):
    return torch.maximum(torch.zeros_like(z), z)


def relu_backward(grad, z):
    dZ = grad.clone()
    dZ[z <= 0] = 0
    return dZ


def mse(predictions, targets):
    return torch.sum((predictions - targets) ** 2) / predictions.numel()


def mse_backward(predictions, targets):
    return 2 / predictions.numel() * (predictions - targets)


def init_params(
    sizes: list[int], generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> list[tuple[Tensor, Tensor]]:
    """Random start of a multilayer perceptron: weights uniform within 1/sqrt(d), biases 0.

    Args:
        sizes: widths from the features to the classes, for instance [784, 256, 10].
        generator: source of the random numbers; the parameters live on its device.
        dtype: floating-point type of the parameters.
    Returns:
        list of one (W, b) per layer, W: [d, h] and b: [h] for neighbouring widths d, h.
    Source: LeCun, Bottou, Orr, Müller, Efficient BackProp (1998), section 4.6, up to a constant.
    """
    like = {"dtype": dtype, "device": generator.device}
    params = []
    for d, h in zip(sizes[:-1], sizes[1:], strict=True):
        W = (2 * torch.rand(d, h, generator=generator, **like) - 1) / d**0.5
        params.append((W, torch.zeros(h, **like)))
    return params


def mlp_forward(X, params):
    A = X
    caches = [A]
    for W, b in params[:-1]:
        A = relu(linear(A, W, b))
        caches.append(A)
    return linear(A, params[-1][0], params[-1][1]), caches


def mlp_backward(grad, inputs, params):
    grads = []
    for l in reversed(range(len(params))):
        dA, dW, db = linear_backward(grad, inputs[l], params[l][0])
        grads = [(dW, db.reshape(-1))] + grads  # b has to stay (h,) or the update complains
        grad = relu_backward(dA, inputs[l])
    return grads


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    m = X.shape[0]
    n_batches = (m + batch_size - 1) // batch_size
    t = 0
    for epoch in range(epochs):
        if generator is None:
            p = torch.arange(m)
        else:
            p = torch.randperm(m, generator=generator, device=generator.device)
        for k in range(n_batches):
            batch = p[k * batch_size:(k + 1) * batch_size]
            Z, caches = mlp_forward(X[batch], params)
            grads = mlp_backward(cross_entropy_backward(Z, y[batch]), caches, params)
            alpha = lr * (1 - t / (epochs * n_batches))
            params = [(W - alpha * dW, b - alpha * db) for (W, b), (dW, db) in zip(params, grads)]
            t += 1
    return params


def predict(X, params):
    Z, _ = mlp_forward(X, params)
    return torch.argmax(Z, dim=1)
