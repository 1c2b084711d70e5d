"""Softmax and backprop, Chiara R. In place wherever it is nobody else's tensor."""

import torch
from torch import Tensor


def logsumexp(logits):
    m = logits.max(dim=1, keepdim=True)[0]
    return (logits - m).exp_().sum(1).log_().add_(m.squeeze(1))


def softmax(logits):
    p = logits - logits.max(dim=1, keepdim=True)[0]
    p.exp_()
    p.div_(p.sum(1, keepdim=True))
    return p


def logsumexp_backward(grad, logits):
    return softmax(logits).mul_(grad.view(-1, 1))


def softmax_backward(grad, probs):
    out = grad * probs
    inner = out.sum(1, keepdim=True)
    return out.addcmul_(probs, inner, value=-1)


def log_softmax(logits):
    return logits - logsumexp(logits).unsqueeze_(1)


def log_softmax_backward(grad, log_probs):
    out = log_probs.exp()
    out.mul_(grad.sum(1, keepdim=True)).neg_()
    return out.add_(grad)


def cross_entropy(logits, labels):
    rows = torch.arange(labels.numel(), device=labels.device)
    # loss of a row = logsumexp - logit of the true class
    return (logsumexp(logits) - logits[rows, labels]).sum().div_(labels.numel())


def cross_entropy_backward(logits, labels):
    d = softmax(logits)
    d.scatter_add_(1, labels.view(-1, 1), torch.full_like(d[:, :1], -1))
    return d.div_(labels.numel())


def linear(X, W, b):
    return torch.mm(X, W).add_(b)


def linear_backward(grad, X, W):
    return [torch.mm(grad, W.t()), torch.mm(X.t(), grad), grad.sum(0)]


def relu(z):
    out = z.clone()
    out[out < 0] = 0
    return out


def relu_backward(grad, z):
    out = grad.clone()
    out.masked_fill_(z <= 0, 0)
    return out


def mse(predictions, targets):
    return (predictions - targets).pow_(2).mean()


def mse_backward(predictions, targets):
    return (predictions - targets).mul_(2).div_(targets.numel())


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
    inputs = []
    a = X
    for i, (W, b) in enumerate(params):
        inputs.append(a)
        a = torch.mm(a, W).add_(b)
        if i + 1 != len(params):
            a.clamp_(min=0)          # fresh tensor, so in place is fine
    return [a, inputs]


def mlp_backward(grad, inputs, params):
    out = []
    for i in reversed(range(len(params))):
        out.insert(0, [torch.mm(inputs[i].t(), grad), grad.sum(0)])
        if i:
            grad = torch.mm(grad, params[i][0].t())
            grad.masked_fill_(inputs[i] <= 0, 0)
    return out


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    params = [[W.clone(), b.clone()] for W, b in params]   # from here on they are mine
    n = X.size(0)
    total = epochs * ((n - 1) // batch_size + 1)
    done = 0
    order = torch.arange(n, device=X.device)
    for _ in range(epochs):
        if generator is not None:
            order = torch.randperm(n, generator=generator, device=generator.device).to(X.device)
        for start in range(0, n, batch_size):
            idx = order[start : start + batch_size]
            logits, inputs = mlp_forward(X[idx], params)
            grads = mlp_backward(cross_entropy_backward(logits, y[idx]), inputs, params)
            step = lr * (total - done) / total
            for p, g in zip(params, grads):
                p[0].add_(g[0], alpha=-step)
                p[1].add_(g[1], alpha=-step)
            done += 1
    return params


def predict(X, params):
    return mlp_forward(X, params)[0].argmax(1)
