"""Checks that students see and run. Oracles: torch.nn.functional, autograd in float64, closed forms."""

import math
from functools import partial

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    at_least,
    batches_in_order,
    check,
    close,
    descended,
    equal,
    gradients,
    like,
    operations_do_not_grow,
    perceptron,
    plotted,
    predicted_classes,
    unchanged,
    vjp,
)


def nudged(z, margin=0.1):
    """z with every entry moved away from 0, where the ReLU has no derivative."""
    return z + margin * torch.where(z < 0, -1.0, 1.0).to(z)


def start_params(case, *sizes, dtype=torch.float64):
    """Random (W, b) for each pair of neighbouring widths, the biases not zero."""
    widths = list(zip(sizes[:-1], sizes[1:], strict=True))
    return [(case.normal(d, h, std=d**-0.5, dtype=dtype), case.normal(h, std=0.3, dtype=dtype)) for d, h in widths]


def raised(params, by=20):
    """The same network with all logits higher by one number, hence positive."""
    return [*params[:-1], (params[-1][0], params[-1][1] + by)]


def paired(tensors):
    """[(W, b), (W, b), ...] out of W, b, W, b, ..."""
    return list(zip(tensors[::2], tensors[1::2], strict=True))


def network_gradients(objective, params):
    """Autograd's gradients of objective(params), as (dW, db) per layer."""
    return paired(gradients(lambda *flat: objective(paired(flat)), *(t for pair in params for t in pair)))


def trained(X, y, params, *, epochs, batch_size, lr):
    """The parameters after training in the given order, with autograd's gradients."""
    batches = batches_in_order(len(X), batch_size, epochs)
    rates = torch.linspace(lr, 0, len(batches) + 1, dtype=torch.float64).tolist()[:-1]

    def loss(rows, *flat):
        return functional.cross_entropy(perceptron(X[rows], paired(flat))[0], y[rows])

    return paired(descended(loss, (t for pair in params for t in pair), batches, lr=rates))


def trained_accuracy(student, case):
    """Accuracy on the test set after the student's training from the start that init_params makes."""
    data, plan = case.data, case.training
    start = student.init_params([data.X_train.shape[1], *plan["hidden"], data.classes], case.generator())
    settings = {key: plan[key] for key in ("epochs", "batch_size", "lr")}
    trained = student.train(data.X_train, data.y_train, start, **settings, generator=case.generator())
    params = like(trained, start, name="params")
    logits, _ = perceptron(data.X_test, params)
    return accuracy(predicted_classes(student.predict(data.X_test, params), logits), data.y_test)


@check("logsumexp")
def logsumexp_agrees_with_torch(student, case):
    """logsumexp is log(k) for k zeros, and right for moderate logits in float64 and float32."""
    close(student.logsumexp(torch.zeros(1, 4).double()), torch.tensor([math.log(4)]).double())
    for dtype in (torch.float64, torch.float32):
        z = case.normal(5, 3, std=2, dtype=dtype)
        close(student.logsumexp(z), torch.logsumexp(z, 1))


@check("logsumexp")
def logsumexp_stays_finite_at_a_thousand(student, case):
    """logsumexp is right for logits around 1,000 and around -1,000."""
    for n, k, offset in ((1, 2, 1e3), (4, 3, 1e3), (4, 3, -1e3)):
        z = offset + case.normal(n, k)
        close(student.logsumexp(z), torch.logsumexp(z, 1))


@check("logsumexp")
def logsumexp_backward_agrees_with_autograd(student, case):
    """logsumexp_backward is the gradient that autograd finds, weighted by the incoming gradient."""
    for n, k in ((1, 2), (5, 3)):
        z, grad = case.normal(n, k), case.normal(n)
        close(student.logsumexp_backward(grad, z), *vjp(lambda v: v.logsumexp(1), grad, z))


@check("softmax")
def softmax_agrees_with_torch(student, case):
    """softmax of (0, log 3) is (1/4, 3/4), and right for moderate logits in float64 and float32."""
    close(student.softmax(torch.tensor([[0, math.log(3)]]).double()), torch.tensor([[0.25, 0.75]]).double())
    for dtype in (torch.float64, torch.float32):
        z = case.normal(5, 3, std=2, dtype=dtype)
        close(student.softmax(z), functional.softmax(z, 1))


@check("softmax")
def softmax_stays_finite_at_a_thousand(student, case):
    """softmax is right for logits around 1,000 and around -1,000."""
    for n, k, offset in ((1, 2, 1e3), (4, 3, 1e3), (4, 3, -1e3)):
        z = offset + case.normal(n, k)
        close(student.softmax(z), functional.softmax(z, 1))


@check("softmax")
def softmax_treats_each_row_on_its_own(student, case):
    """softmax is right for a row that lies 800 under another."""
    z = case.normal(3, 4) - torch.tensor([[0.0], [800.0], [-800.0]])
    close(student.softmax(z), functional.softmax(z, 1))


@check("softmax")
def softmax_backward_agrees_with_autograd(student, case):
    """softmax_backward(grad, probs) is the gradient that autograd finds."""
    for n, k in ((1, 2), (5, 3)):
        z, grad = case.normal(n, k), case.normal(n, k)
        (expected,) = vjp(lambda v: functional.softmax(v, 1), grad, z)
        close(student.softmax_backward(grad, functional.softmax(z, 1)), expected)


@check("softmax")
def log_softmax_agrees_with_torch(student, case):
    """log_softmax is right for moderate logits in float64 and float32, and around 1,000."""
    for n, k, dtype in ((1, 2, torch.float64), (5, 3, torch.float64), (5, 3, torch.float32)):
        z = case.normal(n, k, std=2, dtype=dtype)
        close(student.log_softmax(z), functional.log_softmax(z, 1))
    z = 1e3 + case.normal(4, 3)
    close(student.log_softmax(z), functional.log_softmax(z, 1))


@check("softmax")
def log_softmax_is_finite_where_softmax_is_zero(student, case):
    """log_softmax is about -800 for a class whose logit lies 800 under the largest."""
    z = case.normal(3, 4) - torch.tensor([0.0, 800.0, 0.0, 0.0])
    close(student.log_softmax(z), functional.log_softmax(z, 1))


@check("softmax")
def log_softmax_backward_agrees_with_autograd(student, case):
    """log_softmax_backward(grad, log_probs) is the gradient that autograd finds."""
    for n, k in ((1, 2), (5, 3)):
        z, grad = case.normal(n, k), case.normal(n, k)
        (expected,) = vjp(lambda v: functional.log_softmax(v, 1), grad, z)
        close(student.log_softmax_backward(grad, functional.log_softmax(z, 1)), expected)


@check("cross_entropy")
def cross_entropy_agrees_with_torch(student, case):
    """cross_entropy of equal logits is log(k), and right for moderate logits in float64 and float32."""
    close(student.cross_entropy(torch.zeros(1, 4).double(), torch.tensor([2])), torch.tensor(math.log(4)).double())
    for dtype in (torch.float64, torch.float32):
        z, y = case.normal(6, 4, std=2, dtype=dtype), case.labels(6, 4)
        close(student.cross_entropy(z, y), functional.cross_entropy(z, y))


@check("cross_entropy")
def cross_entropy_counts_a_certain_mistake(student, case):
    """cross_entropy is finite and right when the true class lies 800 under another."""
    z, y = case.normal(3, 4), torch.tensor([1, 0, 3])
    z[0, 1] -= 800
    close(student.cross_entropy(z, y), functional.cross_entropy(z, y))


@check("cross_entropy")
def cross_entropy_backward_agrees_with_autograd(student, case):
    """cross_entropy_backward is the gradient that autograd finds for the mean loss."""
    for n, k in ((1, 2), (3, 2), (6, 4)):
        z, y = case.normal(n, k), case.labels(n, k)
        (expected,) = gradients(lambda v: functional.cross_entropy(v, y), z)  # noqa: B023
        close(student.cross_entropy_backward(z, y), expected)


@check("layers")
def linear_agrees_with_torch(student, case):
    """linear returns X @ W + b in float64 and float32."""
    for n, d, h, dtype in ((1, 2, 1, torch.float64), (5, 3, 2, torch.float64), (5, 3, 2, torch.float32)):
        X, W, b = (case.normal(*shape, dtype=dtype) for shape in ((n, d), (d, h), (h,)))
        close(student.linear(X, W, b), functional.linear(X, W.T, b))


@check("layers")
def linear_backward_agrees_with_autograd(student, case):
    """linear_backward returns (dX, dW, db), each in the shape of its tensor."""
    for n, d, h in ((1, 2, 1), (3, 2, 1), (5, 3, 2)):
        X, W, b, grad = case.normal(n, d), case.normal(d, h), case.normal(h), case.normal(n, h)
        expected = gradients(lambda X, W, b: (grad * functional.linear(X, W.T, b)).sum(), X, W, b)  # noqa: B023
        close(student.linear_backward(grad, X, W), expected, names=("dX", "dW", "db"))


@check("layers", weight=0.5, needs=linear_backward_agrees_with_autograd)
def linear_layers_take_all_rows_at_once(student, case):
    """linear and linear_backward make as many tensor operations for 64 rows as for 8."""
    W, b = case.normal(3, 2), case.normal(2)
    operations_do_not_grow(lambda n: student.linear.effort(case.normal(n, 3), W, b))
    operations_do_not_grow(lambda n: student.linear_backward.effort(case.normal(n, 2), case.normal(n, 3), W))


@check("layers")
def relu_and_its_gradient_agree_with_torch(student, case):
    """relu and relu_backward are right for positive and negative inputs and gradients, and at exactly 0."""
    for n, h in ((1, 2), (4, 5)):
        z, grad = nudged(case.normal(n, h)), case.normal(n, h)
        close(unchanged(student.relu, z), functional.relu(z), name="relu(z)")
        close(student.relu_backward(grad, z), *vjp(functional.relu, grad, z), name="relu_backward(grad, z)")
    z, grad = torch.tensor([[-1.0, 0.0, 1.0]]).double(), torch.ones(1, 3).double()
    close(student.relu_backward(grad, z), torch.tensor([[0.0, 0.0, 1.0]]).double(), name="relu_backward(grad, z)")


@check("layers")
def relu_backward_leaves_its_arguments_alone(student, case):
    """relu_backward changes neither grad nor z."""
    for n, h in ((1, 2), (4, 5)):
        z, grad = nudged(case.normal(n, h)), case.normal(n, h)
        close(unchanged(student.relu_backward, grad, z), *vjp(functional.relu, grad, z))


@check("layers")
def mse_and_its_gradient_agree_with_torch(student, case):
    """mse is a mean over all n k entries, and mse_backward is its gradient."""
    for n, k in ((2, 1), (5, 4)):
        a, t = case.normal(n, k), case.normal(n, k)
        (slope,) = gradients(lambda v: functional.mse_loss(v, t), a)  # noqa: B023
        close(unchanged(student.mse, a, t), functional.mse_loss(a, t), name="mse")
        close(student.mse_backward(a, t), slope, name="mse_backward")


@check("backprop")
def mlp_forward_agrees_with_torch(student, case):
    """mlp_forward returns the logits and the inputs of the layers, for one layer and for three."""
    for n, sizes in ((1, (3, 2)), (2, (2, 3, 2)), (6, (5, 4, 7, 3))):
        X, params = case.normal(n, sizes[0]), start_params(case, *sizes)
        close(student.mlp_forward(X, params), perceptron(X, params), names=("logits", "inputs"))


@check("backprop")
def mlp_backward_agrees_with_autograd(student, case):
    """mlp_backward returns (dW, db) for every layer, for one layer and for three."""
    for n, sizes in ((1, (3, 2)), (2, (2, 3, 2)), (6, (5, 4, 7, 3))):
        X, params, grad = case.normal(n, sizes[0]), start_params(case, *sizes), case.normal(n, sizes[-1])
        expected = network_gradients(lambda p: (grad * perceptron(X, p)[0]).sum(), params)  # noqa: B023
        close(student.mlp_backward(grad, perceptron(X, params)[1], params), expected, name="the gradients")


@check("training")
def predict_names_the_largest_logit(student, case):
    """predict returns the index of the largest logit of each row, [n] int64."""
    for n, sizes in ((1, (3, 4)), (4, (2, 3, 3)), (6_000, (8, 24, 10))):  # a nearly right network errs in few rows
        X, params = case.normal(n, sizes[0]), raised(start_params(case, *sizes))
        equal(student.predict(X, params), perceptron(X, params)[0].max(1).indices, name="the predictions")


@check("training")
def the_first_step_uses_the_full_learning_rate(student, case):
    """train makes one step down the gradient when all rows fit into one batch, and leaves its arguments alone."""
    for n, sizes in ((3, (2, 2)), (6, (3, 5, 4))):
        X, y, start = case.normal(n, sizes[0]), case.labels(n, sizes[-1]), start_params(case, *sizes)
        plan = {"epochs": 1, "batch_size": n, "lr": 0.3}
        close(unchanged(student.train, X, y, start, **plan), trained(X, y, start, **plan), name="params")


@check("training")
def train_follows_the_batches_in_the_given_order(student, case):
    """Without a generator, train visits the rows in order, short last batch included, as lr falls to 0."""
    for n, batch_size, sizes in ((5, 2, (2, 2)), (10, 4, (3, 5, 4))):
        X, y, start = case.normal(n, sizes[0]), case.labels(n, sizes[-1]), start_params(case, *sizes)
        plan = {"epochs": 2, "batch_size": batch_size, "lr": 0.4}
        close(student.train(X, y, start, **plan), trained(X, y, start, **plan), name="params")


@check("training")
def shuffling_keeps_each_row_with_its_label(student, case):
    """With a generator and one batch per epoch, train ends where it does without: each row once, with its label."""
    for n, sizes in ((4, (2, 2)), (24, (3, 5, 4))):
        X, y, start = case.normal(n, sizes[0]), case.labels(n, sizes[-1]), start_params(case, *sizes)
        plan = {"epochs": 3, "batch_size": n, "lr": 0.4}
        found = student.train(X, y, start, **plan, generator=case.generator())
        close(found, trained(X, y, start, **plan), name="params")


def losses_by_passes(train, case, data, start):
    """The loss after 1, 2, ... passes over some rows in order, each time from this start."""
    X, y = data.X_train.double(), data.y_train
    how = {key: case.training[key] for key in ("batch_size", "lr")}
    after_passes = []
    for epochs in range(1, 6):
        params = like(train(X, y, start, epochs=epochs, **how), start, name="params")
        after_passes.append(functional.cross_entropy(perceptron(X, params)[0], y).item())
    return after_passes


@check("training", weight=2, needs=train_follows_the_batches_in_the_given_order)
def training_reaches_the_accuracy(student, case):
    """A network trained with your functions reaches the accuracy that the handout asks for."""
    reached = trained_accuracy(student, case)
    data = case.subset(400)
    start = start_params(case, data.X_train.shape[1], *case.training["hidden"], data.classes)
    yours, right = (partial(losses_by_passes, train, case, data, start) for train in (student.train, trained))
    with plotted("the loss on 400 rows", yours, over="pass", right=right):
        at_least(reached, case.training["accuracy"], "test accuracy")
