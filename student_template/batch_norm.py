# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Batch normalisation.

Read assignments/batch_norm/handout.html, then write the functions below. `autograder check batch_norm` tells how you are doing.
"""

import torch
from torch import Tensor


# Exercise 1: Normalising a batch (15 points)


def batch_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance (divided by n) of every feature over the rows of the batch.

    Source: Ioffe and Szegedy, section 3, algorithm 1, first two lines.

    Args:
        x: [n, d] one row per example, n at least 1.
    Returns:
        mean: [d] mean of each feature.
        var: [d] mean squared distance from that mean.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def batch_norm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise every feature with the statistics of this batch, then scale by gamma and shift by beta.

    Source: Ioffe and Szegedy, section 3, algorithm 1.

    Args:
        x: [n, d] one row per example.
        gamma: [d] scale of each feature.
        beta: [d] shift of each feature.
        eps: added to the biased variance, inside the square root.
    Returns:
        [n, d] the output, in the dtype of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: The gradient by hand (25 points)


def batch_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through `batch_norm_forward`, for its input, its scale and its shift.

    Source: Ioffe and Szegedy, section 3, the equations that follow algorithm 1.

    Args:
        grad_out: [n, d] gradient of the loss for the output.
        x: [n, d] the input that the forward function got.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [n, d] gradient for x, in the dtype of x.
        dgamma: [d] gradient for gamma.
        dbeta: [d] gradient for beta.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: Running statistics and evaluation (20 points)


class BatchNorm:
    """A batch normalisation layer for [n, d] input, with running statistics for evaluation.

    Attributes:
        gamma: [d] scale; changed only from outside, by whoever trains the layer.
        beta: [d] shift; changed only from outside.
        eps: added to the variance inside the square root, in both modes.
        momentum: weight of the newest batch in the running statistics, as in torch.
        training: True, as it is at the start, for training mode; False for evaluation mode.
        running_mean: [d] running average of the batch means, 0 at the start.
        running_var: [d] running average of the unbiased batch variances, 1 at the start.
    """

    def __init__(self, gamma: Tensor, beta: Tensor, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.gamma, self.beta, self.eps, self.momentum = gamma, beta, eps, momentum
        self.running_mean, self.running_var = torch.zeros_like(gamma), torch.ones_like(gamma)
        self.training = True

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x: by its own statistics in training mode, by the running ones in evaluation mode.

        Training mode also moves both running statistics:
        new = (1 - momentum) * old + momentum * (that of the batch),
        where the batch's variance is the unbiased one, divided by n - 1. Evaluation mode changes neither.

        Source: Ioffe and Szegedy, section 3.1, algorithm 2 (there a plain average, in torch a moving one).

        Args:
            x: [n, d] rows; in training mode n is at least 2.
        Returns:
            [n, d] normalised, scaled and shifted.
        """
        # YOUR CODE HERE
        raise NotImplementedError

    # Exercise 4: The gradient of the layer (10 points)
    def backward(self, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of a loss through the latest call of `forward`; the mode is still the one of that call.

        Source: Ioffe and Szegedy, section 3, the equations that follow algorithm 1.

        Args:
            grad_out: [n, d] gradient of the loss for the output of that call.
        Returns:
            dx: [n, d] gradient for the input of that call.
            dgamma: [d] gradient for gamma.
            dbeta: [d] gradient for beta.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 5: Images: one channel, one feature (10 points)


class BatchNorm2d(BatchNorm):
    """Batch normalisation of [n, c, h, w] images: statistics, scale and shift belong to a channel.

    The attributes are those of `BatchNorm`, with one entry per channel. All n * h * w values of a channel are
    its batch, also for the unbiased variance.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every channel of x, as `BatchNorm.forward` does every feature.

        Source: Ioffe and Szegedy, section 3.2.

        Args:
            x: [n, c, h, w] images; in training mode n * h * w is at least 2.
        Returns:
            [n, c, h, w] normalised, scaled and shifted.
        """
        # YOUR CODE HERE
        raise NotImplementedError

    def backward(self, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of a loss through the latest call of `forward`; the mode is still the one of that call.

        Source: Ioffe and Szegedy, section 3.2.

        Args:
            grad_out: [n, c, h, w] gradient of the loss for the output of that call.
        Returns:
            dx: [n, c, h, w] gradient for the input of that call.
            dgamma: [c] gradient for gamma.
            dbeta: [c] gradient for beta.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 6: A network that stands a large learning rate (20 points)


class Network:
    """A deep classifier: each hidden layer is a linear map, a BatchNorm and a ReLU, the last one is linear.

    Attributes:
        weights: list of matrices, one per linear map; the network's own copies.
        norms: list of BatchNorm, one per hidden layer, with gamma 1 and beta 0 at the start.
        bias: [k] bias of the last layer, 0 at the start; the hidden layers need none, beta does their work.
        batch_norm: False keeps the norms in evaluation mode for good. Their mean is 0 and their variance 1,
            so what is left is a plain network with one scale and one bias for each hidden unit.
    """

    def __init__(self, weights: list[Tensor], batch_norm: bool = True) -> None:
        widths = [W.shape[1] for W in weights]
        self.weights = [W.clone() for W in weights]
        self.norms = [BatchNorm(weights[0].new_ones(h), weights[0].new_zeros(h)) for h in widths[:-1]]
        self.bias = weights[0].new_zeros(widths[-1])
        self.batch_norm = batch_norm
        self.set_training(True)

    def set_training(self, training: bool) -> None:
        """Switch every norm to training mode (True) or evaluation mode (False)."""
        for norm in self.norms:
            norm.training = training and self.batch_norm

    def forward(self, X: Tensor) -> Tensor:
        """The logits of X, in the mode that the norms are in.

        Source: Ioffe and Szegedy, section 3.2 (the norm stands between the linear map and the ReLU).

        Args:
            X: [n, d] one row per example.
        Returns:
            [n, k] logits.
        """
        # YOUR CODE HERE
        raise NotImplementedError

    def backward(self, grad_logits: Tensor) -> dict:
        """Gradients of a loss for all parameters, through the latest call of `forward`.

        Source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4, algorithm 6.4.

        Args:
            grad_logits: [n, k] gradient of the loss for the logits of that call.
        Returns:
            a dict with the keys "weights", "gamma", "beta" (lists, first layer first) and "bias" (a tensor);
            every gradient has the shape of its parameter.
        """
        # YOUR CODE HERE
        raise NotImplementedError


def train(
    network: Network,
    X: Tensor,
    y: Tensor,
    *,
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> None:
    """Train the network in place, in training mode, by mini-batch gradient descent on the mean cross-entropy.

    All parameters move with the same rate: weights, bias, and gamma and beta of every norm.

    Source: Ioffe and Szegedy, section 3.1, algorithm 2, and section 3.3 (why the rate may be large).

    Args:
        network: may arrive in either mode.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        lr: learning rate of every step.
        epochs: number of passes over all rows.
        batch_size: rows in a batch; the last batch of an epoch keeps what is left over (at least two rows).
        generator: draws a new order of the rows for every epoch; None means the given order each time.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def predict(network: Network, X: Tensor) -> Tensor:
    """The most likely class of every row, in evaluation mode: no row depends on the others.

    Source: Ioffe and Szegedy, section 3.1, algorithm 2 (inference).

    Args:
        network: may arrive in either mode; its parameters and running statistics stay as they are.
        X: [n, d] one row per example, n at least 1.
    Returns:
        [n] int64 class indices.
    """
    # YOUR CODE HERE
    raise NotImplementedError
