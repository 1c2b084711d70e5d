"""Checks that students see and run. torch's own batch norm, its autograd and its SGD give the answers."""

from functools import partial

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    args,
    at_least,
    at_most,
    check,
    close,
    each_row_once,
    equal,
    gradients,
    like,
    operations_do_not_grow,
    plotted,
    predicted_classes,
    require,
    unchanged,
    vjp,
)

NAMES = ("dx", "dgamma", "dbeta")


def scale_and_shift(case, d, dtype=torch.float64):
    """A gamma of either sign that is never near 0 or 1, and a beta."""
    sign = 2 * case.integers(0, 2, d) - 1
    return (sign * case.uniform(d, low=1.5, high=3.0)).to(dtype), case.normal(d, dtype=dtype)


def normalised(x, gamma, beta, eps=1e-5):
    """What training mode must give, by torch."""
    return functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


def frozen(x, mean, var, gamma, beta, eps=1e-5):
    """What evaluation mode must give, by torch."""
    return functional.batch_norm(x, mean, var, gamma, beta, training=False, eps=eps)


def slopes(function, grad_out, x, gamma, **settings):
    """dx, dgamma and dbeta of sum(grad_out * function(x, gamma, beta)) by autograd."""
    return vjp(partial(function, **settings), grad_out, x, gamma, torch.zeros_like(gamma))


def backward_inputs(case, n, d, **settings):
    """grad_out, x and gamma for a batch [n, d]; the settings are those of x."""
    x, grad_out, (gamma, _) = case.normal(n, d, **settings), case.normal(n, d), scale_and_shift(case, d)
    return grad_out, x, gamma


def both_slopes(student, cases, **settings):
    """What batch_norm_backward gives for each (grad_out, x, gamma), and what it must give."""
    found = student.batch_norm_backward.each(args(*each, **settings) for each in cases)
    for each, theirs in zip(cases, found, strict=True):
        yield theirs, slopes(normalised, *each, **settings)


def parts(found):
    """What a backward pass returned, once it is three tensors."""
    three = isinstance(found, list | tuple) and len(found) == 3
    tensors = three and all(isinstance(g, torch.Tensor) for g in found)
    require(tensors, "A backward pass returns three tensors: dx, dgamma and dbeta.")
    return found


def statistics_after(batches, like, momentum=0.1):
    """running_mean and running_var after these batches in training mode, by torch."""
    mean, var = torch.zeros_like(like), torch.ones_like(like)
    for x in batches:
        functional.batch_norm(x, mean, var, training=True, momentum=momentum)
    return mean, var


def layer_with(cls, gamma, beta, mean, var, **settings):
    """A layer of the student's in evaluation mode with these running statistics."""
    layer = cls(gamma, beta, **settings)
    for name, value in {"running_mean": mean, "running_var": var, "training": False}.items():
        layer.assign(name, value)
    return layer


def statistics_hold(layer, mean, var, factors=None):
    """Fail unless the layer's running statistics are these; `factors` are ratios that the message may name."""
    found = layer.values("running_mean", "running_var")
    close(found, (mean, var), names=("running_mean", "running_var"), factors=factors)


def start_weights(case, *sizes, dtype=torch.float64):
    """Matrices between layers of these sizes, with variance 2 / fan_in."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    return [case.normal(a, b, std=(2 / a) ** 0.5, dtype=dtype) for a, b in pairs]


class TorchNetwork:
    """What the network must be, from torch's own parts and its autograd."""

    def __init__(self, weights):
        ones, zeros = ([W.new_full(W.shape[1:], value) for W in weights] for value in (1.0, 0.0))
        gamma, beta, bias = ones[:-1], zeros[:-1], zeros[-1:]
        self.parameters = {"weights": weights, "gamma": gamma, "beta": beta, "bias": bias}
        self.running = [(m.clone(), v.clone()) for m, v in zip(beta, gamma, strict=True)]

    def logits(self, X, training=True):
        """The logits; in training mode the running statistics move as well."""
        *inner, head = self.parameters["weights"]
        for i, W in enumerate(inner):
            scale, shift = self.parameters["gamma"][i], self.parameters["beta"][i]
            normed = functional.batch_norm(X @ W, *self.running[i], scale, shift, training=training)
            X = functional.relu(normed)
        return functional.linear(X, head.T, self.parameters["bias"][0])

    def gradients(self, loss):
        """The gradients of loss() for all parameters, in the dict that `Network.backward` returns."""
        leaves = [p.requires_grad_() for group in self.parameters.values() for p in group]
        with torch.enable_grad():
            found = iter(torch.autograd.grad(loss(), leaves))
        result = {name: [next(found) for _ in group] for name, group in self.parameters.items()}
        return {**result, "bias": result["bias"][0]}

    def train(self, X, y, *, lr, epochs, batch_size):
        """Gradient descent on the mean cross-entropy of the rows in the given order."""
        for rows in list(torch.arange(len(X)).split(batch_size)) * epochs:
            found = self.gradients(lambda: functional.cross_entropy(self.logits(X[rows]), y[rows]))  # noqa: B023
            found["bias"] = [found["bias"]]
            for name, group in self.parameters.items():
                moved = [p.detach() - lr * g for p, g in zip(group, found[name], strict=True)]
                self.parameters[name] = moved


def logits_hold(theirs, X, expected):
    """Fail unless the student's network in evaluation mode gives the logits of this TorchNetwork."""
    theirs.set_training(False)
    logits = expected.logits(X, training=False)
    close(theirs.forward(X), logits, name="the logits in evaluation mode")


def trained_network(student, case, data, batch_norm=True):
    """The student's network, trained with the settings of this data set, and its classes of the test set."""
    settings = case.training
    sizes = (data.X_train.shape[1], *settings["hidden"], data.classes)
    network = student.Network(start_weights(case, *sizes, dtype=torch.float32), batch_norm=batch_norm)
    how = {key: settings[key] for key in ("lr", "epochs", "batch_size")}
    student.train(network, data.X_train, data.y_train, generator=case.generator(), **how)
    return network, student.predict(network, data.X_test)


def in_torch(network, sizes):
    """A TorchNetwork with what the student's network of these sizes holds."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    expected = TorchNetwork([torch.zeros(d, h) for d, h in pairs])
    weights, bias, norms = network.values("weights", "bias", "norms")
    expected.parameters["weights"] = like(weights, expected.parameters["weights"], name="weights")
    expected.parameters["bias"] = [like(bias, torch.zeros(sizes[-1]), name="bias")]
    names = ("gamma", "beta", "running_mean", "running_var")
    for i, (norm, h) in enumerate(zip(norms, sizes[1:-1], strict=True)):
        found = like(norm.values(*names), [torch.zeros(h)] * 4, names=names)
        expected.parameters["gamma"][i], expected.parameters["beta"][i] = found[:2]
        expected.running[i] = found[2:]
    return expected


def trained_accuracy(student, case, data):
    """Test accuracy of the trained parameters, which the student's predictions must fit."""
    network, predictions = trained_network(student, case, data)
    sizes = (data.X_train.shape[1], *case.training["hidden"], data.classes)
    scores = in_torch(network, sizes).logits(data.X_test, training=False)
    return accuracy(predicted_classes(predictions, scores), data.y_test)


@check("normalise")
def statistics_of_two_rows(student, case):
    """The columns (1, 3) and (10, 30) have the means 2 and 20 and the biased variances 1 and 100."""
    x = torch.tensor([[1.0, 10.0], [3.0, 30.0]], dtype=torch.float64)
    expected = (torch.tensor([2.0, 20.0]).double(), torch.tensor([1.0, 100.0]).double())
    close(student.batch_statistics(x), expected, names=("mean", "var"))


@check("normalise")
def statistics_belong_to_features(student, case):
    """A batch [7, 3] has three means and three variances, each [3]."""
    x = case.normal(7, 3, mean=2.0, std=3.0)
    var, mean = torch.var_mean(x, dim=0, correction=0)
    close(student.batch_statistics(x), (mean, var), names=("mean", "var"))


@check("normalise")
def forward_agrees_with_torch(student, case):
    """batch_norm_forward gives what torch's batch norm gives in training mode, also for eps = 0.1."""
    cases = [(case.normal(n, d, mean=-1.0, std=2.0), *scale_and_shift(case, d)) for n, d in ((3, 1), (6, 3))]
    calls = [args(*each, **eps) for each in cases for eps in ({}, {"eps": 0.1})]
    for call, found in zip(calls, student.batch_norm_forward.each(calls), strict=True):
        close(found, normalised(*call.args, **call.kwargs))


@check("normalise", weight=0.5, needs=forward_agrees_with_torch)
def forward_takes_all_rows_at_once(student, case):
    """batch_norm_forward makes as many tensor operations for 64 rows as for 8."""
    gamma, beta = scale_and_shift(case, 3)
    operations_do_not_grow(lambda n: student.batch_norm_forward.effort(case.normal(n, 3), gamma, beta))


@check("normalise")
def a_constant_feature_becomes_beta(student, case):
    """Where all rows agree the variance is 0; eps keeps the output finite, and beta is all that is left."""
    x, (gamma, beta) = case.normal(5, 3), scale_and_shift(case, 3)
    x[:, 1] = 2.5
    close(student.batch_norm_forward(x, gamma, beta), normalised(x, gamma, beta))


@check("normalise")
def forward_keeps_float32_and_its_input(student, case):
    """float32 input gives float32 output, and no input is changed in place."""
    gamma, beta = scale_and_shift(case, 5, torch.float32)
    x = case.normal(8, 5, std=20.0, dtype=torch.float32)
    close(unchanged(student.batch_norm_forward, x, gamma, beta), normalised(x, gamma, beta))


@check("gradient")
def gradients_of_gamma_and_beta(student, case):
    """dgamma and dbeta agree with autograd, on [3, 1] and on [5, 2]."""
    for found, expected in both_slopes(student, [backward_inputs(case, n, d, mean=3.0) for n, d in ((3, 1), (5, 2))]):
        close(parts(found)[1:], expected[1:], names=NAMES[1:])


@check("gradient")
def gradient_of_x_agrees_with_autograd(student, case):
    """dx agrees with autograd, on [3, 1] and on [6, 4], with eps = 0.1."""
    for found, expected in both_slopes(
        student, [backward_inputs(case, n, d, std=2.0) for n, d in ((3, 1), (6, 4))], eps=0.1
    ):
        close(parts(found)[0], expected[0], name="dx")


@check("gradient")
def gradient_of_x_adds_up_to_zero(student, case):
    """Moving a whole feature by a constant changes no output, so every column of dx sums to zero."""
    x, grad_out, (gamma, _) = case.normal(9, 3), case.normal(9, 3, mean=1.0), scale_and_shift(case, 3)
    dx = parts(student.batch_norm_backward(grad_out, x, gamma))[0]
    equal(dx.shape, x.shape, name="the shape of dx")
    close(dx.sum(dim=0), torch.zeros(3, dtype=torch.float64), name="the sum of each column of dx")


@check("gradient")
def backward_keeps_its_inputs(student, case):
    """batch_norm_backward changes neither grad_out nor x nor gamma, and stays in float32."""
    x, grad_out = (case.normal(8, 3, std=20.0, dtype=torch.float32) for _ in range(2))
    gamma, _ = scale_and_shift(case, 3, torch.float32)
    found = unchanged(student.batch_norm_backward, grad_out, x, gamma)
    close(found, slopes(normalised, grad_out, x, gamma), names=NAMES)


@check("layer")
def training_mode_normalises_by_the_batch(student, case):
    """In training mode forward gives what batch_norm_forward must give, whatever came before."""
    gamma, beta = scale_and_shift(case, 3)
    layer = student.BatchNorm(gamma, beta, eps=0.01)
    batches = [case.normal(n, 3, mean=2.0) for n in (4, 7)]
    for x, found in zip(batches, layer.forward.each(args(x) for x in batches), strict=True):
        close(found, normalised(x, gamma, beta, 0.01))


@check("layer")
def one_batch_moves_the_running_statistics(student, case):
    """After one batch with momentum 0.1, a tenth of each running statistic comes from that batch."""
    gamma, beta = scale_and_shift(case, 4)
    layer, x = student.BatchNorm(gamma, beta), case.normal(5, 4, mean=3.0, std=2.0)
    unchanged(layer.forward, x)
    statistics_hold(layer, *statistics_after([x], gamma), factors={"(1 - momentum) / momentum": 0.9 / 0.1})


@check("layer")
def evaluation_mode_uses_the_running_statistics(student, case):
    """In evaluation mode running_mean and running_var normalise each row, even one on its own, and x stays as it is."""
    (gamma, beta), mean, var = scale_and_shift(case, 3), case.normal(3), case.uniform(3, low=0.5, high=4.0)
    layer, x = layer_with(student.BatchNorm, gamma, beta, mean, var, eps=0.01), case.normal(6, 3)
    expected = frozen(x, mean, var, gamma, beta, 0.01)
    of_all, of_one = layer.forward.each([args(x), args(x[:1])])
    close(of_all, expected)
    close(of_one, expected[:1], name="the output for a single row")
    unchanged(layer.forward, x)


@check("layer")
def evaluation_mode_moves_nothing(student, case):
    """forward in evaluation mode leaves running_mean and running_var as they are."""
    (gamma, beta), mean, var = scale_and_shift(case, 2), case.normal(2), case.uniform(2, low=0.5, high=4.0)
    layer = layer_with(student.BatchNorm, gamma, beta, mean, var)
    layer.forward(case.normal(5, 2, mean=4.0))
    statistics_hold(layer, mean, var)


@check("layer_gradient")
def layer_gradients_in_training_mode(student, case):
    """After forward in training mode, backward agrees with autograd; the latest batch counts."""
    gamma, beta = scale_and_shift(case, 3)
    layer = student.BatchNorm(gamma, beta, eps=0.02)
    (first, _), (x, grad_out) = [(case.normal(n, 3), case.normal(n, 3)) for n in (4, 6)]
    list(layer.forward.each([args(first), args(x)]))
    close(layer.backward(grad_out), slopes(normalised, grad_out, x, gamma, eps=0.02), names=NAMES)


@check("layer_gradient")
def layer_gradients_in_evaluation_mode(student, case):
    """In evaluation mode the statistics are constants, and backward agrees with autograd for constants."""
    (gamma, beta), mean, var = scale_and_shift(case, 3), case.normal(3), case.uniform(3, low=0.5, high=4.0)
    layer = layer_with(student.BatchNorm, gamma, beta, mean, var)
    x, grad_out = case.normal(5, 3), case.normal(5, 3)
    layer.forward(x)
    expected = slopes(lambda x, g, b: frozen(x, mean, var, g, b), grad_out, x, gamma)
    close(unchanged(layer.backward, grad_out), expected, names=NAMES)


@check("images")
def channels_are_normalised(student, case):
    """On images [2, 2, 2, 1] and [2, 3, 4, 5] every channel is normalised over all its pixels; the shape stays."""
    for n, c, h, w in ((2, 2, 2, 1), (2, 3, 4, 5)):
        x, (gamma, beta) = case.normal(n, c, h, w, mean=1.0), scale_and_shift(case, c)
        close(unchanged(student.BatchNorm2d(gamma, beta).forward, x), normalised(x, gamma, beta))


@check("images")
def channels_have_running_statistics(student, case):
    """The running statistics of images are one number per channel; evaluation mode uses them."""
    for n, c, h, w in ((2, 2, 2, 1), (2, 3, 4, 5)):
        (gamma, beta), x = scale_and_shift(case, c), case.normal(n, c, h, w, mean=1.0, std=3.0)
        layer = student.BatchNorm2d(gamma, beta, momentum=0.5)
        layer.forward(x)
        mean, var = statistics_after([x], gamma, momentum=0.5)
        statistics_hold(layer, mean, var)
        layer.assign("training", False)
        close(layer.forward(x), frozen(x, mean, var, gamma, beta), name="the output in evaluation mode")
        statistics_hold(layer, mean, var)


@check("images")
def channel_gradients_agree_with_autograd(student, case):
    """For images, dx is [n, c, h, w], dgamma and dbeta are [c], and all agree with autograd."""
    for shape in ((2, 2, 2, 1), (2, 4, 3, 5)):
        x, grad_out, (gamma, beta) = case.normal(*shape), case.normal(*shape), scale_and_shift(case, shape[1])
        layer = student.BatchNorm2d(gamma, beta)
        layer.forward(x)
        close(layer.backward(grad_out), slopes(normalised, grad_out, x, gamma), names=NAMES)


@check("network")
def logits_agree_with_torch(student, case):
    """In training mode the logits of networks 2-2-2 and 5-4-6-3 agree with those of the same layers in torch."""
    for n, sizes in ((4, (2, 2, 2)), (8, (5, 4, 6, 3))):
        weights, X = start_weights(case, *sizes), case.normal(n, sizes[0])
        close(student.Network(weights).forward(X), TorchNetwork(weights).logits(X), name="the logits")


@check("network")
def network_gradients_agree_with_autograd(student, case):
    """backward gives the gradient of every parameter of networks 2-2-2 and 5-4-6-3."""
    for n, sizes in ((4, (2, 2, 2)), (8, (5, 4, 6, 3))):
        weights, X, grad_logits = start_weights(case, *sizes), case.normal(n, sizes[0]), case.normal(n, sizes[-1])
        network, torchs = student.Network(weights), TorchNetwork(weights)
        network.forward(X)
        expected = torchs.gradients(lambda: (torchs.logits(X) * grad_logits).sum())  # noqa: B023
        close(unchanged(network.backward, grad_logits), expected, name="the gradients")


@check("network")
def one_epoch_follows_torch(student, case):
    """One epoch in the given order ends where torch's gradients lead, running statistics included."""
    for n, sizes in ((6, (2, 2, 2)), (12, (4, 5, 3))):
        weights, X, y = start_weights(case, *sizes), case.normal(n, sizes[0]), case.labels(n, sizes[-1])
        network, expected = student.Network(weights), TorchNetwork(weights)
        unchanged(student.train, network, X, y, lr=0.5, epochs=1, batch_size=n // 2)
        expected.train(X, y, lr=0.5, epochs=1, batch_size=n // 2)
        found = network.values("weights", "bias")
        close(found, (expected.parameters["weights"], expected.parameters["bias"][0]), names=("weights", "bias"))
        logits_hold(network, X, expected)


def matrix_after(student, W, X, y, *, seeds, epochs=1, lr=0.5):
    """The matrix of a network without hidden layers, whose rows do not meet, after a training with each seed."""
    network = student.Network([W])
    for seed in seeds:
        student.train(network, X, y, lr=lr, epochs=epochs, batch_size=4, generator=seed)
    return like(network.value("weights"), [W], name="weights")[0]


@check("network", weight=0.5)
def a_shuffled_epoch_uses_each_row_once(student, case):
    """A shuffled epoch of tiny steps adds up to one step for every row: none is missed or doubled."""
    n, lr = 24, 1e-6
    X, y, (W,) = torch.eye(n, dtype=torch.float64), case.labels(n, 3), start_weights(case, n, 3)
    moved = (W - matrix_after(student, W, X, y, seeds=[case.generator()], lr=lr)) / lr
    (whole,) = gradients(lambda W: functional.cross_entropy(W, y), W)
    each_row_once(moved, n / 4 * whole)


@check("network", weight=0.5, statistical=True, needs=a_shuffled_epoch_uses_each_row_once)
def every_epoch_has_an_order_of_its_own(student, case):
    """With a generator, a second epoch takes the rows in another order than the first."""
    (W,), X, y, seed = start_weights(case, 4, 3), case.normal(24, 4), case.labels(24, 3), case.generator()
    in_one_go = matrix_after(student, W, X, y, seeds=[seed], epochs=2)
    first_epoch_twice = matrix_after(student, W, X, y, seeds=[seed, seed])
    # 24 rows fall into batches of 4 in 24! / 4!**6 = 3e15 ways: two fair draws hardly ever agree.
    message = "Two epochs end where the first epoch done twice ends: is a new order drawn for every epoch?"
    require((in_one_go - first_epoch_twice).abs().max() > 1e-9, message)


@check("network")
def a_prediction_depends_on_its_row_only(student, case):
    """predict gives rows the same classes alone and among very different rows, whatever mode it finds."""
    theirs, X = student.Network(start_weights(case, 6, 16, 16, 8)), case.normal(30, 6)
    student.train(theirs, X, case.labels(30, 8), lr=0.5, epochs=5, batch_size=10)
    theirs.set_training(False)
    logits = like(theirs.forward(X), torch.zeros(30, 8, dtype=torch.float64), name="the logits")
    alone = student.predict(theirs, X)
    equal(alone, logits.argmax(dim=1), name="the prediction")
    theirs.set_training(True)
    together = student.predict(theirs, torch.cat([X, case.normal(30, 6, std=100.0)]))
    accuracy(together, torch.zeros(60))
    equal(alone, together[:30], name="the prediction")


def losses_by_passes(train, forward, case, data):
    """The loss on all rows at once after each of some passes over them in order."""
    X, y = data.X_train, data.y_train
    how = {key: case.training[key] for key in ("lr", "batch_size")}
    after_passes = []
    for _ in range(5):
        train(X, y, epochs=1, **how)
        logits = like(forward(X), X.new_zeros(len(X), data.classes), name="the logits")
        after_passes.append(functional.cross_entropy(logits, y).item())
    return after_passes


@check("network", weight=2, needs=one_epoch_follows_torch)
def learns_where_the_plain_network_fails(student, case):
    """At a learning rate at which the plain network fails, the batch-normalised one learns the images."""
    data = case.subset(case.training["rows"])
    with_norms = trained_accuracy(student, case, data)
    start = start_weights(case, data.X_train.shape[1], *case.training["hidden"], data.classes, dtype=torch.float32)

    def yours():
        network = student.Network(start)
        return losses_by_passes(partial(student.train, network), network.forward, case, data)

    def right():
        network = TorchNetwork(start)
        return losses_by_passes(network.train, network.logits, case, data)

    with plotted("the loss", yours, over="pass", right=right):
        at_least(with_norms, case.training["accuracy"], "test accuracy with batch normalisation")
    _, predictions = trained_network(student, case, data, batch_norm=False)
    plain = accuracy(predictions, data.y_test)
    at_most(plain, case.training["plain_accuracy"], "test accuracy of the plain network at the same rate")
