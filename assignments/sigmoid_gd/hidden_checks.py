"""Checks that students do not get: other sizes, hard cases, whole paths, real images with scrambled pixels."""

import torch

from autograder.checking import (
    TwoEpochs,
    accuracy,
    args,
    at_least,
    batches_in_order,
    check,
    close,
    equal,
    gradients,
    like,
    require,
    unchanged,
)

from .checks import (
    FAR,
    a_small_detector_is_exact,
    bce,
    beats_always_no,
    detected,
    least_squares,
    line,
    mean_gradients,
    mse,
    parameters_like,
    path_end,
    problem,
    same_parameters,
)


@check("sigmoid")
def sigmoid_works_for_any_shape_and_dtype(student, case):
    """sigmoid and its derivative keep shape and dtype, and leave their input as it was."""
    for shape, dtype in (((), torch.float64), ((1, 3), torch.float32), ((2, 3, 2), torch.float64)):
        z = case.normal(*shape, dtype=dtype)
        close(unchanged(student.sigmoid, z), z.sigmoid())
        slope = gradients(lambda x: x.sigmoid().sum(), z)[0]
        close(unchanged(student.sigmoid_derivative, z), slope.to(dtype))


@check("sigmoid")
def derivative_vanishes_far_from_zero(student, case):
    """sigmoid_derivative is finite and right for z up to 10,000 in size."""
    z = torch.tensor(FAR, dtype=torch.float64)
    close(student.sigmoid_derivative(z), gradients(lambda x: x.sigmoid().sum(), z)[0])


@check("cross_entropy")
def gradients_are_finite_for_huge_logits(student, case):
    """The gradients stay finite and right when logits reach 10,000 in size on both sides."""
    half = case.uniform(3, 2, low=0.5, high=1.0) * 1e4
    w, b = case.uniform(2, low=0.5, high=1.0), case.uniform(low=0.5, high=1.0)
    given = torch.cat([half, -half]), torch.tensor([0.0, 0.0, 1.0] * 2, dtype=torch.float64), w, b
    close(student.logistic_gradients(*given), mean_gradients(bce, *given), names=("dw", "db"))


@check("cross_entropy")
def gradients_with_as_many_rows_as_features(student, case):
    """With n = d, where a confusion of rows and features goes unnoticed, the gradients are right; so for n = 2."""
    for n, d in ((4, 4), (2, 5)):
        given = problem(case, n, d)
        close(student.logistic_gradients(*given), mean_gradients(bce, *given), names=("dw", "db"))


@check("cross_entropy")
def loss_and_gradients_in_single_precision(student, case):
    """float32 in, float32 out, for the loss and for both gradients."""
    given = problem(case, 9, 4, dtype=torch.float32)
    close(student.logistic_gradients(*given), mean_gradients(bce, *given), names=("dw", "db"))
    z, y = torch.tensor(FAR), torch.tensor([0.0, 1.0] * 4)
    close(student.binary_cross_entropy(z, y), bce(z, y), name="the loss")


@check("cross_entropy")
def loss_and_gradients_leave_their_inputs_alone(student, case):
    """Neither the loss nor the gradients change a tensor of the caller."""
    X, y, w, b = problem(case, 4, 3)
    unchanged(student.binary_cross_entropy, case.normal(4), y)
    unchanged(student.logistic_gradients, X, y, w, b)


@check("gradient_step")
def steps_can_be_chained(student, case):
    """Steps on changing rows, each from the parameters the last one gave, follow the exact path, also in float32."""
    for dtype in (torch.float64, torch.float32):
        X, y, *place = problem(case, 9, 4, dtype=dtype)
        expected = path_end(bce, X, y, *place, lr=1.3, batches=batches_in_order(9, 4))
        for chosen in batches_in_order(9, 4):
            place = parameters_like(student.gradient_step(X[chosen], y[chosen], *place, lr=1.3), *place)
        same_parameters(place, expected)


@check("training", weight=2)
def every_epoch_ends_where_it_must(student, case):
    """11 rows in batches of 4: the parameters after 1, 2 and 4 epochs, from inputs that stay as they were."""
    given = problem(case, 11, 5)
    for epochs in (1, 2, 4):
        actual = unchanged(student.train_logistic, *given, lr=0.9, epochs=epochs, batch_size=4)
        expected = path_end(bce, *given, lr=0.9, batches=batches_in_order(11, 4, epochs))
        same_parameters(actual, expected, f" after epoch {epochs}")


@check("training")
def batch_sizes_at_the_edges(student, case):
    """A batch size that divides n leaves no empty batch; one of n or more is full batch; float32 stays float32."""
    given = problem(case, 6, 3, dtype=torch.float32)
    for batch_size in (3, 6, 8):
        expected = path_end(bce, *given, lr=0.4, batches=batches_in_order(6, batch_size, 2))
        same_parameters(student.train_logistic(*given, lr=0.4, epochs=2, batch_size=batch_size), expected)


@check("training", weight=2, statistical=True)
def every_epoch_draws_a_new_order(student, case):
    """With a generator each epoch visits every row exactly once, in an order drawn anew."""
    X, y, w, b = problem(case, 3, 2)
    rows = torch.column_stack([X, torch.ones(3, dtype=X.dtype)])

    def losses(params, chosen):
        return bce((rows[chosen] * params).sum(1), y[chosen], reduction="sum")

    two = TwoEpochs(losses, torch.cat([w, b[None]]), lr=1.0)
    found, how = [], {"lr": 1.0, "epochs": 2, "batch_size": 1}
    for last in student.train_logistic.each(args(X, y, w, b, **how, generator=case.generator()) for _ in range(16)):
        last_w, last_b = parameters_like(last, w, b)
        found.append(two.orders_to(torch.cat([last_w, last_b[None]])))
    repeated = all(first == second for first, second in found)
    require(not repeated, "In 16 runs the second epoch always repeated the order of the first.")


def differ(first, second):
    """Fail if the weights of two runs are the same but for rounding."""
    gap = (first - second).abs().max()
    require(gap > 1e-9, "Two differently seeded generators led to the same weights.")


@check("training", statistical=True)
def the_generator_decides_the_order(student, case):
    """The same generator gives the same batches and parameters again, another one others; full batch needs none."""
    given = problem(case, 10, 3)
    how = {"lr": 0.5, "epochs": 5, "batch_size": 1}  # enough that not even the first rows agree by chance
    one, other = case.generator(), case.generator()
    first, again, second = (
        parameters_like(student.train_logistic(*given, **how, generator=g), *given[2:]) for g in (one, one, other)
    )
    same_parameters(again, first, " of a repeated run")
    differ(first[0], second[0])
    expected = path_end(bce, *given, lr=0.5, batches=batches_in_order(10, 10) * 2)
    same_parameters(student.train_logistic(*given, lr=0.5, epochs=2, generator=one), expected)
    drawn = [like(student.minibatches(48, 8, g), batches_in_order(48, 8), name="batches") for g in (one, one, other)]
    equal(drawn[1], drawn[0], name="the batches for the same generator again")
    require(not torch.equal(drawn[2][0], drawn[0][0]), "Two generators led to the same batches.")


@check("linear_regression")
def line_gradients_in_other_sizes(student, case):
    """n = d, two rows, and float32; the inputs stay as they were."""
    for n, d, dtype in ((4, 4, torch.float64), (2, 3, torch.float64), (9, 2, torch.float32)):
        given = line(case, n, d, dtype=dtype)
        actual = unchanged(student.squared_error_gradients, *given)
        close(actual, mean_gradients(mse, *given), names=("dw", "db"))


@check("linear_regression")
def fit_linear_forgets_its_start(student, case):
    """A far start and targets far from zero lead to least squares too, and the start is left as it was."""
    X, y, w, b = line(case, 400, 4)
    actual = unchanged(student.fit_linear, X, y + 50, 10 * w, 10 * b, lr=0.5, steps=200)
    same_parameters(actual, least_squares(X, y + 50))


@check("nine_or_not")
def a_detector_without_nines(student, case):
    """Rows without a single nine, in float32 and full batch, train on targets that are all 0; they stay as they are."""
    X, labels = case.uniform(6, 3, dtype=torch.float32), case.integers(0, 9, 6)
    start = torch.zeros(3), torch.tensor(0.0)
    expected = path_end(bce, X, torch.zeros(6), *start, lr=0.5, batches=batches_in_order(6, 6) * 3)
    same_parameters(unchanged(student.fit_nine, X, labels, lr=0.5, epochs=3), expected)


@check("nine_or_not")
def the_generator_reaches_the_detector(student, case):
    """fit_nine with the same generator again gives the same parameters, and with another one it gives others."""
    X, labels = case.uniform(12, 3), case.integers(8, 10, 12)
    one, other = case.generator(), case.generator()
    first, again, second = (
        parameters_like(student.fit_nine(X, labels, lr=0.05, epochs=2, batch_size=1, generator=g), X[0], X[0, 0])
        for g in (one, one, other)
    )
    same_parameters(again, first, " of a repeated run")
    differ(first[0], second[0])


@check("nine_or_not", weight=2, needs=a_small_detector_is_exact)
def nines_are_found_in_scrambled_images(student, case):
    """With secretly scrambled pixels the gain over always answering 0 and the mean of two accuracies are reached."""
    decisions, truth = detected(student, case)
    beats_always_no(case, decisions, truth)
    shares = [accuracy(decisions[truth == side], truth[truth == side]) for side in (0, 1)]
    at_least(sum(shares) / 2, case.training["balanced"], "the mean of the accuracies on nines and on the rest")
