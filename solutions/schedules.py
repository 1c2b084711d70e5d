"""Learning-rate schedules: the rate of a training as a function of its step.

Steps are counted from 0 and come as a number or as a float64 tensor of any shape; a schedule gives the rate of
each: for a number a number (a float or a [] tensor), for a tensor a float64 tensor of the same shape.
"""

from collections.abc import Callable

import torch


def exponential_decay(step: float | torch.Tensor, *, lr: float, rate: float) -> float | torch.Tensor:
    """Learning rate that falls by the same share in every step: lr * exp(-rate * step).

    Args:
        step: number or float64 tensor of any shape, 0 or more.
        lr: learning rate of step 0.
        rate: decay rate, 0 or more.

    Returns:
        The rates, a number or a tensor shaped like `step`.
    """
    step = torch.as_tensor(step, dtype=torch.float64)
    return lr * torch.exp(-rate * step)


def inverse_time_decay(step: float | torch.Tensor, *, lr: float, rate: float) -> float | torch.Tensor:
    """Learning rate that falls like one over the step: lr / (1 + rate * step).

    Args:
        step: number or float64 tensor of any shape, 0 or more.
        lr: learning rate of step 0.
        rate: decay rate, 0 or more.

    Returns:
        The rates, a number or a tensor shaped like `step`.

    Source: Robbins and Monro, A Stochastic Approximation Method, Annals of Mathematical Statistics 22, 1951: rates
    like this sum to infinity, while their squares do not.
    """
    step = torch.as_tensor(step, dtype=torch.float64)
    return lr / (1 + rate * step)


def step_decay(step: float | torch.Tensor, *, lr: float, factor: float, period: int) -> float | torch.Tensor:
    """Learning rate that stays for `period` steps and is then multiplied by `factor`, again and again.

    Args:
        step: number or float64 tensor of any shape, 0 or more.
        lr: learning rate of the steps 0 to period - 1.
        factor: what the rate is multiplied by after each period.
        period: steps with the same rate, 1 or more.

    Returns:
        The rates, a number or a tensor shaped like `step`.
    """
    step = torch.as_tensor(step, dtype=torch.float64)
    # The stair that a step stands on: 0 for the first period, 1 from step `period` on.
    stair = torch.floor(step / period)
    return lr * factor**stair


def triangular(step: float | torch.Tensor, *, low: float, high: float, half_period: int) -> float | torch.Tensor:
    """Cyclical learning rate that goes up and down in straight lines.

    Args:
        step: number or float64 tensor of any shape, 0 or more.
        low: learning rate of step 0, and of every step that ends a cycle.
        high: learning rate at the peak of a cycle, `half_period` steps after its begin.
        half_period: steps from low to high, and as many back, 1 or more.

    Returns:
        The rates, a number or a tensor shaped like `step`.

    Source: Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, section 3.2.
    """
    step = torch.as_tensor(step, dtype=torch.float64)
    # Steps since the cycle began. The peak is where their distance to half a cycle is zero.
    phase = torch.remainder(step, 2 * half_period)
    distance = (phase - half_period).abs()
    return low + (high - low) * (1 - distance / half_period)


def cosine_restarts(
    step: float | torch.Tensor, *, lr: float, lr_min: float, period: int, factor: int = 1
) -> float | torch.Tensor:
    """Learning rate that falls along half a cosine and starts anew, each time for `factor` times as many steps.

    Args:
        step: number or float64 tensor of any shape, 0 or more.
        lr: learning rate at each start.
        lr_min: learning rate that the cosine falls to; the restart comes in the step that would reach it.
        period: steps from the first start to the first restart, 1 or more.
        factor: what the number of steps is multiplied by at each restart, 1 or more.

    Returns:
        The rates, a number or a tensor shaped like `step`.

    Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017, equation (5).
    """
    step = torch.as_tensor(step, dtype=torch.float64)
    # Take whole periods off until each step lies within one. A logarithm would give their number at once, and
    # lose a restart to rounding where its argument is a power of `factor`.
    since = step
    length = torch.full_like(step, period)
    while (since >= length).any():
        is_over = since >= length
        since = torch.where(is_over, since - length, since)
        length = torch.where(is_over, factor * length, length)
    return lr_min + (lr - lr_min) * (1 + torch.cos(torch.pi * since / length)) / 2


def warmed_up(step: float | torch.Tensor, *, schedule: Callable, warmup: int) -> float | torch.Tensor:
    """Learning rate that rises in a straight line to the first value of a schedule, which then follows from its start.

    Args:
        step: number or float64 tensor of any shape, 0 or more.
        schedule: function of the step alone, for numbers and tensors; its steps are counted from the end of the
            warm-up.
        warmup: number of steps that rise, 1 or more; the rate of step s < warmup is (s + 1) / warmup of the goal.

    Returns:
        The rates, a number or a tensor shaped like `step`.

    Source: Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, 2017, section 2.2.
    """
    step = torch.as_tensor(step, dtype=torch.float64)
    goal = schedule(torch.zeros_like(step))
    rising = (step + 1) / warmup * goal

    # What follows must not be asked for steps before its own start, although those are thrown away here.
    following = schedule((step - warmup).clamp(min=0))
    return torch.where(step < warmup, rising, following)


def momentum_ramp(
    step: float | torch.Tensor, *, start: float = 0.5, end: float = 0.99, ramp: int
) -> float | torch.Tensor:
    """Momentum that rises in a straight line from `start` to `end`, and stays there.

    Args:
        step: number or float64 tensor of any shape, 0 or more.
        start: momentum of step 0.
        end: momentum of step `ramp` and of all that follow.
        ramp: number of steps of the rise, 1 or more.

    Returns:
        The momenta, a number or a tensor shaped like `step`.

    Source: Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013.
    """
    step = torch.as_tensor(step, dtype=torch.float64)
    share = (step / ramp).clamp(max=1)
    return start + (end - start) * share


def descend(gradient: Callable, w: torch.Tensor, *, schedule: Callable, steps: int) -> list[torch.Tensor]:
    """Gradient descent whose rate is scheduled.

    Args:
        gradient: function that gives the gradient at a point, a tensor shaped like `w`.
        w: float64 tensor of any shape, the start; it is left as it is.
        schedule: function that gives the rate of a step, a number; the first step is step 0.
        steps: number of steps.

    Returns:
        List of tensors shaped like `w`, the point after each step.
    """
    path = []
    for step in range(steps):
        w = w - schedule(step) * gradient(w)
        path.append(w)
    return path


def train_with(
    schedule: Callable,
    params: list[torch.Tensor],
    n: int,
    *,
    gradients: Callable,
    epochs: int,
    batch_size: int,
    generator: torch.Generator | None = None,
) -> list[torch.Tensor]:
    """Stochastic gradient descent whose rate is scheduled over all its steps, one for each batch.

    Args:
        schedule: function that gives the rate of a step, a number; steps count the batches of all epochs, from 0.
        params: list of floating-point tensors, the start; they are left as they are.
        n: number of training rows.
        gradients: function of a list of parameters and an int64 tensor with the numbers of the rows in a batch; it
            gives a list with the gradient of each parameter.
        epochs: passes over the rows; every pass uses each row exactly once.
        batch_size: rows in a batch; the last batch of a pass may be shorter and is used too.
        generator: source of a new order of the rows for every pass; None keeps their order throughout.

    Returns:
        List of the parameters after the last step, in the order of `params`.
    """
    step = 0
    current = params
    for _epoch in range(epochs):
        order = torch.arange(n)
        if generator is not None:
            order = torch.randperm(n, generator=generator, device=generator.device).cpu()
        for rows in order.split(batch_size):
            # One rate for all parameters of a step, then the next step: the count never starts anew.
            lr = schedule(step)
            step += 1
            current = [w - lr * g for w, g in zip(current, gradients(current, rows), strict=True)]
    return current


def range_test(loss_at: Callable, *, low: float, high: float, steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Learning-rate range test: rates that grow by the same factor, tried one after the other until the loss blows up.

    Args:
        loss_at: function that makes a step with a rate, a float, and gives the loss after it.
        low: first rate, above 0.
        high: last rate, if it is reached.
        steps: number of rates from low to high, 2 or more.

    Returns:
        [m] float64, the rates that were tried.
        [m] float64, the loss after each. One that is not finite, or more than four times the smallest one before it, is
            the last.

    Source: Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, section 3.3.
    """
    rates = []
    losses = []
    best = float("inf")
    for i in range(steps):
        lr = low * (high / low) ** (i / (steps - 1))
        loss = float(loss_at(lr))
        rates.append(lr)
        losses.append(loss)

        # `not <=` also ends at nan, of which every comparison is false.
        if not loss <= min(4 * best, torch.finfo(torch.float64).max):
            break
        best = min(best, loss)
    return torch.tensor(rates, dtype=torch.float64), torch.tensor(losses, dtype=torch.float64)
