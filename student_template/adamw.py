# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""SGD, Adam and AdamW.

Read assignments/adamw/handout.html, then write the functions below. `autograder check adamw` tells how you are doing.
"""

import torch


# Exercise 1: SGD with an L2 penalty and with decoupled decay (15 points)


class SGD:
    """Plain gradient descent (no momentum) with an L2 penalty, decoupled weight decay, both or neither.

    Args:
        params: list of floating-point tensors, each of any shape, 0-dim ones included.
        lr: learning rate.
        l2: factor of the penalty l2 / 2 * sum(w**2), which adds to the gradient of every parameter.
        weight_decay: factor of the decoupled decay; one step takes lr * weight_decay * w off a parameter w.

    Attributes:
        params: list of the current parameters. `step` may change these tensors in place or put new ones into
            the list.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019, Algorithm 1 without
    momentum; its decay is here multiplied by lr, as torch does.
    """

    def __init__(self, params: list[torch.Tensor], lr: float, *, l2: float = 0.0, weight_decay: float = 0.0):
        """Keep the parameters and the hyperparameters as attributes."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, grads: list[torch.Tensor]) -> None:
        """Move every parameter once, both kinds of decay being taken from its value before the step.

        Args:
            grads: list of tensors, the gradient of each parameter in the order of `params`; left as they are.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 2: Moving averages and their bias (15 points)


def moving_average(average: torch.Tensor, value: torch.Tensor, beta: float) -> torch.Tensor:
    """Exponential moving average after one more value.

    Args:
        average: tensor of any shape, the average so far (zeros before the first value).
        value: tensor of the same shape, the new value.
        beta: share of the old average that stays, in 0 <= beta < 1.

    Returns:
        The new average, a new tensor of the same shape.

    Source: Kingma and Ba, Adam, ICLR 2015, Algorithm 1 (the updates of m and v).
    """
    # YOUR CODE HERE
    raise NotImplementedError


def bias_corrected(average: torch.Tensor, beta: float, t: int) -> torch.Tensor:
    """Moving average freed from the zeros it started with.

    Args:
        average: tensor of any shape, a moving average that started at zero.
        beta: the share with which it was built.
        t: number of values that went into it, 1 or more.

    Returns:
        The corrected average, a new tensor of the same shape.

    Source: Kingma and Ba, Adam, ICLR 2015, section 3.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: Adam, with and without L2 (35 points)


class Adam:
    """Adam, optionally with an L2 penalty in the gradient.

    Args:
        params: list of floating-point tensors, each of any shape, 0-dim ones included.
        lr: learning rate.
        betas: the shares (beta1, beta2) with which the two moving averages keep their old value.
        eps: added to the root of the corrected second moment, outside the root and after the bias correction.
        l2: factor of the penalty l2 / 2 * sum(w**2), which adds to the gradient before the moments see it.

    Attributes:
        params: list of the current parameters. `step` may change these tensors in place or put new ones into
            the list.
        t: int, the number of steps taken so far: 0 at first, 1 during the first step; one count for all
            parameters.
        m: list of tensors shaped like `params`, the moving averages of the gradients, not corrected; zeros at
            first.
        v: list of tensors shaped like `params`, the same of the squared gradients.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, Algorithm 1.
    """

    def __init__(
        self,
        params: list[torch.Tensor],
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        l2: float = 0.0,
    ):
        """Keep the parameters and the hyperparameters, and start the count and the moments at zero."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, grads: list[torch.Tensor]) -> None:
        """Count one step and move every parameter once.

        Args:
            grads: list of tensors, the gradient of each parameter in the order of `params`; left as they are.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 4: AdamW: decay beside the gradient (20 points)


class AdamW(Adam):
    """Adam with decoupled weight decay: the moments never see the decay.

    Args:
        params: list of floating-point tensors, each of any shape, 0-dim ones included.
        lr: learning rate.
        betas: the shares (beta1, beta2), as in Adam.
        eps: as in Adam.
        weight_decay: factor of the decay; one step takes lr * weight_decay * w off a parameter, w being its
            value before the step.

    Attributes:
        params, t, m, v: as in Adam.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019, Algorithm 2; its decay is
    here multiplied by lr, as torch does.
    """

    def __init__(
        self,
        params: list[torch.Tensor],
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ):
        """Start like Adam without a penalty, and keep the decay."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, grads: list[torch.Tensor]) -> None:
        """Count one step and move every parameter once: its decay and Adam's own move together.

        Args:
            grads: list of tensors, the gradient of each parameter in the order of `params`; left as they are.
        """
        # YOUR CODE HERE
        raise NotImplementedError


def mlp_scores(params: list[torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """Class scores of a network with one tanh layer.

    Args:
        params: list of the four tensors W_in [d, h], b_in [h], W_out [h, k], b_out [k].
        X: [n, d] inputs.

    Returns:
        [n, k] scores, one row per example.
    """
    W_in, b_in, W_out, b_out = params
    return torch.tanh(X @ W_in + b_in) @ W_out + b_out


def mlp_loss(params: list[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Half the squared distance between the scores and the one-hot labels, mean over the rows.

    Args:
        params: list of the four tensors of `mlp_scores`.
        X: [n, d] inputs.
        y: [n] int64 class indices.

    Returns:
        [] loss.
    """
    gap = mlp_scores(params, X)
    gap[torch.arange(len(y), device=y.device), y] -= 1
    return (gap * gap).sum() / (2 * len(y))


def mlp_gradients(params: list[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> list[torch.Tensor]:
    """Gradients of `mlp_loss` on the given rows.

    Args:
        params: list of the four tensors of `mlp_scores`.
        X: [n, d] inputs.
        y: [n] int64 class indices.

    Returns:
        List of four gradients, in the order and with the shapes of `params`.
    """
    W_in, b_in, W_out, b_out = params
    signal = torch.tanh(X @ W_in + b_in)
    gap = signal @ W_out + b_out
    gap[torch.arange(len(y), device=y.device), y] -= 1
    gap = gap / len(y)
    back = (gap @ W_out.T) * (1 - signal * signal)
    return [X.T @ back, back.sum(0), signal.T @ gap, gap.sum(0)]


# Exercise 5: A training loop for any optimizer (15 points)


def train(
    optimizer: SGD | Adam,
    X: torch.Tensor,
    y: torch.Tensor,
    *,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> list[float]:
    """Train the network whose parameters the optimizer holds, on mini-batches.

    Args:
        optimizer: object with the list `params` (the four tensors of `mlp_scores`) and the method `step`.
        X: [n, d] training inputs.
        y: [n] int64 class indices.
        epochs: passes over the rows; every pass uses each row exactly once.
        batch_size: rows in a batch; the last batch of a pass may be shorter and is used too.
        generator: source of a new order of the rows for every pass; None keeps the given order throughout.

    Returns:
        List of floats, after each pass `mlp_loss` over all rows.
    """
    # YOUR CODE HERE
    raise NotImplementedError
