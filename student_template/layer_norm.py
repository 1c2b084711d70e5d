# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Layer normalisation.

Read assignments/layer_norm/handout.html, then write the functions below. `autograder check layer_norm` tells how you are doing.
"""

from collections.abc import Callable
import torch
from torch import Tensor


# Exercise 1: Normalising a row (15 points)


def layer_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance (divided by d) of every row over its features.

    Source: Ba, Kiros and Hinton, section 3, equation 3.

    Args:
        x: [..., d] rows of features; the axes in front of d are free.
    Returns:
        mean: [...] mean of each row: the shape of x without its last axis.
        var: [...] mean squared distance from that mean.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def layer_norm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise every row with its own statistics, then scale its features by gamma and shift them by beta.

    Source: Ba, Kiros and Hinton, section 3, equations 3 and 4.

    Args:
        x: [..., d] rows of features; the axes in front of d are free.
        gamma: [d] scale of each feature.
        beta: [d] shift of each feature.
        eps: added to the biased variance, inside the square root.
    Returns:
        [..., d] the output, of the shape and in the dtype of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: The gradient of a row (20 points)


def layer_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through `layer_norm_forward`, for its input, its scale and its shift.

    Source: Ba, Kiros and Hinton, section 3, equations 3 and 4, differentiated.

    Args:
        grad_out: [..., d] gradient of the loss for the output.
        x: [..., d] the input that the forward function got, at least two axes.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [..., d] gradient for x, of its shape and in its dtype.
        dgamma: [d] gradient for gamma.
        dbeta: [d] gradient for beta.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: A layer without a memory (10 points)


class LayerNorm:
    """A layer normalisation layer: nothing to keep from batch to batch, and the same in training and in use.

    Attributes:
        gamma: [d] scale; changed only from outside, by whoever trains the layer.
        beta: [d] shift; changed only from outside.
        eps: added to the variance inside the square root.
    """

    def __init__(self, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> None:
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every row of x by its own statistics, whatever the layer has seen before.

        Source: Ba, Kiros and Hinton, section 3.

        Args:
            x: [..., d] rows of features, at least two axes.
        Returns:
            [..., d] normalised, scaled and shifted.
        """
        # YOUR CODE HERE
        raise NotImplementedError

    def backward(self, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of a loss through the latest call of `forward`.

        Source: Ba, Kiros and Hinton, section 3, equations 3 and 4, differentiated.

        Args:
            grad_out: [..., d] gradient of the loss for the output of that call.
        Returns:
            dx: [..., d] gradient for the input of that call.
            dgamma: [d] gradient for gamma.
            dbeta: [d] gradient for beta.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 4: RMSNorm: the same without the mean (15 points)


def rms_norm_forward(x: Tensor, gamma: Tensor, eps: float = 1e-5) -> Tensor:
    """Divide every row by the root of its mean square plus eps, then scale its features by gamma.

    Source: Zhang and Sennrich, section 4, equation 4 (eps is not in the paper, but in its code).

    Args:
        x: [..., d] rows of features; the axes in front of d are free.
        gamma: [d] scale of each feature.
        eps: added to the mean square, inside the square root.
    Returns:
        [..., d] the output, of the shape and in the dtype of x.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def rms_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor]:
    """Gradients of a loss through `rms_norm_forward`, for its input and its scale.

    Source: Zhang and Sennrich, section 4, equation 4, differentiated.

    Args:
        grad_out: [..., d] gradient of the loss for the output.
        x: [..., d] the input that the forward function got, at least two axes.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [..., d] gradient for x, of its shape and in its dtype.
        dgamma: [d] gradient for gamma.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: Whose statistics depend on the other rows? (15 points)


def batch_norm_forward(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Batch normalisation in training mode: every feature by its statistics over the rows of the batch.

    Source: Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167, section 3, algorithm 1.

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


def batch_norm_backward(grad_out: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through `batch_norm_forward`, for its input, its scale and its shift.

    Source: Ioffe and Szegedy, section 3, the equations that follow algorithm 1.

    Args:
        grad_out: [n, d] gradient of the loss for the output.
        x: [n, d] the input that the forward function got.
        gamma: [d] the scale that it got.
        eps: the eps that it got.
    Returns:
        dx: [n, d] gradient for x.
        dgamma: [d] gradient for gamma.
        dbeta: [d] gradient for beta.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def depends_on_other_rows(normalise: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    """Whether the output of any row of x changes with the rows beside it.

    Source: Ba, Kiros and Hinton, section 3 (layer norm has no dependencies between training cases).

    Args:
        normalise: maps rows [m, d] to rows [m, d], for every m from 1 on; not a random function.
        x: [n, d] one row per example, n at least 2.
    Returns:
        True if some row's output depends on another row by more than 1e-6, otherwise False.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: None, batch or layer: how many epochs? (15 points)


def network_gradients(params: dict, X: Tensor, y: Tensor, norm: str) -> tuple[Tensor, dict]:
    """Mean cross-entropy of a network whose hidden layers are linear, normalised and rectified, and its gradients.

    Source: Goodfellow, Bengio and Courville, Deep Learning, section 6.5.4, algorithms 6.3 and 6.4.

    Args:
        params: a dict with the lists "weights" (a matrix for each linear map), "gamma" and "beta" (for each
            hidden layer), and with "bias" [k], which the last linear map adds.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        norm: "layer", "batch" (in training mode) or "none" (gamma and beta only); eps is 1e-5.
    Returns:
        loss: [] mean cross-entropy over the rows, in nats.
        grads: a dict like params; every gradient has the shape of its parameter.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def train(
    params: dict,
    X: Tensor,
    y: Tensor,
    *,
    norm: str,
    lr: float,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> tuple[dict, Tensor]:
    """Train by mini-batch gradient descent on the mean cross-entropy, and record the loss of every epoch.

    Source: Ba, Kiros and Hinton, section 6 (training loss against the number of updates).

    Args:
        params: the start, as in `network_gradients`; it stays as it is.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        norm: "layer", "batch" or "none".
        lr: learning rate of every step, the same for all parameters.
        epochs: number of passes over all rows, at least 1.
        batch_size: rows in a batch; the last batch of an epoch keeps what is left over.
        generator: draws a new order of the rows for every epoch; None means the given order each time.
    Returns:
        params: a dict like the start.
        losses: [e] for each epoch the mean over all rows of their losses, each taken just before the step of its batch.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def epochs_to(losses: Tensor, target: float) -> int | None:
    """The first epoch, counted from 1, whose loss is at most the target; None if there is none.

    Args:
        losses: [e] loss of each epoch.
        target: the loss to reach.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def compare_norms(
    params: dict, X: Tensor, y: Tensor, *, target: float, lr: float, epochs: int, batch_size: int
) -> dict:
    """How many epochs a network needs to a training loss without, with batch and with layer normalisation.

    All three trainings begin with the same parameters and take the rows in the given order.

    Source: Ba, Kiros and Hinton, section 6.

    Args:
        params: the start of all three, as in `network_gradients`; it stays as it is.
        X: [n, d] one row per example.
        y: [n] int64 labels in 0..k-1.
        target: the training loss to reach.
        lr: learning rate of every step.
        epochs: number of epochs after which a training gives up.
        batch_size: rows in a batch.
    Returns:
        a dict with the keys "none", "batch" and "layer" and the answers of `epochs_to`.
    """
    # YOUR CODE HERE
    raise NotImplementedError
