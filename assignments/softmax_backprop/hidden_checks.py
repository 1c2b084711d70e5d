"""Checks that students do not get: square shapes, single rows, extreme logits, depth, longer training."""

import torch
from torch.nn import functional

from autograder.checking import (
    TwoEpochs,
    args,
    at_least,
    check,
    close,
    equal,
    gradients,
    like,
    perceptron,
    require,
    unchanged,
    vjp,
)

from .checks import (
    network_gradients,
    nudged,
    raised,
    start_params,
    train_follows_the_batches_in_the_given_order,
    trained,
    trained_accuracy,
)


@check("logsumexp")
def logsumexp_holds_for_far_rows_and_large_scales(student, case):
    """logsumexp is right for rows 800 apart and for logits scaled by 1,000, with as many rows as classes."""
    rows_apart = case.normal(4, 4) - torch.tensor([[0.0], [800.0], [-800.0], [1e3]])
    for z in (rows_apart, case.normal(4, 4, std=1e3)):
        close(unchanged(student.logsumexp, z), torch.logsumexp(z, 1))


@check("logsumexp")
def logsumexp_backward_holds_for_large_logits(student, case):
    """logsumexp_backward is right for logits around 1,000, for rows far apart, for square input and in float32."""
    rows_apart = case.normal(2, 3) - torch.tensor([[0.0], [800.0]])
    single = case.normal(3, 4, dtype=torch.float32)
    for z in (1e3 + case.normal(4, 4), rows_apart, case.normal(3, 4, std=1e3), single):
        grad = case.normal(len(z), dtype=z.dtype)
        close(unchanged(student.logsumexp_backward, grad, z), *vjp(lambda v: v.logsumexp(1), grad, z))


@check("softmax")
def softmax_holds_for_squares_and_large_scales(student, case):
    """softmax is right with as many rows as classes, for one row, and for logits spread over thousands."""
    for z in (case.normal(4, 4), case.normal(1, 5), case.normal(1, 5, mean=1e4, std=1e3)):
        close(unchanged(student.softmax, z), functional.softmax(z, 1))


@check("softmax")
def log_softmax_holds_for_squares_and_large_scales(student, case):
    """log_softmax is right for rows far apart, one row, square input and logits spread over thousands."""
    scaled = case.normal(3, 5, std=1e3) - torch.tensor([0.0, 1e4, 0.0, 0.0, 0.0])
    rows_apart = case.normal(4, 4) - torch.tensor([[0.0], [800.0], [-800.0], [1e3]])
    for z in (case.normal(4, 4), rows_apart, case.normal(1, 5), scaled):
        close(unchanged(student.log_softmax, z), functional.log_softmax(z, 1))


@check("softmax")
def both_gradients_hold_for_squares_and_certain_rows(student, case):
    """softmax_backward and log_softmax_backward hold for square input, nearly certain predictions and float32."""
    for z in (case.normal(4, 4), case.normal(3, 5, std=10), case.normal(3, 5, dtype=torch.float32)):
        grad = case.normal(*z.shape, dtype=z.dtype)
        for name, f in (("softmax", functional.softmax), ("log_softmax", functional.log_softmax)):
            backward = {"softmax": student.softmax_backward, "log_softmax": student.log_softmax_backward}[name]
            (expected,) = vjp(lambda v, f=f: f(v, 1), grad, z)
            close(unchanged(backward, grad, f(z, 1)), expected, name=f"{name}_backward")


@check("cross_entropy")
def cross_entropy_holds_for_squares_and_large_logits(student, case):
    """cross_entropy is right with as many rows as classes, for logits around 1,000 and for certain mistakes."""
    rows_apart = case.normal(3, 5) - torch.tensor([[0.0], [800.0], [-800.0]])
    for z in (case.normal(4, 4), 1e3 + case.normal(7, 3), rows_apart):
        y = case.labels(*z.shape)
        close(unchanged(student.cross_entropy, z, y), functional.cross_entropy(z, y))
        z[0, y[0]] -= 2e3
        close(unchanged(student.cross_entropy, z, y), functional.cross_entropy(z, y))


@check("cross_entropy")
def cross_entropy_backward_holds_for_squares_and_large_logits(student, case):
    """cross_entropy_backward holds for square input, rows far apart, logits around 1,000 and float32."""
    rows_apart = case.normal(3, 5) - torch.tensor([[0.0], [800.0], [-800.0]])
    for z in (case.normal(4, 4), 1e3 + case.normal(7, 3), rows_apart):
        y = case.labels(*z.shape)
        (expected,) = gradients(lambda v: functional.cross_entropy(v, y), z)  # noqa: B023
        close(unchanged(student.cross_entropy_backward, z, y), expected)
    for z in (case.normal(3, 4, std=1e3), case.normal(3, 4, dtype=torch.float32)):
        y = case.labels(3, 4)
        (expected,) = gradients(lambda v: functional.cross_entropy(v, y), z)  # noqa: B023
        close(student.cross_entropy_backward(z, y), expected.to(z.dtype))


@check("layers")
def layers_hold_for_squares_and_float32(student, case):
    """linear_backward, relu_backward and mse_backward are right for square input and keep float32."""
    for dtype in (torch.float64, torch.float32):
        X, W, b, grad = (case.normal(*shape, dtype=dtype) for shape in ((3, 3), (3, 3), (3,), (3, 3)))
        z = nudged(case.normal(3, 3, dtype=dtype))
        slopes = vjp(lambda X, W, b: functional.linear(X, W.T, b), grad, X, W, b)
        close(unchanged(student.linear_backward, grad, X, W), slopes, names=("dX", "dW", "db"))
        z[0, 0] = 0.0
        close(student.relu_backward(grad, z), *vjp(functional.relu, grad, z), name="relu_backward")
        (slope,) = gradients(lambda v: functional.mse_loss(v, W.double()), X)  # noqa: B023
        close(unchanged(student.mse_backward, X, W), slope.to(dtype), name="mse_backward")


@check("backprop")
def deep_and_square_networks_agree_with_autograd(student, case):
    """Forward and backward hold for layers of one width, for five layers and for one hidden unit."""
    for n, sizes in ((4, (4, 4, 4)), (2, (4, 6, 5, 3, 7, 2)), (3, (2, 1, 3))):  # where no wrong shape ends it first
        X, params, grad = case.normal(n, sizes[0]), start_params(case, *sizes), case.normal(n, sizes[-1])
        logits, inputs = perceptron(X, params)
        close(unchanged(student.mlp_forward, X, params), (logits, inputs), names=("logits", "inputs"))
        expected = network_gradients(lambda p: (grad * perceptron(X, p)[0]).sum(), params)  # noqa: B023
        close(unchanged(student.mlp_backward, grad, inputs, params), expected, name="gradients")


@check("training")
def predict_holds_for_squares_and_single_rows(student, case):
    """predict is right for one row, for as many rows as classes, for three layers, and where only the biases decide."""
    for n, sizes in ((1, (4, 5)), (4, (4, 4)), (3, (4, 5, 6, 3))):
        X, params = case.normal(n, sizes[0]), raised(start_params(case, *sizes))
        equal(unchanged(student.predict, X, params), perceptron(X, params)[0].max(1).indices, name="the predictions")
    W, b = case.normal(3, 4), torch.tensor([0.0, 1.0, 3.0, 2.0]).double()
    equal(student.predict(torch.zeros(1, 3).double(), [(W, b)]), torch.tensor([2]), name="the predictions")


@check("training")
def a_longer_training_ends_where_autograd_does(student, case):
    """Six epochs of three layers, and one with logits of thousands, end at autograd's parameters; float32 as well."""
    X, y, start = case.normal(11, 4), case.labels(11, 3), start_params(case, 4, 6, 5, 3)
    plan = {"epochs": 6, "batch_size": 3, "lr": 0.2}
    expected = trained(X, y, start, **plan)
    close(student.train(X, y, start, **plan), expected, name="params")
    X, start, expected = X.float(), *([(W.float(), b.float()) for W, b in p] for p in (start, expected))
    close(student.train(X, y, start, **plan), expected, rtol=1e-3, atol=1e-4, name="params")
    X, y, start = case.normal(6, 4, std=1e3), case.labels(6, 3), start_params(case, 4, 3)
    plan = {"epochs": 2, "batch_size": 3, "lr": 0.1}
    close(student.train(X, y, start, **plan), trained(X, y, start, **plan), name="params")


@check("training")
def a_batch_may_be_larger_than_the_data(student, case):
    """A batch size above n gives one step per epoch on all rows; a batch size of 1 gives n steps."""
    X, y, start = case.normal(5, 4), case.labels(5, 3), start_params(case, 4, 3)
    for batch_size in (8, 1):
        plan = {"epochs": 3, "batch_size": batch_size, "lr": 0.3}
        close(student.train(X, y, start, **plan), trained(X, y, start, **plan), name="params")


@check("training")
def a_generator_changes_the_order_of_the_rows(student, case):
    """With a generator the rows come in another order than without, and in the same one with the same seed."""
    X, y, start = case.normal(40, 3), case.labels(40, 4), start_params(case, 3, 4)
    plan = {"epochs": 1, "batch_size": 1, "lr": 0.5}
    expected = trained(X, y, start, **plan)
    seed = case.generator()
    found, again = (student.train(X, y, start, **plan, generator=seed) for _ in range(2))
    like(found, expected, name="params")
    moved = (found[0][0] - expected[0][0]).abs().max()
    require(moved > 1e-9, "The result is that of the given order: does the generator shuffle the rows?")
    close(again, found, name="params of a second run with the same generator")


@check("training", statistical=True)
def every_epoch_draws_a_new_order(student, case):
    """With a generator each epoch visits every row exactly once, in an order drawn anew."""
    X, y, ((W, b),) = case.normal(3, 2), torch.tensor([2, 0, 1]), start_params(case, 2, 3)
    rows = torch.column_stack([X, torch.ones(3, dtype=X.dtype)])

    def losses(params, chosen):
        logits = (rows[chosen, None] @ params)[:, 0]
        return functional.cross_entropy(logits, y[chosen], reduction="sum")

    two = TwoEpochs(losses, torch.cat([W, b[None]]), lr=[(6 - step) / 6 for step in range(6)])
    found, how = [], {"epochs": 2, "batch_size": 1, "lr": 1.0}
    for params in student.train.each(args(X, y, [(W, b)], **how, generator=case.generator()) for _ in range(16)):
        ((last_W, last_b),) = like(params, [(W, b)], name="params")
        found.append(two.orders_to(torch.cat([last_W, last_b[None]])))
    require(len(set(found)) > 1, "In 16 runs with 16 generators the order was always the same.")
    repeated = all(first == second for first, second in found)
    require(not repeated, "In 16 runs the second epoch always repeated the order of the first.")


@check("training", weight=2, needs=train_follows_the_batches_in_the_given_order)
def training_reaches_the_accuracy_on_permuted_pixels(student, case):
    """The accuracy is reached when the pixels of all images are mixed and the classes renamed in secret."""
    at_least(trained_accuracy(student, case), case.training["accuracy"], "test accuracy")
