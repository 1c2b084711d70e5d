"""Known wrong optimizers, and the question that each of them raises."""

from autograder.checking import misconception

# Places in the reference where they differ.
SGD_MOVE = "w - self.lr * (penalised + decay)"
AVERAGE = "beta * average + (1 - beta) * value"
COUNT = "        self.t += 1\n"
M_NEW = "self.m[i] = moving_average(self.m[i], g, beta1)"
V_NEW = "self.v[i] = moving_average(self.v[i], g * g, beta2)"
M_HAT = "m_hat = bias_corrected(self.m[i], beta1, self.t)"
V_HAT = "v_hat = bias_corrected(self.v[i], beta2, self.t)"
DENOMINATOR = "(v_hat.sqrt() + self.eps)"
ADAM_MOVE = f"w - self.lr * m_hat / {DENOMINATOR}"
KEEP = "keep = 1 - self.lr * self.weight_decay"
SHRINK = "        self.params = [keep * w for w in self.params]\n"
BATCHES = "        for rows in order.split(batch_size):\n"
SHUFFLED = "torch.randperm(len(X), generator=generator, device=generator.device)"

# Checks that fail together.
TRAINED = [
    "training_with_adamw_follows_its_path",
    "training_with_adamw_learns_the_data",
    "training_with_adamw_learns_permuted_pixels",
]
FORMULA = [
    "adam_counts_steps_not_parameters",
    "adam_l2_goes_through_the_moments",
    "adam_objects_do_not_share_state",
    "adam_keeps_the_dtype_and_the_shapes",
    "adamw_follows_its_formula",
    *TRAINED,
]
ONE_PARAMETER = [
    "adam_follows_its_formula",
    "adam_takes_small_gradients_seriously",
    "adam_follows_gradients_of_all_scales",
]
DEFAULT_BETAS = [
    "adam_ignores_the_gradient_scale",
    "adamw_without_decay_is_adam",
    "adamw_works_with_its_defaults",
    "adamw_and_adam_work_side_by_side",
]
EVERY_PATH = [*FORMULA, *ONE_PARAMETER, *DEFAULT_BETAS]
FIRST_STEP = ["adam_first_step_has_length_lr", "adam_l2_alone_moves_by_lr"]
AVERAGES = [
    "corrected_average_of_a_constant_is_the_constant",
    "corrected_average_is_a_weighted_mean",
    "averages_hold_for_any_beta",
]
AVERAGE_ITSELF = [*AVERAGES, "moving_average_mixes_old_and_new", "adam_keeps_the_moments_uncorrected"]
DECAY = ["adamw_follows_its_formula", "adamw_and_adam_work_side_by_side", *TRAINED]
PENALTY = [
    "adam_l2_goes_through_the_moments",
    "adam_keeps_the_dtype_and_the_shapes",
    "adamw_and_adam_work_side_by_side",
]
SGD_DECAY = ["sgd_decay_shrinks_the_old_weights", "sgd_cannot_tell_l2_from_decay", "sgd_adds_both_decays"]
SGD_PENALTY = [
    "sgd_l2_acts_through_the_gradient",
    "sgd_cannot_tell_l2_from_decay",
    "sgd_adds_both_decays",
    "sgd_handles_extreme_gradients",
]
SHRINKING = [
    "adamw_decay_alone_shrinks_by_a_constant_share",
    "adamw_forgets_its_start_at_a_fixed_rate",
    "adamw_works_with_its_defaults",
]
WITHOUT_GRADIENT = [
    "adam_stays_where_the_gradient_is_zero",
    "adamw_decay_alone_shrinks_by_a_constant_share",
]
LOOP = ["training_visits_the_batches_in_order", "training_accepts_any_batch_size"]
SGD_STEPS = [
    *LOOP,
    "sgd_steps_against_the_gradient",
    "sgd_l2_acts_through_the_gradient",
    "sgd_decay_shrinks_the_old_weights",
    "sgd_adds_both_decays",
    "sgd_handles_extreme_gradients",
    "training_uses_each_row_once_in_a_pass",
    "every_pass_draws_a_new_order",
]


# SGD
misconception(
    "sgd_learning_rate_ignored",
    edits=[(SGD_MOVE, "w - (penalised + decay)")],
    trips=SGD_STEPS,
    says="Your SGD takes the whole gradient off the parameters: where does lr come in?",
)
misconception(
    "sgd_climbs",
    edits=[(SGD_MOVE, "w + self.lr * (penalised + decay)")],
    forms=[[(SGD_MOVE, "w + self.lr * (2 * g - penalised - decay)")]],
    trips=SGD_STEPS,
    says="Your SGD moves the parameters uphill: which way does the gradient point?",
)
misconception(
    "sgd_result_not_stored",
    edits=[(f"self.params[i] = {SGD_MOVE}", f"w = {SGD_MOVE}")],
    trips=[*SGD_STEPS, "training_shuffles_with_the_generator"],
    says="Your SGD leaves every parameter as it was: does the new value find its way into params?",
)
misconception(
    "sgd_penalty_doubled",
    edits=[("penalised = g + self.l2 * w", "penalised = g + 2 * self.l2 * w")],
    trips=SGD_PENALTY,
    says=(
        "The pull of l2 in your SGD is twice as strong as it must be: what does the 1/2 cancel when you differentiate?"
    ),
)
misconception(
    "sgd_penalty_missing",
    edits=[("penalised = g + self.l2 * w", "penalised = g")],
    trips=SGD_PENALTY,
    says="l2 has no effect on your SGD: where does the penalty enter the gradient?",
)
misconception(
    "sgd_decay_missing",
    edits=[("decay = self.weight_decay * w", "decay = 0.0")],
    trips=SGD_DECAY,
    says="weight_decay has no effect on your SGD: what does a step take off every weight besides the gradient?",
)
misconception(
    "sgd_decay_without_lr",
    edits=[(SGD_MOVE, "w - self.lr * penalised - decay")],
    trips=SGD_DECAY,
    says=(
        "The decay of your SGD is 1/lr times too strong: the paper does not multiply it by lr, but what does the "
        "handout do?"
    ),
)
misconception(
    "sgd_decays_the_new_weights",
    edits=[
        (
            f"self.params[i] = {SGD_MOVE}",
            "moved = w - self.lr * penalised\n            self.params[i] = moved - self.lr * self.weight_decay * moved",
        ),
    ],
    trips=SGD_DECAY,
    says="Your decay is a share of the weights after the move: which value of w does the decay belong to?",
)
misconception(
    "sgd_changes_the_gradients",
    edits=[("penalised = g + self.l2 * w", "penalised = g.add_(self.l2 * w)")],
    trips=["sgd_leaves_the_gradients_alone"],
    says="SGD.step writes into the gradients that it is given: does the sum with the penalty get a tensor of its own?",
)

# Adam
misconception(
    "adam_result_not_stored",
    edits=[(f"self.params[i] = {ADAM_MOVE}", f"w = {ADAM_MOVE}")],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says="Your Adam leaves every parameter as it was: does the new value find its way into params?",
)
misconception(
    "adam_climbs",
    edits=[(ADAM_MOVE, ADAM_MOVE.replace("w -", "w +"))],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says="Your Adam moves the parameters uphill: which way does the gradient point?",
)
misconception(
    "adam_learning_rate_ignored",
    edits=[(ADAM_MOVE, ADAM_MOVE.replace("self.lr * ", ""))],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says="Every entry moves by about 1 in your Adam: where does lr come in?",
)
misconception(
    "gradient_for_the_first_moment",
    edits=[(ADAM_MOVE, ADAM_MOVE.replace("m_hat", "g"))],
    trips=EVERY_PATH,
    says="Your step divides the gradient of this step alone: which of your averages belongs there?",
)
misconception(
    "root_before_the_correction",
    edits=[(V_HAT, V_HAT.replace("self.v[i]", "self.v[i].sqrt()")), (DENOMINATOR, "(v_hat + self.eps)")],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says=(
        "You take the root of the second moment before you correct it: does the correction go with the root or with v?"
    ),
)
misconception(
    "second_moment_corrected_with_beta1",
    edits=[(V_HAT, V_HAT.replace("beta2", "beta1"))],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says="Your second moment is corrected with the beta of the first: which beta was it averaged with?",
)
misconception(
    "no_bias_correction",
    edits=[(M_HAT, "m_hat = self.m[i]"), (V_HAT, "v_hat = self.v[i]")],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says=(
        "Your first steps are too long or too short by a factor that fades: are both moments corrected for their bias?"
    ),
)
misconception(
    "only_the_first_moment_corrected",
    edits=[(V_HAT, "v_hat = self.v[i]")],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says="Your steps start too long: is the second moment corrected as well as the first?",
)
misconception(
    "t_never_increased",
    edits=[(COUNT, "        self.t = 1\n")],
    trips=[*EVERY_PATH, "adam_counts_its_steps"],
    says="Every step is corrected as if it were the first: is t still 1 in the second call of step?",
)
misconception(
    "t_stays_zero",
    edits=[(COUNT, "")],
    forms=[[(COUNT, ""), ("average / (1 - beta**t)", "average * (1 / (1 - beta**t))")]],
    trips=[
        *EVERY_PATH,
        *FIRST_STEP,
        *SHRINKING,
        "adam_counts_its_steps",
        "adam_keeps_the_moments_uncorrected",
        "adam_stays_where_the_gradient_is_zero",
        "adamw_decay_ignores_the_gradient_scale",
    ],
    says="Your t is never increased, so every correction divides by zero: what does t count?",
)
misconception(
    "t_increased_too_late",
    edits=[(COUNT, ""), (ADAM_MOVE, f"{ADAM_MOVE}\n        self.t += 1")],
    trips=[
        *EVERY_PATH,
        *FIRST_STEP,
        *SHRINKING,
        "adam_keeps_the_moments_uncorrected",
        "adam_stays_where_the_gradient_is_zero",
        "adamw_decay_ignores_the_gradient_scale",
    ],
    says="Your first step divides 0 by 0: what is t, and 1 - beta**t, when it is used for the first time?",
)
misconception(
    "t_first_step_is_two",
    edits=[("        self.t = 0\n", "        self.t = 1\n")],
    trips=[*EVERY_PATH, *FIRST_STEP, "adam_counts_its_steps"],
    says="Your first step is corrected with t = 2: is t set to 1 at the start and increased before its first use?",
)
misconception(
    "t_counted_per_parameter",
    edits=[(COUNT, ""), ("            g = grad", "            self.t += 1\n            g = grad")],
    trips=[*FORMULA, *DEFAULT_BETAS, "adam_counts_its_steps"],
    says="The first parameter is right and the others are not: how often is t increased in one step?",
)
misconception(
    "eps_inside_the_root",
    edits=[(DENOMINATOR, "(v_hat + self.eps).sqrt()")],
    trips=[
        *FORMULA,
        *ONE_PARAMETER,
        "adamw_without_decay_is_adam",
        "adamw_works_with_its_defaults",
        "adamw_and_adam_work_side_by_side",
    ],
    says="Your eps stands under the root, so very small gradients hardly move anything: where does Algorithm 1 put it?",
)
misconception(
    "eps_before_the_correction",
    edits=[(DENOMINATOR, "((self.v[i].sqrt() + self.eps) / (1 - beta2**self.t) ** 0.5)")],
    trips=[
        *FORMULA,
        *ONE_PARAMETER,
        "adamw_without_decay_is_adam",
        "adamw_works_with_its_defaults",
        "adamw_and_adam_work_side_by_side",
    ],
    says=(
        "Your eps is added before the bias correction, as in the paper's eps-hat form: which of the two does the "
        "handout ask for?"
    ),
)
misconception(
    "eps_fixed_at_its_default",
    edits=[(DENOMINATOR, "(v_hat.sqrt() + 1e-8)")],
    trips=[
        *FORMULA,
        *FIRST_STEP,
        "adam_follows_its_formula",
        "adamw_without_decay_is_adam",
        "adam_ignores_the_gradient_scale",
        "adamw_and_adam_work_side_by_side",
    ],
    says="The eps that was passed has no effect: does your formula use the argument or a number of its own?",
)
misconception(
    "eps_hard_coded",
    edits=[(DENOMINATOR, "(v_hat.sqrt() + 1e-7)")],
    trips=[*EVERY_PATH, *FIRST_STEP],
    says="Your eps is 1e-7 whatever was passed: does your formula use the argument or a number of its own?",
)
misconception(
    "eps_added_to_the_weight",
    edits=[(ADAM_MOVE, "w - self.lr * m_hat / v_hat.sqrt() + self.eps")],
    trips=[
        *FORMULA,
        *ONE_PARAMETER,
        *WITHOUT_GRADIENT,
        "adamw_without_decay_is_adam",
        "adamw_works_with_its_defaults",
        "adamw_and_adam_work_side_by_side",
    ],
    says="Your eps moves the weights themselves: which part of the formula must it keep away from zero?",
)
misconception(
    "eps_multiplies",
    edits=[(DENOMINATOR, "(v_hat.sqrt() * self.eps)")],
    trips=[*EVERY_PATH, *FIRST_STEP, *WITHOUT_GRADIENT, "adamw_decay_ignores_the_gradient_scale"],
    says="Your steps are longer by the factor 1 / eps: what does the denominator do with eps?",
)
misconception(
    "betas_fixed_at_their_defaults",
    edits=[("beta1, beta2 = self.betas", "beta1, beta2 = 0.9, 0.999")],
    trips=[*FORMULA, "adam_follows_its_formula", "adam_keeps_the_moments_uncorrected"],
    says="The betas that were passed have no effect: does your step use the arguments or numbers of its own?",
)
misconception(
    "betas_swapped",
    edits=[("beta1, beta2 = self.betas", "beta2, beta1 = self.betas")],
    trips=[*EVERY_PATH, "adam_keeps_the_moments_uncorrected"],
    says="Your two betas are exchanged: which of them belongs to the squares?",
)
misconception(
    "one_beta_for_both_moments",
    edits=[("beta1, beta2 = self.betas", "beta1, beta2 = self.betas[0], self.betas[0]")],
    trips=[*EVERY_PATH, "adam_keeps_the_moments_uncorrected"],
    says="Both of your moments use the same beta: which of the two belongs to the squares?",
)
misconception(
    "no_root",
    edits=[(DENOMINATOR, "(v_hat + self.eps)")],
    trips=[*EVERY_PATH, *FIRST_STEP, "adamw_decay_ignores_the_gradient_scale"],
    says=(
        "Your step divides by the mean square itself, so large gradients make tiny steps: which unit must the "
        "denominator have?"
    ),
)
misconception(
    "root_of_beta",
    edits=[(DENOMINATOR, "(beta2**0.5 + self.eps)")],
    trips=[*EVERY_PATH, *FIRST_STEP, "adamw_decay_ignores_the_gradient_scale"],
    says="Your step grows with the gradient, as in SGD: of what is the root in your denominator?",
)
misconception(
    "gradient_not_squared",
    edits=[("g * g, beta2", "g.abs(), beta2")],
    trips=[*EVERY_PATH, *FIRST_STEP, "adam_keeps_the_moments_uncorrected", "adamw_decay_ignores_the_gradient_scale"],
    says="Your second moment averages |g|: what must it be an average of?",
)
misconception(
    "first_moment_undamped",
    edits=[(M_NEW, "self.m[i] = beta1 * self.m[i] + g")],
    trips=[*EVERY_PATH, *FIRST_STEP, "adam_keeps_the_moments_uncorrected"],
    says="Your first moment adds the whole gradient to its old value, as momentum does: which shares has an average?",
)
misconception(
    "corrected_moments_stored",
    edits=[
        (M_HAT, "m_hat = self.m[i] = bias_corrected(self.m[i], beta1, self.t)"),
        (V_HAT, "v_hat = self.v[i] = bias_corrected(self.v[i], beta2, self.t)"),
    ],
    trips=[*EVERY_PATH, "adam_keeps_the_moments_uncorrected"],
    says="You store the corrected moments: from which moments must the next step go on?",
)
misconception(
    "moments_not_stored",
    edits=[
        (M_NEW, M_NEW.replace("self.m[i] =", "m =")),
        (M_HAT, M_HAT.replace("self.m[i]", "m")),
        (V_NEW, V_NEW.replace("self.v[i] =", "v =")),
        (V_HAT, V_HAT.replace("self.v[i]", "v")),
    ],
    trips=[*EVERY_PATH, "adam_keeps_the_moments_uncorrected"],
    says="Every step of yours starts from zero moments again: where are they kept until the next call?",
)
misconception(
    "second_moment_not_stored",
    edits=[(V_NEW, V_NEW.replace("self.v[i] =", "v =")), (V_HAT, V_HAT.replace("self.v[i]", "v"))],
    trips=[*EVERY_PATH, "adam_keeps_the_moments_uncorrected"],
    says="Your second moment is computed and then forgotten: from what does the next step go on?",
)
misconception(
    "second_moment_never_moves",
    edits=[(V_NEW, "pass")],
    trips=[
        *EVERY_PATH,
        *FIRST_STEP,
        "adam_keeps_the_moments_uncorrected",
        "adamw_decay_ignores_the_gradient_scale",
    ],
    says="Your second moment stays 0 in every step: which line averages the squared gradients?",
)
misconception(
    "old_second_moment_used",
    edits=[(V_NEW, "old, " + V_NEW.replace("=", "= self.v[i],")), (V_HAT, V_HAT.replace("self.v[i]", "old"))],
    trips=[*EVERY_PATH, *FIRST_STEP, "adamw_decay_ignores_the_gradient_scale"],
    says="Your step divides by the second moment of the step before: does v see the gradient before it is used?",
)
misconception(
    "lr_for_the_new_share",
    edits=[
        (M_NEW, "self.m[i] = beta1 * self.m[i] + self.lr * g"),
        (V_NEW, "self.v[i] = beta2 * self.v[i] + self.lr * g * g"),
    ],
    trips=[*EVERY_PATH, *FIRST_STEP, "adam_keeps_the_moments_uncorrected"],
    says="The new gradient enters your moments with the share lr: what must the two shares of an average add up to?",
)
misconception(
    "only_the_first_parameter_moves",
    edits=[
        (
            "enumerate(zip(self.params, grads, strict=True)):\n            # The gradient",
            "enumerate([*zip(self.params, grads, strict=True)][:1]):\n            # The gradient",
        )
    ],
    trips=[
        *DEFAULT_BETAS,
        *PENALTY,
        "adam_counts_steps_not_parameters",
        "adam_keeps_the_moments_uncorrected",
        "adamw_follows_its_formula",
        "training_with_adamw_follows_its_path",
        "adam_objects_do_not_share_state",
    ],
    says="Only the first of your parameters moves: does a return stand inside the loop over them?",
)
misconception(
    "state_shared_between_objects",
    edits=[
        ("self.m = [torch.zeros_like(w)", "Adam.m = [torch.zeros_like(w)"),
        ("self.v = [torch.zeros_like(w)", "Adam.v = [torch.zeros_like(w)"),
    ],
    trips=["adam_objects_do_not_share_state", "adamw_and_adam_work_side_by_side"],
    says="Two optimizers at the same time disturb each other: does every object have moments of its own?",
)
misconception(
    "adam_changes_the_gradients",
    edits=[("g = grad + self.l2 * w", "g = grad.add_(self.l2 * w)")],
    trips=["adam_leaves_the_gradients_alone"],
    says="Adam.step writes into the gradients that it is given: does the sum with the penalty get a tensor of its own?",
)
misconception(
    "adam_penalty_missing",
    edits=[("g = grad + self.l2 * w", "g = grad")],
    trips=[*PENALTY, "adam_l2_alone_moves_by_lr"],
    says=(
        "l2 has no effect on your Adam: which gradient do the moments average, that of the loss or of the penalised "
        "loss?"
    ),
)
misconception(
    "adam_penalty_doubled",
    edits=[("g = grad + self.l2 * w", "g = grad + 2 * self.l2 * w")],
    trips=PENALTY,
    says=(
        "The pull of l2 in your Adam is twice as strong as it must be: what does the 1/2 cancel when you differentiate?"
    ),
)
misconception(
    "decoupled_where_l2_was_asked",
    edits=[("g = grad + self.l2 * w", "g = grad"), (ADAM_MOVE, f"{ADAM_MOVE} - self.lr * self.l2 * w")],
    trips=[*PENALTY, "adam_l2_alone_moves_by_lr"],
    says=(
        "l2 acts beside the moments in your Adam, as a decoupled decay: does a penalty in the loss pass through the "
        "moments?"
    ),
)
misconception(
    "penalty_missing_in_second_moment",
    edits=[("g * g, beta2", "grad * grad, beta2")],
    trips=[*PENALTY, "adam_l2_alone_moves_by_lr"],
    says="Your penalty enters the first moment only: which gradient is squared?",
)

# The averages that Adam is made of
misconception(
    "average_weights_swapped",
    edits=[(AVERAGE, "(1 - beta) * average + beta * value")],
    trips=[*EVERY_PATH, *FIRST_STEP, *AVERAGE_ITSELF],
    says="Your shares of old and new are exchanged: with beta = 0.9, which of the two should hardly change?",
)
misconception(
    "average_new_value_undamped",
    edits=[(AVERAGE, "beta * average + value")],
    trips=[*EVERY_PATH, *FIRST_STEP, *AVERAGE_ITSELF],
    says="The new value enters with its full weight, as in momentum: do your two shares add up to 1?",
)
misconception(
    "average_forgets_the_past",
    edits=[(AVERAGE, "beta + (1 - beta) * value")],
    trips=[*EVERY_PATH, *FIRST_STEP, *AVERAGE_ITSELF, *WITHOUT_GRADIENT, "adamw_decay_ignores_the_gradient_scale"],
    says="The old average has no influence on your new one: of what is beta the share?",
)
misconception(
    "average_is_a_product",
    edits=[(AVERAGE, "beta * average * (1 - beta) * value")],
    trips=[*EVERY_PATH, *FIRST_STEP, *AVERAGE_ITSELF, "adamw_decay_ignores_the_gradient_scale"],
    says="Your average starts at zero and stays there: are its two parts multiplied or added?",
)
misconception(
    "average_in_place",
    edits=[(AVERAGE, "average.mul_(beta).add_((1 - beta) * value)")],
    trips=["averages_leave_their_inputs_alone"],
    says="moving_average overwrites the average that it is given: may the caller still need it?",
)
misconception(
    "correction_without_power",
    edits=[("average / (1 - beta**t)", "average / (1 - beta)")],
    trips=[*EVERY_PATH, *AVERAGES],
    says="Your correction is the same at every t: how much of the zero start is left after t values?",
)
misconception(
    "correction_fixed_at_two",
    edits=[("average / (1 - beta**t)", "average / (1 - beta * beta)")],
    trips=[*EVERY_PATH, *FIRST_STEP, *AVERAGES],
    says="Your correction is right for t = 2 only: what happens to its power in the third step?",
)
misconception(
    "correction_multiplies",
    edits=[("average / (1 - beta**t)", "average * (1 - beta**t)")],
    trips=[*EVERY_PATH, *FIRST_STEP, *AVERAGES],
    says="Your correction makes the average smaller: the zero start pulled it down, so which way must it go?",
)

# AdamW
misconception(
    "l2_where_adamw_was_asked",
    edits=[(KEEP, "self.l2 = self.weight_decay"), (SHRINK, "")],
    trips=[*DECAY, *SHRINKING, "adamw_decay_ignores_the_gradient_scale"],
    says="Your decay is rescaled by the moments, as in Adam with L2: what must it bypass in AdamW?",
)
misconception(
    "adamw_decays_twice",
    edits=[("betas=betas, eps=eps, l2=0.0)", "betas=betas, eps=eps, l2=weight_decay)")],
    trips=[*SHRINKING, *DECAY, "adamw_decay_ignores_the_gradient_scale"],
    says="Your AdamW decays beside the gradient and through it too: which of the two must go?",
)
misconception(
    "adamw_decay_with_lr_squared",
    edits=[(KEEP, KEEP.replace("self.lr", "self.lr**2"))],
    trips=[*SHRINKING, *DECAY],
    says="The decay of your AdamW contains lr twice: how often does the formula multiply it by lr?",
)
misconception(
    "adamw_decay_without_lr",
    edits=[(KEEP, "keep = 1 - self.weight_decay")],
    trips=[*DECAY, *SHRINKING],
    says=(
        "The decay of your AdamW is 1/lr times too strong: the paper does not multiply it by lr, but what does the "
        "handout do?"
    ),
)
misconception(
    "adamw_decays_the_new_weights",
    edits=[(SHRINK, ""), ("super().step(grads)\n", f"super().step(grads)\n{SHRINK}")],
    trips=DECAY,
    says="Your decay comes after the move and takes its share of the move too: which value of w does it belong to?",
)
misconception(
    "adamw_decay_missing",
    edits=[(SHRINK, "")],
    trips=[*DECAY, *SHRINKING],
    says="weight_decay has no effect on your AdamW: what happens to the weights when the gradients are zero?",
)
misconception(
    "decay_spares_the_biases",
    edits=[("[keep * w for w", "[keep * w if w.ndim > 1 else w for w")],
    trips=[*DECAY, *SHRINKING],
    says="Your decay leaves out parameters with fewer than two axes: which of them does the handout spare?",
)

# The loop
misconception(
    "training_reads_the_parameters_once",
    edits=[
        ("    losses = []\n", "    losses, params = [], list(optimizer.params)\n"),
        ("mlp_gradients(optimizer.params, X", "mlp_gradients(params, X"),
    ],
    trips=[*TRAINED, *LOOP, "training_shuffles_with_the_generator", "every_pass_draws_a_new_order"],
    says="All your gradients belong to the starting point: which parameters does your loop pass to mlp_gradients?",
)
misconception(
    "training_drops_the_short_batch",
    edits=[("order.split(batch_size):\n", "order[: len(X) // batch_size * batch_size].split(batch_size):\n")],
    trips=[*TRAINED, *LOOP],
    says="Rows that do not fill a whole batch are never used: what happens to the last, shorter one?",
)
misconception(
    "training_draws_with_replacement",
    edits=[(SHUFFLED, "torch.randint(len(X), (len(X),), generator=generator, device=generator.device)")],
    trips=["training_uses_each_row_once_in_a_pass"],
    says="Some rows come twice in your pass and others never: is your order of the rows a permutation?",
)
misconception(
    "training_ignores_the_generator",
    edits=[(f"order = {SHUFFLED}.to(X.device)", "order = order.clone()")],
    trips=["training_shuffles_with_the_generator", "every_pass_draws_a_new_order"],
    says="Your rows are not shuffled although a generator is given: where does the generator enter your loop?",
)
misconception(
    "training_shuffles_once",
    edits=[(f"order = {SHUFFLED}", f"order = first = {SHUFFLED} if _pass == 0 else first")],
    trips=["every_pass_draws_a_new_order"],
    says="All your passes take the rows in one order: how often must an order be drawn?",
)
misconception(
    "training_shuffles_the_rows_alone",
    edits=[
        (BATCHES, "        inputs = X[order]\n" + BATCHES.replace("order", "torch.arange(len(X))")),
        ("mlp_gradients(optimizer.params, X[rows]", "mlp_gradients(optimizer.params, inputs[rows]"),
    ],
    trips=[
        "training_uses_each_row_once_in_a_pass",
        "training_with_adamw_learns_the_data",
        "every_pass_draws_a_new_order",
        "training_with_adamw_learns_permuted_pixels",
    ],
    says="The rows of X are shuffled, but y is not: does every row still meet its own label?",
)
misconception(
    "training_loss_of_the_last_batch",
    edits=[("optimizer.params, X, y).item()", "optimizer.params, X[rows], y[rows]).item()")],
    trips=LOOP,
    says="The parameters are right, but the losses are not: over which rows is the loss after a pass taken?",
)
misconception(
    "training_loss_of_the_batches",
    edits=[
        (
            BATCHES,
            "        seen = []\n        for rows in order.split(batch_size):\n"
            "            seen.append(mlp_loss(optimizer.params, X[rows], y[rows]).item())\n",
        ),
        ("losses.append(mlp_loss(optimizer.params, X, y).item())", "losses.append(sum(seen) / len(seen))"),
    ],
    trips=LOOP,
    says=(
        "Your losses average those of the batches, while the parameters still moved: with which parameters must the "
        "loss be taken?"
    ),
)
misconception(
    "roots_one_by_one",
    edits=[("(v_hat.sqrt() + self.eps)", "(_roots(v_hat) + self.eps)")],
    code="""
def _roots(values):
    return torch.stack([value.sqrt() for value in values.reshape(-1)]).reshape(values.shape)
""",
    trips=["adam_moves_a_parameter_as_a_whole"],
    says="Your step goes through the weights of a parameter one by one: which operations take a whole tensor?",
)
