"""Known wrong optimizers: the list of design/misconceptions.md and the slips around it."""

from autograder.checking import misconception

SGD_MOVE = "w - self.lr * (penalised + decay)"
ADAM_MOVE = "w - self.lr * m_hat / (v_hat.sqrt() + self.eps)"
M_HAT = "m_hat = bias_corrected(self.m[i], beta1, self.t)"
V_HAT = "v_hat = bias_corrected(self.v[i], beta2, self.t)"
COUNT = "        self.t += 1\n"
KEEP = "keep = 1 - self.lr * self.weight_decay"
SHRINK = "        self.params = [keep * w for w in self.params]\n"
AVERAGE = "beta * average + (1 - beta) * value"
SHUFFLED = "torch.randperm(len(X), generator=generator, device=generator.device)"

# Checks that fail together.
TRAINED = [
    "training_with_adamw_follows_its_path", "training_with_adamw_learns_the_data",
    "training_with_adamw_learns_permuted_pixels",
]
FORMULA = [
    "adam_counts_steps_not_parameters", "adam_l2_goes_through_the_moments",
    "adam_objects_do_not_share_state", "adam_keeps_the_dtype_and_the_shapes",
    "adamw_follows_its_formula", *TRAINED,
]
ONE_PARAMETER = [
    "adam_follows_its_formula", "adam_takes_small_gradients_seriously",
    "adam_follows_gradients_of_all_scales",
]
DEFAULT_BETAS = [
    "adam_ignores_the_gradient_scale", "adamw_without_decay_is_adam", "adamw_works_with_its_defaults",
    "adamw_and_adam_work_side_by_side",
]
EVERY_PATH = [*FORMULA, *ONE_PARAMETER, *DEFAULT_BETAS]
AVERAGES = [
    "corrected_average_of_a_constant_is_the_constant", "corrected_average_is_a_weighted_mean",
    "averages_hold_for_any_beta",
]
DECAY = ["adamw_follows_its_formula", "adamw_and_adam_work_side_by_side", *TRAINED]
PENALTY = [
    "adam_l2_goes_through_the_moments", "adam_keeps_the_dtype_and_the_shapes",
    "adamw_and_adam_work_side_by_side",
]
SGD_DECAY = ["sgd_decay_shrinks_the_old_weights", "sgd_cannot_tell_l2_from_decay", "sgd_adds_both_decays"]
SGD_PENALTY = [
    "sgd_l2_acts_through_the_gradient", "sgd_cannot_tell_l2_from_decay", "sgd_adds_both_decays",
    "sgd_handles_extreme_gradients",
]
SHRINKING = [
    "adamw_decay_alone_shrinks_by_a_constant_share", "adamw_forgets_its_start_at_a_fixed_rate",
    "adamw_works_with_its_defaults",
]
LOOP = ["training_visits_the_batches_in_order", "training_accepts_any_batch_size"]

misconception(
    "sgd_climbs",
    edits=[(SGD_MOVE, "w + self.lr * (penalised + decay)")],
    trips=[
        *LOOP, "sgd_steps_against_the_gradient", "sgd_l2_acts_through_the_gradient",
        "sgd_decay_shrinks_the_old_weights", "training_uses_each_row_once_in_a_pass",
        "sgd_adds_both_decays", "sgd_handles_extreme_gradients",
    ],
    says="The parameters move uphill: which way does the gradient point?",
)
misconception(
    "sgd_penalty_doubled",
    edits=[("penalised = g + self.l2 * w", "penalised = g + 2 * self.l2 * w")],
    trips=SGD_PENALTY,
    says="The pull of l2 is twice too strong: what is left of the 1/2 in the penalty after differentiating?",
)
misconception(
    "sgd_penalty_missing",
    edits=[("penalised = g + self.l2 * w", "penalised = g")],
    trips=SGD_PENALTY,
    says="l2 has no effect on SGD: where does the penalty enter the gradient?",
)
misconception(
    "sgd_decay_missing",
    edits=[("decay = self.weight_decay * w", "decay = 0.0")],
    trips=SGD_DECAY,
    says="weight_decay has no effect on SGD: what does one step take off every weight besides the gradient?",
)
misconception(
    "sgd_decay_without_lr",
    edits=[(SGD_MOVE, "w - self.lr * penalised - decay")],
    trips=SGD_DECAY,
    says="The decay of SGD is 1/lr times too strong. The paper does not multiply it by lr; what does the "
    "handout ask?",
)
misconception(
    "sgd_decays_the_new_weights",
    edits=[
        (
            f"self.params[i] = {SGD_MOVE}",
            "moved = w - self.lr * penalised\n"
            "            self.params[i] = moved - self.lr * self.weight_decay * moved",
        )
    ],
    trips=SGD_DECAY,
    says="Your decay is taken from the weights after the move: which value of w does the decay belong to?",
)
misconception(
    "sgd_changes_the_gradients",
    edits=[("penalised = g + self.l2 * w", "penalised = g.add_(self.l2 * w)")],
    trips=["sgd_leaves_the_gradients_alone"],
    says="SGD.step writes into the gradients it was given: does the sum with the penalty get a tensor of its "
    "own?",
)
misconception(
    "average_weights_swapped",
    edits=[(AVERAGE, "(1 - beta) * average + beta * value")],
    trips=[
        *EVERY_PATH, *AVERAGES, "moving_average_mixes_old_and_new", "adam_first_step_has_length_lr",
        "adam_keeps_the_moments_uncorrected", "adam_l2_alone_moves_by_lr",
    ],
    says="The shares of old and new are swapped: with beta = 0.9, which of the two should hardly change?",
)
misconception(
    "average_new_value_undamped",
    edits=[(AVERAGE, "beta * average + value")],
    trips=[
        *EVERY_PATH, *AVERAGES, "moving_average_mixes_old_and_new", "adam_first_step_has_length_lr",
        "adam_keeps_the_moments_uncorrected", "adam_l2_alone_moves_by_lr",
    ],
    says="The new value enters with its full weight, as in momentum: do your two shares add up to 1?",
)
misconception(
    "average_forgets_the_past",
    edits=[(AVERAGE, "beta + (1 - beta) * value")],
    trips=[
        *EVERY_PATH, *AVERAGES, "moving_average_mixes_old_and_new", "adam_first_step_has_length_lr",
        "adam_keeps_the_moments_uncorrected", "adam_stays_where_the_gradient_is_zero",
        "adamw_decay_alone_shrinks_by_a_constant_share", "adamw_decay_ignores_the_gradient_scale",
        "adam_l2_alone_moves_by_lr",
    ],
    says="The old average has no influence on the new one: what is the share beta a share of?",
)
misconception(
    "average_in_place",
    edits=[(AVERAGE, "average.mul_(beta).add_((1 - beta) * value)")],
    trips=["averages_leave_their_inputs_alone"],
    says="moving_average overwrites the average it was given: does the caller still need it?",
)
misconception(
    "correction_without_power",
    edits=[("average / (1 - beta**t)", "average / (1 - beta)")],
    trips=[*EVERY_PATH, *AVERAGES],
    says="The correction is the same at every t: how much of the zero start is left after t values?",
)
misconception(
    "correction_fixed_at_two",
    edits=[("average / (1 - beta**t)", "average / (1 - beta * beta)")],
    trips=[*EVERY_PATH, *AVERAGES, "adam_first_step_has_length_lr", "adam_l2_alone_moves_by_lr"],
    says="The correction is right for t = 2 only: what happens to its power in the third step?",
)
misconception(
    "correction_multiplies",
    edits=[("average / (1 - beta**t)", "average * (1 - beta**t)")],
    trips=[*EVERY_PATH, *AVERAGES, "adam_first_step_has_length_lr", "adam_l2_alone_moves_by_lr"],
    says="The correction makes the average smaller: the zero start pulled it down, so which way must it go?",
)
misconception(
    "no_bias_correction",
    edits=[(M_HAT, "m_hat = self.m[i]"), (V_HAT, "v_hat = self.v[i]")],
    trips=[*EVERY_PATH, "adam_first_step_has_length_lr", "adam_l2_alone_moves_by_lr"],
    says="Your first steps are too long or too short by a factor that fades: are both moments corrected for "
    "their bias?",
)
misconception(
    "only_the_first_moment_corrected",
    edits=[(V_HAT, "v_hat = self.v[i]")],
    trips=[*EVERY_PATH, "adam_first_step_has_length_lr", "adam_l2_alone_moves_by_lr"],
    says="The steps start too long: is the second moment corrected as well as the first?",
)
misconception(
    "t_never_increased",
    edits=[(COUNT, "        self.t = 1\n")],
    trips=[*EVERY_PATH, "adam_keeps_the_moments_uncorrected"],
    says="Every step is corrected as if it were the first: is t still 1 in the second call of step?",
)
misconception(
    "t_increased_too_late",
    edits=[(COUNT, ""), (ADAM_MOVE, f"{ADAM_MOVE}\n        self.t += 1")],
    trips=[
        *EVERY_PATH, "adam_first_step_has_length_lr", "adam_keeps_the_moments_uncorrected",
        "adam_stays_where_the_gradient_is_zero", "adamw_decay_alone_shrinks_by_a_constant_share",
        "adamw_decay_ignores_the_gradient_scale", "adam_l2_alone_moves_by_lr",
        "adamw_forgets_its_start_at_a_fixed_rate",
    ],
    says="The first step divides 0 by 0: what is t, and 1 - beta**t, when it is used for the first time?",
)
misconception(
    "t_first_step_is_two",
    edits=[("        self.t = 0\n", "        self.t = 1\n")],
    trips=[
        *EVERY_PATH, "adam_first_step_has_length_lr", "adam_keeps_the_moments_uncorrected",
        "adam_l2_alone_moves_by_lr",
    ],
    says="Your first step is corrected with t = 2: is t set to 1 at the start and raised before its first "
    "use?",
)
misconception(
    "t_counted_per_parameter",
    edits=[(COUNT, ""), ("            g = grad", "            self.t += 1\n            g = grad")],
    trips=[*FORMULA, *DEFAULT_BETAS, "adam_keeps_the_moments_uncorrected"],
    says="The first parameter is right and the others are not: how often is t raised in one step?",
)
misconception(
    "eps_inside_the_root",
    edits=[("(v_hat.sqrt() + self.eps)", "(v_hat + self.eps).sqrt()")],
    trips=[
        *FORMULA, *ONE_PARAMETER, "adamw_without_decay_is_adam", "adamw_works_with_its_defaults",
        "adamw_and_adam_work_side_by_side",
    ],
    says="eps stands under the root, so gradients below its root hardly move anything: where does Algorithm "
    "1 put it?",
)
misconception(
    "eps_before_the_correction",
    edits=[
        (
            "(v_hat.sqrt() + self.eps)",
            "((self.v[i].sqrt() + self.eps) / (1 - beta2**self.t) ** 0.5)",
        )
    ],
    trips=[
        *FORMULA, *ONE_PARAMETER, "adamw_without_decay_is_adam", "adamw_works_with_its_defaults",
        "adamw_and_adam_work_side_by_side",
    ],
    says="eps is added before the bias correction (the paper's eps-hat form). Which of the two does the "
    "handout ask for?",
)
misconception(
    "eps_fixed_at_its_default",
    edits=[("(v_hat.sqrt() + self.eps)", "(v_hat.sqrt() + 1e-8)")],
    trips=[
        *FORMULA, "adam_first_step_has_length_lr", "adam_follows_its_formula",
        "adamw_without_decay_is_adam", "adam_l2_alone_moves_by_lr", "adam_ignores_the_gradient_scale",
        "adamw_and_adam_work_side_by_side",
    ],
    says="The eps that was passed has no effect: does your formula use the argument or a number of its own?",
)
misconception(
    "betas_fixed_at_their_defaults",
    edits=[("beta1, beta2 = self.betas", "beta1, beta2 = 0.9, 0.999")],
    trips=[*FORMULA, "adam_follows_its_formula", "adam_keeps_the_moments_uncorrected"],
    says="The betas that were passed have no effect: does your step use the arguments or numbers of its own?",
)
misconception(
    "no_root",
    edits=[("(v_hat.sqrt() + self.eps)", "(v_hat + self.eps)")],
    trips=[
        *EVERY_PATH, "adam_first_step_has_length_lr", "adamw_decay_ignores_the_gradient_scale",
        "adam_l2_alone_moves_by_lr",
    ],
    says="The step divides by the mean square itself, so a gradient of 1e4 moves a weight by 1e-4 only: "
    "which unit must the denominator have?",
)
misconception(
    "root_of_beta",
    edits=[("(v_hat.sqrt() + self.eps)", "(beta2**0.5 + self.eps)")],
    trips=[
        *EVERY_PATH, "adam_first_step_has_length_lr", "adamw_decay_ignores_the_gradient_scale",
        "adam_l2_alone_moves_by_lr",
    ],
    says="The step grows with the gradient as in SGD: of what is the root in your denominator?",
)
misconception(
    "gradient_not_squared",
    edits=[("g * g, beta2", "g.abs(), beta2")],
    trips=[
        *EVERY_PATH, "adam_first_step_has_length_lr", "adam_keeps_the_moments_uncorrected",
        "adamw_decay_ignores_the_gradient_scale", "adam_l2_alone_moves_by_lr",
    ],
    says="The second moment averages |g|: what is the second moment an average of?",
)
misconception(
    "corrected_moments_stored",
    edits=[
        (M_HAT, "m_hat = self.m[i] = bias_corrected(self.m[i], beta1, self.t)"),
        (V_HAT, "v_hat = self.v[i] = bias_corrected(self.v[i], beta2, self.t)"),
    ],
    trips=[*EVERY_PATH, "adam_keeps_the_moments_uncorrected"],
    says="The first step is right and the second is not: which moments does the next step go on from?",
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
    says="Adam.step writes into the gradients it was given: does the sum with the penalty get a tensor of "
    "its own?",
)
misconception(
    "adam_penalty_missing",
    edits=[("g = grad + self.l2 * w", "g = grad")],
    trips=[*PENALTY, "adam_l2_alone_moves_by_lr"],
    says="l2 has no effect on Adam: which gradient do the moments average, that of the loss or of the "
    "penalised loss?",
)
misconception(
    "adam_penalty_doubled",
    edits=[("g = grad + self.l2 * w", "g = grad + 2 * self.l2 * w")],
    trips=PENALTY,
    says="The pull of l2 in Adam is twice too strong: what is left of the 1/2 in the penalty after "
    "differentiating?",
)
misconception(
    "decoupled_where_l2_was_asked",
    edits=[
        ("g = grad + self.l2 * w", "g = grad"),
        (ADAM_MOVE, f"{ADAM_MOVE} - self.lr * self.l2 * w"),
    ],
    trips=[*PENALTY, "adam_l2_alone_moves_by_lr"],
    says="Adam's l2 acts beside the moments, which is decoupled decay: does a penalty in the loss pass the "
    "moments?",
)
misconception(
    "penalty_missing_in_second_moment",
    edits=[("g * g, beta2", "grad * grad, beta2")],
    trips=[*PENALTY, "adam_l2_alone_moves_by_lr"],
    says="The penalty enters the first moment only: which gradient is squared?",
)
misconception(
    "l2_where_adamw_was_asked",
    edits=[(KEEP, "self.l2 = self.weight_decay"), (SHRINK, "")],
    trips=[*DECAY, *SHRINKING, "adamw_decay_ignores_the_gradient_scale"],
    says="This is Adam with L2: the decay is rescaled by the moments. What should it pass by in AdamW?",
)
misconception(
    "adamw_decay_without_lr",
    edits=[(KEEP, "keep = 1 - self.weight_decay")],
    trips=[*DECAY, *SHRINKING],
    says="AdamW's decay is 1/lr times too strong. The paper does not multiply it by lr; what does the "
    "handout ask?",
)
misconception(
    "adamw_decays_the_new_weights",
    edits=[(SHRINK, ""), ("super().step(grads)\n", f"super().step(grads)\n{SHRINK}")],
    trips=DECAY,
    says="The decay comes after the move and takes its share of the move too: which value of w does it "
    "belong to?",
)
misconception(
    "adamw_decay_missing",
    edits=[(SHRINK, "")],
    trips=[*DECAY, *SHRINKING],
    says="weight_decay has no effect on AdamW: what happens to the weights when the gradients are zero?",
)
misconception(
    "training_reads_the_parameters_once",
    edits=[
        ("    losses = []\n", "    losses, params = [], list(optimizer.params)\n"),
        ("mlp_gradients(optimizer.params, X", "mlp_gradients(params, X"),
    ],
    trips=[*LOOP, *TRAINED, "training_shuffles_with_the_generator"],
    says="All gradients belong to the starting point: which parameters does your loop hand to mlp_gradients?",
)
misconception(
    "training_drops_the_short_batch",
    edits=[("order.split(batch_size):\n", "order[: len(X) // batch_size * batch_size].split(batch_size):\n")],
    trips=[*LOOP, *TRAINED],
    says="Rows that do not fill a whole batch are never used: what happens to the last, shorter one?",
)
misconception(
    "training_draws_with_replacement",
    edits=[(SHUFFLED, "torch.randint(len(X), (len(X),), generator=generator, device=generator.device)")],
    trips=["training_uses_each_row_once_in_a_pass"],
    says="Some rows come twice in a pass and others never: is your order of the rows a permutation?",
)
misconception(
    "training_ignores_the_generator",
    edits=[(f"order = {SHUFFLED}.to(X.device)", "order = order.clone()")],
    trips=["training_shuffles_with_the_generator"],
    says="The rows are not shuffled although a generator is given: where does it enter your loop?",
)
misconception(
    "training_loss_of_the_last_batch",
    edits=[("optimizer.params, X, y).item()", "optimizer.params, X[rows], y[rows]).item()")],
    trips=LOOP,
    says="The parameters are right, the losses are not: over which rows is the loss after a pass taken?",
)
