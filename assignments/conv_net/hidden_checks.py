"""Checks that students do not get: other forms and precisions, masks, several epochs, disguised images."""

import itertools

import torch

from autograder.checking import (
    at_least,
    check,
    close,
    each_row_once,
    equal,
    follows_normal,
    kept_fraction,
    like,
    require,
    unchanged,
)

from .checks import (
    LAYERS,
    begun,
    convolved_as_torch,
    differentiated_as_torch,
    distinct,
    dropped,
    flat,
    form_of,
    kernels,
    layer,
    loss_and_gradients,
    network_as_torch,
    one_epoch_follows_torch,
    paired,
    parts,
    pooled_as_torch,
    same_pairs,
    slopes,
    start,
    trained_accuracy,
    trained_as_torch,
)


@check("sizes")
def sizes_where_nearly_nothing_is_left(student, case):
    """Windows as large as the padded image, and steps that are larger than what is left."""
    cases = [(1, 1, 1, 0), (1, 1, 5, 0), (6, 6, 2, 0), (5, 9, 3, 2), (10, 3, 7, 0), (10, 3, 8, 0), (10, 3, 4, 1)]
    found = [
        student.conv_output_size(size, kernel, stride=stride, padding=padding)
        for size, kernel, stride, padding in cases
    ]
    equal(found, [1, 1, 1, 1, 2, 1, 3], names=[f"the size for {each}" for each in cases])


@check("convolution")
def as_many_images_as_channels_and_filters(student, case):
    """Three images of three channels and three filters of 3 x 3: a wrong axis has the right size."""
    convolved_as_torch(student, *layer(case, images=3, channels=3, size=(3, 3), filters=3, kernel=(3, 3)), padding=1)
    convolved_as_torch(student, *layer(case, images=1, channels=2, size=(2, 4), filters=1, kernel=(2, 4)))


@check("convolution")
def single_precision_and_large_kernels(student, case):
    """float32 stays float32; a window of 1 x 1, one as large as the image, and steps above the kernel."""
    for kernel, stride, padding in (((1, 1), 3, 0), ((5, 6), 1, 0), ((4, 1), (1, 5), (0, 2)), ((2, 2), (4, 3), (3, 1))):
        inputs = layer(case, size=(5, 6), kernel=kernel, dtype=torch.float32)
        convolved_as_torch(student, *inputs, stride=stride, padding=padding)


@check("gradient")
def gradients_of_square_and_single_inputs(student, case):
    """As many images as channels, filters and pixels; one of each with a kernel as large as the image."""
    cases = (
        {"images": 3, "channels": 3, "size": (3, 3), "filters": 3, "kernel": (3, 3)},
        {"images": 1, "channels": 1, "size": (4, 4), "filters": 1, "kernel": (4, 4)},
        {"images": 2, "channels": 2, "size": (4, 4), "filters": 2, "kernel": (1, 1)},
    )
    for padding, sizes in zip((1, 0, 0), cases, strict=True):
        differentiated_as_torch(student, case, *layer(case, **sizes), padding=padding)


@check("gradient")
def gradients_of_pixels_that_no_window_meets(student, case):
    """Steps above the kernel leave pixels out; their gradient is 0, also in float32."""
    for kernel, stride, padding in (((1, 1), 3, 0), ((2, 2), (4, 3), (3, 1)), ((4, 1), (1, 5), (0, 2))):
        inputs = layer(case, size=(5, 6), kernel=kernel, dtype=torch.float32)
        differentiated_as_torch(student, case, *inputs, stride=stride, padding=padding)


@check("gradient", weight=0.5)
def gradients_of_any_size(student, case):
    """Gradients of size 1e-7 and 1e4 come back as precisely."""
    x, W, b = layer(case)
    for size in (1e-7, 1e4):
        grad_out, expected = slopes(case, x, W, b)
        found = parts(student.conv2d_backward(size * grad_out, x, W))
        close(found, tuple(size * part for part in expected), rtol=1e-7, atol=size * 1e-8, names=("dx", "dW", "db"))


@check("pooling")
def pooling_of_negative_and_single_images(student, case):
    """Images below 0 everywhere, in float32; a window as large as the image; as many images as channels and pixels."""
    for shape, where in (((1, 1, 4, 5), ((4, 5),)), ((3, 3, 3, 3), (3, 3)), ((2, 1, 6, 6), (2, (3, 1)))):
        x = distinct(case, *shape, dtype=torch.float32)
        pooled_as_torch(student, case, x - x.max() - 1, *where)


@check("dropout", statistical=True)
def channels_toss_independent_coins(student, case):
    """Neighbouring images and neighbouring channels agree as often as independent coins do, for p = 0.7."""
    _, factors = dropped(student, case.normal(60, 80, 1, 1), 0.7, generator=case.generator())
    kept = factors != 0
    for one, other, what in ((kept[::2], kept[1::2], "images"), (kept[:, ::2], kept[:, 1::2], "channels")):
        kept_fraction((one == other).double(), 0.7**2 + 0.3**2, f"neighbouring {what}", counted="pairs agree")


@check("dropout")
def dropout_keeps_its_inputs_and_precision(student, case):
    """float32 images stay float32 and as they were, for training, evaluation and the way back."""
    x = case.normal(3, 4, 2, 2, dtype=torch.float32)
    for training in (True, False):
        found = unchanged(student.dropout2d, x, 0.25, training=training, generator=case.generator())
        out, factors = like(found, (x, x[:, :, 0, 0]), names=("the output", "the factors"))
        close(out, x * factors[:, :, None, None], name="the output")
    # A factor is a single number: it is what dropout2d said, whatever p was.
    back = unchanged(student.dropout2d_backward, x, case.normal(3, 4, dtype=torch.float32).abs())
    like(back, x, name="the gradient")


@check("start", statistical=True)
def kernels_of_many_channels(student, case):
    """Filters of 2 x 1 on 60 channels: fan_in counts channels and pixels, and not the filters."""
    W, b = kernels(student, 20, 60, (2, 1), case.generator(), leak=0.1)
    like((W, b), (torch.zeros(20, 60, 2, 1), torch.zeros(20)), names=("the filters", "the biases"))
    follows_normal(W, 0.0, (2 / (1.01 * 120)) ** 0.5, "the filters")


@check("network", statistical=True)
def the_start_has_the_right_variances(student, case):
    """The filters and matrices of init_network are normal, the last with 1 / fan_in, and follow their generator."""
    how = {"channels": (24, 30), "kernel": 3, "padding": 1, "hidden": 80, "classes": 50}
    found = begun(student, case, (8, 12), **how)
    # Of 4,000 normal draws the distribution tells a variance of 1 / fan_in from one of 2 / fan_in in every sample.
    shapes = [(24, 1, 3, 3), (30, 24, 3, 3), (180, 80), (80, 50)]
    for name, (W, b), shape, variance in zip(LAYERS, found, shapes, (2 / 9, 2 / 216, 2 / 180, 1 / 80), strict=True):
        like(W, torch.zeros(shape), name=name)
        like(b, torch.zeros(shape[1] if len(shape) == 2 else shape[0]), name=f"the bias of {name}")
        follows_normal(W, 0.0, variance**0.5, name)
    seed, other = case.generator(), case.generator()
    one, again, another = (
        flat(form_of(student.init_network((8, 12), generator=g, **how))) for g in (seed, seed, other)
    )
    equal(again, one, name="the start from a generator with the same seed")
    differ = all(not torch.equal(W, V) for W, V in zip(one[::2], another[::2], strict=True))
    require(differ, "Two generators gave the same filters or matrices: does each of them come from the generator?")


@check("network")
def gradients_of_other_networks(student, case):
    """Kernels of 2 without padding, windows of 3 and of 1, one hidden unit, two classes, in float32 as well."""
    cases = (
        ((9, 8), {"kernel": 2, "padding": 0, "window": 2, "hidden": 1, "classes": 2}, torch.float64),
        ((13, 14), {"kernel": 3, "padding": 1, "window": 3, "hidden": 4, "classes": 3}, torch.float64),
        (
            (3, 5),
            {"kernel": 2, "padding": 0, "window": 1, "hidden": 4, "classes": 4, "channels": (1, 1)},
            torch.float64,
        ),
        ((5, 5), {"kernel": 3, "padding": 1, "window": 2, "hidden": 4, "classes": 3}, torch.float32),
    )
    for size, sizes, dtype in cases:
        params, X = start(case, size, dtype=dtype, **sizes), case.normal(4, 1, *size, dtype=dtype)
        y = case.labels(4, sizes["classes"])
        network_as_torch(student, params, X, y, padding=sizes["padding"], window=sizes["window"])


@check("network")
def loss_and_gradients_share_their_channels(student, case):
    """With p = 0.5 and 0.2 the loss and all gradients are those of one choice of channels."""
    params, X, y = start(case, (5, 4)), case.normal(1, 1, 5, 4), case.labels(1, 4)
    # Hardly a channel and no hidden unit is silent, and no class is certain, so that what is dropped can be seen.
    params[1] = (params[1][0], params[1][1] + 8)
    params[2] = (params[2][0].abs(), params[2][1].abs())
    params[3] = (params[3][0] / 30, params[3][1])
    for p in (0.5, 0.5, 0.5, 0.5, 0.2):  # in one of eight tosses at 0.5 no channel is left
        found = student.network_gradients(params, X, y, padding=1, p=p, generator=case.generator())
        require(isinstance(found, list | tuple) and len(found) == 2, "network_gradients returns a loss and gradients.")
        choices = [torch.tensor([kept], dtype=X.dtype) / (1 - p) for kept in itertools.product((0.0, 1.0), repeat=3)]
        answers = [loss_and_gradients(params, X, y, factors=factors) for factors in choices]
        theirs = like(found[0], X.sum(), name="the loss")
        nearest = min(answers, key=lambda answer: abs(answer[0] - theirs))
        close(theirs, nearest[0], name="the loss, beside the nearest of any choice of channels")
        # Choices with the same loss may have other gradients: units may be silent in all of them.
        same = [grads for loss, grads in answers if abs(loss - theirs) < 1e-9]
        fits = [flat(grads) for grads in same]
        model = [list(pair) for pair in params]
        given = flat(like(form_of(found[1]), model, names=[f"the gradients of {name}" for name in LAYERS]))
        right = min(fits, key=lambda grads: sum((a - b).abs().sum() for a, b in zip(grads, given, strict=True)))
        same_pairs(found[1], paired(right), "the gradients of")


@check("network", needs=one_epoch_follows_torch)
def epochs_with_a_short_last_batch(student, case):
    """Three epochs of 5 images in batches of 2 end where torch's end, with kernels of 2 and windows of 1."""
    how = {"kernel": 2, "padding": 0, "window": 1}
    params, X, y = start(case, (4, 5), **how), case.normal(5, 1, 4, 5), case.labels(5, 4)
    trained_as_torch(student, params, X, y, lr=0.2, epochs=3, batch_size=2, padding=0, window=1)


def moved_by(student, params, X, y, **how):
    """The parameters, in one list, after a training."""
    found = form_of(student.train(params, X, y, padding=1, window=2, **how))
    return flat(like(found, [list(pair) for pair in params], name="the parameters"))


@check("network", weight=0.5)
def a_shuffled_epoch_uses_each_image_once(student, case):
    """A shuffled epoch of tiny steps adds up to one step for every image, each with its own label."""
    params, X, y, lr = start(case, (4, 4)), case.normal(12, 1, 4, 4), case.labels(12, 4), 1e-6
    end = moved_by(student, params, X, y, lr=lr, epochs=1, batch_size=4, generator=case.generator())
    moved = torch.cat([((a - b) / lr).flatten() for a, b in zip(flat(params), end, strict=True)])
    _, grads = loss_and_gradients(params, X, y)
    whole = 12 / 4 * torch.cat([grad.flatten() for grad in flat(grads)])
    each_row_once(moved[None], whole[None])


@check("network", weight=0.5, statistical=True, needs=a_shuffled_epoch_uses_each_image_once)
def the_generator_decides_order_and_channels(student, case):
    """The same generator gives the same training, another one another order, and every epoch has its own."""
    params, X, y = start(case, (4, 4)), case.normal(24, 1, 4, 4), case.labels(24, 4)
    seed, other = case.generator(), case.generator()
    how = {"lr": 0.3, "batch_size": 8}
    one, again, another = (
        moved_by(student, params, X, y, epochs=1, generator=each, **how) for each in (seed, seed, other)
    )
    close(again, one, name="the parameters of a repeated run")

    def apart(first, second):
        return max((a - b).abs().max().item() for a, b in zip(first, second, strict=True))

    # 24 images fall into batches of 8 in 24! / 8!**3 = 9e9 ways: two fair draws hardly ever agree.
    require(apart(one, another) > 1e-9, "Two generators led to the same parameters: are the images shuffled?")
    in_one_go = moved_by(student, params, X, y, epochs=2, generator=seed, **how)
    twice = moved_by(student, paired(one), X, y, epochs=1, generator=seed, **how)
    message = "Two epochs end where the first epoch done twice ends: is a new order drawn for every epoch?"
    require(apart(in_one_go, twice) > 1e-9, message)


@check("network")
def scores_may_be_huge(student, case):
    """The loss and the gradients stay finite and right when the last matrix makes scores of many thousands."""
    params, X, y = start(case, (4, 4)), case.normal(3, 1, 4, 4), case.labels(3, 4)
    params[-1] = (params[-1][0] * 1e4, params[-1][1])
    network_as_torch(student, params, X, y, padding=1, window=2)


@check("network", statistical=True, needs=one_epoch_follows_torch)
def training_drops_channels(student, case):
    """One step on one image with p = 0.3 moves the filters of about 70 % of the channels, and the same rows behind."""
    params, X, y = start(case, (4, 4), channels=(1, 300)), case.normal(1, 1, 4, 4), case.labels(1, 4)
    # No channel of the second convolution and no hidden unit is silent, and no class is certain.
    params[1] = (params[1][0], torch.full_like(params[1][1], 20.0))
    params[2] = (params[2][0].abs(), params[2][1].abs())
    params[3] = (params[3][0] / 1e3, params[3][1])
    end = moved_by(student, params, X, y, lr=0.1, epochs=1, batch_size=1, p=0.3, generator=case.generator())
    kept_fraction((end[3] != params[1][1]).double(), 0.7, "one step on one image", counted="channels have learned")
    # A channel is one row of the third matrix here. Its row learns from what was kept forwards, its bias backwards.
    rows, biases = (end[4] != params[2][0]).any(dim=1), end[3] != params[1][1]
    equal(rows, biases, name="which channels have moved their row of the third matrix, beside those with a new bias")


@check("network", weight=2, needs=one_epoch_follows_torch)
def the_network_learns_images_that_nobody_has_seen(student, case):
    """The network learns images that were turned or mirrored and smoothed."""
    at_least(trained_accuracy(student, case), case.training["accuracy"], "test accuracy")
