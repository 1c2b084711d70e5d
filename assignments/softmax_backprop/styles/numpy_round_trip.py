"""Tensors in, tensors out, numpy in double precision between."""

import numpy as np
import torch
from given import init_params  # noqa: F401


def arrays(*tensors):
    return [np.array(t.detach().cpu().numpy(), dtype=np.float64) for t in tensors]


def tensor(array, like):
    return torch.from_numpy(np.array(array)).to(like.device, like.dtype)


def np_lse(z):
    top = z.max(axis=1, keepdims=True)
    return top + np.log(np.exp(z - top).sum(axis=1, keepdims=True))


def np_softmax(z):
    return np.exp(z - np_lse(z))


def np_hot(labels, k):
    return np.eye(k)[labels.cpu().numpy()]


def logsumexp(logits):
    return tensor(np_lse(*arrays(logits))[:, 0], logits)


def logsumexp_backward(grad, logits):
    g, z = arrays(grad, logits)
    return tensor(g[:, np.newaxis] * np_softmax(z), logits)


def softmax(logits):
    return tensor(np_softmax(*arrays(logits)), logits)


def softmax_backward(grad, probs):
    g, p = arrays(grad, probs)
    return tensor(p * g - p * np.sum(p * g, axis=1, keepdims=True), probs)


def log_softmax(logits):
    (z,) = arrays(logits)
    return tensor(z - np_lse(z), logits)


def log_softmax_backward(grad, log_probs):
    g, lp = arrays(grad, log_probs)
    return tensor(g - np.exp(lp) * g.sum(axis=1)[:, None], log_probs)


def cross_entropy(logits, labels):
    (z,) = arrays(logits)
    chosen = z[np.arange(len(z)), labels.cpu().numpy()]
    return tensor(np.mean(np_lse(z)[:, 0] - chosen), logits)


def cross_entropy_backward(logits, labels):
    (z,) = arrays(logits)
    return tensor((np_softmax(z) - np_hot(labels, z.shape[1])) / z.shape[0], logits)


def linear(X, W, b):
    x, w, c = arrays(X, W, b)
    return tensor(x.dot(w) + c, X)


def linear_backward(grad, X, W):
    g, x, w = arrays(grad, X, W)
    return tensor(g.dot(w.T), X), tensor(x.T.dot(g), W), tensor(g.sum(axis=0), W)


def relu(z):
    return tensor(np.maximum(*arrays(z), 0.0), z)


def relu_backward(grad, z):
    g, x = arrays(grad, z)
    return tensor(np.where(x > 0, g, 0.0), grad)


def mse(predictions, targets):
    a, t = arrays(predictions, targets)
    return tensor(np.mean((a - t) ** 2), predictions)


def mse_backward(predictions, targets):
    a, t = arrays(predictions, targets)
    return tensor(2 * (a - t) / a.size, predictions)


def np_forward(x, layers):
    seen = [x]
    for w, c in layers[:-1]:
        seen.append(np.maximum(seen[-1] @ w + c, 0))
    return seen[-1] @ layers[-1][0] + layers[-1][1], seen


def np_backward(g, seen, layers):
    pulls = []
    for x, (w, _) in zip(seen[::-1], layers[::-1]):
        pulls.append((x.T @ g, g.sum(axis=0)))
        g = (g @ w.T) * (x > 0)
    return pulls[::-1]


def mlp_forward(X, params):
    logits, seen = np_forward(*arrays(X), [arrays(*layer) for layer in params])
    return tensor(logits, X), [tensor(x, X) for x in seen]


def mlp_backward(grad, inputs, params):
    pulls = np_backward(*arrays(grad), arrays(*inputs), [arrays(*layer) for layer in params])
    return [tuple(tensor(p, grad) for p in pair) for pair in pulls]


def np_order(n, generator):
    if generator is None:
        return np.arange(n)
    seed = int(torch.randint(2**62, (), generator=generator, device=generator.device))
    return np.random.default_rng(seed).permutation(n)


def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    (x,), labels = arrays(X), y.cpu().numpy()
    layers = [arrays(*layer) for layer in params]
    n, k = len(x), layers[-1][1].size
    total, t = epochs * int(np.ceil(n / batch_size)), 0
    for _ in range(epochs):
        order = np_order(n, generator)
        for rows in np.split(order, range(batch_size, n, batch_size)):
            logits, seen = np_forward(x[rows], layers)
            error = (np_softmax(logits) - np.eye(k)[labels[rows]]) / len(rows)
            for (w, c), (dw, dc) in zip(layers, np_backward(error, seen, layers)):
                w -= lr * (1 - t / total) * dw
                c -= lr * (1 - t / total) * dc
            t += 1
    return [(tensor(w, X), tensor(c, X)) for w, c in layers]


def predict(X, params):
    logits, _ = np_forward(*arrays(X), [arrays(*layer) for layer in params])
    return torch.from_numpy(logits.argmax(axis=1)).to(X.device)
