"""
Übung 2: Softmax & Backpropagation
Inês
"""
import torch
from torch import Tensor


def logsumexp(logits):
    return torch.log(torch.sum(torch.exp(logits), dim=1))


def logsumexp_backward(grad, logits):
    return grad[:, None] * softmax(logits)


def softmax(logits):
    return torch.exp(logits) / torch.sum(torch.exp(logits), dim=1, keepdim=True)


def softmax_backward(grad, probs):
    s = torch.sum(grad * probs, dim=1, keepdim=True)
    return probs * grad - probs * s


def log_softmax(logits):
    # simply the log of the softmax
    return torch.log(softmax(logits))


def log_softmax_backward(grad, log_probs):
    probs = torch.exp(log_probs)
    return grad - probs * torch.sum(grad, dim=1, keepdim=True)


def cross_entropy(logits, labels):
    logp = log_softmax(logits)
    return -torch.mean(logp[torch.arange(labels.shape[0]), labels])


def cross_entropy_backward(logits, labels):
    onehot = torch.zeros_like(logits)
    onehot[torch.arange(labels.shape[0]), labels] = 1
    return (softmax(logits) - onehot) / labels.shape[0]


def linear(X, W, b):
    return torch.matmul(X, W) + b


def linear_backward(grad, X, W):
    dX = torch.matmul(grad, W.T)
    dW = torch.matmul(X.T, grad)
    db = torch.sum(grad, dim=0)
    return dX, dW, db


def relu(z):
    return torch.maximum(z, torch.tensor(0.0, dtype=z.dtype))


def relu_backward(grad, z):
    mask = (z > 0).type(grad.dtype)
    return grad * mask


def mse(predictions, targets):
    return torch.mean((predictions - targets) ** 2)


def mse_backward(predictions, targets):
    return 2 * (predictions - targets) / predictions.numel()


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
    activations = [X]
    for W, b in params[:-1]:
        activations.append(relu(linear(activations[-1], W, b)))
    W, b = params[-1]
    return linear(activations[-1], W, b), activations


def mlp_backward(grad, inputs, params):
    grads = []
    for i in range(len(params))[::-1]:
        dX, dW, db = linear_backward(grad, inputs[i], params[i][0])
        grads.append((dW, db))
        grad = relu_backward(dX, inputs[i])
    return grads[::-1]


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    n = X.shape[0]
    batches_per_epoch = -(-n // batch_size)
    total = epochs * batches_per_epoch
    t = 0
    for _ in range(epochs):
        perm = torch.arange(n)
        if generator is not None:
            perm = torch.randperm(n, generator=generator, device=generator.device)
        for i in range(batches_per_epoch):
            idx = perm[i * batch_size:(i + 1) * batch_size]
            logits, inputs = mlp_forward(X[idx], params)
            grads = mlp_backward(cross_entropy_backward(logits, y[idx]), inputs, params)
            eta = lr * (1 - t / total)
            params = [(W - eta * dW, b - eta * db) for (W, b), (dW, db) in zip(params, grads)]
            t += 1
    return params


def predict(X, params):
    logits, _ = mlp_forward(X, params)
    return torch.argmax(logits, dim=1)
