"""Checks that students do not get: single precision, other shapes, longer courses of values, ties, other rows."""

import math

import torch
from torch.nn import functional

from autograder.checking import at_least, check, close, equal, require, unchanged

from .checks import (
    DOUBLE,
    early,
    fitted,
    folds_of,
    fourths,
    layers,
    loss_of,
    number_of,
    parts_of,
    priced,
    shop,
    signed,
    stopped,
    stops_after,
    three_parts,
    told,
    trained_early,
    training_stops_and_goes_back,
)


@check("penalties")
def penalties_of_deep_networks_in_single_precision(student, case):
    """Three layers in float32, a single layer, and a strength of 0."""
    deep = layers(case, 2, 3, 3, 2, dtype=torch.float32)
    for params, strength in ((deep, 0.3), (layers(case, 4, 1), 1.5), (layers(case, 2, 2), 0.0)):
        priced(student.l1_penalty, 1, params, strength)
        priced(student.l2_penalty, 2, params, strength)


@check("sparse")
def thresholds_in_other_shapes(student, case):
    """soft_threshold and both steps for a single number, a tensor with three dimensions, float32 and threshold 0."""
    for shape, dtype in (((), DOUBLE), ((2, 3, 2), DOUBLE), ((6,), torch.float32)):
        w, grad = case.normal(*shape, dtype=dtype), case.normal(*shape, dtype=dtype)
        close(unchanged(student.soft_threshold, w, 0.4), functional.softshrink(w, 0.4), name="soft_threshold")
        close(student.soft_threshold(w, 0.0), w, name="soft_threshold with 0")
        found = unchanged(student.proximal_step, w, grad, lr=0.2, strength=3.0)
        close(found, functional.softshrink(w - 0.2 * grad, 0.6), name="proximal_step")
        found = unchanged(student.subgradient_step, w, grad, lr=0.2, strength=3.0)
        close(found, w - 0.2 * grad - 0.6 * w.sign(), name="subgradient_step")


@check("sparse")
def sparse_descent_of_matrices(student, case):
    """A lasso on 40 rows: matrices, zeros counted over all entries, and no step at all."""
    X, goal = case.normal(40, 6), torch.zeros(6, 2, dtype=DOUBLE)
    goal[:2] = signed(case, 2, 2)
    y = X @ goal

    def slope(w):
        return X.T @ (X @ w - y) / len(X)

    start = w = signed(case, 6, 2)
    zeros = []
    for _number in range(12):
        w = functional.softshrink(w - 0.2 * slope(w), 0.2 * 0.3)
        zeros.append((w == 0).sum().item())
    settings = {"step": student.proximal_step, "lr": 0.2, "strength": 0.3}
    found = student.sparse_descent(slope, start, steps=12, **settings)
    close(found[0], w, name="the weights")
    equal(list(found[1]), zeros, name="the number of zeros after each step")
    found = student.sparse_descent(slope, start, steps=0, **settings)
    close(found[0], start, name="the weights after no step")
    equal(list(found[1]), [], name="the zeros after no step")


@check("stopping")
def long_courses_of_values_end_where_they_must(student, case):
    """30 random values, with every patience and two min_delta, in both modes; [] tensors are values too."""
    for sign, mode in ((1, "min"), (-1, "max")):
        values = (case.permutation(30) % 16 / 4.0).tolist()
        for patience, min_delta in ((1, 0.0), (4, 0.25), (6, 0.0)):
            best, wait, epochs = math.inf, 0, 0
            for value in values:
                epochs += 1
                better = value < best - min_delta
                best, wait = (value, 0) if better else (best, wait + 1)
                if wait == patience:
                    break
            stopping = student.EarlyStopping(patience, min_delta=min_delta, mode=mode)
            found = told(stopping, [torch.tensor(sign * value, dtype=DOUBLE) for value in values])
            equal(len(found), epochs, name="the number of epochs")
            shown = number_of(stopping, "best_value"), number_of(stopping, "waited")
            equal(shown, (sign * best, float(wait)), name="best_value and waited at the end")


@check("stopping")
def nan_and_infinity_in_both_modes(student, case):
    """nan and infinite values wait, in either mode, also in the first epoch."""
    for sign, mode in ((1, "min"), (-1, "max")):
        bad = sign * math.inf
        stops_after(student.EarlyStopping(2, mode=mode), [sign * 2.0, math.nan, bad, sign * 1.0], 3)
        stops_after(student.EarlyStopping(3, mode=mode), [math.nan, bad, sign * 2.0, math.nan, sign * 1.0], 6)
        stops_after(student.EarlyStopping(2, mode=mode), [math.nan, math.nan, sign * 2.0], 2)


@check("stopping")
def improvements_below_min_delta_keep_nothing(student, case):
    """Small improvements do not move the best value, so that several of them together are one; in both modes."""
    for sign, mode in ((1, "min"), (-1, "max")):
        stopping = student.EarlyStopping(4, min_delta=0.5, mode=mode)
        params = [layers(case, 2, 2) for _ in range(5)]
        for value, now in zip((3.0, 2.75, 2.25, 2.0, 1.875), params, strict=True):
            stopping.update(sign * value, now)
        equal(
            (number_of(stopping, "best_value"), number_of(stopping, "waited")),
            (sign * 2.25, 2.0),
            name="best and waited",
        )
        close(stopping.restore(params[4]), params[2], name="the parameters that are restored")


@check("stopping")
def restoring_from_trainings_in_place(student, case):
    """In mode "max", with a training that max_epochs ends, and with restore_best=False the last parameters stay."""
    start = [signed(case, 3), signed(case, 2, 2), signed(case)]
    after = [[w - 0.25 * turn for w in start] for turn in range(1, 6)]
    goal = after[1][0][0].item()

    def nearness(params):
        return -(params[0][0] - goal).abs().item()

    settings = {"gradients": fourths, "evaluate": nearness, "lr": 1.0, "max_epochs": 5}
    found = student.descend_in_place(start, stopping=student.EarlyStopping(9, mode="max"), **settings)
    close(found, after[1], name="the parameters of the best epoch")
    stopping = student.EarlyStopping(2, mode="max", restore_best=False)
    close(student.descend_in_place(start, stopping=stopping, **settings), after[3], name="the last parameters")


@check("splits")
def split_of_other_shares(student, case):
    """Shares that are no whole numbers of rows are rounded up or down, in each class, also where one has few rows."""
    labels = torch.tensor([-1] * 3 + [10] * 7 + [2] * 26 + [5] * 4)[case.permutation(40)]
    for share in (0.1, 0.4, 0.5, 0.8):
        _, validation = parts_of(unchanged(student.split, labels, share, case.generator()), 40)
        for label in (-1, 10, 2, 5):
            rows, held = (labels == label).sum().item(), (labels[validation] == label).sum().item()
            near = abs(held - share * rows) < 1
            require(near, f"A class of {rows} rows has {held} in validation, although the share is {share:g}.")


@check("splits", statistical=True, weight=0.5)
def every_row_may_be_held_out(student, case):
    """In 40 splits every row is held out at some time, and trained on at some time."""
    labels = torch.tensor([0, 1, 1] * 4)
    held = torch.zeros(40, 12)
    for i in range(40):
        held[i, parts_of(student.split(labels, 0.5, case.generator()), 12)[1]] = 1
    # With share 1/2 one of 12 rows stays on its side in 40 splits with a probability of 12 * 2^-39 = 2e-11.
    shares = held.mean(0)
    moved = bool(((shares > 0) & (shares < 1)).all())
    require(moved, "In 40 splits some row was always on the same side: are all rows of a class drawn from?")


@check("splits")
def folds_of_other_sizes(student, case):
    """Two folds of 7 rows, and as many folds as rows: each row is then a fold of its own."""
    for n, k in ((7, 2), (6, 6), (23, 5)):
        sizes = [len(rows) for rows in folds_of(student.k_folds(n, k, case.generator()), n, k)]
        require(max(sizes) - min(sizes) <= 1, f"The folds have the sizes {sizes}: they may differ by 1 at most.")
        equal(len(sizes), k, name="the number of folds")


@check("selection")
def ties_nan_and_negative_losses(student, case):
    """The first of several best is chosen, nan never is, a loss may be below 0, and a candidate may be anything."""
    for prices, expected in (
        ({"a": (0.0, 0.5, 1.0), "b": (0.0, 0.25, 2.0), "c": (0.0, 0.25, 3.0)}, ("b", 0.25, 2.0)),
        ({"a": (0.0, math.nan, 1.0), "b": (0.0, 0.5, 2.0), "c": (0.0, math.nan, 3.0)}, ("b", 0.5, 2.0)),
        ({"a": (0.0, -0.5, 1.0), "b": (0.0, -0.75, -2.0), "c": (0.0, 0.0, 0.0)}, ("b", -0.75, -2.0)),
        ({"a": (0.5, 7.0, 9.0)}, ("a", 7.0, 9.0)),
        ({"c": (0.0, 5.0, 6.0), "b": (0.0, 7.0, 1.0), "a": (0.0, 9.0, 0.5)}, ("c", 5.0, 6.0)),
    ):
        fit, evaluate = shop(prices)
        chosen, *losses = student.select(list(prices), fit, evaluate, **three_parts())
        equal(chosen, expected[0], name="the candidate")
        close([float(loss) for loss in losses], list(expected[1:]), names=["its validation loss", "its test loss"])


@check("capacity")
def fit_takes_deep_networks_and_single_precision(student, case):
    """Three layers in float32, a network without a hidden layer, no penalty, and no epoch at all."""
    for sizes, dtype, strength in (((3, 4, 3, 2), torch.float32, 0.1), ((3, 3), DOUBLE, 0.4), ((2, 3, 2), DOUBLE, 0.0)):
        X, labels = case.normal(6, sizes[0], dtype=dtype), case.labels(6, sizes[-1])
        params = [w / 2 for w in layers(case, *sizes, dtype=dtype)]
        settings = {"lr": 0.2, "strength": strength}
        found = unchanged(student.fit_network, X, labels, params, epochs=2, **settings)
        close(list(found), fitted(X, labels, params, epochs=2, **settings)[-1], name="the parameters after 2 steps")
        close(
            list(student.fit_network(X, labels, params, epochs=0, **settings)),
            params,
            name="the parameters after no step",
        )


@check("training")
def training_watches_in_other_settings(student, case):
    """In float32 with restore_best=False: the losses end where it stops, and the last parameters come back."""
    (X, labels, params), validation = early(case, n=9, d=4, h=5, k=3, dtype=torch.float32)
    path = fitted(X, labels, params, lr=0.5, epochs=30, strength=0.05)
    losses = torch.stack([loss_of(after, *validation) for after in path])
    epochs = stopped(losses.tolist(), 2)[1]
    stopping = student.EarlyStopping(2, restore_best=False)
    settings = {"validation": validation, "lr": 0.5, "strength": 0.05, "stopping": stopping, "max_epochs": 30}
    found = unchanged(student.fit_early, X, labels, params, **settings)
    close(found[1], losses[:epochs], name="the losses")
    close(list(found[0]), path[epochs - 1], names=["W1", "b1", "W2", "b2"])


@check("training", needs=training_stops_and_goes_back)
def false_labels_do_little_harm_in_scrambled_images(student, case):
    """With secretly scrambled pixels and other false labels the restored network is good, too."""
    at_least(trained_early(student, case), case.training["accuracy"], "the test accuracy")
