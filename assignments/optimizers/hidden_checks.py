"""Checks that students do not get: single precision, more steps, other settings, several optimizers at once."""

import torch

from autograder.checking import at_most, check, close, equal, like

from .checks import (
    DOUBLE,
    START,
    adagrad_move,
    adamax_move,
    bowl,
    descend_gives_the_path,
    on_beale,
    path_of,
    rmsprop_move,
    same_path,
    signed,
    slopes_at,
    some_points,
    steady,
    value_of,
    velocity,
    walk,
)


@check("surface")
def surface_holds_for_many_points(student, case):
    """Values and gradients on a grid [2, 5, 3, 2], and in single precision."""
    points = some_points(case, 2, 5, 3)
    flat = points.reshape(30, 2)
    values = torch.stack([value_of(point) for point in flat])
    close(student.beale(points), values.reshape(2, 5, 3), name="beale")
    close(student.beale_gradient(points), slopes_at(flat).reshape(2, 5, 3, 2), name="beale_gradient")
    single = student.beale_gradient(flat.float())
    close(single, slopes_at(flat).float(), rtol=1e-4, atol=1e-3, name="beale_gradient in single precision")


@check("momentum")
def momentum_without_momentum_is_plain_descent(student, case):
    """With gamma = 0 both classes take the path of gradient descent; with gamma = 1 nothing is forgotten."""
    slopes, start = bowl(case)
    plain = path_of(lambda seen: -0.3 * seen[-1], slopes, start, 3)
    same_path(walk(student.Momentum(0.3, gamma=0.0), slopes, start, 3), plain)
    same_path(walk(student.Nesterov(0.3, gamma=0.0), slopes, start, 3), plain)
    forever = path_of(lambda seen: velocity(seen, 0.1, 1.0), slopes, start, 3)
    same_path(walk(student.Momentum(0.1, gamma=1.0), slopes, start, 3), forever)


@check("momentum")
def momentum_works_with_its_default(student, case):
    """Without gamma the share is 0.9, over seven steps, and Nesterov keeps its velocity too."""
    slopes, start = bowl(case)
    move = lambda seen: velocity(seen, 0.1, 0.9)  # noqa: E731
    same_path(walk(student.Momentum(0.1), slopes, start, 7), path_of(move, slopes, start, 7))
    expected = path_of(move, slopes, start, 7, look=lambda seen: 0.9 * move(seen))
    optimizer = student.Nesterov(0.1)
    found = walk(optimizer, slopes, start, 7)
    same_path(found, expected)
    close(optimizer.value("v"), [new - old for new, old in zip(found[6], found[5], strict=True)], name="v")


@check("adaptive")
def adaptive_rates_forget_or_remember(student, case):
    """After one huge gradient Adagrad stays slow, and RMSprop recovers."""
    huge, small, w = torch.full((2,), 100.0, dtype=DOUBLE), torch.full((2,), 0.1, dtype=DOUBLE), signed(case, 2)
    adagrad, rmsprop = student.Adagrad(1.0, eps=0.0), student.RMSprop(1.0, decay=0.5, eps=0.0)
    for optimizer in (adagrad, rmsprop):
        walk(optimizer, steady([huge]), [w], 1)
    slow = walk(adagrad, steady([small]), [w], 1)
    close(slow, [[w - small / torch.sqrt(huge**2 + small**2)]], name="Adagrad's second step")
    seen = [huge, *[small] * 6]
    quick = walk(rmsprop, steady([small]), [w], 6)
    expected = w + sum(rmsprop_move(seen[: n + 1], 1.0, 0.5, 0.0) for n in range(1, 7))
    close(quick[-1], [expected], name="RMSprop after six more steps")


@check("adaptive")
def adaptive_optimizers_work_with_their_defaults(student, case):
    """Without eps and decay: six steps of each, in single precision too."""
    slopes, start = bowl(case)
    found = walk(student.Adagrad(0.4), slopes, start, 6)
    same_path(found, path_of(lambda seen: adagrad_move(seen, 0.4, 1e-8), slopes, start, 6))
    found = walk(student.RMSprop(0.1), slopes, start, 6)
    same_path(found, path_of(lambda seen: rmsprop_move(seen, 0.1, 0.9, 1e-8), slopes, start, 6))
    w, g = signed(case, 3, dtype=torch.float32), signed(case, 3, dtype=torch.float32)
    found = walk(student.RMSprop(0.1, eps=0.5), steady([g]), [w], 2)
    same_path(found, path_of(lambda seen: rmsprop_move(seen, 0.1, 0.9, 0.5), steady([g]), [w], 2))


@check("adaptive", weight=0.5)
def a_tiny_gradient_is_held_by_eps(student, case):
    """With gradients of 0 nothing moves and nothing becomes nan; eps inside the root limits the rate of small ones."""
    w = signed(case, 2)
    nothing, tiny = torch.zeros(2, dtype=DOUBLE), torch.full((2,), 1e-6, dtype=DOUBLE)
    for optimizer in (student.Adagrad(0.5, eps=1e-4), student.RMSprop(0.5, eps=1e-4)):
        close(walk(optimizer, steady([nothing]), [w], 2), [[w], [w]], name="the path without gradients")
    found = walk(student.Adagrad(0.5, eps=1e-4), steady([tiny]), [w], 1)
    close(found, [[w - 0.5 * tiny / 1e-2]], name="the path with tiny gradients")


@check("adamax")
def adamax_works_with_its_defaults(student, case):
    """Eight steps with the default betas and eps; an entry without gradients stays where it is."""
    slopes, start = bowl(case)
    found = walk(student.Adamax(0.2), slopes, start, 8)
    same_path(found, path_of(lambda seen: adamax_move(seen, 0.2, (0.9, 0.999), 1e-8), slopes, start, 8))
    w, g = signed(case, 2), torch.tensor([0.0, 1.0], dtype=DOUBLE)
    close(walk(student.Adamax(0.2), steady([g]), [w], 1), [[w - 0.2 * g / (g + 1e-8)]], name="the first step")


@check("momentum", weight=0.5)
def optimizers_alive_at_once_know_nothing_of_each_other(student, case):
    """Two objects of one class have velocities of their own, and so have two parameters of one shape."""
    slopes, start = bowl(case, shapes=((3,), (3,)))
    one, other = student.Momentum(0.1), student.Momentum(0.3, gamma=0.5)
    first = walk(one, slopes, start, 2)
    same_path(walk(other, slopes, start, 3), path_of(lambda seen: velocity(seen, 0.3, 0.5), slopes, start, 3))
    expected = path_of(lambda seen: velocity(seen, 0.1, 0.9), slopes, start, 4)
    same_path([*first, *walk(one, slopes, first[-1], 2)], expected)


@check("paths", needs=descend_gives_the_path)
def descend_works_with_every_optimizer(student, case):
    """No step gives an empty path; RMSprop and Adamax take theirs."""
    slopes, start = bowl(case)
    equal(student.descend(student.Adagrad(0.1), slopes, start, 0), [], name="the path of no steps")
    found = student.descend(student.RMSprop(0.1), slopes, start, 5)
    same_path(found, path_of(lambda seen: rmsprop_move(seen, 0.1, 0.9, 1e-8), slopes, start, 5))
    found = student.descend(student.Adamax(0.1), slopes, start, 5)
    same_path(found, path_of(lambda seen: adamax_move(seen, 0.1, (0.9, 0.999), 1e-8), slopes, start, 5))


@check("paths", weight=0.5, needs=descend_gives_the_path)
def every_optimizer_gets_on_beales_surface(student, case):
    """From (0.8, 1.6), 30 steps with the usual settings bring each optimizer below its bound."""
    start = [torch.tensor(START, dtype=DOUBLE)]
    zoo = (
        (student.Momentum(0.005), 8.0, "Momentum"),
        (student.Adagrad(0.4), 6.0, "Adagrad"),
        (student.RMSprop(0.1), 4.0, "RMSprop"),
        (student.Adamax(0.2), 14.0, "Adamax"),
    )
    for optimizer, bound, name in zoo:
        path = student.descend(optimizer, on_beale, start, 30)
        last = like(path[-1], start, name=f"the last point of {name}")
        at_most(value_of(last[0]), bound, f"Beale's function where {name} ends")
