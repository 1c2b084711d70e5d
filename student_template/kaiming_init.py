# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Kaiming initialisation.

Read assignments/kaiming_init/handout.html, then write the functions below. `autograder check kaiming_init` tells how you are doing.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
import torch


Params = list[tuple[torch.Tensor, torch.Tensor]]


# Exercise 1: Fan-in and fan-out (15 points)


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """How many numbers one output is summed from, and how many sums one input takes part in.

    Args:
        shape: sizes of a weight, (out, in) for a linear layer or (out, in, *kernel) for a convolution
            with a kernel of any number of dimensions.
    Returns:
        fan_in and fan_out, two ints. Both count every position of the kernel.
    Source: He et al. 2015, "Delving Deep into Rectifiers", section 2.2 (n_l and n-hat_l).
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: The gain of a nonlinearity (10 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: Kaiming weights (30 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: Xavier weights (15 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: A hundred layers (15 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: A deep network that learns (15 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


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
