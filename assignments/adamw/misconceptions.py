"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception


def in_adam(tiny):
    """Edits of the two corrections in Adam, to each divisor of which a tiny number is added."""
    return [
        change("Adam.step", "bias_corrected(self.m[i], beta1, self.t)", f"self.m[i] / (1 - beta1**self.t + {tiny})"),
        change("Adam.step", "bias_corrected(self.v[i], beta2, self.t)", f"self.v[i] / (1 - beta2**self.t + {tiny})"),
    ]


def late(tiny):
    """Edits of a count that comes too late, and of a divisor that a tiny number keeps from 0."""
    return [
        change("Adam.step", "self.t += 1", "pass"),
        *in_adam(tiny),
        change("Adam.step", "(v_hat.sqrt() + self.eps)", "(v_hat.sqrt() + self.eps)\n        self.t += 1"),
    ]


misconception(
    "sgd_learning_rate_ignored", change("SGD.step", "self.lr * (penalised + decay)", "(penalised + decay)")
).says("Your SGD takes the whole gradient off the parameters: where does lr come in?")
misconception(
    "sgd_climbs",
    change("SGD.step", "w - self", "w + self"),
    forms=[change("SGD.step", "w - self.lr * (penalised + decay)", "w + self.lr * (2 * g - penalised - decay)")],
).says("Your SGD moves the parameters uphill: which way does the gradient point?")
misconception("sgd_result_not_stored", change("SGD.step", "self.params[i]", "w")).says(
    "Your SGD leaves every parameter as it was: does the new value find its way into params?"
)
misconception("sgd_penalty_doubled", change("SGD.step", "self.l2", "2 * self.l2")).says(
    "The pull of l2 in your SGD is twice as strong as it must be: what does the 1/2 cancel when you differentiate?"
)
misconception("sgd_penalty_missing", change("SGD.step", "g + self.l2 * w", "g")).says(
    "l2 has no effect on your SGD: where does the penalty enter the gradient?"
)
misconception("sgd_penalty_without_its_factor", change("SGD.step", "self.l2 * w", "(w if self.l2 else 0.0)")).says(
    "Your SGD adds w itself to the gradient, however small l2 is: which factor belongs to the penalty?"
)
misconception("sgd_decay_missing", change("SGD.step", "self.weight_decay * w", "0.0")).says(
    "weight_decay has no effect on your SGD: what does a step take off every weight besides the gradient?"
)
misconception("sgd_decay_without_lr", change("SGD.step", "(penalised + decay)", "penalised - decay")).says(
    "The decay of your SGD is 1/lr times too strong, as in the paper: where does the handout put lr?"
)
misconception(
    "sgd_decays_the_new_weights",
    change(
        "SGD.step", "w - self.lr * (penalised + decay)", "(w - self.lr * penalised) * (1 - self.lr * self.weight_decay)"
    ),
).says("Your decay is a share of the weights after the move: which value of w does the decay belong to?")
misconception(
    "sgd_with_a_velocity",
    change(
        "SGD.step",
        "decay = self.weight_decay * w",
        "decay = self.weight_decay * w\n"
        "            kept = self.__dict__.setdefault('kept', {})\n"
        "            kept[i] = penalised + decay + 0.9 * kept.get(i, 0.0)",
    ),
    change("SGD.step", "self.lr * (penalised + decay)", "self.lr * kept[i]"),
).says("Your SGD still feels the gradients of earlier steps, as momentum does: what does plain descent remember?")
misconception("sgd_changes_the_gradients", change("SGD.step", "g + self.l2 * w", "g.add_(self.l2 * w)")).says(
    "SGD.step writes into the gradients that it is given: does the sum with the penalty get a tensor of its own?"
)
misconception("adam_result_not_stored", change("Adam.step", "self.params[i]", "w")).says(
    "Your Adam leaves every parameter as it was: does the new value find its way into params?"
)
misconception("adam_climbs", change("Adam.step", "w - self.lr", "w + self.lr")).says(
    "Your Adam moves the parameters uphill: which way does the gradient point?"
)
misconception("adam_learning_rate_ignored", change("Adam.step", "self.lr * m_hat", "m_hat")).says(
    "Every entry moves by about 1 in your Adam: where does lr come in?"
)
misconception("gradient_for_the_first_moment", change("Adam.step", "self.lr * m_hat", "self.lr * g")).says(
    "Your step divides the gradient of this step alone: which of your averages belongs there?"
)
misconception(
    "root_before_the_correction",
    change("Adam.step", "v[i], beta2", "v[i].sqrt(), beta2"),
    change("Adam.step", "v_hat.sqrt()", "v_hat"),
).says("You take the root of the second moment before you correct it: what must be corrected, the root or v?")
misconception("second_moment_corrected_with_beta1", change("Adam.step", "beta2, self.t", "beta1, self.t")).says(
    "Your second moment is corrected with the beta of the first: which beta was it averaged with?"
)
misconception(
    "no_bias_correction",
    change("Adam.step", "bias_corrected(self.m[i], beta1, self.t)", "self.m[i]"),
    change("Adam.step", "bias_corrected(self.v[i], beta2, self.t)", "self.v[i]"),
).says("Your first steps are too long or too short by a factor that fades: are both moments corrected for their bias?")
misconception(
    "only_the_first_moment_corrected", change("Adam.step", "bias_corrected(self.v[i], beta2, self.t)", "self.v[i]")
).says("Your steps start too long: is the second moment corrected as well as the first?")
misconception(
    "only_the_second_moment_corrected",
    change("Adam.step", "bias_corrected(self.m[i], beta1, self.t)", "self.m[i]"),
    forms=[
        [  # with eps before the correction
            change("Adam.step", "bias_corrected(self.m[i], beta1, self.t)", "self.m[i]"),
            change(
                "Adam.step", "v_hat.sqrt() + self.eps", "(self.v[i].sqrt() + self.eps) / (1 - beta2**self.t) ** 0.5"
            ),
        ]
    ],
).says("Your first steps are too short: is the first moment corrected as well as the second?")
misconception("t_never_increased", change("Adam.step", "self.t += 1", "self.t = 1")).says(
    "Every step is corrected as if it were the first: is t still 1 in the second call of step?"
)
misconception(
    "t_stays_zero",
    change("Adam.step", "self.t += 1", "pass"),
    forms=[
        [
            change("Adam.step", "self.t += 1", "pass"),
            change("bias_corrected", "average / (1 - beta**t)", "average * (1 / (1 - beta**t))"),
        ]
    ],
).says("Your t is never increased, so every correction divides by zero: what does t count?")
misconception(
    "t_increased_too_late",
    change("Adam.step", "self.t += 1", "pass"),
    change("Adam.step", "(v_hat.sqrt() + self.eps)", "(v_hat.sqrt() + self.eps)\n        self.t += 1"),
    forms=[late(tiny) for tiny in ("1e-10", "1e-8")],
).says("Your first step is corrected with t = 0: what is 1 - beta**t when it is used for the first time?")
misconception("t_first_step_is_two", change("Adam.__init__", "self.t = 0", "self.t = 1")).says(
    "Your first step is corrected with t = 2: is t set to 1 at the start and increased before its first use?"
)
misconception(
    "t_counted_per_parameter",
    change("Adam.step", "self.t += 1", "pass"),
    change("Adam.step", "g = grad", "self.t += 1\n            g = grad"),
).says("The first parameter is right and the others are not: how often is t increased in one step?")
misconception(
    "eps_inside_the_root",
    change("Adam.step", "(v_hat.sqrt() + self.eps)", "(v_hat + self.eps).sqrt()"),
    forms=[change("Adam.step", "(v_hat.sqrt() + self.eps)", "((self.v[i] + self.eps) / (1 - beta2**self.t)).sqrt()")],
).says("Your eps stands under the root, so very small gradients hardly move anything: where does Algorithm 1 put it?")
misconception(
    "eps_before_the_correction",
    change("Adam.step", "v_hat.sqrt() + self.eps", "(self.v[i].sqrt() + self.eps) / (1 - beta2**self.t) ** 0.5"),
).says("Your eps is added before the bias correction, as the paper's eps-hat: when does the handout add it?")
misconception("eps_fixed_at_its_default", change("Adam.step", "self.eps", "1e-8")).says(
    "The eps that was passed has no effect: does your formula use the argument or a number of its own?"
)
misconception(
    "eps_hard_coded",
    change("Adam.step", "self.eps", "1e-7"),
    forms=[  # before the correction
        change("Adam.step", "v_hat.sqrt() + self.eps", "(self.v[i].sqrt() + 1e-7) / (1 - beta2**self.t) ** 0.5")
    ],
).says("Your eps is 1e-7 whatever was passed: does your formula use the argument or a number of its own?")
misconception(
    "eps_added_to_the_weight", change("Adam.step", "(v_hat.sqrt() + self.eps)", "v_hat.sqrt() + self.eps")
).says("Your eps moves the weights themselves: which part of the formula must it keep away from zero?")
misconception("eps_multiplies", change("Adam.step", "v_hat.sqrt() + self.eps", "v_hat.sqrt() * self.eps")).says(
    "Your steps are longer by the factor 1 / eps: what does the denominator do with eps?"
)
misconception("betas_fixed_at_their_defaults", change("Adam.step", "self.betas", "0.9, 0.999")).says(
    "The betas that were passed have no effect: does your step use the arguments or numbers of its own?"
)
misconception("betas_swapped", change("Adam.step", "beta1, beta2", "beta2, beta1")).says(
    "Your two betas are exchanged: which of them belongs to the squares?"
)
misconception("one_beta_for_both_moments", change("Adam.step", "self.betas", "self.betas[0], self.betas[0]")).says(
    "Both of your moments use the same beta: which of the two belongs to the squares?"
)
misconception("no_root", change("Adam.step", "v_hat.sqrt()", "v_hat")).says(
    "Your step divides by the mean square, so large gradients make tiny steps: which unit must the denominator have?"
)
misconception(
    "root_of_beta",
    change("Adam.step", "v_hat.sqrt()", "beta2**0.5"),
    forms=[change("Adam.step", "v_hat.sqrt()", "beta1**0.5")],
).says("Your step grows with the gradient, as in SGD: of what is the root in your denominator?")
misconception("gradient_not_squared", change("Adam.step", "g * g", "g.abs()")).says(
    "Your second moment averages |g|: what must it be an average of?"
)
misconception(
    "first_moment_undamped", change("Adam.step", "moving_average(self.m[i], g, beta1)", "beta1 * self.m[i] + g")
).says("Your first moment adds the whole gradient to its old value, as momentum does: which shares has an average?")
misconception(
    "moments_forget_the_past",
    change("Adam.step", "moving_average(self.m[i], g, beta1)", "beta1 + (1 - beta1) * g"),
    change("Adam.step", "moving_average(self.v[i], g * g, beta2)", "beta2 + (1 - beta2) * g * g"),
    forms=[
        change("Adam.step", "moving_average(self.m[i], g, beta1)", "beta1 + (1 - beta1) * g"),
        change("Adam.step", "moving_average(self.v[i], g * g, beta2)", "beta2 + (1 - beta2) * g * g"),
    ],
).says("A moment of yours is beta plus a share of the gradient: by what must beta be multiplied?")
misconception(
    "corrected_moments_stored",
    change("Adam.step", "m_hat = bias_corrected", "m_hat = self.m[i] = bias_corrected"),
    change("Adam.step", "v_hat = bias_corrected", "v_hat = self.v[i] = bias_corrected"),
).says("You store the corrected moments: from which moments must the next step go on?")
misconception(
    "moments_not_stored",
    change("Adam.step", "self.m[i] =", "m ="),
    change("Adam.step", "self.m[i], beta1", "m, beta1"),
    change("Adam.step", "self.v[i] =", "v ="),
    change("Adam.step", "self.v[i], beta2", "v, beta2"),
).says("Every step of yours starts from zero moments again: where are they kept until the next call?")
misconception(
    "moments_share_a_list",
    change(
        "Adam.__init__",
        "[torch.zeros_like(w) for w in self.params]\n        self.v = [torch.zeros_like(w) for w in self.params]",
        "self.v = [torch.zeros_like(w) for w in self.params]",
    ),
).says("Your m and v are one list, so that each overwrites the other: how many lists are made at the start?")
misconception(
    "second_moment_never_falls",
    change(
        "Adam.step",
        "v_hat = bias_corrected(self.v[i], beta2, self.t)",
        "v_hat = bias_corrected(self.v[i], beta2, self.t)\n"
        "            highest = self.__dict__.setdefault('highest', {})\n"
        "            v_hat = highest[i] = torch.maximum(v_hat, highest.get(i, v_hat))",
    ),
    forms=[
        change(  # of the raw averages
            "Adam.step",
            "v_hat = bias_corrected(self.v[i], beta2, self.t)",
            "highest = self.__dict__.setdefault('highest', {})\n"
            "            highest[i] = torch.maximum(self.v[i], highest.get(i, self.v[i]))\n"
            "            v_hat = bias_corrected(highest[i], beta2, self.t)",
        )
    ],
).says("Your second moment never falls, as in AMSGrad: what does Adam do when gradients become small?")
misconception(
    "second_moment_not_stored",
    change("Adam.step", "self.v[i] =", "v ="),
    change("Adam.step", "self.v[i], beta2", "v, beta2"),
).says("Your second moment is computed and then forgotten: from what does the next step go on?")
misconception(
    "second_moment_never_moves", change("Adam.step", "self.v[i] = moving_average(self.v[i], g * g, beta2)", "pass")
).says("Your second moment stays 0 in every step: which line averages the squared gradients?")
misconception(
    "old_second_moment_used",
    change("Adam.step", "self.v[i] =", "old, self.v[i] = self.v[i],"),
    change("Adam.step", "self.v[i], beta2", "old, beta2"),
).says("Your step divides by the second moment of the step before: does v see the gradient before it is used?")
misconception(
    "lr_for_the_new_share",
    change("Adam.step", "moving_average(self.m[i], g, beta1)", "beta1 * self.m[i] + self.lr * g"),
    change("Adam.step", "moving_average(self.v[i], g * g, beta2)", "beta2 * self.v[i] + self.lr * g * g"),
    forms=[change("Adam.step", "moving_average(self.m[i], g, beta1)", "beta1 * self.m[i] + self.lr * g")],
).says("The new gradient enters a moment of yours with the share lr: what must the two shares of an average add up to?")
misconception(
    "only_the_first_parameter_moves",
    change("Adam.step", "zip(self.params, grads, strict=True)", "[*zip(self.params, grads, strict=True)][:1]"),
).says("Only the first of your parameters moves: does a return stand inside the loop over them?")
misconception(
    "state_shared_between_objects",
    change("Adam.__init__", "self.m", "Adam.m"),
    change("Adam.__init__", "self.v", "Adam.v"),
).says("Two optimizers at the same time disturb each other: does every object have moments of its own?")
misconception("adam_changes_the_gradients", change("Adam.step", "grad + self.l2 * w", "grad.add_(self.l2 * w)")).says(
    "Adam.step writes into the gradients that it is given: does the sum with the penalty get a tensor of its own?"
)
misconception("adam_penalty_missing", change("Adam.step", "grad + self.l2 * w", "grad")).says(
    "l2 has no effect on your Adam: of which loss must the moments average the gradient?"
)
misconception("adam_penalty_doubled", change("Adam.step", "self.l2", "2 * self.l2")).says(
    "The pull of l2 in your Adam is twice as strong as it must be: what does the 1/2 cancel when you differentiate?"
)
misconception("adam_penalty_without_its_factor", change("Adam.step", "self.l2 * w", "(w if self.l2 else 0.0)")).says(
    "Your Adam adds w itself to the gradient, however small l2 is: which factor belongs to the penalty?"
)
misconception(
    "decoupled_where_l2_was_asked",
    change("Adam.step", "grad + self.l2 * w", "grad"),
    change("Adam.step", "(v_hat.sqrt() + self.eps)", "(v_hat.sqrt() + self.eps) - self.lr * self.l2 * w"),
).says("l2 acts beside the moments in your Adam: does a penalty in the loss pass through the moments?")
misconception("penalty_missing_in_second_moment", change("Adam.step", "g * g", "grad * grad")).says(
    "Your penalty enters the first moment only: which gradient is squared?"
)
misconception(
    "average_weights_swapped",
    change("moving_average", "beta * average + (1 - beta) * value", "(1 - beta) * average + beta * value"),
).says("Your shares of old and new are exchanged: with beta = 0.9, which of the two should hardly change?")
misconception("average_new_value_undamped", change("moving_average", "(1 - beta) * value", "value")).says(
    "The new value enters with its full weight, as in momentum: do your two shares add up to 1?"
)
misconception(
    "average_forgets_the_past",
    change("moving_average", "beta * average", "beta"),
    forms=[change("moving_average", "beta * average + (1 - beta) * value", "(1 - beta) * value")],
).says("The old average has no influence on your new one: of what is beta the share?")
misconception("average_stays", change("moving_average", "beta * average + (1 - beta) * value", "average.clone()")).says(
    "Your moving_average returns the old average: which share has the new value?"
)
misconception("average_is_a_product", change("moving_average", "average + (1 - beta)", "average * (1 - beta)")).says(
    "Your average starts at zero and stays there: are its two parts multiplied or added?"
)
misconception(
    "average_in_place",
    change("moving_average", "beta * average + (1 - beta) * value", "average.mul_(beta).add_((1 - beta) * value)"),
).says("moving_average overwrites the average that it is given: may the caller still need it?")
misconception("correction_without_power", change("bias_corrected", "(1 - beta**t)", "(1 - beta)")).says(
    "Your correction is the same at every t: how much of the zero start is left after t values?"
)
misconception("correction_forgotten", change("bias_corrected", "average / (1 - beta**t)", "average.clone()")).says(
    "Your bias_corrected returns the average as it was: how much of it is still the zero that it started from?"
)
misconception("correction_fixed_at_two", change("bias_corrected", "(1 - beta**t)", "(1 - beta * beta)")).says(
    "Your correction is right for t = 2 only: what happens to its power in the third step?"
)
misconception(
    "correction_counts_one_value_more", change("bias_corrected", "(1 - beta**t)", "(1 - beta ** (t + 1))")
).says("Your correction is that of the next value: how many values went into the average when t = 1?")
misconception("correction_by_t_times_beta", change("bias_corrected", "(1 - beta**t)", "(1 - beta * t)")).says(
    "Your correction multiplies beta by t: what is left of the zero start when its share shrinks by beta t times?"
)
misconception(
    "correction_with_a_tiny_number",
    change("bias_corrected", "(1 - beta**t)", "(1 - beta**t + 1e-8)"),
    forms=[
        change("bias_corrected", "(1 - beta**t)", "(1 - beta**t + 1e-7)"),
        in_adam("1e-8"),
    ],
).says("Your correction adds a number of its own to the divisor: can the divisor be 0 when t is at least 1?")
misconception("correction_without_brackets", change("bias_corrected", "(1 - beta**t)", "1 - beta**t")).says(
    "Your correction divides by 1 and then subtracts: which of / and - does Python do first?"
)
misconception(
    "correction_multiplies", change("bias_corrected", "average / (1 - beta**t)", "average * (1 - beta**t)")
).says("Your correction makes the average smaller: the zero start pulled it down, so which way must it go?")
misconception(
    "l2_where_adamw_was_asked",
    change("AdamW.step", "keep = 1 - self.lr * self.weight_decay", "self.l2 = self.weight_decay"),
    change("AdamW.step", "keep * w", "w"),
).says("Your decay is rescaled by the moments, as in Adam with L2: what must it bypass in AdamW?")
misconception("adamw_decays_twice", change("AdamW.__init__", "0.0", "weight_decay")).says(
    "Your AdamW decays beside the gradient and through it too: which of the two must go?"
)
misconception("adamw_decay_with_lr_squared", change("AdamW.step", "self.lr", "self.lr**2")).says(
    "The decay of your AdamW contains lr twice: how often does the formula multiply it by lr?"
)
misconception("adamw_decay_without_lr", change("AdamW.step", "self.lr * self.weight_decay", "self.weight_decay")).says(
    "The decay of your AdamW is 1/lr times too strong, as in the paper: where does the handout put lr?"
)
misconception(
    "adamw_decays_the_new_weights",
    change(
        "AdamW.step",
        "self.params = [keep * w for w in self.params]\n        super().step(grads)",
        "super().step(grads)\n        self.params = [keep * w for w in self.params]",
    ),
).says("Your decay comes after the move and takes its share of the move too: which value of w does it belong to?")
misconception("adamw_decay_missing", change("AdamW.step", "keep * w", "w")).says(
    "weight_decay has no effect on your AdamW: what happens to the weights when the gradients are zero?"
)
misconception("decay_spares_the_biases", change("AdamW.step", "keep * w", "keep * w if w.ndim > 1 else w")).says(
    "Your decay leaves out parameters with fewer than two axes: which of them does the handout spare?"
)
misconception(
    "training_reads_the_parameters_once",
    change("train", "losses = []", "losses, params = [], list(optimizer.params)"),
    change("train", "optimizer.params, X[rows]", "params, X[rows]"),
    forms=[
        [  # once in every pass
            change("train", "for rows in order", "params = list(optimizer.params)\n        for rows in order"),
            change("train", "optimizer.params, X[rows]", "params, X[rows]"),
        ]
    ],
).says("Your gradients belong to parameters that have moved since: which ones does your loop pass to mlp_gradients?")
misconception(
    "training_drops_the_short_batch", change("train", "order.split", "order[: len(X) // batch_size * batch_size].split")
).says("Rows that do not fill a whole batch are never used: what happens to the last, shorter one?")
misconception(
    "training_draws_with_replacement", change("train", "randperm(len(X),", "randint(len(X), (len(X),),")
).says("Some rows come twice in your pass and others never: is your order of the rows a permutation?")
misconception(
    "training_ignores_the_generator",
    change(
        "train", "torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)", "order.clone()"
    ),
).says("Your rows are not shuffled although a generator is given: where does the generator enter your loop?")
misconception(
    "training_shuffles_once",
    change(
        "train",
        "torch.randperm(len(X), generator=generator, device=generator.device)",
        "first = torch.randperm(len(X), generator=generator, device=generator.device) if _pass == 0 else first",
    ),
).says("All your passes take the rows in one order: how often must an order be drawn?")
misconception(
    "training_shuffles_the_rows_alone",
    change("train", "for rows in order", "inputs = X[order]\n        for rows in torch.arange(len(X))"),
    change("train", "X[rows]", "inputs[rows]"),
).says("The rows of X are shuffled, but y is not: does every row still meet its own label?")
misconception("training_loss_of_the_last_batch", change("train", "X, y", "X[rows], y[rows]")).says(
    "The parameters are right, but the losses are not: over which rows is the loss after a pass taken?"
)
misconception(
    "training_loss_of_the_batches",
    change(
        "train",
        "for rows in order.split(batch_size):",
        "seen = []\n"
        "        for rows in order.split(batch_size):\n"
        "            seen.append(mlp_loss(optimizer.params, X[rows], y[rows]).item())",
    ),
    change("train", "mlp_loss(optimizer.params, X, y).item()", "sum(seen) / len(seen)"),
).says("Your losses average those of the batches: with which parameters must the loss after a pass be taken?")
misconception(
    "roots_one_by_one",
    change(
        "Adam.step", "v_hat.sqrt()", "torch.stack([value.sqrt() for value in v_hat.reshape(-1)]).reshape(v_hat.shape)"
    ),
).says("Your step goes through the weights of a parameter one by one: which operations take a whole tensor?")
