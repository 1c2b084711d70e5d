# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Activation functions.

Read assignments/activations/handout.html, then write the functions below. `autograder check activations` tells how you are doing.
"""

import math
from collections.abc import Callable, Sequence
import torch
from torch import Tensor


# Exercise 1: The sigmoid family (20 points)


def logistic(z: Tensor, steepness: float = 1.0) -> Tensor:
    """The logistic function 1 / (1 + exp(-steepness * z)), between 0 and 1.

    Source: Goodfellow, Bengio and Courville, section 3.10, equation 3.30.

    Args:
        z: [...] any numbers.
        steepness: factor of z, greater than 0.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def logistic_derivative(z: Tensor, steepness: float = 1.0) -> Tensor:
    """The derivative of `logistic` for z.

    Args:
        z: [...] the input of the function, not its value.
        steepness: the steepness that the function got.
    Returns:
        [...] the slope at each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def tanh(z: Tensor) -> Tensor:
    """The hyperbolic tangent (exp(z) - exp(-z)) / (exp(z) + exp(-z)), between -1 and 1.

    Source: LeCun, Bottou, Orr and Mueller, section 4.4.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def tanh_derivative(z: Tensor) -> Tensor:
    """The derivative of `tanh` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def arctan(z: Tensor) -> Tensor:
    """The arc tangent, scaled so that it lies between -1 and 1 and has the slope 1 at 0.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def arctan_derivative(z: Tensor) -> Tensor:
    """The derivative of `arctan` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def algebraic(z: Tensor) -> Tensor:
    """The algebraic sigmoid z / sqrt(1 + z^2), between -1 and 1.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def algebraic_derivative(z: Tensor) -> Tensor:
    """The derivative of `algebraic` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def softsign(z: Tensor) -> Tensor:
    """The softsign z / (1 + |z|), between -1 and 1.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def softsign_derivative(z: Tensor) -> Tensor:
    """The derivative of `softsign` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Rectifiers (18 points)


def relu(z: Tensor) -> Tensor:
    """The rectifier max(z, 0).

    Source: Glorot, Bordes and Bengio, Deep Sparse Rectifier Neural Networks, 2011, section 3.1.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def relu_derivative(z: Tensor) -> Tensor:
    """The derivative of `relu` for z; at 0 that from the left, which is 0.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them, in the dtype of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def leaky_relu(z: Tensor, leak: float = 0.01) -> Tensor:
    """The leaky rectifier: z above 0, and leak * z below.

    Source: Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013, section 2.

    Args:
        z: [...] any numbers.
        leak: slope below 0, at least 0; it may be above 1.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def leaky_relu_derivative(z: Tensor, leak: float = 0.01) -> Tensor:
    """The derivative of `leaky_relu` for z; at 0 that from the left.

    Args:
        z: [...] the input of the function, not its value.
        leak: the leak that the function got.
    Returns:
        [...] the slope at each of them, in the dtype of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def elu(z: Tensor, alpha: float = 1.0) -> Tensor:
    """The exponential linear unit: z above 0, and alpha * (exp(z) - 1) below.

    Source: Clevert, Unterthiner and Hochreiter, ELU, 2015, arXiv:1511.07289, equation 15.

    Args:
        z: [...] any numbers.
        alpha: the limit far below 0 is -alpha.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def elu_derivative(z: Tensor, alpha: float = 1.0) -> Tensor:
    """The derivative of `elu` for z; at 0 that from the left.

    Source: Clevert, Unterthiner and Hochreiter, equation 15.

    Args:
        z: [...] the input of the function, not its value.
        alpha: the alpha that the function got.
    Returns:
        [...] the slope at each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def softplus(z: Tensor) -> Tensor:
    """The softplus log(1 + exp(z)), a rectifier with a round corner.

    Source: Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2000.

    Args:
        z: [...] any numbers.
    Returns:
        [...] the value for each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def softplus_derivative(z: Tensor) -> Tensor:
    """The derivative of `softplus` for z.

    Args:
        z: [...] the input of the function, not its value.
    Returns:
        [...] the slope at each of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: Output functions and the loss that belongs to each (17 points)


def output_layer(task: str, z: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The output function that belongs to a task, its loss, and the gradient of the loss for z.

    Source: Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2, equations 5.11 to 5.25.

    Args:
        task: "regression" (identity and half of the squared error, summed over the outputs), "binary" (logistic and
            binary cross-entropy, summed over the outputs) or "classes" (softmax and cross-entropy).
        z: [n, k] the sums of the last layer.
        target: [n, k] numbers; for "binary" each in 0..1, for "classes" rows that sum to 1.
    Returns:
        outputs: [n, k] the value of the output function.
        loss: [] mean over the n rows, in nats where it is a cross-entropy.
        grad: [n, k] gradient of this loss for z.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def smooth_labels(target: Tensor, alpha: float) -> Tensor:
    """Targets with a share alpha of each row spread over all its classes: (1 - alpha) target + alpha / k.

    Source: Szegedy et al., section 7.

    Args:
        target: [n, k] one-hot rows, or others that sum to 1.
        alpha: share in 0..1 that is spread.
    Returns:
        [n, k] rows that sum to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def smoothed_cross_entropy(logits: Tensor, y: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
    """The mean cross-entropy of the softmax with smoothed labels, and its gradient for the logits.

    Source: Szegedy et al., section 7.

    Args:
        logits: [n, k] raw scores.
        y: [n] int64 labels in 0..k-1.
        alpha: share in 0..1 that is taken from the true class and spread over all k.
    Returns:
        loss: [] mean over the rows, in nats.
        grad: [n, k] gradient of this loss for the logits.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: A ReLU network through given points (8 points)


def relu_interpolant(xs: Tensor, ys: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The ReLU network x -> c + sum_j v_j max(w_j x + b_j, 0) that joins given points by straight lines.

    Args:
        xs: [m] where the points are, in any order, all different, m at least 2.
        ys: [m] how high they are.
    Returns:
        w: [h] weights of the hidden units, h at most m.
        b: [h] their biases.
        v: [h] the weights that their outputs get.
        c: [] the bias of the output.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: Dead units and vanishing gradients (14 points)


def dead_share(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """The share of the units of a ReLU layer that are dead on the data: 0 for every row.

    Source: Maas, Hannun and Ng, section 2.

    Args:
        X: [n, d] one row per example.
        W: [d, h] weights of the layer.
        b: [h] its biases.
    Returns:
        [] dead units over all h units, in the dtype of X.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def gradient_scale(
    activation: Callable[[Tensor], Tensor], derivative: Callable[[Tensor], Tensor], X: Tensor, weights: Sequence[Tensor]
) -> Tensor:
    """How large a gradient is when it comes to the input of each layer, if it is 1 for every output of the last one.

    Source: Glorot and Bengio, 2010, section 4.2.1, equations 2 and 3.

    Args:
        activation: the function after each layer, of sums in any shape.
        derivative: its derivative, a function of the same sums.
        X: [n, d] input of the first layer.
        weights: the matrix W of each of l layers, which maps a to activation(a @ W); there are no biases.
    Returns:
        [l] root mean square of the gradient at the input of each layer, that of X first.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: A network whose activation is a parameter (13 points)


def network_gradients(
    params: Sequence[Tensor],
    X: Tensor,
    target: Tensor,
    activation: Callable[[Tensor], Tensor],
    derivative: Callable[[Tensor], Tensor],
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Mean cross-entropy of a network with one hidden layer and any activation, and its gradients.

    Source: Goodfellow, Bengio and Courville, section 6.5.4, algorithms 6.3 and 6.4.

    Args:
        params: W1 [d, h], b1 [h], W2 [h, k] and b2 [k] of activation(X @ W1 + b1) @ W2 + b2.
        X: [n, d] one row per example.
        target: [n, k] rows that sum to 1, one-hot or smoothed.
        activation: the function of the hidden layer.
        derivative: its derivative, a function of the same sums.
    Returns:
        loss: [] mean cross-entropy over the rows, in nats.
        grads: the gradients for W1, b1, W2 and b2, in their shapes.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def train(
    params: Sequence[Tensor],
    X: Tensor,
    target: Tensor,
    *,
    activation: Callable[[Tensor], Tensor],
    derivative: Callable[[Tensor], Tensor],
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, ...]:
    """Train the network by mini-batch gradient descent on its mean cross-entropy.

    Source: Goodfellow, Bengio and Courville, section 8.3.1, algorithm 8.1.

    Args:
        params: the start, W1, b1, W2 and b2; it stays as it is.
        X: [n, d] one row per example.
        target: [n, k] rows that sum to 1.
        activation: the function of the hidden layer.
        derivative: its derivative.
        lr: learning rate of every step.
        epochs: number of passes over all rows.
        batch_size: rows in a batch; the last batch of an epoch keeps what is left over.
        generator: draws a new order of the rows for every epoch; None means the given order each time.
    Returns:
        the parameters after the last step, like `params`.
    """
    # YOUR CODE HERE
    raise NotImplementedError
