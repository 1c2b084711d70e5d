"""numpy: sliding windows, tensordot, and classes for the layers."""

import math

import numpy as np
import torch
from given import cross_entropy
from numpy.lib.stride_tricks import sliding_window_view


def double(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * 2


def conv_output_size(size, kernel, stride=1, padding=0):
    rest = size + 2 * padding - kernel
    if rest < 0:
        raise ValueError(f"kernel {kernel} on {size}")
    return math.floor(rest / stride) + 1


class Windows:
    """All windows of a batch, and the way back."""

    def __init__(self, x, size, stride, padding=(0, 0)):
        self.size, self.stride, self.padding = size, stride, padding
        for s, k, p in zip(x.shape[2:], size, padding):
            conv_output_size(s, k, 1, p)
        (ph, pw) = padding
        self.frame = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
        self.view = sliding_window_view(self.frame, size, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]

    def added(self, parts):
        total = np.zeros_like(self.frame)
        (sh, sw), (oh, ow) = self.stride, parts.shape[2:4]
        for u in range(self.size[0]):
            for v in range(self.size[1]):
                total[:, :, u : u + sh * oh : sh, v : v + sw * ow : sw][:, :, :oh, :ow] += parts[..., u, v]
        (ph, pw), (height, width) = self.padding, total.shape[2:]
        return total[:, :, ph : height - ph, pw : width - pw]


def conv2d(x, W, b, stride=1, padding=0):
    seen = Windows(x.numpy(), tuple(W.shape[2:]), double(stride), double(padding)).view
    maps = np.tensordot(seen, W.numpy(), axes=((1, 4, 5), (1, 2, 3))) + b.numpy()
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(maps, 3, 1)))


def conv2d_backward(grad_out, x, W, stride=1, padding=0):
    windows = Windows(x.numpy(), tuple(W.shape[2:]), double(stride), double(padding))
    grad = grad_out.numpy()
    dW = np.tensordot(grad, windows.view, axes=((0, 2, 3), (0, 2, 3)))
    parts = np.moveaxis(np.tensordot(grad, W.numpy(), axes=(1, 0)), 3, 1)
    dx = windows.added(parts)
    return tuple(torch.from_numpy(np.ascontiguousarray(part)) for part in (dx, dW, grad.sum(axis=(0, 2, 3))))


def max_pool2d(x, window, stride=None):
    seen = Windows(x.numpy(), double(window), double(window if stride is None else stride)).view
    return torch.from_numpy(seen.max(axis=(4, 5)))


def max_pool2d_backward(grad_out, x, window, stride=None):
    windows = Windows(x.numpy(), double(window), double(window if stride is None else stride))
    seen = windows.view.reshape(*windows.view.shape[:4], -1)
    shares = np.zeros_like(seen)
    np.put_along_axis(shares, seen.argmax(axis=4)[..., None], grad_out.numpy()[..., None], axis=4)
    return torch.from_numpy(windows.added(shares.reshape(windows.view.shape)).copy())


def dropout2d(x, p, training=True, generator=None):
    shape = (x.shape[0], x.shape[1], 1, 1)
    factors = torch.ones(shape, dtype=x.dtype)
    if training:
        factors = torch.floor(torch.rand(shape, generator=generator, dtype=torch.float64) + (1 - p)).to(x.dtype)
        factors = factors / (1 - p)
    return factors * x, factors[:, :, 0, 0]


def dropout2d_backward(grad_out, factors):
    return torch.from_numpy(grad_out.numpy() * factors.numpy()[:, :, None, None])


def init_kernels(filters, channels, size, generator, leak=0.0):
    shape = (filters, channels, *double(size))
    fan_in = np.prod(shape[1:])
    return torch.randn(shape, generator=generator) * float(np.sqrt(2 / (1 + leak**2) / fan_in)), torch.zeros(filters)


def flatten(x):
    return torch.from_numpy(np.ascontiguousarray(x.numpy()).reshape(x.shape[0], -1))


def flat_size(image_shape, channels, kernel, padding, window):
    sizes = np.array(image_shape)
    for _ in channels:
        sizes = (sizes + 2 * padding - kernel + 1) // window
    return int(channels[-1] * sizes.prod())


class Network:
    """Four layers with weights."""

    def __init__(self, params, padding, window):
        self.params, self.padding, self.window = params, padding, window

    def forward(self, X, p, training, generator):
        (W1, b1), (W2, b2), (W3, b3), (W4, b4) = self.params
        self.X = X
        self.z1 = conv2d(X, W1, b1, 1, self.padding)
        self.a1 = max_pool2d(self.z1, self.window).clamp(min=0)
        self.z2, self.factors = dropout2d(conv2d(self.a1, W2, b2, 1, self.padding), p, training, generator)
        self.a2 = max_pool2d(self.z2, self.window).clamp(min=0)
        self.rows = flatten(self.a2)
        self.a3 = (self.rows @ W3 + b3).clamp(min=0)
        return self.a3 @ W4 + b4

    def backward(self, grad):
        (W1, _), (W2, _), (W3, _), (W4, _) = self.params
        fourth = (self.a3.T @ grad, grad.sum(0))
        grad = (grad @ W4.T) * (self.a3 > 0)
        third = (self.rows.T @ grad, grad.sum(0))
        grad = (grad @ W3.T).reshape(self.a2.shape) * (self.a2 > 0)
        grad = dropout2d_backward(max_pool2d_backward(grad, self.z2, self.window), self.factors)
        da1, *second = conv2d_backward(grad, self.a1, W2, 1, self.padding)
        grad = max_pool2d_backward(da1 * (self.a1 > 0), self.z1, self.window)
        first = conv2d_backward(grad, self.X, W1, 1, self.padding)[1:]
        return [tuple(first), tuple(second), third, fourth]


def init_network(
    image_shape, *, channels=(10, 20), kernel=5, padding=0, window=2, hidden=60, classes=10, generator
):
    d = flat_size(image_shape, channels, kernel, padding, window)
    pairs = []
    for shape, gain in (
        ((channels[0], 1, kernel, kernel), 2),
        ((channels[1], channels[0], kernel, kernel), 2),
        ((d, hidden), 2),
        ((hidden, classes), 1),
    ):
        fan_in = math.prod(shape[1:]) if len(shape) == 4 else shape[0]
        units = shape[0] if len(shape) == 4 else shape[1]
        pairs.append((torch.randn(shape, generator=generator) * (gain / fan_in) ** 0.5, torch.zeros(units)))
    return pairs


def network_gradients(params, X, y, *, padding=0, window=2, p=0.0, generator=None):
    network = Network(params, padding, window)
    loss, grad = cross_entropy(network.forward(X, p, True, generator), y)
    return loss, network.backward(grad)


def train(params, X, y, *, lr, epochs, batch_size, padding=0, window=2, p=0.0, generator=None):
    network = Network(params, padding, window)
    for _ in range(epochs):
        order = torch.randperm(len(y), generator=generator) if generator else torch.arange(len(y))
        for batch in torch.split(order, batch_size):
            _, grad = cross_entropy(network.forward(X[batch], p, True, generator), y[batch])
            grads = network.backward(grad)
            network.params = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(network.params, grads)]
    return network.params


def predict(params, X, *, padding=0, window=2):
    logits = Network(params, padding, window).forward(X, 0.0, False, None)
    return torch.from_numpy(logits.numpy().argmax(axis=1))
