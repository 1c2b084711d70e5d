"""Checks that students do not get: other settings, single precision, edges, and images in disguise."""

import itertools

import torch
from torch.nn import functional

from autograder.checking import args, check, close, equal, require, spy, unchanged, vjp

from .checks import (
    HISTORY,
    Plan,
    Trained,
    gradient_descent,
    gradients_agree,
    judged,
    placed,
    rated,
    some_rows,
    whole_batch_path,
    whole_batch_steps,
    your_own_network_fits_other_images_too,
)


@check("parts")
def your_parts_work_in_single_precision(student, case):
    """Linear layer, cross-entropy and normalisations keep float32."""
    X, W, b = (case.normal(*shape, dtype=torch.float32) for shape in ((4, 3), (3, 2), (2,)))
    y = case.labels(4, 2)
    close(student.linear(X, W, b), X @ W + b)
    close(student.cross_entropy(X @ W, y), functional.cross_entropy(X @ W, y))
    ones, zeros = torch.ones(3), torch.zeros(3)
    for name in ("BatchNorm", "LayerNorm"):
        normed = getattr(student, name)(ones, zeros).forward(X)
        axis = 0 if name == "BatchNorm" else 1
        centred = X - X.mean(axis, keepdim=True)
        close(normed, centred / (X.var(axis, correction=0, keepdim=True) + 1e-5).sqrt(), rtol=1e-4, atol=1e-5)


@check("network", weight=2)
def gradients_of_other_combinations(student, case):
    """Three hidden layers and one, every activation with every normalisation, with and without biases."""
    kinds = (
        ([4, 6, 5, 3, 3], "leaky_relu", "batch", True),
        ([2, 7, 2], "tanh", "layer", False),
        ([5, 4, 4, 2], "relu", "batch", False),
        ([3, 5, 4], "leaky_relu", "layer", True),
    )
    gradients_agree(student, case, [Plan(*kind) for kind in kinds], n=7)


@check("network")
def networks_work_in_single_precision(student, case):
    """By default parameters, logits and gradients are float32."""
    plan = Plan([3, 5, 2], "relu", "batch")
    network = student.Network([3, 5, 2], case.generator(), normalisation="batch")
    params, X = plan.anything(case, torch.float32), case.normal(8, 3, dtype=torch.float32)
    network.set_parameters(params)
    close(network.forward(X), plan.logits(X, params), name="the logits")
    grad = case.normal(8, 2, dtype=torch.float32)
    expected = vjp(lambda *given: plan.logits(X.to(given[0].dtype), given), grad, *params)
    close(network.backward(grad), list(expected), rtol=1e-3, atol=1e-4, name="the gradients")


@check("network")
def rows_do_not_depend_on_each_other_in_evaluation(student, case):
    """In evaluation mode a row alone has the logits that it has among others."""
    plan = Plan([3, 5, 2], "tanh", "batch")
    network = plan.made_by(student, case, dropout=0.3)
    params, statistics, X = plan.anything(case), plan.statistics(case), case.normal(4, 3)
    network.load_state([*params, *statistics])
    network.set_mode(False)
    expected = plan.logits(X, params, statistics)
    rows = [X[i : i + 1] for i in range(4)]
    found = list(network.forward.each(args(row) for row in rows))
    close(found, [expected[i : i + 1] for i in range(4)], name="the logits of single rows")
    grad = case.normal(4, 2)
    network.forward(X)
    right = vjp(lambda *given: plan.logits(X, given, statistics), grad, *params)
    close(network.backward(grad), list(right), name="the gradients in evaluation mode")


@check("network")
def a_network_leaves_the_list_of_sizes_alone(student, case):
    """Neither the sizes nor the parameters that it was given change."""
    plan = Plan([3, 4, 2], "relu", "layer")
    network = plan.made_by(student, case)
    params = plan.anything(case)
    unchanged(network.set_parameters, params)
    network.forward(case.normal(5, 3))
    unchanged(network.backward, case.normal(5, 2))
    equal(network.value("sizes"), [3, 4, 2], name="its sizes")
    close(network.parameters(), params, name="its parameters")


@check("evaluation")
def evaluation_without_batch_norm_and_in_another_mode(student, case):
    """Loss and accuracy are the same whichever mode the network was in."""
    plan = Plan([4, 6, 3], "leaky_relu", "layer")
    X, y = some_rows(case, plan, 9)
    network, state = placed(student, case, plan, dropout=0.6)
    expected = rated(plan, X, y, state)
    close(tuple(student.evaluate(network, X, y)), expected, names=("the loss", "the accuracy"))
    network.set_mode(False)
    close(tuple(student.evaluate(network, X, y)), expected, names=("the loss", "the accuracy"))


@check("fit")
def batches_count_by_their_own_size(student, case):
    """Seven rows in a batch of 100 are one step; the gradient is a mean over those that are there."""
    plan = Plan([3, 4, 2], "tanh")
    rows = some_rows(case, plan, 7)
    trained = Trained(student, case, plan, rows, batch_size=100, epochs=2)
    expected = whole_batch_path(plan, trained.start, rows, gradient_descent, [0.1] * 2)
    close(trained.params, expected, rtol=1e-6, atol=1e-8, name="the parameters")


@check("fit")
def a_schedule_goes_on_through_short_batches(student, case):
    """Five rows in batches of 2 are three steps an epoch; the count goes on in the next one."""
    schedule = spy(lambda step: 0.01)
    plan = Plan([3, 4, 2], "relu", "layer")
    Trained(student, case, plan, some_rows(case, plan, 5), schedule=schedule, epochs=2, batch_size=2)
    asked = [int(call.args[0]) if call.args else None for call in schedule.calls]
    equal(asked, list(range(6)), name="the steps that the schedule was asked for")


@check("fit")
def the_history_belongs_to_its_rows(student, case):
    """Each list has its own rows: training and validation are not exchanged, also without early stopping."""
    plan = Plan([3, 5, 3], "leaky_relu")
    rows, others = some_rows(case, plan, 8), some_rows(case, plan, 11)
    trained = Trained(student, case, plan, rows, validation=others, epochs=2, batch_size=3)
    expected = (*rated(plan, *rows, trained.state), *rated(plan, *others, trained.state))
    require(isinstance(trained.history, dict), "fit returns a dict.")
    close(tuple(trained.history[name][-1] for name in HISTORY), expected, names=HISTORY, rtol=1e-6, atol=1e-8)


@check("fit")
def validation_decides_when_to_stop(student, case):
    """Early stopping is told the validation loss: with labels turned there, the first epoch is the best."""
    plan = Plan([3, 4, 2], "tanh")
    X, y = some_rows(case, plan, 12)
    stopping = student.EarlyStopping(1)
    trained = Trained(student, case, plan, (X, y), validation=(X, 1 - y), lr=0.3, early_stopping=stopping, epochs=20)
    epochs = len(trained.history["validation_loss"])
    path = whole_batch_steps(plan, trained.start, (X, y), gradient_descent, [0.3] * 20)
    losses = (rated(plan, X, 1 - y, params)[0] for params in path)
    better = itertools.takewhile(lambda pair: pair[1] < pair[0], itertools.pairwise(losses))
    right = min(len(list(better)) + 2, 20)
    equal(epochs, right, name="the number of epochs, where the validation loss should have ended it")


@check("fit")
def training_works_in_single_precision(student, case):
    """Parameters stay float32, and follow AdamW's path."""
    plan = Plan([3, 5, 2], "tanh")
    X, y = some_rows(case, plan, 8)
    rows = X.float(), y
    settings = {"weight_decay": 0.01}
    trained = Trained(
        student, case, plan, rows, optimizer="AdamW", lr=0.01, settings=settings, epochs=2, dtype=torch.float32
    )
    expected = whole_batch_path(
        plan, trained.start, rows, lambda w: torch.optim.AdamW(w, lr=0.01, **settings), [0.01] * 2
    )
    close(trained.params, expected, rtol=1e-3, atol=1e-4, name="the parameters")


@check("own", weight=2, needs=your_own_network_fits_other_images_too)
def your_own_network_learns_disguised_images(student, case):
    """On images that nobody has seen, mixed and renamed, your network learns as well."""
    judged(student, case, case.training["accuracy"])
