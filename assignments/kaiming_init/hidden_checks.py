"""Hidden checks of the initialisation assignment: other shapes, modes, dtypes and depths, both ways."""

import torch
import torch.nn.functional as F

from autograder.checking import args, at_least, at_most, check, close, equal, require

from .checks import (
    DEPTH,
    EXPLODED,
    FANS,
    VANISHED,
    WIDTH,
    backward_scales,
    each_layer_has_its_own_kaiming_draw,
    is_network,
    is_normal,
    is_reproducible,
    is_uniform,
    is_weight,
    living_weights,
    relu_stack,
    root_mean_square,
    trained_accuracy,
)

LEAKY_BACKWARD = {"mode": "fan_out", "nonlinearity": "leaky_relu", "negative_slope": 0.5}  # gain^2 is 1.6


def differ_in_a_row(student, case, names):
    """Two calls with one generator object give two different weights."""
    generator = student.seeded(int(case.integers(0, 10**6, 1)))
    for name in names:
        draw = getattr(student, name)
        first, second = draw((6, 5), generator), draw((6, 5), generator)
        is_weight(first, (6, 5))
        is_weight(second, (6, 5))
        require(
            not torch.equal(first, second),
            f"Two calls of {name} with one generator object gave the same weight: does a draw move it on?",
        )


@check("fans")
def fans_for_any_kernel(student, case):
    """Kernels of one and three dimensions, of size 1, and square weights."""
    shapes = ((8, 3, 7), (2, 5, 3, 4, 2), (6, 11, 1, 1), [9, 4], (1, 1))
    expected = ((21, 56), (120, 48), (11, 6), (4, 9), (1, 1))
    for found, right in zip(student.fans.each(map(args, shapes)), expected, strict=True):
        equal(found, right, names=FANS)


@check("gain")
def the_gain_undoes_what_the_rectifier_takes(student, case):
    """gain^2 times E[f(z)^2] is 1 for standard normal z, for relu and leaky_relu of any slope."""
    z = torch.linspace(-12, 12, 24001, dtype=torch.float64)
    weight = torch.exp(-z.square() / 2) / (2 * torch.pi) ** 0.5
    slope = case.uniform(1, low=0.1, high=2.0).item()
    slopes = (0.0, slope, 1.0, 5**0.5)
    for negative, found in zip(slopes, student.gain.each(args("leaky_relu", s) for s in slopes), strict=True):
        kept = torch.trapezoid(F.leaky_relu(z, negative).square() * weight, z).item()
        close(found, kept**-0.5, rtol=1e-5, name="the gain of leaky_relu")
    kept = torch.trapezoid(F.relu(z).square() * weight, z).item()
    close(student.gain("relu"), kept**-0.5, rtol=1e-5, name="the gain of relu")


@check("kaiming", statistical=True)
def kaiming_normal_draws_a_convolution_weight(student, case):
    """A convolution weight in fan_out mode for leaky_relu, in float64."""
    shape = (64, 32, 3, 5)
    W = student.kaiming_normal(shape, case.generator(), dtype=torch.float64, **LEAKY_BACKWARD)
    is_normal(W, shape, 600**-0.5, torch.float64)


@check("kaiming", statistical=True)
def kaiming_uniform_draws_a_convolution_weight(student, case):
    """A convolution weight in both modes for other nonlinearities, in both dtypes."""
    shape = (64, 32, 3, 5)
    W = student.kaiming_uniform(shape, case.generator(), nonlinearity="tanh", dtype=torch.float64)
    is_uniform(W, shape, (25 / 9 / 480) ** 0.5, torch.float64)
    W = student.kaiming_uniform(shape, case.generator(), **LEAKY_BACKWARD)
    is_uniform(W, shape, 600**-0.5)


@check("kaiming")
def kaiming_draws_in_a_row_differ(student, case):
    """Each draw moves the generator on, and no weight repeats a row."""
    differ_in_a_row(student, case, ("kaiming_normal", "kaiming_uniform"))
    W = student.kaiming_normal((50, 20), case.generator())
    is_weight(W, (50, 20))
    require(len(W.unique(dim=0)) == 50, "Some rows of the weight are the same: is every entry a draw of its own?")


@check("xavier", statistical=True)
def xavier_draws_a_convolution_weight(student, case):
    """A convolution weight for tanh and relu, normal and uniform, in both dtypes; the gain of every nonlinearity."""
    for nonlinearity, gain in (("linear", 1.0), ("sigmoid", 1.0), ("relu", 2**0.5), ("leaky_relu", 1.4141428569978354)):
        found = student.xavier_std((3, 5), nonlinearity=nonlinearity)
        close(found, gain / 2, rtol=1e-6, name=f"the standard deviation for {nonlinearity}")
    shape = (64, 32, 3, 5)
    close(student.xavier_std(shape), 720**-0.5, rtol=1e-6, name="the standard deviation for a kernel")
    W = student.xavier_normal(shape, case.generator(), nonlinearity="tanh", dtype=torch.float64)
    is_normal(W, shape, (25 / 9 / 720) ** 0.5, torch.float64)
    W = student.xavier_uniform(shape, case.generator(), nonlinearity="relu")
    is_uniform(W, shape, 360**-0.5)


@check("xavier")
def xavier_draws_come_from_the_generator(student, case):
    """Equal generators give equal weights, different ones and later draws different weights."""
    is_reproducible(student, case, "xavier_normal")
    is_reproducible(student, case, "xavier_uniform")
    differ_in_a_row(student, case, ("xavier_normal", "xavier_uniform"))


@check("layers")
def scales_of_one_row_in_single_precision(student, case):
    """One row, layers of equal width with dead units, float32."""
    X, G = case.uniform(1, 6, dtype=torch.float32), case.normal(1, 6, dtype=torch.float32)
    # No sum comes near 0, so that rounding cannot decide whether a unit is alive.
    weights = [case.uniform(6, 6, low=0.1, dtype=torch.float32) for _ in range(3)]
    for W in weights[1:]:
        W[::2] *= -1
    outputs = torch.stack([root_mean_square(H) for H in relu_stack(X, weights)])
    close(student.activation_scales(X, weights), outputs, name="the scales")
    expected = backward_scales(X, weights, G).to(torch.float32)
    close(student.gradient_scales(X, weights, G), expected, name="the scales")


@check("layers")
def scales_of_deep_layers_keep_their_relative_precision(student, case):
    """Twenty layers that shrink the signal by many powers of ten, in both directions."""
    X, G = case.normal(5, 8), case.normal(5, 8)
    weights = [0.03 * W for W in living_weights(case, X, *[8] * 20)]
    outputs = torch.stack([root_mean_square(H) for H in relu_stack(X, weights)])
    close(student.activation_scales(X, weights), outputs, atol=0.0, name="the scales")
    expected = backward_scales(X, weights, G)
    close(student.gradient_scales(X, weights, G), expected, atol=0.0, name="the scales")


@check("layers", statistical=True)
def gradients_survive_a_hundred_layers(student, case):
    """With kaiming_uniform in fan_out mode the gradients neither vanish nor explode in a hundred layers."""
    shape = (WIDTH, DEPTH * WIDTH)
    wide = student.kaiming_uniform(shape, case.generator(), mode="fan_out")
    is_weight(wide, shape)
    X, G = (case.normal(8, WIDTH, dtype=torch.float32) for _ in range(2))
    scales = student.gradient_scales(X, [W.contiguous() for W in wide.split(WIDTH, dim=1)], G)
    is_weight(scales, (DEPTH,), name="The result")
    at_least(scales.min(), VANISHED, "the smallest of the scales")
    at_most(scales.max(), EXPLODED, "the largest of the scales")


@check("network", statistical=True)
def each_scheme_has_its_own_scale(student, case):
    """xavier, normal and kaiming weights of a network in float64; zeros are zero."""
    sizes = [250, 40, 300]
    schemes = {"kaiming": (0.008, 0.05), "xavier": (2 / 290, 2 / 340), "normal": (1.0, 1.0)}
    for scheme, variances in schemes.items():
        params = student.initial_network(sizes, case.generator(), scheme=scheme, dtype=torch.float64)
        for i, W in enumerate(is_network(params, sizes, torch.float64)):
            is_normal(W, W.shape, variances[i] ** 0.5, torch.float64, name=f"W of layer {i} ({scheme})")
    params = student.initial_network([4, 3, 2], case.generator(), scheme="zeros", dtype=torch.float64)
    for W, shape in zip(is_network(params, [4, 3, 2], torch.float64), ((3, 4), (2, 3)), strict=True):
        close(W, torch.zeros(shape, dtype=torch.float64), name="W of scheme 'zeros'")


@check("network")
def layers_of_equal_shape_differ(student, case):
    """Two layers of one shape hold different weights, and two networks of one seed the same."""
    seed = case.generator()
    one, two = (is_network(student.initial_network([6, 6, 6, 6], seed), [6] * 4) for _ in range(2))
    require(
        not torch.equal(one[0], one[1]) and not torch.equal(one[1], one[2]),
        "Two layers of a network hold the same weights: is each a draw of its own?",
    )
    close(two, one, rtol=0.0, atol=0.0, name="the second network of the same seed")


@check("network", needs=each_layer_has_its_own_kaiming_draw)
def a_kaiming_network_learns_secret_pixels(student, case):
    """The same training on images whose pixels were mixed and whose classes were renamed."""
    at_least(trained_accuracy(student, case), case.training["accuracy"], "the test accuracy")
