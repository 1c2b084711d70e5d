"""Checks that students do not get: many steps at once, periods of one step, numbers between two steps, short loops."""

import math

import torch
from torch.optim import lr_scheduler

from autograder.checking import at_most, check, close, equal, spy

from .checks import (
    DOUBLE,
    a_rate,
    by_torch,
    constant,
    cosine,
    cosine_periods_grow_by_the_factor,
    cyclic,
    falling,
    losses_from,
    losses_of_two_trainings,
    moved,
    pull_of,
    rates_are,
    shuffled_batches,
    slope_of,
    step_decay_goes_down_in_stairs,
    table,
    training_counts_the_batches_of_all_epochs,
)


@check("decays")
def decays_agree_with_torch_over_many_steps(student, case):
    """Sixty steps of each decay, in one tensor, are those of torch's schedulers."""
    lr, rate = a_rate(case), a_rate(case, 0.01, 0.1)
    steps = torch.arange(60, dtype=DOUBLE)
    share = math.exp(-rate)
    found = student.exponential_decay(steps, lr=lr, rate=rate)
    close(found, by_torch(lambda optimizer: lr_scheduler.ExponentialLR(optimizer, share), lr, 60))
    found = student.inverse_time_decay(steps, lr=lr, rate=rate)
    close(found, by_torch(lambda optimizer: lr_scheduler.LambdaLR(optimizer, lambda s: 1 / (s * rate + 1)), lr, 60))
    found = student.step_decay(steps, lr=lr, factor=0.8, period=7)
    close(found, by_torch(lambda optimizer: lr_scheduler.StepLR(optimizer, 7, 0.8), lr, 60))


@check("decays", needs=step_decay_goes_down_in_stairs)
def decays_hold_at_their_limits(student, case):
    """A rate of 0 changes nothing, a period of 1 changes every step, and a stair holds between two steps too."""
    lr = a_rate(case)
    rates_are(student.exponential_decay, {"lr": lr, "rate": 0.0}, {0: lr, 9: lr})
    rates_are(student.inverse_time_decay, {"lr": lr, "rate": 0.0}, {0: lr, 9: lr})
    rates_are(student.step_decay, {"lr": lr, "factor": 0.5, "period": 1}, {0: lr, 1: lr / 2, 3: lr / 8})
    rates_are(student.step_decay, {"lr": lr, "factor": 0.5, "period": 2}, {0.5: lr, 1.5: lr, 2.5: lr / 2})
    rates_are(student.step_decay, {"lr": lr, "factor": 2.0, "period": 5}, {4: lr, 5: 2 * lr, 10: 4 * lr})


@check("cycles")
def triangular_holds_for_any_half_period(student, case):
    """Half periods of one and of five steps, far from the start and between two steps."""
    low = a_rate(case, 0.1, 0.4)
    high = low + a_rate(case, 0.2, 0.8)
    ends = {"low": low, "high": high}
    rates_are(
        student.triangular, ends | {"half_period": 1}, {0: low, 1: high, 2: low, 101: high, 0.5: (low + high) / 2}
    )
    steps = torch.arange(64, dtype=DOUBLE)
    close(student.triangular(steps, **ends, half_period=5), by_torch(cyclic(low, high, 5), low, 64))


@check("cycles", needs=cosine_periods_grow_by_the_factor)
def restarts_come_in_the_right_step(student, case):
    """With factor 3 and a period of 1 the restarts come in the steps 1, 4, 13, 40, 121 and 364, without rounding."""
    lr_min = a_rate(case, 0.05, 0.2)
    lr = lr_min + a_rate(case, 0.4, 0.8)
    starts = torch.tensor([0, 1, 4, 13, 40, 121, 364], dtype=DOUBLE)
    settings = {"lr": lr, "lr_min": lr_min, "period": 1, "factor": 3}
    close(student.cosine_restarts(starts, **settings), torch.full_like(starts, lr), name="the rates at the restarts")
    lasts = starts[2:] - 1
    lengths = 3.0 ** torch.arange(1, 6, dtype=DOUBLE)
    last_rates = lr_min + (lr - lr_min) * torch.sin(torch.pi / 2 / lengths).square()
    close(student.cosine_restarts(lasts, **settings), last_rates, name="the rates before the restarts")


@check("cycles")
def cosine_agrees_with_torch_over_many_steps(student, case):
    """A hundred steps with one period throughout, and with periods that double."""
    lr_min = a_rate(case, 0.0, 0.2)
    lr = lr_min + a_rate(case, 0.4, 0.8)
    steps = torch.arange(100, dtype=DOUBLE)
    for period, factor in ((9, 1), (5, 2)):
        oracle = by_torch(cosine(lr_min, period, factor), lr, 100)
        close(student.cosine_restarts(steps, lr=lr, lr_min=lr_min, period=period, factor=factor), oracle)


@check("warmup")
def warm_up_joins_any_schedule(student, case):
    """A warm-up of one step, and one of five before a falling schedule in a tensor of shape [2, 6]."""
    goal = a_rate(case)
    rates_are(student.warmed_up, {"schedule": constant(goal), "warmup": 1}, {0: goal, 1: goal})
    steps = torch.arange(12, dtype=DOUBLE)
    expected = torch.cat([steps[1:6] / 5, 1 / (steps[:7] + 1)]).reshape(2, 6)
    close(student.warmed_up(steps.reshape(2, 6), schedule=falling, warmup=5), expected)


@check("warmup", weight=0.5)
def momentum_can_also_fall(student, case):
    """A ramp of one step, and one that goes down, hold their end."""
    rates_are(student.momentum_ramp, {"ramp": 1}, {0: 0.5, 1: 0.99, 2: 0.99})
    rates_are(
        student.momentum_ramp, {"start": 0.9, "end": 0.1, "ramp": 8}, {0: 0.9, 2: 0.7, 8: 0.1, 20: 0.1, 4.5: 0.45}
    )


@check("training")
def descend_takes_any_shape(student, case):
    """A [2, 3] tensor and a single number, with as many steps as are asked for, none included."""
    rates = [a_rate(case, 0.1, 0.5) for _ in range(4)]
    for shape in ((2, 3), ()):
        w, curvature = case.normal(*shape), case.uniform(*shape, low=0.5, high=1.5)
        path, shrunk = [], w
        for rate in rates[:3]:
            shrunk = shrunk - shrunk * (rate * curvature)
            path.append(shrunk)
        close(student.descend(slope_of(curvature), w, schedule=table(rates), steps=3), path, name="the path")
    equal(student.descend(slope_of(1.0), w, schedule=table(rates), steps=0), [], name="the path of no steps")


@check("training", needs=training_counts_the_batches_of_all_epochs)
def training_accepts_any_batch_size(student, case):
    """Batches of one row, one batch larger than all rows, single precision, and no epoch at all."""
    values = case.uniform(4, low=0.5, high=1.5)
    rates = [a_rate(case) for _ in range(9)]
    for batch_size, epochs, dtype in ((1, 2, DOUBLE), (9, 2, torch.float32), (4, 0, DOUBLE)):
        start = [case.normal(3, dtype=dtype), case.normal(dtype=dtype)]
        found = student.train_with(
            table(rates), start, 4, gradients=pull_of(values), epochs=epochs, batch_size=batch_size
        )
        batches = list(torch.arange(4).split(batch_size)) * epochs
        close(found, [w + moved(values, rates, batches) for w in start], name="the parameters")


@check("training", weight=0.5)
def training_draws_whole_epochs(student, case):
    """Three shuffled epochs of 30 rows in batches of 16 hold every row once each, in three orders."""
    batches = shuffled_batches(student, case, n=30, batch_size=16, epochs=3, generator=case.generator())
    equal([len(rows) for rows in batches], [16, 14] * 3, name="the sizes of the batches")
    epochs = torch.cat(batches).reshape(3, 30)
    equal(epochs.sort(1).values, torch.arange(30).repeat(3, 1), name="the rows of each epoch, sorted")


@check("training", weight=0.5, needs=training_counts_the_batches_of_all_epochs)
def a_schedule_helps_on_other_rows(student, case):
    """On other rows and with another start of the generator the schedule still ends lower."""
    constant_loss, scheduled_loss = losses_of_two_trainings(student, case)
    at_most(scheduled_loss, case.training["share"] * constant_loss, "the training loss with the schedule")


@check("range_test")
def the_range_test_compares_with_the_smallest_loss(student, case):
    """Not with the first, nor the one before; at four times it goes on; two rates will do; a loss may be a tensor."""
    rising = [0.5, 2.0, 1.0, 1.5, 2.0, 2.0]
    for losses, kept in (([8.0, 1.0, 5.0, 0.9, 0.8, 0.7], 3), ([0.1, 0.2, 0.3, 0.39, 0.41, 0.1], 5), (rising, 6)):
        rates, seen = student.range_test(losses_from(losses), low=0.01, high=1.0, steps=6)
        close(seen, torch.tensor(losses[:kept], dtype=DOUBLE), name="the losses")
        equal(tuple(rates.shape), (kept,), name="the shape of the rates")
    asked = spy(lambda lr: torch.tensor(2.0 - lr, dtype=DOUBLE))
    rates, seen = student.range_test(asked, low=0.5, high=1.0, steps=2)
    close((rates, seen), (torch.tensor([0.5, 1.0], dtype=DOUBLE), torch.tensor([1.5, 1.0], dtype=DOUBLE)))
    equal(len(asked.calls), 2, name="the number of calls of loss_at")
