"""The same rates by other formulas: powers, remainders, half angles, and flat lists of batches."""

import torch


def _double(step):
    return torch.as_tensor(step).double()


def exponential_decay(step, *, lr, rate):
    return lr / torch.exp(_double(step) * rate)


def inverse_time_decay(step, *, lr, rate):
    return lr * (_double(step) * rate + 1).reciprocal()


def step_decay(step, *, lr, factor, period):
    step = _double(step)
    stair = (step - step.remainder(period)) / period
    return torch.full_like(step, factor).pow(stair.round()) * lr


def triangular(step, *, low, high, half_period):
    # The distance to the nearest end of a cycle, as a share of half a cycle.
    position = _double(step) / (2 * half_period)
    share = 2 * (position - torch.floor(position + 0.5)).abs()
    return torch.lerp(torch.full_like(share, low), torch.full_like(share, high), share)


def cosine_restarts(step, *, lr, lr_min, period, factor=1):
    since = _double(step).clone()
    length = torch.ones_like(since) * period
    while True:
        over = since >= length
        if not over.any():
            break
        since -= length * over
        length *= 1 + (factor - 1) * over
    return lr - (lr - lr_min) * torch.sin(torch.pi / 2 * since / length) ** 2


def warmed_up(step, *, schedule, warmup):
    step = _double(step)
    is_warm = (step >= warmup).double()
    goal = torch.as_tensor(schedule(0)).double()
    return is_warm * schedule((step - warmup) * is_warm) + (1 - is_warm) * goal * (step + 1) / warmup


def momentum_ramp(step, *, start=0.5, end=0.99, ramp):
    left = (1 - _double(step) / ramp).relu()
    return end - left * (end - start)


def descend(gradient, w, *, schedule, steps):
    path = []
    here = w.clone()
    for s in range(steps):
        here.add_(gradient(here) * -float(schedule(s)))
        path.append(here.clone())
    return path


def train_with(schedule, params, n, *, gradients, epochs, batch_size, generator=None):
    batches = []
    for _ in range(epochs):
        rows = torch.arange(n)
        if generator is not None:
            rows = torch.rand(n, generator=generator, device=generator.device).argsort().cpu()
        batches += [rows[begin : begin + batch_size] for begin in range(0, n, batch_size)]
    for s, rows in enumerate(batches):
        rate = float(schedule(s))
        params = [torch.add(w, g, alpha=-rate) for w, g in zip(params, gradients(params, rows), strict=True)]
    return list(params)


def range_test(loss_at, *, low, high, steps):
    rates = torch.exp(torch.linspace(torch.tensor(low).double().log(), torch.tensor(high).double().log(), steps).double())
    losses = torch.zeros(0, dtype=torch.float64)
    for rate in rates.tolist():
        loss = torch.as_tensor(loss_at(rate)).double().reshape(1)
        smallest = losses.min() if len(losses) else torch.tensor(float("inf"))
        losses = torch.cat([losses, loss])
        if not (loss.isfinite() and loss <= 4 * smallest):
            break
    return rates[: len(losses)], losses
