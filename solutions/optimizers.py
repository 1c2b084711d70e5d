"""A zoo of optimizers on a surface: momentum, Nesterov, Adagrad, RMSprop and Adamax, each a few lines of state.

An optimizer does not own the parameters. `step(params, gradients)` gets them as a list of tensors, with a function
that gives a list of gradients at any such list, and returns the list of the parameters after the step. What the
optimizer remembers from step to step are lists too, one tensor for each parameter; before the first step they are
empty.
"""

from __future__ import annotations

from collections.abc import Callable

import torch


def beale(w: torch.Tensor) -> torch.Tensor:
    """Beale's function: (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2, with minimum 0 at (3, 0.5).

    Args:
        w: [..., 2] points (x, y), in any number of leading dimensions.

    Returns:
        [...] the value at each point.

    Source: Beale, On an Iterative Method for Finding a Local Minimum of a Function of More than One Variable,
    Technical Report 25, Princeton University, 1958.
    """
    x, y = w[..., 0], w[..., 1]
    first = 1.5 - x + x * y
    second = 2.25 - x + x * y**2
    third = 2.625 - x + x * y**3
    return first**2 + second**2 + third**2


def beale_gradient(w: torch.Tensor) -> torch.Tensor:
    """Gradient of Beale's function.

    Args:
        w: [..., 2] points (x, y), in any number of leading dimensions.

    Returns:
        [..., 2] the derivatives by x and by y at each point.
    """
    x, y = w[..., 0], w[..., 1]
    first = 1.5 - x + x * y
    second = 2.25 - x + x * y**2
    third = 2.625 - x + x * y**3

    # The chain rule: twice each term, times the derivative of what stands in its square.
    by_x = 2 * first * (y - 1) + 2 * second * (y**2 - 1) + 2 * third * (y**3 - 1)
    by_y = 2 * first * x + 2 * second * 2 * x * y + 2 * third * 3 * x * y**2
    return torch.stack([by_x, by_y], dim=-1)


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
        self.lr, self.gamma = lr, gamma
        self.v: list[torch.Tensor] = []

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        if not self.v:
            self.v = [torch.zeros_like(w) for w in params]
        grads = gradients(params)
        self.v = [self.gamma * v - self.lr * g for v, g in zip(self.v, grads, strict=True)]
        return [w + v for w, v in zip(params, self.v, strict=True)]


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
        self.lr, self.gamma = lr, gamma
        self.v: list[torch.Tensor] = []

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Look ahead, then move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        if not self.v:
            self.v = [torch.zeros_like(w) for w in params]
        # Where the old velocity leads: a mistake that it is about to make shows in the gradient there.
        ahead = [w + self.gamma * v for w, v in zip(params, self.v, strict=True)]
        grads = gradients(ahead)
        self.v = [self.gamma * v - self.lr * g for v, g in zip(self.v, grads, strict=True)]
        return [w + v for w, v in zip(params, self.v, strict=True)]


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
        self.lr, self.eps = lr, eps
        self.cache: list[torch.Tensor] = []

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Add the squares of the gradients, then move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        if not self.cache:
            self.cache = [torch.zeros_like(w) for w in params]
        grads = gradients(params)
        self.cache = [cache + g**2 for cache, g in zip(self.cache, grads, strict=True)]
        scaled = [g / torch.sqrt(cache + self.eps) for cache, g in zip(self.cache, grads, strict=True)]
        return [w - self.lr * move for w, move in zip(params, scaled, strict=True)]


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
        self.lr, self.decay, self.eps = lr, decay, eps
        self.cache: list[torch.Tensor] = []

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Average the squares of the gradients, then move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        if not self.cache:
            self.cache = [torch.zeros_like(w) for w in params]
        grads = gradients(params)
        fresh = 1 - self.decay
        self.cache = [self.decay * cache + fresh * g**2 for cache, g in zip(self.cache, grads, strict=True)]
        scaled = [g / torch.sqrt(cache + self.eps) for cache, g in zip(self.cache, grads, strict=True)]
        return [w - self.lr * move for w, move in zip(params, scaled, strict=True)]


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
        self.lr, self.betas, self.eps = lr, betas, eps
        self.t = 0
        self.m: list[torch.Tensor] = []
        self.u: list[torch.Tensor] = []

    def step(self, params: list[torch.Tensor], gradients: Callable) -> list[torch.Tensor]:
        """Count the step, average the gradients, keep the largest, and move every parameter once.

        Args:
            params: list of floating-point tensors of any shapes; they are left as they are.
            gradients: function of such a list that gives the list of gradients there.

        Returns:
            List of the parameters after the step.
        """
        beta1, beta2 = self.betas
        if not self.m:
            self.m = [torch.zeros_like(w) for w in params]
            self.u = [torch.zeros_like(w) for w in params]
        grads = gradients(params)
        self.t += 1
        self.m = [beta1 * m + (1 - beta1) * g for m, g in zip(self.m, grads, strict=True)]
        self.u = [torch.maximum(beta2 * u, g.abs()) for u, g in zip(self.u, grads, strict=True)]

        # Only the average began at zero; the largest of the gradients needs no correction.
        rate = self.lr / (1 - beta1**self.t)
        return [w - rate * m / (u + self.eps) for w, m, u in zip(params, self.m, self.u, strict=True)]


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
    visited = []
    point = start
    for _count in range(steps):
        point = optimizer.step(point, gradients)
        visited.append(point)
    return visited
