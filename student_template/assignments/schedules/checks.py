"""Checks that students see and run. Rates are compared with numbers by hand and with the schedulers of torch."""

import math

import torch
from torch.nn import functional
from torch.optim import lr_scheduler

from autograder.checking import (
    args,
    at_most,
    batches_in_order,
    check,
    close,
    descended,
    equal,
    like,
    operations_do_not_grow,
    require,
    spy,
    unchanged,
)

DOUBLE = torch.float64


def a_rate(case, low=0.1, high=1.0):
    """A random number between two bounds."""
    return case.uniform(low=low, high=high).item()


def rates_are(function, settings, expected):
    """Ask for the steps one by one, each as a number; `expected` holds the rate of each step."""
    found = list(function.each(args(step, **settings) for step in expected))
    close(found, list(expected.values()), names=[f"the value of step {step}" for step in expected])


def by_torch(make, lr, steps):
    """[steps] float64, the rates that a scheduler of torch gives to an optimizer."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for _step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return torch.tensor(rates, dtype=DOUBLE)


def cyclic(low, high, half_period):
    """torch's triangular schedule."""
    return lambda optimizer: lr_scheduler.CyclicLR(optimizer, low, high, step_size_up=half_period, cycle_momentum=False)


def cosine(lr_min, period, factor):
    """torch's cosine with warm restarts."""
    return lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, period, factor, eta_min=lr_min)


def some_steps(n):
    """[n] float64 whole steps below 24, in no order."""
    return torch.arange(n, dtype=DOUBLE) * 7 % 24


@check("decays")
def exponential_decay_falls_by_the_same_share(student, case):
    """exponential_decay begins with lr and multiplies it by exp(-rate) in every step."""
    lr, rate = a_rate(case), a_rate(case)
    rates_are(student.exponential_decay, {"lr": lr, "rate": rate}, {0: lr})
    shares = {step: lr * math.exp(-rate) ** step for step in (1, 2, 5)}
    rates_are(student.exponential_decay, {"lr": lr, "rate": rate}, shares)


@check("decays")
def inverse_time_decay_falls_like_one_over_the_step(student, case):
    """inverse_time_decay begins with lr; 1 / rate steps later half of it is left, 3 / rate steps later a quarter."""
    lr = a_rate(case)
    rates_are(student.inverse_time_decay, {"lr": lr, "rate": 0.25}, {0: lr, 4: lr / 2, 12: lr / 4})
    rate = a_rate(case)
    rates_are(student.inverse_time_decay, {"lr": lr, "rate": rate}, {step: lr / (rate * step + 1) for step in (1, 3)})


@check("decays")
def step_decay_goes_down_in_stairs(student, case):
    """step_decay stays for a whole period and changes in the step after it, by the factor."""
    lr, factor = a_rate(case), a_rate(case, 0.3, 0.7)
    stairs = {0: lr, 1: lr, 2: lr, 3: factor * lr, 5: factor * lr, 6: factor * factor * lr}
    rates_are(student.step_decay, {"lr": lr, "factor": factor, "period": 3}, stairs)


@check("decays", needs=exponential_decay_falls_by_the_same_share, weight=0.5)
def decays_take_tensors_of_steps(student, case):
    """Each decay gives a float64 tensor of the shape of the steps, and leaves the steps as they are."""
    lr, rate, steps = a_rate(case), a_rate(case), some_steps(6).reshape(2, 3)
    found = unchanged(student.exponential_decay, steps, lr=lr, rate=rate)
    close(found, lr * math.exp(-rate) ** steps, name="exponential_decay")
    found = unchanged(student.inverse_time_decay, steps, lr=lr, rate=rate)
    close(found, lr / (steps * rate + 1), name="inverse_time_decay")
    found = unchanged(student.step_decay, steps, lr=lr, factor=0.5, period=4)
    close(found, lr / 2 ** steps.div(4, rounding_mode="floor"), name="step_decay")


@check("cycles")
def triangular_climbs_and_falls_in_straight_lines(student, case):
    """triangular goes from low to high in half_period steps and back in as many."""
    low = a_rate(case, 0.1, 0.4)
    high = low + a_rate(case, 0.2, 0.8)
    quarter = (high - low) / 4
    lines = {0: low, 1: low + quarter, 4: high, 6: low + 2 * quarter, 7: low + quarter, 8: low}
    rates_are(student.triangular, {"low": low, "high": high, "half_period": 4}, lines)


@check("cycles")
def triangular_cycles_repeat(student, case):
    """Every cycle is like the first, for a tensor of steps in one call."""
    low = a_rate(case, 0.1, 0.4)
    high = low + a_rate(case, 0.2, 0.8)
    steps = torch.arange(20, dtype=DOUBLE).reshape(4, 5)
    found = unchanged(student.triangular, steps, low=low, high=high, half_period=3)
    close(found, by_torch(cyclic(low, high, 3), low, 20).reshape(4, 5), name="triangular")


@check("cycles")
def cosine_falls_along_half_a_cosine(student, case):
    """cosine_restarts begins with lr and is halfway down to lr_min after half a period."""
    lr_min = a_rate(case, 0.05, 0.2)
    lr = lr_min + a_rate(case, 0.4, 0.8)
    settings = {"lr": lr, "lr_min": lr_min, "period": 6}
    half = (lr - lr_min) / 2
    rates_are(student.cosine_restarts, settings, {0: lr, 2: lr_min + 1.5 * half, 3: lr_min + half})
    rates_are(student.cosine_restarts, settings, {4: lr_min + 0.5 * half, 5: lr_min + half * (1 - math.sqrt(0.75))})


@check("cycles")
def cosine_starts_anew_after_each_period(student, case):
    """In the step that would reach lr_min, cosine_restarts begins again with lr."""
    lr_min = a_rate(case, 0.05, 0.2)
    lr = lr_min + a_rate(case, 0.4, 0.8)
    middle = (lr + lr_min) / 2
    settings = {"lr": lr, "lr_min": lr_min, "period": 4}
    rates_are(student.cosine_restarts, settings, {4: lr, 6: middle, 8: lr, 10: middle, 12: lr})


@check("cycles")
def cosine_periods_grow_by_the_factor(student, case):
    """With factor 2 and a period of 3 the restarts come in the steps 3, 9 and 21, as with torch's scheduler."""
    lr_min = a_rate(case, 0.05, 0.2)
    lr = lr_min + a_rate(case, 0.4, 0.8)
    settings = {"lr": lr, "lr_min": lr_min, "period": 3, "factor": 2}
    rates_are(student.cosine_restarts, settings, {3: lr, 6: (lr + lr_min) / 2, 9: lr, 21: lr})
    found = unchanged(student.cosine_restarts, torch.arange(24, dtype=DOUBLE).reshape(4, 6), **settings)
    close(found, by_torch(cosine(lr_min, 3, 2), lr, 24).reshape(4, 6), name="cosine_restarts")


@check("decays", needs=step_decay_goes_down_in_stairs, weight=0.5)
def step_decay_does_not_go_through_the_steps_one_by_one(student, case):
    """step_decay takes as many tensor operations for many steps as for few."""
    settings = {"lr": 1.0, "factor": 0.5, "period": 4}
    operations_do_not_grow(lambda n: student.step_decay.effort(some_steps(n), **settings), unit="step")


@check("cycles", needs=cosine_periods_grow_by_the_factor, weight=0.5)
def cosine_does_not_go_through_the_steps_one_by_one(student, case):
    """cosine_restarts takes as many tensor operations for many steps as for few, if their restarts are the same."""
    settings = {"lr": 1.0, "lr_min": 0.1, "period": 3, "factor": 2}
    operations_do_not_grow(lambda n: student.cosine_restarts.effort(some_steps(n), **settings), unit="step")


def constant(value):
    """A schedule that always gives the same rate, for numbers and tensors."""

    def steady(step):
        return torch.as_tensor(step, dtype=DOUBLE) * 0 + value

    return steady


def falling(step):
    """A schedule that falls from 1: 1, 1/2, 1/3 ..., for numbers and tensors."""
    return 1 / (torch.as_tensor(step, dtype=DOUBLE) + 1)


@check("warmup")
def warm_up_rises_to_the_first_rate(student, case):
    """Before a constant rate a warm-up of 4 steps begins with a quarter, and the fourth rate is all of it."""
    goal = a_rate(case)
    rises = {0: goal / 4, 2: 0.75 * goal, 3: goal, 4: goal, 9: goal}
    rates_are(student.warmed_up, {"schedule": constant(goal), "warmup": 4}, rises)


@check("warmup")
def the_schedule_follows_from_its_own_start(student, case):
    """The step after a warm-up of 3 steps is the schedule's step 0."""
    rates = {1: 2 / 3, 2: 1.0, 3: 1.0, 4: 0.5, 12: 0.1}
    rates_are(student.warmed_up, {"schedule": falling, "warmup": 3}, rates)


@check("warmup", needs=the_schedule_follows_from_its_own_start, weight=0.5)
def warm_up_takes_tensors_of_steps(student, case):
    """A tensor of steps gives the rate of each, and the schedule is asked for no step below 0."""
    asked = spy(falling)
    steps = torch.tensor([[0.0, 7.0, 2.0], [1.0, 4.0, 3.0]], dtype=DOUBLE)
    found = unchanged(student.warmed_up, steps, schedule=asked, warmup=4)
    close(found, torch.tensor([[0.25, 0.25, 0.75], [0.5, 1.0, 1.0]], dtype=DOUBLE), name="warmed_up")
    lowest = min(torch.as_tensor(call.args[0]).min().item() for call in asked.calls)
    require(lowest >= 0, f"The schedule was asked for step {lowest:g}: its own steps begin with 0.")


@check("warmup")
def momentum_rises_and_stays(student, case):
    """momentum_ramp goes from start to end in a straight line and stays there, as a number and in a tensor."""
    start, end = a_rate(case, 0.1, 0.4), a_rate(case, 0.6, 0.9)
    rises = {0: start, 1: 0.75 * start + 0.25 * end, 2: (start + end) / 2, 4: end, 5: end, 40: end}
    settings = {"start": start, "end": end, "ramp": 4}
    rates_are(student.momentum_ramp, settings, rises)
    steps = torch.tensor([list(rises), list(reversed(rises))], dtype=DOUBLE)
    values = torch.tensor([list(rises.values()), list(reversed(rises.values()))], dtype=DOUBLE)
    close(unchanged(student.momentum_ramp, steps, **settings), values, name="momentum_ramp")


@check("warmup", weight=0.5)
def momentum_rises_from_a_half_by_default(student, case):
    """Without start and end the momentum goes from 0.5 to 0.99."""
    rates_are(student.momentum_ramp, {"ramp": 10}, {0: 0.5, 5: 0.745, 10: 0.99, 11: 0.99})


def table(rates):
    """A schedule that gives these rates, for steps that are numbers; the last one for all that follow."""

    def listed(step):
        return rates[min(int(step), len(rates) - 1)]

    return listed


def slope_of(curvature):
    """The gradient of curvature / 2 * w**2, entry by entry."""

    def slope(w):
        return curvature * w

    return slope


@check("training")
def descend_uses_the_rate_of_each_step(student, case):
    """On a quadratic, step s multiplies w by 1 - curvature * rate of s; the first step is step 0."""
    curvature, w = case.uniform(3, low=0.5, high=1.5), case.normal(3)
    rates = [a_rate(case, 0.2, 0.9) for _ in range(5)]
    found = unchanged(student.descend, slope_of(curvature), w, schedule=table(rates), steps=1)
    close(found, [w - rates[0] * curvature * w], name="the path")
    path, shrunk = [], torch.ones_like(w)
    for rate in rates[:4]:
        shrunk = shrunk * (1 - curvature * rate)
        path.append(shrunk * w)
    found = unchanged(student.descend, slope_of(curvature), w, schedule=table(rates), steps=4)
    close(found, path, names=[f"the point after step {s}" for s in range(4)])


def pull_of(values):
    """A gradient that tells which rows are in the batch: the sum of their values, for every parameter."""

    def pull(params, rows):
        return [torch.full_like(w, values[rows].sum().item()) for w in params]

    return pull


def moved(values, rates, batches):
    """What every entry of the parameters has moved by after these batches, one rate each."""
    return -sum(rate * values[rows].sum().item() for rate, rows in zip(rates, batches, strict=False))


@check("training")
def training_counts_the_batches_of_all_epochs(student, case):
    """Two epochs over batches of 2, 2 and 1 rows use the rates of the steps 0 to 5, in order."""
    values, rates = case.uniform(5, low=0.5, high=1.5), [a_rate(case) for _ in range(8)]
    start = [case.normal(2, 3), case.normal(3)]
    found = unchanged(student.train_with, table(rates), start, 5, gradients=pull_of(values), epochs=1, batch_size=5)
    close(found, [w - rates[0] * values.sum() for w in start], name="the parameters after one batch")
    found = unchanged(student.train_with, table(rates), start, 5, gradients=pull_of(values), epochs=2, batch_size=2)
    batches = [torch.as_tensor(rows) for rows in batches_in_order(5, 2, epochs=2)]
    close(found, [w + moved(values, rates, batches) for w in start], name="the parameters after two epochs")


@check("training")
def training_asks_for_gradients_where_it_stands(student, case):
    """The gradients of a step are those at the parameters that the step before has left."""
    w, rates = case.normal(4), [0.5, 0.25, 0.125, 0.0625]
    asked = spy(lambda params, rows: [params[0] * len(rows)])
    found = student.train_with(table(rates), [w], 4, gradients=asked, epochs=1, batch_size=2)
    equal(len(asked.calls), 2, name="the number of calls of gradients")
    close(asked.calls[0].args[0], [w], name="the parameters in the first call")
    close(asked.calls[1].args[0], [0.0 * w], name="the parameters in the second call")
    close(found, [0.0 * w], name="the parameters at the end")


def shuffled_batches(student, case, *, n, batch_size, epochs, generator):
    """The rows of each batch in a training with a generator."""
    asked = spy(lambda params, rows: [torch.zeros_like(w) for w in params])
    start = [case.normal(2)]
    student.train_with(
        table([0.1] * n * epochs),
        start,
        n,
        gradients=asked,
        epochs=epochs,
        batch_size=batch_size,
        generator=generator,
    )
    return [call.args[1] for call in asked.calls]


@check("training")
def training_uses_each_row_once_in_an_epoch(student, case):
    """With a generator each epoch goes through all rows in an order of its own, the short last batch included."""
    batches = shuffled_batches(student, case, n=11, batch_size=6, epochs=2, generator=case.generator())
    equal([len(rows) for rows in batches], [6, 5] * 2, name="the sizes of the batches")
    one, other = torch.cat(batches[:2]), torch.cat(batches[2:])
    equal(one.sort().values, torch.arange(11), name="the rows of the first epoch, sorted")
    equal(other.sort().values, torch.arange(11), name="the rows of the second epoch, sorted")
    # 1 in 11! orders is that of the other epoch: 2.5e-8, and that both are the given one is rarer still.
    together = torch.stack([one, other])
    in_order = bool((together == torch.arange(11)).all())
    require(not in_order, "Both epochs went through the rows in their order: is a new order drawn with the generator?")


@check("training", weight=0.5)
def training_shuffles_with_the_generator(student, case):
    """Two epochs have different orders, two generators too; one with the same state gives the same again."""
    one, other = case.generator(), case.generator()
    orders = []
    for generator in (one, other, one):
        batches = shuffled_batches(student, case, n=24, batch_size=24, epochs=2, generator=generator)
        orders.append(torch.cat(batches))
    epochs = orders[0].reshape(2, 24)
    require(not torch.equal(epochs[0], epochs[1]), "Both epochs have one order: is a new one drawn for every epoch?")
    require(not torch.equal(orders[0], orders[1]), "Two generators gave one order: is the order drawn with them?")
    equal(orders[2], orders[0], name="the order with the same generator again")


def scores_loss(X, y, W, b):
    """Mean cross-entropy of a linear classifier on these rows."""
    return functional.cross_entropy(X @ W + b, y)


def gradients_on(X, y, k):
    """The gradients of that loss on the rows of a batch."""

    def gradients(params, rows):
        surplus = torch.softmax(X[rows] @ params[0] + params[1], 1) - functional.one_hot(y[rows], k)
        return [X[rows].T @ surplus / len(rows), surplus.mean(0)]

    return gradients


def loss_at_one_rate(X, y, start, case):
    """The mean loss on all rows over the second half of an epoch whose rate stays what it is, by autograd."""
    losses, params = [], start
    for rows in case.permutation(len(X)).split(case.training["batch_size"]):
        losses.append(scores_loss(X, y, *params).item())
        params = descended(lambda r, W, b: scores_loss(X[r], y[r], W, b), params, [rows], lr=case.training["lr"])
    later = losses[len(losses) // 2 :]
    return sum(later) / len(later)


def losses_of_two_trainings(student, case):
    """The mean loss with a constant rate, and the student's last one with warm-up and a cosine from the same rate."""
    plan = case.training
    data = case.subset(plan["rows"])
    X, y = data.X_train.double().cpu(), data.y_train.cpu()
    start = [torch.zeros(X.shape[1], data.classes, dtype=DOUBLE), torch.zeros(data.classes, dtype=DOUBLE)]

    steps = math.ceil(len(X) / plan["batch_size"])
    warmup = steps // 10
    at = torch.arange(steps, dtype=DOUBLE)
    half_cosine = (1 + torch.cos(torch.pi * (at - warmup) / (steps - warmup))) / 2
    scheduled = plan["lr"] * torch.where(at < warmup, (at + 1) / warmup, half_cosine)

    how = {"epochs": 1, "batch_size": plan["batch_size"], "generator": case.generator()}
    slopes = gradients_on(X, y, data.classes)
    found = student.train_with(table(scheduled.tolist()), start, len(X), gradients=slopes, **how)
    params = like(found, start, name="the parameters")
    return loss_at_one_rate(X, y, start, case), scores_loss(X, y, *params).item()


@check("training", weight=0.5, needs=training_counts_the_batches_of_all_epochs)
def a_schedule_reaches_what_a_constant_rate_does_not(student, case):
    """On real data warm-up and a cosine end far below the loss about which the same rate jumps when it is constant."""
    constant_loss, scheduled_loss = losses_of_two_trainings(student, case)
    at_most(scheduled_loss, case.training["share"] * constant_loss, "the training loss with the schedule")


def losses_from(losses, low=0.01, high=1.0, steps=6):
    """A function that gives the first of these losses for the first rate from low to high, and so on."""

    def loss_at(lr):
        number = round((steps - 1) * math.log(lr / low) / math.log(high / low))
        return losses[min(max(number, 0), len(losses) - 1)]

    return loss_at


@check("range_test")
def rates_grow_by_a_constant_factor(student, case):
    """As long as the loss falls, all rates from low to high are tried, each the same factor above the one before."""
    asked = spy(lambda lr: 1 / (1 + lr))
    rates = torch.logspace(-3, 1, 5, dtype=DOUBLE)
    found = student.range_test(asked, low=1e-3, high=10.0, steps=5)
    close(found, (rates, 1 / (1 + rates)), names=["the rates", "the losses"])
    close([call.args[0] for call in asked.calls], rates.tolist(), name="what loss_at was asked for")


@check("range_test")
def the_range_test_ends_when_the_loss_blows_up(student, case):
    """A loss above four times the smallest before it is the last, and is kept."""
    for losses, kept in (([2.0, 0.5, 2.1, 0.4, 0.3, 0.2], 3), ([1.0, 2.0, 3.5, 4.5, 0.5, 0.4], 4)):
        rates, seen = student.range_test(losses_from(losses), low=0.01, high=1.0, steps=6)
        close(seen, torch.tensor(losses[:kept], dtype=DOUBLE), name="the losses")
        close(rates, 0.01 * 100 ** (torch.arange(kept, dtype=DOUBLE) / 5), name="the rates")


@check("range_test", weight=0.5)
def the_range_test_ends_at_nan(student, case):
    """A loss that is not finite is the last too, even the first one."""
    for losses in ([1.0, 0.9, math.inf], [1.0, 0.9, math.nan], [math.inf]):
        rates, _ = student.range_test(losses_from([*losses, *[0.8] * 6]), low=0.01, high=1.0, steps=6)
        equal(tuple(rates.shape), (len(losses),), name="the shape of the rates")
