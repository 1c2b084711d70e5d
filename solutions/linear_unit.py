"""One unit without a sigmoid: the perceptron that learns from mistakes, and the linear unit that descends a loss.

Shapes: X [n, d] rows of features, y [n] targets, w [d] weights, b [] bias, predictions [n]. A perceptron's targets
are -1.0 and 1.0. Everything works for any float dtype on any device, and nothing changes the tensors it is given.
Sources: Rosenblatt, The perceptron, Psychological Review 65 (6), 1958; Novikoff, On convergence proofs for
perceptrons, 1962; Huber, Robust Estimation of a Location Parameter, Annals of Mathematical Statistics 35 (1),
1964; Bishop, Pattern Recognition and Machine Learning, 2006, sections 3.1 and 4.1.
"""

from collections.abc import Callable

import torch
from torch import Tensor


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
    # y and z have the same sign where the unit is right. On the boundary z is 0, and that is not right.
    if y * (x @ w + b) > 0:
        return w, b
    # The bias is the weight of a feature that is always 1, and moves like all others.
    return w + y * x, b + y


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
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    mistakes: list[int] = []
    for _ in range(max_epochs):
        count = 0
        for x, target in zip(X, y, strict=True):
            after, bias = perceptron_step(x, target, w, b)
            # A mistake always moves the bias, by 1.
            count += int(bias != b)
            w, b = after, bias
        mistakes.append(count)
        # Whoever made no mistake with these weights never makes one with them.
        if count == 0:
            break
    return w, b, mistakes


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
    return X @ w + b


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
    # If the loss is a mean, its 1/n is in grad already.
    return grad @ X, grad.sum()


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
    error = predictions - y
    return error.square().mean(), 2 * error / len(error)


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
    error = predictions - y
    # sign(0) is 0, which is one of the slopes that fit into the kink.
    return error.abs().mean(), error.sign() / len(error)


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
    error = predictions - y
    # The part of the error that lies in the parabola. Both pieces of the loss, and the slope, can be said with it.
    near = error.clamp(-delta, delta)
    loss = near * (error - near / 2)
    return loss.mean(), near / len(error)


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
    losses = []
    for _ in range(steps):
        value, grad = loss(linear_unit(X, w, b), y)
        losses.append(value)
        # Both gradients belong to the predictions before the step.
        dw, db = linear_gradients(X, grad)
        w, b = w - lr * dw, b - lr * db
    return w, b, torch.stack(losses)


def append_ones(X: Tensor) -> Tensor:
    """The rows with one more feature, the last one, that is always 1.

    Source: Bishop, section 3.1, equation 3.2 (the basis function that is 1).

    Args:
        X: [n, d] one row per example.
    Returns:
        [n, e] with e = d + 1 features.
    """
    return torch.cat([X, X.new_ones(len(X), 1)], dim=1)


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
    # With the column of ones the bias is one weight among the others, and the solver need not know of it.
    solution = torch.linalg.lstsq(append_ones(X), y[:, None]).solution[:, 0]
    return solution[:-1], solution[-1]


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
    # (X W1 + b1) W2 + b2, multiplied out: the first bias passes through the second layer.
    return W1 @ W2, b1 @ W2 + b2


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
    # Twice the weights and twice the bias draw the same boundary, and give the same distances.
    return linear_unit(X, w, b) / w.square().sum().sqrt()


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
    chosen = (labels == 1) | (labels == 7)
    # 1 becomes -1 and 7 becomes 1.
    targets = (labels[chosen] - 4).sign().to(X.dtype)
    return train_perceptron(X[chosen], targets, max_epochs)


def predict_one_or_seven(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """The class that the unit says: 7 where it says more than 0, else 1.

    Args:
        X: [n, d] one image per row.
        w: [d] weights.
        b: [] bias.
    Returns:
        [n] int64 classes, 1 or 7.
    """
    return torch.where(linear_unit(X, w, b) > 0, 7, 1)
