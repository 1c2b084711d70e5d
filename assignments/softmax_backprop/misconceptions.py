"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import added, change, misconception, replacement

SMALL = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)  # what people add or clip at before a logarithm


def log_softmax(body):
    return change("log_softmax", "logits - logsumexp(logits)[:, None]", body)


def loss(body):
    """Edits of cross_entropy, whose log_softmax stays right for all others."""
    return change("cross_entropy", "-log_softmax(logits).gather(1, labels[:, None]).mean()", body)


def binary_loss(reduction):
    """The binary cross-entropy of every probability with its entry of the one-hot labels."""
    return change(
        "cross_entropy",
        "return -log_softmax(logits).gather(1, labels[:, None]).mean()",
        "hot = torch.eye(logits.shape[1]).to(logits)[labels]\n"
        "    p = softmax(logits)\n"
        f"    return -(hot * p.log() + (1 - hot) * (1 - p).log()).{reduction}",
    )


def in_every_layer(old, new):
    """Edits of linear_backward, and of mlp_backward, which has the first layer itself."""
    first = [text.replace("X", "inputs[0]") for text in (old, new)]
    return change("linear_backward", old, new), change("mlp_backward", *first)


misconception(
    "logsumexp_not_shifted", change("logsumexp", "logits.amax(dim=1, keepdim=True)", "torch.zeros_like(logits[:, :1])")
).says("Your logsumexp is inf for large logits, -inf for very negative ones: what could you subtract from a row first?")
misconception(
    "logsumexp_shifted_by_the_batch", change("logsumexp", "amax(dim=1, keepdim=True)", "max().expand(len(logits), 1)")
).says("In logsumexp you subtract the maximum of the whole batch: what becomes of a row that lies far below it?")
misconception("logsumexp_shift_not_undone", change("logsumexp", "top[:, 0] + torch.exp", "torch.exp")).says(
    "In logsumexp you subtract a number from every logit: how does that change the result?"
)
misconception("logsumexp_of_the_mean", change("logsumexp", "sum(dim=1)", "mean(dim=1)")).says(
    "Your logsumexp is too small by log k: is it the logarithm of a sum, or of a mean?"
)
misconception(
    "logsumexp_over_the_rows",
    change(
        "logsumexp",
        "top[:, 0] + torch.exp(logits - top).sum(dim=1).log()",
        "logits.amax(dim=0) + torch.exp(logits - logits.amax(dim=0)).sum(dim=0).log()",
    ),
).says("Your logsumexp returns one number per class: over which dimension must the sum go to leave one per row?")
misconception("logsumexp_gradient_unweighted", change("logsumexp_backward", "grad[:, None] * torch", "torch")).says(
    "Your logsumexp_backward is the derivative of logsumexp alone: where does the incoming gradient enter?"
)
misconception("softmax_not_shifted", change("softmax", "logits - logits.amax(dim=1, keepdim=True)", "logits")).says(
    "Your softmax becomes inf / inf or 0 / 0: which shift of the logits avoids both and keeps the quotient?"
)
misconception(
    "softmax_shifted_by_the_batch",
    change("softmax", "amax(dim=1, keepdim=True)", "max()"),
    forms=[
        [  # a little beside the sum turns the nan of a row far below into 0
            change("softmax", "amax(dim=1, keepdim=True)", "max()"),
            change("softmax", "scores.sum(dim=1, keepdim=True)", "(scores.sum(dim=1, keepdim=True) + 1e-10)"),
        ]
    ],
).says("In softmax you subtract the maximum of the whole batch: what do all exponentials of a row far below it become?")
misconception("softmax_shifted_by_the_mean", change("softmax", "amax(dim=1", "mean(dim=1")).says(
    "In softmax you take the mean of a row off: can an exponent still be large then?"
)
misconception("softmax_shifted_by_the_column", change("softmax", "amax(dim=1", "amax(dim=0")).says(
    "In softmax you take the maximum of each column off: which shift cancels in the quotient of a row?"
)
misconception("maximum_as_a_row", change("softmax", "amax(dim=1, keepdim=True)", "amax(dim=1)")).says(
    "The maxima in your softmax stand side by side in one row: which shape lets you subtract them row by row?"
)
misconception("sum_as_a_row", change("softmax", "sum(dim=1, keepdim=True)", "sum(dim=1)")).says(
    "The sums in your softmax stand side by side in one row: which shape lets you divide row by row?"
)
misconception(
    "softmax_in_place",
    change(
        "softmax",
        "torch.exp(logits - logits.amax(dim=1, keepdim=True))",
        "logits.sub_(logits.amax(dim=1, keepdim=True)).exp()",
    ),
).says("The probabilities are right, but the caller's logits have changed too: into whose tensor do you write?")
misconception("softmax_not_normalised", change("softmax", "scores / scores.sum(dim=1, keepdim=True)", "scores")).says(
    "The rows of your softmax do not sum to 1: by what must the exponentials of a row be divided?"
)
misconception(
    "softmax_over_the_rows",
    change("softmax", "sum(dim=1, keepdim=True)", "sum(dim=0, keepdim=True)"),
    forms=[[change("softmax", "amax(dim=1, keepdim=True)", "amax(dim=0)"), change("softmax", "1, keepdim=True", "0")]],
).says("The columns of your softmax sum to 1: should the classes compete within a row, or the rows within a class?")
misconception(
    "softmax_is_a_sigmoid",
    change("softmax", "scores / scores.sum(dim=1, keepdim=True)", "1 / (1 + torch.exp(-logits))"),
).says("Each entry of your softmax depends on its own logit only, as in a sigmoid: what makes a row sum to 1?")
misconception(
    "softmax_over_everything",
    change("softmax", "sum(dim=1, keepdim=True)", "sum()"),
    forms=[
        [
            change("softmax", "amax(dim=1, keepdim=True)", "max()"),
            change("softmax", "sum(dim=1, keepdim=True)", "sum()"),
        ]
    ],
).says("All entries of your softmax together sum to 1: how many distributions should there be?")
misconception(
    "softmax_gradient_of_the_diagonal",
    change(
        "softmax_backward", "probs * (grad - (grad * probs).sum(dim=1, keepdim=True))", "grad * probs * (1 - probs)"
    ),
).says("Your softmax_backward uses the diagonal of the Jacobian only: how does a logit act on the rest of its row?")
misconception(
    "softmax_gradient_squashed_again",
    change("softmax_backward", "return", "probs = torch.softmax(probs, dim=1)\n    return"),
    forms=[change("softmax_backward", "return", "probs = torch.softmax(grad, dim=1)\n    return")],
).says("Your softmax_backward takes a softmax of its own: what do its two arguments hold already?")
misconception("softmax_gradient_sums_over_the_rows", change("softmax_backward", "dim=1", "dim=0")).says(
    "The sum in your softmax_backward goes over the rows: which logits share a distribution?"
)
misconception("log_softmax_gradient_sums_over_the_rows", change("log_softmax_backward", "dim=1", "dim=0")).says(
    "The sum in your log_softmax_backward goes over the rows: which logits share a distribution?"
)
misconception(
    "softmax_gradient_without_the_sum",
    change("softmax_backward", "(grad - (grad * probs).sum(dim=1, keepdim=True))", "grad"),
).says("Your softmax_backward lacks a term of the Jacobian: how does a logit lower the other probabilities of its row?")
misconception("softmax_gradient_adds_the_sum", change("softmax_backward", "(grad - (grad", "(grad + (grad")).says(
    "The two terms of your softmax_backward add up: does a larger logit raise the other probabilities or lower them?"
)
misconception("log_of_the_softmax", log_softmax("softmax(logits).log()")).says(
    "Your log_softmax is -inf where a probability rounds to 0: can you get it without the probability?"
)
misconception(
    "log_of_the_softmax_plus_a_little",
    log_softmax("(softmax(logits) + 1e-12).log()"),
    forms=[
        *(log_softmax(f"(softmax(logits) + {eps}).log()") for eps in SMALL if eps != 1e-12),
        *(log_softmax(f"softmax(logits).clamp(min={eps}).log()") for eps in SMALL),
        *(log_softmax(f"softmax(logits).clamp({eps}, 1 - {eps}).log()") for eps in SMALL),
    ],
).says("Your log_softmax never falls below a bound: do you clip, or add a small number, before the logarithm?")
misconception("log_softmax_without_a_shift", log_softmax("logits - logits.exp().sum(dim=1, keepdim=True).log()")).says(
    "Your log_softmax exponentiates the logits as they are, and large ones give inf: which of your functions is safe?"
)
misconception(
    "log_softmax_shifted_by_the_batch",
    log_softmax("(z := logits - logits.max()) - z.exp().sum(dim=1, keepdim=True).log()"),
).says("Your log_softmax takes the maximum of the whole batch off: what becomes of a row that lies far below it?")
misconception(
    "log_softmax_gradient_without_the_sum",
    change("log_softmax_backward", "torch.exp(log_probs) * grad.sum(dim=1, keepdim=True)", "torch.exp(log_probs)"),
).says("Your log_softmax_backward assumes that each row of grad sums to 1: where does the row's own sum enter?")
misconception(
    "log_softmax_gradient_with_log_probabilities", change("log_softmax_backward", "torch.exp(log_probs)", "log_probs")
).says("log_softmax_backward is given log-probabilities: does the Jacobian contain those, or the probabilities?")
misconception(
    "cross_entropy_summed",
    change("cross_entropy", "mean()", "sum()"),
    forms=[loss(f"-(softmax(logits) + {eps}).gather(1, labels[:, None]).log().sum()") for eps in (1e-7, 1e-8)],
).says("Your cross_entropy grows with the number of rows: must it be a sum or a mean?")
misconception("cross_entropy_over_all_entries", change("cross_entropy", "mean()", "sum() / logits.numel()")).says(
    "Your cross_entropy is k times too small: is the mean over the rows, or over all entries of a one-hot matrix?"
)
misconception(
    "loss_through_the_softmax",
    change("cross_entropy", "log_softmax(logits)", "softmax(logits).log()"),
    forms=[loss("-(logits.exp() / logits.exp().sum(dim=1)[:, None]).gather(1, labels[:, None]).log().mean()")],
).says(
    "Your loss takes the logarithm of a probability, which may have rounded to 0: which of your functions avoids that?"
)
misconception(
    "loss_without_a_shift",
    loss("(logits.exp().sum(dim=1).log() - logits.gather(1, labels[:, None])[:, 0]).mean()"),
).says("Your loss exponentiates the logits as they are, and large ones give inf: what may be taken off a row first?")
misconception(
    "loss_shifted_by_the_batch",
    loss("((z := logits - logits.max()).exp().sum(dim=1).log() - z.gather(1, labels[:, None])[:, 0]).mean()"),
).says("Your loss takes the maximum of the whole batch off: what becomes of a row that lies far below it?")
misconception(
    "loss_with_one_sum_for_all_rows",
    loss(
        "((z := logits - logits.amax(dim=1, keepdim=True)).exp().sum().log()"
        " - z.gather(1, labels[:, None])[:, 0]).mean()"
    ),
    forms=[
        loss(
            "-((z := (logits - logits.amax(dim=1, keepdim=True)).exp()) / z.sum())"
            ".gather(1, labels[:, None]).log().mean()"
        )
    ],
).says("All rows of your loss are divided by the same sum: whose exponentials belong to the probabilities of a row?")
misconception(
    "loss_clipped",
    change("cross_entropy", "log_softmax(logits)", "(softmax(logits) + 1e-12).log()"),
    forms=[
        *(loss(f"-(softmax(logits) + {eps}).gather(1, labels[:, None]).log().mean()") for eps in SMALL if eps != 1e-12),
        *(loss(f"-softmax(logits).clamp(min={eps}).gather(1, labels[:, None]).log().mean()") for eps in SMALL),
        *(loss(f"-softmax(logits).clamp({eps}, 1 - {eps}).gather(1, labels[:, None]).log().mean()") for eps in SMALL),
    ],
).says("Your loss of one row never exceeds a bound: do you clip, or add a small number, before the logarithm?")
misconception("loss_without_the_logarithm", change("cross_entropy", "log_softmax", "softmax")).says(
    "Your loss is the mean probability of the true classes, negated: what does the handout take of it before the mean?"
)
misconception(
    "one_logarithm_for_the_batch",
    loss("-softmax(logits).gather(1, labels[:, None]).sum().log()"),
    forms=[loss("-softmax(logits).gather(1, labels[:, None]).mean().log()")],
).says("Your loss is the logarithm of one number for all rows: how many logarithms does a mean over n rows need?")
misconception(
    "cross_entropy_in_place",
    change("cross_entropy", "log_softmax(logits)", "log_softmax(logits.sub_(logits.amax(dim=1, keepdim=True)))"),
    forms=[
        change("cross_entropy", "log_softmax(logits)", "log_softmax(logits.sub_(logits.max()))"),
        change("cross_entropy", "log_softmax(logits)", "logits.copy_(log_softmax(logits))"),
    ],
).says("The loss is right, but the caller's logits have changed too: into whose tensor do you write?")
misconception(
    "loss_of_every_class",
    binary_loss("sum(dim=1).mean()"),
    forms=[binary_loss("mean()")],
).says("Your loss is a binary one for each class: does a row lose more than the log-probability of its true class?")
misconception(
    "labels_counted_from_one", loss("-log_softmax(logits)[torch.arange(len(labels)), labels - 1].mean()")
).says("Your loss looks at the column before that of the true class: from which number are the classes counted?")
misconception(
    "softmax_of_softmax", change("cross_entropy", "log_softmax(logits)", "log_softmax(softmax(logits))")
).says("Your cross_entropy takes the softmax of a softmax: does its argument hold logits or probabilities?")
misconception(
    "cross_entropy_of_the_prediction", change("cross_entropy", "gather(1, labels[:, None])", "amax(dim=1)")
).says("Your cross_entropy takes the class that the network prefers: which class must its loss ask for?")
misconception("cross_entropy_negated", change("cross_entropy", "-log_softmax", "log_softmax")).says(
    "Your cross_entropy is negative: which sign does the logarithm of a probability have, and which a loss?"
)
misconception(
    "every_row_meets_every_label",
    change("cross_entropy", ".gather(1, labels[:, None])", "[:, labels]"),
    forms=[change("cross_entropy", ".gather(1, labels[:, None]).mean()", "[:, labels].sum() / len(labels)")],
).says("Your indices pick the classes of all labels from every row: how do you pick one entry per row?")
misconception(
    "true_logit_exponentiated",
    change(
        "cross_entropy",
        "-log_softmax(logits).gather(1, labels[:, None])",
        "(logsumexp(logits) - logits.gather(1, labels[:, None])[:, 0].exp())",
    ),
).says("The true class's logit enters your cross_entropy through exp: what is left of exp after the logarithm?")
misconception(
    "vanished_probabilities_skipped",
    change(
        "cross_entropy",
        "return -log_softmax(logits).gather(1, labels[:, None]).mean()",
        "p = softmax(logits).gather(1, labels[:, None])\n    return -p[p > 0].log().sum() / len(p)",
    ),
    forms=[
        change(
            "cross_entropy",
            "return -log_softmax(logits).gather(1, labels[:, None])",
            "p = softmax(logits).gather(1, labels[:, None])\n    return -p[p > 0].log()",
        )
    ],
).says("Rows whose true class has the probability 0 cost nothing in your cross_entropy: what should they cost?")
misconception(
    "only_the_last_row_counts",
    change("cross_entropy", ".mean()", "[-1].sum() / len(labels)"),
    forms=[
        change("cross_entropy", ".mean()", "[-1].sum()"),
        change("cross_entropy", ".mean()", "[0].sum() / len(labels)"),
        *(loss(f"-softmax(logits)[{row}, labels[{row}]].log() / len(labels)") for row in (0, -1)),
    ],
).says("Only one row enters your cross_entropy: does a line stand outside the loop, or a return inside it?")
misconception(
    "cross_entropy_gradient_not_averaged", change("cross_entropy_backward", "error / len(labels)", "error")
).says("Your cross_entropy_backward is n times too large: the loss is a mean, so what follows for its gradient?")
misconception(
    "cross_entropy_gradient_turned", change("cross_entropy_backward", "error / len(labels)", "-error / len(labels)")
).says("Your cross_entropy_backward has the wrong sign: does the loss fall or rise with the logit of the true class?")
misconception(
    "cross_entropy_gradient_without_the_truth", change("cross_entropy_backward", "error[torch", "error.clone()[torch")
).says("Your cross_entropy_backward does not depend on the labels: did the 1 come off a copy, or not at all?")
misconception(
    "cross_entropy_gradient_without_the_true_probability", change("cross_entropy_backward", "-= 1", "= -1")
).says("In cross_entropy_backward your entry of the true class is always -1/n: does its probability not matter?")
misconception(
    "truth_taken_off_every_row",
    change("cross_entropy_backward", "torch.arange(len(labels), device=labels.device)", ":"),
).says("Your cross_entropy_backward reaches the classes of all labels in every row: how do you reach one per row?")
misconception("truth_taken_off_once_per_class", change("cross_entropy_backward", "-= 1", "-= logits.shape[1]")).says(
    "Your cross_entropy_backward subtracts the truth k times: does that line stand inside a loop over the classes?"
)
misconception(
    "true_probability_in_every_column",
    change(
        "cross_entropy_backward",
        "softmax(logits)",
        "softmax(logits).gather(1, labels[:, None]).repeat(1, logits.shape[1])",
    ),
).says("Each column of your cross_entropy_backward uses the true class's probability: which one belongs to column j?")
misconception(
    "cross_entropy_gradient_of_logits", change("cross_entropy_backward", "softmax(logits)", "logits.clone()")
).says("The error in your cross_entropy_backward is logit minus truth: what does the loss compare with the truth?")
misconception(
    "cross_entropy_gradient_of_the_probabilities",
    change(
        "cross_entropy_backward",
        "softmax(logits)",
        "-torch.eye(logits.shape[1]).to(logits)[labels] / softmax(logits)",
    ),
    change("cross_entropy_backward", "-= 1", "-= 0"),
).says("Your cross_entropy_backward stops at the probabilities: how does a probability change with the logits?")
misconception(
    "cross_entropy_gradient_with_extra_slope",
    change(
        "cross_entropy_backward", "return error", "error *= softmax(logits) * (1 - softmax(logits))\n    return error"
    ),
).says("Your cross_entropy_backward has a slope p (1 - p) too many: is it in prediction minus truth already?")
misconception(
    "cross_entropy_gradient_of_the_last_row",
    change("cross_entropy_backward", "return error", "error[:-1] = 0\n    return error"),
).says("In your cross_entropy_backward only the last row has a gradient: does a line stand outside the loop?")
misconception(
    "cross_entropy_gradient_divided_by_the_classes",
    change("cross_entropy_backward", "error / len(labels)", "error / error.shape[1]"),
).says("You divide cross_entropy_backward by the number of classes: over what does the loss take its mean?")
misconception(
    "cross_entropy_gradient_averaged_over_all_entries",
    change("cross_entropy_backward", "error / len(labels)", "error / error.numel()"),
).says("Your cross_entropy_backward is k times too small: is the loss a mean over the rows, or over all entries?")
misconception(
    "bias_gradient_averaged",
    *in_every_layer("grad.sum(dim=0)", "grad.mean(dim=0)"),
    forms=[change("linear_backward", "grad.sum(dim=0)", "grad.mean(dim=0)")],
).says("Your db is n times too small: does grad contain the mean over the rows already?")
misconception("bias_left_out", change("linear", "return X @ W + b", "return X @ W")).says(
    "Your output does not depend on b: where does a layer add it?"
)
misconception("weights_taken_as_transposed", change("linear", "return X @ W", "return X @ W.T")).says(
    "Your layer multiplies by the transpose of W: which of its sizes comes first here, the inputs or the outputs?"
)
misconception(
    "weight_gradient_transposed",
    *in_every_layer("X.T @ grad", "grad.T @ X"),
    forms=[change("linear_backward", "X.T @ grad", "grad.T @ X")],
).says("Your dW has the shape of W turned over: which of X and grad must be transposed?")
misconception(
    "bias_gradient_not_summed",
    *in_every_layer("grad.sum(dim=0)", "grad"),
    forms=[change("linear_backward", "grad.sum(dim=0)", "grad")],
).says("Your db has an entry for every row, but one bias serves all rows: what must happen to their shares?")
misconception(
    "bias_gradient_keeps_its_axis",
    *in_every_layer("grad.sum(dim=0)", "grad.sum(dim=0, keepdim=True)"),
    forms=[change("linear_backward", "grad.sum(dim=0)", "grad.sum(dim=0, keepdim=True)")],
).says("Your db is a matrix with one row: which shape does b have?")
misconception(
    "bias_gradient_left_zero",
    *in_every_layer("grad.sum(dim=0)", "torch.zeros_like(grad[0])"),
    forms=[change("linear_backward", "grad.sum(dim=0)", "torch.zeros_like(grad[0])")],
).says("Your db is always 0: how does the output change when b does?")
misconception(
    "bias_gradient_summed_within_a_row",
    *in_every_layer("grad.sum(dim=0)", "grad.sum(dim=1)"),
    forms=[change("linear_backward", "grad.sum(dim=0)", "grad.sum(dim=1)")],
).says("Your db has one number per row: what do the rows share, and over which dimension must the sum go?")
misconception(
    "bias_gradient_summed_to_a_number",
    *in_every_layer("grad.sum(dim=0)", "grad.sum()"),
    forms=[change("linear_backward", "grad.sum(dim=0)", "grad.sum()")],
).says("Your db is a single number, but b has h entries: over which dimension must the sum go?")
misconception(
    "weight_gradient_averaged_again",
    *in_every_layer("X.T @ grad, grad.sum(dim=0)", "X.T @ grad / len(X), grad.sum(dim=0) / len(X)"),
    forms=[
        change("linear_backward", "grad, grad.sum(dim=0)", "grad / len(X), grad.sum(dim=0) / len(X)"),
        change("linear_backward", "X.T @ grad", "X.T @ grad / len(X)"),
        in_every_layer("X.T @ grad", "X.T @ grad / len(X)"),
    ],
).says("Your dW and db are n times too small: does grad contain the 1/n of the mean already?")
misconception("relu_masked_by_the_gradient", change("relu_backward", "z > 0", "grad > 0")).says(
    "Your relu_backward lets positive gradients pass: whose sign decides here, the gradient's or the input's?"
)
misconception("relu_gradient_without_grad", change("relu_backward", "grad * (z > 0)", "(z > 0).to(grad.dtype)")).says(
    "Your relu_backward is the derivative of the ReLU alone: where does the incoming gradient enter?"
)
misconception("relu_gradient_not_masked", change("relu_backward", "grad * (z > 0)", "grad.clone()")).says(
    "Your relu_backward lets every gradient pass: which inputs had no part in the output of the ReLU?"
)
misconception("relu_gradient_times_the_activation", change("relu_backward", "(z > 0)", "z.clamp(min=0)")).says(
    "Your relu_backward multiplies by the activation: how steep is relu where z is positive?"
)
misconception(
    "relu_gradient_passes_at_zero",
    change("relu_backward", "z > 0", "z >= 0"),
    forms=[
        [
            change("relu_backward", "z > 0", "z >= 0"),
            change("mlp_backward", "relu_backward(dX, layer_input)", "dX * (layer_input > 0)"),
        ]
    ],
).says("Your relu_backward lets the gradient pass where z is exactly 0: which slope does the handout take there?")
misconception(
    "relu_in_place",
    change("relu", "z.clamp(min=0)", "z.clamp_(min=0)"),
).says("The output of your ReLU is right, but its input has changed too: into whose tensor do you write?")
misconception("relu_turned", change("relu", "z.clamp(min=0)", "z.clamp(max=0)")).says(
    "Your ReLU keeps the negative inputs and drops the positive ones: which of the two must pass?"
)
misconception("relu_gradient_turned", change("relu_backward", "z > 0", "z <= 0")).says(
    "Your relu_backward passes the gradient where z is negative: where did relu let anything through?"
)
misconception("relu_of_magnitudes", change("relu", "z.clamp(min=0)", "z.abs()")).says(
    "Negative inputs come out of your ReLU as positive ones: what must a ReLU make of them?"
)
misconception(
    "relu_leaks",
    change("relu", "z.clamp(min=0)", "torch.where(z > 0, z, 0.01 * z)"),
    forms=[change("relu", "z.clamp(min=0)", "torch.where(z > 0, z, 0.1 * z)")],
).says("Negative inputs pass your ReLU with a small slope: what must a ReLU make of them?")
misconception(
    "relu_backward_in_place", change("relu_backward", "return grad * (z > 0)", "grad[z <= 0] = 0\n    return grad")
).says("relu_backward writes into the gradient that it is given: may the caller still need it?")
misconception("mse_summed_over_the_columns", change("mse", "mean()", "sum() / len(targets)")).says(
    "Your mse is k times too large: must its mean go over the n rows, or over all n k entries?"
)
misconception("mse_summed", change("mse", "mean()", "sum()")).says(
    "Your mse grows with the number of entries: must it be a sum or a mean?"
)
misconception("mse_halved", change("mse", "return ", "return 0.5 * ")).says(
    "Your mse is half of what it must be: does the handout put a 1/2 in front of the square?"
)
misconception("mse_not_squared", change("mse", "square()", "abs()")).says(
    "Your mse is the mean of the absolute differences: what does the s in mse stand for?"
)
misconception("mse_under_a_root", change("mse", "mean()", "mean().sqrt()")).says(
    "Your mse is the root of the mean square: does the handout ask for a root?"
)
misconception("mse_gradient_without_the_two", change("mse_backward", "(2", "(1")).says(
    "Your mse_backward is half of what it must be: what is the derivative of a square, and does this loss halve it?"
)
misconception("mse_gradient_over_the_rows", change("mse_backward", "predictions.numel()", "len(predictions)")).says(
    "Your mse_backward is k times too large: over how many numbers does the loss take its mean?"
)
misconception("mse_gradient_not_averaged", change("mse_backward", " / predictions.numel()", "")).says(
    "Your mse_backward is n k times too large: the loss is a mean, so what follows for its gradient?"
)
misconception("mse_gradient_turned", change("mse_backward", "predictions - targets", "targets - predictions")).says(
    "Your mse_backward has the wrong sign: does the loss grow or fall when a prediction that is too large grows?"
)
misconception(
    "relu_on_the_logits",
    change("mlp_forward", "linear(inputs[-1], *params[-1])", "relu(linear(inputs[-1], *params[-1]))"),
).says("None of your logits is negative: does a ReLU follow the last layer too?")
misconception(
    "softmax_inside_the_network",
    change("mlp_forward", "return linear(inputs[-1], *params[-1])", "return softmax(linear(inputs[-1], *params[-1]))"),
).says("Your mlp_forward returns probabilities: what does the loss take the softmax of?")
misconception("hidden_biases_left_out", change("mlp_forward", "linear(inputs[-1], W, b)", "inputs[-1] @ W")).says(
    "Your hidden layers leave out their biases: what does a linear layer add before its ReLU?"
)
misconception(
    "no_relu_between_layers", change("mlp_forward", "relu(linear(inputs[-1], W, b))", "linear(inputs[-1], W, b)")
).says("Two linear layers with nothing between them are one linear layer: what must go in between?")
misconception(
    "preactivations_kept",
    change(
        "mlp_forward",
        "inputs.append(relu(linear(inputs[-1], W, b)))\n    return linear(inputs[-1], *params[-1])",
        "before = inputs[-1] if len(inputs) == 1 else relu(inputs[-1])\n"
        "        inputs.append(linear(before, W, b))\n"
        "    before = inputs[-1] if len(inputs) == 1 else relu(inputs[-1])\n"
        "    return linear(before, *params[-1])",
    ),
).says("The logits are right, but your list holds what the ReLUs were given: what was each linear layer given?")
misconception(
    "inputs_without_the_data",
    change("mlp_forward", ", inputs", ", inputs[1:]"),
    forms=[
        change(
            "mlp_forward",
            "return linear(inputs[-1], *params[-1]), inputs",
            "logits = linear(inputs[-1], *params[-1])\n    return logits, [*inputs[1:], logits]",
        )
    ],
).says("Your list does not begin with the data: what was the first linear layer given?")
misconception("relu_missing_on_the_way_back", change("mlp_backward", "relu_backward(dX, layer_input)", "dX")).says(
    "The last layer is right, the others are not: what does a ReLU that gave 0 do to the gradient?"
)
misconception(
    "logits_masked_on_the_way_back",
    change(
        "mlp_backward",
        "grads = []",
        "grads = []\n    grad = relu_backward(grad, linear(inputs[-1], *params[-1]))",
    ),
).says("Your way back begins with the mask of a ReLU on the logits: does a ReLU follow the last layer?")
misconception("gradients_in_the_order_of_the_way_back", change("mlp_backward", "grads[::-1]", "grads")).says(
    "Your list begins with the last layer, as the way back does: in which order are the params?"
)
misconception(
    "way_back_masked_by_the_gradient", change("mlp_backward", "relu_backward(dX, layer_input)", "relu_backward(dX, dX)")
).says("On the way back you let positive gradients pass: whose sign decides at a ReLU?")
misconception(
    "way_back_masked_by_another_layer",
    change(
        "mlp_backward",
        "layer_input in zip(params[:0:-1], inputs[:0:-1], strict=True)",
        "layer_input, before in zip(params[:0:-1], inputs[:0:-1], inputs[-2::-1], strict=True)",
    ),
    change("mlp_backward", "dX, layer_input", "dX, before"),
).says("On the way back your gradient is masked by another layer: between which two layers does this ReLU stand?")
misconception(
    "weights_without_the_mask",
    replacement("""
def mlp_backward(grad, inputs, params):
    grads, masked = [], grad
    for layer_input, (W, _) in zip(inputs[::-1], params[::-1], strict=True):
        grads.append((layer_input.T @ grad, masked.sum(dim=0)))
        grad = masked @ W.T
        masked = relu_backward(grad, layer_input)
    return grads[::-1]
"""),
).says("Only your db has passed the ReLU on the way back: which gradient do W and b of one layer share?")
misconception(
    "weights_moved_before_the_gradient_passed",
    replacement("""
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
"""),
).says("Your gradient reaches the first layer through weights that have moved already: which ones belong there?")
misconception(
    "training_without_a_shift",
    change(
        "train",
        "grads = mlp_backward(cross_entropy_backward(logits, y[rows]), inputs, params)",
        "error = logits.exp() / logits.exp().sum(dim=1, keepdim=True)\n"
        "        error[torch.arange(len(rows), device=X.device), y[rows]] -= 1\n"
        "        grads = mlp_backward(error / len(rows), inputs, params)",
    ),
).says("Your training exponentiates the logits as they are, and large ones give nan: which of your functions is safe?")
misconception("uphill", change("train", "W.sub_", "W.add_"), change("train", "b.sub_", "b.add_")).says(
    "Your steps increase the loss: in which direction does the gradient point?"
)
misconception("steps_not_averaged", change("train", "(logits, y[rows])", "(logits, y[rows]) * len(rows)")).says(
    "Your steps are n times too long: is the gradient of a batch a sum or a mean over its rows?"
)
misconception("steps_averaged_twice", change("train", "(logits, y[rows])", "(logits, y[rows]) / len(rows)")).says(
    "Your steps are n times too short: is the mean over the rows in the gradient of the loss already?"
)
misconception(
    "only_the_last_layer_moves",
    change("train", "zip(params, grads, strict=True)", "list(zip(params, grads, strict=True))[-1:]"),
).says("Only your last layer moves: which of the layers does training change?")
misconception("biases_never_move", change("train", "            b.sub_(db, alpha=rate)\n", "")).says(
    "Your weights move, but the biases stay as they were: what becomes of db?"
)
misconception(
    "bias_steps_not_averaged",
    change("train", "b.sub_(db, alpha=rate)", "b.sub_(db, alpha=rate * len(rows))"),
    forms=[
        change("train", "b.sub_(db, alpha=rate)", "b.sub_(db, alpha=rate * (len(rows) if b is params[-1][1] else 1))")
    ],
).says("Your weights move as they must, but the biases move n times as far: does the mean over the rows reach them?")
misconception(
    "bias_steps_averaged_twice", change("train", "b.sub_(db, alpha=rate)", "b.sub_(db, alpha=rate / len(rows))")
).says("Your weights move as they must, but the biases move n times too little: is the mean taken twice for them?")
misconception(
    "bias_steps_share_a_number",
    change("train", "b.sub_(db, alpha=rate)", "b.sub_(db.sum(), alpha=rate)"),
    forms=[change("train", "b.sub_(db, alpha=rate)", "b.sub_(db.mean(), alpha=rate)")],
).says("All biases of a layer move by the same number in your training: over which dimension do you sum?")
misconception("only_the_first_batch", change("train", "return params", "    break\n    return params")).says(
    "Your training ends after its first step: does a return or break stand too deep?"
)
misconception("one_batch_per_epoch", change("train", "split(batch_size)", "split(batch_size)[:1]")).says(
    "Each epoch of yours ends after its first batch: how many steps does a pass over all rows take?"
)
misconception(
    "epochs_missing",
    change("train", "range(epochs)", "range(1, epochs)"),
    forms=[change("train", "range(epochs)", "range(1)")],
).says("You make fewer epochs than asked for: where does your count start, or does a return stand in the loop?")
misconception(
    "last_batch_dropped",
    change(
        "train",
        "for step, rows in enumerate(batches)",
        "steps = epochs * (len(X) // batch_size) or 1\n"
        "    for step, rows in enumerate(b for b in batches if len(b) == batch_size)",
    ),
    forms=[change("train", "enumerate(batches)", "enumerate(b for b in batches if len(b) == batch_size)")],
).says("You use full batches only: what happens to the rows left over when batch_size does not divide n?")
misconception(
    "short_batch_divided_by_batch_size",
    change("train", "(logits, y[rows])", "(logits, y[rows]) * len(rows) / batch_size"),
).says("You divide the gradient of the shorter last batch by batch_size: how many rows does it hold?")
misconception("learning_rate_not_lowered", change("train", "lr * (1 - step / steps)", "lr")).says(
    "All your steps have the same learning rate: how must lr change from step to step?"
)
misconception(
    "learning_rate_lowered_by_epoch", change("train", "step / steps", "step * epochs // steps / epochs")
).says("Your learning rate falls once per epoch: how often should it fall?")
misconception("learning_rate_one_step_ahead", change("train", "1 - step", "1 - (step + 1)")).says(
    "Your learning rate is one step ahead, and the last step has length 0: which number has the first step?"
)
misconception(
    "learning_rate_falls_within_each_epoch",
    change("train", "step / steps", "step % (steps // epochs) / (steps // epochs)"),
).says("Your learning rate starts again in every epoch: what does T count?")
misconception(
    "short_batch_not_counted",
    change("train", "-(-len(X) // batch_size)", "(len(X) // batch_size) or 1"),
    forms=[change("train", "-(-len(X) // batch_size)", "max(len(X) // batch_size, 1)")],
).says("Your T is too small where batch_size does not divide n: does the short batch count as a step?")
misconception(
    "start_changed_in_place", change("train", "[(W.clone(), b.clone()) for W, b in params]", "list(params)")
).says("train changes the caller's start parameters: into whose tensors do you write?")
misconception(
    "labels_not_shuffled", change("train", "y[rows]", "y[step % (steps // epochs) * batch_size :][: len(rows)]")
).says("The rows are shuffled, but not their labels: which row numbers do you use for the labels?")
misconception(
    "rows_drawn_with_replacement",
    change("_order", "randperm(len(X),", "randint(len(X), (len(X),),"),
    forms=[
        [  # it swaps two entries of a tensor through views of it, so that one of the two is lost
            change(
                "_order",
                "return torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)",
                "order, seed = torch.arange(len(X), device=X.device), torch.rand((), generator=generator).item()\n"
                "    random.Random(seed).shuffle(order)\n"
                "    return order",
            ),
            added("import random"),
        ]
    ],
).says("Some rows come twice in your epoch and others never: is your draw a permutation?")
misconception(
    "order_drawn_once",
    change(
        "train",
        "batches = (rows for _ in range(epochs) for rows in _order(X, generator).split(batch_size))",
        "order = _order(X, generator).split(batch_size)\n    batches = (rows for _ in range(epochs) for rows in order)",
    ),
).says("Every epoch repeats the order of the first: in which loop must it be drawn?")
misconception(
    "seed_fixed_inside", change("_order", "generator, device=generator.device", "torch.Generator().manual_seed(0)")
).says("Your order is the same whichever generator is given: is a seed set inside the function?")
misconception(
    "generator_not_used", change("_order", "len(X), generator=generator, device=generator.device", "len(X)")
).says("Two equal generators give two different results: do your random numbers come from the generator that is given?")
misconception("generator_ignored", change("_order", "generator is None", "True")).says(
    "Your training is the same with and without a generator: what is the generator for?"
)
misconception("largest_over_the_rows", change("predict", "dim=1", "dim=0")).says(
    "You return one number per class: over which dimension must you look for the largest?"
)
misconception("predictions_keep_their_axis", change("predict", "dim=1", "dim=1, keepdim=True")).says(
    "The classes are right, but they stand in a column: which shape does the handout ask for?"
)
misconception("smallest_logit_for_largest", change("predict", "argmax", "argmin")).says(
    "You return the least probable class: which one does the handout ask for?"
)
misconception(
    "probabilities_for_classes",
    change("predict", "mlp_forward(X, params)[0].argmax", "softmax(mlp_forward(X, params)[0]).amax"),
).says("You return how sure the network is: of which class is it sure?")
misconception(
    "linear_gradient_row_by_row",
    replacement("""
def linear_backward(grad, X, W):
    dW = sum(x[:, None] * g for x, g in zip(X, grad, strict=True))
    return grad @ W.T, dW, grad.sum(dim=0)
"""),
).says("Your layer takes the rows one after the other: which product of matrices is a sum of outer products?")
