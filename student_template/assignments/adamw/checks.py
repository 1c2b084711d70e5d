"""Checks that students see and run. Paths of optimizers are compared with sums over all gradients."""

from functools import partial

import torch
from torch.nn import functional

from autograder.checking import (
    accuracy,
    args,
    at_least,
    batches_in_order,
    check,
    close,
    each_row_once,
    equal,
    gradients,
    like,
    operations_do_not_grow,
    perceptron,
    plotted,
    require,
    unchanged,
    walked,
)

SHAPES = ((2, 3), (4,), ())


def signed(case, *shape, low=0.5, high=2.0, dtype=torch.float64):
    """Draws of either sign with a magnitude between `low` and `high`, so that none is near zero."""
    return (case.uniform(*shape, low=low, high=high) * (2 * case.integers(0, 2, *shape) - 1)).to(dtype)


def drawn(case, steps, shapes=SHAPES, **range_and_dtype):
    """Start parameters of the given shapes and, for each step, one gradient for each of them."""
    start = [signed(case, *shape, dtype=range_and_dtype.get("dtype", torch.float64)) for shape in shapes]
    return start, [[signed(case, *shape, **range_and_dtype) for shape in shapes] for _ in range(steps)]


def params_of(optimizer, start):
    """The optimizer's parameters now, once they have the number, shapes and dtypes of the first ones."""
    return like(optimizer.value("params"), start, name="params")


def walk(optimizer, history):
    """The parameters after each step."""
    seen = optimizer.step.each(map(args, history), reading="params")
    return [like(params, step_gradients, name="params") for params, step_gradients in zip(seen, history, strict=True)]


def sgd_path(start, history, lr, decay=0.0):
    """The parameters of SGD after each step: (1 - lr decay)^t w_0 - lr sum_i (1 - lr decay)^(t - i) g_i."""
    keep, paths = 1 - lr * decay, []
    for first, pulls in zip(start, zip(*history, strict=True), strict=True):
        path = []
        for t in range(1, len(history) + 1):
            pull = sum(keep ** (t - 1 - i) * pulls[i].double() for i in range(t))
            path.append((keep**t * first.double() - lr * pull).to(first.dtype))
        paths.append(path)
    return [list(values) for values in zip(*paths, strict=True)]


def discounted_mean(values, beta):
    """Mean of the values, each weighted with beta**age, the newest being of age 0."""
    weights = [beta**age for age in reversed(range(len(values)))]
    return sum(weight * x for weight, x in zip(weights, values, strict=True)) / sum(weights)


def corrected_averages(student, values, beta):
    """The student's moving average of the values from a zero start, corrected for that after every value."""
    averages = [torch.zeros_like(values[0])]
    for value in values:
        averages.append(student.moving_average(averages[-1], value, beta))
    return list(student.bias_corrected.each(args(average, beta, t) for t, average in enumerate(averages) if t))


def adam_move(seen, betas, eps):
    """The move of Adam after these gradients, before lr."""
    rms = discounted_mean([g.square() for g in seen], betas[1]).sqrt()
    return discounted_mean(seen, betas[0]) / (rms + eps)


def adam_path(start, history, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, l2=0.0, weight_decay=0.0):
    """The parameters of Adam (with `l2`) or AdamW (`weight_decay`) after each step, from discounted means."""
    paths = []
    for p, first in enumerate(start):
        path, seen = [first.double()], []
        for step_gradients in history:
            seen.append(torch.add(step_gradients[p].double(), path[-1], alpha=l2))
            path.append((1 - lr * weight_decay) * path[-1] - lr * adam_move(seen, betas, eps))
        paths.append([w.to(first.dtype) for w in path[1:]])
    return [list(values) for values in zip(*paths, strict=True)]


def same_path(actual, expected):
    """Compare the parameters step by step."""
    close(actual, expected, names=[f"the params after step {t}" for t in range(1, len(expected) + 1)])


@check("sgd")
def sgd_steps_against_the_gradient(student, case):
    """One plain step moves a parameter by lr against its gradient."""
    w, g = signed(case, 3), signed(case, 3)
    optimizer = student.SGD([w], 0.5)
    optimizer.step([g])
    close(optimizer.value("params"), [torch.sub(w, g, alpha=0.5)], name="params")


@check("sgd")
def sgd_l2_acts_through_the_gradient(student, case):
    """SGD with l2 follows the closed form of its path over four steps and three parameters."""
    start, history = drawn(case, 4)
    path = walk(student.SGD(start, 0.1, l2=0.7), history)
    same_path(path, sgd_path(start, history, lr=0.1, decay=0.7))


@check("sgd")
def sgd_decay_shrinks_the_old_weights(student, case):
    """SGD with weight_decay follows the closed form of its path over four steps and three parameters."""
    start, history = drawn(case, 4)
    path = walk(student.SGD(start, 0.2, weight_decay=0.6), history)
    same_path(path, sgd_path(start, history, lr=0.2, decay=0.6))


@check("sgd", weight=0.5)
def sgd_cannot_tell_l2_from_decay(student, case):
    """Under SGD the same factor as l2 and as weight_decay gives the same path."""
    start, history = drawn(case, 3)
    with_l2 = walk(student.SGD(start, 0.3, l2=0.4), history)
    same_path(walk(student.SGD(start, 0.3, weight_decay=0.4), history), with_l2)


@check("sgd", weight=0.5)
def sgd_leaves_the_gradients_alone(student, case):
    """step does not change the gradients that it is given."""
    start, history = drawn(case, 1)
    unchanged(student.SGD(start, 0.1, l2=0.5, weight_decay=0.5).step, history[0])


@check("averages")
def moving_average_mixes_old_and_new(student, case):
    """The new average keeps the share beta of the old one."""
    average, value = signed(case, 3), signed(case, 3)
    close(student.moving_average(average, value, 0.8), torch.lerp(value, average, 0.8), name="the average")


@check("averages")
def corrected_average_of_a_constant_is_the_constant(student, case):
    """A constant, averaged from a zero start and corrected, comes out as itself after every value."""
    constant = signed(case, 2, 3)
    corrected = corrected_averages(student, [constant] * 5, 0.9)
    close(corrected, [constant] * 5, names=[f"the corrected average for t = {t}" for t in range(1, 6)])


@check("averages")
def corrected_average_is_a_weighted_mean(student, case):
    """The corrected average is the mean of all values, each weighted with beta to the power of its age."""
    values = [signed(case, 4) for _ in range(6)]
    expected = [discounted_mean(values[:t], 0.6) for t in range(1, 7)]
    corrected = corrected_averages(student, values, 0.6)
    close(corrected, expected, names=[f"the corrected average for t = {t}" for t in range(1, 7)])


@check("averages", weight=0.5)
def averages_leave_their_inputs_alone(student, case):
    """Neither function changes a tensor that it is given."""
    unchanged(student.moving_average, signed(case, 3), signed(case, 3), 0.9)
    unchanged(student.bias_corrected, signed(case, 3), 0.9, 2)


@check("adam")
def adam_first_step_has_length_lr(student, case):
    """With eps=0 the first step moves every entry by exactly lr, whether its gradient is 1e-7 or 1e4."""
    w, g = signed(case, 4), signed(case, 4) * torch.tensor([1e-7, 1e-3, 1.0, 1e4])
    optimizer = student.Adam([w], 0.07, eps=0.0)
    optimizer.step([g])
    close(optimizer.value("params"), [torch.sub(w, g.sign(), alpha=0.07)], name="params")


@check("adam")
def adam_follows_its_formula(student, case):
    """Six steps of one parameter with betas and eps far from their defaults follow the formula exactly."""
    start, history = drawn(case, 6, shapes=[(4,)])
    path = walk(student.Adam(start, 0.05, betas=(0.6, 0.8), eps=0.1), history)
    expected = adam_path(start, history, 0.05, betas=(0.6, 0.8), eps=0.1)
    with walked("the first two weights", [start, *path], right=[start, *expected]):
        same_path(path, expected)


@check("adam", weight=0.5, needs=adam_follows_its_formula)
def adam_moves_a_parameter_as_a_whole(student, case):
    """A step makes as many tensor operations for a parameter of 64 weights as for one of 8."""
    operations_do_not_grow(lambda n: student.Adam([signed(case, n)], 0.1).step.effort([signed(case, n)]), unit="weight")


@check("adam")
def adam_counts_steps_not_parameters(student, case):
    """Three parameters of different shapes, one of them a single number, each follow the formula."""
    start, history = drawn(case, 5)
    path = walk(student.Adam(start, 0.1, betas=(0.7, 0.95), eps=0.01), history)
    same_path(path, adam_path(start, history, 0.1, betas=(0.7, 0.95), eps=0.01))


@check("adam")
def adam_takes_small_gradients_seriously(student, case):
    """Gradients of about 1e-7 still move a parameter nearly by lr, with betas and eps at their defaults."""
    start, history = drawn(case, 4, shapes=[(3,)], low=0.8e-7, high=1.5e-7)
    same_path(walk(student.Adam(start, 0.05), history), adam_path(start, history, 0.05))


@check("adam", weight=0.5)
def adam_counts_its_steps(student, case):
    """t is 0 at first and then the number of steps taken."""
    start, history = drawn(case, 3, shapes=[(3,), ()])
    optimizer = student.Adam(start, 0.1)
    equal(optimizer.value("t"), 0, name="t at first")
    counts = optimizer.step.each(map(args, history), reading="t")
    for t, count in enumerate(counts, start=1):
        equal(count, t, name=f"t after step {t}")


@check("adam")
def adam_keeps_the_moments_uncorrected(student, case):
    """After each of three steps m and v hold the averages as they are before the correction."""
    start, history = drawn(case, 3, shapes=[(3,), ()])
    optimizer = student.Adam(start, 0.1, betas=(0.6, 0.85), eps=0.1)
    for t, step_gradients in enumerate(history, start=1):
        optimizer.step(step_gradients)
        seen = list(zip(*history[:t], strict=True))
        m = [(1 - 0.6**t) * discounted_mean(x, 0.6) for x in seen]
        v = [(1 - 0.85**t) * discounted_mean([g.square() for g in x], 0.85) for x in seen]
        close(optimizer.values("m", "v"), [m, v], names=[f"{name} after step {t}" for name in "mv"])


@check("adam")
def adam_l2_goes_through_the_moments(student, case):
    """Adam with l2 is Adam on the gradient of the penalised loss."""
    start, history = drawn(case, 5)
    settings = {"betas": (0.8, 0.9), "eps": 0.05, "l2": 0.3}
    same_path(walk(student.Adam(start, 0.07, **settings), history), adam_path(start, history, 0.07, **settings))


@check("adam", weight=0.5)
def adam_stays_where_the_gradient_is_zero(student, case):
    """Zero gradients from the start leave a parameter where it is."""
    start = [signed(case, 3), signed(case)]
    same_path(walk(student.Adam(start, 0.1), [[torch.zeros_like(w) for w in start]] * 3), [start] * 3)


@check("adam", weight=0.5)
def adam_leaves_the_gradients_alone(student, case):
    """step does not change the gradients that it is given."""
    start, history = drawn(case, 1)
    unchanged(student.Adam(start, 0.1, l2=0.5).step, history[0])


@check("adamw")
def adamw_decay_alone_shrinks_by_a_constant_share(student, case):
    """With zero gradients each step takes the share lr * weight_decay off every weight, and nothing else."""
    start = [signed(case, *shape) for shape in SHAPES]
    path = walk(student.AdamW(start, 0.1, weight_decay=0.5), [[torch.zeros_like(w) for w in start]] * 4)
    same_path(path, [[0.95**t * w for w in start] for t in range(1, 5)])


@check("adamw")
def adamw_follows_its_formula(student, case):
    """Five steps of three parameters, with every setting away from its default, follow the formula."""
    start, history = drawn(case, 5)
    settings = {"betas": (0.8, 0.9), "eps": 0.05, "weight_decay": 0.3}
    path = walk(student.AdamW(start, 0.1, **settings), history)
    same_path(path, adam_path(start, history, 0.1, **settings))


@check("adamw", weight=0.5)
def adamw_without_decay_is_adam(student, case):
    """With weight_decay=0 AdamW takes the path of Adam."""
    start, history = drawn(case, 3)
    path = walk(student.AdamW(start, 0.07, eps=0.05, weight_decay=0.0), history)
    same_path(path, adam_path(start, history, 0.07, eps=0.05))


@check("adamw")
def adamw_decay_ignores_the_gradient_scale(student, case):
    """With eps=0, gradients 1e4 times larger give the same path: neither decay nor move sees the scale."""
    start, history = drawn(case, 3, low=50.0, high=200.0)
    large = [[1e4 * g for g in step_gradients] for step_gradients in history]
    settings = {"eps": 0.0, "weight_decay": 0.4}
    path = walk(student.AdamW(start, 0.1, **settings), history)
    same_path(walk(student.AdamW(start, 0.1, **settings), large), path)


def start_network(case, d, h, k, dtype=torch.float64):
    """Random parameters of the tanh network."""
    shapes = ((d, h), (h,), (h, k), (k,))
    return [case.normal(*shape, std=shape[0] ** -0.5, dtype=dtype) for shape in shapes]


def scores(params, X):
    """[n, k] scores of the tanh network, from its parameters."""
    W_in, b_in, W_out, b_out = params
    return perceptron(X, [(W_in, b_in), (W_out, b_out)], torch.tanh)[0]


def half_distance(X, y, k):
    """The loss on these rows as a function of the parameters."""
    goal = functional.one_hot(y, k).to(X.dtype)
    return lambda *params: functional.mse_loss(scores(params, X), goal, reduction="sum") / (2 * len(y))


def trained(start, X, y, *, batch_size, lr, move, weight_decay=0.0):
    """Parameters and losses of two passes through the batches in order; `move` sees all gradients so far."""
    params, seen, losses, k = [w.double() for w in start], [], [], len(start[3])
    whole = half_distance(X.double(), y, k)
    for _ in range(2):
        for rows in batches_in_order(len(X), batch_size):
            seen.append(gradients(half_distance(X[rows].double(), y[rows], k), *params))
            moves = [move(values) for values in zip(*seen, strict=True)]
            params = [(1 - lr * weight_decay) * w - lr * u for w, u in zip(params, moves, strict=True)]
        losses.append(whole(*params).item())
    return [w.to(start[0].dtype) for w in params], losses


@check("training")
def training_visits_the_batches_in_order(student, case):
    """Without a generator two passes over batches of 2, 2 and 1, or of 4, 4 and 2 rows, end where they must."""
    for n, batch_size, sizes in ((5, 2, (1, 2, 2)), (10, 4, (5, 4, 3))):
        X, y, start = case.normal(n, sizes[0]), case.labels(n, sizes[-1]), start_network(case, *sizes)
        optimizer = student.SGD(start, 0.3)
        found = unchanged(student.train, optimizer, X, y, epochs=2, batch_size=batch_size)
        params, losses = trained(start, X, y, batch_size=batch_size, lr=0.3, move=lambda seen: seen[-1])
        close(params_of(optimizer, start), params, name="params")
        close(found, losses, name="the losses")


@check("training")
def training_uses_each_row_once_in_a_pass(student, case):
    """A shuffled pass with a tiny lr adds up to one step for every row: none is missed or doubled."""
    n, k, lr, batch_size = 24, 3, 1e-6, 6
    X, y, start = torch.eye(n, dtype=torch.float64), case.labels(n, k), start_network(case, n, 4, k)
    optimizer = student.SGD(start, lr)
    student.train(optimizer, X, y, epochs=1, batch_size=batch_size, generator=case.generator())
    moved = (start[0] - params_of(optimizer, start)[0]) / lr
    steps = n / batch_size * gradients(half_distance(X, y, k), *start)[0]
    each_row_once(moved, steps, epoch="pass", name="the total step of W_in")


@check("training", weight=0.5)
def training_shuffles_with_the_generator(student, case):
    """Two generators give two different paths, and one generator gives the same path again."""
    X, y, start = case.normal(24, 5), case.labels(24, 3), start_network(case, 5, 4, 3)
    one, other, ends = case.generator(), case.generator(), []
    for generator in (one, other, one):
        optimizer = student.SGD(start, 0.5)
        student.train(optimizer, X, y, epochs=1, batch_size=4, generator=generator)
        ends.append(torch.cat([w.reshape(-1) for w in params_of(optimizer, start)]))
    gap = (ends[0] - ends[1]).abs().max()
    require(gap > 1e-9, "Two generators led to the same parameters: is the order of the rows drawn?")
    close(ends[2], ends[0], name="the parameters of a second run with the same generator")


@check("training", weight=0.5)
def training_with_adamw_follows_its_path(student, case):
    """Your loop and AdamW together end where the formulas lead, over two passes with a short last batch."""
    X, y, start = case.normal(5, 4), case.labels(5, 3), start_network(case, 4, 2, 3)
    optimizer = student.AdamW(start, 0.1, betas=(0.8, 0.9), eps=0.05, weight_decay=0.3)
    student.train(optimizer, X, y, epochs=2, batch_size=2)
    move = partial(adam_move, betas=(0.8, 0.9), eps=0.05)
    params, _ = trained(start, X, y, batch_size=2, lr=0.1, weight_decay=0.3, move=move)
    close(params_of(optimizer, start), params, name="params")


def losses_and_accuracy(student, case):
    """What `train` returns and the test accuracy, with the settings of the assignment, from zero output weights."""
    plan, data = case.training, case.subset(case.training["rows"])
    d, k = data.X_train.shape[1], data.classes
    start = start_network(case, d, plan["hidden"], k, torch.float32)
    start = [2 * start[0], *(torch.zeros_like(w) for w in start[1:])]
    optimizer = student.AdamW(start, plan["lr"], weight_decay=plan["weight_decay"])
    settings = {"epochs": plan["epochs"], "batch_size": plan["batch_size"]}
    losses = student.train(optimizer, data.X_train, data.y_train, **settings, generator=case.generator())
    return losses, accuracy(scores(params_of(optimizer, start), data.X_test).argmax(1), data.y_test)


def accuracy_after_training(student, case):
    """Test accuracy alone."""
    return losses_and_accuracy(student, case)[1]


@check("training", weight=0.5, needs=training_with_adamw_follows_its_path)
def training_with_adamw_learns_the_data(student, case):
    """AdamW and your loop train the network to the stated test accuracy."""
    losses, reached = losses_and_accuracy(student, case)
    with plotted("the loss", losses, over="pass"):
        at_least(reached, case.training["accuracy"], "test accuracy")
