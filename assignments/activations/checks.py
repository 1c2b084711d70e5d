"""Checks that students see and run. torch's own activations and losses give the answers, and autograd their slopes."""

import math
from functools import partial

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    at_least,
    at_most,
    batches_in_order,
    check,
    close,
    descended,
    each_row_once,
    gradients,
    like,
    plotted,
    require,
    unchanged,
)

LAYER = ("the outputs", "the loss", "the gradient")
PARAMS = ("W1", "b1", "W2", "b2")


def right_logistic(z, steepness=1.0):
    """The logistic function, by torch."""
    return torch.sigmoid(steepness * z)


def right_arctan(z):
    """The scaled arc tangent; the angle comes from its sine and cosine."""
    return torch.atan2(z * (math.pi / 2), torch.ones_like(z)) * (2 / math.pi)


def right_algebraic(z):
    """z / sqrt(1 + z^2) is the sine of the angle whose tangent is z."""
    return torch.sin(torch.atan(z))


def right_leaky(z, leak=0.01):
    """The leaky rectifier, by torch."""
    return functional.leaky_relu(z, leak)


def right_elu(z, alpha=1.0):
    """The exponential linear unit, by torch."""
    return functional.elu(z, alpha)


def right_softplus(z):
    """The softplus; torch's own is a straight line from 20 on."""
    return torch.logaddexp(z, torch.zeros_like(z))


def slope_of(function, z):
    """The derivative of a right function at z, by autograd, in the dtype of z."""
    (slope,) = gradients(lambda z: function(z).sum(), z)
    return slope.to(z.dtype)


def points(case, n=6):
    """Numbers on both sides of 0; none is so near to 0 or to another that two mistakes look alike."""
    signs = torch.tensor([1.0, -1.0]).double().repeat(n)[:n]
    return signs * (case.permutation(n) + case.uniform(n, low=0.2, high=0.8)) / 2


def values_follow(function, z, right, *parameters):
    """Fail unless a student's function has the values of ours, in turn with each of these parameters and without."""
    for each in ((), *[(parameter,) for parameter in parameters]):
        close(function(z, *each), right(z, *each))


def slopes_follow(function, z, right, *parameters):
    """The same for its derivative, which autograd gives."""
    for each in ((), *[(parameter,) for parameter in parameters]):
        close(function(z, *each), slope_of(lambda z: right(z, *each), z))  # noqa: B023


@check("sigmoids")
def logistic_follows_its_formula(student, case):
    """logistic is 1/2 at 0, goes from 0 to 1, and goes faster with a steepness of 3 than with one of 0.5."""
    close(student.logistic(torch.zeros(1).double()), torch.full((1,), 0.5).double())
    values_follow(student.logistic, points(case), right_logistic, 0.5, 3.0)


@check("sigmoids")
def logistic_slope_follows_autograd(student, case):
    """logistic_derivative is the slope at the input z, also for a steepness of 3 and of 0.5."""
    close(student.logistic_derivative(torch.zeros(1).double()), torch.full((1,), 0.25).double())
    slopes_follow(student.logistic_derivative, points(case), right_logistic, 0.5, 3.0)


@check("sigmoids")
def tanh_agrees_with_torch(student, case):
    """tanh has the values of torch's own tanh."""
    values_follow(student.tanh, points(case), torch.tanh)


@check("sigmoids")
def tanh_slope_follows_autograd(student, case):
    """tanh_derivative is 1 at 0, and elsewhere the slope at the input z."""
    close(student.tanh_derivative(torch.zeros(1).double()), torch.ones(1).double())
    slopes_follow(student.tanh_derivative, points(case), torch.tanh)


@check("sigmoids")
def arctan_is_scaled(student, case):
    """arctan lies between -1 and 1 and rises with slope 1 at 0."""
    values_follow(student.arctan, points(case), right_arctan)


@check("sigmoids")
def arctan_slope_follows_autograd(student, case):
    """arctan_derivative is 1 at 0, and elsewhere the slope at the input z."""
    close(student.arctan_derivative(torch.zeros(1).double()), torch.ones(1).double())
    slopes_follow(student.arctan_derivative, points(case), right_arctan)


@check("sigmoids")
def algebraic_follows_its_formula(student, case):
    """algebraic is z over the root of 1 + z^2: at z = 0.75 it is 0.6."""
    close(student.algebraic(torch.full((1,), 0.75).double()), torch.full((1,), 0.6).double())
    values_follow(student.algebraic, points(case), right_algebraic)


@check("sigmoids")
def algebraic_slope_follows_autograd(student, case):
    """algebraic_derivative is 1 at 0, and elsewhere the slope at the input z."""
    close(student.algebraic_derivative(torch.zeros(1).double()), torch.ones(1).double())
    slopes_follow(student.algebraic_derivative, points(case), right_algebraic)


@check("sigmoids")
def softsign_agrees_with_torch(student, case):
    """softsign has the values of torch's own softsign."""
    values_follow(student.softsign, points(case), functional.softsign)


@check("sigmoids")
def softsign_slope_follows_autograd(student, case):
    """softsign_derivative is 1 at 0, and elsewhere the slope at the input z."""
    close(student.softsign_derivative(torch.zeros(1).double()), torch.ones(1).double())
    slopes_follow(student.softsign_derivative, points(case), functional.softsign)


FAR = torch.tensor([-10000.0, -800.0, 800.0, 10000.0], dtype=torch.float64)


@check("sigmoids")
def logistic_and_tanh_do_not_overflow(student, case):
    """At -10000, -800, 800 and 10000 both functions are at their limits, and their slopes are 0."""
    names = ("logistic", "tanh", "logistic_derivative", "tanh_derivative")
    found = [getattr(student, name)(FAR) for name in names]
    zeros = torch.zeros_like(FAR)
    close(found, [(FAR > 0).double(), FAR.sign(), zeros, zeros], names=names)


@check("rectifiers")
def relu_agrees_with_torch(student, case):
    """relu lets positive numbers pass and makes 0 of all others."""
    values_follow(student.relu, points(case), functional.relu)


@check("rectifiers")
def relu_slope_follows_autograd(student, case):
    """relu_derivative is 1 above 0 and 0 below."""
    slopes_follow(student.relu_derivative, points(case), functional.relu)


@check("rectifiers")
def leaky_relu_agrees_with_torch(student, case):
    """leaky_relu multiplies by the leak below 0 and nowhere else, for leaks of 0.01 and 0.3."""
    values_follow(student.leaky_relu, points(case), right_leaky, 0.3)


@check("rectifiers")
def leaky_slope_follows_autograd(student, case):
    """leaky_relu_derivative is the leak below 0 and 1 above."""
    slopes_follow(student.leaky_relu_derivative, points(case), right_leaky, 0.3)


@check("rectifiers")
def elu_agrees_with_torch(student, case):
    """elu has the values of torch's own, for alpha = 1 and alpha = 0.4."""
    values_follow(student.elu, points(case), right_elu, 0.4)


@check("rectifiers")
def elu_slope_follows_autograd(student, case):
    """elu_derivative is the slope at the input z, for alpha = 1 and alpha = 0.4."""
    slopes_follow(student.elu_derivative, points(case), right_elu, 0.4)


@check("rectifiers")
def softplus_is_a_round_rectifier(student, case):
    """softplus is log(2) at 0 and log(1 + exp(z)) elsewhere."""
    close(student.softplus(torch.zeros(1).double()), torch.full((1,), math.log(2)).double())
    values_follow(student.softplus, points(case), right_softplus)


@check("rectifiers")
def softplus_slope_follows_autograd(student, case):
    """softplus_derivative is 1/2 at 0, and elsewhere the slope at the input z."""
    close(student.softplus_derivative(torch.zeros(1).double()), torch.full((1,), 0.5).double())
    slopes_follow(student.softplus_derivative, points(case), right_softplus)


@check("rectifiers", weight=0.5)
def slopes_at_a_corner_are_those_from_the_left(student, case):
    """At exactly 0 the slope of relu is 0, that of leaky_relu is the leak, and that of elu is alpha."""
    zero = torch.zeros(1, dtype=torch.float64)
    found = (student.relu_derivative(zero), student.leaky_relu_derivative(zero, 0.3), student.elu_derivative(zero, 0.4))
    names = ("the slope of relu at 0", "the slope of leaky_relu at 0", "the slope of elu at 0")
    close(found, (zero, zero + 0.3, zero + 0.4), names=names)


@check("rectifiers")
def rectifiers_do_not_overflow(student, case):
    """At -10000, -800, 800 and 10000 elu and softplus are finite and right, and so are their slopes."""
    names = ("elu", "softplus", "elu_derivative", "softplus_derivative")
    found = [getattr(student, name)(FAR) for name in names]
    above = (FAR > 0).double()
    close(found, [FAR.clamp(min=-1), above * FAR, above, above], names=names)


def right_loss(task, z, target):
    """The loss of each task, by torch."""
    if task == "classes":
        return functional.cross_entropy(z, target)
    losses = {"regression": functional.mse_loss, "binary": functional.binary_cross_entropy_with_logits}
    half = 0.5 if "regression" in task else 1.0
    return losses[task](z, target, reduction="sum") * half / z.shape[0]


def right_layer(task, z, target):
    """Outputs, loss and gradient of each task, by torch and autograd."""
    outputs = {"regression": torch.clone, "binary": torch.sigmoid, "classes": partial(functional.softmax, dim=-1)}
    (grad,) = gradients(lambda z: right_loss(task, z, target.double()), z)
    return outputs[task](z), right_loss(task, z, target), grad.to(z.dtype)


def shares(case, n, k, dtype=torch.float64):
    """[n, k] rows of numbers between 0 and 1 that sum to 1."""
    rows = case.uniform(n, k, low=0.2, high=1.0)
    return (rows / rows.sum(1, keepdim=True)).to(dtype)


@check("outputs")
def regression_has_half_the_squared_error(student, case):
    """The task regression leaves z as it is; its loss is half of a row's squared error, as a mean over the rows."""
    for n, k in ((1, 1), (4, 3)):
        z, target = case.normal(n, k), case.normal(n, k)
        close(student.output_layer("regression", z, target), right_layer("regression", z, target), names=LAYER)


@check("outputs")
def binary_questions_have_logistic_outputs(student, case):
    """The task binary has logistic outputs, and a cross-entropy for each of them that is summed over a row."""
    for n, k in ((1, 1), (4, 3)):
        z, target = case.normal(n, k), case.uniform(n, k)
        close(student.output_layer("binary", z, target), right_layer("binary", z, target), names=LAYER)


@check("outputs")
def classes_have_a_softmax(student, case):
    """The task classes has the softmax of every row and its cross-entropy; the target of a row is one-hot or not."""
    one_hot = torch.eye(3, dtype=torch.float64)[case.labels(4, 3)]
    for target in (one_hot, shares(case, 5, 4)):
        z = case.normal(*target.shape)
        close(student.output_layer("classes", z, target), right_layer("classes", z, target), names=LAYER)


@check("outputs")
def outputs_of_certain_units(student, case):
    """Where an output rounds to 0 or 1, the loss and the gradient are finite and right."""
    z = torch.tensor([[-1000.0, 900.0], [40.0, -1000.0]], dtype=torch.float64)
    target = torch.tensor([[1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    names = ("binary", "classes")
    found = [student.output_layer(task, z, target) for task in names]
    close(found, [right_layer(task, z, target) for task in names], names=names)


@check("outputs")
def smoothed_labels_of_one_row(student, case):
    """With alpha = 0.1 the row (0, 1, 0, 0, 0) becomes 0.92 in one place and 0.02 in the others."""
    target = torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    expected = torch.tensor([[0.02, 0.92, 0.02, 0.02, 0.02]], dtype=torch.float64)
    close(student.smooth_labels(target, 0.1), expected)


@check("outputs")
def smoothed_labels_of_any_rows(student, case):
    """smooth_labels moves every row that sums to 1 towards equal shares."""
    target = shares(case, 4, 3)
    close(student.smooth_labels(target, 0.3), torch.lerp(target, torch.full_like(target, 1 / 3), 0.3))


def right_smoothed(logits, y, alpha):
    """The loss with smoothed labels, by torch, and its gradient, by autograd."""
    loss = partial(functional.cross_entropy, target=y, label_smoothing=alpha)
    (grad,) = gradients(loss, logits)
    return loss(logits), grad.to(logits.dtype)


@check("outputs")
def smoothed_cross_entropy_agrees_with_torch(student, case):
    """smoothed_cross_entropy gives torch's loss with label smoothing of 0.1 and 0.4, and its gradient."""
    for (n, k), alpha in (((1, 3), 0.1), ((6, 4), 0.4)):
        logits, y = case.normal(n, k), case.labels(n, k)
        expected = right_smoothed(logits, y, alpha)
        close(student.smoothed_cross_entropy(logits, y, alpha), expected, names=LAYER[1:])


def network_through(student, xs, ys):
    """The network that relu_interpolant gives, as a function of numbers [p], once it has the form that is asked for."""
    found = unchanged(student.relu_interpolant, xs, ys)
    complete = isinstance(found, list | tuple) and len(found) == 4
    require(complete, "relu_interpolant returns four tensors: w, b, v and c.")
    tensors = all(isinstance(part, torch.Tensor) and part.dtype == xs.dtype for part in found)
    require(tensors, "The four parts of the network must be tensors in the dtype of xs.")
    w, b, v, c = found
    require(w.ndim == 1 and w.shape == b.shape == v.shape, "w, b and v must be [h], one entry for each hidden unit.")
    require(c.shape == (), "c must be a [] tensor.")
    at_most(len(w), len(xs), "the number of hidden units")
    return lambda x: functional.linear(functional.relu(torch.outer(x, w) + b), v) + c


@check("interpolant")
def network_through_two_points(student, case):
    """The network through (1, 2) and (3, 8) has the value 5 in the middle."""
    xs, ys = torch.tensor([1.0, 3.0]).double(), torch.tensor([2.0, 8.0]).double()
    network = network_through(student, xs, ys)
    close(
        network(torch.tensor([1.0, 2.0, 3.0]).double()), torch.tensor([2.0, 5.0, 8.0]).double(), name="f(1), f(2), f(3)"
    )


def apart(case, m):
    """Ascending numbers [m] with gaps that are neither small nor alike."""
    return case.uniform(m, low=0.5, high=2.0).cumsum(0) - m / 2


@check("interpolant")
def network_through_all_points(student, case):
    """Six points in ascending order lie on the graph."""
    xs, ys = apart(case, 6), case.normal(6, std=2.0)
    close(network_through(student, xs, ys)(xs), ys, name="f at the given points")


@check("interpolant", needs=network_through_all_points)
def network_is_straight_in_between(student, case):
    """In the middle between two neighbouring points the network has the mean of their heights."""
    xs, ys = apart(case, 5), case.normal(5, std=2.0)
    middle = (xs[1:] + xs[:-1]) / 2
    close(network_through(student, xs, ys)(middle), (ys[1:] + ys[:-1]) / 2, name="f in the middle between points")


@check("measures")
def one_of_four_units_is_dead(student, case):
    """Of four units one answers both rows, two answer one row each, and one answers none: a share of 1/4."""
    X = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    W = torch.tensor([[2.0, 1.0, -1.0, -1.0], [3.0, -1.0, 1.0, -2.0]], dtype=torch.float64)
    share = student.dead_share(X, W, torch.zeros(4, dtype=torch.float64))
    close(share, torch.tensor(0.25).double())


@check("measures")
def a_unit_that_answers_one_row_lives(student, case):
    """Of five units three are 0 for all six rows; the other two are 0 for all rows but one."""
    X, W = case.uniform(6, 3, low=0.1, high=1.0), case.uniform(3, 5, low=0.5, high=1.0)
    X[0] += 2.0
    b = -(X[1:] @ W).amax(0) - 0.1
    b[[0, 2, 3]] -= 100.0
    close(unchanged(student.dead_share, X, W, b), torch.tensor(0.6).double())


def stack(case, n, *sizes, scale=1.0):
    """Rows X and matrices between layers of these sizes, with variance scale^2 / fan_in."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    return case.normal(n, sizes[0]), [case.normal(a, b, std=scale / a**0.5) for a, b in pairs]


def right_scales(function, X, weights):
    """What gradient_scale must give, by autograd: the layers behind each input are a function of it."""
    exact = [W.double() for W in weights]
    entries = [X.double()]
    for W in exact[:-1]:
        entries.append(function(functional.linear(entries[-1], W.T)))
    sizes = []
    for place, entered in enumerate(entries):
        (slope,) = gradients(partial(sum_of_outputs, function, exact[place:]), entered)
        sizes.append(torch.linalg.vector_norm(slope) / slope.numel() ** 0.5)
    return torch.stack(sizes).to(X.dtype)


def sum_of_outputs(function, weights, h):
    """The sum of all outputs of a stack of layers."""
    for matrix in weights:
        h = function(functional.linear(h, matrix.T))
    return h.sum()


def slope_function(function):
    """The derivative of a right function, as a function of z."""
    return partial(slope_of, function)


@check("measures")
def gradient_behind_one_layer(student, case):
    """For a single layer the gradient at X is that of autograd, for tanh and for a parabola."""
    for function in (torch.tanh, torch.square):
        X, weights = stack(case, 5, 3, 2)
        found = student.gradient_scale(function, slope_function(function), X, weights)
        close(found, right_scales(function, X, weights))


@check("measures")
def gradient_behind_several_layers(student, case):
    """Four layers of different widths give four scales, that of X first, as autograd has them."""
    X, weights = stack(case, 6, 3, 5, 4, 6, 2, scale=1.5)
    found = unchanged(student.gradient_scale, torch.tanh, slope_function(torch.tanh), X, weights)
    expected = right_scales(torch.tanh, X, weights)
    with plotted("root mean square of the gradient", found, over="layer", right=expected, logarithmic=True):
        close(found, expected)


@check("measures", needs=gradient_behind_one_layer)
def gradients_vanish_behind_twenty_layers(student, case):
    """Through 20 layers of 8 units the gradient of the logistic function is as small as autograd says."""
    X, weights = stack(case, 4, *[8] * 21)
    found = student.gradient_scale(torch.sigmoid, slope_function(torch.sigmoid), X, weights)
    expected = right_scales(torch.sigmoid, X, weights)
    like(found, expected)
    with plotted("root mean square of the gradient", found, over="layer", right=expected, logarithmic=True):
        close(found / expected, torch.ones_like(expected), name="your scales over the right ones")


def start_params(case, d, h, k, dtype=torch.float64):
    """W1, b1, W2 and b2 with variance 1 / fan_in, and biases that are small and not 0."""
    W1, W2 = case.normal(d, h, std=d**-0.5, dtype=dtype), case.normal(h, k, std=h**-0.5, dtype=dtype)
    return W1, case.normal(h, std=0.1, dtype=dtype), W2, case.normal(k, std=0.1, dtype=dtype)


def network(params, X, function):
    """The scores of the network with one hidden layer."""
    first, last = (params[0].T, params[1]), (params[2].T, params[3])
    return functional.linear(function(functional.linear(X, *first)), *last)


def network_loss(function, X, target, *params):
    """The mean cross-entropy of the network, by torch."""
    return functional.cross_entropy(network(params, X, function), target)


def trained_as_torch(student, params, X, target, function, **how):
    """Fail unless the student's `train` ends where autograd leads, with the rows in the given order."""
    derivative = slope_function(function)
    found = unchanged(student.train, params, X, target, activation=function, derivative=derivative, **how)
    batches = batches_in_order(len(X), how["batch_size"], epochs=how["epochs"])
    expected = descended(lambda r, *p: network_loss(function, X[r], target[r], *p), params, batches, lr=how["lr"])
    close(found, expected, names=PARAMS)


@check("network")
def gradients_for_any_activation(student, case):
    """network_gradients gives the loss and the four gradients for a tanh, for a softplus and for a parabola."""
    for n, sizes in ((1, (2, 3, 2)), (5, (3, 4, 6))):
        params, X, target = start_params(case, *sizes), case.normal(n, sizes[0]), shares(case, n, sizes[-1])
        for function in (torch.tanh, right_softplus, torch.square):
            found = student.network_gradients(params, X, target, function, slope_function(function))
            loss = network_loss(function, X, target, *params)
            grads = gradients(partial(network_loss, function, X, target), *params)
            close(found, (loss, grads), names=("the loss", "the gradients"))


@check("network")
def one_epoch_follows_torch(student, case):
    """One epoch of two batches in the given order ends where torch's gradients lead."""
    params, X, target = start_params(case, 4, 5, 3), case.normal(12, 4), shares(case, 12, 3)
    trained_as_torch(student, params, X, target, torch.tanh, lr=0.5, epochs=1, batch_size=6)


def matrix_after(student, params, X, target, *, seeds, epochs=1, lr=0.5):
    """W1 after a training of a network with tanh with each seed."""
    model, how = params, {"lr": lr, "epochs": epochs, "batch_size": 8}
    functions = {"activation": torch.tanh, "derivative": slope_function(torch.tanh)}
    for seed in seeds:
        found = student.train(params, X, target, **functions, **how, generator=seed)
        params = like(found, model, names=PARAMS)
    return params[0]


@check("network", weight=0.5)
def a_shuffled_epoch_uses_each_row_once(student, case):
    """A shuffled epoch of tiny steps adds up to one step for every row: none is missed or doubled."""
    n, lr = 24, 1e-6
    X, target, params = torch.eye(n, dtype=torch.float64), shares(case, n, 3), start_params(case, n, 4, 3)
    moved = (params[0] - matrix_after(student, params, X, target, seeds=[case.generator()], lr=lr)) / lr
    whole, *_ = gradients(partial(network_loss, torch.tanh, X, target), *params)
    each_row_once(moved, n / 8 * whole)


@check("network", weight=0.5, statistical=True, needs=a_shuffled_epoch_uses_each_row_once)
def every_epoch_has_an_order_of_its_own(student, case):
    """With a generator, a second epoch takes the rows in another order than the first."""
    params, X, target, seed = start_params(case, 4, 5, 3), case.normal(24, 4), shares(case, 24, 3), case.generator()
    in_one_go = matrix_after(student, params, X, target, seeds=[seed], epochs=2)
    first_epoch_twice = matrix_after(student, params, X, target, seeds=[seed, seed])
    # 24 rows fall into batches of 8 in 24! / 8!**3 = 9e9 ways: two fair draws hardly ever agree.
    message = "Two epochs end where the first epoch done twice ends: is a new order drawn for every epoch?"
    require((in_one_go - first_epoch_twice).abs().max() > 1e-9, message)


def data_settings(case):
    """A start for the run's data set, its rows, smoothed targets for them, and how to train."""
    settings = case.training
    data = case.subset(settings["rows"])
    params = start_params(case, data.X_train.shape[1], settings["hidden"], data.classes, torch.float32)
    spread = settings["smoothing"] / data.classes
    target = torch.eye(data.classes)[data.y_train] * (1 - settings["smoothing"]) + spread
    return params, data, target, {key: settings[key] for key in ("lr", "epochs", "batch_size")}


def reads_images(student, case, function):
    """Fail unless the student's training with this activation reaches the accuracy on images that it has not seen."""
    params, data, target, how = data_settings(case)
    functions = {"activation": function, "derivative": slope_function(function)}
    found = student.train(params, data.X_train, target, generator=case.generator(), **functions, **how)
    trained = like(found, params, names=PARAMS)
    classes = network(trained, data.X_test, function).argmax(dim=1)
    at_least(accuracy(classes, data.y_test), case.training["accuracy"], "test accuracy")


@check("network", weight=2, needs=one_epoch_follows_torch)
def learns_images_with_smoothed_labels(student, case):
    """A network with tanh that is trained by your code on smoothed labels tells images apart that it has not seen."""
    reads_images(student, case, torch.tanh)
