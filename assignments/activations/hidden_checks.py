"""Checks that students do not get: other shapes and precisions, inputs far out, short batches, permuted pixels."""

from functools import partial

import torch
from torch.nn import functional

from autograder.checking import args, check, close, gradients, like, require, unchanged

from .checks import (
    FAR,
    LAYER,
    PARAMS,
    apart,
    network_loss,
    network_through,
    one_epoch_follows_torch,
    points,
    reads_images,
    right_algebraic,
    right_arctan,
    right_elu,
    right_layer,
    right_leaky,
    right_logistic,
    right_scales,
    right_smoothed,
    right_softplus,
    shares,
    slope_function,
    slope_of,
    stack,
    start_params,
    trained_as_torch,
)

SIGMOIDS = {
    "logistic": right_logistic,
    "tanh": torch.tanh,
    "arctan": right_arctan,
    "algebraic": right_algebraic,
    "softsign": functional.softsign,
}
RECTIFIERS = {"relu": functional.relu, "leaky_relu": right_leaky, "elu": right_elu, "softplus": right_softplus}


def any_shape(student, case, family):
    """Fail unless values and slopes of these functions keep shape, dtype and input."""
    inputs = [case.normal(), case.normal(2, 3, 4, std=3.0, dtype=torch.float32), case.normal(0, 3)]
    for name, right in family.items():
        function, derivative = getattr(student, name), getattr(student, f"{name}_derivative")
        for z in inputs:
            close(unchanged(function, z), right(z), name=f"{name}(z)")
            close(unchanged(derivative, z), slope_of(right, z), name=f"{name}_derivative(z)")


def far_out(student, family):
    """Fail unless values and slopes of these functions are right for 1e4, in both precisions."""
    for name, right in family.items():
        function, derivative = getattr(student, name), getattr(student, f"{name}_derivative")
        for z in (FAR, FAR.float()):
            close(function(z), right(z.double()).to(z.dtype), name=f"{name}(z)")
            close(derivative(z), slope_of(right, z), name=f"{name}_derivative(z)")


@check("sigmoids")
def sigmoids_of_any_shape(student, case):
    """The five functions and their slopes for a single number, for [2, 3, 4] in float32, and for nothing."""
    any_shape(student, case, SIGMOIDS)


@check("sigmoids")
def sigmoids_far_out(student, case):
    """The five functions and their slopes at inputs of 800 and 10000 in size, in float64 and float32."""
    far_out(student, SIGMOIDS)


@check("sigmoids", weight=0.5)
def a_steep_logistic_far_out(student, case):
    """logistic and its slope with a steepness of 0.25 and of 4, at inputs of 800 and 10000 in size."""
    for steepness in (0.25, 4.0):
        right = partial(right_logistic, steepness=steepness)
        close(unchanged(student.logistic, FAR, steepness=steepness), right(FAR))
        close(unchanged(student.logistic_derivative, FAR, steepness=steepness), slope_of(right, FAR))


@check("rectifiers")
def rectifiers_of_any_shape(student, case):
    """The four functions and their slopes for a single number, for [2, 3, 4] in float32, and for nothing."""
    any_shape(student, case, RECTIFIERS)


@check("rectifiers")
def rectifiers_far_out(student, case):
    """The four functions and their slopes at inputs of 800 and 10000 in size, in float64 and float32."""
    far_out(student, RECTIFIERS)


def with_parameter(function, value, z):
    """The value of a function at z, with this leak or alpha."""
    return function(z, value)


@check("rectifiers", weight=0.5)
def a_leak_above_one(student, case):
    """leaky_relu with a leak of 2.5 and of 0, and elu with alpha = 3, values and slopes."""
    z = points(case)
    for name, right, values in (("leaky_relu", right_leaky, (2.5, 0.0)), ("elu", right_elu, (3.0,))):
        for value in values:
            of_value = partial(with_parameter, right, value)
            function, derivative = getattr(student, name), getattr(student, f"{name}_derivative")
            close(unchanged(function, z, value), of_value(z), name=f"{name}(z)")
            close(unchanged(derivative, z, value), slope_of(of_value, z), name=f"{name}_derivative(z)")


@check("outputs")
def output_layers_in_single_precision(student, case):
    """All three tasks in float32 on [5, 4] and on [1, 2]; nothing that was given is changed."""
    for n, k in ((5, 4), (1, 2)):
        z, target = case.normal(n, k, std=3.0, dtype=torch.float32), shares(case, n, k, torch.float32)
        for task in ("regression", "binary", "classes"):
            close(unchanged(student.output_layer, task, z, target), right_layer(task, z, target), names=LAYER)


@check("outputs")
def output_layers_of_huge_sums(student, case):
    """binary and classes with sums of several thousands, and as many rows as outputs."""
    z, target = case.normal(4, 4, std=4000.0), shares(case, 4, 4)
    for task in ("binary", "classes"):
        close(student.output_layer(task, z, target), right_layer(task, z, target), names=LAYER)


@check("outputs")
def smoothing_of_every_strength(student, case):
    """Smoothing with alpha = 0, 0.2 and 1, for 2 and for 6 classes, in float32 and with huge logits."""
    for alpha in (0.0, 0.2, 1.0):
        for k, std, dtype in ((2, 1.0, torch.float32), (6, 3000.0, torch.float64)):
            logits, y, target = case.normal(5, k, std=std, dtype=dtype), case.labels(5, k), shares(case, 5, k, dtype)
            found = unchanged(student.smoothed_cross_entropy, logits, y, alpha)
            close(found, right_smoothed(logits, y, alpha), names=LAYER[1:])
            expected = torch.lerp(target, torch.full_like(target, 1 / k), alpha)
            close(unchanged(student.smooth_labels, target, alpha), expected)


@check("interpolant")
def points_in_any_order(student, case):
    """Eight points that come shuffled lie on the graph, and it is straight between neighbours."""
    xs, ys, order = apart(case, 8), case.normal(8, std=2.0), case.permutation(8)
    function = network_through(student, xs[order], ys[order])
    close(function(xs), ys, name="f at the given points")
    share = case.uniform(7, low=0.2, high=0.8)
    between = torch.lerp(xs[:-1], xs[1:], share)
    close(function(between), torch.lerp(ys[:-1], ys[1:], share), name="f between the points")


@check("interpolant", weight=0.5)
def points_in_single_precision(student, case):
    """Three points in float32, two of them at the same height."""
    xs, ys = apart(case, 3).float(), case.normal(3, dtype=torch.float32)
    ys[1] = ys[0]
    close(network_through(student, xs, ys)(xs), ys, name="f at the given points")


@check("measures")
def dead_layers_and_living_ones(student, case):
    """All units dead, none dead, and a unit whose sums are exactly 0."""
    X, W = case.uniform(4, 3, low=0.1, dtype=torch.float32), case.uniform(3, 5, low=0.1, dtype=torch.float32)
    W[:, 2] = 0.0
    biases = (-100.0, 0.0, 100.0)
    found = student.dead_share.each(args(X, W, torch.full((5,), bias)) for bias in biases)
    expected = [torch.tensor(share) for share in (1.0, 0.2, 0.0)]
    close(list(found), expected, names=[f"the share with a bias of {bias:g}" for bias in biases])


@check("measures")
def gradients_of_other_stacks(student, case):
    """A rectifier, a logistic function and wide layers whose gradients grow, for one row and in float32."""
    for function, n, sizes, scale in (
        (functional.relu, 1, (4, 4, 4, 4), 3.0),
        (torch.sigmoid, 7, (2, 6, 3), 4.0),
        (right_elu, 3, (5, 5, 5), 2.0),
    ):
        X, weights = stack(case, n, *sizes, scale=scale)
        found = student.gradient_scale(function, slope_function(function), X, weights)
        close(found, right_scales(function, X, weights))
    X, weights = X.float(), [W.float() for W in weights]
    close(student.gradient_scale(right_elu, slope_function(right_elu), X, weights), right_scales(right_elu, X, weights))


@check("network")
def gradients_with_an_arctan_and_an_elu(student, case):
    """As many units as rows and classes, in float32, and scores of several thousands in float64."""
    single, double = torch.float32, torch.float64
    for function, dtype, scale in (
        (right_arctan, single, 1.0),
        (right_elu, single, 1.0),
        (right_arctan, double, 5000.0),
    ):
        W1, b1, W2, b2 = start_params(case, 4, 4, 4, dtype)
        params, X, target = (W1, b1, scale * W2, b2), case.normal(4, 4, dtype=dtype), shares(case, 4, 4, dtype)
        found = unchanged(student.network_gradients, params, X, target, function, slope_function(function))
        exact = gradients(partial(network_loss, function, X.double(), target.double()), *params)
        loss = network_loss(function, X, target, *params)
        close(found, (loss, [slope.to(dtype) for slope in exact]), names=("the loss", "the gradients"))


@check("network", needs=one_epoch_follows_torch)
def epochs_with_a_short_last_batch(student, case):
    """Two epochs of 11 rows in batches of 4 end where torch's end."""
    params, X, target = start_params(case, 5, 6, 3), case.normal(11, 5), shares(case, 11, 3)
    trained_as_torch(student, params, X, target, right_elu, lr=0.4, epochs=2, batch_size=4)


@check("network", statistical=True)
def the_generator_decides_the_order(student, case):
    """Training with the same generator again gives the same parameters, and with another one it gives others."""
    params, X, target = start_params(case, 4, 5, 3), case.normal(24, 4), shares(case, 24, 3)
    one, other, ends = case.generator(), case.generator(), []
    functions = {"activation": torch.tanh, "derivative": slope_function(torch.tanh)}
    for generator in (one, one, other):
        how = {"lr": 0.5, "epochs": 1, "batch_size": 8, "generator": generator}
        end = like(student.train(params, X, target, **functions, **how), params, names=PARAMS)
        ends.append(end)
    close(ends[1], ends[0], name="the parameters of a repeated run")
    # 24 rows fall into batches of 8 in 24! / 8!**3 = 9e9 ways: two generators hardly ever agree.
    moved = max((a - b).abs().max().item() for a, b in zip(ends[0], ends[2], strict=True))
    require(moved > 1e-9, "Two generators led to the same parameters: are the rows shuffled?")


@check("network", weight=2, needs=one_epoch_follows_torch)
def learns_images_with_secretly_permuted_pixels(student, case):
    """A network with an elu learns images whose pixels were permuted."""
    reads_images(student, case, right_elu)
