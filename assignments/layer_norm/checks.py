"""Checks that students see and run. torch's own norms, its autograd and its linear layers give the answers."""

from functools import partial

import torch
from torch.nn import functional

from autograder.checking import (
    args,
    batches_in_order,
    check,
    close,
    descended,
    each_row_once,
    equal,
    gradients,
    like,
    operations_do_not_grow,
    require,
    unchanged,
    vjp,
)

NAMES = ("dx", "dgamma", "dbeta")
NORMS = ("none", "batch", "layer")


def scale_and_shift(case, d, dtype=torch.float64):
    """A gamma of either sign that is never near 0 or 1, and a beta."""
    sign = 2 * case.integers(0, 2, d) - 1
    return (sign * case.uniform(d, low=1.5, high=3.0)).to(dtype), case.normal(d, dtype=dtype)


def by_rows(x, gamma, beta, eps=1e-5):
    """Layer normalisation, by torch."""
    return functional.layer_norm(x, x.shape[-1:], gamma, beta, eps)


def by_columns(x, gamma, beta, eps=1e-5):
    """Batch normalisation in training mode, by torch."""
    return functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


def by_rms(x, gamma, eps=1e-5):
    """RMSNorm, by torch."""
    return functional.rms_norm(x, x.shape[-1:], gamma, eps)


def unscaled(x, gamma, beta):
    """No normalisation: the scale and the shift that are left of one."""
    return x * gamma + beta


def slopes(grad_out, x, gamma, eps=1e-5, function=by_rows):
    """dx, dgamma and dbeta of sum(grad_out * function(x, gamma, beta)) by autograd."""
    return vjp(partial(function, eps=eps), grad_out, x, gamma, torch.zeros_like(gamma))


def rms_slopes(grad_out, x, gamma, eps=1e-5):
    """dx and dgamma of sum(grad_out * by_rms(x, gamma)) by autograd."""
    return vjp(partial(by_rms, eps=eps), grad_out, x, gamma)


def backward_inputs(case, *shape, **settings):
    """grad_out, x and gamma for x of this shape; the settings are those of x."""
    x, grad_out, (gamma, _) = case.normal(*shape, **settings), case.normal(*shape), scale_and_shift(case, shape[-1])
    return grad_out, x, gamma


def parts(found, names=NAMES):
    """What a backward pass returned, once it is a tensor for each name."""
    complete = isinstance(found, list | tuple) and len(found) == len(names)
    tensors = complete and all(isinstance(part, torch.Tensor) for part in found)
    require(tensors, f"A backward pass returns {len(names)} tensors: {', '.join(names)}.")
    return found


def moments(x):
    """Mean and biased variance of every row, by torch."""
    var, mean = torch.var_mean(x, dim=-1, correction=0)
    return mean, var


def of_batch(x):
    """Batch normalisation in training mode; a row on its own becomes 0."""
    return (x - x.mean(0)) / (x.var(0, correction=0) + 1e-5).sqrt()


def of_layer(x):
    """Layer normalisation."""
    return functional.layer_norm(x, x.shape[-1:])


def of_fixed_numbers(x):
    """Batch normalisation in evaluation mode, with a running mean of 0.3 and a running variance of 4."""
    return (x - 0.3) / 2.0


def minus_the_row_above(x):
    """Every row but the first without the one above it."""
    return torch.cat([x[:1], x[1:] - x[:-1]])


def start_params(case, *sizes, scale=1.0, dtype=torch.float64):
    """Matrices between layers of these sizes with variance 2 / fan_in times scale^2, gamma 1, beta 0 and bias 0."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    weights = [case.normal(a, b, std=scale * (2 / a) ** 0.5, dtype=dtype) for a, b in pairs]
    return {
        "weights": weights,
        "gamma": [W.new_ones(W.shape[1]) for W in weights[:-1]],
        "beta": [W.new_zeros(W.shape[1]) for W in weights[:-1]],
        "bias": weights[-1].new_zeros(sizes[-1]),
    }


def some_params(case, *sizes):
    """Parameters as after some training: gamma, beta and bias are anything."""
    params = start_params(case, *sizes)
    both = [scale_and_shift(case, h) for h in sizes[1:-1]]
    return {
        **params,
        "gamma": [gamma for gamma, _ in both],
        "beta": [beta for _, beta in both],
        "bias": case.normal(sizes[-1]),
    }


def flat(params):
    """All parameters in one list."""
    return [*params["weights"], *params["gamma"], *params["beta"], params["bias"]]


def packed(values):
    """The way back from `flat`."""
    *groups, bias = values
    h = len(groups) // 3
    return {"weights": groups[: h + 1], "gamma": groups[h + 1 : 2 * h + 1], "beta": groups[2 * h + 1 :], "bias": bias}


def logits_of(norm, params, X):
    """The scores of the network, from torch's own parts."""
    function = {"none": unscaled, "batch": by_columns, "layer": by_rows}[norm]
    *inner, last = params["weights"]
    for W, *scale in zip(inner, params["gamma"], params["beta"], strict=True):
        X = functional.relu(function(functional.linear(X, W.T), *scale))
    return functional.linear(X, last.T, params["bias"])


def loss_of(norm, X, y, *values):
    """The mean cross-entropy of the network with these parameters in one list."""
    return functional.cross_entropy(logits_of(norm, packed(values), X), y)


def trained(params, X, y, *, norm, lr, epochs, batch_size):
    """The parameters after training in the given order, and the loss of each epoch, by autograd."""
    values, losses = flat(params), []
    while len(losses) < epochs:
        parts_of_loss = []
        for rows in batches_in_order(len(X), batch_size):
            parts_of_loss.append(loss_of(norm, X[rows], y[rows], *values).item() * len(rows) / len(X))
            values = descended(lambda r, *v: loss_of(norm, X[r], y[r], *v), values, [rows], lr=lr)
        losses.append(sum(parts_of_loss))
    return packed(values), torch.tensor(losses, dtype=X.dtype)


def trained_as_torch(student, params, X, y, **how):
    """Fail unless the student's `train` gives the parameters and the losses that autograd gives."""
    found = unchanged(student.train, params, X, y, **how)
    close(found, trained(params, X, y, **how), names=("params", "losses"))


def data_settings(case):
    """The start of a network for the run's data set, its training rows, and how to train it."""
    settings = case.training
    data = case.subset(settings["rows"])
    sizes = (data.X_train.shape[1], *settings["hidden"], data.classes)
    start = start_params(case, *sizes, scale=settings["start_scale"], dtype=torch.float32)
    return start, data, {key: settings[key] for key in ("lr", "epochs", "batch_size")}


@check("normalise")
def statistics_of_two_rows(student, case):
    """The rows (1, 3) and (10, 30) have the means 2 and 20 and the biased variances 1 and 100."""
    x = torch.tensor([[1.0, 3.0], [10.0, 30.0]], dtype=torch.float64)
    expected = (torch.tensor([2.0, 20.0]).double(), torch.tensor([1.0, 100.0]).double())
    close(student.layer_statistics(x), expected, names=("mean", "var"))


@check("normalise")
def statistics_belong_to_rows(student, case):
    """Rows [5, 3] have five means and variances, and sequences [2, 4, 3] have [2, 4] of them."""
    inputs = [case.normal(*shape, mean=2.0, std=3.0) for shape in ((5, 3), (2, 4, 3))]
    for x, found in zip(inputs, student.layer_statistics.each(args(x) for x in inputs), strict=True):
        close(found, moments(x), names=("mean", "var"))


@check("normalise")
def forward_agrees_with_torch(student, case):
    """layer_norm_forward gives what torch's layer norm gives on [1, 3] and [6, 4], also for eps = 0.1."""
    cases = [(case.normal(n, d, mean=-1.0, std=2.0), *scale_and_shift(case, d)) for n, d in ((1, 3), (6, 4))]
    calls = [args(*each, **eps) for each in cases for eps in ({}, {"eps": 0.1})]
    for call, found in zip(calls, student.layer_norm_forward.each(calls), strict=True):
        close(found, by_rows(*call.args, **call.kwargs))


@check("normalise")
def every_row_of_a_sequence_for_itself(student, case):
    """In sequences [2, 3, 4] each of the six rows is normalised by its own statistics."""
    x, (gamma, beta) = case.normal(2, 3, 4, mean=1.0), scale_and_shift(case, 4)
    close(student.layer_norm_forward(x, gamma, beta), by_rows(x, gamma, beta))


@check("normalise", weight=0.5, needs=forward_agrees_with_torch)
def forward_takes_all_rows_at_once(student, case):
    """layer_norm_forward makes as many tensor operations for 64 rows as for 8."""
    gamma, beta = scale_and_shift(case, 3)
    operations_do_not_grow(lambda n: student.layer_norm_forward.effort(case.normal(n, 3), gamma, beta))


@check("normalise")
def a_constant_row_becomes_beta(student, case):
    """Where all features agree the variance is 0; eps keeps the output finite, and beta is all that is left."""
    x, (gamma, beta) = case.normal(4, 5), scale_and_shift(case, 5)
    x[1] = 2.5
    close(student.layer_norm_forward(x, gamma, beta), by_rows(x, gamma, beta))


@check("normalise")
def forward_keeps_float32_and_its_input(student, case):
    """float32 input gives float32 output, and no input is changed in place."""
    gamma, beta = scale_and_shift(case, 8, torch.float32)
    x = case.normal(5, 8, std=20.0, dtype=torch.float32)
    close(unchanged(student.layer_norm_forward, x, gamma, beta), by_rows(x, gamma, beta))


@check("gradient")
def gradients_of_gamma_and_beta(student, case):
    """dgamma and dbeta agree with autograd, on [1, 3], on [5, 4] and on sequences [2, 3, 4]."""
    cases = [backward_inputs(case, *shape, mean=3.0) for shape in ((1, 3), (5, 4), (2, 3, 4))]
    for each, found in zip(cases, student.layer_norm_backward.each(args(*each) for each in cases), strict=True):
        close(parts(found)[1:], slopes(*each)[1:], names=NAMES[1:])


@check("gradient")
def gradient_of_x_agrees_with_autograd(student, case):
    """dx agrees with autograd, on [1, 3] and on [6, 4], with eps = 0.1."""
    cases = [backward_inputs(case, *shape, std=2.0) for shape in ((1, 3), (6, 4))]
    found = student.layer_norm_backward.each(args(*each, eps=0.1) for each in cases)
    for each, theirs in zip(cases, found, strict=True):
        close(parts(theirs)[0], slopes(*each, eps=0.1)[0], name="dx")


@check("gradient")
def gradient_of_sequences(student, case):
    """dx of sequences [2, 3, 5] has their shape and agrees with autograd."""
    grad_out, x, gamma = backward_inputs(case, 2, 3, 5)
    close(parts(student.layer_norm_backward(grad_out, x, gamma))[0], slopes(grad_out, x, gamma)[0], name="dx")


@check("gradient")
def gradient_of_x_adds_up_to_zero(student, case):
    """Moving a whole row by a constant changes no output, so every row of dx sums to zero."""
    grad_out, x, gamma = backward_inputs(case, 4, 7)
    dx = parts(student.layer_norm_backward(grad_out, x, gamma))[0]
    equal(dx.shape, x.shape, name="the shape of dx")
    close(dx.sum(dim=1), torch.zeros(4, dtype=torch.float64), name="the sum of each row of dx")


@check("gradient", weight=0.5, needs=gradient_of_x_agrees_with_autograd)
def backward_takes_all_rows_at_once(student, case):
    """layer_norm_backward makes as many tensor operations for 64 rows as for 8."""
    operations_do_not_grow(lambda n: student.layer_norm_backward.effort(*backward_inputs(case, n, 3)))


@check("gradient")
def backward_keeps_its_inputs(student, case):
    """layer_norm_backward changes neither grad_out nor x nor gamma, and stays in float32."""
    x, grad_out = (case.normal(5, 8, std=20.0, dtype=torch.float32) for _ in range(2))
    gamma, _ = scale_and_shift(case, 8, torch.float32)
    found = unchanged(student.layer_norm_backward, grad_out, x, gamma)
    # The gradients are near 1 and sums over 5 rows near 100; single precision cancels a little in between.
    close(found, slopes(grad_out, x, gamma), atol=1e-4, names=NAMES)


@check("layer")
def layer_agrees_with_torch(student, case):
    """forward gives what layer_norm_forward must give with the layer's gamma, beta and eps."""
    gamma, beta = scale_and_shift(case, 4)
    layer, x = student.LayerNorm(gamma, beta, eps=0.1), case.normal(3, 4, std=0.5)
    close(unchanged(layer.forward, x), by_rows(x, gamma, beta, 0.1))


@check("layer")
def the_same_rows_give_the_same_output(student, case):
    """What the layer has seen before does not matter: three calls with other rows leave nothing behind."""
    gamma, beta = scale_and_shift(case, 4)
    layer, x = student.LayerNorm(gamma, beta), case.normal(2, 4)
    others = [case.normal(n, 4, mean=5.0, std=3.0) for n in (3, 1, 6)]
    first, *_, last = layer.forward.each(args(rows) for rows in (x, *others, x))
    close((first, last), (by_rows(x, gamma, beta),) * 2, names=("the first output", "the output after other rows"))


@check("layer")
def backward_belongs_to_the_latest_forward(student, case):
    """After two calls of forward, backward gives the gradients of the second one."""
    gamma, beta = scale_and_shift(case, 4)
    layer = student.LayerNorm(gamma, beta, eps=0.05)
    x, grad_out = case.normal(5, 4, mean=1.0), case.normal(5, 4)
    list(layer.forward.each([args(case.normal(3, 4)), args(x)]))
    close(unchanged(layer.backward, grad_out), slopes(grad_out, x, gamma, 0.05), names=NAMES)


@check("rms")
def rms_of_the_row_three_four(student, case):
    """With eps = 0 and gamma = 1 the row (3, 4) is divided by the root of 12.5."""
    x, ones = torch.tensor([[3.0, 4.0]], dtype=torch.float64), torch.ones(2, dtype=torch.float64)
    close(student.rms_norm_forward(x, ones, eps=0.0), x / 12.5**0.5)


@check("rms")
def rms_norm_agrees_with_torch(student, case):
    """rms_norm_forward gives what torch's RMSNorm gives, on [5, 4] and [2, 3, 4], also for eps = 0.1."""
    cases = [(case.normal(*shape, mean=1.0), scale_and_shift(case, 4)[0]) for shape in ((5, 4), (2, 3, 4))]
    calls = [args(*each, **eps) for each in cases for eps in ({}, {"eps": 0.1})]
    for call, found in zip(calls, student.rms_norm_forward.each(calls), strict=True):
        close(found, by_rms(*call.args, **call.kwargs))


@check("rms")
def rms_gradients_agree_with_autograd(student, case):
    """rms_norm_backward agrees with autograd, on [1, 3], on [5, 4] and on sequences [2, 3, 4], with eps = 0.1."""
    cases = [backward_inputs(case, *shape, mean=1.0) for shape in ((1, 3), (5, 4), (2, 3, 4))]
    found = student.rms_norm_backward.each(args(*each, eps=0.1) for each in cases)
    for each, theirs in zip(cases, found, strict=True):
        close(parts(theirs, NAMES[:2]), rms_slopes(*each, eps=0.1), names=NAMES[:2])


@check("rms", weight=0.5)
def rms_norm_keeps_float32_and_its_inputs(student, case):
    """Both functions of RMSNorm stay in float32 and change no input in place."""
    x, grad_out = (case.normal(5, 8, mean=2.0, dtype=torch.float32) for _ in range(2))
    gamma, _ = scale_and_shift(case, 8, torch.float32)
    close(unchanged(student.rms_norm_forward, x, gamma), by_rms(x, gamma))
    found = unchanged(student.rms_norm_backward, grad_out, x, gamma)
    close(found, rms_slopes(grad_out, x, gamma), atol=1e-4, names=NAMES[:2])


@check("comparison")
def batch_norm_agrees_with_torch(student, case):
    """batch_norm_forward normalises every feature over the rows, as torch does in training mode."""
    cases = [(case.normal(n, d, mean=2.0), *scale_and_shift(case, d)) for n, d in ((3, 1), (6, 4))]
    for each, found in zip(cases, student.batch_norm_forward.each(args(*each) for each in cases), strict=True):
        close(found, by_columns(*each))


@check("comparison")
def batch_norm_gradients_agree_with_autograd(student, case):
    """batch_norm_backward agrees with autograd, on [3, 2] and on [6, 4], with eps = 0.1."""
    cases = [backward_inputs(case, *shape) for shape in ((3, 2), (6, 4))]
    found = student.batch_norm_backward.each(args(*each, eps=0.1) for each in cases)
    for each, theirs in zip(cases, found, strict=True):
        close(parts(theirs), slopes(*each, eps=0.1, function=by_columns), names=NAMES)


@check("comparison")
def tells_batch_norm_from_layer_norm(student, case):
    """Rows depend on each other under batch normalisation, and do not under layer normalisation."""
    x = case.normal(5, 4)
    found = [student.depends_on_other_rows(function, x) for function in (of_batch, of_layer)]
    equal(found, [True, False], names=("the answer for batch norm", "the answer for layer norm"))


@check("training")
def gradients_of_small_networks(student, case):
    """network_gradients gives the loss and the gradients of networks 2-3-2 and 5-4-6-4-3, for each norm."""
    for n, sizes in ((4, (2, 3, 2)), (8, (5, 4, 6, 4, 3))):
        params, X, y = some_params(case, *sizes), case.normal(n, sizes[0]), case.labels(n, sizes[-1])
        for norm in NORMS:
            found = unchanged(student.network_gradients, params, X, y, norm)
            loss = loss_of(norm, X, y, *flat(params))
            grads = packed(gradients(partial(loss_of, norm, X, y), *flat(params)))
            close(found, (loss, grads), names=("the loss", "the gradients"))


@check("training")
def one_epoch_follows_torch(student, case):
    """One epoch of two batches in the given order ends where torch's gradients lead, for each norm."""
    params, X, y = start_params(case, 4, 5, 3), case.normal(12, 4), case.labels(12, 3)
    for norm in NORMS:
        trained_as_torch(student, params, X, y, norm=norm, lr=0.5, epochs=1, batch_size=6)


def matrix_after(student, W, X, y, *, seeds, epochs=1, lr=0.5):
    """The matrix of a network without hidden layers after a training with each seed."""
    params = {"weights": [W], "gamma": [], "beta": [], "bias": W.new_zeros(W.shape[1])}
    for seed in seeds:
        how = {"norm": "layer", "lr": lr, "epochs": epochs, "batch_size": 4, "generator": seed}
        found = student.train(params, X, y, **how)
        model = (params, X.new_zeros(epochs))
        params, _ = like(found, model, names=("params", "losses"))
    return params["weights"][0]


@check("training", weight=0.5)
def a_shuffled_epoch_uses_each_row_once(student, case):
    """A shuffled epoch of tiny steps adds up to one step for every row: none is missed or doubled."""
    n, lr = 24, 1e-6
    X, y, W = torch.eye(n, dtype=torch.float64), case.labels(n, 3), case.normal(n, 3)
    moved = (W - matrix_after(student, W, X, y, seeds=[case.generator()], lr=lr)) / lr
    (whole,) = gradients(lambda W: functional.cross_entropy(W, y), W)
    each_row_once(moved, n / 4 * whole)


@check("training", weight=0.5, statistical=True, needs=a_shuffled_epoch_uses_each_row_once)
def every_epoch_has_an_order_of_its_own(student, case):
    """With a generator, a second epoch takes the rows in another order than the first."""
    W, X, y, seed = case.normal(4, 3), case.normal(24, 4), case.labels(24, 3), case.generator()
    in_one_go = matrix_after(student, W, X, y, seeds=[seed], epochs=2)
    first_epoch_twice = matrix_after(student, W, X, y, seeds=[seed, seed])
    # 24 rows fall into batches of 4 in 24! / 4!**6 = 3e15 ways: two fair draws hardly ever agree.
    message = "Two epochs end where the first epoch done twice ends: is a new order drawn for every epoch?"
    require((in_one_go - first_epoch_twice).abs().max() > 1e-9, message)


@check("training")
def the_first_epoch_that_reaches_the_target(student, case):
    """epochs_to counts from 1, takes a loss that equals the target, and gives None where no loss is small enough."""
    losses = torch.tensor([4.0, 2.0, 1.0, 1.5, 0.5], dtype=torch.float64)
    targets = (5.0, 1.0, 1.25, 0.75, 0.25)
    found = list(student.epochs_to.each(args(losses, target) for target in targets))
    equal(found, [1, 3, 3, 5, None], names=[f"the epoch for target {target}" for target in targets])


def target_below_the_first(curves, norm):
    """A loss that this norm just misses in its first epoch, halfway down to the next loss of any curve."""
    first = curves[norm][0]
    losses = torch.cat(list(curves.values()))
    below = losses[losses < first]
    return (first + below.max()).item() / 2 if len(below) else first.item() / 2


@check("training", needs=one_epoch_follows_torch)
def all_three_begin_with_the_same_start(student, case):
    """compare_norms gives the number of epochs that autograd gives for each norm, all from one start."""
    params, X = start_params(case, 3, 6, 2), case.normal(12, 3)
    y = (X[:, 0] > 0).long()
    how = {"lr": 0.5, "epochs": 8, "batch_size": 6}
    curves = {norm: trained(params, X, y, norm=norm, **how)[1] for norm in NORMS}
    targets = [target_below_the_first(curves, norm) for norm in NORMS]
    # All are asked for before one is looked at: a single answer may be that of many mistakes.
    found = [unchanged(student.compare_norms, params, X, y, target=target, **how) for target in targets]
    for target, answer in zip(targets, found, strict=True):
        reached = {}
        for norm, losses in curves.items():
            at = (losses <= target).nonzero()
            reached[norm] = int(at[0]) + 1 if len(at) else None
        equal(answer, reached)


@check("training", weight=2, needs=one_epoch_follows_torch)
def norms_reach_what_the_plain_network_does_not(student, case):
    """From a start that is too small, both normalised networks reach the training loss, and the plain one does not."""
    start, data, how = data_settings(case)
    found = student.compare_norms(start, data.X_train, data.y_train, target=case.training["target"], **how)
    require(isinstance(found, dict) and set(found) == set(NORMS), "compare_norms returns a dict with the three norms.")
    for norm in ("batch", "layer"):
        message = f"With {norm} normalisation the training loss was not reached: what does the norm do to small sums?"
        require(isinstance(found[norm], int) and 1 <= found[norm] <= how["epochs"], message)
    message = "The plain network reached the loss too: is it trained without a norm, from the start it was given?"
    require(found["none"] is None, message)
