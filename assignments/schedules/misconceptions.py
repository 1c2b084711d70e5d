"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import added, change, misconception, replacement

misconception("exponential_grows", change("exponential_decay", "torch.exp(-rate", "torch.exp(rate")).says(
    "Your exponential decay grows: which sign stands in the exponent?"
)
misconception(
    "exponential_by_its_first_order",
    change("exponential_decay", "torch.exp(-rate * step)", "(1 - rate) ** step"),
    forms=[change("exponential_decay", "torch.exp(-rate * step)", "(1 - rate * step)")],
).says("Your exponential decay takes off the share rate in every step: for which rates is that about exp(-rate)?")
misconception(
    "exponential_begins_decayed",
    change("exponential_decay", "torch.exp(-rate * step)", "torch.exp(-rate * (step + 1))"),
).says("Your exponential decay gives step 0 the rate of step 1: which power of exp(-rate) is 1?")
misconception("exponential_without_lr", change("exponential_decay", "lr * torch", "torch")).says(
    "Your exponential decay begins with 1 whatever lr is: where does lr enter?"
)
misconception(
    "exponential_rate_as_a_factor", change("exponential_decay", "torch.exp(-rate * step)", "rate**step")
).says("Your exponential decay multiplies by rate in every step: by which number must it multiply?")
misconception(
    "exponential_of_one_number",
    change("exponential_decay", "torch.exp(-rate * step)", "math.exp(-rate * step)"),
    added("import math"),
).says("Your exponential decay takes a single number only: which exp takes a tensor of them?")
misconception(
    "exponential_to_another_base",
    change("exponential_decay", "torch.exp(-rate * step)", "2.0 ** (-rate * step)"),
    forms=[change("exponential_decay", "torch.exp(-rate * step)", "10.0 ** (-rate * step)")],
).says("Your exponential decay has another base than e: how far must it have fallen after 1 / rate steps?")
misconception(
    "inverse_time_without_the_one",
    change("inverse_time_decay", "return lr / (1 + rate * step)", "return lr / (rate * step)"),
).says("Your inverse time decay has no rate for step 0: what keeps the denominator away from 0?")
misconception(
    "inverse_time_with_a_root",
    change("inverse_time_decay", "return lr / (1 + rate * step)", "return lr / (1 + rate * step) ** 0.5"),
).says("Your inverse time decay falls like one over a root: after 1 / rate steps, which part of lr must be left?")
misconception(
    "inverse_time_squared",
    change("inverse_time_decay", "return lr / (1 + rate * step)", "return lr / (1 + rate * step) ** 2"),
).says(
    "Your inverse time decay falls with the square of the step: after 1 / rate steps, which part of lr must be left?"
)
misconception(
    "inverse_time_rate_divides",
    change("inverse_time_decay", "return lr / (1 + rate * step)", "return lr / (1 + step / rate)"),
).says("Your inverse time decay falls faster for smaller rates: does rate multiply the step or divide it?")
misconception(
    "inverse_time_begins_decayed",
    change("inverse_time_decay", "return lr / (1 + rate * step)", "return lr / (1 + rate * (step + 1))"),
).says("Your inverse time decay gives step 0 the rate of step 1: what is lr / (1 + 0)?")
misconception("stairs_counted_from_one", change("step_decay", "step / period", "(step + 1) / period")).says(
    "Your stairs come one step early: how many whole periods lie behind step period - 1?"
)
misconception("stairs_smoothed", change("step_decay", "torch.floor(step / period)", "step / period")).says(
    "Your step decay falls within a period too: what makes a whole number of step / period?"
)
misconception("stairs_rounded", change("step_decay", "torch.floor", "torch.round")).says(
    "Your stairs come half a period early: do whole periods count that are not over yet?"
)
misconception(
    "stairs_subtracted",
    change("step_decay", "factor**stair", "(1 - (1 - factor) * stair)"),
).says("Your step decay takes off the same amount at every stair: is it the amount or the factor that stays?")
misconception("first_stair_only", change("step_decay", "factor**stair", "factor ** stair.clamp(max=1)")).says(
    "Your step decay goes down once and then stays: what happens after the second period?"
)
misconception(
    "stairs_one_by_one",
    replacement(
        """
def step_decay(step, *, lr, factor, period):
    step = torch.as_tensor(step, dtype=torch.float64)
    rates = [lr * factor ** torch.floor(one / period) for one in step.reshape(-1)]
    return torch.stack(rates).reshape(step.shape)
"""
    ),
).says("Your step decay goes through the steps one by one: which of its operations need a single number?")
misconception(
    "triangle_upside_down", change("triangular", "(1 - distance / half_period)", "distance / half_period")
).says("Your triangle begins at high and is lowest where its peak must be: where is the distance zero?")
misconception("triangle_is_a_saw", change("triangular", "2 * half_period", "half_period")).says(
    "Your cycle jumps in the middle: is it over when the peak is reached, or when the rate is back at low?"
)
misconception(
    "triangle_half_as_fast",
    change("triangular", "2 * half_period", "4 * half_period"),
    change("triangular", "phase - half_period", "phase - 2 * half_period"),
    change("triangular", "distance / half_period", "distance / (2 * half_period)"),
).says(
    "Your cycle takes twice as long as it must: how many steps does half_period count, a whole cycle or half of one?"
)
misconception(
    "triangle_twice_as_fast",
    change("triangular", "2 * half_period", "half_period"),
    change("triangular", "phase - half_period", "phase - half_period / 2"),
    change("triangular", "distance / half_period", "distance / (half_period / 2)"),
).says("Your cycle takes half as long as it must: how many steps does half_period count, a whole cycle or half of one?")
misconception(
    "cycle_counted_twice_from_one",
    replacement(
        """
def triangular(step, *, low, high, half_period):
    step = torch.as_tensor(step, dtype=torch.float64)
    cycle = 1 + torch.floor(1 + step / (2 * half_period))
    x = (step / half_period - 2 * cycle + 1).abs()
    return low + (high - low) * (1 - x).clamp(min=0)
"""
    ),
).says("Your triangle never leaves low: are the cycles counted from 1 twice?")
misconception("triangle_added_to_low", change("triangular", "(high - low)", "high")).says(
    "Your peak is low + high: what must be added to low to reach high?"
)
misconception("triangle_never_repeats", change("triangular", "torch.remainder(step, 2 * half_period)", "step")).says(
    "Your triangle goes on falling after its first cycle: how many steps have passed since the present cycle began?"
)
misconception(
    "cosine_without_the_half",
    change("cosine_restarts", " / 2", ""),
).says("Your cosine begins with twice the distance from lr_min to lr: between which numbers does 1 + cos lie?")
misconception("cosine_over_a_whole_wave", change("cosine_restarts", "torch.pi", "2 * torch.pi")).says(
    "Your cosine is back at lr at the end of a period: through which angle does it fall once?"
)
misconception("cosine_upside_down", change("cosine_restarts", "1 + torch.cos", "1 - torch.cos")).says(
    "Your cosine rises from lr_min: what is the cosine of 0?"
)
misconception(
    "cosine_falls_to_zero",
    change("cosine_restarts", "lr_min + (lr - lr_min) *", "lr *"),
).says("Your cosine falls to 0 whatever lr_min is: where does the lowest rate enter?")
misconception("cosine_added_to_the_minimum", change("cosine_restarts", "(lr - lr_min) *", "lr *")).says(
    "Your cosine begins above lr: what must be added to lr_min to reach lr?"
)
misconception(
    "cosine_falls_in_a_line",
    change("cosine_restarts", "(1 + torch.cos(torch.pi * since / length)) / 2", "(1 - since / length)"),
).says("Your rate falls in a straight line: which part of it must be left after a third of the period?")
misconception(
    "restart_keeps_the_old_phase",
    change("cosine_restarts", "torch.pi * since", "torch.pi * step"),
).says("Your cosine does not begin anew: from which step must its angle be counted after a restart?")
misconception("no_restart", change("cosine_restarts", "(since >= length).any()", "False")).says(
    "Your cosine rises again after the first period: what happens in the step that would reach lr_min?"
)
misconception(
    "cosine_stays_at_its_minimum",
    change("cosine_restarts", "(since >= length).any()", "False"),
    change("cosine_restarts", "since / length", "(since / length).clamp(max=1)"),
).says("Your rate stays at lr_min after the first period: what happens in the step that would reach it?")
misconception("period_not_multiplied", change("cosine_restarts", "factor * length", "length")).says(
    "All your periods are as long as the first: what does factor change at a restart?"
)
misconception("period_added", change("cosine_restarts", "factor * length", "length + (factor - 1) * period")).says(
    "Your periods grow by the same number of steps each time: is the length multiplied at a restart, or added to?"
)
misconception(
    "restart_a_step_late",
    change("cosine_restarts", "(since >= length).any()", "(since > length).any()"),
    change("cosine_restarts", "is_over = since >= length", "is_over = since > length"),
).says("Your restarts come a step late: which step would reach lr_min, and what comes in its place?")
misconception(
    "restarts_counted_by_a_logarithm",
    replacement(
        """
def cosine_restarts(step, *, lr, lr_min, period, factor=1):
    step = torch.as_tensor(step, dtype=torch.float64)
    if factor == 1:
        since, length = step % period, torch.full_like(step, period)
    else:
        powers = step / period * (factor - 1) + 1
        number = torch.floor(torch.log(powers) / torch.log(torch.tensor(float(factor)).double()))
        length = period * factor**number
        since = step - period * (factor**number - 1) / (factor - 1)
    return lr_min + (lr - lr_min) * (1 + torch.cos(torch.pi * since / length)) / 2
"""
    ),
).says("Your rate is wrong in single steps where a restart falls: can a logarithm miss a whole number by rounding?")
misconception(
    "cosine_one_by_one",
    replacement(
        """
def cosine_restarts(step, *, lr, lr_min, period, factor=1):
    step = torch.as_tensor(step, dtype=torch.float64)
    rates = []
    for since in step.reshape(-1):
        length = period
        while since >= length:
            since, length = since - length, factor * length
        rates.append(lr_min + (lr - lr_min) * (1 + torch.cos(torch.pi * since / length)) / 2)
    return torch.stack(rates).reshape(step.shape)
"""
    ),
).says(
    "Your restarts are found for one step at a time: can periods be taken off all steps at once that still hold one?"
)
misconception("warm_up_begins_at_zero", change("warmed_up", "(step + 1) / warmup", "step / warmup")).says(
    "Your warm-up begins with a rate of 0, which wastes a step: which share of the goal does the handout give step 0?"
)
misconception("schedule_not_moved", change("warmed_up", "(step - warmup).clamp(min=0)", "step")).says(
    "Your schedule runs on during the warm-up: which of its own steps comes when the warm-up is over?"
)
misconception("warm_up_rises_to_one", change("warmed_up", "warmup * goal", "warmup")).says(
    "Your warm-up rises to 1: which rate does the schedule begin with?"
)
misconception("warm_up_a_step_too_long", change("warmed_up", "step < warmup", "step <= warmup")).says(
    "Your warm-up has a step too many, above its goal: which step is the last to rise?"
)
misconception(
    "warm_up_times_the_running_schedule",
    change("warmed_up", "torch.zeros_like(step)", "step"),
    forms=[
        [
            change("warmed_up", "torch.zeros_like(step)", "step"),
            change("warmed_up", "(step - warmup).clamp(min=0)", "step"),
            change("warmed_up", "(step + 1) / warmup", rise),
        ]
        for rise in ("(step + 1) / warmup", "step / warmup")
    ],
).says("Your warm-up rises to a goal that moves: which value of the schedule is the goal?")
misconception(
    "warm_up_thrown_away", change("warmed_up", "torch.where(step < warmup, rising, following)", "following")
).says("Your rates begin with the schedule's own: where do the rising ones come in?")
misconception("schedule_asked_before_its_start", change("warmed_up", ".clamp(min=0)", "")).says(
    "Your schedule is asked for steps below 0, which it need not know: what can keep them away from it?"
)
misconception("momentum_never_stops_rising", change("momentum_ramp", ".clamp(max=1)", "")).says(
    "Your momentum goes on rising after the ramp: what is the largest share of the way?"
)
misconception("momentum_rises_from_zero", change("momentum_ramp", "start + (end - start) * share", "end * share")).says(
    "Your momentum begins with 0: which value does it begin with, and how far is it from there to end?"
)
misconception("momentum_added_to_its_start", change("momentum_ramp", "(end - start)", "end")).says(
    "Your momentum ends at start + end: what must be added to start to reach end?"
)
misconception("momentum_a_step_early", change("momentum_ramp", "step / ramp", "(step + 1) / ramp")).says(
    "Your momentum is a step ahead: which value belongs to step 0?"
)
misconception("momentum_jumps", change("momentum_ramp", "(step / ramp).clamp(max=1)", "(step >= ramp).double()")).says(
    "Your momentum stays at start and then jumps: what must it be in the middle of the ramp?"
)
misconception("descend_a_step_ahead", change("descend", "schedule(step)", "schedule(step + 1)")).says(
    "Your first move uses the rate of step 1: is the count raised before the rate is asked for?"
)
misconception("descend_climbs", change("descend", "w - schedule", "w + schedule")).says(
    "Your descent goes uphill: which way does the gradient point?"
)
misconception(
    "descend_asks_at_the_start",
    change("descend", "path = []", "path, first = [], w"),
    change("descend", "gradient(w)", "gradient(first)"),
).says("Your gradient is always that of the start: where does the descent stand when it asks?")
misconception("descend_with_one_rate", change("descend", "schedule(step)", "schedule(0)")).says(
    "All your moves use the rate of step 0: how does the schedule learn which step it is?"
)
misconception("descend_keeps_the_start_in_the_path", change("descend", "path = []", "path = [w]")).says(
    "Your path begins with the start: does the handout count it as a point after a step?"
)
misconception(
    "descend_moves_the_start",
    change("descend", "w = w - schedule(step) *", "w -= schedule(step) *"),
    forms=[
        [
            change("descend", "w = w - schedule(step) *", "w -= schedule(step) *"),
            change("descend", "path.append(w)", "path.append(w.clone())"),
        ]
    ],
).says("Your descent changes the start that it was given: which tensor does a move write into?")
misconception(
    "path_of_one_tensor",
    change("descend", "path = []", "path, w = [], w.clone()"),
    change("descend", "w = w - schedule(step) *", "w -= schedule(step) *"),
).says("All points of your path are the last one: does each move make a tensor of its own?")
misconception("training_a_step_ahead", change("train_with", "step = 0", "step = 1")).says(
    "Your first batch uses the rate of step 1: is the count raised before the rate is asked for?"
)
misconception(
    "rate_by_epochs",
    change("train_with", "schedule(step)", "schedule(_epoch)"),
).says("Your rate changes once in an epoch: does the schedule count epochs or batches?")
misconception(
    "count_starts_anew",
    change("train_with", "order = torch.arange(n)", "order, step = torch.arange(n), 0"),
).says("Your schedule begins anew in every epoch: which step is the first batch of the second epoch?")
misconception("training_with_one_rate", change("train_with", "schedule(step)", "schedule(0)")).says(
    "Every batch of yours uses the rate of step 0: where does the count go up?"
)
misconception("training_climbs", change("train_with", "w - lr", "w + lr")).says(
    "Your training goes uphill: which way does the gradient point?"
)
misconception(
    "training_moves_the_start",
    change("train_with", "[w - lr * g for w, g in", "[w.sub_(lr * g) for w, g in"),
).says("Your training changes the parameters that it was given: which tensors does a step write into?")
misconception(
    "gradients_at_the_start",
    change("train_with", "gradients(current, rows)", "gradients(params, rows)"),
).says("Your gradients are always those of the start: which parameters belong to a step?")
misconception(
    "last_batch_dropped",
    change(
        "train_with",
        "order.split(batch_size)",
        "[rows for rows in order.split(batch_size) if len(rows) == batch_size or n < batch_size]",
    ),
).says("Your training leaves out the last, shorter batch: what becomes of the rows that do not fill one?")
misconception("generator_ignored", change("train_with", "generator is not None", "False")).says(
    "Your training keeps the given order although it has a generator: where is the order drawn?"
)
misconception(
    "rows_shuffled_once",
    change(
        "train_with",
        "generator is not None",
        "generator is not None and _epoch",
    ),
    change("train_with", "order = torch.arange(n)", "order = torch.arange(n) if not _epoch else order"),
    change("train_with", "if generator is not None and _epoch", "if generator is not None and not _epoch"),
).says("All your epochs have one order: when must a new one be drawn?")
misconception(
    "rows_drawn_with_replacement",
    change(
        "train_with",
        "torch.randperm(n, generator=generator, device=generator.device)",
        "torch.randint(n, (n,), generator=generator, device=generator.device)",
    ),
).says("Your epochs use some rows twice and others not at all: which draw gives each number once?")
misconception(
    "rates_evenly_spaced",
    change("range_test", "low * (high / low) ** (i / (steps - 1))", "low + (high - low) * i / (steps - 1)"),
).says(
    "Your rates grow by the same amount, and nearly all of them are large: what stays the same from one to the next?"
)
misconception("rates_stop_short", change("range_test", "i / (steps - 1)", "i / steps")).says(
    "Your rates do not reach high: how many factors lie between the first and the last of them?"
)
misconception(
    "blow_up_by_the_first_loss", change("range_test", "best = min(best, loss)", "best = min(best, losses[0])")
).says("You compare with the first loss: which of the losses before it counts?")
misconception("blow_up_by_the_loss_before", change("range_test", "best = min(best, loss)", "best = loss")).says(
    "You compare with the loss just before, so that one which creeps up is never noticed: which of them counts?"
)
misconception(
    "blown_up_loss_dropped",
    change(
        "range_test", "            break\n", "            rates.pop()\n            losses.pop()\n            break\n"
    ),
).says("Your result lacks the loss that ended the test: does the handout keep it?")
misconception(
    "range_test_goes_on_at_nan",
    change("range_test", "if not loss <= min(4 * best, torch.finfo(torch.float64).max):", "if loss > 4 * best:"),
).says("Your range test goes on after nan or an infinite first loss: what do comparisons with these say?")
misconception(
    "range_test_never_ends",
    change("range_test", "if not loss <= min(4 * best, torch.finfo(torch.float64).max):", "if False:"),
).says("Your range test tries every rate, however large the loss has become: when is it over?")
misconception("range_test_ends_at_any_rise", change("range_test", "4 * best", "best")).says(
    "Your range test ends as soon as the loss rises: how much may it rise?"
)
