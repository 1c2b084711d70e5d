# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""Sigmoid and gradient descent.

Read assignments/sigmoid_gd/handout.html, then write the functions below. `autograder check sigmoid_gd` tells how you are doing.
"""

import torch
from torch import Tensor


# Exercise 1: A stable sigmoid and its derivative (15 points)


def sigmoid(z: Tensor) -> Tensor:
    """The logistic function 1 / (1 + exp(-z)), element by element, finite for every finite z.

    Source: Bishop, Pattern Recognition and Machine Learning, section 4.2, equation 4.59.

    Args:
        z: [...] logits of any shape.
    Returns:
        [...] values between 0 and 1, in the dtype of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def sigmoid_derivative(z: Tensor) -> Tensor:
    """The slope of the sigmoid at z; the argument is the logit z, not the activation sigmoid(z).

    Source: Bishop, section 4.3.2, equation 4.88.

    Args:
        z: [...] logits of any shape.
    Returns:
        [...] derivative at each z, at most 1/4, in the dtype of z.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Binary cross-entropy from logits, and its gradient (25 points)


def binary_cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """Mean binary cross-entropy, computed from logits so that it stays finite when the sigmoid saturates.

    Source: Goodfellow, Bengio and Courville, Deep Learning, section 6.2.2.2, equations 6.24 to 6.26.

    Args:
        logits: [n] raw scores, one per row.
        y: [n] targets 0.0 or 1.0, in the dtype of the logits.
    Returns:
        [] mean loss over the rows, in nats.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def logistic_gradients(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of the mean binary cross-entropy of the logits X @ w + b, for the weights and the bias.

    Source: Bishop, section 4.3.2, equation 4.91 (there the sum over the rows, here their mean).

    Args:
        X: [n, d] features.
        y: [n] targets 0.0 or 1.0, in the dtype of X.
        w: [d] weights.
        b: [] bias.
    Returns:
        dw: [d] gradient for the weights.
        db: [] gradient for the bias.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: One step of gradient descent (10 points)


def gradient_step(X: Tensor, y: Tensor, w: Tensor, b: Tensor, *, lr: float) -> tuple[Tensor, Tensor]:
    """One step of gradient descent on these rows; both gradients are taken at the given w and b.

    Source: Deep Learning, section 4.3, equation 4.5.

    Args:
        X: [n, d] features of the rows in this batch.
        y: [n] targets 0.0 or 1.0, in the dtype of X.
        w: [d] weights before the step.
        b: [] bias before the step.
        lr: learning rate.
    Returns:
        w: [d] weights after the step, a new tensor.
        b: [] bias after the step, a new tensor.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: Full batch, mini-batch and stochastic training (20 points)


def minibatches(n: int, batch_size: int | None = None, generator: torch.Generator | None = None) -> list[Tensor]:
    """The row indices of one epoch, cut into batches; every row appears exactly once.

    Source: Deep Learning, section 8.1.3.

    Args:
        n: number of rows.
        batch_size: rows in a batch; the last batch keeps what is left over. None means all rows at once.
        generator: shuffles the rows with a fresh permutation; None means the given order 0, 1, ..., n - 1.
    Returns:
        a list of index tensors (int64, one axis), on the device of the generator.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def train_logistic(
    X: Tensor,
    y: Tensor,
    w: Tensor,
    b: Tensor,
    *,
    lr: float,
    epochs: int,
    batch_size: int | None = None,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Logistic regression by gradient descent: full batch, mini-batches, or one row at a time.

    Source: Deep Learning, section 8.3.1, algorithm 8.1.

    Args:
        X: [n, d] features.
        y: [n] targets 0.0 or 1.0, in the dtype of X.
        w: [d] weights to start from.
        b: [] bias to start from.
        lr: learning rate of every step.
        epochs: number of passes over all rows.
        batch_size: rows in a batch; None means full batch, 1 means stochastic gradient descent.
        generator: draws a new order of the rows for every epoch; None means the given order each time.
    Returns:
        w: [d] weights after the last step.
        b: [] bias after the last step.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: Linear regression by gradient descent (15 points)


def squared_error_gradients(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of the mean squared error of the predictions X @ w + b (a plain mean, without a factor 1/2).

    Source: Deep Learning, section 5.1.4 (the loss) and section 4.5, equation 4.22 (its gradient).

    Args:
        X: [n, d] features.
        y: [n] real targets, in the dtype of X.
        w: [d] weights.
        b: [] bias.
    Returns:
        dw: [d] gradient for the weights.
        db: [] gradient for the bias.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def fit_linear(X: Tensor, y: Tensor, w: Tensor, b: Tensor, *, lr: float, steps: int) -> tuple[Tensor, Tensor]:
    """Linear regression by full-batch gradient descent on the mean squared error.

    Source: Deep Learning, section 4.5, algorithm 4.1 (with a fixed number of steps).

    Args:
        X: [n, d] features.
        y: [n] real targets, in the dtype of X.
        w: [d] weights to start from.
        b: [] bias to start from.
        lr: learning rate.
        steps: number of steps.
    Returns:
        w: [d] weights after the last step.
        b: [] bias after the last step.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: Nine or not nine (15 points)


def fit_nine(
    X: Tensor,
    labels: Tensor,
    *,
    lr: float,
    epochs: int,
    batch_size: int | None = None,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Train a detector for class 9: logistic regression from zero weights and zero bias.

    Args:
        X: [n, d] images as rows of pixels in 0..1.
        labels: [n] int64 classes 0..9; class 9 is the target 1, every other class the target 0.
        lr: learning rate of every step.
        epochs: number of passes over all rows.
        batch_size: rows in a batch; None means full batch.
        generator: draws a new order of the rows for every epoch; None means the given order.
    Returns:
        w: [d] trained weights, in the dtype of X.
        b: [] trained bias, in the dtype of X.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def predict_nine(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Decide for each row whether it is a nine: 1 where the probability is above one half, else 0.

    Args:
        X: [n, d] images as rows of pixels in 0..1.
        w: [d] weights.
        b: [] bias.
    Returns:
        [n] int64, 1 for a nine and 0 for anything else; a probability of exactly one half gives 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError
