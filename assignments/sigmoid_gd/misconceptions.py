"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import added, change, misconception, replacement

SIGMOID = "torch.where(z >= 0, torch.ones_like(e), e) / (1 + e)"
SMALL = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)  # what people add or clip at before a logarithm


def sigmoid(body):
    return change("sigmoid", SIGMOID, body)


def log_loss(activation, added=""):
    """The loss by its definition, out of an activation."""
    loss = f"a = {activation}\n    return -(y * torch.log(a{added}) + (1 - y) * torch.log(1 - a{added}))"
    return change("binary_cross_entropy", "return (softplus - logits * y)", loss)


misconception(
    "sigmoid_overflows",
    sigmoid("torch.exp(z) / (1 + torch.exp(z))"),
    forms=[
        [
            sigmoid("z.new_tensor([1 / (1 + math.exp(-v)) for v in z.flatten().tolist()]).reshape(z.shape)"),
            added("import math"),
        ]
    ],
).says("Your sigmoid is nan for a large z, where exp gives inf and inf / inf is no number: which form is safe there?")
misconception(
    "sigmoid_clipped",
    sigmoid(f"({SIGMOID}).clamp(1e-4, 1 - 1e-4)"),
    forms=[
        *(sigmoid(f"({SIGMOID}).clamp({eps}, 1 - {eps})") for eps in (1e-3, *SMALL[:-1])),
        *(sigmoid(f"1 / (1 + torch.exp(-z.clamp(-{bound}, {bound})))") for bound in (10, 15, 20, 30)),
    ],
).says("Your sigmoid stops short of 0 and 1, and clipping bends its values: can exp be kept small instead?")
misconception("sigmoid_mirrored", sigmoid("torch.where(z >= 0, e, torch.ones_like(e)) / (1 + e)")).says(
    "Your sigmoid falls where it should rise: which sign does the exponent have?"
)
misconception("tanh_for_sigmoid", sigmoid("torch.tanh(z)")).says(
    "Your sigmoid runs from -1 to 1, as tanh does: what are the limits of a probability?"
)
misconception("derivative_of_the_activation", change("sigmoid_derivative", "a = sigmoid(z)", "a = z")).says(
    "sigmoid_derivative is given the logit z, not an activation: where in your code is the activation computed?"
)
misconception(
    "derivative_squashed_twice",
    change("sigmoid_derivative", "a = sigmoid(z)", "a = sigmoid(sigmoid(z))"),
    forms=[
        change("sigmoid_derivative", "1 - a", "1 - sigmoid(a)"),
        change("sigmoid_derivative", "a * (1 - a)", "sigmoid(a) * (1 - a)"),
    ],
).says("Your derivative applies the sigmoid to something that is a sigmoid already: which of your values is the logit?")
misconception(
    "derivative_overflows",
    change("sigmoid_derivative", "a * (1 - a)", "torch.exp(-z) / (1 + torch.exp(-z)) ** 2"),
    forms=[change("sigmoid_derivative", "a * (1 - a)", "torch.exp(z) / (1 + torch.exp(z)) ** 2")],
).says("Your derivative becomes inf / inf far from zero: is there a form of it without an exp of its own?")
misconception("derivative_is_the_sigmoid", change("sigmoid_derivative", "a * (1 - a)", "a")).says(
    "Your derivative is the sigmoid itself: how steep is the sigmoid where it is nearly 1?"
)
misconception("derivative_of_tanh", change("sigmoid_derivative", "a * (1 - a)", "1 - a * a")).says(
    "Your derivative is 1 - a^2, which belongs to tanh: what comes out for the sigmoid?"
)
misconception("derivative_turned", change("sigmoid_derivative", "1 - a", "a - 1")).says(
    "Your derivative is negative, but the sigmoid rises everywhere: which way round is the difference?"
)
misconception(
    "loss_saturates",
    log_loss("sigmoid(logits)"),
    forms=[
        change(
            "binary_cross_entropy",
            "return (softplus - logits * y)",
            "a = sigmoid(logits)\n    return -torch.where(y > 0, a, 1 - a).log()",
        ),
        change("binary_cross_entropy", "(softplus - logits * y)", "((1 + logits.exp()).log() - logits * y)"),
        change("binary_cross_entropy", "(softplus - logits * y)", "((1 + (-logits).exp()).log() + logits * (1 - y))"),
    ],
).says(
    "Your loss is inf or nan far from zero, where a sigmoid has rounded to 0 or 1, and an exp is inf: "
    "which form of the loss takes neither?"
)
misconception(
    "loss_clipped",
    log_loss("sigmoid(logits).clamp(1e-4, 1 - 1e-4)"),
    forms=[
        *(log_loss(f"sigmoid(logits).clamp({eps}, 1 - {eps})") for eps in (1e-3, *SMALL)),
        *(log_loss("sigmoid(logits)", f" + {eps}") for eps in SMALL),
        *(log_loss(f"sigmoid(logits.clamp(-{bound}, {bound}))") for bound in (10, 15, 20, 30)),
    ],
).says("Your loss of one row never exceeds a bound: do you clip, or add a small number, before the logarithm?")
misconception(
    "loss_made_finite",
    change(
        "binary_cross_entropy",
        "(softplus - logits * y)",
        "torch.nan_to_num(-y * sigmoid(logits).log() - (1 - y) * (1 - sigmoid(logits)).log())",
    ),
).says("Your loss replaces inf by the largest number there is: which form of the loss is never inf?")
misconception(
    "loss_negated",
    change("binary_cross_entropy", "return ", "return -"),
    forms=[[log_loss("sigmoid(logits)"), change("binary_cross_entropy", "return ", "return -")]],
).says("Your loss is negative: which sign does the logarithm of a probability have?")
misconception(
    "loss_of_one_class_only", change("binary_cross_entropy", "softplus - logits * y", "y * (softplus - logits)")
).says("Rows with the target 0 cost nothing in your loss: which of its two terms belongs to them?")
misconception("loss_of_exchanged_targets", change("binary_cross_entropy", "logits * y", "logits * (1 - y)")).says(
    "Your loss is small for wrong predictions and large for right ones: which logarithm goes with the target 1?"
)
misconception(
    "loss_with_one_sign_turned", change("binary_cross_entropy", "softplus - logits", "softplus + logits")
).says("In your loss the logit of a row with the target 1 has the wrong sign: what is left of -log(a) in terms of z?")
misconception("loss_averaged_twice", change("binary_cross_entropy", "mean()", "mean() / len(y)")).says(
    "Your loss is n times too small: is the mean taken twice?"
)
misconception("loss_halved", change("binary_cross_entropy", "mean()", "mean() / 2")).says(
    "Your loss is half of what it must be: is a 1/2 left over from the squared error?"
)
misconception(
    "loss_in_bits",
    change("binary_cross_entropy", "mean()", "mean() / torch.tensor(2.0).log().item()"),
    forms=[change("binary_cross_entropy", "mean()", "mean() / torch.tensor(10.0).log().item()")],
).says("Your loss is right except for the base of the logarithm: which base gives nats?")
misconception(
    "loss_squashed_twice",
    change("binary_cross_entropy", "softplus = logits", "logits = sigmoid(logits)\n    softplus = logits"),
).says("Your loss takes the sigmoid of a sigmoid: does its argument hold logits or probabilities?")
misconception("loss_of_logits_as_probabilities", log_loss("logits")).says(
    "Your loss takes the logarithm of the logits themselves: which function turns a logit into a probability?"
)
misconception(
    "loss_of_squares",
    change("binary_cross_entropy", "(softplus - logits * y)", "(sigmoid(logits) - y).square()"),
    forms=[
        change("binary_cross_entropy", "(softplus - logits * y).mean()", "(sigmoid(logits) - y).square().mean() / 2")
    ],
).says("Your loss is the squared error of the probabilities: which logarithm does the handout ask for?")
misconception(
    "loss_summed",
    change("binary_cross_entropy", "mean()", "sum()"),
    forms=[
        [log_loss("sigmoid(logits)"), change("binary_cross_entropy", "mean()", "sum()")],
        change(
            "binary_cross_entropy",
            "(softplus - logits * y).mean()",
            "-torch.where(y > 0, sigmoid(logits), 1 - sigmoid(logits)).log().sum()",
        ),
    ],
).says("Your loss grows with the number of rows: is it a sum where the mean is asked for?")
misconception(
    "loss_of_each_row",
    change("binary_cross_entropy", ".mean()", ""),
    forms=[[log_loss("sigmoid(logits)"), change("binary_cross_entropy", ".mean()", "")]],
).says("Your loss has an entry for every row: how do the rows become one number?")
misconception("every_row_meets_every_target", change("binary_cross_entropy", "logits * y", "logits * y[:, None]")).says(
    "In your loss every logit meets every target: is one of the two a column, so that they broadcast to [n, n]?"
)
misconception(
    "every_row_meets_every_target_and_all_are_summed",
    change("binary_cross_entropy", "(softplus - logits * y).mean()", "(softplus - logits * y[:, None]).sum() / len(y)"),
).says("Your loss sums over all pairs of a logit and a target: is one of the two a column, or transposed?")
misconception("loss_in_place", change("binary_cross_entropy", "logits * y", "logits.mul_(y)")).says(
    "Your loss is right, but the caller's logits have changed too: which operation writes into them?"
)
misconception(
    "gradient_not_averaged",
    change("logistic_gradients", "error / len(X), error.mean()", "error, error.sum()"),
    forms=[change("train_logistic", "lr=lr", "lr=lr * len(rows)")],
).says("Your gradients are n times too large: the loss is a mean over the rows, so what follows for its gradient?")
misconception("bias_gradient_not_averaged", change("logistic_gradients", "error.mean()", "error.sum()")).says(
    "dw is right, but db is n times too large: does the mean over the rows reach the bias too?"
)
misconception("weight_gradient_not_averaged", change("logistic_gradients", "error / len(X)", "error")).says(
    "db is right, but dw is n times too large: does the mean over the rows reach the weights too?"
)
misconception(
    "weight_gradient_not_summed",
    change("logistic_gradients", "X.T @ error", "X * error[:, None]"),
    forms=[
        change("logistic_gradients", "X.T @ error", "X.T * error"),
        change("logistic_gradients", "X.T @ error / len(X)", "X * error[:, None]"),
        change("logistic_gradients", "X.T @ error / len(X)", "X.T * error"),
    ],
).says("Your dw has an entry for every row and feature: how do the rows become one number per weight?")
misconception(
    "gradient_divided_by_the_features",
    change("logistic_gradients", "len(X), error.mean()", "X.shape[1], error.sum() / X.shape[1]"),
    forms=[change("logistic_gradients", "len(X)", "X.shape[1]")],
).says("You divide a gradient by the number of features: over what does the loss take its mean?")
misconception(
    "gradient_averaged_twice",
    change("logistic_gradients", "len(X), error.mean()", "len(X) ** 2, error.mean() / len(X)"),
).says("Your gradients are n times too small: is the mean taken twice?")
misconception("bias_gradient_left_zero", change("logistic_gradients", "error.mean()", "torch.zeros_like(b)")).says(
    "dw is right, but db is always 0: how does the loss change when b does?"
)
misconception("gradient_without_a_sigmoid", change("logistic_gradients", "sigmoid(X @ w + b)", "X @ w + b")).says(
    "Your error is the logit minus the target: which output of the neuron must be compared with the target?"
)
misconception(
    "weight_gradient_averaged_over_everything",
    change("logistic_gradients", "X.T @ error / len(X)", "(X.T * error).mean()"),
    forms=[
        change("logistic_gradients", "X.T @ error / len(X)", "(X.T * error).mean() * torch.ones_like(w)"),
        change("logistic_gradients", "X.T @ error", "(X.T * error).sum()"),
        change("logistic_gradients", "X.T @ error", "(X.T * error).sum() * torch.ones_like(w)"),
    ],
).says("Your dw is one number for all weights: over which axis must the rows be averaged, and which one must stay?")
misconception(
    "gradient_of_the_last_row",
    change(
        "logistic_gradients", "X.T @ error / len(X), error.mean()", "X[-1] * error[-1] / len(X), error[-1] / len(X)"
    ),
    forms=[
        change("logistic_gradients", "X.T @ error / len(X), error.mean()", "X[-1] * error[-1], error[-1]"),
        change("train_logistic", "X[rows], y[rows], w, b, lr=lr", "X[rows[-1:]], y[rows[-1:]], w, b, lr=lr"),
        change(
            "train_logistic", "X[rows], y[rows], w, b, lr=lr", "X[rows[-1:]], y[rows[-1:]], w, b, lr=lr / len(rows)"
        ),
    ],
).says("Only the last row enters your gradient: does a line of the loop overwrite what it should add to?")
misconception(
    "gradient_divided_row_by_row",
    replacement("""
def logistic_gradients(X, y, w, b):
    dw, db = torch.zeros_like(w), torch.zeros_like(b)
    for x, error in zip(X, sigmoid(X @ w + b) - y, strict=True):
        dw, db = (dw + x * error) / len(X), (db + error) / len(X)
    return dw, db
"""),
).says("Your first rows hardly enter the gradient: does the division by n stand inside the loop over the rows?")
misconception(
    "gradient_halved", change("logistic_gradients", "sigmoid(X @ w + b) - y", "(sigmoid(X @ w + b) - y) / 2")
).says("Your gradients are half of what they must be: is a 1/2 left over from another loss?")
misconception(
    "gradient_doubled", change("logistic_gradients", "sigmoid(X @ w + b) - y", "2 * (sigmoid(X @ w + b) - y)")
).says("Your gradients are twice what they must be: is a 2 left over from the squared error?")
misconception(
    "gradient_of_decisions", change("logistic_gradients", "sigmoid(X @ w + b)", "(X @ w + b > 0).to(X.dtype)")
).says("Your error compares a decision with the target: what does the neuron return before it decides?")
misconception(
    "gradient_without_the_features",
    change("logistic_gradients", "X.T @ error / len(X)", "error.mean() * torch.ones_like(w)"),
).says("Every entry of your dw is the mean error: by what is the error of a row multiplied on its way to a weight?")
misconception("gradient_without_the_bias", change("logistic_gradients", "sigmoid(X @ w + b)", "sigmoid(X @ w)")).says(
    "Your gradients do not depend on b: what is the logit of a row?"
)
misconception(
    "gradient_without_the_targets", change("logistic_gradients", "sigmoid(X @ w + b) - y", "sigmoid(X @ w + b)")
).says("Your gradients do not depend on y: what is the error of a row?")
misconception(
    "weight_gradient_is_a_column", change("logistic_gradients", "X.T @ error / len(X)", "X.T @ error[:, None] / len(X)")
).says("Your dw is right, but a column: which shape do the weights have?")
misconception(
    "every_error_meets_every_target",
    change("logistic_gradients", "sigmoid(X @ w + b) - y", "(sigmoid(X @ w + b)[:, None] - y).mean(1)"),
    forms=[change("logistic_gradients", "sigmoid(X @ w + b) - y", "(sigmoid(X @ w + b) - y[:, None]).mean(0)")],
).says(
    "In your gradients every logit meets every target: is one of the two a column, so that they broadcast to [n, n]?"
)
misconception(
    "every_error_meets_every_target_and_all_are_summed",
    change("logistic_gradients", "sigmoid(X @ w + b) - y", "(sigmoid(X @ w + b)[:, None] - y).sum(1)"),
    forms=[change("logistic_gradients", "sigmoid(X @ w + b) - y", "(sigmoid(X @ w + b) - y[:, None]).sum(0)")],
).says("Your gradients sum over all pairs of a logit and a target: is one of the two a column, or transposed?")
misconception(
    "gradient_with_extra_slope",
    change("logistic_gradients", "sigmoid(X @ w + b) - y", "(sigmoid(X @ w + b) - y) * sigmoid_derivative(X @ w + b)"),
).says("Your gradients have a factor a (1 - a) too many: what cancels the slope of the sigmoid in this loss?")
misconception("uphill", change("gradient_step", "w - lr * dw, b - lr * db", "w + lr * dw, b + lr * db")).says(
    "Your step increases the loss: in which direction does the gradient point?"
)
misconception(
    "gradient_with_wrong_sign", change("logistic_gradients", "sigmoid(X @ w + b) - y", "y - sigmoid(X @ w + b)")
).says("Your gradients have the wrong sign: is the error prediction minus target, or the reverse?")
misconception(
    "bias_outside_the_exponent", change("logistic_gradients", "sigmoid(X @ w + b)", "1 / (1 + torch.exp(-(X @ w)) + b)")
).says("Your bias stands beside the exponential, not in its exponent: what is the logit?")
misconception(
    "bias_sees_the_new_weights",
    change("gradient_step", "b - lr * db", "b - lr * logistic_gradients(X, y, w - lr * dw, b)[1]"),
).says("b moves by a gradient that was taken after w had moved: do both gradients belong to the same old values?")
misconception(
    "weights_see_the_new_bias",
    change("gradient_step", "w - lr * dw", "w - lr * logistic_gradients(X, y, w, b - lr * db)[0]"),
).says("w moves by a gradient that was taken after b had moved: do both gradients belong to the same old values?")
misconception("weights_never_move", change("gradient_step", "w - lr * dw", "w.clone()")).says(
    "b moves, but w comes back as it was: what becomes of dw?"
)
misconception("learning_rate_for_the_weights_only", change("gradient_step", "lr * db", "db")).says(
    "Only w moves by lr, b by the whole of db: which step does the handout take for b?"
)
misconception("bias_never_moves", change("gradient_step", "b - lr * db", "b")).says(
    "w moves, but b comes back as it was: what becomes of db?"
)
misconception("learning_rate_ignored", change("gradient_step", "w - lr * dw, b - lr * db", "w - dw, b - db")).says(
    "The length of your step does not depend on lr: where should lr come in?"
)
misconception(
    "step_averaged_again",
    change("gradient_step", "w - lr * dw, b - lr * db", "w - lr * dw / len(X), b - lr * db / len(X)"),
).says("Your step is n times too short: does the gradient contain the mean over the rows already?")
misconception(
    "step_in_place",
    change("gradient_step", "return w - lr * dw, b - lr * db", "w -= lr * dw\n    b -= lr * db\n    return w, b"),
).says("The numbers are right, but the caller's w and b have changed too: does `-=` make a new tensor?")
misconception(
    "last_batch_dropped",
    change(
        "minibatches",
        "return list(order.split(batch_size or n))",
        "size = batch_size or n\n    return [rows for rows in order.split(size) if len(rows) == size]",
    ),
).says("You use full batches only: what happens to the rows of the last, shorter one?")
misconception(
    "last_batch_divided_by_batch_size", change("train_logistic", "lr=lr", "lr=lr * len(rows) / (batch_size or len(X))")
).says("Full batches are right, but the shorter last one is divided by batch_size: how many rows does it hold?")
misconception("never_shuffled", change("minibatches", "generator is None", "True")).says(
    "Your rows keep their order although a generator is given: what is the generator for?"
)
misconception(
    "shuffled_only_once",
    change(
        "train_logistic",
        "for _epoch in range(epochs):\n        for rows in minibatches(len(X), batch_size, generator)",
        "batches = minibatches(len(X), batch_size, generator)\n"
        "    for _epoch in range(epochs):\n"
        "        for rows in batches",
    ),
).says("Every epoch repeats the order of the first: in which loop must the batches be drawn?")
misconception(
    "rows_drawn_with_replacement",
    change("minibatches", "randperm(n,", "randint(n, (n,),"),
    forms=[
        [  # it swaps two entries of a tensor through views of it, so that one of the two is lost
            change(
                "minibatches",
                "order = torch.randperm(n, generator=generator, device=generator.device)",
                "order = torch.arange(n)\n"
                "        seed = torch.rand((), generator=generator).item()\n"
                "        random.Random(seed).shuffle(order)",
            ),
            added("import random"),
        ]
    ],
).says("Some rows come twice in your epoch and others not at all: is your draw a permutation?")
misconception(
    "targets_keep_their_order",
    change(
        "train_logistic",
        "for rows in minibatches(len(X), batch_size, generator):\n"
        "            w, b = gradient_step(X[rows], y[rows], w, b, lr=lr)",
        "first = 0\n"
        "        for rows in minibatches(len(X), batch_size, generator):\n"
        "            chosen = y[first : first + len(rows)]\n"
        "            first += len(rows)\n"
        "            w, b = gradient_step(X[rows], chosen, w, b, lr=lr)",
    ),
).says("The rows of X are shuffled, but not their targets: which row numbers do you use for y?")
misconception(
    "seed_fixed_inside",
    change("minibatches", "generator=generator", "generator=torch.Generator(generator.device).manual_seed(0)"),
).says("Your order is the same whichever generator is given: is a seed set inside the function?")
misconception("generator_not_used", change("minibatches", "n, generator=generator, device=generator.device", "n")).says(
    "Two equal generators give two different orders: do your random numbers come from the generator that is given?"
)
misconception("batch_size_ignored", change("minibatches", "batch_size or n", "n")).says(
    "All rows come in one batch whatever batch_size is: where do you use it?"
)
misconception(
    "batch_size_as_the_number_of_batches",
    change("minibatches", "order.split(batch_size or n)", "order.chunk(batch_size or 1)"),
    forms=[change("minibatches", "order.split(batch_size or n)", "order.tensor_split(batch_size or 1)")],
).says("You take batch_size as the number of batches: what does it count in the handout?")
misconception("only_the_first_batch", change("train_logistic", "lr=lr)", "lr=lr)\n            break")).says(
    "Your epoch ends after its first batch: how many steps does one pass over all rows take?"
)
misconception("one_epoch_too_few", change("train_logistic", "range(epochs)", "range(1, epochs)")).says(
    "You make one epoch fewer than asked for: where does your count start, and where does it end?"
)
misconception("one_epoch_too_many", change("train_logistic", "range(epochs)", "range(epochs + 1)")).says(
    "You make one epoch more than asked for: where does your count start, and where does it end?"
)
misconception(
    "every_epoch_starts_over",
    change(
        "train_logistic",
        "for _epoch in range(epochs):",
        "start = w, b\n    for _epoch in range(epochs):\n        w, b = start",
    ),
).says("After several epochs you are where one epoch leads: from which w and b does the second epoch start?")
misconception("line_gradient_halved", change("squared_error_gradients", "2 * (X @ w + b - y)", "X @ w + b - y")).says(
    "Your gradients of the line are half of what they must be: does this loss have a 1/2 that cancels the 2?"
)
misconception(
    "line_gradient_not_averaged",
    change("squared_error_gradients", "error / len(X), error.mean()", "error, error.sum()"),
).says("Your gradients of the line are n times too large, so the steps overshoot: is the mean missing?")
misconception("line_bias_gradient_not_averaged", change("squared_error_gradients", "error.mean()", "error.sum()")).says(
    "For the line, dw is right, but db is n times too large: does the mean reach the bias too?"
)
misconception("line_gradient_turned", change("squared_error_gradients", "X @ w + b - y", "y - X @ w - b")).says(
    "Your gradients of the line have the wrong sign: is the error prediction minus target, or the reverse?"
)
misconception(
    "line_bias_sees_the_new_weights",
    change("fit_linear", "b - lr * db", "b - lr * squared_error_gradients(X, y, w - lr * dw, b)[1]"),
).says("In fit_linear b moves by a gradient that was taken after w had moved: do both belong to the same old values?")
misconception("line_one_step_too_many", change("fit_linear", "range(steps)", "range(steps + 1)")).says(
    "fit_linear makes one step more than asked for: where does your count start, and where does it end?"
)
misconception("line_bias_never_moves", change("fit_linear", "w, b = w - lr * dw, b - lr * db", "w = w - lr * dw")).says(
    "In fit_linear only w moves: what becomes of db?"
)
misconception(
    "line_weights_never_move", change("fit_linear", "w, b = w - lr * dw, b - lr * db", "b = b - lr * db")
).says("In fit_linear only b moves: what becomes of dw?")
misconception("line_one_step_too_few", change("fit_linear", "range(steps)", "range(1, steps)")).says(
    "fit_linear makes one step fewer than asked for: where does your count start, and where does it end?"
)
misconception("line_without_bias", change("squared_error_gradients", "X @ w + b - y", "X @ w - y")).says(
    "Your predictions of the line leave out the bias: does b enter the error?"
)
misconception(
    "line_through_a_sigmoid", change("squared_error_gradients", "X @ w + b - y", "sigmoid(X @ w + b) - y")
).says("A line predicts any real number, so its predictions need no sigmoid: is one left from the exercise before?")
misconception("threshold_on_the_logit", change("predict_nine", "b > 0", "b > 0.5")).says(
    "You compare the logit with 1/2, but the rule is about the probability: which logit has the probability 1/2?"
)
misconception("half_counts_as_nine", change("predict_nine", "b > 0", "b >= 0")).says(
    "A probability of exactly one half counts as a nine in your code: what does the handout say about it?"
)
misconception("decision_at_probability_zero", change("predict_nine", "X @ w + b", "sigmoid(X @ w + b)")).says(
    "Every probability is above 0, so everything becomes a nine: with which number must it be compared?"
)
misconception("decisions_turned", change("predict_nine", "b > 0", "b < 0")).says(
    "Your decisions are turned round: does a large logit speak for a nine or against it?"
)
misconception("decision_without_the_bias", change("predict_nine", "X @ w + b", "X @ w")).says(
    "Your decisions do not depend on b: what is the logit of a row?"
)
misconception(
    "decisions_not_integers",
    change("predict_nine", "(X @ w + b > 0).long()", "(X @ w + b > 0)"),
    forms=[change("predict_nine", "long()", "to(X.dtype)")],
).says("Your decisions are right, but their dtype is not: which one does the handout ask for?")
misconception(
    "probabilities_for_decisions",
    change("predict_nine", "(X @ w + b > 0).long()", "sigmoid(X @ w + b)"),
    forms=[change("predict_nine", "(X @ w + b > 0).long()", "X @ w + b")],
).says("You return how likely a nine is, not whether it is one: what turns the one into the other?")
misconception("nine_is_the_zero_class", change("fit_nine", "labels == 9", "labels != 9")).says(
    "Your detector learns everything but the nines: which images have the target 1?"
)
misconception("digits_for_targets", change("fit_nine", "(labels == 9).to", "labels.to")).says(
    "Your targets are the digits themselves: which two values can a target of this loss have?"
)
misconception(
    "start_not_from_zeros",
    change("fit_nine", "X.new_zeros(X.shape[1])", "X.new_ones(X.shape[1])"),
    forms=[
        change("fit_nine", "X.new_zeros(X.shape[1]), X.new_zeros(())", "X.new_ones(X.shape[1]), X.new_ones(())"),
        *(
            change("fit_nine", "X.new_zeros(X.shape[1])", f"{scale} * torch.randn(X.shape[1]).to(X)")
            for scale in (1, 0.1, 0.01)
        ),
    ],
).says("Your detector does not start from zeros: with which w and b must it begin?")
misconception(
    "generator_not_handed_on", change("fit_nine", "batch_size=batch_size, generator=generator", "batch_size=batch_size")
).says("Your detector never shuffles: do you pass the generator on to the training?")
misconception(
    "batch_size_not_handed_on", change("fit_nine", "batch_size=batch_size, generator=generator", "generator=generator")
).says("Your detector trains on all rows at once: do you pass batch_size on to the training?")
misconception(
    "line_row_by_row",
    change("squared_error_gradients", "X.T @ error", "sum(e * x for e, x in zip(error, X, strict=True))"),
).says("fit_linear takes the rows one after the other: which product sums over all of them?")
