"""Kaiming initialisation: how large the first weights of a deep network must be.

Weights are stored the way PyTorch stores them, [out, in] for a linear layer (used as X @ W.T + b) and
[out, in, *kernel] for a convolution. The other assignments store W as [d, k] and use X @ W + b.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch

Params = list[tuple[torch.Tensor, torch.Tensor]]


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """How many numbers one output is summed from, and how many sums one input takes part in.

    Args:
        shape: sizes of a weight, (out, in) for a linear layer or (out, in, *kernel) for a convolution
            with a kernel of any number of dimensions.
    Returns:
        fan_in and fan_out, two ints. Both count every position of the kernel.
    Source: He et al. 2015, "Delving Deep into Rectifiers", section 2.2 (n_l and n-hat_l).
    """
    # One output value of a convolution sees the whole kernel on every input channel; one input value,
    # as the kernel slides over it, is used once by every kernel position of every output channel.
    n_out, n_in, *kernel = shape
    area = math.prod(kernel)
    return n_in * area, n_out * area


def gain(nonlinearity: str, negative_slope: float = 0.01) -> float:
    """Factor on the standard deviation of the weights that makes up for a nonlinearity.

    Args:
        nonlinearity: "linear" or "sigmoid" (gain 1), "tanh" (gain 5/3), "relu" or "leaky_relu" (to derive).
        negative_slope: slope of leaky_relu for negative inputs; the other names ignore it.
    Returns:
        The gain, a Python float.
    Source: He et al. 2015, section 2.2, equations 10 and 15 (relu, leaky_relu); the values of linear,
    sigmoid and tanh are those that PyTorch documents under torch.nn.init.calculate_gain.
    """
    # Half of a symmetric input keeps its second moment, the other half keeps negative_slope^2 of it:
    # the mean of the two, (1 + negative_slope^2) / 2, is the share that the weights must make up for.
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + negative_slope**2))
    # The rectifier keeps exactly half. The value for tanh is a rule of thumb, not a derivation.
    return {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}[nonlinearity]


def kaiming_std(
    shape: Sequence[int],
    *,
    mode: str = "fan_in",
    nonlinearity: str = "relu",
    negative_slope: float = 0.01,
) -> float:
    """Standard deviation that Kaiming initialisation gives to every entry of a weight.

    Args:
        shape: sizes of the weight, (out, in) or (out, in, *kernel).
        mode: "fan_in" keeps the scale of the activations on the way forward, "fan_out" the scale of
            the gradients on the way back.
        nonlinearity: a name that gain knows.
        negative_slope: passed on to gain.
    Returns:
        The standard deviation, a Python float.
    Source: He et al. 2015, section 2.2, equations 10 (fan_in) and 14 (fan_out).
    """
    # A sum of `fan` independent products has `fan` times the variance of one of them.
    fan_in, fan_out = fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out}[mode]
    return gain(nonlinearity, negative_slope) / math.sqrt(fan)


def kaiming_normal(
    shape: Sequence[int],
    generator: torch.Generator,
    *,
    mode: str = "fan_in",
    nonlinearity: str = "relu",
    negative_slope: float = 0.01,
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """A weight drawn from the normal distribution with mean 0 and standard deviation kaiming_std.

    Args:
        shape: sizes of the weight, (out, in) or (out, in, *kernel).
        generator: source of every random number; the weight is made on its device.
        mode: "fan_in" or "fan_out".
        nonlinearity: a name that gain knows.
        negative_slope: passed on to gain.
        dtype: floating dtype of the weight.
    Returns:
        A tensor of the given shape and dtype. The normal distribution is not truncated.
    Source: He et al. 2015, section 2.2.
    """
    std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return _normal(shape, std, generator, dtype)


def kaiming_uniform(
    shape: Sequence[int],
    generator: torch.Generator,
    *,
    mode: str = "fan_in",
    nonlinearity: str = "relu",
    negative_slope: float = 0.01,
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """A weight drawn uniformly from (-bound, bound), whose standard deviation is kaiming_std.

    Args:
        shape: sizes of the weight, (out, in) or (out, in, *kernel).
        generator: source of every random number; the weight is made on its device.
        mode: "fan_in" or "fan_out".
        nonlinearity: a name that gain knows.
        negative_slope: passed on to gain.
        dtype: floating dtype of the weight.
    Returns:
        A tensor of the given shape and dtype.
    Source: He et al. 2015, section 2.2, with a uniform distribution of the same variance.
    """
    std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return _uniform(shape, std, generator, dtype)


def xavier_std(shape: Sequence[int], *, nonlinearity: str = "linear") -> float:
    """Standard deviation that Xavier (Glorot) initialisation gives to every entry of a weight.

    Args:
        shape: sizes of the weight, (out, in) or (out, in, *kernel).
        nonlinearity: a name that gain knows; "leaky_relu" takes gain's default slope.
    Returns:
        The standard deviation, a Python float.
    Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks", section 4.2.1, equation 12, times the gain.
    """
    # Forward asks for a variance of 1 / fan_in, backward for 1 / fan_out: the mean of the two fans
    # is the compromise.
    mean_fan = sum(fans(shape)) / 2
    return gain(nonlinearity) / math.sqrt(mean_fan)


def xavier_normal(
    shape: Sequence[int],
    generator: torch.Generator,
    *,
    nonlinearity: str = "linear",
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """A weight drawn from the normal distribution with mean 0 and standard deviation xavier_std.

    Args:
        shape: sizes of the weight, (out, in) or (out, in, *kernel).
        generator: source of every random number; the weight is made on its device.
        nonlinearity: a name that gain knows.
        dtype: floating dtype of the weight.
    Returns:
        A tensor of the given shape and dtype. The normal distribution is not truncated.
    Source: Glorot and Bengio 2010, section 4.2.1, equation 12.
    """
    return _normal(shape, xavier_std(shape, nonlinearity=nonlinearity), generator, dtype)


def xavier_uniform(
    shape: Sequence[int],
    generator: torch.Generator,
    *,
    nonlinearity: str = "linear",
    dtype: torch.dtype = torch.float32,
) -> torch.Tensor:
    """A weight drawn uniformly from (-bound, bound), whose standard deviation is xavier_std.

    Args:
        shape: sizes of the weight, (out, in) or (out, in, *kernel).
        generator: source of every random number; the weight is made on its device.
        nonlinearity: a name that gain knows.
        dtype: floating dtype of the weight.
    Returns:
        A tensor of the given shape and dtype.
    Source: Glorot and Bengio 2010, section 4.2.1, equation 16 (for gain 1).
    """
    return _uniform(shape, xavier_std(shape, nonlinearity=nonlinearity), generator, dtype)


def _normal(shape: Sequence[int], std: float, generator: torch.Generator, dtype: torch.dtype) -> torch.Tensor:
    # Multiplying a standard normal number by std multiplies its standard deviation by std.
    return std * torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)


def _uniform(shape: Sequence[int], std: float, generator: torch.Generator, dtype: torch.dtype) -> torch.Tensor:
    # The variance of a uniform number on (-bound, bound) is bound^2 / 3.
    bound = math.sqrt(3) * std
    unit = torch.rand(shape, generator=generator, dtype=dtype, device=generator.device)
    return bound * (2 * unit - 1)


def activation_scales(X: torch.Tensor, weights: Sequence[torch.Tensor]) -> torch.Tensor:
    """Root mean square of the activations after each layer of a ReLU network without biases.

    Layer l computes H_l = relu(H_{l-1} @ W_l.T) from H_0 = X; the last layer has its ReLU too.

    Args:
        X: [n, d] inputs.
        weights: the weights of the L layers in order, each [out, in].
    Returns:
        [L] the root mean square of H_1, ..., H_L, each over all its rows and units.
    Source: He et al. 2015, section 2.2, equations 7 to 9: E[x^2], not the variance, is carried along.
    """
    return torch.stack([_rms(H) for H in _relu_layers(X, weights)[1:]])


def gradient_scales(X: torch.Tensor, weights: Sequence[torch.Tensor], G: torch.Tensor) -> torch.Tensor:
    """Root mean square of the gradient that reaches the input of each layer of the same network.

    The gradient of relu at exactly 0 is 0.

    Args:
        X: [n, d] inputs.
        weights: the weights of the L layers in order, each [out, in].
        G: [n, k] gradient of a loss with respect to the output H_L of the last ReLU.
    Returns:
        [L] the root mean square of the gradients with respect to H_0, ..., H_{L-1}, in this order.
    Source: He et al. 2015, section 2.2, equation 13.
    """
    outputs = _relu_layers(X, weights)[1:]
    scales = []
    # Walk back from the last layer: first through its ReLU, which lets the gradient pass where its
    # output is positive, then through its weight.
    for W, H in zip(reversed(weights), reversed(outputs), strict=True):
        G = torch.where(H > 0, G, 0) @ W
        scales.append(_rms(G))
    return torch.stack(scales[::-1])


def _relu_layers(X: torch.Tensor, weights: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    # All of H_0 = X, H_1, ..., H_L: the way back needs every one of them.
    layers = [X]
    for W in weights:
        layers.append((layers[-1] @ W.T).clamp(min=0))
    return layers


def _rms(values: torch.Tensor) -> torch.Tensor:
    # Not the standard deviation: what leaves a ReLU has a mean, and the next layer feels the mean too.
    return values.square().mean().sqrt()


def initial_network(
    sizes: Sequence[int],
    generator: torch.Generator,
    *,
    scheme: str = "kaiming",
    dtype: torch.dtype = torch.float32,
) -> Params:
    """Weights and biases of a fully connected ReLU network, ready to be trained.

    Args:
        sizes: layer widths from the input to the output, [64, 32, 10] makes two layers.
        generator: source of every random number; all tensors are made on its device.
        scheme: where the weights of all layers come from. "kaiming": kaiming_normal with its defaults;
            "xavier": xavier_normal with its defaults; "normal": N(0, 1); "zeros": all zero.
        dtype: floating dtype of all tensors.
    Returns:
        A list with one tuple (W, b) per layer, where W has the shape (out, in) and b the shape (out,).
        All biases are zero.
    Source: He et al. 2015, section 2.2 (all layers alike, biases zero).
    """
    # The last layer has no ReLU of its own, but what it adds up are the outputs of one: same gain.
    # Each call moves the generator on, so layers of equal shape still get different weights.
    params = []
    for n_in, n_out in pairwise(sizes):
        W = _initial_weight((n_out, n_in), generator, scheme, dtype)
        params.append((W, W.new_zeros(n_out)))
    return params


def _initial_weight(shape: Sequence[int], generator: torch.Generator, scheme: str, dtype: torch.dtype) -> torch.Tensor:
    # The last two are the schemes that history tried first; they are here to be watched failing.
    if scheme == "kaiming":
        return kaiming_normal(shape, generator, dtype=dtype)
    if scheme == "xavier":
        return xavier_normal(shape, generator, dtype=dtype)
    std = {"normal": 1.0, "zeros": 0.0}[scheme]
    return _normal(shape, std, generator, dtype)


def seeded(seed: int, device: str = "cpu") -> torch.Generator:
    """A new random generator; the same seed gives the same numbers again.

    Args:
        seed: any natural number.
        device: where it lives, and so what is drawn from it.
    Returns:
        The generator, to be passed to the functions above.
    """
    return torch.Generator(device=device).manual_seed(seed)


def forward(params: Params, X: torch.Tensor) -> list[torch.Tensor]:
    """What enters each layer of a ReLU network, and the logits that leave the last one, which has no ReLU.

    Args:
        params: list of (W, b), each W stored as (out, in) and each b as (out,).
        X: [n, d] inputs.
    Returns:
        A list: X, the activations of the hidden layers in order, the logits.
    """
    states = [X]
    for depth, (W, b) in enumerate(params, start=1):
        z = torch.addmm(b, states[-1], W.T)
        states.append(z.relu() if depth < len(params) else z)
    return states


def backward(params: Params, X: torch.Tensor, y: torch.Tensor) -> Params:
    """Gradient of the mean cross-entropy of that network with respect to its parameters.

    Args:
        params: list of (W, b), each W stored as (out, in) and each b as (out,).
        X: [n, d] inputs.
        y: [n] int64; class index in 0..k-1.
    Returns:
        A list of (dW, db), shaped like params.
    """
    *entering, scores = forward(params, X)
    # At the logits the gradient is (softmax - one-hot) / n; going back, each ReLU blocks what it cut.
    odds = (scores - scores.max(1, keepdim=True).values).exp()
    signal = odds / odds.sum(1, keepdim=True)
    signal = signal.scatter_add(1, y[:, None], signal.new_full((len(y), 1), -1.0)).div(len(y))
    found = []
    for (W, _), state in zip(params[::-1], entering[::-1], strict=True):
        found.insert(0, (torch.mm(signal.T, state), signal.sum(0)))
        signal = torch.mm(signal, W).mul(state.sign())
    return found


def train(params: Params, X: torch.Tensor, y: torch.Tensor, *, lr: float, epochs: int, batch_size: int) -> Params:
    """Plain gradient descent on the rows in the given order, so that only the start is random.

    Args:
        params: list of (W, b), the start; it is not changed.
        X: [n, d] inputs.
        y: [n] int64; class index in 0..k-1.
        lr: step size.
        epochs: passes over the rows.
        batch_size: rows per step; the last batch may be shorter.
    Returns:
        The trained parameters, a new list of (W, b).
    """
    for _round in range(epochs):
        for rows, labels in zip(X.split(batch_size), y.split(batch_size), strict=True):
            slopes = backward(params, rows, labels)
            params = [
                (torch.sub(W, dW, alpha=lr), torch.sub(b, db, alpha=lr))
                for (W, b), (dW, db) in zip(params, slopes, strict=True)
            ]
    return params


def predict(params: Params, X: torch.Tensor) -> torch.Tensor:
    """Most likely class of each row.

    Args:
        params: list of (W, b), each W stored as (out, in) and each b as (out,).
        X: [n, d] inputs.
    Returns:
        [n] int64 class indices.
    """
    return forward(params, X)[-1].argmax(1)
