"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception

RIGHT = "if y * (x @ w + b) > 0:"
MOVED = "return w + y * x, b + y"
COUNTED = "count += int(bias != b)"
STOPPED = "if count == 0:"
START = "w, b = X.new_zeros(X.shape[1]), X.new_zeros(())"
SQUARED = "return error.square().mean(), 2 * error / len(error)"
ABSOLUTE = "return error.abs().mean(), error.sign() / len(error)"
HUBER = "return loss.mean(), near / len(error)"
PRICE = "near * (error - near / 2)"
STEP = "w, b = w - lr * dw, b - lr * db"
BACK = "return grad @ X, grad.sum()"
ONES = "torch.cat([X, X.new_ones(len(X), 1)], dim=1)"
SOLVED = "torch.linalg.lstsq(append_ones(X), y[:, None]).solution[:, 0]"
LAYER = "return W1 @ W2, b1 @ W2 + b2"
FAR = "linear_unit(X, w, b) / w.square().sum().sqrt()"
CHOSEN = "(labels == 1) | (labels == 7)"
TARGETS = "(labels[chosen] - 4).sign().to(X.dtype)"
DECIDED = "torch.where(linear_unit(X, w, b) > 0, 7, 1)"


def step(old, new):
    return change("perceptron_step", old, new)


def training(old, new):
    return change("train_perceptron", old, new)


def squared(loss="error.square().mean()", grad="2 * error / len(error)"):
    return change("squared_loss", SQUARED, f"return {loss}, {grad}")


def absolute(loss="error.abs().mean()", grad="error.sign() / len(error)"):
    return change("absolute_loss", ABSOLUTE, f"return {loss}, {grad}")


def huber(loss="loss.mean()", grad="near / len(error)"):
    return change("huber_loss", HUBER, f"return {loss}, {grad}")


def descent(old, new):
    return change("descend", old, new)


def distance(instead):
    return change("distance_to_boundary", FAR, instead)


misconception(
    "learns_from_right_answers_too",
    step(RIGHT, "if False:"),
    forms=[step(RIGHT, "if y * (x @ w + b) > 1:"), step(RIGHT, "if y * (x @ w + b) == 0 and False:")],
).says("Rows that are on their own side move the weights too: when does a perceptron learn?")
misconception(
    "learns_from_right_answers_only",
    step(RIGHT, "if y * (x @ w + b) <= 0:"),
    forms=[step(RIGHT, "if y * (x @ w + b) < 0:")],
).says("You move the weights where the unit is right: which sign has y times z where it is wrong?")
misconception(
    "targets_of_zero_and_one",
    step(MOVED, "target = (y + 1) / 2\n    return w + target * x, b + target"),
    forms=[step(MOVED, "return w + (y > 0) * x, b + (y > 0).to(b)")],
).says("A mistake with target -1 moves nothing, as if that target were 0: which values has y here?")
misconception(
    "perceptron_error_as_step",
    step(MOVED, "said = (x @ w + b).sign()\n    return w + (y - said) * x, b + (y - said)"),
    forms=[
        step(MOVED, f"said = 1 if x @ w + b {sign} 0 else -1\n    return w + (y - said) * x, b + (y - said)")
        for sign in (">=", ">")
    ],
).says("Your steps are those of target minus answer, which is 2 for a mistake: how large is a step in the handout?")
misconception(
    "bias_never_updated",
    step(MOVED, "return w + y * x, b"),
    training(COUNTED, "count += int((after != w).any())"),
    forms=[step(MOVED, "return w + y * x, b")],
).says("Your bias stays where it began: of which feature is it the weight?")
misconception("bias_moves_by_one", step(MOVED, "return w + y * x, b + 1")).says(
    "Your bias moves up with every mistake: which sign has the step for a row with target -1?"
)
misconception(
    "bias_moves_the_other_way",
    step(MOVED, "return w + y * x, b - y"),
).says("Your bias moves against the target, as a threshold would: on which side of the equation does b stand?")
misconception(
    "steps_the_wrong_way",
    step(MOVED, "return w - y * x, b - y"),
).says("Your steps make each mistake worse: what does z become if y times x is added to w?")
misconception("target_left_out_of_the_step", step(MOVED, "return w + x, b + 1")).says(
    "You add each row that is wrong, whatever its target: what does a row with target -1 do to w?"
)
misconception(
    "only_the_sign_of_the_row",
    step(MOVED, "return w + y * x.sign(), b + y"),
).says("Your weights move by whole numbers: is the row added, or only its signs?")
misconception(
    "zero_taken_for_right",
    step(RIGHT, "if y * (x @ w + b) >= 0:"),
    forms=[step(RIGHT, "if (x @ w + b).sign() * y >= 0:")],
).says("Where z is 0 you change nothing, and from zeros you never begin: is a row on the boundary on its side?")
misconception(
    "zero_taken_for_plus_one",
    step(RIGHT, "if (x @ w + b >= 0) == (y > 0):"),
    forms=[step(RIGHT, "if (1 if x @ w + b >= 0 else -1) == y:")],
).says("Where z is 0 you take the answer for +1: does a target of 1 make a row on the boundary right?")
misconception(
    "zero_taken_for_minus_one",
    step(RIGHT, "if (x @ w + b > 0) == (y > 0):"),
    forms=[step(RIGHT, "if (1 if x @ w + b > 0 else -1) == y:")],
).says("Where z is 0 you take the answer for -1: does a target of -1 make a row on the boundary right?")
misconception(
    "bias_left_out_of_the_answer",
    step(RIGHT, "if y * (x @ w) > 0:"),
).says("You decide without the bias whether a row is wrong: what does the unit say about it?")
misconception(
    "step_in_place",
    step(MOVED, "w += y * x\n    b += y\n    return w, b"),
    training(
        "after, bias = perceptron_step(x, target, w, b)",
        "after, bias = perceptron_step(x, target, w.clone(), b.clone())",
    ),
).says("You write into the weights that were given, as += does: who else needs them?")
misconception(
    "stops_after_the_first_mistake",
    training(
        "w, b = after, bias\n        mistakes",
        "w, b = after, bias\n            if count:\n                break\n        mistakes",
    ),
).says("Your training ends with a mistake: what must an epoch look like that is the last one?")
misconception(
    "ends_after_one_epoch",
    training(STOPPED, "if mistakes:"),
    forms=[training("range(max_epochs)", "range(1)"), training(STOPPED, "if count > 0:")],
).says("Your training ends after its first epoch: how do you know that no row is wrong any more?")
misconception(
    "never_ends_early",
    training(STOPPED, "if False:"),
    forms=[training(STOPPED, "if count < 0:")],
).says("You go on after an epoch without a mistake: what could another one change?")
misconception(
    "needs_two_clean_epochs",
    training(STOPPED, "if mistakes[-2:] == [0, 0]:"),
).says("You wait for a second epoch without a mistake: have the weights changed since the first?")
misconception(
    "last_epoch_not_counted",
    training("mistakes.append(count)\n", "pass\n"),
    training("w, b = after, bias\n", "w, b = after, bias\n        if count:\n            mistakes.append(count)\n"),
    forms=[training("return w, b, mistakes", "return w, b, mistakes[:-1] if mistakes[-1] == 0 else mistakes")],
).says("The epoch without a mistake is missing in your list: was it begun?")
misconception(
    "one_epoch_too_few",
    training("range(max_epochs)", "range(max_epochs - 1)"),
    forms=[training("range(max_epochs)", "range(1, max_epochs)")],
).says("You give up one epoch too early: how many numbers has range(1, max_epochs)?")
misconception("one_epoch_too_many", training("range(max_epochs)", "range(max_epochs + 1)")).says(
    "You give up one epoch too late: how many numbers has your range?"
)
misconception(
    "mistakes_of_all_epochs_together",
    training("mistakes.append(count)", "mistakes.append(count + (mistakes[-1] if mistakes else 0))"),
    forms=[training("return w, b, mistakes", "return w, b, sum(mistakes)")],
).says("Your numbers are sums over the epochs so far: where does the count of an epoch begin?")
misconception(
    "mistakes_counted_at_the_end",
    training("mistakes.append(count)", "mistakes.append(int((y * (X @ w + b) <= 0).sum()))"),
    forms=[
        [
            training(
                "mistakes.append(count)", "count = int((y * (X @ w + b) <= 0).sum())\n        mistakes.append(count)"
            ),
        ]
    ],
).says("You count the rows that are wrong after the epoch: which mistakes were made while it passed?")
misconception(
    "number_of_epochs_for_the_list",
    training("return w, b, mistakes", "return w, b, len(mistakes)"),
).says("You return one number: what does the list say of each epoch?")
misconception(
    "starts_with_ones",
    training(START, "w, b = X.new_ones(X.shape[1]), X.new_zeros(())"),
    forms=[training(START, "w, b = X.new_zeros(X.shape[1]), X.new_ones(())")],
).says("Your weights or your bias do not start at 0: which start does the handout ask for?")
misconception(
    "starts_over_in_every_epoch",
    training("count = 0\n", "count = 0\n        w, b = X.new_zeros(X.shape[1]), X.new_zeros(())\n"),
).says("Each of your epochs begins with zeros again: what has the unit learned by then?")
misconception(
    "all_rows_judged_by_the_old_weights",
    training("after, bias = perceptron_step(x, target, w, b)", "after, bias = perceptron_step(x, target, *old)"),
    training("count = 0\n", "count = 0\n        old = (w, b)\n"),
    training(
        "count += int(bias != b)\n            w, b = after, bias",
        "count += int(bias != old[1])\n            w, b = w + after - old[0], b + bias - old[1]",
    ),
).says("In an epoch all rows are judged by the weights from before it: which weights does the second row meet?")
misconception(
    "prediction_without_the_bias",
    change("linear_unit", "X @ w + b", "X @ w"),
).says("Your predictions do not depend on b: what does the unit say about a row of zeros?")
misconception(
    "prediction_with_a_sign",
    change("linear_unit", "return X @ w + b", "return (X @ w + b).sign()"),
).says("Your predictions are signs: what does the linear unit leave out of the perceptron?")
misconception(
    "prediction_squashed",
    change("linear_unit", "return X @ w + b", "return (X @ w + b).sigmoid()"),
).says("Your predictions lie between 0 and 1: is there a sigmoid in a linear unit?")
misconception(
    "prediction_keeps_an_axis",
    change("linear_unit", "return X @ w + b", "return (X @ w + b)[:, None]"),
    forms=[change("linear_unit", "return X @ w + b", "return X @ w[:, None] + b")],
).says("The values are right, but their shape is [n, 1]: which shape have the predictions?")
misconception(
    "gradients_averaged_again", change("linear_gradients", BACK, "return grad @ X / len(X), grad.mean()")
).says("Your gradients are n times too small: where is the 1/n of a mean already?")
misconception(
    "bias_gradient_averaged",
    change("linear_gradients", BACK, "return grad @ X, grad.mean()"),
).says("Your db is n times too small: is it a sum or a mean over grad?")
misconception(
    "weight_gradient_averaged", change("linear_gradients", BACK, "return grad @ X / len(X), grad.sum()")
).says("Your dw is n times too small: is it a sum or a mean over the rows?")
misconception(
    "weight_gradient_not_summed",
    change("linear_gradients", BACK, "return grad[:, None] * X, grad"),
    forms=[change("linear_gradients", BACK, "return grad[:, None] * X, grad.sum()")],
).says("Your dw has a row for each row of X: which shape has w, and who shares it?")
misconception(
    "bias_gradient_with_the_features", change("linear_gradients", BACK, "return grad @ X, (grad @ X).sum()")
).says("Your db is the sum of dw: by which feature is the bias multiplied?")
misconception("gradients_turned", change("linear_gradients", BACK, "return -grad @ X, -grad.sum()")).says(
    "Both gradients have the wrong sign: who takes the step downwards?"
)
misconception(
    "unit_goes_row_by_row",
    change("linear_unit", "X @ w + b", "torch.stack([x @ w + b for x in X])"),
    forms=[
        change("linear_gradients", BACK, "return sum(g * x for g, x in zip(grad, X)), grad.sum()"),
        change("linear_unit", "X @ w + b", "torch.stack([(x * w).sum() for x in X]) + b"),
    ],
).says("Your unit goes through the rows one by one: which product takes all of them at once?")
misconception(
    "squared_factor_two_lost",
    squared(grad="error / len(error)"),
    forms=[squared("error.square().mean() / 2", "2 * error / len(error)")],
).says("Loss and gradient of your squared loss differ by a factor 2: what is the slope of e^2?")
misconception(
    "squared_with_a_half",
    squared("error.square().mean() / 2", "error / len(error)"),
).says("Your squared loss has a 1/2: is there one in the table?")
misconception(
    "squared_summed",
    squared("error.square().sum()", "2 * error"),
    forms=[squared("error.square().sum()")],
).says("Your squared loss is a sum over the rows: by what is a mean divided?")
misconception("squared_gradient_not_averaged", squared(grad="2 * error")).says(
    "The gradient of your squared loss is n times too large: of which mean is it the slope?"
)
misconception(
    "squared_gradient_turned",
    squared(grad="-2 * error / len(error)"),
    forms=[squared(grad="2 * (y - predictions) / len(error)")],
).says("The gradient of your squared loss points downhill: in which order does the error subtract?")
misconception("squared_gradient_averaged_to_a_number", squared(grad="2 * error.mean()")).says(
    "The gradient of your squared loss is one number: how many predictions are there?"
)
misconception(
    "root_of_the_squared_loss",
    squared("error.square().mean().sqrt()"),
    forms=[squared("error.square().mean().sqrt()", "error / len(error) / error.square().mean().sqrt()")],
).says("You return the root of the mean squared error: does the table take one?")
misconception(
    "absolute_gradient_without_a_sign",
    absolute(grad="torch.ones_like(error) / len(error)"),
    forms=[absolute(grad="error.abs() / len(error)")],
).says("The gradient of your absolute loss has no sign: which way does |e| go for a negative error?")
misconception(
    "absolute_gradient_of_a_square",
    absolute(grad="error / len(error)"),
    forms=[absolute(grad="2 * error / len(error)")],
).says("The gradient of your absolute loss grows with the error: how steep is |e| far from 0?")
misconception("absolute_gradient_not_averaged", absolute(grad="error.sign()")).says(
    "The gradient of your absolute loss is n times too large: where is the 1/n of the mean?"
)
misconception(
    "absolute_gradient_turned",
    absolute(grad="(y - predictions).sign() / len(error)"),
).says("The gradient of your absolute loss points downhill: in which order does the error subtract?")
misconception(
    "absolute_slope_one_at_the_kink",
    absolute(grad="torch.where(error >= 0, 1.0, -1.0).to(error) / len(error)"),
    forms=[absolute(grad="torch.where(error > 0, 1.0, -1.0).to(error) / len(error)")],
).says("At an error of 0 your absolute loss has a slope of 1 or -1: which one does the table ask for?")
misconception(
    "absolute_slope_nan_at_the_kink",
    absolute(grad="error / error.abs() / len(error)"),
).says("At an error of 0 your gradient is nan: what is 0 divided by 0?")
misconception(
    "absolute_summed",
    absolute("error.abs().sum()", "error.sign()"),
    forms=[absolute("error.abs().sum()")],
).says("Your absolute loss is a sum over the rows: by what is a mean divided?")
misconception(
    "absolute_of_the_mean_error",
    absolute("error.mean().abs()"),
    forms=[absolute("error.mean()")],
).says("Errors on both sides cancel in your absolute loss: is the size taken before the mean or after it?")
misconception(
    "huber_not_continuous",
    change("huber_loss", PRICE, "torch.where(error.abs() <= delta, error.square() / 2, delta * error.abs())"),
    forms=[
        change("huber_loss", PRICE, "torch.where(error.abs() <= delta, error.square() / 2, error.abs() - delta / 2)"),
        change("huber_loss", PRICE, "torch.where(error.abs() <= delta, error.square() / 2, error.abs())"),
        change(
            "huber_loss", PRICE, "torch.where(error.abs() <= delta, error.square() / 2, delta * (error.abs() - delta))"
        ),
        change(
            "huber_loss", PRICE, "torch.where(error.abs() <= delta, error.square() / 2, delta * (error.abs() - 0.5))"
        ),
    ],
).says("Your Huber loss jumps at delta, or has a jump there for some delta: what do both pieces say at |e| = delta?")
misconception(
    "huber_without_the_half",
    change("huber_loss", PRICE, "torch.where(error.abs() <= delta, error.square(), delta * (2 * error.abs() - delta))"),
    huber(grad="2 * near / len(error)"),
    forms=[
        change(
            "huber_loss", PRICE, "torch.where(error.abs() <= delta, error.square(), delta * (error.abs() - delta / 2))"
        ),
        [
            change(
                "huber_loss",
                PRICE,
                "torch.where(error.abs() <= delta, error.square(), delta * (error.abs() - delta / 2))",
            ),
            huber(grad="torch.where(error.abs() <= delta, 2 * error, delta * error.sign()) / len(error)"),
        ],
    ],
).says("Your Huber loss is twice as large in its parabola: which factor stands before e^2 there?")
misconception(
    "huber_pieces_exchanged",
    change(
        "huber_loss", PRICE, "torch.where(error.abs() > delta, error.square() / 2, delta * (error.abs() - delta / 2))"
    ),
    huber(grad="torch.where(error.abs() > delta, error, delta * error.sign()) / len(error)"),
).says("Your Huber loss is a line near 0 and a parabola far out: which errors shall not pull too hard?")
misconception(
    "huber_slope_of_one",
    huber(grad="torch.where(error.abs() <= delta, error, error.sign()) / len(error)"),
).says("Far out your Huber loss has a slope of 1 whatever delta is: how steep is the line in the table?")
misconception("huber_slope_without_a_sign", huber(grad="error.abs().clamp(max=delta) / len(error)")).says(
    "The gradient of your Huber loss has no sign: which way does it point for a negative error?"
)
misconception(
    "huber_slope_of_the_parabola",
    huber(grad="error / len(error)"),
).says("The gradient of your Huber loss grows without end: what is the slope of its straight pieces?")
misconception("huber_gradient_not_averaged", huber(grad="near")).says(
    "The gradient of your Huber loss is n times too large: where is the 1/n of the mean?"
)
misconception("huber_gradient_turned", huber(grad="-near / len(error)")).says(
    "The gradient of your Huber loss points downhill: in which order does the error subtract?"
)
misconception("huber_summed", huber("loss.sum()", "near"), forms=[huber("loss.sum()")]).says(
    "Your Huber loss is a sum over the rows: by what is a mean divided?"
)
misconception(
    "huber_ignores_delta",
    change("huber_loss", "error.clamp(-delta, delta)", "error.clamp(-1.0, 1.0)"),
).says("Your Huber loss is that of delta = 1 whatever was passed: where does your code use the argument?")
misconception(
    "huber_smooth_l1",
    huber("loss.mean() / delta", "near / delta / len(error)"),
).says("Your Huber loss is divided by delta, as torch's smooth L1 loss is: is that in the table?")
misconception(
    "huber_of_one_side",
    change("huber_loss", "error.clamp(-delta, delta)", "error.clamp(max=delta)"),
).says("Large negative errors are still squared: on how many sides does the parabola end?")
misconception(
    "loss_known_by_name",
    descent("loss(linear_unit(X, w, b), y)", "squared_loss(linear_unit(X, w, b), y)"),
).says("Your loop descends the squared loss whatever it is given: what is the argument loss?")
misconception(
    "loss_asked_twice",
    descent("value, grad = loss(linear_unit(X, w, b), y)", "value = loss(linear_unit(X, w, b), y)[0]"),
    descent("dw, db = linear_gradients(X, grad)", "dw, db = linear_gradients(X, loss(linear_unit(X, w, b), y)[1])"),
).says("You ask for the loss twice in each step: what else came back the first time?")
misconception(
    "climbs",
    descent(STEP, "w, b = w + lr * dw, b + lr * db"),
).says("Your loss grows: in which direction does a gradient point?")
misconception(
    "bias_sees_the_new_weights",
    descent(STEP, "w = w - lr * dw\n        b = b - lr * linear_gradients(X, loss(linear_unit(X, w, b), y)[1])[1]"),
).says("Your bias moves by a gradient that knows the new weights: to which predictions do both gradients belong?")
misconception(
    "bias_stays_in_descent",
    descent(STEP, "w = w - lr * dw"),
    forms=[descent(STEP, "w, b = w - lr * dw, b - 0 * db")],
).says("Your bias does not descend: is it no parameter?")
misconception(
    "rate_left_out",
    descent(STEP, "w, b = w - dw, b - db"),
).says("Your steps do not depend on lr: by what is a gradient multiplied before it is subtracted?")
misconception(
    "step_divided_by_rows",
    descent(STEP, "w, b = w - lr * dw / len(X), b - lr * db / len(X)"),
).says("Your steps are n times too short: is the mean not in the gradient of the loss already?")
misconception(
    "losses_after_the_steps",
    descent(STEP, f"{STEP}\n        losses[-1] = loss(linear_unit(X, w, b), y)[0]"),
).says("Your losses are those after each step: which one does the handout ask for?")
misconception(
    "only_the_last_loss",
    descent("return w, b, torch.stack(losses)", "return w, b, losses[-1]"),
).says("You return a single loss: how many steps were there?")
misconception(
    "one_step_too_few",
    descent("range(steps)", "range(max(1, steps - 1))"),
    forms=[
        [  # there was room for a loss of each step
            descent("range(steps)", "range(max(1, steps - 1))"),
            descent("torch.stack(losses)", "torch.stack(losses + [y.new_zeros(())] * (steps - len(losses)))"),
        ]
    ],
).says("You make one step too few: how many numbers has range(steps)?")
misconception("one_step_too_many", descent("range(steps)", "range(steps + 1)")).says(
    "You make one step too many: how many numbers has your range?"
)
misconception(
    "descends_row_by_row",
    descent(
        "dw, db = linear_gradients(X, grad)",
        "dw, db = torch.zeros_like(w), torch.zeros_like(b)\n"
        "        for x, g in zip(X, grad):\n"
        "            dw, db = dw + g * x, db + g",
    ),
).says("You go through the rows one by one in each step: which product sums over them at once?")
misconception(
    "descent_in_place",
    descent(STEP, "w -= lr * dw\n        b -= lr * db"),
).says("Your descent writes into the start that it was given, as -= does: who else needs that tensor?")
misconception(
    "ones_in_front",
    change("append_ones", ONES, "torch.cat([X.new_ones(len(X), 1), X], dim=1)"),
    change("least_squares", "return solution[:-1], solution[-1]", "return solution[1:], solution[0]"),
    forms=[change("append_ones", ONES, "torch.cat([X.new_ones(len(X), 1), X], dim=1)")],
).says("Your ones stand in front of the features: at which end does the handout put them?")
misconception("zeros_for_ones", change("append_ones", ONES, "torch.cat([X, X.new_zeros(len(X), 1)], dim=1)")).says(
    "You append zeros: by which number is a bias multiplied?"
)
misconception(
    "ones_as_a_row",
    change("append_ones", ONES, "torch.cat([X, X.new_ones(1, X.shape[1])], dim=0)"),
    change("least_squares", "append_ones(X)", "torch.cat([X, X.new_ones(len(X), 1)], dim=1)"),
).says("You append a row of ones: along which axis does a feature more lie?")
misconception(
    "ones_added",
    change("append_ones", ONES, "X + 1"),
    change("least_squares", "append_ones(X)", "torch.cat([X, X.new_ones(len(X), 1)], dim=1)"),
).says("You add 1 to every feature: how many features does the result have?")
misconception(
    "ones_in_float32",
    change("append_ones", ONES, "torch.cat([X, torch.ones(len(X), 1)], dim=1).float()"),
    change("least_squares", "append_ones(X)", "torch.cat([X, X.new_ones(len(X), 1)], dim=1)"),
).says("Your matrix with the ones is float32, whatever X is: which dtype does torch.ones choose if you name none?")
misconception(
    "solved_without_a_bias",
    change("least_squares", SOLVED, "torch.linalg.lstsq(X, y[:, None]).solution[:, 0]"),
    change("least_squares", "return solution[:-1], solution[-1]", "return solution, y.new_zeros(())"),
    forms=[
        [
            change("least_squares", SOLVED, "torch.linalg.lstsq(X, y[:, None]).solution[:, 0]"),
            change("least_squares", "return solution[:-1], solution[-1]", "return solution, (y - X @ solution).mean()"),
        ]
    ],
).says("You solve for the weights without the ones: can the bias be left for later?")
misconception(
    "solved_for_centred_targets",
    change("least_squares", "y[:, None]", "(y - y.mean())[:, None]"),
).says("You take the mean off the targets and never give it back: what does your bias lack?")
misconception(
    "first_weight_taken_for_the_bias",
    change("least_squares", "return solution[:-1], solution[-1]", "return solution[1:], solution[0]"),
).says("You take the first entry of the solution for the bias: where do the ones stand?")
misconception(
    "bias_left_in_the_weights",
    change("least_squares", "return solution[:-1], solution[-1]", "return solution, solution[-1]"),
).says("Your w has d + 1 entries: which of them is the bias?")
misconception(
    "bias_keeps_an_axis",
    change("least_squares", "return solution[:-1], solution[-1]", "return solution[:-1], solution[-1:]"),
    forms=[change("least_squares", "return solution[:-1], solution[-1]", "return solution[:-1, None], solution[-1:]")],
).says("The values are right, but the shapes are not those of w [d] and b []: which slice keeps an axis?")
misconception(
    "composed_in_the_wrong_order",
    change("compose", LAYER, "return W2 @ W1, b1 @ W2 + b2"),
    forms=[
        change("compose", LAYER, "return (W1 @ W2).T, b1 @ W2 + b2"),
        change("compose", LAYER, "return W2.T @ W1.T, b1 @ W2 + b2"),
    ],
).says("Your W is composed in another order: which of the two matrices does a row of X meet first?")
misconception(
    "first_bias_added_as_it_is",
    change("compose", LAYER, "return W1 @ W2, b1 + b2"),
).says("You add both biases: through what does the first one pass on its way?")
misconception("first_bias_lost", change("compose", LAYER, "return W1 @ W2, b2")).says(
    "The first bias is missing in yours: what becomes of it in the second layer?"
)
misconception(
    "second_bias_lost",
    change("compose", LAYER, "return W1 @ W2, b1 @ W2"),
).says("The second bias is missing in yours: what is added at the very end?")
misconception("biases_through_the_second_layer", change("compose", LAYER, "return W1 @ W2, (b1 + b2) @ W2")).says(
    "Both of your biases pass through the second layer: which of them is added before it?"
)
misconception("layers_multiplied_entry_by_entry", change("compose", LAYER, "return W1 * W2, b1 @ W2 + b2")).says(
    "You multiply the weights entry by entry: which product is a layer behind a layer?"
)
misconception("layers_added", change("compose", LAYER, "return W1 + W2, b1 + b2")).says(
    "You add the layers: what does the second one do with what the first one says?"
)
misconception(
    "distance_not_divided",
    distance("linear_unit(X, w, b)"),
).says("Your distances double with the weights, and the boundary does not move: by what is z divided?")
misconception(
    "distance_divided_by_the_square",
    distance("linear_unit(X, w, b) / w.square().sum()"),
).says("You divide by the square of the norm: which root is missing?")
misconception(
    "distance_by_the_sum_of_sizes",
    distance("linear_unit(X, w, b) / w.abs().sum()"),
).says("You divide by the sum of the sizes of the weights: which norm is the length of an arrow?")
misconception(
    "distance_without_the_bias",
    distance("X @ w / w.square().sum().sqrt()"),
    forms=[distance("X @ w / w.square().sum().sqrt() + b")],
).says("Your bias does not take its part in the distance: where is the boundary if b is not 0?")
misconception("distance_without_a_sign", distance("linear_unit(X, w, b).abs() / w.square().sum().sqrt()")).says(
    "Your distances have no sign: on which side does a row lie?"
)
misconception(
    "distance_with_the_bias_in_the_norm",
    distance("linear_unit(X, w, b) / (w.square().sum() + b.square()).sqrt()"),
).says("The bias is in your norm: in which space does the boundary lie, and does w alone not say its direction?")
misconception(
    "distance_turned",
    distance("-linear_unit(X, w, b) / w.square().sum().sqrt()"),
).says("Your distances have the other sign: which sign has what the unit says?")
misconception(
    "distance_by_the_row",
    distance("linear_unit(X, w, b) / X.square().sum(dim=1).sqrt()"),
    forms=[distance("linear_unit(X, w, b) / X.square().sum(dim=1).clamp(min=1e-12).sqrt() / w.square().sum().sqrt()")],
).says("You divide by the length of each row: whose length stands in the formula?")
misconception(
    "other_classes_kept",
    change("fit_one_or_seven", CHOSEN, "labels >= 0"),
).says("Rows of all classes are learned: which ones are to be left out?")
misconception(
    "all_others_are_ones",
    change("fit_one_or_seven", CHOSEN, "labels >= 0"),
    change("fit_one_or_seven", TARGETS, "torch.where(labels == 7, 1.0, -1.0).to(X.dtype)"),
).says("All that is no seven counts as a one: what becomes of a 4?")
misconception(
    "ones_are_plus_one",
    change("fit_one_or_seven", TARGETS, "(4 - labels[chosen]).sign().to(X.dtype)"),
).says("Your targets are exchanged: which class has the target -1?")
misconception(
    "reader_targets_of_zero_and_one",
    change("fit_one_or_seven", TARGETS, "(labels[chosen] == 7).to(X.dtype)"),
    forms=[
        [  # what is counted are the rows that a step was made for, which moves nothing for the target 0
            change("fit_one_or_seven", TARGETS, "(labels[chosen] == 7).to(X.dtype)"),
            change("train_perceptron", "after, bias =", "wrong = target * (x @ w + b) <= 0\n            after, bias ="),
            change("train_perceptron", "int(bias != b)", "int(wrong)"),
        ]
    ],
).says("Your targets for the perceptron are 0 and 1: which ones does it need?")
misconception(
    "labels_as_targets",
    change("fit_one_or_seven", TARGETS, "labels[chosen].to(X.dtype)"),
).says("Your targets are 1 and 7: which signs have they?")
misconception(
    "decisions_turned",
    change("predict_one_or_seven", DECIDED, "torch.where(linear_unit(X, w, b) > 0, 1, 7)"),
).says("Your decisions are exchanged: what does the unit say where it is above 0?")
misconception(
    "signs_for_classes",
    change("predict_one_or_seven", DECIDED, "torch.where(linear_unit(X, w, b) > 0, 1, -1)"),
    forms=[change("predict_one_or_seven", DECIDED, "(linear_unit(X, w, b) > 0).long()")],
).says("You return targets or zeros and ones: which two classes are to be told apart?")
misconception(
    "zero_decided_as_seven",
    change("predict_one_or_seven", DECIDED, "torch.where(linear_unit(X, w, b) >= 0, 7, 1)"),
).says("Where the unit says 0 you decide for a seven: what does the handout say of more than 0?")
misconception(
    "decision_above_one_half",
    change("predict_one_or_seven", DECIDED, "torch.where(linear_unit(X, w, b) > 0.5, 7, 1)"),
).says("You decide at one half, as with probabilities: where is the boundary of a perceptron?")
misconception(
    "decision_without_the_bias",
    change("predict_one_or_seven", DECIDED, "torch.where(X @ w > 0, 7, 1)"),
).says("You decide without the bias: what does the unit say?")
