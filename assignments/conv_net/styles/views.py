"""Views instead of copies: Tensor.unfold, einsum, and places in the flattened image."""

import math

import torch
from given import cross_entropy


def both(value):
    if isinstance(value, (tuple, list, torch.Size)):
        return value[0], value[1]
    return value, value


def conv_output_size(size, kernel, stride=1, padding=0):
    places = len(range(0, size + 2 * padding - kernel + 1, stride))
    if places == 0:
        raise ValueError("no place for this window")
    return places


def framed(x, padding):
    ph, pw = both(padding)
    top = torch.zeros(x.shape[0], x.shape[1], ph, x.shape[3], dtype=x.dtype, device=x.device)
    x = torch.cat([top, x, top], dim=2)
    side = torch.zeros(x.shape[0], x.shape[1], x.shape[2], pw, dtype=x.dtype, device=x.device)
    return torch.cat([side, x, side], dim=3)


def windows(x, size, stride):
    for axis in (0, 1):
        conv_output_size(x.shape[2 + axis], size[axis], stride[axis])
        x = x.unfold(2 + axis, size[axis], stride[axis])
    return x


def conv2d(x, W, b, stride=1, padding=0):
    seen = windows(framed(x, padding), W.shape[2:], both(stride))
    return torch.einsum("ncijuv,fcuv->nfij", seen, W) + b.reshape(1, -1, 1, 1)


def add_up(parts, x, size, stride):
    """Parts [n, c, oh, ow, kh, kw] of windows added where they came from."""
    n, c, height, width = x.shape
    oh, ow = parts.shape[2], parts.shape[3]
    rows = torch.arange(oh)[:, None] * stride[0] + torch.arange(size[0])
    columns = torch.arange(ow)[:, None] * stride[1] + torch.arange(size[1])
    places = (rows[:, None, :, None] * width + columns[None, :, None, :]).reshape(-1).to(x.device)
    total = torch.zeros(n * c, height * width, dtype=x.dtype, device=x.device)
    total.index_add_(1, places, parts.reshape(n * c, -1))
    return total.reshape(x.shape)


def conv2d_backward(grad_out, x, W, stride=1, padding=0):
    frame, size, step = framed(x, padding), both(W.shape[2:]), both(stride)
    dW = torch.einsum("nfij,ncijuv->fcuv", grad_out, windows(frame, size, step))
    parts = torch.einsum("nfij,fcuv->ncijuv", grad_out, W)
    ph, pw = both(padding)
    dx = add_up(parts, frame, size, step)[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]
    return dx, dW, torch.einsum("nfij->f", grad_out)


def max_pool2d(x, window, stride=None):
    step = both(window) if stride is None else both(stride)
    return windows(x, both(window), step).flatten(4).max(dim=4).values


def max_pool2d_backward(grad_out, x, window, stride=None):
    size = both(window)
    step = size if stride is None else both(stride)
    seen = windows(x, size, step).flatten(4)
    entries = torch.arange(seen.shape[4], device=x.device)
    won = seen.max(dim=4, keepdim=True).indices == entries
    return add_up(won * grad_out[..., None], x, size, step)


def dropout2d(x, p, training=True, generator=None):
    n, c = x.shape[:2]
    if not training:
        return x.clone(), torch.ones(n, c, dtype=x.dtype, device=x.device)
    chances = torch.full((n, c), 1 - p, dtype=torch.float64)
    factors = torch.bernoulli(chances, generator=generator).to(x) / (1 - p)
    return torch.einsum("nchw,nc->nchw", x, factors), factors


def dropout2d_backward(grad_out, factors):
    return torch.einsum("nchw,nc->nchw", grad_out, factors)


def init_kernels(filters, channels, size, generator, leak=0.0):
    kh, kw = both(size)
    variance = 2 / (1 + leak * leak) / (channels * kh * kw)
    W = torch.empty(filters, channels, kh, kw).normal_(0, math.sqrt(variance), generator=generator)
    return W, torch.zeros(filters)


def flatten(x):
    return x.flatten(1)


def flat_size(image_shape, channels, kernel, padding, window):
    height, width = image_shape
    for _ in range(2):
        height = (height + 2 * padding - kernel + 1) // window
        width = (width + 2 * padding - kernel + 1) // window
    return channels[1] * height * width


def init_network(
    image_shape, *, channels=(10, 20), kernel=5, padding=0, window=2, hidden=60, classes=10, generator
):
    d = flat_size(image_shape, channels, kernel, padding, window)
    W3 = torch.normal(0.0, math.sqrt(2 / d), (d, hidden), generator=generator)
    W4 = torch.normal(0.0, math.sqrt(1 / hidden), (hidden, classes), generator=generator)
    return [
        init_kernels(channels[0], 1, kernel, generator),
        init_kernels(channels[1], channels[0], kernel, generator),
        (W3, torch.zeros(hidden)),
        (W4, torch.zeros(classes)),
    ]


def network_gradients(params, X, y, *, padding=0, window=2, p=0.0, generator=None):
    (W1, b1), (W2, b2), (W3, b3), (W4, b4) = params
    # ReLU in front of the pooling gives the same: the largest entry of a window decides.
    z1 = conv2d(X, W1, b1, 1, padding)
    r1 = torch.where(z1 > 0, z1, torch.zeros_like(z1))
    m1 = max_pool2d(r1, window)
    z2 = conv2d(m1, W2, b2, 1, padding)
    d2, factors = dropout2d(z2, p, True, generator)
    r2 = torch.where(d2 > 0, d2, torch.zeros_like(d2))
    m2 = max_pool2d(r2, window)
    rows = flatten(m2)
    z3 = rows @ W3 + b3
    r3 = torch.where(z3 > 0, z3, torch.zeros_like(z3))
    loss, g4 = cross_entropy(r3 @ W4 + b4, y)
    g3 = torch.where(z3 > 0, g4 @ W4.T, torch.zeros_like(z3))
    back = max_pool2d_backward((g3 @ W3.T).reshape(m2.shape), r2, window)
    g2 = dropout2d_backward(torch.where(d2 > 0, back, torch.zeros_like(back)), factors)
    dm1, dW2, db2 = conv2d_backward(g2, m1, W2, 1, padding)
    back = max_pool2d_backward(dm1, r1, window)
    g1 = torch.where(z1 > 0, back, torch.zeros_like(back))
    _, dW1, db1 = conv2d_backward(g1, X, W1, 1, padding)
    return loss, [(dW1, db1), (dW2, db2), (rows.T @ g3, g3.sum(0)), (r3.T @ g4, g4.sum(0))]


def train(params, X, y, *, lr, epochs, batch_size, padding=0, window=2, p=0.0, generator=None):
    current = [(W.clone(), b.clone()) for W, b in params]
    n = X.shape[0]
    for _ in range(epochs):
        order = torch.randperm(n, generator=generator) if generator is not None else torch.arange(n)
        for first in range(0, n, batch_size):
            batch = order[first : first + batch_size]
            _, grads = network_gradients(
                current, X[batch], y[batch], padding=padding, window=window, p=p, generator=generator
            )
            for (W, b), (dW, db) in zip(current, grads):
                W -= lr * dW
                b -= lr * db
    return current


def predict(params, X, *, padding=0, window=2):
    (W1, b1), (W2, b2), (W3, b3), (W4, b4) = params
    out = max_pool2d(conv2d(X, W1, b1, padding=padding), window).clamp(min=0)
    out = max_pool2d(conv2d(out, W2, b2, padding=padding), window).clamp(min=0)
    return ((flatten(out) @ W3 + b3).clamp(min=0) @ W4 + b4).max(dim=1).indices
