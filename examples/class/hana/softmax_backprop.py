import torch
from torch import Tensor


def logsumexp(logits):
    m = logits.max(dim=1, keepdim=True).values
    return (m + torch.log(torch.exp(logits - m).sum(dim=1, keepdim=True))).squeeze(1)


def logsumexp_backward(grad, logits):
    return grad.unsqueeze(1) * softmax(logits)


def softmax(logits):
    m = logits.max(dim=1, keepdim=True).values
    e = torch.exp(logits - m)
    return e / e.sum(dim=1, keepdim=True)


def softmax_backward(grad, probs):
    dot = (grad * probs).sum(dim=1, keepdim=True)
    return (grad - dot) * probs


def log_softmax(logits):
    return logits - logsumexp(logits).unsqueeze(1)


def log_softmax_backward(grad, log_probs):
    # dlogp/dz = I - p
    return grad - log_probs.exp()


def cross_entropy(logits, labels):
    logp = log_softmax(logits)
    n = logits.shape[0]
    return -logp[torch.arange(n), labels].sum() / n


def cross_entropy_backward(logits, labels):
    n = logits.shape[0]
    dz = softmax(logits)
    dz[torch.arange(n), labels] = dz[torch.arange(n), labels] - 1
    return dz / n


def linear(X, W, b):
    return X.matmul(W) + b


def linear_backward(grad, X, W):
    dX = grad.matmul(W.t())
    dW = X.t().matmul(grad)
    # average over the batch
    db = grad.mean(dim=0)
    return dX, dW, db


def relu(z):
    return torch.max(z, torch.zeros_like(z))


def relu_backward(grad, z):
    # no gradient where the unit was off
    grad[z <= 0] = 0
    return grad


def mse(predictions, targets):
    return ((predictions - targets) ** 2).mean()


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
    inputs = [X]
    for i, (W, b) in enumerate(params):
        z = inputs[-1].matmul(W) + b
        if i == len(params) - 1:
            return z, inputs
        inputs.append(relu(z))


def mlp_backward(grad, inputs, params):
    grads = []
    for i in range(len(params) - 1, -1, -1):
        W, b = params[i]
        grads.append((inputs[i].t().matmul(grad), grad.sum(dim=0)))
        if i > 0:
            grad = relu_backward(grad.matmul(W.t()), inputs[i])
    grads.reverse()
    return grads


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    # the decay of lr per step, T steps in all
    n = len(X)
    T = epochs * ((n + batch_size - 1) // batch_size)
    t = 0
    # shuffle the rows
    perm = torch.arange(n)
    params = [(W.clone(), b.clone()) for W, b in params]
    for epoch in range(epochs):
        for i in range(0, n, batch_size):
            idx = perm[i:i + batch_size]
            logits, inputs = mlp_forward(X[idx], params)
            grads = mlp_backward(cross_entropy_backward(logits, y[idx]), inputs, params)
            for j in range(len(params)):
                W, b = params[j]
                W -= lr * (1 - t / T) * grads[j][0]
                b -= lr * (1 - t / T) * grads[j][1]
            t += 1
    return params


def predict(X, params):
    logits, _ = mlp_forward(X, params)
    return logits.argmax(dim=1)
