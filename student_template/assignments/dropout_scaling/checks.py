"""What students can run themselves. Everywhere p is the probability of dropping an entry."""

import math

import torch
import torch.nn.functional as F

from autograder.checking import (
    args,
    at_least,
    at_most,
    check,
    close,
    equal,
    gradients,
    has_mean,
    kept_fraction,
    like,
    operations_do_not_grow,
    perceptron,
    plotted,
    require,
    unchanged,
)


def mask_for(value, x, name="the mask"):
    """Require a mask of zeros and ones with the dtype and shape of x."""
    like(value, x, name)
    require(((value == 0) | (value == 1)).all(), f"An entry of {name} is neither 0 nor 1.")
    return value


def random_mask(case, *shape, p, dtype=torch.float64):
    """A mask for the student's functions, drawn here."""
    return torch.where(case.uniform(*shape) < p, 0.0, 1.0).to(dtype)


def every_mask(d):
    """[2**d, d] float64, all rows of zeros and ones."""
    return torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * d).reshape(-1, d)


def chance(mask, p):
    """How likely one mask is, as a product of coins."""
    return math.prod(1 - p if kept else p for kept in mask.tolist())


def independent(first, second, p, what):
    """Require that two masks agree as often as independent coins do."""
    kept_fraction((first == second).double(), p**2 + (1 - p) ** 2, what, counted="pairs of entries agree")


# -- A mask of independent coins


@check("mask")
def mask_looks_like_x(student, case):
    """A mask holds zeros and ones, in the shape and the dtype of x."""
    inputs = case.normal(2, 3), case.normal(7, 4, dtype=torch.float32)
    masks = student.dropout_mask.each(args(x, 0.5, case.generator()) for x in inputs)
    for x, mask in zip(inputs, masks, strict=True):
        mask_for(mask, x)


@check("mask")
def extremes_keep_all_or_nothing(student, case):
    """p = 0 keeps every entry and p = 1 drops every entry."""
    x = case.normal(3, 4)
    all_kept, none_kept = student.dropout_mask.each(args(x, p, case.generator()) for p in (0.0, 1.0))
    equal(all_kept, torch.ones_like(x), "the mask for p = 0")
    equal(none_kept, torch.zeros_like(x), "the mask for p = 1")


@check("mask", weight=2, statistical=True)
def p_is_the_share_that_is_dropped(student, case):
    """With p = 0.2, 80 % of the entries are kept."""
    x = case.normal(1, 12_000)
    mask = mask_for(student.dropout_mask(x, 0.2, case.generator()), x)
    kept_fraction(mask, 0.8)


@check("mask", weight=2, statistical=True)
def every_entry_tosses_its_own_coin(student, case):
    """Neighbours in a row and in a column of the mask agree as often as two independent coins."""
    x = case.normal(140, 150)
    mask = mask_for(student.dropout_mask(x, 0.3, case.generator()), x)
    independent(mask[::2], mask[1::2], 0.3, "neighbouring rows")
    independent(mask[:, ::2], mask[:, 1::2], 0.3, "neighbouring columns")


@check("mask", needs=every_entry_tosses_its_own_coin)
def all_coins_are_tossed_at_once(student, case):
    """dropout_mask makes as many tensor operations for 64 rows as for 8."""
    operations_do_not_grow(lambda n: student.dropout_mask.effort(case.normal(n, 5), 0.5, case.generator()))


@check("mask", weight=2)
def generator_decides_the_mask(student, case):
    """The same seed gives the same mask, another seed another mask."""
    x, seed, other_seed = case.normal(30, 40), case.generator(), case.generator()
    masks = student.dropout_mask.each(args(x, 0.5, each) for each in (seed, seed, other_seed))
    mask, again, other = (mask_for(mask, x) for mask in masks)
    equal(again, mask, "the mask drawn from a generator with the same seed")
    require(not torch.equal(mask, other), "Two generators with different seeds gave the same 1,200 coins.")


# -- Inverted dropout and its gradient


@check("inverted")
def kept_entries_are_scaled_up(student, case):
    """Dropped entries become 0, kept ones grow so that the mean stays."""
    x = case.normal(2, 3)
    mask = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], dtype=x.dtype)
    shares = (0.3, 0.9)
    for p, out in zip(shares, student.dropout_forward.each(args(x, mask, p) for p in shares), strict=True):
        close(out, torch.where(mask > 0, x / (1 - p), 0.0))


@check("inverted")
def mean_over_all_masks_is_x(student, case):
    """Averaged over all 8 masks of 3 units, each with its probability, the output is x."""
    x, p = case.normal(1, 3), 0.3
    masks = every_mask(3)
    outputs = student.dropout_forward.each(args(x, mask[None], p) for mask in masks)
    mean = sum(chance(mask, p) * like(out, x, "the output") for mask, out in zip(masks, outputs, strict=True))
    close(mean, x, name="the mean output")


@check("inverted", weight=2)
def gradient_passes_the_same_mask(student, case):
    """dropout_backward is the derivative of the forward pass with the same mask."""
    for n, d in ((1, 3), (5, 4)):
        x, upstream, p = case.normal(n, d), case.normal(n, d), 0.35
        mask = random_mask(case, n, d, p=p)
        (expected,) = gradients(lambda x: (torch.where(mask > 0, x / (1 - p), 0.0) * upstream).sum(), x)  # noqa: B023
        close(student.dropout_backward(upstream, mask, p), expected)


@check("inverted")
def dropping_all_gives_zeros(student, case):
    """p = 1 gives zeros in both directions, not nan."""
    x, nothing = case.normal(3, 2), torch.zeros(3, 2, dtype=torch.float64)
    close(student.dropout_forward(x, nothing, 1.0), nothing, name="the output for p = 1")
    close(student.dropout_backward(x, nothing, 1.0), nothing, name="the gradient for p = 1")


@check("inverted")
def inputs_stay_as_they_are(student, case):
    """Neither direction changes its inputs in place."""
    x, mask = case.normal(4, 3), random_mask(case, 4, 3, p=0.5)
    mask[0], mask[1] = 1.0, 0.0
    like(unchanged(student.dropout_forward, x, mask, 0.4), x, "the output")
    like(unchanged(student.dropout_backward, x, mask, 0.4), x, "the gradient")


# -- A layer with two modes


@check("layer")
def training_output_is_scaled(student, case):
    """In training the layer drops with its mask, scales what it keeps, and remembers the mask."""
    for n, d in ((1, 6), (20, 30)):
        x, p = case.normal(n, d), 0.3
        layer = student.Dropout(p, case.generator())
        out = layer.forward(x)
        mask = mask_for(layer.value("mask"), x, "layer.mask")
        expected = torch.where(mask > 0, x / (1 - p), 0.0)
        with plotted("scale of the output", out, over="unit", right=expected, per=x):
            close(out, expected, name="the output")


@check("layer", statistical=True)
def training_keeps_the_mean(student, case):
    """Over 20,000 units the output keeps the mean of the input."""
    x, p = torch.full((1, 20_000), 3.0, dtype=torch.float64), 0.45
    out = like(student.Dropout(p, case.generator()).forward(x), x, "the output")
    # A draw lies in 0 .. 3 / (1 - p); Hoeffding: it is sub-Gaussian with half that width.
    has_mean(out, 3.0, 1.5 / (1 - p), "the output")


@check("layer", weight=2)
def backward_remembers_the_forward_mask(student, case):
    """The gradient passes where the last output passed, and nowhere else."""
    for n, d in ((1, 6), (20, 30)):
        x, upstream, p = case.uniform(n, d, low=1.0, high=2.0), case.normal(n, d), 0.4
        layer = student.Dropout(p, case.generator())
        out = like(layer.forward(x), x, "the output")
        expected = torch.where(out == 0, 0.0, upstream / (1 - p))
        close(layer.backward(upstream), expected, name="the gradient")


@check("layer", weight=2)
def evaluation_returns_x(student, case):
    """In evaluation both directions return what they get, and layer.mask is None."""
    for n, d in ((1, 2), (6, 5)):
        x, upstream = case.normal(n, d), case.normal(n, d)
        layer = student.Dropout(0.3, case.generator())
        layer.assign("training", False)
        close(layer.forward(x), x, name="the output in evaluation")
        close(layer.backward(upstream), upstream, name="the gradient in evaluation")
        equal(layer.value("mask"), None, "layer.mask after an evaluation")


@check("layer", statistical=True)
def every_call_draws_a_new_mask(student, case):
    """Two forward passes in training drop independently of each other."""
    x, p = torch.ones(1, 12_000, dtype=torch.float64), 0.2
    layer = student.Dropout(p, case.generator())
    first, second = (like(out, x, "the output") for out in layer.forward.each([args(x), args(x)]))
    independent(first != 0, second != 0, p, "two passes")


# -- Classic dropout


@check("weight_scaling")
def classic_training_only_masks(student, case):
    """In training classic dropout masks the inputs and scales nothing."""
    for n, d, k in ((1, 3, 1), (5, 4, 3)):
        x, W, b = case.normal(n, d), case.normal(d, k), case.normal(k)
        mask = random_mask(case, n, d, p=0.4)
        close(student.classic_logits(x, mask, W, b), F.linear(torch.where(mask > 0, x, 0.0), W.T, b))


@check("weight_scaling")
def weights_shrink_by_the_keep_probability(student, case):
    """After dropping 20 % of the inputs, the test-time weights are 80 % of the trained ones."""
    W = case.normal(6, 3)
    close(unchanged(student.scale_weights, W, 0.2), 0.8 * W)


@check("weight_scaling", weight=2)
def mean_training_scores_are_the_test_scores(student, case):
    """Averaged over all 16 masks of 4 inputs, the classic training scores are the weight-scaled ones."""
    x, W, b, p = case.normal(2, 4), case.normal(4, 3), case.normal(3), 0.3
    masks, shaped = every_mask(4), torch.zeros(2, 3, dtype=torch.float64)
    members = student.classic_logits.each(args(x, mask.repeat(2, 1), W, b) for mask in masks)
    scores = [like(member, shaped, "the training scores") for member in members]
    expected = sum(chance(mask, p) * member for mask, member in zip(masks, scores, strict=True))
    close(student.weight_scaled_logits(x, W, b, p), expected, name="the test scores")


@check("weight_scaling")
def inverted_training_agrees_after_conversion(student, case):
    """Mask by mask, classic dropout with W scores like inverted dropout with the scaled weights."""
    x, W, b, p = case.normal(6, 5), case.normal(5, 2), case.normal(2), 0.35
    mask = random_mask(case, 6, 5, p=p)
    scaled = like(student.scale_weights(W, p), W, "the scaled weights")
    expected = F.linear(torch.where(mask > 0, x / (1 - p), 0.0), scaled.T, b)
    close(student.classic_logits(x, mask, W, b), expected, name="the classic scores")


# -- The ensemble


@check("ensemble")
def all_masks_are_there_once(student, case):
    """all_masks lists each of the 2**d masks once, in any order."""
    sizes = (1, 2, 4)
    for d, masks in zip(sizes, student.all_masks.each(args(case.normal(3, d)) for d in sizes), strict=True):
        like(masks, every_mask(d), "all_masks(x)")
        equal(torch.unique(masks, dim=0), every_mask(d), "the sorted set of masks")


@check("ensemble")
def mask_chances_multiply(student, case):
    """A mask is as likely as its kept and dropped entries together; all masks sum to 1."""
    masks = every_mask(3)[case.permutation(8)]
    expected = torch.tensor([chance(mask, 0.2) for mask in masks], dtype=torch.float64)
    close(student.mask_probabilities(masks, 0.2), expected, name="the probabilities")


@check("ensemble")
def members_see_their_own_inputs(student, case):
    """Member i is a softmax regression on the inputs that mask i keeps, with unscaled weights."""
    for n, d, m, k in ((1, 2, 2, 2), (3, 4, 5, 2)):
        x, masks, W, b = case.normal(n, d), random_mask(case, m, d, p=0.5), case.normal(d, k), case.normal(k)
        members = [F.softmax(F.linear(torch.where(mask > 0, x, 0.0), W.T, b), dim=1) for mask in masks]
        close(student.member_distributions(x, masks, W, b), torch.stack(members), name="the distributions")


@check("ensemble")
def geometric_mean_is_a_distribution(student, case):
    """The weighted geometric mean of three distributions, renormalised."""
    for n, k, weights in ((1, 2, [0.2, 0.5, 0.3]), (4, 5, [0.2, 0.5, 0.3]), (4, 5, [1.0, 1.0, 1.0])):
        distributions, weights = F.softmax(case.normal(3, n, k, std=2.0), dim=2), torch.tensor(weights)
        weights = weights.double() / weights.double().sum()
        raw = math.prod(q.pow(w.item()) for q, w in zip(distributions, weights, strict=True))
        mean = unchanged(student.geometric_mean, distributions, weights)
        close(mean, F.normalize(raw, p=1, dim=1), name="the mean")


def predictions_agree(student, *cases):
    """Compare both predictions for each (x, W, b, p) with a softmax of the mean inputs, to 1e-10."""
    for predict in (student.weight_scaled_prediction, student.ensemble_prediction):
        for (x, W, b, p), found in zip(cases, predict.each(args(*each) for each in cases), strict=True):
            expected = F.softmax(F.linear(x - p * x, W.T, b), dim=1)
            close(found, expected, rtol=0.0, atol=1e-10, name=f"{predict.name} for p = {p}")


def model(case, n, d, k):
    """Inputs [n, d] and the weights and bias of k classes."""
    return case.normal(n, d), case.normal(d, k), case.normal(k)


@check("ensemble")
def plain_mean_equals_weight_scaling(student, case):
    """For p = 0.5 all 4 or 32 thinned models together predict what half the weights predict, to 1e-10."""
    predictions_agree(student, *[(*model(case, *sizes), 0.5) for sizes in ((1, 2, 2), (3, 5, 4))])


@check("ensemble", weight=2)
def weighted_mean_equals_weight_scaling(student, case):
    """For p = 0.2 the same holds with every mask weighted by its probability."""
    predictions_agree(student, *[(*model(case, *sizes), 0.2) for sizes in ((1, 2, 2), (2, 6, 3))])


# -- Dropout against overfitting


def network(case, d, h, k, dtype=torch.float64):
    """Random parameters of a network with one hidden layer."""
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
    return {name: case.normal(*shape, dtype=dtype) for name, shape in shapes.items()}


def scores(params, X, factor=1.0):
    """What the network must compute; `factor` multiplies the hidden activations."""
    layers = [(params["W1"], params["b1"]), (params["W2"], params["b2"])]
    return perceptron(X, layers, lambda hidden: hidden.relu() * factor)[0]


def loss_by_autograd(params, X, y, mask, p):
    """Loss and gradients by autograd, in the dtype of X."""
    factor = mask.double() / (1 - p)

    def loss(*values):
        return F.cross_entropy(scores(dict(zip(params, values, strict=True)), X.double(), factor), y)

    grads = [g.to(X.dtype) for g in gradients(loss, *params.values())]
    expected = loss(*(value.double() for value in params.values())).to(X.dtype)
    return expected, dict(zip(params, grads, strict=True))


def loss_matches_autograd(student, *inputs):
    """Compare the student's loss and gradients for (params, X, y, mask, p) with autograd."""
    found = unchanged(student.loss_and_gradients, *inputs)
    close(found, loss_by_autograd(*inputs), names=("loss", "gradients"))


MOVED = "hidden units change their weights"


def changed_units(student, case, p, *, rows, steps):
    """[10000] which hidden units have seen a gradient in W2, when all of them start active and W2 at 0."""
    h, k = 10_000, 2
    start = {"W1": torch.zeros(1, h), "b1": torch.ones(h), "W2": torch.zeros(h, k), "b2": torch.zeros(k)}
    params = {name: value.double() for name, value in start.items()}
    X, y = torch.ones(rows, 1, dtype=torch.float64), torch.zeros(rows, dtype=torch.int64)
    # The steps are so small that the scores stay near 0 and no gradient vanishes.
    after = student.train(params, X, y, p=p, lr=1e-6, steps=steps, generator=case.generator())
    close(after, params, atol=1e-3, name="the parameters after tiny steps")
    return (after["W2"] != 0).any(1).double()


def gaps(student, case):
    """Test minus training cross-entropy without and with dropout, on few rows with wrong labels."""
    s, data = case.training, case.subset(case.training["rows"])
    mean, std = data.X_train.mean(0), (data.X_train - data.X_train.mean(0)).std()
    fit, test = ((X - mean) / std for X in (data.X_train, data.X_test))
    wrong = case.uniform(len(fit)) < s["wrong_labels"]
    y = torch.where(wrong, case.labels(len(fit), data.classes), data.y_train)
    start = student.init_mlp(fit.shape[1], s["hidden"], data.classes, case.generator())

    def gap(p):
        seed = case.generator()
        trained = student.train(start, fit, y, p=p, lr=s["lr"], steps=s["steps"], generator=seed)
        params = like(trained, start, name="the trained parameters")
        layers = [(params["W1"], params["b1"]), (params["W2"], params["b2"])]
        expected = [perceptron(X, layers)[0] for X in (test, fit)]
        found = list(student.predict_logits.each(args(params, X) for X in (test, fit)))
        close(found, expected, rtol=1e-3, atol=1e-3, name="the scores of the trained network")
        on_test, on_fit = expected
        return (F.cross_entropy(on_test, data.y_test) - F.cross_entropy(on_fit, y)).item()

    return gap(0.0), gap(s["p"])


def compare_gaps(student, case):
    """The gap without dropout is clear, and the one with dropout smaller by a given factor."""
    without, dropped = gaps(student, case)
    at_least(without, 0.1, "the gap without dropout (these rows invite overfitting)")
    at_most(dropped, case.training["gap_ratio"] * without, f"the gap with dropout (without: {without:.3f})")


@check("training")
def prediction_drops_nothing(student, case):
    """predict_logits uses every hidden unit, unscaled."""
    cases = [(network(case, d, h, k), case.normal(n, d)) for n, d, h, k in ((1, 1, 3, 2), (5, 4, 6, 3))]
    for each, found in zip(cases, student.predict_logits.each(args(*each) for each in cases), strict=True):
        close(found, scores(*each))


@check("training", weight=2)
def gradients_match_autograd(student, case):
    """Loss and gradients of the thinned network are those of autograd."""
    for n, d, h, k in ((3, 1, 4, 2), (6, 4, 8, 3)):
        params, X, y = network(case, d, h, k), case.normal(n, d), case.labels(n, k)
        loss_matches_autograd(student, params, X, y, random_mask(case, n, h, p=0.3), 0.3)


@check("training")
def without_dropout_training_is_gradient_descent(student, case):
    """With p = 0 three steps follow torch.optim.SGD, and the start stays as it was."""
    start, X, y = network(case, 3, 5, 4), case.normal(7, 3), case.labels(7, 4)
    params = {name: value.clone().requires_grad_() for name, value in start.items()}
    optimizer = torch.optim.SGD(params.values(), lr=0.3)
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(scores(params, X), y).backward()
        optimizer.step()
    found = unchanged(student.train, start, X, y, p=0.0, lr=0.3, steps=3, generator=case.generator())
    close(found, {name: value.detach() for name, value in params.items()}, name="the parameters")


@check("training", weight=2, statistical=True)
def every_row_and_step_has_its_own_mask(student, case):
    """After one step on two rows, and after two steps on one, only units dropped both times are untouched."""
    kept_fraction(changed_units(student, case, 0.6, rows=1, steps=1), 0.4, "one step on one row", counted=MOVED)
    kept_fraction(changed_units(student, case, 0.6, rows=2, steps=1), 0.64, "one step on two rows", counted=MOVED)
    kept_fraction(changed_units(student, case, 0.6, rows=1, steps=2), 0.64, "two steps on one row", counted=MOVED)


@check("training", weight=2, needs=every_row_and_step_has_its_own_mask)
def dropout_narrows_the_gap(student, case):
    """With dropout the test loss lies closer to the training loss than without."""
    compare_gaps(student, case)
