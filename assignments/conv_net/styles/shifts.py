"""Loops over the entries of the kernel: shifted images are multiplied by one weight after the other, and added up."""

import math

import torch
from given import cross_entropy


def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel > size + 2 * padding:
        raise ValueError("the window is too large")
    return 1 + int((size + 2 * padding - kernel) / stride)


def two(value):
    if type(value) is int:
        return [value, value]
    return list(value)


def conv2d(x, W, b, stride=1, padding=0):
    n, c, H, width = x.shape
    f, _, kh, kw = W.shape
    sh, sw = two(stride)
    ph, pw = two(padding)
    oh = conv_output_size(H, kh, sh, ph)
    ow = conv_output_size(width, kw, sw, pw)
    frame = torch.zeros((n, c, H + 2 * ph, width + 2 * pw), dtype=x.dtype, device=x.device)
    frame[:, :, ph : H + ph, pw : width + pw] += x
    out = torch.zeros((n, f, oh, ow), dtype=x.dtype, device=x.device)
    for u in range(kh):
        for v in range(kw):
            pixels = frame[:, :, u : u + sh * oh : sh, v : v + sw * ow : sw][:, :, :oh, :ow]
            for q in range(c):
                out += W[:, q, u, v].reshape(1, f, 1, 1) * pixels[:, q : q + 1]
    return out + b.reshape(1, f, 1, 1)


def conv2d_backward(grad_out, x, W, stride=1, padding=0):
    n, c, H, width = x.shape
    f, _, kh, kw = W.shape
    sh, sw = two(stride)
    ph, pw = two(padding)
    oh, ow = grad_out.shape[2:]
    frame = torch.zeros((n, c, H + 2 * ph, width + 2 * pw), dtype=x.dtype, device=x.device)
    frame[:, :, ph : H + ph, pw : width + pw] += x
    dframe, dW = torch.zeros_like(frame), torch.zeros_like(W)
    for u in range(kh):
        down = slice(u, u + sh * (oh - 1) + 1, sh)
        for v in range(kw):
            across = slice(v, v + sw * (ow - 1) + 1, sw)
            pixels = frame[:, :, down, across]
            for a in range(f):
                of_filter = grad_out[:, a : a + 1]
                dW[a, :, u, v] = (pixels * of_filter).sum(dim=(0, 2, 3))
                dframe[:, :, down, across] += W[a, :, u, v].reshape(1, c, 1, 1) * of_filter
    db = torch.stack([grad_out[:, a].sum() for a in range(f)])
    return dframe[:, :, ph : H + ph, pw : width + pw], dW, db


def max_pool2d(x, window, stride=None):
    wh, ww = two(window)
    sh, sw = two(window if stride is None else stride)
    oh, ow = conv_output_size(x.shape[2], wh, sh), conv_output_size(x.shape[3], ww, sw)
    out = None
    for u in range(wh):
        for v in range(ww):
            pixels = x[:, :, u : u + sh * (oh - 1) + 1 : sh, v : v + sw * (ow - 1) + 1 : sw]
            out = pixels.clone() if out is None else torch.maximum(out, pixels)
    return out


def max_pool2d_backward(grad_out, x, window, stride=None):
    wh, ww = two(window)
    sh, sw = two(window if stride is None else stride)
    oh, ow = grad_out.shape[2:]
    largest = max_pool2d(x, window, stride)
    waiting = grad_out.clone()
    dx = torch.zeros_like(x)
    for u in range(wh):
        for v in range(ww):
            down = slice(u, u + sh * (oh - 1) + 1, sh)
            across = slice(v, v + sw * (ow - 1) + 1, sw)
            given = torch.where(x[:, :, down, across] == largest, waiting, torch.zeros_like(waiting))
            dx[:, :, down, across] += given
            # Whoever came first has it all.
            waiting -= given
    return dx


def dropout2d(x, p, training=True, generator=None):
    factors = torch.ones(x.shape[0], x.shape[1], dtype=x.dtype, device=x.device)
    if training and p > 0:
        stays = torch.rand(x.shape[0], x.shape[1], generator=generator, dtype=torch.float64) < 1 - p
        factors = torch.where(stays.to(x.device), factors / (1 - p), torch.zeros_like(factors))
    return x * factors.unsqueeze(2).unsqueeze(3), factors


def dropout2d_backward(grad_out, factors):
    return grad_out * factors.unsqueeze(2).unsqueeze(3)


def init_kernels(filters, channels, size, generator, leak=0.0):
    kh, kw = two(size)
    gain = math.sqrt(2.0 / (1.0 + leak**2))
    W = torch.zeros(filters, channels, kh, kw)
    for a in range(filters):
        W[a] = torch.randn(channels, kh, kw, generator=generator) * gain / math.sqrt(channels * kh * kw)
    return W, torch.zeros(filters)


def flatten(x):
    return torch.cat([x[:, q, i] for q in range(x.shape[1]) for i in range(x.shape[2])], dim=1)


def flat_size(image_shape, channels, kernel, padding, window):
    sizes = []
    for size in image_shape:
        first = conv_output_size(conv_output_size(size, kernel, 1, padding), window, window)
        sizes.append(conv_output_size(conv_output_size(first, kernel, 1, padding), window, window))
    return channels[1] * sizes[0] * sizes[1]


def init_network(
    image_shape, *, channels=(10, 20), kernel=5, padding=0, window=2, hidden=60, classes=10, generator
):
    d = flat_size(image_shape, channels, kernel, padding, window)
    last = torch.randn(hidden, classes, generator=generator) / hidden**0.5
    third = torch.randn(d, hidden, generator=generator) * (2 / d) ** 0.5
    second = init_kernels(channels[1], channels[0], kernel, generator)
    first = init_kernels(channels[0], 1, kernel, generator)
    return [first, second, (third, torch.zeros(hidden)), (last, torch.zeros(classes))]


def network_gradients(params, X, y, *, padding=0, window=2, p=0.0, generator=None):
    filters, matrices = params[:2], params[2:]
    kept = []
    a = X
    for number, (W, b) in enumerate(filters):
        z = conv2d(a, W, b, padding=padding)
        z, factors = dropout2d(z, p, number == 1, generator)
        pooled = max_pool2d(z, window)
        kept.append((a, W, z, factors, pooled))
        a = torch.where(pooled > 0, pooled, 0 * pooled)
    image_shape = a.shape
    rows = flatten(a)
    (W3, b3), (W4, b4) = matrices
    hidden = torch.maximum(rows @ W3 + b3, torch.zeros_like(b3))
    loss, grad = cross_entropy(hidden @ W4 + b4, y)
    grads = [(hidden.T @ grad, grad.sum(dim=0))]
    grad = (grad @ W4.T) * torch.sign(hidden)
    grads.append((rows.T @ grad, grad.sum(dim=0)))
    grad = (grad @ W3.T).reshape(image_shape)
    for a, W, z, factors, pooled in reversed(kept):
        grad = torch.where(pooled > 0, grad, torch.zeros_like(grad))
        grad = dropout2d_backward(max_pool2d_backward(grad, z, window), factors)
        grad, dW, db = conv2d_backward(grad, a, W, padding=padding)
        grads.append((dW, db))
    return loss, grads[::-1]


def train(params, X, y, *, lr, epochs, batch_size, padding=0, window=2, p=0.0, generator=None):
    for _ in range(epochs):
        if generator is None:
            order = list(range(len(X)))
        else:
            order = torch.randperm(len(X), generator=generator).tolist()
        while order:
            batch, order = order[:batch_size], order[batch_size:]
            images, labels = X[batch], y[batch]
            _, grads = network_gradients(
                params, images, labels, padding=padding, window=window, p=p, generator=generator
            )
            moved = []
            for (W, b), (dW, db) in zip(params, grads):
                moved.append((torch.sub(W, dW, alpha=lr), torch.sub(b, db, alpha=lr)))
            params = moved
    return params


def predict(params, X, *, padding=0, window=2):
    for W, b in params[:2]:
        X = torch.relu(max_pool2d(conv2d(X, W, b, padding=padding), window))
    (W3, b3), (W4, b4) = params[2:]
    return torch.argmax(torch.relu(flatten(X) @ W3 + b3) @ W4 + b4, 1)
