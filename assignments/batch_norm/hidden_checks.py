"""Checks that students do not get: hard inputs, whole trajectories, mixed pixels."""

import torch

from autograder.checking import args, at_least, check, close, equal, like, require, unchanged

from .checks import (
    NAMES,
    TorchNetwork,
    backward_inputs,
    both_slopes,
    frozen,
    layer_with,
    logits_hold,
    normalised,
    one_epoch_follows_torch,
    parts,
    scale_and_shift,
    slopes,
    start_weights,
    statistics_after,
    statistics_hold,
    trained_accuracy,
)


@check("normalise")
def a_large_mean_costs_no_digits(student, case):
    """Features with mean 1e6 and variance 1 are normalised as precisely as centred ones."""
    x, (gamma, beta) = case.normal(8, 4, mean=1e6), scale_and_shift(case, 4)
    var, mean = torch.var_mean(x, dim=0, correction=0)
    close(student.batch_statistics(x), (mean, var), names=("mean", "var"))
    close(student.batch_norm_forward(x, gamma, beta), normalised(x - 1e6, gamma, beta), rtol=1e-6, atol=1e-7)


@check("normalise")
def eps_rules_where_the_variance_is_tiny(student, case):
    """Features with variance 1e-6 next to eps = 1e-5, and two rows only."""
    cases = [(case.normal(n, 3, mean=1.0, std=1e-3), *scale_and_shift(case, 3)) for n in (7, 2)]
    for each, found in zip(cases, student.batch_norm_forward.each(args(*each) for each in cases), strict=True):
        close(found, normalised(*each))


@check("normalise")
def as_many_rows_as_features(student, case):
    """A batch [4, 4] is normalised by columns, in float64 and in float32."""
    cases = [(case.normal(4, 4, dtype=t), *scale_and_shift(case, 4, t)) for t in (torch.float64, torch.float32)]
    outputs = student.batch_norm_forward.each(args(*each, eps=1e-3) for each in cases)
    for each, found in zip(cases, outputs, strict=True):
        close(found, normalised(*each, 1e-3))
        var, mean = torch.var_mean(each[0], dim=0, correction=0)
        close(unchanged(student.batch_statistics, each[0]), (mean, var), names=("mean", "var"))


@check("gradient")
def gradients_of_small_and_square_batches(student, case):
    """Batches [2, 3], [5, 5] and [3, 8] with eps = 0.05."""
    cases = [backward_inputs(case, *shape) for shape in ((2, 3), (5, 5), (3, 8))]
    for found, expected in both_slopes(student, cases, eps=0.05):
        close(found, expected, names=NAMES)


@check("gradient")
def gradients_of_a_constant_feature(student, case):
    """Where the variance is 0 the gradients are finite and agree with autograd."""
    x, grad_out, (gamma, _) = case.normal(6, 3), case.normal(6, 3), scale_and_shift(case, 3)
    x[:, 2] = -1.5
    expected = slopes(normalised, grad_out, x, gamma)
    close(student.batch_norm_backward(grad_out, x, gamma), expected, names=NAMES)


@check("gradient")
def gradients_of_any_size(student, case):
    """Gradients of size 1e-7 and 1e4 come back as precisely, also where the variance is 1e-6."""
    x, (gamma, _) = case.normal(6, 3, std=1e-3), scale_and_shift(case, 3)
    sizes = (1e-7, 1e4)
    both = both_slopes(student, [(case.normal(6, 3, std=size), x, gamma) for size in sizes])
    for size, (found, expected) in zip(sizes, both, strict=True):
        close(parts(found), expected, rtol=1e-7, atol=size * 1e-8, names=NAMES)


@check("layer")
def several_steps_and_then_evaluation(student, case):
    """Four batches, the first of two rows, with momentum 0.3 and eps 0.05, and then an evaluation."""
    gamma, beta = scale_and_shift(case, 3)
    layer = student.BatchNorm(gamma, beta, eps=0.05, momentum=0.3)
    batches = [case.normal(n, 3, mean=n, std=2.0) for n in (2, 5, 3, 8)]
    list(layer.forward.each(args(x) for x in batches))
    mean, var = statistics_after(batches, gamma, momentum=0.3)
    statistics_hold(layer, mean, var)
    layer.assign("training", False)
    x = case.normal(4, 3, mean=2.0)
    close(layer.forward(x), frozen(x, mean, var, gamma, beta, 0.05), name="the output in evaluation mode")
    statistics_hold(layer, mean, var)


@check("layer")
def a_running_variance_of_zero(student, case):
    """Evaluation mode stays finite where the running variance is 0, also in float32."""
    for dtype in (torch.float64, torch.float32):
        (gamma, beta), mean = scale_and_shift(case, 3, dtype), case.normal(3, dtype=dtype)
        x, var = case.normal(5, 3, dtype=dtype), torch.zeros_like(mean)
        layer = layer_with(student.BatchNorm, gamma, beta, mean, var)
        # The outputs are in the hundreds, and single precision may cancel where x comes close to the mean.
        atol = 1e-2 if dtype == torch.float32 else None
        close(layer.forward(x), frozen(x, mean, var, gamma, beta), atol=atol)


@check("layer")
def a_large_mean_in_the_running_statistics(student, case):
    """Batches with mean 1e6 leave a precise running variance behind."""
    gamma, beta = scale_and_shift(case, 2)
    layer, batches = student.BatchNorm(gamma, beta), [case.normal(6, 2, mean=1e6) for _ in range(2)]
    list(layer.forward.each(args(x) for x in batches))
    statistics_hold(layer, *statistics_after(batches, gamma))


@check("layer_gradient")
def back_to_training_after_an_evaluation(student, case):
    """Training, evaluation, training: each backward belongs to the forward before it."""
    gamma, beta = scale_and_shift(case, 4)
    layer, seen = student.BatchNorm(gamma, beta, eps=1e-3, momentum=0.4), []
    for training in (True, False, True):
        layer.assign("training", training)
        x, grad_out = case.normal(4, 4, mean=1.0), case.normal(4, 4)
        layer.forward(x)
        mean, var = statistics_after(seen, gamma, momentum=0.4)
        if training:
            expected = slopes(normalised, grad_out, x, gamma, eps=1e-3)
            seen.append(x)
        else:
            expected = slopes(lambda x, g, b: frozen(x, mean, var, g, b, 1e-3), grad_out, x, gamma)  # noqa: B023
        before = layer.values("running_mean", "running_var")
        close(unchanged(layer.backward, grad_out), expected, names=NAMES)
        statistics_hold(layer, *before)


@check("images")
def one_image_and_equal_sides(student, case):
    """A single image [1, 3, 4, 2], and images [3, 3, 3, 3], where a wrong axis has the right size."""
    for shape in ((1, 3, 4, 2), (3, 3, 3, 3)):
        x, grad_out, (gamma, beta) = case.normal(*shape), case.normal(*shape), scale_and_shift(case, 3)
        layer = student.BatchNorm2d(gamma, beta, eps=0.02)
        close(layer.forward(x), normalised(x, gamma, beta, 0.02))
        found = unchanged(layer.backward, grad_out)
        close(found, slopes(normalised, grad_out, x, gamma, eps=0.02), names=NAMES)
        statistics_hold(layer, *statistics_after([x], gamma))
    layer, batches = student.BatchNorm2d(gamma, beta), [case.normal(2, 3, 2, 4, mean=1.0) for _ in range(2)]
    list(layer.forward.each(args(x) for x in batches))
    statistics_hold(layer, *statistics_after(batches, gamma))


@check("images")
def images_in_evaluation_mode(student, case):
    """Evaluation of float32 images uses the running statistics, forward and backward, and moves none."""
    gamma, beta = scale_and_shift(case, 2, torch.float32)
    mean, var = case.normal(2, dtype=torch.float32), case.uniform(2, low=0.5, high=4.0, dtype=torch.float32)
    layer = layer_with(student.BatchNorm2d, gamma, beta, mean, var, eps=0.02)
    x, grad_out = (case.normal(3, 2, 4, 5, dtype=torch.float32) for _ in range(2))
    close(unchanged(layer.forward, x), frozen(x, mean, var, gamma, beta, 0.02))
    expected = slopes(lambda x, g, b: frozen(x, mean.to(x), var.to(x), g, b, 0.02), grad_out, x, gamma)
    close(layer.backward(grad_out), expected, names=NAMES)
    statistics_hold(layer, mean, var)


@check("network")
def epochs_with_a_short_last_batch(student, case):
    """Three epochs of 11 rows in batches of 4, with a prediction after the first, end where torch's end."""
    weights, X, y = start_weights(case, 5, 6, 4, 3), case.normal(11, 5), case.labels(11, 3)
    network, expected = student.Network(weights), TorchNetwork(weights)
    student.train(network, X, y, lr=0.2, epochs=1, batch_size=4)
    student.predict(network, X)
    student.train(network, X, y, lr=0.2, epochs=2, batch_size=4)
    expected.train(X, y, lr=0.2, epochs=3, batch_size=4)
    logits_hold(network, X, expected)
    classes = expected.logits(X, training=False).argmax(dim=1)
    equal(student.predict(network, X), classes, name="the prediction")


@check("network")
def the_plain_network_has_the_right_gradients(student, case):
    """With batch_norm=False a network 4-6-5-7-3, one unit of which stays at 0, agrees with autograd."""
    weights, X, grad_logits = start_weights(case, 4, 6, 5, 7, 3), case.normal(7, 4), case.normal(7, 3)
    weights[0][:, 0] = 0.0  # the input of its ReLU is exactly 0
    network, expected = student.Network(weights, batch_norm=False), TorchNetwork(weights)
    close(network.forward(X), expected.logits(X, training=False), name="the logits")
    found = network.backward(grad_logits)
    loss_gradients = expected.gradients(lambda: (expected.logits(X, training=False) * grad_logits).sum())
    close(found, loss_gradients, name="backward")


@check("network", statistical=True)
def the_generator_decides_the_order(student, case):
    """Training with the same generator again gives the same weights, and with another one it gives others."""
    weights, X, y = start_weights(case, 4, 5, 3), case.normal(24, 4), case.labels(24, 3)
    one, other, ends = case.generator(), case.generator(), []
    for generator in (one, one, other):
        network = student.Network(weights)
        student.train(network, X, y, lr=0.5, epochs=1, batch_size=3, generator=generator)
        ends.append(like(network.value("weights"), weights, name="weights"))
    close(ends[1], ends[0], name="the weights of a repeated run")
    # 24 rows fall into batches of 3 in 24! / 3!**8 = 4e17 ways: two generators hardly ever agree.
    moved = max((a - b).abs().max().item() for a, b in zip(ends[0], ends[2], strict=True))
    require(moved > 1e-9, "Two generators led to the same weights: are the rows shuffled?")


@check("network")
def scores_may_be_huge(student, case):
    """Training stays finite and right when the last matrix makes scores of many thousands."""
    weights, X, y = start_weights(case, 4, 5, 3), case.normal(12, 4), case.labels(12, 3)
    weights[-1] *= 1e4
    network, expected = student.Network(weights), TorchNetwork(weights)
    student.train(network, X, y, lr=1e-4, epochs=1, batch_size=12)
    expected.train(X, y, lr=1e-4, epochs=1, batch_size=12)
    logits_hold(network, X, expected)


@check("network", weight=2, needs=one_epoch_follows_torch)
def learns_images_with_secretly_permuted_pixels(student, case):
    """The batch-normalised network learns images whose pixels were mixed and whose classes were renamed."""
    found = trained_accuracy(student, case, case.subset(case.training["rows"]))
    at_least(found, case.training["accuracy"], "test accuracy with batch normalisation")
