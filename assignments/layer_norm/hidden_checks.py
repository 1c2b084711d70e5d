"""Checks that students do not get: hard inputs, several epochs, mixed pixels."""

import torch
from torch.nn import functional

from autograder.checking import accuracy, args, at_least, at_most, check, close, equal, like, require, unchanged

from .checks import (
    NAMES,
    NORMS,
    backward_inputs,
    by_columns,
    by_rms,
    by_rows,
    data_settings,
    flat,
    logits_of,
    loss_of,
    minus_the_row_above,
    moments,
    of_batch,
    of_fixed_numbers,
    one_epoch_follows_torch,
    parts,
    rms_slopes,
    scale_and_shift,
    slopes,
    start_params,
    trained_as_torch,
)


@check("normalise")
def a_large_mean_costs_no_digits(student, case):
    """Rows with mean 1e6 and variance 1 are normalised as precisely as centred ones."""
    x, (gamma, beta) = case.normal(4, 8, mean=1e6), scale_and_shift(case, 8)
    close(student.layer_statistics(x), moments(x), names=("mean", "var"))
    close(student.layer_norm_forward(x, gamma, beta), by_rows(x - 1e6, gamma, beta), rtol=1e-6, atol=1e-7)


@check("normalise")
def eps_rules_where_the_variance_is_tiny(student, case):
    """Rows with variance 1e-6 next to eps = 1e-5, and rows of two features only."""
    cases = [(case.normal(3, d, mean=1.0, std=1e-3), *scale_and_shift(case, d)) for d in (7, 2)]
    for each, found in zip(cases, student.layer_norm_forward.each(args(*each) for each in cases), strict=True):
        close(found, by_rows(*each))


@check("normalise")
def as_many_rows_as_features(student, case):
    """Rows [4, 4] and sequences [3, 3, 3], where a wrong axis has the right size, in both precisions."""
    shapes = ((4, 4), (3, 3, 3))
    for dtype in (torch.float64, torch.float32):
        for shape in shapes:
            x, (gamma, beta) = case.normal(*shape, dtype=dtype), scale_and_shift(case, shape[-1], dtype)
            close(student.layer_norm_forward(x, gamma, beta, eps=0.01), by_rows(x, gamma, beta, 0.01))
            unchanged(student.layer_statistics, x)


@check("gradient")
def gradients_of_small_and_square_inputs(student, case):
    """Inputs [3, 2], [5, 5], [8, 3] and [3, 3, 3] with eps = 0.05."""
    cases = [backward_inputs(case, *shape) for shape in ((3, 2), (5, 5), (8, 3), (3, 3, 3))]
    found = student.layer_norm_backward.each(args(*each, eps=0.05) for each in cases)
    for each, theirs in zip(cases, found, strict=True):
        close(theirs, slopes(*each, eps=0.05), names=NAMES)


@check("gradient")
def gradients_of_a_constant_row(student, case):
    """Where the variance is 0 the gradients are finite and agree with autograd."""
    grad_out, x, gamma = backward_inputs(case, 4, 5)
    x[2] = -1.5
    close(student.layer_norm_backward(grad_out, x, gamma), slopes(grad_out, x, gamma), names=NAMES)


@check("gradient")
def gradients_of_any_size(student, case):
    """Gradients of size 1e-7 and 1e4 come back as precisely, also where the variance is 1e-6."""
    x, (gamma, _) = case.normal(3, 6, std=1e-3), scale_and_shift(case, 6)
    for size in (1e-7, 1e4):
        grad_out = case.normal(3, 6, std=size)
        found = parts(student.layer_norm_backward(grad_out, x, gamma))
        close(found, slopes(grad_out, x, gamma), rtol=1e-7, atol=size * 1e-8, names=NAMES)


@check("layer")
def a_layer_on_sequences(student, case):
    """Sequences [2, 3, 4] through a layer with other gamma and eps, forward and backward, several times."""
    gamma, beta = scale_and_shift(case, 4)
    layer = student.LayerNorm(gamma, beta, eps=0.02)
    for _ in range(3):
        x, grad_out = case.normal(2, 3, 4, mean=1.0), case.normal(2, 3, 4)
        close(layer.forward(x), by_rows(x, gamma, beta, 0.02))
        close(layer.backward(grad_out), slopes(grad_out, x, gamma, 0.02), names=NAMES)


@check("layer")
def a_trained_layer_uses_its_new_scale(student, case):
    """After gamma and beta were replaced from outside, forward and backward use the new ones, and keep them."""
    layer, (gamma, beta) = student.LayerNorm(*scale_and_shift(case, 4)), scale_and_shift(case, 4)
    x, grad_out = case.normal(5, 4), case.normal(5, 4)
    layer.forward(x)
    layer.assign("gamma", gamma)
    layer.assign("beta", beta)
    close(layer.forward(x), by_rows(x, gamma, beta))
    close(layer.backward(grad_out), slopes(grad_out, x, gamma), names=NAMES)
    close((layer.value("gamma"), layer.value("beta")), (gamma, beta), names=("gamma", "beta"))


@check("rms")
def a_row_of_zeros_and_a_large_mean(student, case):
    """A row of zeros stays finite, and a row around 1e6 keeps its mean, forward and backward."""
    grad_out, x, gamma = backward_inputs(case, 3, 5)
    x[0] = 0.0
    x[1] += 1e6
    close(student.rms_norm_forward(x, gamma), by_rms(x, gamma))
    close(student.rms_norm_backward(grad_out, x, gamma), rms_slopes(grad_out, x, gamma), names=NAMES[:2])


@check("rms")
def rms_of_tiny_and_square_inputs(student, case):
    """Rows of size 1e-3 next to eps = 1e-5, and inputs [3, 3, 3]."""
    for shape, std in (((4, 3), 1e-3), ((3, 3, 3), 1.0)):
        grad_out, x, gamma = backward_inputs(case, *shape, std=std)
        close(student.rms_norm_forward(x, gamma), by_rms(x, gamma))
        close(student.rms_norm_backward(grad_out, x, gamma), rms_slopes(grad_out, x, gamma), names=NAMES[:2])


@check("comparison")
def batch_norm_of_square_and_constant_batches(student, case):
    """A batch [4, 4] with a constant feature, in float32 as well, forward and backward."""
    for dtype in (torch.float64, torch.float32):
        x, grad_out = (case.normal(4, 4, dtype=dtype) for _ in range(2))
        gamma, beta = scale_and_shift(case, 4, dtype)
        x[:, 2] = -1.5
        close(unchanged(student.batch_norm_forward, x, gamma, beta, eps=0.05), by_columns(x, gamma, beta, 0.05))
        found = unchanged(student.batch_norm_backward, grad_out, x, gamma, eps=0.05)
        expected = slopes(grad_out, x, gamma, 0.05, by_columns)
        close(found, expected, atol=1e-4 if dtype == torch.float32 else None, names=NAMES)


def of_rms(x):
    """RMSNorm."""
    return by_rms(x, x.new_ones(x.shape[-1]))


def of_layer_with_rounding(x):
    """Layer normalisation whose last digits depend on all rows."""
    return functional.layer_norm(x, x.shape[-1:]) + 1e-11 * x.sum().sin()


def only_centred(x):
    """Every feature without its mean over the rows."""
    return x - x.mean(0)


def size_over_the_largest(x):
    """The size of every feature over the largest one in the batch; no row gets more than it gets alone."""
    return x.abs() / x.abs().amax(0)


@check("comparison")
def tells_other_normalisations_apart(student, case):
    """Evaluation mode, RMSNorm and rounding do not count as dependence; one row among many does."""
    x = case.normal(6, 4)
    independent = [of_fixed_numbers, of_rms, of_layer_with_rounding]
    dependent = [minus_the_row_above, only_centred, of_batch, size_over_the_largest]
    functions = (*independent, *dependent)
    found = [student.depends_on_other_rows(function, x) for function in functions]
    equal(found, [f in dependent for f in functions], names=[f.__name__ for f in functions])


@check("training", needs=one_epoch_follows_torch)
def epochs_with_a_short_last_batch(student, case):
    """Three epochs of 11 rows in batches of 4 end where torch's end, and have the same losses."""
    params, X, y = start_params(case, 5, 6, 4, 3), case.normal(11, 5), case.labels(11, 3)
    for norm in NORMS:
        trained_as_torch(student, params, X, y, norm=norm, lr=0.2, epochs=3, batch_size=4)


@check("training", statistical=True)
def the_generator_decides_the_order(student, case):
    """Training with the same generator again gives the same parameters, and with another one it gives others."""
    params, X, y = start_params(case, 4, 5, 3), case.normal(24, 4), case.labels(24, 3)
    one, other, ends = case.generator(), case.generator(), []
    for generator in (one, one, other):
        how = {"norm": "layer", "lr": 0.5, "epochs": 1, "batch_size": 3, "generator": generator}
        found = unchanged(student.train, params, X, y, **how)
        end, _ = like(found, (params, X.new_zeros(1)), names=("params", "losses"))
        ends.append(flat(end))
    close(ends[1], ends[0], name="the parameters of a repeated run")
    # 24 rows fall into batches of 3 in 24! / 3!**8 = 4e17 ways: two generators hardly ever agree.
    moved = max((a - b).abs().max().item() for a, b in zip(ends[0], ends[2], strict=True))
    require(moved > 1e-9, "Two generators led to the same parameters: are the rows shuffled?")


@check("training")
def scores_may_be_huge(student, case):
    """The loss and the training stay finite and right when the last matrix makes scores of many thousands."""
    params, X, y = start_params(case, 4, 5, 3), case.normal(12, 4), case.labels(12, 3)
    params["weights"][-1] = params["weights"][-1] * 1e4
    trained_as_torch(student, params, X, y, norm="layer", lr=1e-4, epochs=1, batch_size=12)


@check("training", weight=2, needs=one_epoch_follows_torch)
def learns_images_with_secretly_permuted_pixels(student, case):
    """The layer-normalised network learns images whose pixels were mixed, and its loss is what it says."""
    start, data, how = data_settings(case)
    found = student.train(start, data.X_train, data.y_train, norm="layer", generator=case.generator(), **how)
    params, losses = like(found, (start, torch.zeros(how["epochs"])), names=("params", "losses"))
    classes = logits_of("layer", params, data.X_test).argmax(dim=1)
    at_least(accuracy(classes, data.y_test), case.training["accuracy"], "test accuracy with layer normalisation")
    at_most(losses.min(), case.training["target"], "the smallest training loss of an epoch")
    reached = loss_of("layer", data.X_train, data.y_train, *flat(params))
    at_most(reached, losses[0].item(), "the loss that the parameters have in the end, beside that of the first epoch")
