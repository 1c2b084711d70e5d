"""Each schedule as an object that is called, and the functions that were asked for around them."""

import torch


class Schedule:
    def __init__(self, **settings):
        self.__dict__.update(settings)

    def __call__(self, step):
        return self.rates(torch.as_tensor(step, dtype=torch.float64))


class Exponential(Schedule):
    def rates(self, s):
        return self.lr * torch.e ** (-self.rate * s)


class InverseTime(Schedule):
    def rates(self, s):
        return self.lr / (1 + self.rate * s)


class Stairs(Schedule):
    def rates(self, s):
        return self.lr * self.factor ** torch.div(s, self.period, rounding_mode="floor")


class Triangle(Schedule):
    def rates(self, s):
        cycle = torch.floor(1 + s / (2 * self.half_period))
        x = (s / self.half_period - 2 * cycle + 1).abs()
        return self.low + (self.high - self.low) * (1 - x).clamp(min=0)


class Cosine(Schedule):
    def rates(self, s):
        t, length = s, torch.full_like(s, self.period)
        while bool((t >= length).any()):
            beyond = t >= length
            t, length = torch.where(beyond, t - length, t), torch.where(beyond, self.factor * length, length)
        return self.lr_min + (self.lr - self.lr_min) / 2 * (1 + torch.cos(t / length * torch.pi))


class WarmUp(Schedule):
    def rates(self, s):
        after = torch.clamp(s - self.warmup, min=0)
        return torch.where(s >= self.warmup, self.schedule(after), self.schedule(0 * s) * (s + 1) / self.warmup)


class Ramp(Schedule):
    def rates(self, s):
        return self.start + (self.end - self.start) * torch.minimum(s / self.ramp, torch.ones_like(s))


def exponential_decay(step, *, lr, rate):
    return Exponential(lr=lr, rate=rate)(step)


def inverse_time_decay(step, *, lr, rate):
    return InverseTime(lr=lr, rate=rate)(step)


def step_decay(step, *, lr, factor, period):
    return Stairs(lr=lr, factor=factor, period=period)(step)


def triangular(step, *, low, high, half_period):
    return Triangle(low=low, high=high, half_period=half_period)(step)


def cosine_restarts(step, *, lr, lr_min, period, factor=1):
    return Cosine(lr=lr, lr_min=lr_min, period=period, factor=factor)(step)


def warmed_up(step, *, schedule, warmup):
    return WarmUp(schedule=schedule, warmup=warmup)(step)


def momentum_ramp(step, *, start=0.5, end=0.99, ramp):
    return Ramp(start=start, end=end, ramp=ramp)(step)


class Trainer:
    def __init__(self, schedule):
        self.schedule = schedule
        self.done = 0

    def move(self, params, grads):
        rate = self.schedule(self.done)
        self.done += 1
        return [w - rate * g for w, g in zip(params, grads, strict=True)]


def descend(gradient, w, *, schedule, steps):
    trainer, path = Trainer(schedule), []
    while trainer.done < steps:
        (w,) = trainer.move([w], [gradient(w)])
        path.append(w)
    return path


def train_with(schedule, params, n, *, gradients, epochs, batch_size, generator=None):
    trainer = Trainer(schedule)
    for _ in range(epochs):
        order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
        for rows in torch.split(order, batch_size):
            params = trainer.move(params, gradients(params, rows))
    return params


def range_test(loss_at, *, low, high, steps):
    record = []
    while len(record) < steps:
        rate = low * (high / low) ** (len(record) / (steps - 1))
        before = [loss for _, loss in record]
        record.append((rate, float(loss_at(rate))))
        if not record[-1][1] < float("inf") or (before and record[-1][1] > 4 * min(before)):
            break
    found = torch.tensor(record, dtype=torch.float64)
    return found[:, 0], found[:, 1]
