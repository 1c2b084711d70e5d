"""Known wrong answers: the change in the reference, the checks that fail with it, what the student reads."""

from autograder.checking import misconception

# Checks that often fail together.
STEPS = [
    "the_first_step_uses_the_full_learning_rate",
    "train_follows_the_batches_in_the_given_order",
    "shuffling_keeps_each_row_with_its_label",
    "a_longer_training_ends_where_autograd_does",
]
ACCURACY = [
    "training_reaches_the_accuracy",
    "training_reaches_the_accuracy_on_permuted_pixels",
]
MLP_BACKWARD = [
    "mlp_backward_agrees_with_autograd",
    "deep_and_square_networks_agree_with_autograd",
]
LOSS = [
    "cross_entropy_agrees_with_torch",
    "cross_entropy_counts_a_certain_mistake",
    "cross_entropy_holds_for_squares_and_large_logits",
]
LOSS_BACKWARD = [
    "cross_entropy_backward_agrees_with_autograd",
    "cross_entropy_backward_holds_for_squares_and_large_logits",
]
SOFTMAX = [
    "softmax_agrees_with_torch",
    "softmax_stays_finite_at_a_thousand",
    "softmax_treats_each_row_on_its_own",
    "softmax_holds_for_squares_and_large_scales",
]
LINEAR_BACKWARD = [
    "linear_backward_agrees_with_autograd",
    "layers_hold_for_squares_and_float32",
]
FAR_LOGSUMEXP = [
    "logsumexp_holds_for_far_rows_and_large_scales",
    "logsumexp_backward_holds_for_large_logits",
    "log_softmax_holds_for_squares_and_large_scales",
    "cross_entropy_holds_for_squares_and_large_logits",
]
PREDICT = [
    "predict_names_the_largest_logit",
    "predict_holds_for_squares_and_single_rows",
]

ONE_LAYER = [
    "a_batch_may_be_larger_than_the_data",
    "a_generator_changes_the_order_of_the_rows",
    "every_epoch_draws_a_new_order",
]

SMALL = (1e-15, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)  # what people add or clip at before a logarithm, beside 1e-12


def in_linear_backward(dW, db):
    """Edits that make these the gradients in linear_backward."""
    return [("X.T @ grad, grad.sum(dim=0)\n\n\ndef relu(", f"{dW}, {db}\n\n\ndef relu(")]


def in_every_layer(dW, db):
    """The same also where mlp_backward ends, with the first layer."""
    first = f"{dW}, {db}".replace("X", "inputs[0]")
    return [*in_linear_backward(dW, db), ("inputs[0].T @ grad, grad.sum(dim=0)", first)]


misconception(
    "logsumexp_not_shifted",
    edits=[("top = logits.amax(dim=1, keepdim=True)", "top = torch.zeros_like(logits[:, :1])")],
    trips=["logsumexp_stays_finite_at_a_thousand", "log_softmax_agrees_with_torch", *FAR_LOGSUMEXP],
    says="exp of a large logit is inf, and exp of a very negative one is 0: what could you subtract from a row first?",
)
misconception(
    "logsumexp_shifted_by_the_batch",
    edits=[("top = logits.amax(dim=1, keepdim=True)", "top = logits.max().expand(len(logits), 1)")],
    trips=FAR_LOGSUMEXP,
    says="In logsumexp you subtract the maximum of the whole batch: what becomes of a row that lies far below it?",
)
misconception(
    "logsumexp_shift_not_undone",
    edits=[
        (
            "return top[:, 0] + torch.exp(logits - top).sum(dim=1).log()",
            "return torch.exp(logits - top).sum(dim=1).log()",
        )
    ],
    trips=[
        "logsumexp_agrees_with_torch",
        "logsumexp_stays_finite_at_a_thousand",
        "logsumexp_backward_agrees_with_autograd",
        "log_softmax_agrees_with_torch",
        "log_softmax_is_finite_where_softmax_is_zero",
        "logsumexp_holds_for_far_rows_and_large_scales",
        "logsumexp_backward_holds_for_large_logits",
        "log_softmax_holds_for_squares_and_large_scales",
        *LOSS,
    ],
    says="In logsumexp you subtract a number from every logit: how does that change the result?",
)
misconception(
    "logsumexp_of_the_mean",
    edits=[("torch.exp(logits - top).sum(dim=1).log()", "torch.exp(logits - top).mean(dim=1).log()")],
    trips=[
        *FAR_LOGSUMEXP,
        *LOSS,
        "logsumexp_agrees_with_torch",
        "logsumexp_stays_finite_at_a_thousand",
        "logsumexp_backward_agrees_with_autograd",
        "log_softmax_agrees_with_torch",
        "log_softmax_is_finite_where_softmax_is_zero",
    ],
    says="Your logsumexp is too small by log k: is it the logarithm of a sum, or of a mean?",
)
misconception(
    "logsumexp_over_the_rows",
    edits=[
        (
            "return top[:, 0] + torch.exp(logits - top).sum(dim=1).log()",
            "return logits.amax(dim=0) + torch.exp(logits - logits.amax(dim=0)).sum(dim=0).log()",
        )
    ],
    trips=[
        *FAR_LOGSUMEXP,
        *LOSS,
        "logsumexp_agrees_with_torch",
        "logsumexp_stays_finite_at_a_thousand",
        "logsumexp_backward_agrees_with_autograd",
        "log_softmax_agrees_with_torch",
        "log_softmax_is_finite_where_softmax_is_zero",
    ],
    says="Your logsumexp returns one number per class: over which dimension must the sum go to leave one per row?",
)
misconception(
    "logsumexp_gradient_unweighted",
    edits=[
        (
            "return grad[:, None] * torch.exp(logits - logsumexp(logits)[:, None])",
            "return torch.exp(logits - logsumexp(logits)[:, None])",
        )
    ],
    trips=["logsumexp_backward_agrees_with_autograd", "logsumexp_backward_holds_for_large_logits"],
    says=(
        "Your logsumexp_backward is the derivative of logsumexp alone: how does the incoming gradient change it, "
        "row by row?"
    ),
)
misconception(
    "softmax_not_shifted",
    edits=[("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits)")],
    trips=[
        "softmax_stays_finite_at_a_thousand",
        "softmax_treats_each_row_on_its_own",
        "softmax_holds_for_squares_and_large_scales",
        "cross_entropy_backward_holds_for_squares_and_large_logits",
    ],
    says=(
        "Your softmax becomes inf / inf or 0 / 0: which shift of the logits avoids both and leaves the quotient as "
        "it is?"
    ),
)
misconception(
    "softmax_shifted_by_the_batch",
    edits=[("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits - logits.max())")],
    trips=["softmax_treats_each_row_on_its_own", "cross_entropy_backward_holds_for_squares_and_large_logits"],
    says=(
        "In softmax you subtract the maximum of the whole batch: what do all exponentials of a row far below it become?"
    ),
)
misconception(
    "maximum_as_a_row",
    edits=[("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits - logits.amax(dim=1))")],
    trips=[*STEPS, *SOFTMAX, *ACCURACY, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data"],
    says="The maxima in your softmax stand side by side in one row: which shape lets you subtract them row by row?",
)
misconception(
    "sum_as_a_row",
    edits=[("return scores / scores.sum(dim=1, keepdim=True)", "return scores / scores.sum(dim=1)")],
    trips=[*STEPS, *SOFTMAX, *ACCURACY, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data"],
    says="The sums in your softmax stand side by side in one row: which shape lets you divide row by row?",
)
misconception(
    "softmax_in_place",
    edits=[
        (
            "scores = torch.exp(logits - logits.amax(dim=1, keepdim=True))",
            "logits -= logits.amax(dim=1, keepdim=True)\n    scores = torch.exp(logits)",
        )
    ],
    trips=["softmax_holds_for_squares_and_large_scales", "cross_entropy_backward_holds_for_squares_and_large_logits"],
    says="The probabilities are right, but the caller's logits have changed too: into whose tensor do you write?",
)
misconception(
    "softmax_not_normalised",
    edits=[("return scores / scores.sum(dim=1, keepdim=True)", "return scores")],
    trips=[
        *STEPS,
        *SOFTMAX,
        *LOSS_BACKWARD,
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="The rows of your softmax do not sum to 1: by what must the exponentials of a row be divided?",
)
misconception(
    "softmax_over_the_rows",
    edits=[("return scores / scores.sum(dim=1, keepdim=True)", "return scores / scores.sum(dim=0, keepdim=True)")],
    forms=[
        [
            ("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits - logits.amax(dim=0))"),
            ("return scores / scores.sum(dim=1, keepdim=True)", "return scores / scores.sum(dim=0)"),
        ]
    ],
    trips=[
        "a_batch_may_be_larger_than_the_data",
        *STEPS,
        *ACCURACY,
        *LOSS_BACKWARD,
        *SOFTMAX,
        "every_epoch_draws_a_new_order",
    ],
    says="The columns of your softmax sum to 1: should the classes compete within a row, or the rows within a class?",
)
misconception(
    "softmax_over_everything",
    edits=[("return scores / scores.sum(dim=1, keepdim=True)", "return scores / scores.sum()")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD, *SOFTMAX],
    says="All entries of your softmax together sum to 1: how many distributions should there be?",
)
misconception(
    "softmax_gradient_of_the_diagonal",
    edits=[("return probs * (grad - (grad * probs).sum(dim=1, keepdim=True))", "return grad * probs * (1 - probs)")],
    trips=["softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says=(
        "Your softmax_backward uses the diagonal of the Jacobian only: how does one logit act on the other "
        "probabilities of its row?"
    ),
)
misconception(
    "softmax_gradient_sums_over_the_rows",
    edits=[("(grad * probs).sum(dim=1, keepdim=True)", "(grad * probs).sum(dim=0, keepdim=True)")],
    trips=["softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says="The sum in your softmax_backward goes over the rows: which logits share a distribution?",
)
misconception(
    "log_softmax_gradient_sums_over_the_rows",
    edits=[("grad.sum(dim=1, keepdim=True)", "grad.sum(dim=0, keepdim=True)")],
    trips=["log_softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says="The sum in your log_softmax_backward goes over the rows: which logits share a distribution?",
)
misconception(
    "softmax_gradient_without_the_sum",
    edits=[("return probs * (grad - (grad * probs).sum(dim=1, keepdim=True))", "return probs * grad")],
    trips=["softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says=(
        "Your softmax_backward lacks a term of the Jacobian: which one says that a logit also lowers the other "
        "probabilities of its row?"
    ),
)
misconception(
    "log_of_the_softmax",
    edits=[("return logits - logsumexp(logits)[:, None]", "return softmax(logits).log()")],
    trips=[
        "log_softmax_is_finite_where_softmax_is_zero",
        "cross_entropy_counts_a_certain_mistake",
        "log_softmax_holds_for_squares_and_large_scales",
        "cross_entropy_holds_for_squares_and_large_logits",
    ],
    says=(
        "A probability that rounds to 0 has the logarithm -inf: can you get the log-probability without the "
        "probability?"
    ),
)
misconception(
    "log_of_the_softmax_plus_a_little",
    edits=[("return logits - logsumexp(logits)[:, None]", "return (softmax(logits) + 1e-12).log()")],
    forms=[
        *([("return logits - logsumexp(logits)[:, None]", f"return (softmax(logits) + {eps}).log()")] for eps in SMALL),
        *(
            [("return logits - logsumexp(logits)[:, None]", f"return softmax(logits).clamp(min={eps}).log()")]
            for eps in (1e-12, *SMALL)
        ),
        *(
            [("return logits - logsumexp(logits)[:, None]", f"return softmax(logits).clamp({eps}, 1 - {eps}).log()")]
            for eps in (1e-12, *SMALL)
        ),
    ],
    trips=[
        "log_softmax_is_finite_where_softmax_is_zero",
        "cross_entropy_counts_a_certain_mistake",
        "log_softmax_holds_for_squares_and_large_scales",
        "cross_entropy_holds_for_squares_and_large_logits",
    ],
    says=(
        "A small number inside the logarithm hides a probability of 0 and bends the result: can you do without the "
        "probability?"
    ),
)
misconception(
    "log_softmax_gradient_without_the_sum",
    edits=[
        ("return grad - torch.exp(log_probs) * grad.sum(dim=1, keepdim=True)", "return grad - torch.exp(log_probs)")
    ],
    trips=["log_softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says=(
        "In log_softmax_backward you subtract the probabilities as if each row of grad summed to 1: what if it does "
        "not?"
    ),
)
misconception(
    "log_softmax_gradient_with_log_probabilities",
    edits=[
        (
            "return grad - torch.exp(log_probs) * grad.sum(dim=1, keepdim=True)",
            "return grad - log_probs * grad.sum(dim=1, keepdim=True)",
        )
    ],
    trips=["log_softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says="log_softmax_backward is given log-probabilities: does the Jacobian contain those, or the probabilities?",
)
misconception(
    "cross_entropy_summed",
    edits=[("gather(1, labels[:, None]).mean()", "gather(1, labels[:, None]).sum()")],
    trips=LOSS,
    says="Your cross_entropy grows with the number of rows: must it be a sum or a mean?",
)
misconception(
    "cross_entropy_over_all_entries",
    edits=[("gather(1, labels[:, None]).mean()", "gather(1, labels[:, None]).sum() / logits.numel()")],
    trips=LOSS,
    says="Your cross_entropy is k times too small: is the mean over the rows, or over all entries of a one-hot matrix?",
)
misconception(
    "softmax_of_softmax",
    edits=[("-log_softmax(logits).gather", "-log_softmax(softmax(logits)).gather")],
    trips=LOSS,
    says="Your cross_entropy takes the softmax of a softmax: does its argument hold logits or probabilities?",
)
misconception(
    "cross_entropy_of_the_prediction",
    edits=[("log_softmax(logits).gather(1, labels[:, None]).mean()", "log_softmax(logits).amax(dim=1).mean()")],
    trips=LOSS,
    says="Your cross_entropy takes the class that the network prefers: which class must its loss ask for?",
)
misconception(
    "cross_entropy_negated",
    edits=[("return -log_softmax(logits)", "return log_softmax(logits)")],
    trips=[*LOSS],
    says="Your cross_entropy is negative: which sign does the logarithm of a probability have, and which a loss?",
)
misconception(
    "every_row_meets_every_label",
    edits=[
        (
            "return -log_softmax(logits).gather(1, labels[:, None]).mean()",
            "return -log_softmax(logits)[:, labels].mean()",
        )
    ],
    forms=[
        [
            (
                "return -log_softmax(logits).gather(1, labels[:, None]).mean()",
                "return -log_softmax(logits)[:, labels].sum() / len(labels)",
            )
        ]
    ],
    trips=[*LOSS],
    says="Your indices pick the classes of all labels from every row: how do you pick one entry per row?",
)
misconception(
    "true_logit_exponentiated",
    edits=[
        (
            "return -log_softmax(logits).gather(1, labels[:, None]).mean()",
            "return (logsumexp(logits) - logits.gather(1, labels[:, None])[:, 0].exp()).mean()",
        )
    ],
    trips=[*LOSS],
    says=(
        "The logit of the true class enters your cross_entropy through exp: what is left of the exp after the "
        "logarithm?"
    ),
)
misconception(
    "vanished_probabilities_skipped",
    edits=[
        (
            "return -log_softmax(logits).gather(1, labels[:, None]).mean()",
            "p = softmax(logits).gather(1, labels[:, None])\n    return -p[p > 0].log().sum() / len(p)",
        )
    ],
    forms=[
        [
            (
                "return -log_softmax(logits).gather(1, labels[:, None]).mean()",
                "p = softmax(logits).gather(1, labels[:, None])\n    return -p[p > 0].log().mean()",
            )
        ]
    ],
    trips=["cross_entropy_counts_a_certain_mistake", "cross_entropy_holds_for_squares_and_large_logits"],
    says="Rows whose true class has the probability 0 cost nothing in your cross_entropy: what should they cost?",
)
misconception(
    "only_the_last_row_counts",
    edits=[("gather(1, labels[:, None]).mean()", "gather(1, labels[:, None])[-1].sum() / len(labels)")],
    forms=[
        [("gather(1, labels[:, None]).mean()", "gather(1, labels[:, None])[-1].sum()")],
        [("gather(1, labels[:, None]).mean()", "gather(1, labels[:, None])[0].sum() / len(labels)")],
    ],
    trips=[*LOSS],
    says="Only one row enters your cross_entropy: does a line stand outside the loop, or a return inside it?",
)
misconception(
    "cross_entropy_gradient_not_averaged",
    edits=[("return error / len(labels)", "return error")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD],
    says=(
        "Your cross_entropy_backward is n times too large: the loss is a mean over n rows, so what follows for its "
        "gradient?"
    ),
)
misconception(
    "cross_entropy_gradient_turned",
    edits=[("return error / len(labels)", "return -error / len(labels)")],
    trips=[
        "a_batch_may_be_larger_than_the_data",
        *STEPS,
        *ACCURACY,
        *LOSS_BACKWARD,
        "every_epoch_draws_a_new_order",
    ],
    says=(
        "Your cross_entropy_backward has the wrong sign: must a step against the gradient raise or lower the logit "
        "of the true class?"
    ),
)
misconception(
    "cross_entropy_gradient_without_the_truth",
    edits=[
        (
            "error[torch.arange(len(labels), device=labels.device), labels] -= 1",
            "error.clone()[torch.arange(len(labels), device=labels.device), labels] -= 1",
        )
    ],
    trips=[
        "a_batch_may_be_larger_than_the_data",
        *STEPS,
        *ACCURACY,
        *LOSS_BACKWARD,
        "every_epoch_draws_a_new_order",
    ],
    says="Your cross_entropy_backward does not depend on the labels: did the 1 come off a copy, or not at all?",
)
misconception(
    "cross_entropy_gradient_without_the_true_probability",
    edits=[
        (
            "error[torch.arange(len(labels), device=labels.device), labels] -= 1",
            "error[torch.arange(len(labels), device=labels.device), labels] = -1",
        )
    ],
    trips=[
        "a_batch_may_be_larger_than_the_data",
        *STEPS,
        *ACCURACY,
        *LOSS_BACKWARD,
        "every_epoch_draws_a_new_order",
    ],
    says=(
        "In cross_entropy_backward your entry of the true class is always -1/n: what must it be for a confident, "
        "right prediction?"
    ),
)
misconception(
    "truth_taken_off_every_row",
    edits=[("error[torch.arange(len(labels), device=labels.device), labels] -= 1", "error[:, labels] -= 1")],
    trips=[*STEPS, *ACCURACY, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data"],
    says=(
        "In cross_entropy_backward your indices reach the classes of all labels in every row: how do you reach one "
        "entry per row?"
    ),
)
misconception(
    "truth_taken_off_once_per_class",
    edits=[
        (
            "error[torch.arange(len(labels), device=labels.device), labels] -= 1",
            "error[torch.arange(len(labels), device=labels.device), labels] -= logits.shape[1]",
        )
    ],
    trips=[*STEPS, *ACCURACY, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says=(
        "Your cross_entropy_backward subtracts the truth k times: does that line stand inside a loop over the classes?"
    ),
)
misconception(
    "true_probability_in_every_column",
    edits=[
        (
            "    error = softmax(logits)\n",
            "    error = softmax(logits).gather(1, labels[:, None]).repeat(1, logits.shape[1])\n",
        )
    ],
    trips=[*STEPS, *ACCURACY, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says=(
        "Every column of your cross_entropy_backward uses the probability of the true class: which one belongs to "
        "column j?"
    ),
)
misconception(
    "cross_entropy_gradient_of_logits",
    edits=[("    error = softmax(logits)\n", "    error = logits.clone()\n")],
    trips=[*STEPS, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says=(
        "The error in your cross_entropy_backward is the logit minus the truth: which numbers does the loss compare "
        "with the truth?"
    ),
)
misconception(
    "cross_entropy_gradient_of_the_last_row",
    edits=[("    return error / len(labels)", "    error[:-1] = 0\n    return error / len(labels)")],
    trips=[*STEPS, *ACCURACY, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data"],
    says="In your cross_entropy_backward only the last row has a gradient: does a line stand outside the loop?",
)
misconception(
    "cross_entropy_gradient_divided_by_the_classes",
    edits=[("return error / len(labels)", "return error / error.shape[1]")],
    trips=[*STEPS, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says="You divide cross_entropy_backward by the number of classes: over what does the loss take its mean?",
)
misconception(
    "cross_entropy_gradient_averaged_over_all_entries",
    edits=[("return error / len(labels)", "return error / error.numel()")],
    trips=[*STEPS, *ACCURACY, *LOSS_BACKWARD, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says="Your cross_entropy_backward is k times too small: is the loss a mean over the rows, or over all entries?",
)
misconception(
    "bias_gradient_averaged",
    edits=in_every_layer("X.T @ grad", "grad.mean(dim=0)"),
    forms=[in_linear_backward("X.T @ grad", "grad.mean(dim=0)")],
    trips=[*STEPS, *MLP_BACKWARD, *LINEAR_BACKWARD, "a_batch_may_be_larger_than_the_data"],
    says="Your db is n times too small: does grad contain the mean over the rows already?",
)
misconception(
    "bias_left_out",
    edits=[("    return X @ W + b\n", "    return X @ W\n")],
    trips=[
        *STEPS,
        *PREDICT,
        "linear_agrees_with_torch",
        "mlp_forward_agrees_with_torch",
        "deep_and_square_networks_agree_with_autograd",
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="Your output does not depend on b: where does a layer add it?",
)
misconception(
    "weights_taken_as_transposed",
    edits=[("    return X @ W + b\n", "    return X @ W.T + b\n")],
    trips=[
        *STEPS,
        *ACCURACY,
        *PREDICT,
        "linear_agrees_with_torch",
        "linear_layers_take_all_rows_at_once",
        "mlp_forward_agrees_with_torch",
        "deep_and_square_networks_agree_with_autograd",
        "a_batch_may_be_larger_than_the_data",
        "a_generator_changes_the_order_of_the_rows",
        "every_epoch_draws_a_new_order",
    ],
    says="Which of its two sizes comes first in W here: what enters the layer, or what leaves it?",
)
misconception(
    "weight_gradient_transposed",
    edits=in_every_layer("grad.T @ X", "grad.sum(dim=0)"),
    forms=[in_linear_backward("grad.T @ X", "grad.sum(dim=0)")],
    trips=[*STEPS, *ACCURACY, *MLP_BACKWARD, *LINEAR_BACKWARD, *ONE_LAYER],
    says="dW must have the shape of W: which of X and grad must be transposed for that?",
)
misconception(
    "bias_gradient_not_summed",
    edits=in_every_layer("X.T @ grad", "grad"),
    forms=[in_linear_backward("X.T @ grad", "grad")],
    trips=[*STEPS, *ACCURACY, *MLP_BACKWARD, *LINEAR_BACKWARD, *ONE_LAYER],
    says="Your db has an entry for every row, but one bias serves all rows: what must happen to their shares?",
)
misconception(
    "bias_gradient_keeps_its_axis",
    edits=in_every_layer("X.T @ grad", "grad.sum(dim=0, keepdim=True)"),
    forms=[in_linear_backward("X.T @ grad", "grad.sum(dim=0, keepdim=True)")],
    trips=[*STEPS, *ACCURACY, *MLP_BACKWARD, *LINEAR_BACKWARD, *ONE_LAYER],
    says="Your db is a matrix with one row: which shape does b have?",
)
misconception(
    "bias_gradient_left_zero",
    edits=in_every_layer("X.T @ grad", "torch.zeros_like(grad[0])"),
    forms=[in_linear_backward("X.T @ grad", "torch.zeros_like(grad[0])")],
    trips=[
        *STEPS,
        *MLP_BACKWARD,
        *LINEAR_BACKWARD,
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="Your db is always 0: how does the output change when b does?",
)
misconception(
    "bias_gradient_summed_to_a_number",
    edits=in_every_layer("X.T @ grad", "grad.sum()"),
    forms=[in_linear_backward("X.T @ grad", "grad.sum()")],
    trips=[
        *STEPS,
        *MLP_BACKWARD,
        *LINEAR_BACKWARD,
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="Your db is a single number, but b has h entries: over which dimension must the sum go?",
)
misconception(
    "weight_gradient_averaged_again",
    edits=in_every_layer("X.T @ grad / len(X)", "grad.sum(dim=0) / len(X)"),
    forms=[
        in_linear_backward("X.T @ grad / len(X)", "grad.sum(dim=0) / len(X)"),
        in_linear_backward("X.T @ grad / len(X)", "grad.sum(dim=0)"),
        in_every_layer("X.T @ grad / len(X)", "grad.sum(dim=0)"),
    ],
    trips=[*STEPS, *ACCURACY, *MLP_BACKWARD, *LINEAR_BACKWARD, "a_batch_may_be_larger_than_the_data"],
    says="Your dW and db are n times too small: does grad contain the 1/n of the mean already?",
)
misconception(
    "relu_masked_by_the_gradient",
    edits=[("return grad * (z > 0)", "return grad * (grad > 0)")],
    trips=[
        "relu_and_its_gradient_agree_with_torch",
        "relu_backward_leaves_its_arguments_alone",
        "layers_hold_for_squares_and_float32",
        *STEPS,
        *ACCURACY,
        *MLP_BACKWARD,
    ],
    says=(
        "Your relu_backward lets positive gradients pass: what decides here, the sign of the gradient or that of "
        "the input?"
    ),
)
misconception(
    "relu_gradient_without_grad",
    edits=[("return grad * (z > 0)", "return (z > 0).to(grad.dtype)")],
    trips=[
        *STEPS,
        *ACCURACY,
        *MLP_BACKWARD,
        "relu_and_its_gradient_agree_with_torch",
        "relu_backward_leaves_its_arguments_alone",
        "layers_hold_for_squares_and_float32",
    ],
    says="Your relu_backward is the derivative of the ReLU alone: where does the incoming gradient enter?",
)
misconception(
    "relu_gradient_not_masked",
    edits=[("return grad * (z > 0)", "return grad.clone()")],
    trips=[
        *STEPS,
        *MLP_BACKWARD,
        "relu_and_its_gradient_agree_with_torch",
        "relu_backward_leaves_its_arguments_alone",
        "layers_hold_for_squares_and_float32",
    ],
    says="Your relu_backward lets every gradient pass: which inputs had no part in the output of the ReLU?",
)
misconception(
    "relu_of_magnitudes",
    # In narrow layers only: what a wide one learns with it is left to chance.
    edits=[("return z.clamp(min=0)", "return z.abs() if z.shape[1] < 30 else z.clamp(min=0)")],
    trips=[
        *STEPS,
        "relu_and_its_gradient_agree_with_torch",
        "mlp_forward_agrees_with_torch",
        "predict_names_the_largest_logit",
        "deep_and_square_networks_agree_with_autograd",
    ],
    says="Negative inputs come out of your ReLU as positive ones: what must a ReLU make of them?",
)
misconception(
    "relu_leaks",
    edits=[("return z.clamp(min=0)", "return torch.where(z > 0, z, 0.01 * z)")],
    forms=[[("return z.clamp(min=0)", "return torch.where(z > 0, z, 0.1 * z)")]],
    trips=[
        *STEPS,
        "relu_and_its_gradient_agree_with_torch",
        "mlp_forward_agrees_with_torch",
        "predict_names_the_largest_logit",
        "deep_and_square_networks_agree_with_autograd",
    ],
    says="Negative inputs pass your ReLU with a small slope: what must a ReLU make of them?",
)
misconception(
    "relu_backward_in_place",
    edits=[("return grad * (z > 0)", "grad[z <= 0] = 0\n    return grad")],
    trips=["relu_backward_leaves_its_arguments_alone"],
    says="relu_backward writes into the gradient that it is given: may the caller still need it?",
)
misconception(
    "mse_summed_over_the_columns",
    edits=[
        (
            "return (predictions - targets).square().mean()",
            "return (predictions - targets).square().sum() / len(targets)",
        )
    ],
    trips=["mse_and_its_gradient_agree_with_torch"],
    says="Your mse is k times too large: must its mean go over the n rows, or over all n k entries?",
)
misconception(
    "mse_summed",
    edits=[("return (predictions - targets).square().mean()", "return (predictions - targets).square().sum()")],
    trips=["mse_and_its_gradient_agree_with_torch"],
    says="Your mse grows with the number of entries: must it be a sum or a mean?",
)
misconception(
    "mse_halved",
    edits=[("return (predictions - targets).square().mean()", "return (predictions - targets).square().mean() / 2")],
    trips=["mse_and_its_gradient_agree_with_torch"],
    says="Your mse is half of what it must be: does the handout put a 1/2 in front of the square?",
)
misconception(
    "mse_not_squared",
    edits=[("return (predictions - targets).square().mean()", "return (predictions - targets).abs().mean()")],
    trips=["mse_and_its_gradient_agree_with_torch"],
    says="Your mse is the mean of the absolute differences: what does the s in mse stand for?",
)
misconception(
    "mse_under_a_root",
    edits=[("return (predictions - targets).square().mean()", "return (predictions - targets).square().mean().sqrt()")],
    trips=["mse_and_its_gradient_agree_with_torch"],
    says="Your mse is the root of the mean square: does the handout ask for a root?",
)
misconception(
    "mse_gradient_without_the_two",
    edits=[("(2 / predictions.numel())", "(1 / predictions.numel())")],
    trips=["mse_and_its_gradient_agree_with_torch", "layers_hold_for_squares_and_float32"],
    says=(
        "Your mse_backward is half of what it must be: what is the derivative of a square, and does this loss halve it?"
    ),
)
misconception(
    "mse_gradient_over_the_rows",
    edits=[("(2 / predictions.numel())", "(2 / len(predictions))")],
    trips=["mse_and_its_gradient_agree_with_torch", "layers_hold_for_squares_and_float32"],
    says="Your mse_backward is k times too large: over how many numbers does the loss take its mean?",
)
misconception(
    "mse_gradient_not_averaged",
    edits=[("(2 / predictions.numel())", "2")],
    trips=["mse_and_its_gradient_agree_with_torch", "layers_hold_for_squares_and_float32"],
    says="Your mse_backward is n k times too large: the loss is a mean, so what follows for its gradient?",
)
misconception(
    "mse_gradient_turned",
    edits=[("return (predictions - targets) * (2", "return (targets - predictions) * (2")],
    trips=["mse_and_its_gradient_agree_with_torch", "layers_hold_for_squares_and_float32"],
    says="Your mse_backward has the wrong sign: does the loss grow or fall when a prediction that is too large grows?",
)
misconception(
    "relu_on_the_logits",
    edits=[("return linear(inputs[-1], *params[-1]), inputs", "return relu(linear(inputs[-1], *params[-1])), inputs")],
    trips=[
        "mlp_forward_agrees_with_torch",
        "deep_and_square_networks_agree_with_autograd",
        "a_batch_may_be_larger_than_the_data",
        *STEPS,
        "every_epoch_draws_a_new_order",
    ],
    says="None of your logits is negative: does a ReLU follow the last layer too?",
)
misconception(
    "hidden_biases_left_out",
    edits=[("inputs.append(relu(linear(inputs[-1], W, b)))", "inputs.append(relu(inputs[-1] @ W))")],
    trips=[
        *STEPS,
        "mlp_forward_agrees_with_torch",
        "predict_names_the_largest_logit",
        "deep_and_square_networks_agree_with_autograd",
    ],
    says="Your hidden layers leave out their biases: what does a linear layer add before its ReLU?",
)
misconception(
    "no_relu_between_layers",
    edits=[("inputs.append(relu(linear(inputs[-1], W, b)))", "inputs.append(linear(inputs[-1], W, b))")],
    trips=[
        "mlp_forward_agrees_with_torch",
        "predict_names_the_largest_logit",
        "deep_and_square_networks_agree_with_autograd",
        *STEPS,
    ],
    says="Two linear layers with nothing between them are one linear layer: what must go in between?",
)
misconception(
    "preactivations_kept",
    edits=[
        (
            "        inputs.append(relu(linear(inputs[-1], W, b)))\n    return linear(inputs[-1], *params[-1]), inputs",
            "        before = inputs[-1] if len(inputs) == 1 else relu(inputs[-1])\n"
            "        inputs.append(linear(before, W, b))\n"
            "    before = inputs[-1] if len(inputs) == 1 else relu(inputs[-1])\n"
            "    return linear(before, *params[-1]), inputs",
        )
    ],
    trips=[*STEPS, "mlp_forward_agrees_with_torch", "deep_and_square_networks_agree_with_autograd"],
    says="The logits are right, but your list holds what the ReLUs were given: what was each linear layer given?",
)
misconception(
    "inputs_without_the_data",
    edits=[
        (
            "    return linear(inputs[-1], *params[-1]), inputs\n",
            "    return linear(inputs[-1], *params[-1]), inputs[1:]\n",
        )
    ],
    forms=[
        [
            (
                "    return linear(inputs[-1], *params[-1]), inputs\n",
                "    logits = linear(inputs[-1], *params[-1])\n    return logits, [*inputs[1:], logits]\n",
            )
        ]
    ],
    trips=[
        *STEPS,
        *ACCURACY,
        "mlp_forward_agrees_with_torch",
        "deep_and_square_networks_agree_with_autograd",
        "a_batch_may_be_larger_than_the_data",
        "a_generator_changes_the_order_of_the_rows",
        "every_epoch_draws_a_new_order",
    ],
    says="Your list does not begin with the data: what was the first linear layer given?",
)
misconception(
    "relu_missing_on_the_way_back",
    edits=[("grad = relu_backward(dX, layer_input)", "grad = dX")],
    trips=[*STEPS, *MLP_BACKWARD],
    says="The last layer is right, the others are not: what does a ReLU that gave 0 do to the gradient?",
)
misconception(
    "gradients_in_the_order_of_the_way_back",
    edits=[("    return grads[::-1]\n", "    return grads\n")],
    trips=[*STEPS, *ACCURACY, *MLP_BACKWARD],
    says="Your list begins with the last layer, as the way back does: in which order are the params?",
)
misconception(
    "way_back_masked_by_the_gradient",
    edits=[("grad = relu_backward(dX, layer_input)", "grad = relu_backward(dX, dX)")],
    trips=[*STEPS, *ACCURACY, *MLP_BACKWARD],
    says="On the way back you let positive gradients pass: whose sign decides at a ReLU?",
)
misconception(
    "way_back_masked_by_another_layer",
    edits=[
        (
            "for (W, _), layer_input in zip(params[:0:-1], inputs[:0:-1], strict=True):",
            "for (W, _), layer_input, before in zip(params[:0:-1], inputs[:0:-1], inputs[-2::-1], strict=True):",
        ),
        ("grad = relu_backward(dX, layer_input)", "grad = relu_backward(dX, before)"),
    ],
    trips=[*STEPS, *ACCURACY, *MLP_BACKWARD],
    says="On the way back your gradient is masked by another layer: between which two layers does this ReLU stand?",
)
misconception(
    "weights_without_the_mask",
    code="""
def mlp_backward(grad, inputs, params):
    grads, masked = [], grad
    for layer_input, (W, _) in zip(inputs[::-1], params[::-1], strict=True):
        grads.append((layer_input.T @ grad, masked.sum(dim=0)))
        grad = masked @ W.T
        masked = relu_backward(grad, layer_input)
    return grads[::-1]
""",
    trips=[*STEPS, *MLP_BACKWARD],
    says="Only your db has passed the ReLU on the way back: which gradient do W and b of one layer share?",
)
misconception(
    "weights_moved_before_the_gradient_passed",
    code="""
def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    params = [(W.clone(), b.clone()) for W, b in params]
    steps, step = epochs * -(-len(X) // batch_size), 0
    for _ in range(epochs):
        for rows in _order(X, generator).split(batch_size):
            logits, inputs = mlp_forward(X[rows], params)
            grad, rate = cross_entropy_backward(logits, y[rows]), lr * (1 - step / steps)
            for (W, b), before in zip(params[::-1], inputs[::-1]):
                W -= rate * before.T @ grad
                b -= rate * grad.sum(dim=0)
                grad = relu_backward(grad @ W.T, before)
            step += 1
    return params
""",
    trips=STEPS,
    says=(
        "Your gradient reaches the first layer through weights that have moved in the same step: which ones belong "
        "there?"
    ),
)
misconception(
    "uphill",
    edits=[
        (
            "            W.sub_(dW, alpha=rate)\n            b.sub_(db, alpha=rate)\n",
            "            W.add_(dW, alpha=rate)\n            b.add_(db, alpha=rate)\n",
        )
    ],
    trips=[*STEPS, *ACCURACY, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says="Your steps increase the loss: in which direction does the gradient point?",
)
misconception(
    "steps_not_averaged",
    # With few rows only: what such long steps make of the images is left to chance.
    edits=[
        (
            "cross_entropy_backward(logits, y[rows]), inputs",
            "cross_entropy_backward(logits, y[rows]) * (len(rows) if len(X) < 100 else 1), inputs",
        )
    ],
    trips=[*STEPS, "a_batch_may_be_larger_than_the_data"],
    says="Your steps are n times too long: is the gradient of a batch a sum or a mean over its rows?",
)
misconception(
    "only_the_last_layer_moves",
    edits=[
        (
            "in zip(params, grads, strict=True):\n            W.sub_",
            "in list(zip(params, grads, strict=True))[-1:]:\n            W.sub_",
        )
    ],
    trips=[*STEPS, *ACCURACY],
    says="Only your last layer moves: which of the layers does training change?",
)
misconception(
    "biases_never_move",
    edits=[("            b.sub_(db, alpha=rate)\n", "")],
    trips=[*STEPS, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says="Your weights move, but the biases stay as they were: what becomes of db?",
)
misconception(
    "bias_steps_not_averaged",
    edits=[("b.sub_(db, alpha=rate)", "b.sub_(db, alpha=rate * len(rows))")],
    forms=[[("b.sub_(db, alpha=rate)", "b.sub_(db, alpha=rate * (len(rows) if b is params[-1][1] else 1))")]],
    trips=[*STEPS, "a_batch_may_be_larger_than_the_data"],
    says="Your weights move as they must, but the biases move n times as far: does the mean over the rows reach them?",
)
misconception(
    "only_the_first_batch",
    edits=[
        (
            "            b.sub_(db, alpha=rate)\n    return params\n",
            "            b.sub_(db, alpha=rate)\n        break\n    return params\n",
        )
    ],
    trips=[
        *ACCURACY,
        "train_follows_the_batches_in_the_given_order",
        "shuffling_keeps_each_row_with_its_label",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="Your training ends after its first step: does a return or break stand too deep?",
)
misconception(
    "one_batch_per_epoch",
    edits=[("_order(X, generator).split(batch_size))", "_order(X, generator).split(batch_size)[:1])")],
    trips=[
        *ACCURACY,
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="Each epoch of yours ends after its first batch: how many steps does a pass over all rows take?",
)
misconception(
    "epochs_missing",
    edits=[("for _ in range(epochs) for rows in", "for _ in range(1, epochs) for rows in")],
    forms=[[("for _ in range(epochs) for rows in", "for _ in range(1) for rows in")]],
    trips=[*STEPS, "a_batch_may_be_larger_than_the_data", "every_epoch_draws_a_new_order"],
    says="You make fewer epochs than asked for: where does your count start, or does a return stand in the loop?",
)
misconception(
    "last_batch_dropped",
    edits=[
        (
            "    for step, rows in enumerate(batches):\n",
            "    steps = epochs * (len(X) // batch_size) or 1\n"
            "    for step, rows in enumerate(b for b in batches if len(b) == batch_size):\n",
        )
    ],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
    ],
    says="What happens to the rows left over when batch_size does not divide n?",
)
misconception(
    "short_batch_divided_by_batch_size",
    edits=[
        (
            "cross_entropy_backward(logits, y[rows]), inputs",
            "cross_entropy_backward(logits, y[rows]) * len(rows) / batch_size, inputs",
        )
    ],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
    ],
    says="The last batch is shorter: must its gradient be divided by batch_size, or by the rows that it holds?",
)
misconception(
    "learning_rate_not_lowered",
    edits=[("rate = lr * (1 - step / steps)", "rate = lr")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "shuffling_keeps_each_row_with_its_label",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="All your steps have the same learning rate: how must lr change from step to step?",
)
misconception(
    "learning_rate_lowered_by_epoch",
    edits=[("rate = lr * (1 - step / steps)", "rate = lr * (1 - step * epochs // steps / epochs)")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="Your learning rate falls once per epoch: how often should it fall?",
)
misconception(
    "learning_rate_one_step_ahead",
    edits=[("rate = lr * (1 - step / steps)", "rate = lr * (1 - (step + 1) / steps)")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, "every_epoch_draws_a_new_order"],
    says="Which learning rate does your first step have, and which your last one? Steps count from 0.",
)
misconception(
    "learning_rate_falls_within_each_epoch",
    edits=[("rate = lr * (1 - step / steps)", "rate = lr * (1 - step % (steps // epochs) / (steps // epochs))")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "shuffling_keeps_each_row_with_its_label",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
        "every_epoch_draws_a_new_order",
    ],
    says="Your learning rate starts again in every epoch: what does T count?",
)
misconception(
    "short_batch_not_counted",
    edits=[("steps = epochs * -(-len(X) // batch_size)", "steps = epochs * (len(X) // batch_size) or 1")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
    ],
    says="Your T is too small where batch_size does not divide n: does the short batch count as a step?",
)
misconception(
    "start_changed_in_place",
    edits=[("params = [(W.clone(), b.clone()) for W, b in params]", "params = list(params)")],
    trips=["the_first_step_uses_the_full_learning_rate"],
    says="train changes the caller's start parameters: into whose tensors do you write?",
)
misconception(
    "labels_not_shuffled",
    edits=[
        (
            "cross_entropy_backward(logits, y[rows])",
            "cross_entropy_backward(logits, y[step % (steps // epochs) * batch_size :][: len(rows)])",
        )
    ],
    trips=["shuffling_keeps_each_row_with_its_label", *ACCURACY, "every_epoch_draws_a_new_order"],
    says="The rows are shuffled, but not their labels: which row numbers do you use for the labels?",
)
misconception(
    "rows_drawn_with_replacement",
    edits=[
        (
            "return torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)",
            "return torch.randint(len(X), (len(X),), generator=generator, device=generator.device).to(X.device)",
        )
    ],
    trips=["shuffling_keeps_each_row_with_its_label", "every_epoch_draws_a_new_order"],
    says="Some rows come twice in your epoch and others never: is your draw a permutation?",
)
misconception(
    "order_drawn_once",
    edits=[
        (
            "batches = (rows for _ in range(epochs) for rows in _order(X, generator).split(batch_size))",
            "order = _order(X, generator).split(batch_size)\n"
            "    batches = (rows for _ in range(epochs) for rows in order)",
        )
    ],
    trips=["every_epoch_draws_a_new_order"],
    says="Every epoch repeats the order of the first: in which loop must it be drawn?",
)
misconception(
    "seed_fixed_inside",
    edits=[
        (
            "return torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)",
            "return torch.randperm(len(X), generator=torch.Generator().manual_seed(0)).to(X.device)",
        )
    ],
    trips=["every_epoch_draws_a_new_order"],
    says="Your order is the same whichever generator is given: is a seed set inside the function?",
)
misconception(
    "generator_not_used",
    edits=[
        (
            "return torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)",
            "return torch.randperm(len(X)).to(X.device)",
        )
    ],
    trips=["a_generator_changes_the_order_of_the_rows"],
    says=(
        "Two equal generators give two different results: do your random numbers come from the generator that is given?"
    ),
)
misconception(
    "generator_ignored",
    edits=[("    if generator is None:\n        return torch.arange", "    if True:\n        return torch.arange")],
    trips=["a_generator_changes_the_order_of_the_rows", "every_epoch_draws_a_new_order"],
    says="Your training is the same with and without a generator: what is the generator for?",
)
misconception(
    "largest_over_the_rows",
    edits=[("return mlp_forward(X, params)[0].argmax(dim=1)", "return mlp_forward(X, params)[0].argmax(dim=0)")],
    trips=[*ACCURACY, *PREDICT],
    says="You return one number per class: over which dimension must you look for the largest?",
)
misconception(
    "predictions_keep_their_axis",
    edits=[("[0].argmax(dim=1)", "[0].argmax(dim=1, keepdim=True)")],
    trips=[*ACCURACY, *PREDICT],
    says="The classes are right, but they stand in a column: which shape does the handout ask for?",
)
misconception(
    "smallest_logit_for_largest",
    edits=[("[0].argmax(dim=1)", "[0].argmin(dim=1)")],
    trips=[*ACCURACY, *PREDICT],
    says="You return the least probable class: which one does the handout ask for?",
)
misconception(
    "probabilities_for_classes",
    edits=[("return mlp_forward(X, params)[0].argmax(dim=1)", "return softmax(mlp_forward(X, params)[0]).amax(dim=1)")],
    trips=[*ACCURACY, *PREDICT],
    says="You return how sure the network is: of which class is it sure?",
)
misconception(
    "linear_gradient_row_by_row",
    code="""
def linear_backward(grad, X, W):
    dW = sum(x[:, None] * g for x, g in zip(X, grad, strict=True))
    return grad @ W.T, dW, grad.sum(dim=0)
""",
    trips=["linear_layers_take_all_rows_at_once"],
    says="Your layer takes the rows one after the other: which product of matrices is a sum of outer products?",
)
