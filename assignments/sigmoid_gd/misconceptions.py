"""Known wrong answers: how each differs from the reference, what it fails, and what the student reads."""

from autograder.checking import misconception

GRADIENT = "    return X.T @ error / len(X), error.mean()\n\n\ndef gradient_step("
LINE_GRADIENT = "    return X.T @ error / len(X), error.mean()\n\n\ndef fit_linear("
SIGMOID = "torch.where(z >= 0, torch.ones_like(e), e) / (1 + e)"
LOSS = "    return (softplus - logits * y).mean()"
LOSS_OF_ACTIVATION = "    return -(y * torch.log(a) + (1 - y) * torch.log(1 - a)).mean()"
ERROR = "error = sigmoid(X @ w + b) - y"
DRAW = "minibatches(len(X), batch_size, generator)"
LOOP = f"for _epoch in range(epochs):\n        for rows in {DRAW}:"
STEP = "    return w - lr * dw, b - lr * db\n"
NEXT = "w, b = gradient_step(X[rows], y[rows], w, b, lr=lr)"

# Checks that fail together.
DETECTOR = (
    "a_small_detector_is_exact", "nines_are_told_from_the_rest", "nines_are_found_in_scrambled_images",
)
BATCHES = (
    "mini_batch_training_follows_its_path", "every_epoch_ends_where_it_must", "batch_sizes_at_the_edges",
)
EPOCHS = (
    "full_batch_training_follows_its_path", "the_generator_decides_the_order",
    "a_detector_without_nines",
)
STEPS = ("both_gradients_are_taken_at_the_old_values", "steps_can_be_chained")
GRADIENTS = (
    "gradients_match_autograd", "gradients_with_as_many_rows_as_features",
    "gradients_are_finite_for_huge_logits", "loss_and_gradients_in_single_precision",
)
LINE = (
    "squared_error_gradients_match_autograd", "line_gradients_in_other_sizes",
    "fit_linear_follows_its_path",
)
ARRIVAL = ("fit_linear_arrives_at_least_squares", "fit_linear_forgets_its_start")
SINGLE_ROWS = ("stochastic_training_follows_its_path", "every_epoch_draws_a_new_order")
FAR = (
    "sigmoid_holds_far_from_zero", "derivative_vanishes_far_from_zero",
    "gradients_are_finite_for_huge_logits",
)
SLOPE = (
    "derivative_is_the_slope_at_z", "sigmoid_works_for_any_shape_and_dtype",
    "derivative_vanishes_far_from_zero",
)
SHUFFLED = (
    "shuffled_batches_hold_every_row_once", "every_epoch_draws_a_new_order",
    "the_generator_decides_the_order",
)

misconception(
    "sigmoid_overflows",
    edits=[(SIGMOID, "torch.exp(z) / (1 + torch.exp(z))")],
    trips=FAR,
    says=(
        "Your sigmoid is nan for a large z: there exp gives inf, and inf / inf is not a number. "
        "Which form is safe there?"
    ),
)
misconception(
    "sigmoid_clipped",
    edits=[(SIGMOID, f"({SIGMOID}).clamp(1e-4, 1 - 1e-4)")],
    trips=FAR,
    says=(
        "Your sigmoid stops at 0.0001 and 0.9999. Clipping hides the overflow and bends the values: "
        "can exp be kept small?"
    ),
)
misconception(
    "derivative_of_the_activation",
    edits=[("    a = sigmoid(z)\n", "    a = z\n")],
    trips=SLOPE,
    says="sigmoid_derivative gets the logit z here, not an activation: where does a = sigmoid(z) come in?",
)
misconception(
    "derivative_squashed_twice",
    edits=[("    a = sigmoid(z)\n", "    a = sigmoid(sigmoid(z))\n")],
    trips=SLOPE,
    says=(
        "Your derivative applies the sigmoid to a value that is a sigmoid already: is z the logit in "
        "every line?"
    ),
)
misconception(
    "loss_saturates",
    edits=[(LOSS, f"    a = sigmoid(logits)\n{LOSS_OF_ACTIVATION}")],
    trips=["loss_is_finite_for_huge_logits", "loss_and_gradients_in_single_precision"],
    says=(
        "The loss takes the logarithm of a sigmoid that has rounded to 0 or 1. Can it be written "
        "with the logit instead?"
    ),
)
misconception(
    "loss_clipped",
    edits=[(LOSS, f"    a = sigmoid(logits).clamp(1e-4, 1 - 1e-4)\n{LOSS_OF_ACTIVATION}")],
    trips=["loss_is_finite_for_huge_logits", "loss_and_gradients_in_single_precision"],
    says=(
        "Your loss of a row never exceeds 9.21, which is -log(0.0001): is the sigmoid clipped before "
        "the logarithm?"
    ),
)
misconception(
    "loss_summed",
    edits=[(LOSS, LOSS.replace("mean", "sum"))],
    trips=[
        "loss_of_zero_logits_is_log_two", "loss_is_the_mean_over_the_rows",
        "loss_and_gradients_in_single_precision",
    ],
    says="Your loss grows with the number of rows: is it a sum where the mean is asked for?",
)
misconception(
    "every_row_meets_every_target",
    edits=[(LOSS, LOSS.replace("logits * y", "logits * y[:, None]"))],
    trips=["loss_is_the_mean_over_the_rows", "loss_and_gradients_in_single_precision"],
    says=(
        "Every logit meets every target, not only its own: is one of the two a column, so that they "
        "broadcast to [n, n]?"
    ),
)
misconception(
    "gradient_not_averaged",
    edits=[(GRADIENT, GRADIENT.replace(" / len(X)", "").replace("mean", "sum"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS],
    says=(
        "Your gradients are n times too large: the loss is a mean over the rows, so what happens to "
        "its gradient?"
    ),
)
misconception(
    "bias_gradient_not_averaged",
    edits=[(GRADIENT, GRADIENT.replace("mean", "sum"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS],
    says="dw is right, but db is n times too large: does the mean over the rows reach the bias too?",
)
misconception(
    "gradient_with_extra_slope",
    edits=[(ERROR, "error = (sigmoid(X @ w + b) - y) * sigmoid_derivative(X @ w + b)")],
    trips=[
        *DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS, *SINGLE_ROWS, "gradients_of_one_row",
        "one_step_by_hand",
    ],
    says=(
        "There is a factor a (1 - a) too many: does the slope of the sigmoid not cancel in the "
        "gradient of this loss?"
    ),
)
# Stands before the wrong sign, which answers alike from the step on, so that it is
# named where both explain the same failures.
misconception(
    "uphill",
    edits=[(STEP, STEP.replace("-", "+"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *SINGLE_ROWS, "one_step_by_hand"],
    says="Your step goes up the loss: in which direction does the gradient point?",
)
misconception(
    "gradient_with_wrong_sign",
    edits=[(ERROR, "error = y - sigmoid(X @ w + b)")],
    trips=[
        *DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS, *SINGLE_ROWS, "gradients_of_one_row",
        "one_step_by_hand",
    ],
    says="Your gradients point the other way: is it prediction minus target, or target minus prediction?",
)
misconception(
    "bias_outside_the_exponent",
    edits=[(ERROR, "error = 1 / (1 + torch.exp(-(X @ w)) + b) - y")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *GRADIENTS, *SINGLE_ROWS, "gradients_of_one_row"],
    says="The bias stands beside the exponential, not in its exponent: which number is the logit?",
)
misconception(
    "bias_sees_the_new_weights",
    edits=[(STEP, "    w = w - lr * dw\n    return w, b - lr * logistic_gradients(X, y, w, b)[1]\n")],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *STEPS, *SINGLE_ROWS, "one_step_by_hand"],
    says=(
        "w is right, but b moves by a gradient taken after w had moved: do both belong to the same "
        "old values?"
    ),
)
misconception(
    "step_in_place",
    edits=[(STEP, "    w -= lr * dw\n    b -= lr * db\n    return w, b\n")],
    trips=["a_step_leaves_its_inputs_alone", "every_epoch_ends_where_it_must"],
    says="The numbers are right, but the caller's w and b have changed: does `-=` make a new tensor?",
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
        *DETECTOR, *BATCHES, "batches_in_order_keep_the_remainder", "shuffled_batches_hold_every_row_once",
    ],
    says="Only full batches come out: where do the rows of the last, shorter batch go?",
)
misconception(
    "last_batch_divided_by_batch_size",
    edits=[(NEXT, "w, b = gradient_step(X[rows], y[rows], w, b, lr=lr * len(rows) / (batch_size or len(X)))")],
    trips=[*DETECTOR, *BATCHES],
    says=(
        "Full batches are right, the shorter last one is divided by batch_size: how many rows does "
        "it really hold?"
    ),
)
misconception(
    "never_shuffled",
    edits=[("    if generator is None:\n", "    if True:\n")],
    trips=[*SHUFFLED, "the_generator_reaches_the_detector"],
    says="Your rows keep their order although a generator is given: what is it for?",
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
    says="Some rows come twice in an epoch and others not at all: is your draw a permutation?",
)
misconception(
    "every_epoch_starts_over",
    edits=[(LOOP, "start = w, b\n    " + LOOP.replace("        for", "        w, b = start\n        for"))],
    trips=[*DETECTOR, *BATCHES, *EPOCHS, *SINGLE_ROWS],
    says="After several epochs you are where one epoch leads: where does the second epoch start?",
)
misconception(
    "line_gradient_halved",
    edits=[("error = 2 * (X @ w + b - y)", "error = X @ w + b - y")],
    trips=LINE,
    says=(
        "Your gradients are half of what they must be: this loss has no factor 1/2 to cancel the 2 "
        "of the square."
    ),
)
misconception(
    "line_gradient_not_averaged",
    edits=[(LINE_GRADIENT, LINE_GRADIENT.replace(" / len(X)", "").replace("mean", "sum"))],
    trips=[*LINE, *ARRIVAL],
    says=(
        "These gradients are n times too large, and with many rows the steps overshoot: is the mean "
        "missing?"
    ),
)
misconception(
    "line_without_bias",
    edits=[("error = 2 * (X @ w + b - y)", "error = 2 * (X @ w - y)")],
    trips=[*LINE, *ARRIVAL],
    says="The bias is missing from your predictions: does b enter the error?",
)
misconception(
    "line_through_a_sigmoid",
    edits=[("error = 2 * (X @ w + b - y)", "error = 2 * (sigmoid(X @ w + b) - y)")],
    trips=[*LINE, *ARRIVAL],
    says=(
        "A line predicts any real number, so its predictions need no sigmoid: is one left from the "
        "exercise before?"
    ),
)
misconception(
    "threshold_on_the_logit",
    edits=[("(X @ w + b > 0)", "(X @ w + b > 0.5)")],
    trips=[*DETECTOR, "decisions_are_zero_or_one"],
    says="You compare the logit with 1/2, but the rule is about the probability: which logit belongs to it?",
)
misconception(
    "half_counts_as_nine",
    edits=[("(X @ w + b > 0)", "(X @ w + b >= 0)")],
    trips=["decisions_are_zero_or_one"],
    says="A probability of exactly one half counts as a nine with you: the rule says above one half.",
)
misconception(
    "nine_is_the_zero_class",
    edits=[("(labels == 9)", "(labels != 9)")],
    trips=[*DETECTOR, "a_detector_without_nines"],
    says="Your detector learns everything but the nines: which images have the target 1?",
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
    says="Your descent visits the rows one after the other: which product sums over all of them?",
)
