"""Checks that students do not get: extreme scales, other dtypes, longer paths, several optimizers at once."""

import torch

from autograder.checking import args, at_least, check, close, require, unchanged

from .checks import (
    SHAPES,
    accuracy_after_training,
    adam_path,
    discounted_mean,
    drawn,
    params_of,
    same_path,
    sgd_path,
    sgd_steps_against_the_gradient,
    signed,
    start_network,
    trained,
    training_with_adamw_follows_its_path,
    walk,
)


@check("sgd")
def sgd_adds_both_decays(student, case):
    """l2 and weight_decay in one optimizer add up, in single precision and over six steps."""
    start, history = drawn(case, 6, dtype=torch.float32)
    path = walk(student.SGD(start, 0.2, l2=0.25, weight_decay=0.5), history)
    same_path(path, sgd_path(start, history, lr=0.2, decay=0.75))


@check("sgd", weight=0.5)
def sgd_handles_extreme_gradients(student, case):
    """Gradients of 1e4, 1e-7 and 0 are taken as they are."""
    start = [signed(case, 4), signed(case)]
    history = [[scale * signed(case, 4), scale * signed(case)] for scale in (1e4, 1e-7, 0.0)]
    same_path(walk(student.SGD(start, 0.1, l2=0.5), history), sgd_path(start, history, lr=0.1, decay=0.5))


@check("averages")
def averages_hold_for_any_beta(student, case):
    """Twelve values in single precision and a single number per value, for beta of 0 and 0.999."""
    for beta in (0.0, 0.999):
        values = [signed(case, low=1.0, dtype=torch.float32) for _ in range(12)]
        averages = [torch.zeros_like(values[0])]
        for value in values:
            averages.append(torch.lerp(value, averages[-1], beta))
        found = student.moving_average.each(args(*pair, beta) for pair in zip(averages, values, strict=False))
        close(list(found), averages[1:], names=[f"the average after value {i}" for i in range(1, 13)])
        corrected = student.bias_corrected(averages[-1], beta, 12)
        close(corrected, discounted_mean(values, beta), name="the corrected average after 12 values")


@check("adam")
def adam_follows_gradients_of_all_scales(student, case):
    """Eight steps with gradients between 1e4 and 1e-7 within one parameter, with default settings."""
    start, history = drawn(case, 8, shapes=[(6,)])
    scales = torch.tensor([1e-7, 1e-7, 1e-4, 1.0, 1e2, 1e4])
    history = [[g * scales.roll(t) for g in grads] for t, grads in enumerate(history)]
    same_path(walk(student.Adam(start), history), adam_path(start, history))


@check("adam")
def adam_objects_do_not_share_state(student, case):
    """Two optimizers that take turns follow the paths that each takes alone."""
    starts, histories = zip(*(drawn(case, 4, shapes=[(2, 3), ()]) for _ in range(2)), strict=True)
    settings = [{"betas": (0.6, 0.9), "eps": 0.1}, {"betas": (0.8, 0.7), "eps": 0.2}]
    pair = [student.Adam(start, 0.07, **chosen) for start, chosen in zip(starts, settings, strict=True)]
    paths = [[], []]
    for t in range(4):
        for optimizer, history, path in zip(pair, histories, paths, strict=True):
            path += walk(optimizer, history[t : t + 1])
    for start, history, chosen, path in zip(starts, histories, settings, paths, strict=True):
        same_path(path, adam_path(start, history, 0.07, **chosen))


@check("adam")
def adam_keeps_the_dtype_and_the_shapes(student, case):
    """Single precision stays single precision, with l2 and with parameters of 0 to 3 axes."""
    start, history = drawn(case, 5, shapes=[(), (1,), (3, 2), (2, 1, 3)], dtype=torch.float32)
    settings = {"betas": (0.5, 0.75), "eps": 0.25, "l2": 0.5}
    same_path(walk(student.Adam(start, 0.07, **settings), history), adam_path(start, history, 0.07, **settings))


@check("adam", weight=0.5)
def adam_l2_alone_moves_by_lr(student, case):
    """With zero gradients and eps=0 the penalty moves each weight by lr in the first step, whatever l2 is."""
    w = signed(case, 5)
    for l2 in (1e-6, 0.5):
        optimizer = student.Adam([w], 0.07, eps=0.0, l2=l2)
        optimizer.step([torch.zeros_like(w)])
        close(params_of(optimizer, [w]), [torch.sub(w, w.sign(), alpha=0.07)], name="params")


@check("adam", weight=0.5)
def adam_ignores_the_gradient_scale(student, case):
    """With eps=0, gradients 1e4 times larger give the same path."""
    start, history = drawn(case, 5, low=1e-6, high=4e-6)
    large = [[1e4 * g for g in grads] for grads in history]
    same_path(walk(student.Adam(start, 0.07, eps=0.0), large), adam_path(start, history, 0.07, eps=0.0))


@check("adamw")
def adamw_forgets_its_start_at_a_fixed_rate(student, case):
    """Under the same gradients two starts approach each other by the factor 1 - lr * weight_decay a step."""
    start, history = drawn(case, 4)
    other = [signed(case, *shape) for shape in SHAPES]
    paths = [walk(student.AdamW(w, 0.2, eps=0.01, weight_decay=0.5), history) for w in (start, other)]
    gaps = [[a - b for a, b in zip(*pair, strict=True)] for pair in zip(*paths, strict=True)]
    wanted = [[0.9**t * (a - b) for a, b in zip(start, other, strict=True)] for t in range(1, 5)]
    close(gaps, wanted, names=[f"the distance after step {t}" for t in range(1, 5)])


@check("adamw")
def adamw_works_with_its_defaults(student, case):
    """All settings left at their defaults, gradients of 1e-7, six steps."""
    start, history = drawn(case, 6, shapes=[(3, 2), ()], low=0.8e-7, high=1.5e-7)
    same_path(walk(student.AdamW(start), history), adam_path(start, history, weight_decay=0.01))


@check("adamw")
def adamw_and_adam_work_side_by_side(student, case):
    """AdamW, Adam with l2 and Adam, taking turns in single precision, follow their own paths."""
    start, history = drawn(case, 3, shapes=[(4,), ()], dtype=torch.float32)
    settings = [{"weight_decay": 0.5}, {"l2": 0.5}, {}]
    makers = [student.AdamW, student.Adam, student.Adam]
    trio = [make(start, 0.07, eps=0.1, **chosen) for make, chosen in zip(makers, settings, strict=True)]
    paths = [[], [], []]
    for t in range(3):
        for optimizer, path in zip(trio, paths, strict=True):
            path += walk(optimizer, history[t : t + 1])
    for path, chosen in zip(paths, settings, strict=True):
        same_path(path, adam_path(start, history, 0.07, eps=0.1, **chosen))


@check("training")
def training_accepts_any_batch_size(student, case):
    """Batches of one row, and one batch larger than the data, in single precision and with k = n."""
    X, y = case.normal(4, 5, dtype=torch.float32), case.labels(4, 4)
    start = start_network(case, 5, 3, 4, torch.float32)
    for batch_size in (1, 100):
        optimizer = student.SGD(start, 0.3)
        found = unchanged(student.train, optimizer, X, y, epochs=2, batch_size=batch_size)
        params, losses = trained(start, X, y, batch_size=batch_size, lr=0.3, move=lambda seen: seen[-1])
        close(params_of(optimizer, start), params, name="params")
        close(found, losses, rtol=1e-4, atol=1e-5, name="the losses")


@check("training", weight=0.5, statistical=True, needs=sgd_steps_against_the_gradient)
def every_pass_draws_a_new_order(student, case):
    """With a generator, a second pass takes the rows in another order than the first."""
    n, seed, orders = 16, case.generator(), []
    start = [torch.zeros(*shape, dtype=torch.float64) for shape in ((1, 1), (1,), (1, n), (n,))]
    for epochs in (1, 2):
        optimizer = student.SGD(start, 0.5)
        labels = torch.arange(n)
        student.train(optimizer, start[3][:, None], labels, epochs=epochs, batch_size=1, generator=seed)
        # Only b_out moves, halfway to the label of each row: its entries grow with the place in the last pass.
        entries = params_of(optimizer, start)[3]
        require((entries >= 0).all(), "A bias fell below 0 although rows only pull it up: do your steps descend?")
        orders.append(entries.argsort())
    # Two fair draws agree with probability 1 / 16! = 5e-14; a single draw always agrees with itself.
    message = "Two passes took the rows in the same order: is a new one drawn for every pass?"
    require(not torch.equal(*orders), message)


@check("training", weight=0.5, needs=training_with_adamw_follows_its_path)
def training_with_adamw_learns_permuted_pixels(student, case):
    """AdamW and your loop reach the stated test accuracy although the pixels are mixed and the classes renamed."""
    at_least(accuracy_after_training(student, case), case.training["accuracy"], "test accuracy")
