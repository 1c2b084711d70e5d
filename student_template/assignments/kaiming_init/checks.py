"""Visible checks of the initialisation assignment.

A weight is judged by statistics of at least 10,000 draws, never by the numbers of one random stream.
"""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F

from autograder.checking import (
    accuracy,
    args,
    at_least,
    at_most,
    check,
    close,
    equal,
    follows_normal,
    follows_uniform,
    has_mean,
    has_std,
    like,
    operations_do_not_grow,
    perceptron,
    plotted,
    predicted_classes,
    require,
    unchanged,
)

# What a hundred ReLU layers of width 64 may do to a root mean square that starts at 1. With the right weights
# its square is a martingale: it exceeds 1e10 with a probability of at most 1e-10 (Ville's inequality), and
# falls under 1e-16 with less than 1e-9 (Chernoff's bound on the product of the layers' factors). Gradients do
# alike. A standard deviation that is too small by 1/sqrt(2) leads to 1e-15 and less.
DEPTH, WIDTH, VANISHED, EXPLODED = 100, 64, 1e-8, 1e5
FANS = ("fan_in", "fan_out")


def is_weight(value, shape, dtype=torch.float32, name="W"):
    """`value` is a tensor of this shape and dtype."""
    require(isinstance(value, torch.Tensor), f"{name} must be a torch tensor.")
    found, wanted = list(value.shape), list(shape)
    full = f"{name} has the shape {found}, but must have the shape {wanted}."
    require(found == wanted, full, redacted=f"{name} has the wrong shape.")
    found, wanted = (str(kind).removeprefix("torch.") for kind in (value.dtype, dtype))
    require(found == wanted, f"{name} has dtype {found}, but must have dtype {wanted}.")


def is_normal(value, shape, std, dtype=torch.float32, name="W"):
    """`value` is a weight of normal draws with mean 0 and this standard deviation."""
    is_weight(value, shape, dtype, name)
    has_mean(value, 0.0, std, name=name)
    has_std(value, std, name=name)
    follows_normal(value, 0.0, std, name=name)


def is_uniform(value, shape, std, dtype=torch.float32, name="W"):
    """`value` is a weight of uniform draws with mean 0 and this standard deviation."""
    is_weight(value, shape, dtype, name)
    half_width = std / (1 / 3) ** 0.5
    has_mean(value, 0.0, std, name=name)
    has_std(value, std, name=name)
    follows_uniform(value, -half_width, half_width, name=name)


def is_reproducible(student, case, name):
    """One seed gives one weight, another seed another."""
    seed, draw = case.generator(), getattr(student, name)
    first, again, second = (draw((6, 5), g) for g in (seed, seed, case.generator()))
    for W in (first, again, second):
        is_weight(W, (6, 5))
    require(
        torch.equal(first, again),
        f"{name} gave two different weights for the same state of the generator: is every draw made with it?",
    )
    require(
        not torch.equal(first, second),
        f"{name} gave the same weight for two different generators: is a seed fixed inside?",
    )


def is_network(params, sizes, dtype=torch.float32):
    """`params` is one pair of a weight and a zero bias per layer; gives the weights."""
    require(isinstance(params, list | tuple), "The network must be a list with one (W, b) per layer.")
    equal(len(params), len(sizes) - 1, name="the number of layers")
    for i, layer in enumerate(params):
        require(isinstance(layer, list | tuple) and len(layer) == 2, f"Layer {i} must be the pair (W, b).")
        is_weight(layer[0], (sizes[i + 1], sizes[i]), dtype, name=f"W of layer {i}")
        close(layer[1], torch.zeros(sizes[i + 1], dtype=dtype), name=f"b of layer {i}")
    return [layer[0] for layer in params]


def relu_stack(X, weights):
    """The output of each layer of a ReLU network without biases."""
    outputs = []
    for matrix in weights:
        X = F.relu(F.linear(X, matrix))
        outputs.append(X)
    return outputs


def living_weights(case, X, *widths):
    """Random weights; a unit of each layer lets the first row of X through, and another one is cut."""
    weights = [case.normal(n_out, n_in) for n_in, n_out in pairwise((X.shape[1], *widths))]
    for drawn in weights:
        drawn[0] = drawn[0].abs()
        drawn[1] = -drawn[1].abs()
    weights[0][0] = X[0]
    return weights


def root_mean_square(x):
    """The norm of an array, per entry."""
    return x.norm() / math.sqrt(x.numel())


def backward_scales(X, weights, G):
    """Root mean square of autograd's gradients at the input of each layer, in float64."""
    start = X.double().requires_grad_()
    outputs = relu_stack(start, [W.double() for W in weights])
    found = torch.autograd.grad(outputs[-1], [start, *outputs[:-1]], G.double())
    return torch.stack([root_mean_square(g) for g in found])


def trained_network(student, case, scheme, epochs=None):
    """The network that the given loop trains from an initial one of the student's, the images to test it, the data."""
    settings = case.training
    data = case.subset(settings["rows"])
    mean, spread = data.X_train.mean(dim=0), data.X_train.std()
    sizes = [data.X_train.shape[1], *settings["hidden"], data.classes]
    start = student.initial_network(sizes, case.generator(), scheme=scheme)
    trained = student.train(
        start, (data.X_train - mean) / spread, data.y_train,
        lr=settings["lr"], epochs=epochs or settings["epochs"], batch_size=settings["batch_size"],
    )  # fmt: skip
    return trained, (data.X_test - mean) / spread, data


def trained_accuracy(student, case):
    """Test accuracy of the trained parameters, which the given `predict` must fit, from scheme "kaiming"."""
    trained, X_test, data = trained_network(student, case, "kaiming")
    sizes = [X_test.shape[1], *case.training["hidden"], data.classes]
    model = [(torch.zeros(n_out, n_in), torch.zeros(n_out)) for n_in, n_out in pairwise(sizes)]
    params = like(trained, model, name="the trained network")
    scores, _ = perceptron(X_test, [(W.T, b) for W, b in params])
    return accuracy(predicted_classes(student.predict(trained, X_test), scores), data.y_test)


@check("fans")
def fans_of_a_linear_weight(student, case):
    """A linear weight with 3 outputs and 5 inputs has fan_in 5 and fan_out 3."""
    equal(student.fans((3, 5)), (5, 3), names=FANS)


@check("fans")
def fans_of_a_convolution_count_the_kernel(student, case):
    """A convolution weight counts every position of its kernel, in both fans."""
    equal(student.fans((4, 2, 3, 3)), (18, 36), names=FANS)
    equal(student.fans((64, 32, 3, 5)), (480, 960), names=FANS)


@check("gain")
def gains_of_the_named_nonlinearities(student, case):
    """linear, sigmoid, tanh and relu have the gains of the handout."""
    names = ("linear", "sigmoid", "tanh", "relu")
    for name, found in zip(names, student.gain.each(map(args, names)), strict=True):
        close(found, torch.nn.init.calculate_gain(name), rtol=1e-6, name=f"the gain of {name}")


@check("gain")
def gain_of_leaky_relu_depends_on_its_slope(student, case):
    """leaky_relu takes its slope into account, 0.01 if none is given."""
    close(student.gain("leaky_relu", 3.0), 5**-0.5, rtol=1e-6, name="the gain for slope 3")
    close(student.gain("leaky_relu"), 1.4141428569978354, rtol=1e-6, name="the gain for no slope given")


@check("kaiming")
def kaiming_std_of_a_small_linear_weight(student, case):
    """For ReLU and 8 inputs the standard deviation is 1/2."""
    close(student.kaiming_std((3, 8)), 0.5, rtol=1e-6, name="the standard deviation")


@check("kaiming")
def kaiming_std_follows_mode_nonlinearity_and_kernel(student, case):
    """mode chooses the fan, the nonlinearity its gain, and a kernel enlarges the fan."""
    shape = (6, 4, 3, 2)
    close(student.kaiming_std(shape), 12**-0.5, rtol=1e-6, name="the standard deviation for fan_in")
    close(student.kaiming_std(shape, mode="fan_out"), 18**-0.5, rtol=1e-6, name="the standard deviation for fan_out")
    found = student.kaiming_std((4, 100), nonlinearity="tanh")
    close(found, 1 / 6, rtol=1e-6, name="the standard deviation for tanh")
    found = student.kaiming_std((5, 9), nonlinearity="leaky_relu", negative_slope=1.0)
    close(found, 1 / 3, rtol=1e-6, name="the standard deviation for leaky_relu with slope 1")


@check("kaiming", statistical=True)
def kaiming_normal_draws_a_linear_weight(student, case):
    """A weight (250, 160) is normal with mean 0 and standard deviation sqrt(1 / 80), in float32."""
    is_normal(student.kaiming_normal((250, 160), case.generator()), (250, 160), 80**-0.5)


@check("kaiming", statistical=True)
def kaiming_uniform_draws_a_linear_weight(student, case):
    """A weight (250, 160) is uniform with mean 0 and the same standard deviation."""
    is_uniform(student.kaiming_uniform((250, 160), case.generator()), (250, 160), 80**-0.5)


@check("kaiming")
def kaiming_draws_come_from_the_generator(student, case):
    """Equal generators give equal weights, different ones different weights."""
    is_reproducible(student, case, "kaiming_normal")
    is_reproducible(student, case, "kaiming_uniform")


@check("xavier")
def xavier_std_takes_the_mean_of_the_fans(student, case):
    """A weight (3, 5) has the standard deviation 1/2, and the gain multiplies it."""
    close(student.xavier_std((3, 5)), 0.5, rtol=1e-6, name="the standard deviation")
    close(student.xavier_std((3, 5), nonlinearity="tanh"), 5 / 6, rtol=1e-6, name="the standard deviation for tanh")


@check("xavier", statistical=True)
def xavier_normal_draws_a_linear_weight(student, case):
    """A weight (250, 160) is normal with mean 0 and standard deviation sqrt(1 / 205), in float32."""
    is_normal(student.xavier_normal((250, 160), case.generator()), (250, 160), 205**-0.5)


@check("xavier", statistical=True)
def xavier_uniform_draws_a_linear_weight(student, case):
    """A weight (250, 160) is uniform with mean 0 and the same standard deviation."""
    is_uniform(student.xavier_uniform((250, 160), case.generator()), (250, 160), 205**-0.5)


@check("layers")
def activation_scale_of_one_small_layer(student, case):
    """One layer, two rows: the ReLU comes first, then the root of the mean of the squares."""
    X = torch.tensor([[1.0, 0.0], [0.0, 2.0]], dtype=torch.float64)
    W = torch.tensor([[3.0, -1.0], [-1.0, 2.0]], dtype=torch.float64)  # outputs [3, 0] and [0, 4]
    close(student.activation_scales(X, [W]), torch.tensor([2.5], dtype=torch.float64), name="the scales")


@check("layers")
def activation_scales_of_several_layers(student, case):
    """Layers of different widths, compared with torch; nothing is changed in place."""
    X = case.normal(7, 5)
    weights = living_weights(case, X, 6, 4, 3)
    expected = torch.stack([root_mean_square(H) for H in relu_stack(X, weights)])
    found = unchanged(student.activation_scales, X, weights)
    with plotted("size of the activations", found, over="layer", right=expected):
        close(found, expected, name="the scales")


@check("layers", weight=0.5, needs=activation_scales_of_several_layers)
def activation_scales_take_all_rows_at_once(student, case):
    """activation_scales makes as many tensor operations for 64 rows as for 8; its loop is over the layers."""
    weights = [case.normal(6, 5), case.normal(4, 6)]
    operations_do_not_grow(lambda n: student.activation_scales.effort(case.normal(n, 5), weights))


@check("layers")
def gradient_scales_match_autograd(student, case):
    """The gradient at the input of each layer, compared with autograd; nothing is changed in place."""
    X, G = case.normal(7, 5), case.normal(7, 3)
    weights = living_weights(case, X, 6, 4, 3)
    found = unchanged(student.gradient_scales, X, weights, G)
    expected = backward_scales(X, weights, G)
    with plotted("size of the gradient", found, over="layer", right=expected):
        close(found, expected, name="the scales")


@check("layers", statistical=True)
def activations_survive_a_hundred_layers(student, case):
    """With kaiming_normal the activations neither vanish nor explode in a hundred layers."""
    shape = (DEPTH * WIDTH, WIDTH)
    stacked = student.kaiming_normal(shape, case.generator())
    is_weight(stacked, shape)
    X = case.normal(8, WIDTH, dtype=torch.float32)
    scales = student.activation_scales(X, list(stacked.split(WIDTH)))
    is_weight(scales, (DEPTH,), name="The result")
    with plotted("size of the activations", scales, over="layer", logarithmic=True):
        at_least(scales.min(), VANISHED, "the smallest of the scales")
        at_most(scales.max(), EXPLODED, "the largest of the scales")


@check("network")
def initial_network_has_weights_and_zero_biases(student, case):
    """Sizes [7, 5, 3] make W (5, 7) and (3, 5) with 5 and 3 biases, all zero, for every scheme."""
    for scheme in ("kaiming", "xavier", "normal", "zeros"):
        weights = is_network(student.initial_network([7, 5, 3], case.generator(), scheme=scheme), [7, 5, 3])
        wanted = "all zero" if scheme == "zeros" else "drawn at random"
        right = all(bool(W.any()) == (scheme != "zeros") for W in weights)
        require(right, f"The weights of scheme {scheme!r} must be {wanted}.")


@check("network", statistical=True)
def each_layer_has_its_own_kaiming_draw(student, case):
    """Every layer is scaled by its own number of inputs, the last one too, and is a draw of its own."""
    sizes = [250, 120, 120, 120, 100]
    weights = is_network(student.initial_network(sizes, case.generator()), sizes)
    for i, W in enumerate(weights):
        is_normal(W, W.shape, (2 / sizes[i]) ** 0.5, name=f"W of layer {i}")
    require(not torch.equal(weights[1], weights[2]), "Two layers hold the same weights: is each a draw of its own?")


@check("network", needs=each_layer_has_its_own_kaiming_draw)
def a_kaiming_network_learns(student, case):
    """Six hidden layers, three passes over 500 images: the test accuracy is far above chance."""
    at_least(trained_accuracy(student, case), case.training["accuracy"], "the test accuracy")


@check("network", needs=initial_network_has_weights_and_zero_biases)
def normal_and_zero_networks_do_not_learn(student, case):
    """From N(0, 1) or zeros the same network stays near chance, one class in ten."""
    for scheme in ("normal", "zeros"):
        trained, X_test, data = trained_network(student, case, scheme, epochs=1)
        at_most(accuracy(student.predict(trained, X_test), data.y_test), 0.3, f"the test accuracy of scheme {scheme!r}")
