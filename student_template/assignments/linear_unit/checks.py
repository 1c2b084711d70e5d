"""Checks that students see and run. Autograd gives the gradients, rows with a 1 at their end the path of learning."""

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    args,
    at_least,
    at_most,
    batches_in_order,
    check,
    close,
    descended,
    equal,
    gradients,
    like,
    operations_do_not_grow,
    require,
    spy,
    unchanged,
)

LOSSES = ("the loss", "its gradient")
EPOCHS = 200  # enough for every set of `separated`: by the theorem they allow at most 125 mistakes
WEIGHTS = ("w", "b")


def with_ones(X):
    """The rows with a 1 behind each."""
    return torch.column_stack([X, torch.ones_like(X[:, 0])])


def learned(X, y, epochs):
    """Where a perceptron ends that has its bias among its weights: w, b and the mistakes of each epoch."""
    rows, theta, counts = with_ones(X).double(), torch.zeros(X.shape[1] + 1, dtype=torch.float64), []
    while len(counts) < epochs and 0 not in counts:
        counts.append(0)
        for row, target in zip(rows, y.double(), strict=True):
            wrong = bool(target * row.dot(theta) <= 0)
            theta = theta + wrong * target * row
            counts[-1] += wrong
    return theta[:-1].to(X.dtype), theta[-1].to(X.dtype), counts


def learns(student, X, y, max_epochs):
    """Fail unless a perceptron ends with the right weights, and with as many mistakes in each epoch; returns these."""
    w, b, mistakes = expected = learned(X, y, max_epochs)
    found = unchanged(student.train_perceptron, X, y, max_epochs)
    complete = isinstance(found, list | tuple) and len(found) == 3
    require(complete, "train_perceptron returns three things: w, b and the list of mistakes.")
    equal(found[2], mistakes, name="the mistakes of each epoch")
    close(tuple(found[:2]), (w, b), names=WEIGHTS)
    return expected


def separated(case, n, d, margin=0.2, dtype=torch.float64):
    """Rows in -1..1 whose targets a line decides, and none of them is near to that line; multiples of 1/64."""
    normal = functional.normalize(case.normal(d + 1), dim=0)
    normal[-1] *= 0.2
    X = (case.uniform(60 * n, d, low=-1.0, high=1.0) * 64).round() / 64
    z = with_ones(X) @ normal
    chosen = (z.abs() > margin).nonzero()[:n, 0]
    return X[chosen].to(dtype), z[chosen].sign().to(dtype), functional.normalize(normal, dim=0)


def corners():
    """The corners of a square, with targets that no line separates."""
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).double()
    return X, torch.tensor([-1.0, 1.0, 1.0, -1.0]).double()


def unit(case, n, d, dtype=torch.float64):
    """Rows, weights and a bias that are anything."""
    return case.normal(n, d, dtype=dtype), case.normal(d, dtype=dtype), case.normal(dtype=dtype)


def priced(loss, predictions, y):
    """A loss of torch's and its gradient for the predictions, in their dtype."""
    (grad,) = gradients(lambda p: loss(p, y.double()), predictions)
    return loss(predictions.double(), y.double()).to(predictions.dtype), grad.to(predictions.dtype)


def prices(function, loss, pairs, *more):
    """Fail unless a function gives the loss and the gradient for predictions and targets; `more` are its settings."""
    for (predictions, y), found in zip(pairs, function.each(args(*pair, *more) for pair in pairs), strict=True):
        rows = f"{len(y)} row{'s' * (len(y) > 1)}"
        close(found, priced(loss, predictions, y), names=[f"{name} of {rows}" for name in LOSSES])


def by_huber(delta):
    """torch's Huber loss with this delta."""
    return lambda predictions, y: functional.huber_loss(predictions, y, delta=delta)


def some_errors(case, *lengths):
    """Predictions and targets that are apart by something between a little and a lot, on both sides."""
    return [(case.normal(n, std=2.0), case.normal(n, std=2.0)) for n in lengths]


def a_loss_of_ours(predictions, y):
    """A mean price that no student has written: e^4 / 4 and e together."""
    off = predictions - y
    return (off**4 / 4 + off).mean(), (off**3 + 1) / len(off)


def path_of_ours(X, y, w, b, *, lr, steps):
    """Where `a_loss_of_ours` leads, by autograd in double precision, and the loss before each step."""
    rows, targets = X.double(), y.double()

    def loss(chosen, w, b):
        return a_loss_of_ours(functional.linear(rows[chosen], w[None], b)[:, 0], targets[chosen])[0]

    params, losses, (everything,) = [w.double(), b.double()], [], batches_in_order(len(X), len(X))
    while len(losses) < steps:
        losses.append(loss(everything, *params))
        params = descended(loss, params, [everything], lr=lr)
    return tuple(part.to(X.dtype) for part in (*params, torch.stack(losses)))


@check("step")
def a_row_on_the_boundary_is_a_mistake(student, case):
    """From w = 0 and b = 0 the row (1, 2) leads to its target times w = (1, 2) and b = 1."""
    x, w, b = torch.tensor([1.0, 2.0]).double(), torch.zeros(2).double(), torch.tensor(0.0).double()
    for y in (torch.tensor(1.0).double(), torch.tensor(-1.0).double()):
        close(student.perceptron_step(x, y, w, b), (y * x, y), names=[f"{name} for y = {y:g}" for name in WEIGHTS])


def row_with(case, z, d=3):
    """A row, weights and a bias with x @ w + b = z."""
    x, w = case.normal(d), case.normal(d)
    return x, w, torch.as_tensor(z, dtype=torch.float64) - torch.dot(x, w)


@check("step")
def a_right_row_changes_nothing(student, case):
    """Where y and z have the same sign, w and b stay as they are."""
    for z in (0.5, 3.0, -0.5, -3.0):
        x, w, b = row_with(case, z)
        y = b.new_tensor(1.0 if z > 0 else -1.0)
        close(student.perceptron_step(x, y, w, b), (w, b), names=WEIGHTS)


@check("step", weight=2)
def a_wrong_row_moves_weights_and_bias(student, case):
    """Where y and z have different signs, y times the row is added to w, and y to b; the inputs stay."""
    for z in (0.5, 3.0, -0.5, -3.0):
        x, w, b = row_with(case, z)
        y = b.new_tensor(-1.0 if z > 0 else 1.0)
        found = unchanged(student.perceptron_step, x, y, w, b)
        close(found, (w + y * x, b + y), names=[f"{name} for y = {y:g}" for name in WEIGHTS])


@check("training")
def two_rows_are_soon_told_apart(student, case):
    """The rows 1 and -1 with the targets 1 and -1: one mistake, then an epoch without any, and it ends."""
    X, y = torch.tensor([[1.0], [-1.0]]).double(), torch.tensor([1.0, -1.0]).double()
    learns(student, X, y, 10)


@check("training", weight=2)
def separable_rows_are_learned(student, case):
    """On rows that a line separates w, b and the mistakes of each epoch are exact, for 3 rows and for 12."""
    for n, d in ((3, 1), (12, 2), (12, 4)):
        X, y, _ = separated(case, n, d)
        learns(student, X, y, EPOCHS)


@check("training")
def an_early_end_by_max_epochs(student, case):
    """It gives up after max_epochs, on the corners of a square whose diagonals are the classes: after 1, 2 and 7."""
    for max_epochs in (1, 2, 7):
        learns(student, *corners(), max_epochs)


@check("training")
def as_many_mistakes_as_the_theorem_allows(student, case):
    """30 rows with a margin gamma: at most (R / gamma)^2 mistakes, then none, and all rows are on their sides."""
    X, y, normal = separated(case, 30, 3)
    rows = with_ones(X)
    bound = rows.square().sum(1).max() / (y * (rows @ normal)).min() ** 2
    w, b, mistakes = student.train_perceptron(X, y, EPOCHS)
    at_most(sum(mistakes), bound, "the number of mistakes")
    equal(mistakes[-1], 0, name="the mistakes of the last epoch")
    right = (y * (rows @ torch.cat([w, b.reshape(1)])) > 0).sum().item()
    equal(right, len(y), name="the number of rows on their own side")


@check("unit")
def predictions_of_two_rows(student, case):
    """With w = (2, -1) and b = 0.5 the rows (1, 1) and (0, 3) give 1.5 and -2.5."""
    X, w = torch.tensor([[1.0, 1.0], [0.0, 3.0]]).double(), torch.tensor([2.0, -1.0]).double()
    close(student.linear_unit(X, w, torch.tensor(0.5).double()), torch.tensor([1.5, -2.5]).double())


@check("unit")
def gradients_of_weights_and_bias(student, case):
    """linear_gradients gives the gradients of sum(grad * predictions) by autograd, for 1 row, for 3 and for 6."""
    for n, d in ((1, 2), (3, 1), (6, 4)):
        X, w, b = unit(case, n, d)
        grad = case.normal(n)
        expected = gradients(lambda w, b, X=X, grad=grad: (grad * functional.linear(X, w[None], b)[:, 0]).sum(), w, b)
        close(unchanged(student.linear_gradients, X, grad), expected, names=("dw", "db"))


@check("unit", weight=0.5, needs=gradients_of_weights_and_bias)
def the_unit_takes_all_rows_at_once(student, case):
    """linear_unit and linear_gradients make as many operations for 64 rows as for 8."""
    operations_do_not_grow(lambda n: student.linear_unit.effort(*unit(case, n, 3)))
    operations_do_not_grow(lambda n: student.linear_gradients.effort(case.normal(n, 3), case.normal(n)))


@check("losses")
def squared_loss_and_its_gradient(student, case):
    """squared_loss gives the mean of the squared errors and its gradient, for 1 row, for 3 and for 6."""
    prices(student.squared_loss, functional.mse_loss, some_errors(case, 1, 3, 6))


@check("losses")
def absolute_loss_and_its_gradient(student, case):
    """absolute_loss gives the mean of the absolute errors and its gradient, for 1 row, for 3 and for 6."""
    prices(student.absolute_loss, functional.l1_loss, some_errors(case, 1, 3, 6))


@check("losses")
def no_error_has_no_slope(student, case):
    """Where a prediction is exactly right the gradient is 0, also that of the absolute loss."""
    y = torch.tensor([1.0, -2.0, 0.0, 5.0]).double()
    predictions = y + torch.tensor([0.0, 1.0, 0.0, -1.0]).double()
    expected = torch.tensor([0.0, 0.25, 0.0, -0.25]).double()
    close(student.absolute_loss(predictions, y)[1], expected, name="the gradient of the absolute loss")


@check("losses", weight=1.5)
def huber_loss_near_and_far(student, case):
    """huber_loss is a parabola up to delta and a line beyond it, with its gradient, for delta = 1, 0.5 and 3."""
    for delta in (1.0, 0.5, 3.0):
        errors = torch.tensor([0.25, -0.4, 2.0, -6.0]).double()
        y = case.normal(4)
        prices(student.huber_loss, by_huber(delta), [(y[i : i + 1] + errors[i], y[i : i + 1]) for i in range(4)], delta)
        prices(student.huber_loss, by_huber(delta), some_errors(case, 3, 6), delta)


@check("descent", weight=1.5)
def any_loss_is_descended(student, case):
    """With a loss of ours the path is exact: after 1 step and after 4; the losses are those before each step."""
    for n, d, steps in ((3, 1, 1), (5, 2, 4)):
        X, w, b = unit(case, n, d)
        y = case.normal(n)
        found = unchanged(student.descend, X, y, w, b, loss=a_loss_of_ours, lr=0.01, steps=steps)
        close(found, path_of_ours(X, y, w, b, lr=0.01, steps=steps), names=("w", "b", "the losses"))


@check("descent", needs=any_loss_is_descended)
def the_loss_is_asked_once_for_each_step(student, case):
    """Three steps call loss three times, with all predictions and with y; the first ones are those of the start."""
    X, w, b = unit(case, 4, 2)
    y, asked = case.normal(4), spy(a_loss_of_ours)
    student.descend(X, y, w, b, loss=asked, lr=0.01, steps=3)
    equal(len(asked.calls), 3, name="the number of calls of loss")
    close(asked.calls[0].args, (functional.linear(X, w[None], b)[:, 0], y), names=("the first predictions", "y"))


@check("descent", needs=any_loss_is_descended)
def patients_are_predicted_as_well_as_by_least_squares(student, case):
    """On the patients, your squared loss ends within half a per cent of the least that is possible."""
    data = case.regression
    X, y = data.X_train.double(), data.y_train.double()
    start = torch.zeros(X.shape[1], dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64)
    w, b, losses = student.descend(X, y, *start, loss=student.squared_loss, lr=0.2, steps=400)
    rows = with_ones(X)
    least = functional.mse_loss(rows @ torch.linalg.lstsq(rows, y[:, None]).solution[:, 0], y)
    at_most(functional.mse_loss(rows @ torch.cat([w, b.reshape(1)]), y), 1.005 * least, "the mean squared error")


@check("descent", weight=0.5, needs=any_loss_is_descended)
def a_step_takes_all_rows_at_once(student, case):
    """Three steps make as many operations for 64 rows as for 8."""

    def effort(n):
        X, w, b = unit(case, n, 3)
        return student.descend.effort(X, case.normal(n), w, b, loss=a_loss_of_ours, lr=0.01, steps=3)

    operations_do_not_grow(effort)


@check("ones")
def ones_stand_behind_the_features(student, case):
    """The rows (2, 3) and (4, 5) become (2, 3, 1) and (4, 5, 1), and a single feature becomes two."""
    X = torch.tensor([[2.0, 3.0], [4.0, 5.0]]).double()
    close(unchanged(student.append_ones, X), torch.tensor([[2.0, 3.0, 1.0], [4.0, 5.0, 1.0]]).double())
    single = case.normal(3, 1)
    close(student.append_ones(single), with_ones(single))


def solved(X, y):
    """The least-squares solution by the normal equations, in double precision."""
    rows = with_ones(X.double())
    theta = torch.linalg.solve(rows.T @ rows, rows.T @ y.double())
    return theta[:-1].to(X.dtype), theta[-1].to(X.dtype)


@check("ones", weight=2)
def least_squares_has_the_smallest_error(student, case):
    """least_squares gives the w and the b of the normal equations, for 4 rows of 2 features and for 9 rows of 3."""
    for n, d in ((4, 2), (9, 3)):
        X, y = case.normal(n, d, mean=1.0), case.normal(n, mean=5.0)
        close(unchanged(student.least_squares, X, y), solved(X, y), names=WEIGHTS, rtol=1e-8, atol=1e-8)


def layers(case, d, h, k, dtype=torch.float64):
    """Weights and biases of two layers."""
    pairs = ((d, h), (h, k))
    return [part.to(dtype) for a, b in pairs for part in (case.normal(a, b), case.normal(b))]


def composed(W1, b1, W2, b2):
    """The layer that does what two do, read off from what they make of the unit vectors and of 0."""
    eye = torch.eye(len(W1), dtype=W1.dtype)
    end = functional.linear(functional.linear(0 * eye[:1], W1.T, b1), W2.T, b2)[0]
    return functional.linear(functional.linear(eye, W1.T, b1), W2.T, b2) - end, end


@check("composition", weight=2)
def one_layer_does_what_two_do(student, case):
    """compose gives W and b of the single layer, for layers 1-1-1, 2-3-1 and 4-2-3."""
    for sizes in ((1, 1, 1), (2, 3, 1), (4, 2, 3)):
        given = layers(case, *sizes)
        found = unchanged(student.compose, *given)
        close(found, composed(*given), names=[f"{name} of {'-'.join(map(str, sizes))}" for name in ("W", "b")])


@check("distance", weight=2)
def distances_from_a_line(student, case):
    """With w = (3, 4) and b = -5 the rows (3, 4), (0, 0) and (3, -1) lie 4, -1 and 0 away."""
    X = torch.tensor([[3.0, 4.0], [0.0, 0.0], [3.0, -1.0]]).double()
    w, b = torch.tensor([3.0, 4.0]).double(), torch.tensor(-5.0).double()
    close(unchanged(student.distance_to_boundary, X, w, b), torch.tensor([4.0, -1.0, 0.0]).double())


@check("distance")
def distances_know_no_scale(student, case):
    """Ten times w with ten times b gives the same distances, and a row moved by its distance is on the boundary."""
    X, w, b = unit(case, 5, 3)
    first, scaled = student.distance_to_boundary.each([args(X, w, b), args(X, 10 * w, 10 * b)])
    like(first, X[:, 0], name="the distances")
    close(scaled, first, name="the distances for ten times w and b")
    moved = X - torch.outer(first, functional.normalize(w, dim=0))
    close(functional.linear(moved, w[None], b)[:, 0], torch.zeros(5).double(), name="what is said on the boundary")


def ones_and_sevens(X, labels):
    """The rows of both classes, and the targets of a perceptron."""
    chosen = torch.isin(labels, torch.tensor([1, 7]))
    return X[chosen], torch.where(labels[chosen] == 7, 1.0, -1.0).to(X.dtype)


@check("digits", weight=2)
def a_small_reader_is_exact(student, case):
    """Of 12 rows with the classes 0 to 9 only ones and sevens are learned, exactly; 0 is decided as a one."""
    X, labels = (case.uniform(12, 3) * 64).round() / 64, case.labels(12, 10)
    w, b, mistakes = learned(*ones_and_sevens(X, labels), 20)
    found = unchanged(student.fit_one_or_seven, X, labels, 20)
    close(found, (w, b, mistakes), names=(*WEIGHTS, "the mistakes"))
    rows = torch.tensor([[-2.75], [-0.75], [-0.5], [-0.125], [2.25]]).double()
    decisions = student.predict_one_or_seven(rows, torch.ones(1).double(), torch.tensor(0.75).double())
    equal(decisions, torch.tensor([1, 1, 7, 7, 7]), name="the decisions for z = -2, 0, 0.25, 0.625 and 3")


def reads(student, case):
    """Fail unless a perceptron that is trained on the run's data tells ones from sevens in its test set."""
    settings = case.training
    data = case.subset(settings["rows"])
    w, b, _ = student.fit_one_or_seven(data.X_train, data.y_train, settings["max_epochs"])
    w, b = like((w, b), (data.X_train[0], data.X_train[0, 0]), names=WEIGHTS)
    chosen = torch.isin(data.y_test, torch.tensor([1, 7]))
    decisions = student.predict_one_or_seven(data.X_test[chosen], w, b)
    at_least(accuracy(decisions, data.y_test[chosen]), settings["accuracy"], "the test accuracy on ones and sevens")


@check("digits", weight=2)
def ones_are_told_from_sevens(student, case):
    """Trained on real images, the perceptron is right about at least 90 % of the ones and sevens of the test set."""
    reads(student, case)
