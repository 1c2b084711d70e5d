"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception, replacement

for name, pull in (("l1", "W.sign()"), ("l2", "W")):
    where, Name = f"{name}_penalty", name.upper()
    front = "strength" if name == "l1" else "strength / 2"
    misconception(
        f"{name}_penalises_biases",
        change(where, "weights = params[::2]", "weights = params"),
        change(where, "slopes[::2] =", "slopes[:] ="),
    ).says(f"Your {Name} penalty is paid for biases too: which entries of params does it belong to?")
    misconception(
        f"{name}_penalty_sums_over_biases",
        change(where, "weights = params[::2]", "weights = params"),
        change(where, f"{pull} for W in weights]", f"{pull} for W in params[::2]]"),
    ).says(f"Your {Name} penalty counts the biases, its gradient does not: which of them is right?")
    misconception(
        f"{name}_gradient_pulls_biases",
        change(
            where,
            f"slopes[::2] = [strength * {pull} for W in weights]",
            f"slopes = [strength * {pull} for W in params]",
        ),
    ).says(f"Your {Name} gradient pulls the biases towards 0: what do biases cost in the penalty?")
    misconception(
        f"{name}_penalty_without_strength", change(where, f"{front} * sum(", "sum(" if name == "l1" else "1 / 2 * sum(")
    ).says(f"Your {Name} penalty does not depend on the strength: what is the sum over the weights multiplied with?")
misconception("l1_sign_of_zero_is_one", change("l1_penalty", "W.sign()", "torch.where(W >= 0, 1.0, -1.0).to(W)")).says(
    "Your L1 gradient pulls a weight that is 0 already: which slope is asked for at the kink?"
)
misconception("l2_penalty_without_the_half", change("l2_penalty", "strength / 2 * sum", "strength * sum")).says(
    "Your L2 penalty is twice what it must be, with the right gradient: of which function is strength * W the gradient?"
)
misconception("l2_gradient_with_a_two", change("l2_penalty", "[strength * W", "[2 * strength * W")).says(
    "Your L2 gradient is twice that of your penalty: what becomes of the 1/2?"
)
misconception("l2_gradient_with_the_half", change("l2_penalty", "[strength * W", "[strength / 2 * W")).says(
    "Your L2 gradient is half that of your penalty: what does the derivative of a square bring to the front?"
)
misconception(
    "l2_convention_without_the_half",
    change("l2_penalty", "strength / 2 * sum", "strength * sum"),
    change("l2_penalty", "[strength * W", "[2 * strength * W"),
).says("Your L2 penalty and its gradient agree, and are twice those of the handout: which factor does it begin with?")
misconception(
    "l2_gradient_sums_the_weights", change("l2_penalty", "[strength * W for", "[strength * W.sum().expand_as(W) for")
).says("Your L2 gradient has one number in every entry: by which weight is each entry the derivative?")

misconception("threshold_twice", change("soft_threshold", "w.abs() - threshold", "w.abs() - 2 * threshold")).says(
    "Your soft_threshold shrinks by twice the threshold: where is the 2 from?"
)
misconception(
    "threshold_hard",
    change(
        "soft_threshold",
        "w.sign() * (w.abs() - threshold).clamp(min=0)",
        "torch.where(w.abs() > threshold, w, torch.zeros_like(w))",
    ),
).says("Your soft_threshold keeps large entries as they are, which is hard thresholding: how far do those move?")
misconception(
    "threshold_crosses_zero", change("soft_threshold", "(w.abs() - threshold).clamp(min=0)", "(w.abs() - threshold)")
).says("Your soft_threshold moves small entries beyond 0: where do they have to stop?")
misconception(
    "threshold_of_positive_entries_only",
    change("soft_threshold", "w.sign() * (w.abs() - threshold).clamp(min=0)", "(w - threshold).clamp(min=0)"),
).says("Your soft_threshold makes 0 of all negative entries: in which direction do they move?")
misconception("threshold_loses_the_sign", change("soft_threshold", "w.sign() * (", "(")).says(
    "What your soft_threshold returns is never negative: where has the sign gone?"
)
misconception("subgradient_without_penalty", change("subgradient_step", "grad + strength * w.sign()", "grad")).says(
    "Your subgradient_step follows the loss alone: what does the penalty add to its slope?"
)
misconception(
    "subgradient_pushes_away_from_zero", change("subgradient_step", "grad + strength", "grad - strength")
).says("The penalty makes weights larger in your subgradient_step: which sign has its slope beside that of the loss?")
misconception(
    "subgradient_pulls_zeros", change("subgradient_step", "w.sign()", "torch.where(w >= 0, 1.0, -1.0).to(w)")
).says("Your subgradient_step moves a weight of 0 for the penalty's sake: which slope is asked for at the kink?")
misconception("proximal_threshold_without_lr", change("proximal_step", "lr * strength)", "strength)")).says(
    "Your proximal_step shrinks by the whole strength, however short the step is: what belongs to the threshold?"
)
misconception(
    "proximal_shrinks_first",
    change(
        "proximal_step", "soft_threshold(w - lr * grad, lr * strength)", "soft_threshold(w, lr * strength) - lr * grad"
    ),
).says("Your proximal_step shrinks before it goes down the loss, so that nothing is 0 at its end: which comes first?")
misconception(
    "proximal_counts_the_penalty_twice",
    change("proximal_step", "w - lr * grad, lr", "w - lr * (grad + strength * w.sign()), lr"),
).says("Your proximal_step has the penalty in its gradient and in its threshold: which of them is enough?")
misconception(
    "sparse_descent_asks_at_the_start",
    change("sparse_descent", "zeros = []", "zeros = []\n    start = w"),
    change("sparse_descent", "gradient(w)", "gradient(start)"),
).says("All steps of your sparse_descent use the gradient at the start: where does each step stand?")
misconception("sparse_descent_has_its_own_step", change("sparse_descent", "w = step(w,", "w = proximal_step(w,")).says(
    "Your sparse_descent always makes proximal steps: which step was it given?"
)
misconception(
    "zeros_counted_before_the_step",
    change(
        "sparse_descent",
        "        w = step(w, gradient(w), lr=lr, strength=strength)\n        zeros.append(int((w == 0).sum()))",
        "        zeros.append(int((w == 0).sum()))\n        w = step(w, gradient(w), lr=lr, strength=strength)",
    ),
).says("Your counts of zeros are one step behind: are they those before a step or after it?")
misconception("small_weights_counted_as_zero", change("sparse_descent", "(w == 0)", "(w.abs() < 0.05)")).says(
    "Your sparse_descent counts small weights as zeros: which of them are exactly 0?"
)
UPDATE = "EarlyStopping.update"
misconception(
    "wait_compared_before_it_is_increased",
    change(UPDATE, "value = float(value)", "value, stop = float(value), self.waited >= self.patience"),
    change(UPDATE, "return self.waited >= self.patience", "return stop"),
).says(
    "Your update compares waited before it counts the new epoch, so that it stops one epoch late: when "
    "is waited up to date?"
)
misconception(
    "patience_exceeded_not_reached", change(UPDATE, "self.waited >= self.patience", "self.waited > self.patience")
).says("Your update stops one epoch late: must waited reach patience or exceed it?")
misconception(
    "patience_reached_one_epoch_early",
    change(UPDATE, "self.waited >= self.patience", "self.waited >= self.patience - 1"),
).says("Your update stops one epoch early: which value of waited ends the training?")
misconception(
    "first_epoch_counts_as_waiting",
    change("EarlyStopping.__init__", "self.waited = 0", "self.waited = 0\n        self.begun = False"),
    change(
        UPDATE,
        "        if improved:\n            self.best_value = value\n"
        "            self.best_params = [w.clone() for w in params]\n            self.waited = 0",
        "        if improved:\n            self.best_value = value\n"
        "            self.best_params = [w.clone() for w in params]\n"
        "            self.waited = 0 if self.begun else 1\n            self.begun = True",
    ),
).says(
    "Your EarlyStopping counts the first epoch as one without improvement, and with patience 1 stops "
    "there: what is it compared with?"
)
misconception(
    "min_delta_ignored",
    change(UPDATE, "self.best_value - self.min_delta", "self.best_value"),
    change(UPDATE, "self.best_value + self.min_delta", "self.best_value"),
).says("Your update takes every tiny step for an improvement: by how much must the best value be beaten?")
misconception(
    "min_delta_on_the_wrong_side",
    change(UPDATE, "self.best_value - self.min_delta", "self.best_value + self.min_delta"),
    change(UPDATE, "self.best_value + self.min_delta\n        # ", "self.best_value - self.min_delta\n        # "),
    forms=[change(UPDATE, "self.best_value - self.min_delta", "self.best_value + self.min_delta")],
).says(
    "A value that is a little worse counts as an improvement in your update: on which side of the "
    "best value must min_delta lie?"
)
misconception(
    "min_delta_with_the_wrong_sign_in_mode_max",
    change(UPDATE, "value > self.best_value + self.min_delta", "value > self.best_value - self.min_delta"),
).says(
    'In mode "max" a value that is a little worse counts as an improvement in your update: which '
    "sign has min_delta there?"
)
misconception(
    "min_delta_reached_not_exceeded",
    change(UPDATE, "value < self.best_value - self.min_delta", "value <= self.best_value - self.min_delta"),
    change(UPDATE, "value > self.best_value + self.min_delta", "value >= self.best_value + self.min_delta"),
).says(
    "A value exactly min_delta better, or with min_delta 0 the same value, counts as an improvement "
    "in your update: must it be more?"
)
misconception(
    "not_worse_counts_as_better",
    change(UPDATE, "value < self.best_value - self.min_delta", "not value > self.best_value - self.min_delta"),
    change(UPDATE, "value > self.best_value + self.min_delta", "not value < self.best_value + self.min_delta"),
).says(
    "Your update asks whether a value is worse, and takes all else for an improvement: what about an equal value "
    "and nan?"
)
misconception(
    "mode_ignored",
    change(UPDATE, 'self.mode == "min"', "True"),
    change("EarlyStopping.__init__", 'float("inf") if mode == "min" else float("-inf")', 'float("inf")'),
).says('Your EarlyStopping looks for small values in mode "max" too: which comparison belongs to which mode?')
misconception(
    "parameters_kept_by_reference",
    change(UPDATE, "[w.clone() for w in params]", "params"),
    forms=[
        change(UPDATE, "[w.clone() for w in params]", "list(params)"),
        change(UPDATE, "[w.clone() for w in params]", "[w.detach() for w in params]"),
    ],
).says(
    "Your best parameters change along with the training: does your list hold copies, or the tensors "
    "that training goes on with?"
)
misconception(
    "restored_only_if_the_stop_fired",
    change("EarlyStopping.restore", "not self.restore_best:", "not self.restore_best or self.waited < self.patience:"),
).says("Your restore gives the best parameters only if update has stopped the training: what if max_epochs ended it?")
misconception(
    "last_parameters_for_the_best",
    change(
        UPDATE, "        if improved:", "        self.best_params = [w.clone() for w in params]\n        if improved:"
    ),
).says("Your EarlyStopping keeps the parameters of every epoch: whose parameters shall come back?")
misconception(
    "never_restores", change("EarlyStopping.restore", "return [w.clone() for w in self.best_params]", "return params")
).says("Your restore gives back what it is given: where are the parameters of the best epoch?")
misconception(
    "restores_against_the_wish",
    change("EarlyStopping.restore", "self.best_params is None or not self.restore_best", "self.best_params is None"),
).says("Your restore ignores restore_best=False: which parameters are wanted then?")
misconception(
    "restore_gives_none_without_a_best",
    change(
        "EarlyStopping.restore",
        "        if self.best_params is None or not self.restore_best:\n            return list(params)\n"
        "        return [w.clone() for w in self.best_params]",
        "        return self.best_params if self.restore_best else params",
    ),
).says("Your restore returns None if no epoch was an improvement: what shall training go on with then?")
misconception(
    "nan_is_an_improvement",
    change(UPDATE, "value < self.best_value - self.min_delta", "not value >= self.best_value - self.min_delta"),
    change(UPDATE, "value > self.best_value + self.min_delta", "not value <= self.best_value + self.min_delta"),
).says(
    "Your update takes nan for an improvement, and from then on nothing compares: which way round "
    "does your condition stand?"
)
misconception(
    "nan_never_stops",
    change(
        UPDATE, "value = float(value)", "value = float(value)\n        if value != value:\n            return False"
    ),
).says(
    "nan goes by your update without being counted, so that a training that is lost never ends: what "
    "does a bad value do?"
)
misconception("wait_not_reset", change(UPDATE, "            self.waited = 0\n", "")).says(
    "Your update counts all bad epochs of the training together: what does an improvement do to waited?"
)
misconception(
    "compared_with_the_last_value",
    change("EarlyStopping.__init__", "self.waited = 0", "self.waited = 0\n        self.last = self.best_value"),
    change(UPDATE, "value < self.best_value - self.min_delta", "value < self.last - self.min_delta"),
    change(UPDATE, "value > self.best_value + self.min_delta", "value > self.last + self.min_delta"),
    change(UPDATE, "        if improved:", "        self.last = value\n        if improved:"),
).says("Your update compares with the epoch before: what if values have risen first and fall a little now?")
misconception(
    "small_improvements_move_the_best",
    change(
        UPDATE,
        "            self.waited += 1",
        '            self.waited += 1\n            best = min if self.mode == "min" else max\n'
        "            self.best_value = best(self.best_value, value)",
    ),
).says(
    "Your best value follows improvements that are too small, so that many small ones never become "
    "one: when does it change?"
)
misconception(
    "any_mode_is_accepted", change("EarlyStopping.__init__", 'if mode not in ("min", "max"):', "if mode is None:")
).says('Your EarlyStopping accepts a mode that does not exist: what does it do with "maximum"?')

misconception(
    "split_not_stratified",
    replacement("""
def split(labels, share, generator):
    order = torch.randperm(len(labels), generator=generator, device=generator.device)
    held = round(share * len(labels))
    return order[held:], order[:held]
"""),
).says(
    "Your validation rows are drawn from all rows together, so that rare classes get too many or "
    "none: whose share is held out?"
)
misconception(
    "split_takes_the_first_rows",
    change(
        "split",
        "order = torch.randperm(len(rows), generator=generator, device=generator.device)",
        "order = torch.arange(len(rows))",
    ),
).says("Your split holds out the same rows each time: what is the generator for?")


def drawn_twice(count):
    """Edits of `split` that draw so many rows of a class with replacement, and give them as they were drawn."""
    return [
        change("split", "in_validation = ", "held = []\n    in_validation = "),
        change(
            "split",
            "order = torch.randperm(len(rows), generator=generator, device=generator.device)",
            f"order = torch.randint(len(rows), ({count},), generator=generator, device=generator.device)\n"
            "        held.append(rows[order])",
        ),
        change("split", "rows[order[: round(share * len(rows))]]", "held[-1]"),
        change("split", ", in_validation.nonzero()[:, 0]", ", torch.cat(held)"),
    ]


misconception(
    "rows_drawn_with_replacement",
    change(
        "split",
        "torch.randperm(len(rows), generator=generator, device=generator.device)",
        "torch.randint(len(rows), (len(rows),), generator=generator, device=generator.device)",
    ),
    forms=[
        # The rows that were drawn, some of them twice, and not a mask; the share rounded in either way.
        drawn_twice("round(share * len(rows))"),
        drawn_twice("-int(-share * len(rows) // 1)"),
    ],
).says("Your split draws rows with replacement, so that too few are held out: how is a row drawn once only?")
misconception(
    "split_parts_exchanged",
    change(
        "split",
        "return (~in_validation).nonzero()[:, 0], in_validation.nonzero()[:, 0]",
        "return in_validation.nonzero()[:, 0], (~in_validation).nonzero()[:, 0]",
    ),
).says("Your split has the validation rows in front: which part comes first?")
misconception(
    "trains_on_all_rows", change("split", "(~in_validation).nonzero()", "torch.ones_like(in_validation).nonzero()")
).says("Your training rows hold the validation rows too: what does a model know of rows that it was trained on?")
misconception(
    "folds_in_order",
    change("k_folds", "torch.randperm(n, generator=generator, device=generator.device)", "torch.arange(n)"),
).says("Your folds are the same each time: in which order shall the rows go to them?")
misconception(
    "folds_drop_the_rest",
    change("k_folds", "[order[i::k] for i in range(k)]", "[order[: n // k * k][i::k] for i in range(k)]"),
    forms=[
        [  # the rest is lost for validation only
            change("k_folds", "[order[i::k] for i in range(k)]", "[order[: n // k * k][i::k] for i in range(k)]"),
            change("k_folds", "folds[i + 1 :])", "folds[i + 1 :] + [order[n // k * k :]])"),
        ]
    ],
).says("Rows are lost in your folds where k does not divide n: where does the rest belong?")
misconception(
    "folds_put_the_rest_in_one",
    change(
        "k_folds",
        "[order[i::k] for i in range(k)]",
        "[order[i * (n // k) : (i + 1) * (n // k) if i < k - 1 else n] for i in range(k)]",
    ),
).says("The whole rest goes into your last fold: how large may the difference between folds be?")
misconception(
    "folds_overlap",
    change(
        "k_folds",
        "[order[i::k] for i in range(k)]",
        "[order[torch.randperm(n, generator=generator, device=generator.device)[: n // k]] for i in range(k)]",
    ),
).says("Your folds are drawn anew each time and overlap: how often is each row in a validation part?")
misconception(
    "folds_train_on_validation_rows", change("k_folds", "torch.cat(folds[:i] + folds[i + 1 :])", "order")
).says("Each of your folds trains on all rows, its validation rows as well: which rows are left to train on?")

misconception(
    "cross_validation_of_one_model",
    change(
        "cross_validate",
        "[float(evaluate(fit(candidate, train), validation)) for train, validation in folds]",
        "[float(evaluate(model, validation)) for model in [fit(candidate, folds[0][0])] for _, validation in folds]",
    ),
).says("Your cross_validate fits one model for all folds: which of them have rows that it was trained on?")
misconception(
    "cross_validation_on_training_rows",
    change("cross_validate", "fit(candidate, train), validation)", "fit(candidate, train), train)"),
).says("Your cross_validate evaluates each model on the rows that it was fitted on: which rows were held out?")
misconception("cross_validation_sums", change("cross_validate", "sum(losses) / len(losses)", "sum(losses)")).says(
    "Your cross_validate grows with the number of folds: is it the sum of the losses or their mean?"
)
misconception(
    "selected_by_test_rows",
    change("select", "loss = float(evaluate(model, validation))", "loss = float(evaluate(model, test))"),
).says("Your select chooses by the test rows: what are they still good for then?")
misconception(
    "selected_by_training_rows",
    change("select", "loss = float(evaluate(model, validation))", "loss = float(evaluate(model, train))"),
).says("Your select chooses by the rows that the models were fitted on: which rows do they not know?")
misconception(
    "every_candidate_tested",
    change(
        "select",
        "loss = float(evaluate(model, validation))",
        "loss = float(evaluate(model, validation))\n        evaluate(model, test)",
    ),
).says("Your select looks at the test rows for each candidate: whose test loss is asked for, and when?")
misconception("last_model_for_the_best", change("select", "evaluate(best_model, test)", "evaluate(model, test)")).says(
    "The test loss of your select is that of the last model: where is the model of the best candidate?"
)
misconception("last_of_equals_selected", change("select", "loss < best_loss", "loss <= best_loss")).says(
    "Of several best candidates your select takes the last: which one is asked for?"
)
misconception("nan_selected", change("select", "loss < best_loss", "not loss >= best_loss")).says(
    "Your select takes a loss of nan for the best: which comparison is true for nan?"
)
misconception(
    "refitted_on_all_rows",
    change(
        "select",
        "float(evaluate(best_model, test))",
        "float(evaluate(fit(best_candidate, torch.cat([train, validation])), test))",
    ),
).says("Your select fits the chosen candidate once more: how often is each candidate fitted here?")

misconception("biases_not_counted", change("count_parameters", "(d + 1) * h", "d * h")).says(
    "Your count_parameters leaves something out of each layer: what else does a unit have beside its weights?"
)
misconception("one_bias_for_each_layer", change("count_parameters", "(d + 1) * h", "d * h + 1")).says(
    "Your count_parameters has one bias for each layer: how many has a layer with h units?"
)
misconception("fit_without_penalty", change("fit_network", "w - lr * (g + pull)", "w - lr * g")).says(
    "Your fit_network follows the loss alone: what pulls at the weights beside it?"
)
misconception("fit_penalty_without_lr", change("fit_network", "lr * (g + pull)", "lr * g - pull")).says(
    "The penalty pulls in your fit_network whatever lr is: what is a step multiplied with?"
)
misconception(
    "fit_in_place",
    change("fit_network", "trained = [w - lr * (g + pull) for", "trained = [w.sub_(lr * (g + pull)) for"),
).says("Your fit_network changes the parameters that it is given: whose are they?")

misconception(
    "penalty_in_the_watched_loss",
    change(
        "fit_early",
        "losses.append(network_loss(params, *validation))",
        "losses.append(network_loss(params, *validation) + l2_penalty(params, strength)[0])",
    ),
).says("Your fit_early watches the loss with the penalty: what does a price on training say about other rows?")
misconception(
    "training_loss_watched", change("fit_early", "network_loss(params, *validation)", "network_loss(params, X, labels)")
).says(
    "Your fit_early watches the loss on the rows that it trains on, which hardly ever rises: which rows are held out?"
)
misconception(
    "trained_on_validation_rows",
    change("fit_early", "fit_network(X, labels, params", "fit_network(*validation, params"),
).says("Your fit_early trains on the rows that are held out: which rows are for training?")
misconception(
    "watched_before_the_step",
    change(
        "fit_early",
        "        params = fit_network(X, labels, params, lr=lr, epochs=1, strength=strength)\n"
        "        losses.append(network_loss(params, *validation))\n",
        "        losses.append(network_loss(params, *validation))\n"
        "        params = fit_network(X, labels, params, lr=lr, epochs=1, strength=strength)\n",
    ),
).says("Your fit_early takes the loss before the step, and keeps the parameters after it: do they belong together?")
misconception(
    "last_epoch_returned", change("fit_early", "return stopping.restore(params), torch", "return params, torch")
).says("Your fit_early returns the parameters of the last epoch: who has kept the best ones?")
misconception(
    "stop_not_heeded",
    change(
        "fit_early",
        "        if stopping.update(losses[-1], params):\n            break\n",
        "        stopping.update(losses[-1], params)\n",
    ),
).says("Your fit_early tells stopping about each epoch and trains on: what does update answer?")
