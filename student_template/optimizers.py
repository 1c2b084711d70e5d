# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""A zoo of optimizers.

Read assignments/optimizers/handout.html, then write the functions below. `autograder check optimizers` tells how you are doing.
"""

from __future__ import annotations

from collections.abc import Callable
import torch


# Exercise 1: Beale's surface and its gradient (15 points)


def beale(w: torch.Tensor) -> torch.Tensor:
    """Beale's function: (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2, with minimum 0 at (3, 0.5).

    Args:
        w: [..., 2] points (x, y), in any number of leading dimensions.

    Returns:
        [...] the value at each point.

    Source: Beale, On an Iterative Method for Finding a Local Minimum of a Function of More than One Variable,
    Technical Report 25, Princeton University, 1958.
    """
    # YOUR CODE HERE
    raise NotImplementedError


def beale_gradient(w: torch.Tensor) -> torch.Tensor:
    """Gradient of Beale's function.

    Args:
        w: [..., 2] points (x, y), in any number of leading dimensions.

    Returns:
        [..., 2] the derivatives by x and by y at each point.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: Momentum, and looking ahead (35 points)


class Momentum:
    """Gradient descent with momentum, also called the heavy ball.

    Args:
        lr: learning rate.
        gamma: share of the velocity that stays in each step.

    Attributes:
        v: list of tensors shaped like the parameters, the velocity: gamma times the old one, minus lr times the
            gradient. It is what the last step has added to the parameters.

    Source: Polyak, Some methods of speeding up the convergence of iteration methods, USSR Computational
    Mathematics and Mathematical Physics 4, 1964.
    """

    def __init__(self, lr: float, gamma: float = 0.9):
        """Keep the settings; nothing moves yet."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        # YOUR CODE HERE
        raise NotImplementedError


class Nesterov:
    """Gradient descent with Nesterov's momentum: the gradient is asked for where the velocity alone would lead.

    Args:
        lr: learning rate.
        gamma: share of the velocity that stays in each step.

    Attributes:
        v: list of tensors shaped like the parameters, the velocity, as in Momentum.

    Source: Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013,
    equations (3) and (4).
    """

    def __init__(self, lr: float, gamma: float = 0.9):
        """Keep the settings; nothing moves yet."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Look ahead, then move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 3: A rate for each entry: Adagrad and RMSprop (30 points)


class Adagrad:
    """A learning rate for each entry, which shrinks with all the gradients that the entry has seen.

    Args:
        lr: learning rate.
        eps: added to the sum of squares, inside the root.

    Attributes:
        cache: list of tensors shaped like the parameters, the sums of the squared gradients.

    Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization,
    JMLR 12, 2011; eps stands inside the root here.
    """

    def __init__(self, lr: float, eps: float = 1e-8):
        """Keep the settings; no gradient was seen yet."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Add the squares of the gradients, then move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        # YOUR CODE HERE
        raise NotImplementedError


class RMSprop:
    """A learning rate for each entry, by the size of its recent gradients.

    Args:
        lr: learning rate.
        decay: share of the old mean of squares that stays in each step.
        eps: added to the mean of squares, inside the root.

    Attributes:
        cache: list of tensors shaped like the parameters, the moving averages of the squared gradients, which start
            from zero and are not corrected for that.

    Source: Tieleman and Hinton, Lecture 6.5, Neural Networks for Machine Learning, Coursera, 2012; eps stands inside
    the root here.
    """

    def __init__(self, lr: float, decay: float = 0.9, eps: float = 1e-8):
        """Keep the settings; no gradient was seen yet."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Average the squares of the gradients, then move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 4: Adamax: the largest instead of the mean (15 points)


class Adamax:
    """Adam with the largest recent gradient of an entry in place of their root mean square.

    Args:
        lr: learning rate.
        betas: the shares (beta1, beta2) with which the average and the largest gradient keep their old value.
        eps: added to u in the denominator.

    Attributes:
        t: int, the number of steps taken.
        m: list of tensors shaped like the parameters, the moving averages of the gradients, not corrected.
        u: list of tensors shaped like the parameters: beta2 times the old u or the size of the gradient, whichever
            is larger, entry by entry.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, Algorithm 2; eps is added here so that
    an entry without gradients stays where it is.
    """

    def __init__(self, lr: float, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8):
        """Keep the settings; no step was taken yet."""
        # YOUR CODE HERE
        raise NotImplementedError

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Count the step, average the gradients, keep the largest, and move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        # YOUR CODE HERE
        raise NotImplementedError


# Exercise 5: The path of an optimizer (5 points)


def descend(
    optimizer: Momentum | Nesterov | Adagrad | RMSprop | Adamax,
    gradients: Callable,
    start: list[torch.Tensor],
    steps: int,
) -> list[list[torch.Tensor]]:
    """Path of an optimizer.

    Args:
        optimizer: object whose `step` gives the parameters after one step.
        gradients: function of a list of parameters that gives the list of gradients there.
        start: list of floating-point tensors; they are left as they are.
        steps: number of steps.

    Returns:
        List of the parameters after each step; the start is not among them.
    """
    # YOUR CODE HERE
    raise NotImplementedError
