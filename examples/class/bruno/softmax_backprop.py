# Bruno T. -- softmax e backprop, riga per riga (row by row)

import numpy as np
import torch
from torch import Tensor


def to_torch(a, like):
    return torch.as_tensor(np.asarray(a)).to(dtype=like.dtype, device=like.device)


def to_numpy(t):
    return t.detach().cpu().numpy()


def logsumexp(logits):
    out = []
    for row in to_numpy(logits):
        m = row.max()
        out.append(m + np.log(np.sum(np.exp(row - m))))
    return to_torch(out, logits)


def row_softmax(row):
    e = np.exp(row - row.max())
    return e / e.sum()


def softmax(logits):
    return to_torch(np.stack([row_softmax(row) for row in to_numpy(logits)]), logits)


def logsumexp_backward(grad, logits):
    p = to_numpy(softmax(logits)).copy()
    g = to_numpy(grad)
    for i in range(len(p)):
        p[i] = g[i] * p[i]
    return to_torch(p, logits)


def softmax_backward(grad, probs):
    G, P = to_numpy(grad), to_numpy(probs)
    out = np.zeros_like(P)
    n, k = P.shape
    for i in range(n):
        for j in range(k):
            for c in range(k):
                delta = 1.0 if j == c else 0.0
                out[i, j] += G[i, c] * P[i, c] * (delta - P[i, j])
    return to_torch(out, probs)


def log_softmax(logits):
    Z, L = to_numpy(logits), to_numpy(logsumexp(logits))
    return to_torch(np.stack([Z[i] - L[i] for i in range(len(Z))]), logits)


def log_softmax_backward(grad, log_probs):
    G, LP = to_numpy(grad), to_numpy(log_probs)
    out = np.empty_like(LP)
    for i in range(len(LP)):
        out[i] = G[i] - np.exp(LP[i]) * G[i].sum()
    return to_torch(out, log_probs)


def cross_entropy(logits, labels):
    lp = log_softmax(logits)
    somma = 0
    for i, c in enumerate(labels.tolist()):
        somma = somma - lp[i, c]
    return somma / len(labels)


def cross_entropy_backward(logits, labels):
    n = len(labels)
    dZ = to_numpy(softmax(logits)).copy()
    for i, c in enumerate(labels.tolist()):
        dZ[i, c] -= 1
        dZ[i] /= n
    return to_torch(dZ, logits)


# the handout wants the next two without a loop over the rows


def linear(X, W, b):
    return to_torch(to_numpy(X) @ to_numpy(W) + to_numpy(b), X)


def linear_backward(grad, X, W):
    G, Xn, Wn = to_numpy(grad), to_numpy(X), to_numpy(W)
    return to_torch(G @ Wn.T, X), to_torch(Xn.T @ G, X), to_torch(G.sum(axis=0), X)


def relu(z):
    return to_torch(np.maximum(to_numpy(z), 0), z)


def relu_backward(grad, z):
    G = to_numpy(grad).copy()
    G[to_numpy(z) <= 0] = 0
    return to_torch(G, grad)


def mse(predictions, targets):
    s = 0
    n, k = predictions.shape
    for i in range(n):
        for j in range(k):
            s = s + (predictions[i, j] - targets[i, j]) ** 2
    return s / (n * k)


def mse_backward(predictions, targets):
    return 2 * (predictions - targets) / (predictions.shape[0] * predictions.shape[1])


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
    entrate = []
    h = X
    for l in range(len(params)):
        entrate.append(h)
        W, b = params[l]
        h = linear(h, W, b)
        if l < len(params) - 1:
            h = relu(h)
    return h, entrate


def mlp_backward(grad, inputs, params):
    L = len(params)
    grads = [None] * L
    l = L - 1
    while l >= 0:
        W, b = params[l]
        dX, dW, db = linear_backward(grad, inputs[l], W)
        grads[l] = (dW, db)
        if l > 0:
            grad = relu_backward(dX, inputs[l])
        l -= 1
    return grads


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    n = len(X)
    T = 0
    for start in range(0, n, batch_size):
        T += 1
    T *= epochs
    t = 0
    for e in range(epochs):
        if generator is None:
            ordine = list(range(n))
        else:
            ordine = torch.randperm(n, generator=generator, device=generator.device).tolist()
        for start in range(0, n, batch_size):
            chi = ordine[start : start + batch_size]
            Z, entrate = mlp_forward(X[chi], params)
            grads = mlp_backward(cross_entropy_backward(Z, y[chi]), entrate, params)
            passo = lr * (1 - t / T)
            nuovi = []
            for l in range(len(params)):
                nuovi.append((params[l][0] - passo * grads[l][0], params[l][1] - passo * grads[l][1]))
            params = nuovi
            t += 1
    return params


def predict(X, params):
    Z, _ = mlp_forward(X, params)
    return torch.tensor([int(np.argmax(z)) for z in to_numpy(Z)])
