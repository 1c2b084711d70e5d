"""Known wrong answers: how each differs from the reference, what it fails, and what the student reads."""

from autograder.checking import misconception

GRADIENT = "    return X.T @ error / len(X), error.mean()\n\n\ndef gradient_step("
LINE_GRADIENT = "    return X.T @ error / len(X), error.mean()\n\n\ndef fit_linear("
SIGMOID = "torch.where(z >= 0, torch.ones_like(e), e) / (1 + e)"
NUMBER = "1 / (1 + math.exp(-v))"  # which raises an exception where torch gives inf
MATH = ("import torch\nfrom", "import math\n\nimport torch\nfrom")
LOSS = "    return (softplus - logits * y).mean()"
ERROR = "error = sigmoid(X @ w + b) - y"
DRAW = "minibatches(len(X), batch_size, generator)"
LOOP = f"for _epoch in range(epochs):\n        for rows in {DRAW}:"
STEP = "    return w - lr * dw, b - lr * db\n"
NEXT = "w, b = gradient_step(X[rows], y[rows], w, b, lr=lr)"
HANDED_ON = "generator=generator)\n\n\ndef predict"


def log_loss(activation, added=""):
    """The loss by its definition, out of an activation."""
    return f"    a = {activation}\n    return -(y * torch.log(a{added}) + (1 - y) * torch.log(1 - a{added})).mean()"


SMALL = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)  # what people add or clip at before a logarithm

# Checks that fail together.
DETECTOR = (
    "a_small_detector_is_exact",
    "nines_are_told_from_the_rest",
    "nines_are_found_in_scrambled_images",
)
BATCHES = (
    "mini_batch_training_follows_its_path",
    "every_epoch_ends_where_it_must",
    "batch_sizes_at_the_edges",
)
EPOCHS = (
    "full_batch_training_follows_its_path",
    "the_generator_decides_the_order",
    "a_detector_without_nines",
)
STEPS = ("both_gradients_are_taken_at_the_old_values", "steps_can_be_chained")
GRADIENTS = (
    "gradients_match_autograd",
    "gradients_with_as_many_rows_as_features",
    "gradients_are_finite_for_huge_logits",
    "loss_and_gradients_in_single_precision",
)
LINE = (
    "squared_error_gradients_match_autograd",
    "line_gradients_in_other_sizes",
    "fit_linear_follows_its_path",
)
ARRIVAL = ("fit_linear_arrives_at_least_squares", "fit_linear_forgets_its_start")
SINGLE_ROWS = ("stochastic_training_follows_its_path", "every_epoch_draws_a_new_order")
FAR = (
    "sigmoid_holds_far_from_zero",
    "derivative_vanishes_far_from_zero",
    "gradients_are_finite_for_huge_logits",
)
EVERY_GRADIENT = (*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS, *SINGLE_ROWS, "gradients_of_one_row")
LOSSES = (
    "loss_of_zero_logits_is_log_two",
    "loss_is_the_mean_over_the_rows",
    "loss_is_finite_for_huge_logits",
    "loss_and_gradients_in_single_precision",
)
SLOPE = (
    "derivative_is_the_slope_at_z",
    "sigmoid_works_for_any_shape_and_dtype",
    "derivative_vanishes_far_from_zero",
)
SHUFFLED = (
    "shuffled_batches_hold_every_row_once",
    "every_epoch_draws_a_new_order",
    "the_generator_decides_the_order",
)

misconception(
    "sigmoid_overflows",
    edits=[(SIGMOID, "torch.exp(z) / (1 + torch.exp(z))")],
    forms=[[(SIGMOID, f"torch.tensor([{NUMBER} for v in z.flatten().tolist()]).reshape(z.shape)"), MATH]],
    trips=FAR,
    says=(
        "Your sigmoid is nan for a large z: there exp gives inf, and inf / inf is not a number. "
        "Which form is safe there?"
    ),
)
misconception(
    "sigmoid_clipped",
    edits=[(SIGMOID, f"({SIGMOID}).clamp(1e-4, 1 - 1e-4)")],
    forms=[
        *([(SIGMOID, f"({SIGMOID}).clamp({eps}, 1 - {eps})")] for eps in (1e-3, 1e-5, 1e-6, 1e-7, 1e-8)),
        *([(SIGMOID, f"1 / (1 + torch.exp(-z.clamp(-{bound}, {bound})))")] for bound in (10, 15, 20)),
    ],
    trips=FAR,
    says=(
        "Your sigmoid stops short of 0 and 1: clipping hides the overflow but bends the values. Can exp be kept "
        "small instead?"
    ),
)
misconception(
    "sigmoid_mirrored",
    edits=[(SIGMOID, "torch.where(z >= 0, e, torch.ones_like(e)) / (1 + e)")],
    trips=[
        *EVERY_GRADIENT,
        "sigmoid_matches_its_definition",
        "sigmoid_holds_far_from_zero",
        "sigmoid_works_for_any_shape_and_dtype",
    ],
    says="Your sigmoid falls where it should rise: which sign does the exponent have?",
)
misconception(
    "tanh_for_sigmoid",
    edits=[(SIGMOID, "torch.tanh(z)")],
    trips=[
        *EVERY_GRADIENT,
        *FAR,
        *SLOPE,
        "sigmoid_of_zero_is_one_half",
        "sigmoid_matches_its_definition",
        "one_step_by_hand",
    ],
    says="Your sigmoid runs from -1 to 1, as tanh does: what are the limits of a probability?",
)
misconception(
    "derivative_of_the_activation",
    edits=[("    a = sigmoid(z)\n", "    a = z\n")],
    trips=SLOPE,
    says="sigmoid_derivative is given the logit z, not an activation: where in your code is the activation computed?",
)
misconception(
    "derivative_squashed_twice",
    edits=[("    a = sigmoid(z)\n", "    a = sigmoid(sigmoid(z))\n")],
    forms=[
        [("    return a * (1 - a)", "    return a * (1 - sigmoid(a))")],
        [("    return a * (1 - a)", "    return sigmoid(a) * (1 - a)")],
    ],
    trips=SLOPE,
    says=(
        "Your derivative applies the sigmoid to something that is a sigmoid already: which of your values is the logit?"
    ),
)
misconception(
    "derivative_overflows",
    edits=[("    return a * (1 - a)", "    return torch.exp(-z) / (1 + torch.exp(-z)) ** 2")],
    trips=["derivative_vanishes_far_from_zero"],
    says="Your derivative becomes inf / inf for a very negative z: is there a form of it without an exp of its own?",
)
misconception(
    "derivative_is_the_sigmoid",
    edits=[("    return a * (1 - a)", "    return a")],
    trips=SLOPE,
    says="Your derivative is the sigmoid itself: how steep is the sigmoid where it is nearly 1?",
)
misconception(
    "derivative_of_tanh",
    edits=[("    return a * (1 - a)", "    return 1 - a * a")],
    trips=SLOPE,
    says="Your derivative is 1 - a^2, which belongs to tanh: what comes out for the sigmoid?",
)
misconception(
    "derivative_turned",
    edits=[("    return a * (1 - a)", "    return a * (a - 1)")],
    trips=SLOPE,
    says="Your derivative is negative, but the sigmoid rises everywhere: which way round is the difference?",
)
misconception(
    "loss_saturates",
    edits=[(LOSS, log_loss("sigmoid(logits)"))],
    forms=[[(LOSS, "    a = sigmoid(logits)\n    return -torch.where(y > 0, a, 1 - a).log().mean()")]],
    trips=["loss_is_finite_for_huge_logits", "loss_and_gradients_in_single_precision"],
    says=(
        "Your loss takes the logarithm of a sigmoid that has rounded to 0 or 1: can it be written with the logit "
        "instead?"
    ),
)
misconception(
    "loss_clipped",
    edits=[(LOSS, log_loss("sigmoid(logits).clamp(1e-4, 1 - 1e-4)"))],
    forms=[
        *([(LOSS, log_loss(f"sigmoid(logits).clamp({eps}, 1 - {eps})"))] for eps in (1e-3, *SMALL)),
        *([(LOSS, log_loss("sigmoid(logits)", f" + {eps}"))] for eps in SMALL),
        *([(LOSS, log_loss(f"sigmoid(logits.clamp(-{bound}, {bound}))"))] for bound in (10, 15, 20, 30)),
    ],
    trips=["loss_is_finite_for_huge_logits", "loss_and_gradients_in_single_precision"],
    says=(
        "Your loss of a single row never exceeds a certain bound: is something clipped, or a small number added, "
        "before the logarithm?"
    ),
)
misconception(
    "loss_negated",
    edits=[(LOSS, "    return (logits * y - softplus).mean()")],
    trips=LOSSES,
    says="Your loss is negative: which sign does the logarithm of a probability have?",
)
misconception(
    "loss_of_one_class_only",
    edits=[(LOSS, "    return (y * (softplus - logits)).mean()")],
    trips=LOSSES,
    says="Rows with the target 0 cost nothing in your loss: which of its two terms belongs to them?",
)
misconception(
    "loss_of_exchanged_targets",
    edits=[(LOSS, LOSS.replace("logits * y", "logits * (1 - y)"))],
    trips=[
        "loss_is_the_mean_over_the_rows",
        "loss_is_finite_for_huge_logits",
        "loss_and_gradients_in_single_precision",
    ],
    says="Your loss is small for wrong predictions and large for right ones: which logarithm goes with the target 1?",
)
misconception(
    "loss_with_one_sign_turned",
    edits=[(LOSS, LOSS.replace("softplus -", "softplus +"))],
    trips=[loss for loss in LOSSES if loss != "loss_of_zero_logits_is_log_two"],
    says=(
        "In your loss the logit of a row with the target 1 has the wrong sign: what is left of -log(a) in terms of z?"
    ),
)
misconception(
    "loss_averaged_twice",
    edits=[(LOSS, f"{LOSS} / len(y)")],
    trips=[loss for loss in LOSSES if loss != "loss_is_finite_for_huge_logits"],
    says="Your loss is n times too small: is the mean taken twice?",
)
misconception(
    "loss_halved",
    edits=[(LOSS, LOSS.replace("mean()", "mean() / 2"))],
    trips=LOSSES,
    says="Your loss is half of what it must be: is a 1/2 left over from the squared error?",
)
misconception(
    "loss_in_bits",
    edits=[(LOSS, LOSS.replace("mean()", "mean() / torch.tensor(2.0).log().item()"))],
    forms=[[(LOSS, LOSS.replace("mean()", "mean() / torch.tensor(10.0).log().item()"))]],
    trips=LOSSES,
    says="Your loss is right except for the base of the logarithm: which base gives nats?",
)
misconception(
    "loss_squashed_twice",
    edits=[
        ("    softplus = logits.clamp", "    logits = sigmoid(logits)\n    softplus = logits.clamp"),
    ],
    trips=LOSSES,
    says="Your loss takes the sigmoid of a sigmoid: does its argument hold logits or probabilities?",
)
misconception(
    "loss_of_logits_as_probabilities",
    edits=[(LOSS, log_loss("logits"))],
    trips=LOSSES,
    says="Your loss takes the logarithm of the logits themselves: which function turns a logit into a probability?",
)
misconception(
    "loss_of_squares",
    edits=[(LOSS, "    return (sigmoid(logits) - y).square().mean()")],
    forms=[[(LOSS, "    return (sigmoid(logits) - y).square().mean() / 2")]],
    trips=LOSSES,
    says="Your loss is the squared error of the probabilities: which logarithm does the handout ask for?",
)
misconception(
    "loss_summed",
    edits=[(LOSS, LOSS.replace("mean", "sum"))],
    trips=[
        "loss_of_zero_logits_is_log_two",
        "loss_is_the_mean_over_the_rows",
        "loss_and_gradients_in_single_precision",
    ],
    says="Your loss grows with the number of rows: is it a sum where the mean is asked for?",
)
misconception(
    "every_row_meets_every_target",
    edits=[(LOSS, LOSS.replace("logits * y", "logits * y[:, None]"))],
    trips=["loss_is_the_mean_over_the_rows", "loss_and_gradients_in_single_precision"],
    says=(
        "In your loss every logit meets every target, not only its own: is one of them a column, so that they "
        "broadcast to [n, n]?"
    ),
)
misconception(
    "every_row_meets_every_target_and_all_are_summed",
    edits=[(LOSS, LOSS.replace("logits * y).mean()", "logits * y[:, None]).sum() / len(y)"))],
    trips=[
        "loss_of_zero_logits_is_log_two",
        "loss_is_the_mean_over_the_rows",
        "loss_and_gradients_in_single_precision",
    ],
    says="Your loss sums over all pairs of a logit and a target: is one of the two a column, or transposed?",
)
misconception(
    "gradient_not_averaged",
    edits=[(GRADIENT, GRADIENT.replace(" / len(X)", "").replace("mean", "sum"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS],
    says="Your gradients are n times too large: the loss is a mean over the rows, so what follows for its gradient?",
)
misconception(
    "bias_gradient_not_averaged",
    edits=[(GRADIENT, GRADIENT.replace("mean", "sum"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS],
    says="dw is right, but db is n times too large: does the mean over the rows reach the bias too?",
)
misconception(
    "weight_gradient_not_averaged",
    edits=[(GRADIENT, GRADIENT.replace(" / len(X)", ""))],
    trips=[*GRADIENTS, *DETECTOR, *BATCHES, *EPOCHS, *STEPS],
    says="db is right, but dw is n times too large: does the mean over the rows reach the weights too?",
)
misconception(
    "weight_gradient_not_summed",
    edits=[(GRADIENT, GRADIENT.replace("X.T @ error", "X * error[:, None]"))],
    forms=[
        [(GRADIENT, GRADIENT.replace("X.T @ error", "X.T * error"))],
        [(GRADIENT, GRADIENT.replace("X.T @ error / len(X)", "X * error[:, None]"))],
        [(GRADIENT, GRADIENT.replace("X.T @ error / len(X)", "X.T * error"))],
    ],
    trips=[*EVERY_GRADIENT, "one_step_by_hand", "the_generator_reaches_the_detector"],
    says="Your dw has an entry for every row and feature: how do the rows become one number per weight?",
)
misconception(
    "gradient_divided_by_the_features",
    edits=[(GRADIENT, GRADIENT.replace("len(X)", "X.shape[1]").replace("mean()", "sum() / X.shape[1]"))],
    forms=[[(GRADIENT, GRADIENT.replace("len(X)", "X.shape[1]"))]],
    trips=EVERY_GRADIENT,
    says="You divide a gradient by the number of features: over what does the loss take its mean?",
)
misconception(
    "gradient_averaged_twice",
    edits=[(GRADIENT, GRADIENT.replace("len(X)", "len(X) ** 2").replace("mean()", "mean() / len(X)"))],
    trips=[*GRADIENTS, *DETECTOR, *BATCHES, *EPOCHS, *STEPS],
    says="Your gradients are n times too small: is the mean taken twice?",
)
misconception(
    "bias_gradient_left_zero",
    edits=[(GRADIENT, GRADIENT.replace("error.mean()", "torch.zeros_like(b)"))],
    trips=[*EVERY_GRADIENT, "one_step_by_hand"],
    says="dw is right, but db is always 0: how does the loss change when b does?",
)
misconception(
    "gradient_without_a_sigmoid",
    edits=[(ERROR, "error = X @ w + b - y")],
    trips=[*EVERY_GRADIENT, "one_step_by_hand"],
    says="Your error is the logit minus the target: which output of the neuron must be compared with the target?",
)
misconception(
    "gradient_halved",
    edits=[(ERROR, "error = (sigmoid(X @ w + b) - y) / 2")],
    trips=[*EVERY_GRADIENT, "one_step_by_hand"],
    says="Your gradients are half of what they must be: is a 1/2 left over from another loss?",
)
misconception(
    "gradient_doubled",
    edits=[(ERROR, "error = 2 * (sigmoid(X @ w + b) - y)")],
    trips=[*EVERY_GRADIENT, "one_step_by_hand"],
    says="Your gradients are twice what they must be: is a 2 left over from the squared error?",
)
misconception(
    "gradient_of_decisions",
    edits=[(ERROR, "error = (X @ w + b > 0).to(X.dtype) - y")],
    trips=[
        *DETECTOR,
        *BATCHES,
        *EPOCHS,
        *STEPS,
        *SINGLE_ROWS,
        "gradients_of_one_row",
        "gradients_match_autograd",
        "one_step_by_hand",
        "gradients_with_as_many_rows_as_features",
        "loss_and_gradients_in_single_precision",
    ],
    says=(
        "Your error compares a decision with the target, as a perceptron does: what does the neuron return "
        "before it decides?"
    ),
)
misconception(
    "gradient_without_the_features",
    edits=[(GRADIENT, GRADIENT.replace("X.T @ error / len(X)", "error.mean() * torch.ones_like(w)"))],
    trips=[*EVERY_GRADIENT, "one_step_by_hand"],
    says=("Every entry of your dw is the mean error: by what is the error of a row multiplied on its way to a weight?"),
)
misconception(
    "gradient_without_the_bias",
    edits=[(ERROR, "error = sigmoid(X @ w) - y")],
    trips=[
        *DETECTOR,
        *BATCHES,
        *EPOCHS,
        *STEPS,
        *SINGLE_ROWS,
        "gradients_of_one_row",
        "gradients_match_autograd",
        "gradients_with_as_many_rows_as_features",
        "loss_and_gradients_in_single_precision",
    ],
    says="Your gradients do not depend on b: what is the logit of a row?",
)
misconception(
    "gradient_with_extra_slope",
    edits=[(ERROR, "error = (sigmoid(X @ w + b) - y) * sigmoid_derivative(X @ w + b)")],
    trips=[*EVERY_GRADIENT, "one_step_by_hand"],
    says=(
        "Your gradients have a factor a (1 - a) too many: what cancels the slope of the sigmoid in the gradient of "
        "this loss?"
    ),
)
# Stands before the wrong sign, which answers alike from the step on, so that it is
# named where both explain the same failures.
misconception(
    "uphill",
    edits=[(STEP, STEP.replace("-", "+"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *SINGLE_ROWS, "one_step_by_hand"],
    says="Your step increases the loss: in which direction does the gradient point?",
)
misconception(
    "gradient_with_wrong_sign",
    edits=[(ERROR, "error = y - sigmoid(X @ w + b)")],
    trips=[*EVERY_GRADIENT, "one_step_by_hand"],
    says="Your gradients have the wrong sign: is the error prediction minus target, or target minus prediction?",
)
misconception(
    "bias_outside_the_exponent",
    edits=[(ERROR, "error = 1 / (1 + torch.exp(-(X @ w)) + b) - y")],
    trips=EVERY_GRADIENT,
    says="Your bias stands beside the exponential, not in its exponent: what is the logit?",
)
misconception(
    "bias_sees_the_new_weights",
    edits=[(STEP, "    w = w - lr * dw\n    return w, b - lr * logistic_gradients(X, y, w, b)[1]\n")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *SINGLE_ROWS, "one_step_by_hand"],
    says="b moves by a gradient that was taken after w had moved: do both gradients belong to the same old values?",
)
misconception(
    "weights_see_the_new_bias",
    edits=[(STEP, "    b = b - lr * db\n    return w - lr * logistic_gradients(X, y, w, b)[0], b\n")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *SINGLE_ROWS, "one_step_by_hand"],
    says="w moves by a gradient that was taken after b had moved: do both gradients belong to the same old values?",
)
misconception(
    "weights_never_move",
    edits=[(STEP, "    return w.clone(), b - lr * db\n")],
    trips=[
        *DETECTOR,
        *BATCHES,
        *EPOCHS,
        *STEPS,
        *SINGLE_ROWS,
        "one_step_by_hand",
        "the_generator_reaches_the_detector",
    ],
    says="b moves, but w comes back as it was: what becomes of dw?",
)
misconception(
    "learning_rate_for_the_weights_only",
    edits=[(STEP, "    return w - lr * dw, b - db\n")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, "stochastic_training_follows_its_path"],
    says="Only w moves by lr, b by the whole of db: which step does the handout take for b?",
)
misconception(
    "bias_never_moves",
    edits=[(STEP, "    return w - lr * dw, b\n")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *SINGLE_ROWS, "one_step_by_hand"],
    says="w moves, but b comes back as it was: what becomes of db?",
)
misconception(
    "learning_rate_ignored",
    edits=[(STEP, "    return w - dw, b - db\n")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, "stochastic_training_follows_its_path"],
    says="The length of your step does not depend on lr: where should lr come in?",
)
misconception(
    "step_averaged_again",
    edits=[(STEP, "    return w - lr * dw / len(X), b - lr * db / len(X)\n")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS],
    says="Your step is n times too short: does the gradient contain the mean over the rows already?",
)
misconception(
    "step_in_place",
    edits=[(STEP, "    w -= lr * dw\n    b -= lr * db\n    return w, b\n")],
    trips=["a_step_leaves_its_inputs_alone", "every_epoch_ends_where_it_must"],
    says="The numbers are right, but the caller's w and b have changed too: does `-=` make a new tensor?",
)
misconception(
    "last_batch_dropped",
    edits=[
        (
            "    return list(order.split(batch_size or n))",
            "    size = batch_size or n\n    return [rows for rows in order.split(size) if len(rows) == size]",
        )
    ],
    trips=[
        *DETECTOR,
        *BATCHES,
        "batches_in_order_keep_the_remainder",
        "shuffled_batches_hold_every_row_once",
    ],
    says="You use full batches only: what happens to the rows of the last, shorter one?",
)
misconception(
    "last_batch_divided_by_batch_size",
    edits=[(NEXT, "w, b = gradient_step(X[rows], y[rows], w, b, lr=lr * len(rows) / (batch_size or len(X)))")],
    trips=[*DETECTOR, *BATCHES],
    says="Full batches are right, but the shorter last one is divided by batch_size: how many rows does it hold?",
)
misconception(
    "never_shuffled",
    edits=[("    if generator is None:\n", "    if True:\n")],
    trips=[*SHUFFLED, "the_generator_reaches_the_detector"],
    says="Your rows keep their order although a generator is given: what is the generator for?",
)
misconception(
    "shuffled_only_once",
    edits=[(LOOP, f"batches = {DRAW}\n    " + LOOP.replace(DRAW, "batches"))],
    trips=["every_epoch_draws_a_new_order"],
    says="Every epoch repeats the order of the first: in which loop must the batches be drawn?",
)
misconception(
    "rows_drawn_with_replacement",
    edits=[("torch.randperm(n, generator", "torch.randint(n, (n,), generator")],
    trips=SHUFFLED,
    says="Some rows come twice in your epoch and others not at all: is your draw a permutation?",
)
misconception(
    "targets_keep_their_order",
    edits=[
        (
            f"        for rows in {DRAW}:\n            {NEXT}\n",
            f"        first = 0\n        for rows in {DRAW}:\n"
            "            chosen = y[first : first + len(rows)]\n            first += len(rows)\n"
            f"            {NEXT.replace('y[rows]', 'chosen')}\n",
        )
    ],
    trips=[
        "nines_are_told_from_the_rest",
        "every_epoch_draws_a_new_order",
        "the_generator_decides_the_order",
        "nines_are_found_in_scrambled_images",
    ],
    says="The rows of X are shuffled, but not their targets: which row numbers do you use for y?",
)
misconception(
    "seed_fixed_inside",
    edits=[
        (
            "torch.randperm(n, generator=generator,",
            "torch.randperm(n, generator=torch.Generator(generator.device).manual_seed(0),",
        )
    ],
    trips=[
        "every_epoch_draws_a_new_order",
        "the_generator_decides_the_order",
        "the_generator_reaches_the_detector",
    ],
    says="Your order is the same whichever generator is given: is a seed set inside the function?",
)
misconception(
    "generator_not_used",
    edits=[("torch.randperm(n, generator=generator, device=generator.device)", "torch.randperm(n)")],
    trips=["the_generator_decides_the_order", "the_generator_reaches_the_detector"],
    says=(
        "Two equal generators give two different orders: do your random numbers come from the generator that is given?"
    ),
)
misconception(
    "batch_size_ignored",
    edits=[("order.split(batch_size or n)", "order.split(n)")],
    trips=[
        *DETECTOR,
        *BATCHES,
        *SINGLE_ROWS,
        "batches_in_order_keep_the_remainder",
        "shuffled_batches_hold_every_row_once",
        "the_generator_decides_the_order",
        "the_generator_reaches_the_detector",
    ],
    says="All rows come in one batch whatever batch_size is: where do you use it?",
)
misconception(
    "batch_size_as_the_number_of_batches",
    edits=[("order.split(batch_size or n)", "order.chunk(batch_size or 1)")],
    forms=[[("order.split(batch_size or n)", "order.tensor_split(batch_size or 1)")]],
    trips=[
        *DETECTOR,
        *SINGLE_ROWS,
        "batches_in_order_keep_the_remainder",
        "shuffled_batches_hold_every_row_once",
        "every_epoch_ends_where_it_must",
        "batch_sizes_at_the_edges",
        "the_generator_decides_the_order",
        "the_generator_reaches_the_detector",
    ],
    says="You take batch_size as the number of batches: what does it count in the handout?",
)
misconception(
    "only_the_first_batch",
    edits=[(NEXT, f"{NEXT}\n            break")],
    trips=[*DETECTOR, *BATCHES, *SINGLE_ROWS],
    says="Your epoch ends after its first batch: how many steps does one pass over all rows take?",
)
misconception(
    "one_epoch_too_few",
    edits=[("for _epoch in range(epochs):", "for _epoch in range(1, epochs):")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *SINGLE_ROWS],
    says="You make one epoch fewer than asked for: where does your count start, and where does it end?",
)
misconception(
    "one_epoch_too_many",
    edits=[("for _epoch in range(epochs):", "for _epoch in range(epochs + 1):")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *SINGLE_ROWS],
    says="You make one epoch more than asked for: where does your count start, and where does it end?",
)
misconception(
    "every_epoch_starts_over",
    edits=[(LOOP, "start = w, b\n    " + LOOP.replace("        for", "        w, b = start\n        for"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *SINGLE_ROWS],
    says="After several epochs you are where one epoch leads: from which w and b does the second epoch start?",
)
misconception(
    "line_gradient_halved",
    edits=[("error = 2 * (X @ w + b - y)", "error = X @ w + b - y")],
    trips=LINE,
    says="Your gradients of the line are half of what they must be: does this loss have a 1/2 that cancels the 2?",
)
misconception(
    "line_gradient_not_averaged",
    edits=[(LINE_GRADIENT, LINE_GRADIENT.replace(" / len(X)", "").replace("mean", "sum"))],
    trips=[*LINE, *ARRIVAL],
    says="Your gradients of the line are n times too large, so the steps overshoot: is the mean missing?",
)
misconception(
    "line_bias_gradient_not_averaged",
    edits=[(LINE_GRADIENT, LINE_GRADIENT.replace("mean", "sum"))],
    trips=[*LINE, *ARRIVAL],
    says="For the line, dw is right, but db is n times too large: does the mean reach the bias too?",
)
misconception(
    "line_gradient_turned",
    edits=[("error = 2 * (X @ w + b - y)", "error = 2 * (y - X @ w - b)")],
    trips=[*LINE, *ARRIVAL],
    says=(
        "Your gradients of the line have the wrong sign: is the error prediction minus target, or target minus "
        "prediction?"
    ),
)
misconception(
    "line_bias_sees_the_new_weights",
    edits=[
        (
            "        dw, db = squared_error_gradients(X, y, w, b)\n        w, b = w - lr * dw, b - lr * db\n",
            "        w = w - lr * squared_error_gradients(X, y, w, b)[0]\n"
            "        b = b - lr * squared_error_gradients(X, y, w, b)[1]\n",
        )
    ],
    trips=["fit_linear_follows_its_path"],
    says="In fit_linear b moves by a gradient that was taken after w had moved: do both belong to the same old values?",
)
misconception(
    "line_one_step_too_many",
    edits=[("for _ in range(steps):", "for _ in range(steps + 1):")],
    trips=["fit_linear_follows_its_path"],
    says="fit_linear makes one step more than asked for: where does your count start, and where does it end?",
)
misconception(
    "line_bias_never_moves",
    edits=[("w, b = w - lr * dw, b - lr * db", "w = w - lr * dw")],
    trips=["fit_linear_follows_its_path", *ARRIVAL],
    says="In fit_linear only w moves: what becomes of db?",
)
misconception(
    "line_weights_never_move",
    edits=[("w, b = w - lr * dw, b - lr * db", "b = b - lr * db")],
    trips=["fit_linear_follows_its_path", *ARRIVAL],
    says="In fit_linear only b moves: what becomes of dw?",
)
misconception(
    "line_one_step_too_few",
    edits=[("for _ in range(steps):", "for _ in range(1, steps):")],
    trips=["fit_linear_follows_its_path"],
    says="fit_linear makes one step fewer than asked for: where does your count start, and where does it end?",
)
misconception(
    "line_without_bias",
    edits=[("error = 2 * (X @ w + b - y)", "error = 2 * (X @ w - y)")],
    trips=[*LINE, *ARRIVAL],
    says="Your predictions of the line leave out the bias: does b enter the error?",
)
misconception(
    "line_through_a_sigmoid",
    edits=[("error = 2 * (X @ w + b - y)", "error = 2 * (sigmoid(X @ w + b) - y)")],
    trips=[*LINE, *ARRIVAL],
    says=("A line predicts any real number, so its predictions need no sigmoid: is one left from the exercise before?"),
)
misconception(
    "threshold_on_the_logit",
    edits=[("(X @ w + b > 0)", "(X @ w + b > 0.5)")],
    trips=[*DETECTOR, "decisions_are_zero_or_one"],
    says=(
        "You compare the logit with 1/2, but the rule is about the probability: which logit belongs to a "
        "probability of 1/2?"
    ),
)
misconception(
    "half_counts_as_nine",
    edits=[("(X @ w + b > 0)", "(X @ w + b >= 0)")],
    trips=["decisions_are_zero_or_one"],
    says="A probability of exactly one half counts as a nine in your code: what does the handout say about it?",
)
misconception(
    "decision_at_probability_zero",
    edits=[("(X @ w + b > 0)", "(sigmoid(X @ w + b) > 0)")],
    trips=[*DETECTOR, "decisions_are_zero_or_one"],
    says="Every probability is above 0, so everything becomes a nine: with which number must it be compared?",
)
misconception(
    "decisions_turned",
    edits=[("(X @ w + b > 0)", "(X @ w + b < 0)")],
    trips=[*DETECTOR, "decisions_are_zero_or_one"],
    says="Your decisions are turned round: does a large logit speak for a nine or against it?",
)
misconception(
    "decision_without_the_bias",
    edits=[("(X @ w + b > 0)", "(X @ w > 0)")],
    trips=[*DETECTOR, "decisions_are_zero_or_one"],
    says="Your decisions do not depend on b: what is the logit of a row?",
)
misconception(
    "decisions_not_integers",
    edits=[("(X @ w + b > 0).long()", "(X @ w + b > 0)")],
    forms=[[("(X @ w + b > 0).long()", "(X @ w + b > 0).to(X.dtype)")]],
    trips=["decisions_are_zero_or_one"],
    says="Your decisions are right, but their dtype is not: which one does the handout ask for?",
)
misconception(
    "probabilities_for_decisions",
    edits=[("(X @ w + b > 0).long()", "sigmoid(X @ w + b)")],
    forms=[[("(X @ w + b > 0).long()", "X @ w + b")]],
    trips=[*DETECTOR, "decisions_are_zero_or_one"],
    says="You return how likely a nine is, not whether it is one: what turns the one into the other?",
)
misconception(
    "nine_is_the_zero_class",
    edits=[("(labels == 9)", "(labels != 9)")],
    trips=[*DETECTOR, "a_detector_without_nines"],
    says="Your detector learns everything but the nines: which images have the target 1?",
)
misconception(
    "digits_for_targets",
    edits=[("(labels == 9).to(X.dtype)", "labels.to(X.dtype)")],
    trips=[*DETECTOR, "a_detector_without_nines"],
    says="Your targets are the digits themselves: which two values can a target of this loss have?",
)
misconception(
    "start_not_from_zeros",
    edits=[("X.new_zeros(X.shape[1])", "X.new_ones(X.shape[1])")],
    forms=[
        [("X.new_zeros(X.shape[1]), X.new_zeros(())", "X.new_ones(X.shape[1]), X.new_ones(())")],
        *([("X.new_zeros(X.shape[1])", f"{scale} * torch.randn(X.shape[1]).to(X)")] for scale in (1, 0.1, 0.01)),
    ],
    trips=[*DETECTOR, "a_detector_without_nines"],
    says="Your detector does not start from zeros: with which w and b must it begin?",
)
misconception(
    "generator_not_handed_on",
    edits=[(HANDED_ON, HANDED_ON.replace("generator=generator)", ")"))],
    trips=["the_generator_reaches_the_detector"],
    says="Your detector never shuffles: do you pass the generator on to the training?",
)
misconception(
    "batch_size_not_handed_on",
    edits=[(f"batch_size=batch_size, {HANDED_ON}", HANDED_ON)],
    trips=[*DETECTOR, "the_generator_reaches_the_detector"],
    says="Your detector trains on all rows at once: do you pass batch_size on to the training?",
)
misconception(
    "line_row_by_row",
    edits=[
        (
            "    error = 2 * (X @ w + b - y)\n    return X.T @ error / len(X), error.mean()",
            "    error = 2 * (X @ w + b - y)\n"
            "    return sum(e * x for e, x in zip(error, X, strict=True)) / len(X), error.mean()",
        )
    ],
    trips=["fit_linear_takes_all_rows_at_once"],
    says="fit_linear takes the rows one after the other: which product sums over all of them?",
)
