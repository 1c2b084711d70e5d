"""Numbers by `math`, tensors by torch: two branches in each schedule."""

import math

import torch


def is_tensor(step):
    return isinstance(step, torch.Tensor)


def exponential_decay(step, *, lr, rate):
    if is_tensor(step):
        return lr * (-rate * step).exp()
    return lr * math.exp(-rate * step)


def inverse_time_decay(step, *, lr, rate):
    return lr / (1 + rate * step)


def step_decay(step, *, lr, factor, period):
    if is_tensor(step):
        return lr * torch.pow(torch.tensor(factor, dtype=torch.float64), step.div(period, rounding_mode="floor"))
    return lr * math.pow(factor, step // period)


def triangular(step, *, low, high, half_period):
    phase = step % (2 * half_period)
    if is_tensor(step):
        height = torch.minimum(phase, 2 * half_period - phase) / half_period
    else:
        height = min(phase, 2 * half_period - phase) / half_period
    return (1 - height) * low + height * high


def cosine_restarts(step, *, lr, lr_min, period, factor=1):
    if not is_tensor(step):
        while step >= period:
            step, period = step - period, period * factor
        return lr_min + 0.5 * (lr - lr_min) * (1 + math.cos(math.pi * step / period))
    start, length, t, T = 0, period, step, torch.full_like(step, period)
    last = step.max().item() if step.numel() else 0
    while start <= last:
        inside = (step >= start) & (step < start + length)
        t = torch.where(inside, step - start, t)
        T = torch.where(inside, torch.full_like(step, length), T)
        start, length = start + length, length * factor
    return lr_min + 0.5 * (lr - lr_min) * (1 + torch.cos(math.pi * t / T))


def warmed_up(step, *, schedule, warmup):
    if is_tensor(step):
        after = torch.where(step >= warmup, step - warmup, torch.zeros_like(step))
        share = ((step + 1) / warmup).clamp(max=1.0)
        return torch.where(step < warmup, share * schedule(torch.zeros_like(step)), schedule(after))
    if step < warmup:
        return schedule(0) * (step + 1) / warmup
    return schedule(step - warmup)


def momentum_ramp(step, *, start=0.5, end=0.99, ramp):
    if is_tensor(step):
        share = torch.clamp(step / ramp, max=1.0)
    else:
        share = min(step / ramp, 1.0)
    return (1 - share) * start + share * end


def descend(gradient, w, *, schedule, steps):
    points = [w]
    for s in range(steps):
        points.append(points[-1] - schedule(s) * gradient(points[-1]))
    return points[1:]


def train_with(schedule, params, n, *, gradients, epochs, batch_size, generator=None):
    params = [w.clone() for w in params]
    batches = math.ceil(n / batch_size)
    for epoch in range(epochs):
        rows = list(range(n))
        if generator is not None:
            rows = torch.randperm(n, generator=generator, device=generator.device).tolist()
        for b in range(batches):
            batch = torch.tensor(rows[b * batch_size : (b + 1) * batch_size])
            rate = schedule(epoch * batches + b)
            for w, g in zip(params, gradients(params, batch), strict=True):
                w.sub_(rate * g)
    return params


def range_test(loss_at, *, low, high, steps):
    factor = (high / low) ** (1 / (steps - 1))
    tried = []
    for i in range(steps):
        rate = low * factor**i
        loss = float(loss_at(rate))
        blown_up = not math.isfinite(loss) or any(loss > 4 * seen for _, seen in tried)
        tried.append((rate, loss))
        if blown_up:
            break
    rates, losses = zip(*tried, strict=True)
    return torch.tensor(rates, dtype=torch.float64), torch.tensor(losses, dtype=torch.float64)
