import torch
from torch import Tensor


def logsumexp(logits: Tensor) -> Tensor:
    top = logits.max(1).values
    # subtracting the maximum makes it stable
    return torch.exp(logits - top[:, None]).sum(1).log()


def logsumexp_backward(grad: Tensor, logits: Tensor) -> Tensor:
    return softmax(logits)


def softmax(logits: Tensor) -> Tensor:
    e = torch.exp(logits - logits.max(1, keepdim=True).values)
    return e / e.sum(1, keepdim=True)


def softmax_backward(grad: Tensor, probs: Tensor) -> Tensor:
    return probs * (grad - (probs * grad).sum(1, keepdim=True))


def log_softmax(logits: Tensor) -> Tensor:
    shifted = logits - logits.max(1, keepdim=True).values
    return shifted - logsumexp(shifted)[:, None]


def log_softmax_backward(grad: Tensor, log_probs: Tensor) -> Tensor:
    return grad - torch.exp(log_probs) * grad.sum(1, keepdim=True)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    # cross-entropy of the probabilities
    probs = softmax(logits)
    return -log_softmax(probs)[torch.arange(len(labels)), labels].mean()


def cross_entropy_backward(logits: Tensor, labels: Tensor) -> Tensor:
    probs = softmax(logits)
    probs[torch.arange(len(labels)), labels] -= 1
    return probs / len(labels)


def linear(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return X @ W + b


def linear_backward(grad: Tensor, X: Tensor, W: Tensor):
    return grad @ W.T, X.T @ grad, grad.sum(0)


def relu(z: Tensor) -> Tensor:
    return (z + z.abs()) / 2


def relu_backward(grad: Tensor, z: Tensor) -> Tensor:
    return grad * (z > 0).to(grad.dtype)


def mse(predictions: Tensor, targets: Tensor) -> Tensor:
    return (predictions - targets).pow(2).mean()


def mse_backward(predictions: Tensor, targets: Tensor) -> Tensor:
    return (predictions - targets) / predictions.numel()


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


def mlp_forward(X: Tensor, params):
    h, inputs = X, []
    for W, b in params:
        inputs.append(h)
        h = relu(linear(h, W, b))
    return h, inputs


def mlp_backward(grad: Tensor, inputs, params):
    grads = []
    for (W, b), h in zip(reversed(params), reversed(inputs)):
        grad_in, dW, db = linear_backward(grad, h, W)
        grads.insert(0, (dW, db))
        grad = grad_in
    return grads


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    params = [(W.clone(), b.clone()) for W, b in params]
    for _ in range(epochs):
        order = torch.arange(len(X)) if generator is None else torch.randperm(len(X), generator=generator)
        for rows in order.split(batch_size):
            logits, inputs = mlp_forward(X[rows], params)
            grads = mlp_backward(cross_entropy_backward(logits, y[rows]), inputs, params)
            for (W, b), (dW, db) in zip(params, grads):
                W -= lr * dW
                b -= lr * db
    return params


def predict(X: Tensor, params) -> Tensor:
    return mlp_forward(X, params)[0].argmax(1)
