# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""From the perceptron to the linear unit.

Read assignments/linear_unit/handout.html, then write the functions below. `autograder check linear_unit` tells how you are doing.
"""

from collections.abc import Callable
import torch
from torch import Tensor


# Exercise 1: One row and one mistake (10 points)


def perceptron_step(x: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Show the perceptron one row: it moves if it is wrong about it, and only then.

    Source: Bishop, section 4.1.7, equation 4.55, with a learning rate of 1.

    Args:
        x: [d] one row.
        y: [] its target, -1.0 or 1.0.
        w: [d] weights.
        b: [] bias.
    Returns:
        w: [d] weights after the row.
        b: [] bias after the row.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Until there is no mistake (16 points)


def train_perceptron(X: Tensor, y: Tensor, max_epochs: int) -> tuple[Tensor, Tensor, list[int]]:
    """Show all rows in their order, again and again, until an epoch passes without a mistake.

    Source: Rosenblatt, 1958; Novikoff, 1962 (it ends where a line can separate the rows).

    Args:
        X: [n, d] one row per example.
        y: [n] targets, -1.0 or 1.0.
        max_epochs: epochs after which it gives up, at least 1.
    Returns:
        w: [d] weights; they start as zeros.
        b: [] bias; it starts as zero.
        mistakes: a list with the number of mistakes in each epoch that was begun.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: The unit without a sign (8 points)


def linear_unit(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """The predictions of a unit without an activation.

    Source: Bishop, section 3.1, equation 3.1.

    Args:
        X: [n, d] one row per example.
        w: [d] weights.
        b: [] bias.
    Returns:
        [n] predictions, any real numbers.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def linear_gradients(X: Tensor, grad: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of a loss for the weights and the bias of a linear unit, from its gradient for the predictions.

    Source: the chain rule; Deep Learning, section 6.5.2.

    Args:
        X: [n, d] the rows that were predicted.
        grad: [n] gradient of the loss for each prediction.
    Returns:
        dw: [d] gradient for the weights.
        db: [] gradient for the bias.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: Three prices of an error (18 points)


def squared_loss(predictions: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The mean squared error, and its gradient for the predictions.

    Source: Deep Learning, section 5.1.4, equation 5.4.

    Args:
        predictions: [n] what the unit says.
        y: [n] what is true.
    Returns:
        loss: [] mean of the squared errors.
        grad: [n] its gradient for each prediction.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def absolute_loss(predictions: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The mean absolute error, and a subgradient of it for the predictions.

    Source: Boyd and Vandenberghe, Convex Optimization, 2004, section 6.1.2.

    Args:
        predictions: [n] what the unit says.
        y: [n] what is true.
    Returns:
        loss: [] mean of the absolute errors.
        grad: [n] its gradient for each prediction; 0 where the error is 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def huber_loss(predictions: Tensor, y: Tensor, delta: float) -> tuple[Tensor, Tensor]:
    """The mean Huber loss, and its gradient for the predictions: a parabola near 0, straight lines further out.

    An error e costs e^2 / 2 up to the size delta, and delta (|e| - delta / 2) beyond it.

    Source: Huber, 1964, section 4.

    Args:
        predictions: [n] what the unit says.
        y: [n] what is true.
        delta: the size of an error at which the parabola ends, above 0.
    Returns:
        loss: [] mean over the rows.
        grad: [n] its gradient for each prediction.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: Down any slope (12 points)


def descend(
    X: Tensor,
    y: Tensor,
    w: Tensor,
    b: Tensor,
    *,
    loss: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    lr: float,
    steps: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Move a linear unit against the gradient of any loss, with all rows in each step.

    Source: Bishop, section 3.1.3; Deep Learning, section 4.3, equation 4.5.

    Args:
        X: [n, d] one row per example.
        y: [n] targets.
        w: [d] weights at the start.
        b: [] bias at the start.
        loss: gets predictions and targets, gives the loss and its gradient for the predictions.
        lr: learning rate.
        steps: number of steps, at least 1.
    Returns:
        w: [d] weights after the last step.
        b: [] bias after the last step.
        losses: [s] the loss before each step.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: The bias as one weight more (8 points)


def append_ones(X: Tensor) -> Tensor:
    """The rows with one more feature, the last one, that is always 1.

    Source: Bishop, section 3.1, equation 3.2 (the basis function that is 1).

    Args:
        X: [n, d] one row per example.
    Returns:
        [n, e] with e = d + 1 features.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def least_squares(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The weights and the bias with the smallest mean squared error, by solving instead of descending.

    Source: Bishop, section 3.1.1, equation 3.15.

    Args:
        X: [n, d] one row per example; n is larger than d.
        y: [n] targets.
    Returns:
        w: [d] weights.
        b: [] bias.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 7: Two layers are one (6 points)


def compose(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    """The one linear layer that does what two of them do, if there is no activation between them.

    Source: Deep Learning, section 6.1 (a linear function of a linear function is linear).

    Args:
        W1: [d, h] weights of the first layer.
        b1: [h] its bias.
        W2: [h, k] weights of the second layer.
        b2: [k] its bias.
    Returns:
        W: [d, k] weights of the layer that replaces both.
        b: [k] its bias.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 8: How far from the boundary? (6 points)


def distance_to_boundary(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """How far each row lies from the points in which the unit says 0, with the sign of what it says.

    Source: Bishop, section 4.1.1, equation 4.7.

    Args:
        X: [n, d] one row per example.
        w: [d] weights, not all of them 0.
        b: [] bias.
    Returns:
        [n] signed distances, in the unit of the features.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 9: One or seven (6 points)


def fit_one_or_seven(X: Tensor, labels: Tensor, max_epochs: int) -> tuple[Tensor, Tensor, list[int]]:
    """Train a perceptron to tell class 7 (target 1) from class 1 (target -1), without the rows of all other classes.

    Args:
        X: [n, d] one image per row.
        labels: [n] int64 classes; 1 and 7 occur.
        max_epochs: epochs after which it gives up.
    Returns:
        w: [d] weights.
        b: [] bias.
        mistakes: a list with the number of mistakes in each epoch that was begun.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def predict_one_or_seven(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """The class that the unit says: 7 where it says more than 0, else 1.

    Args:
        X: [n, d] one image per row.
        w: [d] weights.
        b: [] bias.
    Returns:
        [n] int64 classes, 1 or 7.
    """
    # YOUR CODE HERE
    raise NotImplementedError
