"""Checks that students see and run. torch's own convolution, pooling and autograd give the answers."""

import math
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
    follows_normal,
    gradients,
    has_std,
    kept_fraction,
    like,
    operations_do_not_grow,
    predicted_classes,
    raises,
    require,
    unchanged,
    vjp,
)

NAMES = ("dx", "dW", "db")
LAYERS = ("the first filters", "the second filters", "the first matrix", "the second matrix")


def layer(case, *, images=2, channels=2, size=(5, 6), filters=3, kernel=(3, 2), dtype=torch.float64):
    """Images, filters and biases."""
    x = case.normal(images, channels, *size, dtype=dtype)
    return x, case.normal(filters, channels, *kernel, dtype=dtype), case.normal(filters, dtype=dtype)


def maps(x, W, b, stride=1, padding=0):
    """The convolution, by torch."""
    return functional.conv2d(x, W, b, stride=stride, padding=padding)


def pooled(x, window, stride=None):
    """The largest entries, by torch."""
    return functional.max_pool2d(x, window, stride)


def distinct(case, *shape, dtype=torch.float64):
    """Images whose entries all differ by at least 0.5: of two entries, one is clearly the largest."""
    numbers = case.permutation(math.prod(shape)).to(dtype)
    return (numbers / 2 - math.prod(shape) / 4).reshape(shape)


def convolved_as_torch(student, x, W, b, **how):
    """Fail unless conv2d gives what torch gives, and changes nothing."""
    close(unchanged(student.conv2d, x, W, b, **how), maps(x, W, b, **how))


def slopes(case, x, W, b, **how):
    """A gradient for the maps, and what it is for images, filters and biases by autograd."""
    grad_out = case.normal(*maps(x, W, b, **how).shape, dtype=x.dtype)
    return grad_out, vjp(partial(maps, **how), grad_out, x, W, b)


def parts(found):
    """What conv2d_backward returned, once it is three tensors."""
    complete = isinstance(found, list | tuple) and len(found) == 3
    tensors = complete and all(isinstance(part, torch.Tensor) for part in found)
    require(tensors, "conv2d_backward returns three tensors: dx, dW and db.")
    return found


def differentiated_as_torch(student, case, x, W, b, **how):
    """Fail unless conv2d_backward gives what autograd gives, and changes nothing."""
    grad_out, expected = slopes(case, x, W, b, **how)
    found = unchanged(student.conv2d_backward, grad_out, x, W, **how)
    # A weight is a sum over all places of all images, so that single precision loses a digit there.
    close(parts(found), expected, atol=1e-4 if x.dtype == torch.float32 else None, names=NAMES)


def pooled_as_torch(student, case, x, *where):
    """Fail unless the largest entries and the way back through them are those of torch."""
    out = pooled(x, *where)
    close(unchanged(student.max_pool2d, x, *where), out, name="max_pool2d")
    grad_out = case.normal(*out.shape, dtype=x.dtype)
    (expected,) = vjp(lambda x: pooled(x, *where), grad_out, x)
    close(unchanged(student.max_pool2d_backward, grad_out, x, *where), expected, name="max_pool2d_backward")


def dropped(student, x, p, **how):
    """The output and the factors of dropout2d, once they have the right form."""
    found = student.dropout2d(x, p, **how)
    return like(found, (x, x[:, :, 0, 0]), names=("the output", "the factors"))


def start(case, size, *, channels=(2, 3), kernel=3, padding=1, window=2, hidden=5, classes=4, dtype=torch.float64):
    """Parameters as after some training: biases are anything."""
    height, width = (((s + 2 * padding - kernel + 1) // window + 2 * padding - kernel + 1) // window for s in size)
    d = channels[1] * height * width
    shapes = [(channels[0], 1, kernel, kernel), (channels[1], channels[0], kernel, kernel), (d, hidden)]
    fans = [kernel**2, channels[0] * kernel**2, d, hidden]
    params = []
    for shape, fan in zip([*shapes, (hidden, classes)], fans, strict=True):
        units = shape[0] if len(shape) == 4 else shape[1]
        params.append(
            (case.normal(*shape, std=(2 / fan) ** 0.5, dtype=dtype), case.normal(units, std=0.3, dtype=dtype))
        )
    return params


def scores(params, X, *, padding=1, window=2, factors=None):
    """The logits of the network, from torch's own parts; the factors multiply the maps of the second convolution."""
    (W1, b1), (W2, b2), *matrices = params
    (W3, b3), (W4, b4) = matrices
    first = functional.relu(functional.max_pool2d(functional.conv2d(X, W1, b1, padding=padding), window))
    second = functional.conv2d(first, W2, b2, padding=padding)
    if factors is not None:
        second = second * factors[:, :, None, None].to(second)
    rows = functional.relu(functional.max_pool2d(second, window)).flatten(1)
    return functional.linear(functional.relu(functional.linear(rows, W3.T, b3)), W4.T, b4)


def flat(params):
    """All parameters in one list."""
    return [value for pair in params for value in pair]


def paired(values):
    """The way back from `flat`."""
    return list(zip(values[::2], values[1::2], strict=True))


def loss_of(X, y, *values, **how):
    """The mean cross-entropy of the network with these parameters in one list."""
    return functional.cross_entropy(scores(paired(values), X, **how), y)


def loss_and_gradients(params, X, y, **how):
    """What network_gradients returns, by autograd."""
    grads = gradients(lambda *values: loss_of(X.double(), y, *values, **how), *flat(params))
    return loss_of(X, y, *flat(params), **how), paired([g.to(X.dtype) for g in grads])


def same_pairs(found, expected, what):
    """Fail unless a list of pairs (W, b) is the expected one."""
    close(form_of(found), [list(pair) for pair in expected], names=[f"{what} {name}" for name in LAYERS])


def form_of(found):
    """A list of pairs, whether they are tuples or lists."""
    fits = isinstance(found, list | tuple) and all(isinstance(pair, list | tuple) for pair in found)
    require(fits, "Parameters and their gradients are a list of pairs (W, b).")
    return [list(pair) for pair in found]


def network_as_torch(student, params, X, y, *, left_out=(), **how):
    """Fail unless network_gradients gives the loss and the gradients of autograd; some settings may be left out."""
    said = {name: value for name, value in how.items() if name not in left_out}
    found = unchanged(student.network_gradients, params, X, y, **said)
    require(isinstance(found, list | tuple) and len(found) == 2, "network_gradients returns a loss and gradients.")
    loss, grads = loss_and_gradients(params, X, y, **how)
    close(found[0], loss, name="the loss")
    same_pairs(found[1], grads, "the gradients of")


def trained_as_torch(student, params, X, y, *, lr, epochs, batch_size, left_out=(), **how):
    """Fail unless training in the given order ends where autograd ends; some settings may be left out."""
    said = {name: value for name, value in how.items() if name not in left_out}
    found = unchanged(student.train, params, X, y, lr=lr, epochs=epochs, batch_size=batch_size, **said)
    batches = batches_in_order(len(X), batch_size, epochs)
    end = descended(lambda rows, *values: loss_of(X[rows], y[rows], *values, **how), flat(params), batches, lr=lr)
    same_pairs(found, paired(end), "after training,")


def as_images(data):
    """Training and test images [n, 1, height, width] around 0."""
    mean, std = data.X_train.mean(), data.X_train.std()
    return [((X - mean) / std).reshape(-1, 1, *data.image_shape) for X in (data.X_train, data.X_test)]


def trained_accuracy(student, case):
    """Test accuracy of the student's network, started, trained and asked by the student's functions."""
    settings = case.training
    data = case.subset(settings["rows"])
    X, X_test = as_images(data)
    sizes = {key: settings[key] for key in ("kernel", "padding", "window", "hidden")}
    begin = student.init_network(
        data.image_shape,
        channels=tuple(settings["channels"]),
        classes=data.classes,
        generator=case.generator(),
        **sizes,
    )
    where = {key: settings[key] for key in ("padding", "window")}
    how = {key: settings[key] for key in ("lr", "epochs", "batch_size", "p")}
    found = student.train(begin, X, data.y_train, generator=case.generator(), **how, **where)
    model = start(case, data.image_shape, channels=settings["channels"], classes=data.classes, dtype=X.dtype, **sizes)
    params = like(form_of(found), [list(pair) for pair in model], name="the parameters")
    theirs = student.predict(params, X_test, **where)
    return accuracy(predicted_classes(theirs, scores(params, X_test, **where)), data.y_test)


@check("sizes")
def a_window_of_three_on_five_pixels(student, case):
    """A window of 3 has 3 places on 5 pixels, 2 places with stride 2, and 5 with a pixel of padding on both sides."""
    calls = [args(5, 3), args(5, 3, stride=2), args(5, 3, padding=1)]
    equal(list(student.conv_output_size.each(calls)), [3, 2, 5], name="the sizes")


@check("sizes")
def sizes_agree_with_torch(student, case):
    """For many sizes, kernels, strides and paddings the number of places is the one that torch finds."""
    calls = [
        (size, kernel, stride, padding)
        for size in (4, 7)
        for kernel in (1, 4)
        for stride in (1, 2, 3)
        for padding in (0, 2)
    ]
    found = list(student.conv_output_size.each(args(*call) for call in calls))
    right = []
    for size, kernel, stride, padding in calls:
        image, one = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel)
        right.append(functional.conv1d(image, one, stride=stride, padding=padding).shape[-1])
    equal(found, right, names=[f"the size for {call}" for call in calls])


@check("sizes")
def a_window_that_does_not_fit(student, case):
    """A window that is larger than the padded image is a ValueError; one that just fits has one place."""
    raises(ValueError, student.conv_output_size, 3, 6, padding=1)
    equal(student.conv_output_size(3, 5, stride=2, padding=1), 1, name="the size where the window just fits")


@check("convolution")
def one_filter_on_one_image(student, case):
    """A kernel of 2 x 2 on an image of 3 x 3: four sums of four products, and a bias."""
    x = torch.arange(9.0, dtype=torch.float64).reshape(1, 1, 3, 3)
    W = torch.tensor([[[[1.0, 10.0], [100.0, 1000.0]]]], dtype=torch.float64)
    right = torch.tensor([[[[4310.0, 5421.0], [7643.0, 8754.0]]]], dtype=torch.float64) + 0.5
    close(student.conv2d(x, W, torch.tensor([0.5], dtype=torch.float64)), right)


@check("convolution")
def several_channels_and_filters(student, case):
    """Images of three channels and two filters, with as many channels as filters and without."""
    for channels, filters in ((3, 2), (2, 2), (1, 4)):
        convolved_as_torch(student, *layer(case, channels=channels, filters=filters))


@check("convolution")
def strides_and_padding(student, case):
    """Stride 2, padding 1 and 2, and both together, also where the last step does not fit."""
    for stride, padding in ((2, 0), (1, 1), (2, 2), (3, 1)):
        convolved_as_torch(student, *layer(case, size=(7, 6)), stride=stride, padding=padding)


@check("convolution")
def height_and_width_differ(student, case):
    """Kernels of 1 x 3 and 3 x 1, with a stride and a padding of their own for height and width."""
    for kernel, stride, padding in (((1, 3), (2, 1), (0, 1)), ((3, 1), (1, 2), (2, 0)), ((2, 3), (3, 2), (1, 2))):
        convolved_as_torch(student, *layer(case, size=(6, 8), kernel=kernel), stride=stride, padding=padding)


@check("convolution", weight=0.5, needs=several_channels_and_filters)
def all_images_and_pixels_at_once(student, case):
    """conv2d makes as many tensor operations for 64 images as for 8, and for 64 rows of pixels as for 8."""
    _, W, b = layer(case)
    operations_do_not_grow(lambda n: student.conv2d.effort(case.normal(n, 2, 4, 4), W, b), unit="image")
    operations_do_not_grow(lambda n: student.conv2d.effort(case.normal(1, 2, n, 4), W, b), unit="row of pixels")
    operations_do_not_grow(lambda n: student.conv2d.effort(case.normal(1, 2, 4, n), W, b), unit="column of pixels")


@check("gradient")
def gradients_of_filters_and_biases(student, case):
    """dW and db agree with autograd: sums over all images and all places."""
    for size, kernel in (((3, 3), (2, 2)), ((5, 6), (3, 2))):
        x, W, b = layer(case, size=size, kernel=kernel)
        grad_out, (_, *expected) = slopes(case, x, W, b)
        close(parts(student.conv2d_backward(grad_out, x, W))[1:], tuple(expected), names=NAMES[1:])


@check("gradient")
def gradient_of_images_without_padding(student, case):
    """dx agrees with autograd without padding: a pixel gets something from every patch that it lies in."""
    for size, kernel in (((3, 3), (2, 2)), ((5, 6), (3, 2))):
        x, W, b = layer(case, size=size, kernel=kernel)
        grad_out, expected = slopes(case, x, W, b)
        close(parts(student.conv2d_backward(grad_out, x, W))[0], expected[0], name="dx")


@check("gradient")
def gradients_with_strides_and_padding(student, case):
    """All three agree with autograd for stride 2, for padding 1 and 2, and for both together."""
    for stride, padding in ((2, 0), (1, 1), (2, 2), (3, 1)):
        differentiated_as_torch(student, case, *layer(case, size=(7, 6)), stride=stride, padding=padding)


@check("gradient")
def gradients_where_height_and_width_differ(student, case):
    """All three agree with autograd for kernels of 1 x 3 and 3 x 1 with a stride and a padding for each direction."""
    for kernel, stride, padding in (((1, 3), (2, 1), (0, 1)), ((3, 1), (1, 2), (2, 0)), ((2, 3), (3, 2), (1, 2))):
        inputs = layer(case, size=(6, 8), kernel=kernel)
        differentiated_as_torch(student, case, *inputs, stride=stride, padding=padding)


@check("gradient", weight=0.5, needs=gradients_of_filters_and_biases)
def gradients_of_all_images_and_pixels_at_once(student, case):
    """conv2d_backward makes as many tensor operations for 64 images as for 8, and for 64 rows of pixels as for 8."""
    _, W, _ = layer(case, kernel=(2, 2))

    def effort(n, height, width):
        x = case.normal(n, 2, height, width)
        return student.conv2d_backward.effort(case.normal(n, 3, height - 1, width - 1), x, W)

    operations_do_not_grow(lambda n: effort(n, 4, 4), unit="image")
    operations_do_not_grow(lambda n: effort(1, n, 4), unit="row of pixels")
    operations_do_not_grow(lambda n: effort(1, 4, n), unit="column of pixels")


@check("pooling")
def the_largest_of_every_window(student, case):
    """An image of 2 x 4 pooled by 2: two windows side by side, whose largest entries alone get a gradient."""
    x = torch.tensor([[[[1.0, 4.0, -3.0, -1.0], [3.0, 2.0, -2.0, -4.0]]]], dtype=torch.float64)
    grad_out = torch.tensor([[[[10.0, 20.0]]]], dtype=torch.float64)
    close(student.max_pool2d(x, 2), torch.tensor([[[[4.0, -1.0]]]], dtype=torch.float64), name="max_pool2d")
    right = torch.tensor([[[[0.0, 10.0, 0.0, 20.0], [0.0] * 4]]], dtype=torch.float64)
    close(student.max_pool2d_backward(grad_out, x, 2), right, name="max_pool2d_backward")


@check("pooling")
def pooling_of_several_channels(student, case):
    """Windows of 2 and of 3 on images of two channels, also where some rows and columns are left over."""
    for size, window in (((4, 6), 2), ((5, 7), 2), ((7, 6), 3)):
        pooled_as_torch(student, case, distinct(case, 2, 2, *size), window)


@check("pooling")
def windows_that_overlap(student, case):
    """With a stride below the window a pixel may win several times, and gets the sum of these gradients."""
    for window, stride in ((3, 1), (3, 2), (2, 1)):
        pooled_as_torch(student, case, distinct(case, 2, 2, 5, 6), window, stride)


@check("pooling")
def windows_with_gaps_and_other_forms(student, case):
    """Windows of 1 x 3, 2 x 1 and 1 x 1, and strides above the window, of their own for height and width."""
    for window, stride in (((1, 3), None), ((2, 1), (3, 2)), (1, 2), ((2, 3), (1, 4))):
        pooled_as_torch(student, case, distinct(case, 1, 2, 6, 7), window, stride)


@check("pooling", weight=0.5)
def a_gradient_is_given_out_once(student, case):
    """Where the largest entry of a window occurs twice, its gradient is not doubled."""
    x, grad_out = torch.ones(1, 2, 4, 4, dtype=torch.float64), case.normal(1, 2, 2, 2)
    found = like(student.max_pool2d_backward(grad_out, x, 2), x, name="max_pool2d_backward")
    close(
        found.unfold(2, 2, 2).unfold(3, 2, 2).sum(dim=(-2, -1)), grad_out, name="the gradient of each window in total"
    )


@check("pooling", weight=0.5, needs=pooling_of_several_channels)
def pooling_of_all_images_and_pixels_at_once(student, case):
    """Both functions make as many tensor operations for 64 images as for 8, and for 64 rows of pixels as for 8."""

    def both(n, height, width):
        x, grad_out = case.normal(n, 1, height, width), case.normal(n, 1, height // 2, width // 2)
        return (student.max_pool2d, x), (student.max_pool2d_backward, grad_out, x)

    for which in range(2):
        for form, unit in (((0, 4, 4), "image"), ((1, 0, 4), "row of pixels"), ((1, 4, 0), "column of pixels")):

            def effort(n, which=which, form=form):
                function, *inputs = both(*(size or n for size in form))[which]
                return function.effort(*inputs, 2)

            operations_do_not_grow(effort, unit=unit)


@check("dropout", statistical=True)
def channels_are_kept_or_dropped_as_a_whole(student, case):
    """The factors are 0 or 1 / (1 - p), one for each channel of each image, and multiply all of its pixels."""
    x = case.normal(4, 5, 2, 3)
    out, factors = dropped(student, x, 0.4, generator=case.generator())
    kept = factors != 0
    close(factors, kept.to(x) / 0.6, name="the factors")
    close(out, x * factors[:, :, None, None], name="the output")
    message = "All channels of an image share their fate: does each channel of each image toss a coin of its own?"
    # 20 fair draws agree within all 4 images at most once in 1e9 at this p only if many channels are asked.
    wide = case.normal(40, 20, 1, 1)
    many = dropped(student, wide, 0.4, generator=case.generator())[1] != 0
    require(bool((many != many[:, :1]).any()) and bool((many != many[:1]).any()), message)


@check("dropout", statistical=True)
def p_is_the_share_of_dropped_channels(student, case):
    """With p = 0.2, 80 % of 4,000 channels stay."""
    x = case.normal(40, 100, 1, 1)
    _, factors = dropped(student, x, 0.2, generator=case.generator())
    kept_fraction(factors, 0.8, "the factors", counted="channels are kept")


@check("dropout")
def nothing_is_dropped_in_evaluation(student, case):
    """With training = False and with p = 0 the images come back as they were, with factors of 1."""
    x = case.normal(2, 3, 2, 2)
    for p, training in ((0.5, False), (0.0, True)):
        found = dropped(student, x, p, training=training, generator=case.generator())
        close(found, (x, torch.ones(2, 3, dtype=x.dtype)), names=("the output", "the factors"))


@check("dropout")
def the_gradient_meets_the_same_factors(student, case):
    """dropout2d_backward multiplies the gradient of each channel by the factor that its images met."""
    factors = torch.where(case.uniform(3, 2) < 0.5, 0.0, 2.5).double()
    grad_out = case.normal(3, 2, 2, 3)
    (right,) = vjp(lambda x: x * factors[:, :, None, None], grad_out, grad_out)
    close(unchanged(student.dropout2d_backward, grad_out, factors), right)


@check("dropout", weight=0.5)
def the_generator_decides_the_channels(student, case):
    """The same seed drops the same channels, another one others."""
    x, seed, other = case.normal(10, 30, 1, 1), case.generator(), case.generator()
    found = [dropped(student, x, 0.5, generator=each)[1] for each in (seed, seed, other)]
    equal(found[1], found[0], name="the factors of a generator with the same seed")
    require(not torch.equal(found[2], found[0]), "Two generators with different seeds dropped the same 300 channels.")


def kernels(student, *arguments, **how):
    """Filters and biases of init_kernels, once they are two tensors."""
    found = student.init_kernels(*arguments, **how)
    complete = isinstance(found, list | tuple) and len(found) == 2
    require(complete, "init_kernels returns two tensors: the filters and their biases.")
    return found


@check("start", statistical=True)
def kernels_are_normal_with_variance_two_over_fan_in(student, case):
    """Filters of 3 x 5 on 4 channels are normal with variance 2 / 60, and biases are 0."""
    W, b = kernels(student, 200, 4, (3, 5), case.generator())
    like(W, torch.zeros(200, 4, 3, 5), name="the filters")
    close(b, torch.zeros(200), name="the biases")
    follows_normal(W, 0.0, (2 / 60) ** 0.5, "the filters")


@check("start", statistical=True)
def the_leak_counts(student, case):
    """For an activation with slope 0.5 below 0 the variance is 2 / (1.25 fan_in), and for slope 1 it is 1 / fan_in."""
    for leak in (0.5, 1.0):
        W, _ = kernels(student, 100, 2, 7, case.generator(), leak=leak)
        std, name = (2 / ((1 + leak**2) * 98)) ** 0.5, f"the filters for a leak of {leak:g}"
        follows_normal(W, 0.0, std, name)
        has_std(W, std, name)


@check("start", weight=0.5)
def the_generator_decides_the_kernels(student, case):
    """The same seed gives the same filters, another one others."""
    seed, other = case.generator(), case.generator()
    found = [kernels(student, 3, 2, 3, each)[0] for each in (seed, seed, other)]
    equal(found[1], found[0], name="the filters of a generator with the same seed")
    require(not torch.equal(found[2], found[0]), "Two generators with different seeds gave the same filters.")


@check("start", weight=0.5)
def thirty_two_filters_keep_the_size(student, case):
    """32 filters of 5 x 5 on one channel, followed by a ReLU: the mean square of the input is kept within a half."""
    # The mean square over 32 filters on 40 images is 1 up to a standard deviation of 0.05.
    W, b = kernels(student, 32, 1, 5, case.generator())
    x = case.normal(40, 1, 12, 12, dtype=torch.float32)
    square = functional.relu(maps(x, W, b)).square().mean()
    at_least(square, 0.5, "the mean square behind the ReLU")
    at_least(2 - square, 0.5, "2 minus the mean square behind the ReLU")


@check("network")
def rows_of_all_channels(student, case):
    """flatten puts channel behind channel and row behind row, also for a tensor that is a view."""
    x = case.normal(2, 3, 2, 4)
    close(student.flatten(x), x.flatten(1))
    turned = x.transpose(1, 3)
    close(student.flatten(turned), torch.stack([image.reshape(-1) for image in turned]))


@check("network")
def features_behind_both_poolings(student, case):
    """flat_size is 320 for the network of the handout, and right for other sizes, where height and width differ."""
    cases = [
        ((28, 28), (10, 20), 5, 0, 2),
        ((8, 8), (6, 12), 3, 1, 2),
        ((9, 14), (2, 3), 3, 1, 2),
        ((26, 31), (3, 2), 4, 0, 3),
    ]
    found = list(student.flat_size.each(args(*each) for each in cases))
    right = []
    for size, channels, kernel, padding, window in cases:
        x = torch.zeros(1, 1, *size)
        for c, f in zip((1, channels[0]), channels, strict=True):
            x = pooled(maps(x, torch.zeros(f, c, kernel, kernel), None, padding=padding), window)
        right.append(x.numel())
    equal(found, right, names=[f"the size for {each}" for each in cases])


def begun(student, case, image_shape, **sizes):
    """The pairs of init_network."""
    return form_of(student.init_network(image_shape, generator=case.generator(), **sizes))


@check("network")
def the_start_has_the_shapes_of_the_handout(student, case):
    """init_network gives filters 10 x 1 x 5 x 5 and 20 x 10 x 5 x 5, matrices 320 x 60 and 60 x 10, and biases of 0."""
    found = begun(student, case, (28, 28))
    shapes = [(10, 1, 5, 5), (20, 10, 5, 5), (320, 60), (60, 10)]
    model = [[torch.zeros(shape), torch.zeros(units)] for shape, units in zip(shapes, (10, 20, 60, 10), strict=True)]
    like(found, model, names=[f"the start of {name}" for name in LAYERS])
    for name, (_, b) in zip(LAYERS, found, strict=True):
        close(b, torch.zeros_like(b), name=f"the bias of {name}")


@check("network")
def gradients_of_small_networks(student, case):
    """network_gradients gives the loss and the eight gradients of autograd where nothing is dropped."""
    for n, size in ((1, (4, 4)), (3, (8, 9))):
        params, X, y = start(case, size), case.normal(n, 1, *size), case.labels(n, 4)
        network_as_torch(student, params, X, y, padding=1, window=2)


@check("network")
def one_epoch_follows_torch(student, case):
    """One epoch of two batches in the given order ends where torch's gradients lead."""
    params, X, y = start(case, (6, 6)), case.normal(4, 1, 6, 6), case.labels(4, 4)
    trained_as_torch(student, params, X, y, lr=0.3, epochs=1, batch_size=2, padding=1, window=2)


@check("network")
def predict_names_the_largest_logit(student, case):
    """predict gives the class of each image, [n] int64, with all channels."""
    for window in (2, 1):
        params, X = start(case, (6, 5), window=window), case.normal(40, 1, 6, 5)
        found = unchanged(student.predict, params, X, padding=1, window=window)
        equal(found, scores(params, X, window=window).argmax(dim=1), name="the predictions")


@check("network", weight=0.5)
def padding_and_window_may_be_left_out(student, case):
    """Without them network_gradients, train and predict pad nothing and pool with windows of 2."""
    how = {"padding": 0, "window": 2}
    params, X, y = start(case, (10, 11), **how), case.normal(12, 1, 10, 11), case.labels(12, 4)
    equal(student.predict(params, X), scores(params, X, **how).argmax(dim=1), name="the predictions")
    network_as_torch(student, params, X, y, left_out=how, **how)
    trained_as_torch(student, params, X, y, lr=0.3, epochs=1, batch_size=6, left_out=how, **how)


@check("network", weight=2, needs=one_epoch_follows_torch)
def the_network_learns_images(student, case):
    """The network, started and trained by your functions, is right on images that it has not seen."""
    at_least(trained_accuracy(student, case), case.training["accuracy"], "test accuracy")
