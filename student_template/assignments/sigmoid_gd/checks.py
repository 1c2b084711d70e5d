"""Checks that students see and run. Gradients are compared with autograd, paths with autograd step by step."""

from functools import partial

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    args,
    at_least,
    batches_in_order,
    check,
    close,
    descended,
    equal,
    gradients,
    like,
    operations_do_not_grow,
    plotted,
    predicted_classes,
    require,
    unchanged,
    walked,
)

FAR = (-1e4, -800.0, -40.0, -12.0, 12.0, 40.0, 800.0, 1e4)


def problem(case, n, d, dtype=torch.float64):
    """Features, targets 0 or 1 (both occur if n > 1), and a start that is not zero; no logit is large."""
    X, w, b = case.uniform(n, d, low=-1.5, high=1.5), case.uniform(d, low=-1), case.uniform(low=0.3)
    return tuple(part.to(dtype) for part in (X, case.labels(n, 2), w, b))


def line(case, n, d, dtype=torch.float64):
    """Features in -1..1, noisy targets of a line, and a start that is not zero."""
    X, w, b = case.uniform(n, d, low=-1, high=1), case.normal(d), case.normal()
    y = X @ case.normal(d) + case.normal() + 0.1 * case.normal(n)
    return tuple(part.to(dtype) for part in (X, y, w, b))


def mean_gradients(loss, X, y, w, b):
    """Autograd's (dw, db) of a torch loss of (X @ w + b, y), in the dtype of X."""
    found = gradients(lambda w, b: loss(X.double() @ w + b, y.double()), w, b)
    return tuple(g.to(X.dtype) for g in found)


def path_end(loss, X, y, w, b, *, lr, batches):
    """(w, b) after one step on each batch of rows in turn, by autograd in float64."""

    def of_rows(rows, w, b):
        return loss(X[rows].double() @ w + b, y[rows].double())

    return tuple(descended(of_rows, (w, b), batches, lr=lr))


def same_parameters(actual, expected, when=""):
    """Compare (w, b) in structure, dtype, shape and value."""
    close(actual, expected, names=[f"{name}{when}" for name in ("w", "b")], name="the result")


def parameters_like(actual, w, b):
    """The two tensors that came back, once they are finite and have the shapes and dtypes of w and b."""
    return [torch.as_tensor(p, dtype=w.dtype) for p in like(actual, (w, b), names=("w", "b"))]


bce = functional.binary_cross_entropy_with_logits
mse = functional.mse_loss


@check("sigmoid")
def sigmoid_of_zero_is_one_half(student, case):
    """sigmoid(0) is 1/2."""
    close(student.sigmoid(torch.zeros(1, dtype=torch.float64)), torch.full((1,), 0.5, dtype=torch.float64))


@check("sigmoid")
def sigmoid_matches_its_definition(student, case):
    """On moderate inputs sigmoid(z) equals 1 / (1 + exp(-z)), entry by entry."""
    for shape in ((1,), (3,), (4, 3)):
        z = case.normal(*shape, std=1.5)
        close(student.sigmoid(z), z.sigmoid())


@check("sigmoid")
def sigmoid_holds_far_from_zero(student, case):
    """sigmoid(z) is finite and right for z up to 10,000 in size, on both sides, with an error of at most 1e-15."""
    logits = [torch.tensor([value], dtype=torch.float64) for value in FAR]
    # Right code of any style rounds a number below 1, by 1e-16 a few times; z clipped at 30 is wrong by 9e-14.
    for z, found in zip(logits, student.sigmoid.each(map(args, logits)), strict=True):
        close(found, z.sigmoid(), rtol=0, atol=1e-15, name=f"sigmoid({z.item():g})")


@check("sigmoid")
def derivative_is_the_slope_at_z(student, case):
    """sigmoid_derivative(z) is the slope of the sigmoid at the logit z."""
    for z in (torch.zeros(1, dtype=torch.float64), case.normal(5, std=1.5)):
        close(student.sigmoid_derivative(z), gradients(lambda x: x.sigmoid().sum(), z)[0])


@check("cross_entropy")
def loss_of_zero_logits_is_log_two(student, case):
    """With all logits 0 the loss is log 2, whatever the targets are."""
    z, y = torch.zeros(5, dtype=torch.float64), torch.tensor([0.0, 1.0, 0.0, 0.0, 1.0], dtype=torch.float64)
    close(student.binary_cross_entropy(z, y), z.new_tensor(2.0).log(), name="the loss")


@check("cross_entropy")
def loss_is_the_mean_over_the_rows(student, case):
    """The loss equals the mean binary cross-entropy, for 1 row, for 3 and for 7."""
    for n in (1, 3, 7):
        z, y = case.normal(n, std=1.5), case.labels(n, 2).double()
        if n == 1:  # between 0 and 1, so that code which takes it for a probability answers with a number that shows it
            z = z.sigmoid()
        close(student.binary_cross_entropy(z, y), bce(z, y), name=f"the loss of {n} row{'s' * (n > 1)}")


@check("cross_entropy")
def loss_is_finite_for_huge_logits(student, case):
    """The loss is finite and right for logits up to 10,000 in size, whether they are on the right side or not."""
    pairs = [torch.tensor([[value], [target]], dtype=torch.float64) for value in FAR for target in (0.0, 1.0)]
    for (z, y), loss in zip(pairs, student.binary_cross_entropy.each(args(*pair) for pair in pairs), strict=True):
        close(loss, bce(z, y), name=f"the loss of the logit {z.item():g} for target {y.item():g}")


@check("cross_entropy")
def gradients_of_one_row(student, case):
    """For a single row the gradients for w and b equal those of autograd."""
    given = problem(case, 1, 2)
    close(student.logistic_gradients(*given), mean_gradients(bce, *given), names=("dw", "db"))


@check("cross_entropy", weight=2)
def gradients_match_autograd(student, case):
    """For 3 rows of 1 feature and for 7 rows of 3 the gradients for w and b equal those of autograd."""
    for n, d in ((3, 1), (7, 3)):
        given = problem(case, n, d)
        close(student.logistic_gradients(*given), mean_gradients(bce, *given), names=("dw", "db"))


@check("gradient_step")
def one_step_by_hand(student, case):
    """From w = 0 and b = 0, a row x = 2 with target 1 and lr = 1 leads to w = 1 and b = 1/2."""
    X, y, w, b = (torch.tensor(value, dtype=torch.float64) for value in ([[2.0]], [1.0], [0.0], 0.0))
    found = student.gradient_step(X, y, w, b, lr=1.0)
    expected = (torch.ones_like(w), torch.full_like(b, 0.5))

    def loss_at(w, b):
        return bce(X @ X.new_tensor([w]) + b, y)

    with walked("the step", [(w, b), found], right=[(w, b), expected], loss=loss_at, axes=("w", "b")):
        same_parameters(found, expected)


@check("gradient_step", weight=2)
def both_gradients_are_taken_at_the_old_values(student, case):
    """One step moves w and b exactly by lr against the gradients at the values before the step."""
    for n, d in ((3, 1), (5, 3)):
        given = problem(case, n, d)
        expected = path_end(bce, *given, lr=0.7, batches=batches_in_order(n, n))
        same_parameters(student.gradient_step(*given, lr=0.7), expected)


@check("gradient_step")
def a_step_leaves_its_inputs_alone(student, case):
    """gradient_step returns new tensors: w and b of the caller stay as they were."""
    unchanged(student.gradient_step, *problem(case, 4, 2), lr=0.5)


@check("training")
def batches_in_order_keep_the_remainder(student, case):
    """Without a generator the rows come in order, and the last batch holds what is left."""
    equal(student.minibatches(3, 1), [torch.tensor([row]) for row in range(3)], name="minibatches(3, 1)")
    equal(student.minibatches(7, 3), batches_in_order(7, 3), name="minibatches(7, 3)")
    equal(student.minibatches(4), [torch.arange(4)], name="minibatches(4)")


@check("training", statistical=True)
def shuffled_batches_hold_every_row_once(student, case):
    """With a generator the batches have the same sizes, and every row occurs exactly once, in a random order."""
    batches = student.minibatches(50, 8, case.generator())
    like(batches, batches_in_order(50, 8), name="batches")
    order = torch.cat(list(batches))
    equal(order.sort().values, torch.arange(50), name="the sorted rows of all batches")
    require(not torch.equal(order, torch.arange(50)), "The generator was given, but the rows come in their old order.")


@check("training")
def full_batch_training_follows_its_path(student, case):
    """With batch_size=None, each epoch is one step on all rows: 1 epoch on 3 rows, then 4 on 6."""
    for n, d, epochs in ((3, 1, 1), (6, 3, 4)):
        given = problem(case, n, d)
        expected = path_end(bce, *given, lr=0.5, batches=batches_in_order(n, n) * epochs)
        same_parameters(student.train_logistic(*given, lr=0.5, epochs=epochs), expected, f" after epoch {epochs}")


@check("training", weight=2)
def mini_batch_training_follows_its_path(student, case):
    """3 rows in batches of 2, 7 rows in batches of 3, in the given order: an epoch ends with a step on a single row."""
    for n, d, batch_size, epochs in ((3, 1, 2, 1), (7, 2, 3, 1), (7, 2, 3, 3)):
        given = problem(case, n, d)
        expected = path_end(bce, *given, lr=0.5, batches=batches_in_order(n, batch_size, epochs))
        actual = student.train_logistic(*given, lr=0.5, epochs=epochs, batch_size=batch_size)
        same_parameters(actual, expected, f" after epoch {epochs}")


@check("training")
def stochastic_training_follows_its_path(student, case):
    """With batch_size=1, in the given order, every row makes a step of its own."""
    for n, d, epochs in ((2, 1, 1), (5, 3, 2)):
        given = problem(case, n, d)
        expected = path_end(bce, *given, lr=0.3, batches=batches_in_order(n, 1, epochs))
        actual = student.train_logistic(*given, lr=0.3, epochs=epochs, batch_size=1)
        same_parameters(actual, expected, f" after epoch {epochs}")


@check("linear_regression")
def squared_error_gradients_match_autograd(student, case):
    """The gradients of the mean squared error equal those of autograd, for 1 row, for 3 and for 7."""
    for n, d in ((1, 1), (3, 1), (7, 3)):
        given = line(case, n, d)
        close(student.squared_error_gradients(*given), mean_gradients(mse, *given), names=("dw", "db"))


@check("linear_regression")
def fit_linear_follows_its_path(student, case):
    """After 1 step and after 3 steps, w and b are where gradient descent leads."""
    for n, d, steps in ((3, 1, 1), (6, 2, 3)):
        given = line(case, n, d)
        expected = path_end(mse, *given, lr=0.2, batches=batches_in_order(n, n) * steps)
        same_parameters(student.fit_linear(*given, lr=0.2, steps=steps), expected, f" after step {steps}")


@check("linear_regression", weight=0.5, needs=fit_linear_follows_its_path)
def fit_linear_takes_all_rows_at_once(student, case):
    """Three steps make as many tensor operations for 64 rows as for 8."""
    operations_do_not_grow(lambda n: student.fit_linear.effort(*line(case, n, 3), lr=0.2, steps=3))


def least_squares(X, y):
    """The parameters (w, b) with the smallest mean squared error."""
    solution = torch.linalg.lstsq(torch.column_stack([X, torch.ones(len(X), dtype=X.dtype)]), y[:, None]).solution
    return solution[:-1, 0], solution[-1, 0]


@check("linear_regression")
def fit_linear_arrives_at_least_squares(student, case):
    """After 200 steps, w and b are the least-squares solution."""
    X, y, w, b = line(case, 300, 3)
    same_parameters(student.fit_linear(X, y, w, b, lr=0.5, steps=200), least_squares(X, y))


def rows_with_logits(z, w, b):
    """Rows X such that X @ w + b equals z."""
    return torch.outer(z - b, w) / (w @ w)


@check("nine_or_not")
def decisions_are_zero_or_one(student, case):
    """predict_nine gives int64: 1 for a probability above one half, else 0, also at exactly one half."""
    X = torch.tensor([[-2.0], [-0.25], [0.0], [0.25], [0.52], [2.0]], dtype=torch.float64)
    one, none = torch.ones(1, dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64)
    expected = torch.tensor([0, 0, 0, 1, 1, 1])
    decisions = unchanged(student.predict_nine, X, one, none)
    close(decisions, expected, name="the decisions")
    equal(student.predict_nine(X + 3, one, none - 3), expected, name="the decisions with bias -3")


@check("nine_or_not", weight=2)
def a_small_detector_is_exact(student, case):
    """3 rows at once, and 12 in batches of 5, in order, from zeros: w and b are exact, their decisions right."""
    for n, d, batch_size, epochs in ((3, 1, None, 1), (12, 4, 5, 2)):
        X, labels = case.uniform(n, d), case.labels(n, 10)
        start = torch.zeros(d, dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64)
        batches = batches_in_order(n, batch_size or n, epochs)
        expected = path_end(bce, X, (labels == 9).double(), *start, lr=0.5, batches=batches)
        same_parameters(student.fit_nine(X, labels, lr=0.5, epochs=epochs, batch_size=batch_size), expected)
    z = torch.tensor([-3.0, -0.1, 0.1, 3.0], dtype=torch.float64)
    equal(student.predict_nine(rows_with_logits(z, *expected), *expected), (z > 0).long(), name="the decisions")


def detected(student, case):
    """Train on the run's data in the student's process; gives its 0/1 decisions and the true ones for the test set."""
    settings = case.training
    data = case.subset(settings["rows"]) if "rows" in settings else case.data
    how = {key: settings[key] for key in ("lr", "epochs", "batch_size")}
    actual = student.fit_nine(data.X_train, data.y_train, **how, generator=case.generator())
    w, b = parameters_like(actual, torch.zeros(data.X_train.shape[1]), torch.tensor(0.0))
    z = data.X_test @ w + b
    decisions = student.predict_nine(data.X_test, w, b)
    return predicted_classes(decisions, torch.stack([torch.zeros_like(z), z], dim=1)), (data.y_test == 9).long()


def beats_always_no(case, decisions, truth):
    """Fail unless the accuracy is that of always answering 0 and the gain on top that is asked for."""
    always_no = (truth == 0).double().mean().item()
    target = always_no + case.training["gain"]
    at_least(accuracy(decisions, truth), target, f"the test accuracy (always answering 0 reaches {always_no:.3f})")


def losses_by_passes(fit, case, data):
    """The loss after 1, 2, ... passes over some rows in order, each time from zeros."""
    how = {key: case.training[key] for key in ("batch_size", "lr")}
    start = torch.zeros(data.X_train.shape[1]), torch.tensor(0.0)
    after_passes = []
    for epochs in range(1, 6):
        w, b = parameters_like(fit(data.X_train, data.y_train, epochs=epochs, **how), *start)
        after_passes.append(bce(data.X_train @ w + b, (data.y_train == 9).float()).item())
    return after_passes


def fitted(X, labels, *, epochs, batch_size, lr):
    """What fit_nine must give in the given order, by autograd."""
    start = torch.zeros(X.shape[1], dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64)
    batches = batches_in_order(len(X), batch_size, epochs)
    w, b = path_end(bce, X, (labels == 9).double(), *start, lr=lr, batches=batches)
    return w.float(), b.float()


@check("nine_or_not", weight=2, needs=a_small_detector_is_exact)
def nines_are_told_from_the_rest(student, case):
    """On real images the test accuracy exceeds that of always answering "not nine" by as much as is asked for."""
    decisions, truth = detected(student, case)
    data = case.subset(400)
    yours, right = (partial(losses_by_passes, fit, case, data) for fit in (student.fit_nine, fitted))
    with plotted("the loss on 400 rows", yours, over="pass", right=right):
        beats_always_no(case, decisions, truth)
