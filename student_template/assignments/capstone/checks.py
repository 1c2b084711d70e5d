"""Checks that students see and run. An oracle of torch's own functions goes forward; autograd goes back."""

import functools
import itertools

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    args,
    at_least,
    check,
    close,
    equal,
    gradients,
    has_std,
    kept_fraction,
    like,
    predicted_classes,
    raises,
    require,
    spy,
    unchanged,
    vjp,
)

DOUBLE = torch.float64
EPS = 1e-5
MOMENTUM = 0.1
CURVES = {
    "relu": torch.relu,
    "leaky_relu": lambda z: functional.leaky_relu(z, 0.01),
    "tanh": torch.tanh,
}
GAINS = {"relu": 2**0.5, "leaky_relu": (2 / 1.0001) ** 0.5, "tanh": 5 / 3}
MOST_WEIGHTS = 10_000_000  # of a network of the student's own, whose sizes say how much we allocate
HISTORY = ("loss", "accuracy", "validation_loss", "validation_accuracy")


# Your own parts: what the network needs of each, no more.


@check("parts")
def your_linear_layer_is_right(student, case):
    """Your linear layer and its three gradients (softmax_backprop.py)."""
    X, W, b, grad = case.normal(4, 3), case.normal(3, 2), case.normal(2), case.normal(4, 2)
    close(student.linear(X, W, b), X @ W + b, name="linear(X, W, b)")
    expected = vjp(lambda *given: given[0] @ given[1] + given[2], grad, X, W, b)
    close(student.linear_backward(grad, X, W), expected, names=("dX", "dW", "db"))


@check("parts")
def your_cross_entropy_is_right(student, case):
    """Your cross-entropy and its gradient, for logits of 1,000 too (softmax_backprop.py)."""
    y = case.labels(5, 3)
    small, large = case.normal(5, 3), case.normal(5, 3, std=1000.0)
    both = [args(small, y), args(large, y)]
    losses = [functional.cross_entropy(logits, y) for logits in (small, large)]
    close(list(student.cross_entropy.each(both)), losses, name="the losses")
    slopes = [gradients(lambda z: functional.cross_entropy(z, y), logits)[0] for logits in (small, large)]
    close(list(student.cross_entropy_backward.each(both)), slopes, name="their gradients")


@check("parts")
def your_activations_are_right(student, case):
    """Your ReLU, leaky ReLU and tanh, and their derivatives (activations.py)."""
    z = case.normal(4, 3)
    for name, activation in CURVES.items():
        close(getattr(student, name)(z), activation(z), name=name)
        (slope,) = gradients(lambda x, f=activation: f(x).sum(), z)
        close(getattr(student, f"{name}_derivative")(z), slope, name=f"the derivative of {name}")


@check("parts", statistical=True)
def your_initialisations_are_right(student, case):
    """Your normal initialisations have the spread for a tanh and for no activation (kaiming_init.py)."""
    shape = (80, 120)
    for name, fan in (("kaiming_normal", 120), ("xavier_normal", 100)):
        gains = {"tanh": 5 / 3, "linear": 1.0}
        how = [args(shape, case.generator(), nonlinearity=each, dtype=DOUBLE) for each in gains]
        weights = getattr(student, name).each(how)
        for (nonlinearity, gain), weight in zip(gains.items(), weights, strict=True):
            has_std(like(weight, torch.zeros(shape, dtype=DOUBLE)), gain / fan**0.5, name=f"{name} for {nonlinearity}")


@check("parts")
def your_batch_norm_is_right(student, case):
    """Your batch norm: both modes, running statistics and gradients (batch_norm.py)."""
    x, gamma, beta, grad = case.normal(6, 3, mean=1.0, std=2.0), case.normal(3), case.normal(3), case.normal(6, 3)
    layer = student.BatchNorm(gamma, beta)
    expected = batch_normed(x, gamma, beta)
    close(layer.forward(x), expected, name="the output in training mode")
    names = ("dx", "dgamma", "dbeta")
    close(layer.backward(grad), vjp(batch_normed, grad, x, gamma, beta), names=names)
    mean, var = MOMENTUM * x.mean(0), (1 - MOMENTUM) + MOMENTUM * x.var(0)
    close(layer.values("running_mean", "running_var"), [mean, var], names=("running_mean", "running_var"))
    layer.assign("training", False)
    close(layer.forward(x), (x - mean) / (var + EPS).sqrt() * gamma + beta, name="the output in evaluation mode")


@check("parts")
def your_layer_norm_is_right(student, case):
    """Your layer norm and its gradients (layer_norm.py)."""
    x, gamma, beta, grad = case.normal(4, 5, mean=1.0), case.normal(5), case.normal(5), case.normal(4, 5)
    layer = student.LayerNorm(gamma, beta)
    close(layer.forward(x), layer_normed(x, gamma, beta), name="the output")
    close(layer.backward(grad), vjp(layer_normed, grad, x, gamma, beta), names=("dx", "dgamma", "dbeta"))


@check("parts", statistical=True)
def your_dropout_is_right(student, case):
    """Your dropout drops, scales, goes back by the same mask, and is off in evaluation (dropout_scaling.py)."""
    x, grad = case.normal(60, 50), case.normal(60, 50)
    layer = student.Dropout(0.3, case.generator())
    out = like(layer.forward(x), x, name="the output")
    kept_fraction(out, 0.7, name="the output")
    mask = (out != 0).to(x.dtype)
    close(out, x * mask / 0.7, name="the output")
    close(layer.backward(grad), grad * mask / 0.7, name="the gradient")
    layer.assign("training", False)
    close(layer.forward(x), x, name="the output in evaluation mode")


@check("parts")
def your_optimizers_are_right(student, case):
    """Three steps of your SGD and of your AdamW, with another rate in the last one (adamw.py)."""
    start = [case.normal(3, 2), case.normal(2)]
    for name, twin, how in (("SGD", torch.optim.SGD, {}), ("AdamW", torch.optim.AdamW, {"weight_decay": 0.1})):
        optimizer = getattr(student, name)([w.clone() for w in start], 0.05, **how)
        params = [w.clone().requires_grad_() for w in start]
        right = twin(params, lr=0.05, **how)
        slopes = [[case.normal(*w.shape) for w in start] for _ in range(3)]
        list(optimizer.step.each(args(each) for each in slopes[:2]))
        optimizer.assign("lr", 0.02)
        (found,) = optimizer.step.each([args(slopes[2])], reading="params")
        for rate, of_step in zip((0.05, 0.05, 0.02), slopes, strict=True):
            right.param_groups[0]["lr"] = rate
            for w, grad in zip(params, of_step, strict=True):
                w.grad = grad.clone()
            right.step()
        close(found, [w.detach() for w in params], name=f"the parameters after {name}")


@check("parts")
def your_schedules_are_right(student, case):
    """Your cosine with restarts, and a warm-up joined to a schedule of ours (schedules.py)."""
    steps = torch.arange(9).to(DOUBLE)
    expected = 0.1 + 0.9 * (1 + torch.cos(torch.pi * (steps % 4) / 4)) / 2
    close(student.cosine_restarts(steps, lr=1.0, lr_min=0.1, period=4), expected, name="the cosine")

    def halving(step):
        return 0.5**step

    expected = torch.cat([torch.tensor([1 / 3, 2 / 3, 1.0], dtype=DOUBLE), 0.5 ** steps[:6]])
    close(student.warmed_up(steps, schedule=halving, warmup=3), expected, name="the warm-up")


@check("parts")
def your_early_stopping_is_right(student, case):
    """Your early stopping waits, stops, and remembers the best parameters (regularisation.py)."""
    stopping = student.EarlyStopping(2)
    params = [case.normal(3), case.normal()]
    told = []
    for epoch, loss in enumerate((3.0, 2.0, 2.5, 2.2)):
        told.append(args(loss, [w + epoch for w in params]))
    stops = list(stopping.update.each(told))
    equal(stops, [False, False, False, True], name="what update says")
    close(stopping.restore([w + 3 for w in params]), [w + 1 for w in params], name="what restore gives")


# One network of all parts.


def batch_normed(x, gamma, beta):
    """Batch normalisation in training mode."""
    return functional.batch_norm(x, None, None, gamma, beta, training=True, eps=EPS)


def layer_normed(x, gamma, beta):
    """Layer normalisation over the last axis."""
    return functional.layer_norm(x, gamma.shape, gamma, beta, EPS)


class Plan:
    """A network of ours with the settings of a student's.

    Args:
        sizes, activation, normalisation, bias: the settings.
    """

    def __init__(self, sizes, activation="relu", normalisation="none", bias=True):
        self.sizes, self.activation, self.normalisation, self.bias = sizes, activation, normalisation, bias

    def shapes(self):
        """The shapes of all parameters, in their order."""
        shapes = []
        pairs = list(itertools.pairwise(self.sizes))
        for i, (d, h) in enumerate(pairs):
            shapes.append((d, h))
            shapes += [(h,)] * self.bias
            if i < len(pairs) - 1 and self.normalisation != "none":
                shapes += [(h,), (h,)]
        return shapes

    def anything(self, case, dtype=DOUBLE):
        """Parameters that are anything, so that every one of them matters."""
        params = []
        for shape in self.shapes():
            params.append(case.normal(*shape, std=0.7, mean=0.3 if len(shape) == 1 else 0.0, dtype=dtype))
        return params

    def statistics(self, case, dtype=DOUBLE):
        """Running statistics that are anything, two for each batch norm."""
        found = []
        widths = self.sizes[1:-1] if self.normalisation == "batch" else []
        for h in widths:
            found += [case.normal(h, dtype=dtype), case.uniform(h, low=0.5, high=2.0, dtype=dtype)]
        return found

    def logits(self, X, params, statistics=None, masks=None):
        """The logits of rows; with statistics in evaluation mode, with masks thinned by them."""
        following, running = iter(params), iter(statistics or ())
        a = X
        for i in range(len(self.sizes) - 1):
            z = a @ next(following)
            z = z + next(following) if self.bias else z
            if i == len(self.sizes) - 2:
                return z
            z = self._normalised(z, following, running if statistics is not None else None)
            a = CURVES[self.activation](z)
            if masks is not None:
                a = a * masks[i]

    def _normalised(self, z, following, running):
        if self.normalisation == "none":
            return z
        gamma, beta = next(following), next(following)
        if self.normalisation == "layer":
            return layer_normed(z, gamma, beta)
        if running is None:
            return batch_normed(z, gamma, beta)
        mean, var = next(running), next(running)
        return (z - mean) / (var + EPS).sqrt() * gamma + beta

    def given(self, case, dtype=DOUBLE, **others):
        """The arguments that make a network with these settings."""
        settings = {"activation": self.activation, "normalisation": self.normalisation, "bias": self.bias}
        return args(self.sizes, case.generator(), dtype=dtype, **settings, **others)

    def made_by(self, student, case, dtype=DOUBLE, **others):
        """The student's network with these settings."""
        (network,) = student.Network.each([self.given(case, dtype, **others)])
        return network


def made_together(student, case, plans, **others):
    """Each of some plans with the student's network of its settings; all are made in one message."""
    return zip(plans, student.Network.each([plan.given(case, **others) for plan in plans]), strict=True)


@check("network")
def without_a_hidden_layer_it_is_linear(student, case):
    """Of the sizes [3, 2] only a matrix and a bias are left: the logits are X @ W + b."""
    plan = Plan([3, 2])
    network = plan.made_by(student, case)
    W, b = plan.anything(case)
    network.set_parameters([W, b])
    X = case.normal(4, 3)
    close(unchanged(network.forward, X), X @ W + b, name="the logits")


@check("network")
def parameters_stand_layer_by_layer(student, case):
    """With sizes [3, 5, 4, 2] the list holds W, b, gamma and beta of each layer, in their shapes."""
    kinds = (("none", True), ("batch", True), ("layer", False), ("none", False))
    plans = [Plan([3, 5, 4, 2], normalisation=normalisation, bias=bias) for normalisation, bias in kinds]
    for plan, network in made_together(student, case, plans):
        found = network.parameters()
        like(found, [torch.zeros(shape, dtype=DOUBLE) for shape in plan.shapes()], name="the parameters")


@check("network")
def parameters_that_are_set_are_there(student, case):
    """What set_parameters puts in comes out of parameters in the same order, gammas and betas too."""
    plan = Plan([3, 5, 4, 2], normalisation="batch")
    network = plan.made_by(student, case)
    params = plan.anything(case)
    network.set_parameters(params)
    close(network.parameters(), params, name="the parameters")


@check("network", needs=parameters_that_are_set_are_there)
def a_hidden_layer_has_its_parts_in_order(student, case):
    """Linear, normalisation, activation: for each activation and normalisation, the logits are those of torch."""
    X = case.normal(6, 3)
    kinds = (("relu", "none"), ("tanh", "layer"), ("leaky_relu", "batch"))
    plans = [Plan([3, 5, 4, 2], *kind) for kind in kinds]
    for plan, network in made_together(student, case, plans):
        params = plan.anything(case)
        network.set_parameters(params)
        name = f"the logits with {plan.activation} and {plan.normalisation}"
        close(network.forward(X), plan.logits(X, params), name=name)


def gradients_agree(student, case, plans, n=6):
    """Fail unless the gradients of networks are those of autograd."""
    for plan, network in made_together(student, case, plans):
        params, X, grad = plan.anything(case), case.normal(n, plan.sizes[0]), case.normal(n, plan.sizes[-1])
        network.set_parameters(params)
        network.forward(X)
        expected = vjp(lambda *given, of=plan, X=X: of.logits(X, given), grad, *params)
        close(unchanged(network.backward, grad), list(expected), name="the gradients")


@check("network", weight=2, needs=a_hidden_layer_has_its_parts_in_order)
def gradients_without_normalisation_agree_with_autograd(student, case):
    """For one and for two hidden layers, with each activation, in the order of parameters."""
    plans = [Plan([3, 4, 2], "relu"), Plan([3, 5, 4, 2], "tanh"), Plan([2, 3, 3, 3], "leaky_relu")]
    gradients_agree(student, case, plans)


@check("network", weight=2, needs=a_hidden_layer_has_its_parts_in_order)
def gradients_through_normalisation_agree_with_autograd(student, case):
    """With batch and with layer norm, in training mode, gamma and beta included."""
    gradients_agree(student, case, [Plan([3, 5, 4, 2], "tanh", "batch"), Plan([3, 5, 4, 2], "relu", "layer")])


@check("network", needs=gradients_without_normalisation_agree_with_autograd)
def without_biases_there_are_no_gradients_for_them(student, case):
    """With bias=False logits and gradients are those of a network without biases."""
    plans = [Plan([3, 5, 4, 2], "relu", bias=False), Plan([3, 4, 2], "tanh", "batch", bias=False)]
    gradients_agree(student, case, plans)


@check("network", weight=2, needs=gradients_without_normalisation_agree_with_autograd)
def dropout_stands_behind_each_activation(student, case):
    """In training mode each hidden layer drops by its own mask, which backward uses again; the logits are whole."""
    plan = Plan([3, 40, 30, 2], "tanh")
    network = plan.made_by(student, case, dropout=0.4)
    params, X, grad = plan.anything(case), case.normal(5, 3), case.normal(5, 2)
    network.set_parameters(params)
    found = network.forward(X)
    masks = [dropout.value("mask") / 0.6 for dropout in network.value("dropouts")]
    require(len(masks) == 2, "A network with two hidden layers has two dropouts, one behind each activation.")
    close(found, plan.logits(X, params, masks=masks), name="the logits")
    expected = vjp(lambda *given: plan.logits(X, given, masks=masks), grad, *params)
    close(network.backward(grad), list(expected), name="the gradients")


@check("network")
def evaluation_mode_reaches_every_part(student, case):
    """In evaluation mode nothing is dropped and batch norms use what they have noted; set_mode(True) undoes it."""
    plan = Plan([3, 5, 4, 2], "tanh", "batch")
    network = plan.made_by(student, case, dropout=0.5)
    params, statistics, X = plan.anything(case), plan.statistics(case), case.normal(6, 3)
    network.load_state([*params, *statistics])
    network.set_mode(False)
    require(network.value("training") is False, "After set_mode(False) the attribute training is False.")
    close(network.forward(X), plan.logits(X, params, statistics), name="the logits in evaluation mode")
    network.set_mode(True)
    first, second = network.forward.each([args(X), args(X)])
    require(not torch.equal(like(first, second), second), "In training mode two passes drop different entries.")


@check("network")
def a_state_holds_the_statistics(student, case):
    """A state is the parameters and then the running mean and variance of each batch norm; others have none."""
    plans = [Plan([3, 5, 4, 2], normalisation=kind) for kind in ("batch", "layer", "none")]
    for plan, network in made_together(student, case, plans):
        state = [*plan.anything(case), *plan.statistics(case)]
        network.load_state(state)
        close(network.state(), state, name=f"the state with {plan.normalisation}")


@check("network", weight=2, statistical=True)
def weights_begin_with_the_right_spread(student, case):
    """Kaiming and Xavier, with the gain of the activation that follows, and that of "linear" in the last layer."""
    kinds = (("kaiming", "relu"), ("kaiming", "tanh"), ("xavier", "leaky_relu"), ("xavier", "tanh"))
    plans = [Plan([150, 120, 90], activation, "batch") for _, activation in kinds]
    given = [plan.given(case, init=init) for plan, (init, _) in zip(plans, kinds, strict=True)]
    for network, plan, (init, activation) in zip(student.Network.each(given), plans, kinds, strict=True):
        params = network.parameters()
        params = like(params, [torch.zeros(shape, dtype=DOUBLE) for shape in plan.shapes()], name="the parameters")
        W1, b1, gamma, beta, W2, b2 = params
        for name, weight, gain in (("first", W1, GAINS[activation]), ("last", W2, 1.0)):
            fan_in, fan_out = weight.shape
            fan = fan_in if init == "kaiming" else (fan_in + fan_out) / 2
            has_std(weight, gain / fan**0.5, name=f"the {name} weight with {init} and {activation}")
        zeros, ones = torch.zeros_like, torch.ones_like
        close([b1, gamma, beta, b2], [zeros(b1), ones(gamma), zeros(beta), zeros(b2)], name="biases, gamma, beta")


@check("network", weight=0.5)
def layers_and_networks_are_drawn_anew(student, case):
    """Two layers of one shape differ; the same generator gives the same network, another one another."""
    seed = case.generator()
    networks = list(student.Network.each(args([6, 6, 6], each) for each in (seed, seed, case.generator())))
    model = [torch.zeros(shape) for shape in ((6, 6), (6,), (6, 6), (6,))]
    one, same, other = (like(network.parameters(), model, name="the parameters") for network in networks)
    first, last = (each / each.std() for each in (one[0], one[2]))  # the two may have different gains
    require(not torch.allclose(first, last, atol=1e-4), "Both weights hold the same draws: is each drawn by itself?")
    close(same, one, name="the parameters of the same generator")
    require(not torch.equal(one[0], other[0]), "Two generators gave the same weights: does the network use its own?")


@check("network", weight=0.5)
def unknown_names_are_refused(student, case):
    """An activation, a normalisation or an initialisation that does not exist raises a ValueError."""
    for setting in ({"activation": "rely"}, {"normalisation": "bach"}, {"init": "kaming"}):
        raises(ValueError, student.Network, [3, 4, 2], case.generator(), **setting)
    network = student.Network(
        [3, 4, 2], case.generator(), normalisation="layer", dropout=0.25, bias=False, init="xavier"
    )
    found = network.values("sizes", "activation", "normalisation", "dropout", "bias", "init", "training")
    equal([*found[:3], *found[4:]], [[3, 4, 2], "relu", "layer", False, "xavier", True], name="its settings")
    close(found[3], 0.25, name="its dropout")


# How good is it?


def placed(student, case, plan, **others):
    """The student's network with parameters and statistics that are anything, and its state."""
    network = plan.made_by(student, case, **others)
    state = [*plan.anything(case), *plan.statistics(case)]
    network.load_state(state)
    return network, state


def rated(plan, X, y, state):
    """Loss and accuracy in evaluation mode."""
    n = len(plan.shapes())
    logits = plan.logits(X, state[:n], state[n:])
    return functional.cross_entropy(logits, y).item(), accuracy(logits.argmax(1), y)


@check("evaluation")
def loss_and_gradients_are_those_of_the_batch(student, case):
    """The mean cross-entropy in training mode, and the gradients of all parameters, agree with autograd."""
    plan = Plan([3, 5, 2], "tanh", "batch")
    network, state = placed(student, case, plan)
    X, y, params = case.normal(6, 3), case.labels(6, 2), state[: len(plan.shapes())]

    def price(*given):
        return functional.cross_entropy(plan.logits(X, given), y)

    expected = price(*params), list(gradients(price, *params))
    close(student.loss_and_gradients(network, X, y), expected, names=("the loss", "the gradients"))


@check("evaluation", weight=2)
def evaluation_gives_loss_and_accuracy_as_floats(student, case):
    """Two floats: the mean cross-entropy, and the share of right rows, in evaluation mode."""
    plan = Plan([3, 5, 3], "tanh", "batch")
    network, state = placed(student, case, plan, dropout=0.5)
    X, y = case.normal(7, 3), case.labels(7, 3)
    found = student.evaluate(network, X, y)
    require(
        isinstance(found, tuple | list) and len(found) == 2 and all(isinstance(each, float) for each in found),
        "evaluate gives two Python floats, the loss and the accuracy.",
    )
    close(tuple(found), rated(plan, X, y, state), names=("the loss", "the accuracy"))


def modes_of(network):
    """The modes of a network and of its dropouts."""
    mode, dropouts = network.values("training", "dropouts")
    return [mode, *(part.value("training") for part in dropouts)]


@check("evaluation", weight=2)
def evaluation_leaves_no_trace(student, case):
    """The state is the same afterwards, and the mode is what it was before, whichever that was."""
    network, state = placed(student, case, Plan([3, 5, 2], "relu", "batch"), dropout=0.5)
    X, y = case.normal(6, 3), case.labels(6, 2)
    message = "A network in mode training={} is in that mode after evaluate too."
    student.evaluate(network, X, y)
    close(network.state(), state, name="the state after it")
    require(modes_of(network) == [True, True], message.format(True))
    network.set_mode(False)
    student.evaluate(network, X, y)
    require(modes_of(network) == [False, False], message.format(False))


# Training, and when to stop.


class Trained:
    """A network that was trained by fit from a start of ours.

    Args:
        optimizer: "SGD" or "AdamW", with these settings.
        start: the state to begin with; anything if it is not given.
        rate: set as the optimizer's rate when it is made already; `lr` stays if it is not given.
    """

    def __init__(self, student, case, plan, rows, *, optimizer="SGD", lr=0.1, validation=None, dtype=DOUBLE, **how):
        self.plan, self.rows, self.validation = plan, rows, validation or rows
        self.network = plan.made_by(student, case, dtype=dtype, **how.pop("others", {}))
        self.start = how.pop("start", None) or [*plan.anything(case, dtype), *plan.statistics(case, dtype)]
        self.network.load_state(self.start)
        if how.pop("in_evaluation", False):
            self.network.set_mode(False)
        made = getattr(student, optimizer)(self.network.parameters(), lr, **how.pop("settings", {}))
        if "rate" in how:
            made.assign("lr", how.pop("rate"))
        how = {"batch_size": len(rows[1]), "epochs": 1, "generator": case.generator(), **how}
        self.history = student.fit(self.network, rows, self.validation, optimizer=made, **how)

    @functools.cached_property
    def state(self):
        """The state of the network as it was left."""
        return self.network.state()

    @property
    def params(self):
        """The parameters of the network as it was left."""
        return self.state[: len(self.plan.shapes())]


def some_rows(case, plan, n, dtype=DOUBLE):
    """Inputs and labels."""
    return case.normal(n, plan.sizes[0], dtype=dtype), case.labels(n, plan.sizes[-1])


def whole_batch_path(plan, params, rows, make, rates):
    """The parameters after a step of torch's optimizer on all rows for each rate."""
    *_, end = whole_batch_steps(plan, params, rows, make, rates)
    return end


def whole_batch_steps(plan, params, rows, make, rates):
    """The same after each of the steps, one after the other."""
    X, y = rows
    weights = [w.clone().requires_grad_() for w in params]
    optimizer = make(weights)
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        functional.cross_entropy(plan.logits(X, weights), y).backward()
        optimizer.step()
        yield [w.detach().clone() for w in weights]


def gradient_descent(weights):
    """Torch's SGD, whose rate is set before each step."""
    return torch.optim.SGD(weights, lr=0.1)


@check("fit", weight=2)
def whole_batches_follow_the_exact_path(student, case):
    """Three epochs with all rows in one batch lead where torch's AdamW leads."""
    plan = Plan([3, 5, 2], "tanh", "layer")
    rows, settings = some_rows(case, plan, 8), {"weight_decay": 0.1}
    trained = Trained(student, case, plan, rows, optimizer="AdamW", lr=0.05, settings=settings, epochs=3)
    expected = whole_batch_path(
        plan, trained.start, rows, lambda w: torch.optim.AdamW(w, lr=0.05, **settings), [0.05] * 3
    )
    close(trained.params, expected, rtol=1e-6, atol=1e-8, name="the parameters")


@check("fit", weight=2, needs=whole_batches_follow_the_exact_path)
def the_schedule_is_asked_once_for_each_step(student, case):
    """It is asked for 0, 1, 2 ... over all epochs, and each step of your SGD has the rate that it gave."""
    plan = Plan([3, 4, 2], "tanh")
    # Six times the same row: whatever the order, each batch has one and the same gradient.
    X, y = some_rows(case, plan, 1)
    rows = X.repeat(6, 1), y.repeat(6)
    rates = [0.3, 0.1, 0.4, 0.2]
    schedule = spy(lambda step: rates[min(int(step), 3)])
    trained = Trained(student, case, plan, rows, schedule=schedule, epochs=2, batch_size=4)
    asked = [int(call.args[0]) if call.args else None for call in schedule.calls]
    equal(asked, [0, 1, 2, 3], name="the steps that the schedule was asked for, with two batches in each of two epochs")
    expected = whole_batch_path(plan, trained.start, (X, y), gradient_descent, rates)
    close(trained.params, expected, rtol=1e-6, atol=1e-8, name="the parameters")


@check("fit", needs=whole_batches_follow_the_exact_path)
def an_epoch_uses_each_row_once(student, case):
    """Ten rows in batches of 4: a shuffled epoch of tiny steps moves the weights as all rows with their labels do."""
    plan = Plan([8, 4])
    lr, n, batch_size = 1e-6, 10, 4
    X, y = some_rows(case, plan, n)
    trained = Trained(student, case, plan, (X, y), lr=lr, batch_size=batch_size)
    moved = (trained.params[0] - trained.start[0]) / -lr
    W, b = trained.start
    slopes = []
    for row in range(n):
        one = slice(row, row + 1)
        slopes.append(gradients(lambda w, r=one: functional.cross_entropy(X[r] @ w + b, y[r]), W)[0])
    sizes = torch.tensor([4.0, 4.0, 2.0], dtype=DOUBLE)
    candidates = torch.stack(slopes)
    shares = torch.linalg.lstsq(candidates.flatten(1).T, moved.flatten()[:, None]).solution[:, 0]
    expected = torch.cat([torch.full((int(size),), 1 / size, dtype=DOUBLE) for size in sizes])
    close(shares.sort().values, expected.sort().values, rtol=1e-3, atol=1e-3, name="what each row contributed")


@check("fit", weight=2, needs=whole_batches_follow_the_exact_path)
def the_history_is_measured_after_each_epoch(student, case):
    """Four lists with a float for each epoch; the last ones are loss and accuracy of the network as it was left."""
    plan = Plan([3, 5, 2], "tanh", "batch")
    rows, others = some_rows(case, plan, 9), some_rows(case, plan, 7)
    trained = Trained(student, case, plan, rows, validation=others, epochs=3, batch_size=5, others={"dropout": 0.3})
    history = trained.history
    complete = isinstance(history, dict) and all(
        isinstance(history.get(name), list) and len(history[name]) == 3 for name in HISTORY
    )
    require(complete, f"fit returns a dict with a list of three numbers, one for each epoch, for {', '.join(HISTORY)}.")
    expected = (*rated(plan, *rows, trained.state), *rated(plan, *others, trained.state))
    close(tuple(history[name][-1] for name in HISTORY), expected, names=HISTORY, rtol=1e-6, atol=1e-8)


RISING = -0.2  # a rate that climbs the loss


def climb(case, plan, epochs):
    """Rows and the state of a network with one hidden layer, from where each epoch at `RISING` makes it worse.

    The running statistics go on to settle while the loss is climbed, which may make a network better for some epochs;
    such a start is drawn again.
    """
    while True:
        rows, start = some_rows(case, plan, 12), [*plan.anything(case), *plan.statistics(case)]
        states = climbed(plan, start, rows, epochs)
        losses = [rated(plan, *rows, state)[0] for state in states]
        if all(after > before + 1e-3 for before, after in itertools.pairwise(losses)):
            return rows, start, states[0]


def climbed(plan, start, rows, epochs):
    """The states after 1, 2, ... steps at `RISING` with all rows."""
    n = len(plan.shapes())
    params, statistics, states = start[:n], start[n:], []
    for after in whole_batch_steps(plan, params, rows, gradient_descent, [RISING] * epochs):
        if statistics:
            z, (mean, var) = rows[0] @ params[0] + params[1], statistics
            statistics = [
                (1 - MOMENTUM) * mean + MOMENTUM * z.mean(0),
                (1 - MOMENTUM) * var + MOMENTUM * z.var(0),
            ]
        params = after
        states.append([*params, *statistics])
    return states


@check("fit", needs=whole_batches_follow_the_exact_path)
def early_stopping_is_told_the_validation_loss(student, case):
    """Where each epoch is worse than the last, training ends after 1 + patience, and the first loss was the best."""
    plan = Plan([3, 4, 2], "tanh")
    rows, start, _ = climb(case, plan, epochs=3)
    stopping = student.EarlyStopping(2)
    trained = Trained(student, case, plan, rows, start=start, rate=RISING, early_stopping=stopping, epochs=6)
    equal(len(trained.history["validation_loss"]), 3, name="the number of epochs")
    told = torch.as_tensor(stopping.value("best_value"), dtype=DOUBLE)
    first = torch.as_tensor(trained.history["validation_loss"][0], dtype=DOUBLE)
    close(told, first, name="the best value that it was told")


@check("fit", needs=early_stopping_is_told_the_validation_loss)
def the_parameters_of_the_best_epoch_remain(student, case):
    """Where the second epoch is worse than the first, the network is left with the parameters of the first."""
    plan = Plan([3, 4, 2], "tanh")
    rows, start, best = climb(case, plan, epochs=2)
    stopping = student.EarlyStopping(1)
    trained = Trained(student, case, plan, rows, start=start, rate=RISING, early_stopping=stopping, epochs=3)
    close(trained.params, best, rtol=1e-6, atol=1e-8, name="the parameters")


@check("fit", needs=the_parameters_of_the_best_epoch_remain)
def the_statistics_of_the_best_epoch_remain(student, case):
    """The running mean and variance of a batch norm are those of the best epoch as well."""
    plan = Plan([3, 5, 2], "tanh", "batch")
    rows, start, best = climb(case, plan, epochs=2)
    stopping = student.EarlyStopping(1)
    trained = Trained(student, case, plan, rows, start=start, rate=RISING, early_stopping=stopping, epochs=3)
    names = "running_mean", "running_var"
    close(tuple(trained.state[-2:]), tuple(best[-2:]), rtol=1e-6, atol=1e-8, names=names)


@check("fit", needs=the_parameters_of_the_best_epoch_remain)
def the_best_state_remains_though_nothing_stopped(student, case):
    """With more patience than epochs the network has the best state as well."""
    plan = Plan([3, 4, 2], "tanh")
    rows, start, best = climb(case, plan, epochs=2)
    stopping = student.EarlyStopping(9)
    trained = Trained(student, case, plan, rows, start=start, rate=RISING, early_stopping=stopping, epochs=2)
    equal(len(trained.history["loss"]), 2, name="the number of epochs")
    close(trained.params, best, rtol=1e-6, atol=1e-8, name="the parameters")


@check("fit", needs=whole_batches_follow_the_exact_path)
def modes_are_set_before_and_after(student, case):
    """A network that comes in evaluation mode is trained in training mode, and is left in evaluation mode."""
    plan = Plan([3, 5, 2], "tanh", "batch")
    rows = some_rows(case, plan, 8)
    trained = Trained(student, case, plan, rows, in_evaluation=True, epochs=2)
    start = trained.start[: len(plan.shapes())]
    expected = whole_batch_path(plan, start, rows, gradient_descent, [0.1] * 2)
    close(trained.params, expected, rtol=1e-6, atol=1e-8, name="the parameters")
    require(trained.network.value("training") is False, "fit leaves the network in evaluation mode.")


@check("fit", needs=whole_batches_follow_the_exact_path)
def the_same_generators_train_the_same_network(student, case):
    """Twice the same seeds give the same parameters; another order of the rows gives others."""
    plan = Plan([3, 6, 2])
    rows, first = some_rows(case, plan, 20), case.generator()
    networks = list(student.Network.each(args([3, 6, 2], first, dropout=0.2, dtype=DOUBLE) for _ in range(3)))
    optimizers = list(student.SGD.each([args(network.parameters(), 0.5) for network in networks]))
    trainings = []
    for network, optimizer, seed in zip(networks, optimizers, (first, first, case.generator()), strict=True):
        trainings.append(args(network, rows, rows, optimizer=optimizer, batch_size=5, epochs=2, generator=seed))
    list(student.fit.each(trainings))
    model = [torch.zeros(shape, dtype=DOUBLE) for shape in plan.shapes()]
    ends = [like(network.parameters(), model, name="the trained parameters") for network in networks]
    close(ends[1], ends[0], name="the parameters of the second training")
    moved = any(not torch.equal(one, two) for one, two in zip(ends[0], ends[2], strict=True))
    require(moved, "Another generator gave the same parameters: is the order of the rows drawn with it?")


# A network of your own.


def own_plan(network, d, k):
    """What the student's own network is made of; fails unless it is made for d pixels and k classes."""
    sizes, activation, normalisation, bias = network.values("sizes", "activation", "normalisation", "bias")
    complete = isinstance(sizes, list | tuple) and len(sizes) > 1 and all(type(size) is int for size in sizes)
    require(complete, "my_network gives a Network, whose `sizes` are a list of two or more whole numbers.")
    sizes = list(sizes)
    equal(sizes[0], d, name="the first size of what my_network gives")
    equal(sizes[-1], k, name="the last size of what my_network gives")
    known = activation in list(CURVES) and normalisation in ["none", "batch", "layer"]
    require(known, "my_network gives a Network, whose `activation` and `normalisation` are names that Network knows.")
    largest = sum(before * after for before, after in itertools.pairwise(sizes))
    require(min(sizes) > 0 and largest <= MOST_WEIGHTS, f"my_network may have no more than {MOST_WEIGHTS:,} weights.")
    return Plan(sizes, activation, normalisation, bool(bias))


def judged(student, case, target):
    """Train the student's own network on some rows, and rate it by a forward pass of ours."""
    settings, data = case.training, case.subset(case.training["rows"])
    held = settings["rows"] // 6
    train, validation = (data.X_train[held:], data.y_train[held:]), (data.X_train[:held], data.y_train[:held])
    d = data.X_train.shape[1]
    network = student.my_network(d, data.classes, case.generator())
    plan = own_plan(network, d, data.classes)
    student.my_training(network, train, validation, epochs=settings["epochs"], generator=case.generator())
    model = [torch.zeros(shape) for shape in plan.shapes()]
    if plan.normalisation == "batch":
        model += [torch.zeros(size) for size in plan.sizes[1:-1] for _ in range(2)]
    state = like(network.state(), model, name="the state of the trained network")
    n = len(plan.shapes())
    scores = plan.logits(data.X_test, state[:n], state[n:])
    network.set_mode(False)
    classes = predicted_classes(like(network.forward(data.X_test), scores, name="its logits").argmax(1), scores)
    at_least(accuracy(classes, data.y_test), target, "the accuracy on images that the training did not see")


@check("own")
def your_own_network_fits_other_images_too(student, case):
    """For 7 pixels and 3 classes you give a network of these sizes, and fit trains one with its settings exactly."""
    plan = own_plan(student.my_network(7, 3, case.generator()), 7, 3)
    rows = some_rows(case, plan, 6)
    trained = Trained(student, case, plan, rows, epochs=2)
    start = trained.start[: len(plan.shapes())]
    expected = whole_batch_path(plan, start, rows, gradient_descent, [0.1] * 2)
    close(trained.params, expected, rtol=1e-6, atol=1e-8, name="the parameters after two steps without dropout")


@check("own", weight=2, needs=your_own_network_fits_other_images_too)
def your_own_network_learns_the_images(student, case):
    """Your network, trained your way on some of the images, is right on most of the others."""
    judged(student, case, case.training["accuracy"])
