"""What students do not get: other sizes, hard cases, a whole training with mixed pixels."""

import torch
import torch.nn.functional as F

from autograder.checking import args, check, close, kept_fraction, like, require, unchanged

from .checks import (
    MOVED,
    chance,
    changed_units,
    compare_gaps,
    every_mask,
    independent,
    loss_by_autograd,
    loss_matches_autograd,
    mask_for,
    model,
    network,
    predictions_agree,
    random_mask,
)


@check("mask", weight=2, statistical=True)
def share_is_right_for_other_p(student, case):
    """Small and large p, one row and one column, in float32."""
    cases = [(torch.zeros(n, d), p) for p, n, d in ((0.05, 1, 12_000), (0.5, 12_000, 1), (0.9, 100, 130))]
    masks = student.dropout_mask.each(args(x, p, case.generator()) for x, p in cases)
    for (x, p), mask in zip(cases, masks, strict=True):
        kept_fraction(mask_for(mask, x), 1 - p, f"the mask for p = {p}")


@check("mask", statistical=True)
def distant_entries_are_independent(student, case):
    """The two halves of a mask agree as often as independent coins, along either axis."""
    x, p = case.normal(160, 130), 0.7
    mask = mask_for(student.dropout_mask(x, p, case.generator()), x)
    independent(mask[:80], mask[80:], p, "the upper and the lower half")
    independent(mask[:, :65], mask[:, 65:], p, "the left and the right half")


@check("mask", statistical=True)
def the_number_kept_varies(student, case):
    """How many entries are kept differs from mask to mask, from row to row and from column to column."""
    x = case.normal(4, 4)
    masks = student.dropout_mask.each(args(x, 0.5, case.generator()) for _ in range(40))
    kept = torch.stack([mask_for(mask, x) for mask in masks])
    # Of 16 fair coins no number falls more often than in a fifth of the throws: 40 masks agree with a chance of 1e-27.
    for numbers, part in ((kept.sum((1, 2)), "mask"), (kept.sum(2), "row"), (kept.sum(1), "column")):
        same = f"Every {part} of yours keeps the same number of entries: is each entry kept by a coin of its own?"
        require(len(numbers.unique()) > 1, same)


@check("inverted", weight=2)
def scaling_depends_on_p_alone(student, case):
    """The factor is that of p however many entries the mask kept: all, none, or one; one row, and float32."""
    for dtype in (torch.float64, torch.float32):
        x = case.normal(1, 4, dtype=dtype)
        masks = [torch.tensor([kept]).to(dtype) for kept in ([1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 1, 0])]
        for call in (student.dropout_forward, student.dropout_backward):
            for mask, out in zip(masks, call.each(args(x, mask, 0.6) for mask in masks), strict=True):
                close(out, torch.where(mask > 0, x / 0.4, 0.0), name=call.name)


@check("inverted")
def tiny_and_huge_values_pass(student, case):
    """p = 0 changes nothing, p = 0.999 scales by 1000, for values of 1e-7 as for values of 1e4."""
    for size in (1e-7, 1e4):
        x, ones = size * case.uniform(4, 3, low=0.5), torch.ones(4, 3, dtype=torch.float64)
        for call in (student.dropout_forward, student.dropout_backward):
            for out, factor in zip(call.each([args(x, ones, 0.0), args(x, ones, 0.999)]), (1, 1000), strict=True):
                close(out / size, factor * x / size, name=call.name)


@check("layer", weight=2)
def layer_switches_modes(student, case):
    """Training, evaluation, training again: backward always belongs to the last forward pass."""
    x, upstream, p = case.uniform(9, 80, low=1.0, high=2.0), case.normal(9, 80), 0.6
    layer = student.Dropout(p, case.generator())
    for training in (True, False, True):
        layer.assign("training", training)
        out = like(layer.forward(x), x, "the output")
        layer.assign("training", not training)
        slope = torch.where(out == 0, 0.0, 1 / (1 - p)) if training else torch.ones_like(x)
        close(out, x * slope, name="the output")
        for gradient in layer.backward.each([args(upstream), args(upstream)]):
            close(gradient, upstream * slope, name="the gradient")


@check("layer")
def evaluation_uses_no_random_numbers(student, case):
    """An evaluation between two training passes does not change what the second one drops."""
    x, seed = case.uniform(5, 60, low=1.0, high=2.0), case.generator()
    plain, interrupted = student.Dropout(0.5, seed), student.Dropout(0.5, seed)
    interrupted.assign("training", False)
    close(interrupted.forward(x), x, name="the output in evaluation")
    interrupted.assign("training", True)
    expected = like(plain.forward(x), x, "the output in training")
    close(interrupted.forward(x), expected, name="the training output after an evaluation")


@check("layer")
def layer_takes_the_extremes(student, case):
    """A layer with p = 0 passes all, one with p = 1 nothing, in float32."""
    x, upstream = case.normal(3, 4, dtype=torch.float32), case.normal(3, 4, dtype=torch.float32)
    for p in (0.0, 1.0):
        layer = student.Dropout(p, case.generator())
        close(layer.forward(x), (1 - p) * x, name=f"the output for p = {p:g}")
        close(layer.backward(upstream), (1 - p) * upstream, name=f"the gradient for p = {p:g}")


@check("weight_scaling", weight=2)
def weight_scaling_in_other_shapes(student, case):
    """As many rows as inputs and classes, one row, float32, p of 0 and 1."""
    for n, d, k, p, dtype in ((3, 3, 3, 0.2, torch.float64), (1, 5, 2, 0.9, torch.float32)):
        x, W, b = (case.normal(*shape, dtype=dtype) for shape in ((n, d), (d, k), (k,)))
        mask = random_mask(case, n, d, p=p, dtype=dtype)
        found = unchanged(student.classic_logits, x, mask, W, b)
        close(found, F.linear(torch.where(mask > 0, x, 0.0), W.T, b))
        dropped = (p, 0.0, 1.0)
        for q, scaled in zip(dropped, student.scale_weights.each(args(W, q) for q in dropped), strict=True):
            close(scaled, W - q * W, name="the scaled weights")
        scores = student.weight_scaled_logits.each(args(x, W, b, q) for q in dropped)
        for q, found in zip(dropped, scores, strict=True):
            close(found, F.linear(x - q * x, W.T, b), name="the test scores")
        unchanged(student.weight_scaled_logits, x, W, b, p)


@check("ensemble", weight=2)
def hundreds_of_members_agree(student, case):
    """d = 8, several p, weights of unequal size, a bias of 1000: still exact."""
    x, W, b = model(case, 4, 8, 3)
    predictions_agree(student, *[(x, W, b + shift, p) for p, shift in ((0.3, 0.0), (0.9, 0.0), (0.5, 1000.0))])


@check("ensemble")
def certain_masks_leave_one_member(student, case):
    """p = 0 leaves the full model, p = 1 the bias alone; in float32, with one input and with n = d = k."""
    for n, d, k in ((2, 1, 3), (3, 3, 3)):
        x, W, b = (case.normal(*shape, dtype=torch.float32) for shape in ((n, d), (d, k), (k,)))
        certain = (0.0, 1.0)
        for p, found in zip(certain, student.ensemble_prediction.each(args(x, W, b, p) for p in certain), strict=True):
            close(found, F.softmax(F.linear(x - p * x, W.T, b), dim=1), name=f"the prediction for p = {p:g}")


@check("ensemble")
def rare_masks_weigh_little(student, case):
    """Mask probabilities for p = 0.9 and d = 5, and a geometric mean with probabilities of 1e-30."""
    masks = every_mask(5)[case.permutation(32)]
    expected = torch.tensor([chance(mask, 0.9) for mask in masks], dtype=torch.float64)
    close(student.mask_probabilities(masks, 0.9), expected, name="the probabilities")
    pair = torch.tensor([[[1.0, 1e-30]], [[1e-30, 1.0]]], dtype=torch.float64)
    weights = torch.tensor([0.75, 0.25], dtype=torch.float64)
    right = torch.tensor([[1.0, 1e-15]], dtype=torch.float64)
    close(student.geometric_mean(pair, weights), right, atol=1e-18, name="the mean")


@check("training", weight=2)
def gradients_match_in_other_cases(student, case):
    """One row in float32; n = d = h = k; a mask that keeps all, and one that drops all."""
    single, double = torch.float32, torch.float64
    cases = ((1, 5, 7, 3, single, 0.5), (4, 4, 4, 4, double, 0.7), (3, 2, 5, 2, double, 0.1))
    for n, d, h, k, dtype, p in cases:
        params, X, y = network(case, d, h, k, dtype), case.normal(n, d, dtype=dtype), case.labels(n, k)
        loss_matches_autograd(student, params, X, y, random_mask(case, n, h, p=p).to(dtype), p)
        masks = torch.ones(n, h, dtype=dtype), torch.zeros(n, h, dtype=dtype)
        found = student.loss_and_gradients.each(args(params, X, y, mask, p) for mask in masks)
        for mask, pair in zip(masks, found, strict=True):
            close(pair, loss_by_autograd(params, X, y, mask, p), names=("loss", "gradients"))


@check("training")
def a_step_trains_one_thinned_network(student, case):
    """One step on one row moves the parameters down the gradient for some mask, and again with the same generator."""
    h, p, lr, seed = 12, 0.5, 0.1, case.generator()
    start, X, y = network(case, 3, h, 4), case.normal(1, 3), case.labels(1, 4)
    start["b1"] = start["b1"].abs() + X.abs().sum() * start["W1"].abs().max()  # so that every hidden unit is active
    start["W2"] = start["W2"] / start["b1"].sum()  # so that no class is certain, and every kept unit learns
    found = student.train(start, X, y, p=p, lr=lr, steps=1, generator=seed)
    like(found, start, name="the parameters")
    # Only the units that were kept have sent anything to W2.
    mask = (found["W2"] != start["W2"]).any(1).to(X)[None]
    _, slopes = loss_by_autograd(start, X, y, mask, p)
    close(found, {name: value - lr * slopes[name] for name, value in start.items()}, name="the parameters")
    close(student.train(start, X, y, p=p, lr=lr, steps=1, generator=seed), found, name="the parameters of a second run")


@check("training", statistical=True)
def many_masks_reach_nearly_every_unit(student, case):
    """With p = 0.3 two rows and two steps touch 1 - 0.3**4 of the units."""
    changed = changed_units(student, case, 0.3, rows=2, steps=2)
    kept_fraction(changed, 1 - 0.3**4, "two steps on two rows", counted=MOVED)


@check("training", weight=2, needs=many_masks_reach_nearly_every_unit)
def dropout_narrows_the_gap_on_permuted_pixels(student, case):
    """The same comparison of gaps on other rows, with the pixels in another order."""
    compare_gaps(student, case)
