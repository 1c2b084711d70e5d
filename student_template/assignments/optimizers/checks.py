"""Checks that students see and run. Paths of optimizers are compared with sums over all gradients."""

import torch

from autograder.checking import at_most, check, close, equal, gradients, like, spy, unchanged

DOUBLE = torch.float64
SHAPES = ((2, 3), (4,), ())
START = (0.8, 1.6)


def value_of(point):
    """Beale's function at one point [2], another way: as the squared length of a vector."""
    x, y = point
    gaps = torch.tensor([1.5, 2.25, 2.625], dtype=DOUBLE) - x * (1 - y ** torch.arange(1, 4))
    return gaps @ gaps


def slopes_at(points):
    """[n, 2] the gradients of Beale's function at [n, 2] points."""
    return torch.stack([gradients(value_of, point)[0] for point in points])


def some_points(case, *shape):
    """Points of the square from -2 to 2, away from its axes."""
    signs = 2 * case.integers(0, 2, *shape, 2) - 1
    return case.uniform(*shape, 2, low=0.3, high=2.0) * signs


@check("surface")
def beale_has_its_minimum_at_three_and_a_half(student, case):
    """beale is 0 at (3, 0.5), and has known values at the origin and at (1, 1)."""
    points = torch.tensor([[3.0, 0.5], [0.0, 0.0], [1.0, 1.0], [1.0, 0.0]], dtype=DOUBLE)
    close(student.beale(points[0]), torch.tensor(0.0, dtype=DOUBLE), name="beale at (3, 0.5)")
    values = torch.tensor([0.0, 14.203125, 14.203125, 4.453125], dtype=DOUBLE)
    close(unchanged(student.beale, points), values, name="beale at four points")


@check("surface")
def beale_takes_points_of_any_leading_shape(student, case):
    """One point gives a [] value, a grid [3, 4, 2] of points a [3, 4] tensor."""
    points = some_points(case, 3, 4)
    values = torch.stack([value_of(point) for point in points.reshape(12, 2)])
    close(student.beale(points[0, 0]), values[0], name="beale of one point")
    close(student.beale(points), values.reshape(3, 4), name="beale of a grid")


@check("surface")
def beale_gradient_agrees_with_autograd(student, case):
    """Both derivatives, at one point and at five."""
    points = some_points(case, 5)
    slopes = slopes_at(points)
    close(student.beale_gradient(points[0]), slopes[0], name="the gradient at one point")
    close(unchanged(student.beale_gradient, points), slopes, name="the gradients at five points")


@check("surface", weight=0.5)
def the_gradient_vanishes_at_the_minimum(student, case):
    """There, and nowhere near it, both derivatives are 0."""
    points = torch.tensor([[3.0, 0.5], [3.0, 0.4], [2.9, 0.5]], dtype=DOUBLE)
    close(student.beale_gradient(points), slopes_at(points), name="the gradients")


def signed(case, *shape, dtype=DOUBLE):
    """Draws of either sign with a magnitude between 0.5 and 2."""
    return (case.uniform(*shape, low=0.5, high=2.0) * (2 * case.integers(0, 2, *shape) - 1)).to(dtype)


def bowl(case, shapes=SHAPES):
    """A gradient that depends on the parameters, curved in each entry differently, and their start."""
    curvatures = [case.uniform(*shape, low=0.5, high=2.0) for shape in shapes]
    start = [signed(case, *shape) for shape in shapes]

    def slopes(params):
        return [curvature * torch.sin(w) + 0.3 for curvature, w in zip(curvatures, params, strict=True)]

    return slopes, start


def steady(values):
    """A gradient that is the same everywhere."""

    def slopes(params):
        return [value.clone() for value in values]

    return slopes


def discounted(values, share):
    """Sum of the values, each times share to the power of its age, the newest being of age 0."""
    ages = reversed(range(len(values)))
    return sum(share**age * value for age, value in zip(ages, values, strict=True))


def velocity(seen, lr, gamma):
    """The velocity of momentum after these gradients."""
    return -lr * discounted(seen, gamma)


def adagrad_move(seen, lr, eps):
    """The move of Adagrad after these gradients."""
    return -lr * seen[-1] / torch.sqrt(discounted([g * g for g in seen], 1) + eps)


def rmsprop_move(seen, lr, decay, eps):
    """The move of RMSprop after these gradients."""
    return -lr * seen[-1] / torch.sqrt((1 - decay) * discounted([g * g for g in seen], decay) + eps)


def largest(seen, beta):
    """The largest size among these gradients, each of them discounted by its age."""
    ages = reversed(range(len(seen)))
    return torch.stack([beta**age * g.abs() for age, g in zip(ages, seen, strict=True)]).amax(0)


def adamax_move(seen, lr, betas, eps):
    """The move of Adamax after these gradients."""
    mean = discounted(seen, betas[0]) / discounted([1.0] * len(seen), betas[0])
    return -lr * mean / (largest(seen, betas[1]) + eps)


def path_of(move, slopes, start, steps, look=None):
    """The parameters after each step, where a move follows from all gradients so far.

    Args:
        look: what is added to a parameter, given the gradients so far, before its gradient is asked for.
    """
    path, seen, here = [], [[] for _ in start], start
    for _number in range(steps):
        asked = here
        if look is not None and seen[0]:
            asked = [w + look(past) for w, past in zip(here, seen, strict=True)]
        for past, g in zip(seen, slopes(asked), strict=True):
            past.append(g)
        here = [w + move(past) for w, past in zip(here, seen, strict=True)]
        path.append(here)
    return path


def walk(optimizer, slopes, start, steps):
    """The parameters after each step of a student's optimizer."""
    path = []
    here = start
    for _number in range(steps):
        here = like(optimizer.step(here, slopes), start, name="the parameters after a step")
        path.append(here)
    return path


def same_path(found, expected):
    """Compare the parameters step by step."""
    close(found, expected, names=[f"the parameters after step {number}" for number in range(1, len(expected) + 1)])


@check("momentum")
def momentum_gathers_speed(student, case):
    """With one gradient g throughout, three steps with gamma = 0.5 move by 1, 1.5 and 1.75 times lr * g."""
    w, g = signed(case, 3), signed(case, 3)
    found = walk(student.Momentum(0.1, gamma=0.5), steady([g]), [w], 3)
    same_path(found, [[w - 0.1 * total * g] for total in (1.0, 2.5, 4.25)])


@check("momentum")
def momentum_follows_its_path(student, case):
    """Four steps of three parameters at once, with a gradient that changes, follow the formula."""
    slopes, start = bowl(case)
    found = walk(student.Momentum(0.2, gamma=0.7), slopes, start, 4)
    same_path(found, path_of(lambda seen: velocity(seen, 0.2, 0.7), slopes, start, 4))


@check("momentum", weight=0.5)
def momentum_keeps_its_velocity(student, case):
    """After each step v is what was added to the parameters, for each of them and in both classes."""
    slopes, start = bowl(case)
    for optimizer in (student.Momentum(0.2), student.Nesterov(0.2)):
        here = start
        for _number in range(2):
            there = like(optimizer.step(here, slopes), start, name="the parameters after a step")
            close(optimizer.value("v"), [new - old for new, old in zip(there, here, strict=True)], name="v")
            here = there


@check("momentum")
def nesterov_asks_where_the_velocity_leads(student, case):
    """The gradient of the second step is asked for at w + gamma v, and once in each step."""
    w, g = signed(case, 2), signed(case, 2)
    asked = spy(steady([g]))
    optimizer = student.Nesterov(0.1, gamma=0.5)
    found = walk(optimizer, asked, [w], 2)
    places = [call.args[0] for call in asked.calls]
    equal(len(places), 2, name="the number of gradients that were asked for")
    close(places, [[w], [w - 0.1 * g - 0.05 * g]], names=["where the first step asks", "where the second step asks"])
    same_path(found, [[w - 0.1 * g], [w - 0.25 * g]])


@check("momentum")
def nesterov_follows_its_path(student, case):
    """Four steps of three parameters at once, with a gradient that changes, follow the formula."""
    slopes, start = bowl(case)
    found = walk(student.Nesterov(0.2, gamma=0.7), slopes, start, 4)
    move = lambda seen: velocity(seen, 0.2, 0.7)  # noqa: E731
    same_path(found, path_of(move, slopes, start, 4, look=lambda seen: 0.7 * move(seen)))


@check("momentum", weight=0.5)
def momentum_leaves_its_arguments_alone(student, case):
    """Neither class writes into the parameters that it is given."""
    slopes, start = bowl(case)
    for optimizer in (student.Momentum(0.1), student.Nesterov(0.1)):
        unchanged(optimizer.step, start, slopes)
        unchanged(optimizer.step, start, slopes)


@check("adaptive")
def adagrad_slows_down(student, case):
    """With one gradient throughout and eps = 0, step i moves each entry by lr / sqrt(i), whatever its gradient."""
    w = signed(case, 4)
    g = torch.tensor([1e-4, -0.5, 3.0, 2e3], dtype=DOUBLE)
    found = walk(student.Adagrad(0.5, eps=0.0), steady([g]), [w], 3)
    totals = (1.0, 1 + 2**-0.5, 1 + 2**-0.5 + 3**-0.5)
    same_path(found, [[w - 0.5 * total * g.sign()] for total in totals])


@check("adaptive")
def adagrad_follows_its_path(student, case):
    """Four steps of three parameters at once, with an eps that is felt, follow the formula."""
    slopes, start = bowl(case)
    found = walk(student.Adagrad(0.3, eps=0.2), slopes, start, 4)
    same_path(found, path_of(lambda seen: adagrad_move(seen, 0.3, 0.2), slopes, start, 4))


@check("adaptive", weight=0.5)
def adagrad_keeps_the_sum_of_squares(student, case):
    """After two steps the cache is the sum of both squared gradients, for each parameter."""
    values = [signed(case, *shape) for shape in SHAPES]
    optimizer = student.Adagrad(0.1)
    walk(optimizer, steady(values), [signed(case, *shape) for shape in SHAPES], 2)
    close(optimizer.value("cache"), [2 * g * g for g in values], name="cache")


@check("adaptive")
def rmsprop_averages_the_squares(student, case):
    """With decay 0.5 and one gradient throughout the cache is 1/2, 3/4 and 7/8 of its square."""
    g, w = signed(case, 3), signed(case, 3)
    optimizer = student.RMSprop(0.1, decay=0.5, eps=0.0)
    here = [w]
    for share in (0.5, 0.75, 0.875):
        here = like(optimizer.step(here, steady([g])), [w], name="the parameters after a step")
        close(optimizer.value("cache"), [share * g * g], name="cache")
    total = 0.5**-0.5 + 0.75**-0.5 + 0.875**-0.5
    close(here, [w - 0.1 * total * g.sign()], name="the parameters after step 3")


@check("adaptive")
def rmsprop_follows_its_path(student, case):
    """Four steps of three parameters at once, with an eps that is felt, follow the formula."""
    slopes, start = bowl(case)
    found = walk(student.RMSprop(0.2, decay=0.7, eps=0.1), slopes, start, 4)
    same_path(found, path_of(lambda seen: rmsprop_move(seen, 0.2, 0.7, 0.1), slopes, start, 4))


@check("adaptive", weight=0.5)
def adaptive_optimizers_leave_their_arguments_alone(student, case):
    """Neither class writes into the parameters that it is given."""
    slopes, start = bowl(case)
    for optimizer in (student.Adagrad(0.1), student.RMSprop(0.1)):
        unchanged(optimizer.step, start, slopes)
        unchanged(optimizer.step, start, slopes)


@check("adamax")
def adamax_moves_by_its_rate_first(student, case):
    """With eps = 0 the first step moves each entry by lr against its gradient, whatever the betas are."""
    w = signed(case, 3)
    g = torch.tensor([2e-3, -1.0, 50.0], dtype=DOUBLE)
    found = walk(student.Adamax(0.2, betas=(0.7, 0.6), eps=0.0), steady([g]), [w], 1)
    same_path(found, [[w - 0.2 * g.sign()]])


@check("adamax")
def adamax_follows_its_path(student, case):
    """Five steps of three parameters at once, with an eps that is felt, follow the formula."""
    slopes, start = bowl(case)
    found = walk(student.Adamax(0.5, betas=(0.8, 0.6), eps=0.1), slopes, start, 5)
    same_path(found, path_of(lambda seen: adamax_move(seen, 0.5, (0.8, 0.6), 0.1), slopes, start, 5))


@check("adamax", weight=0.5)
def adamax_keeps_the_largest_gradient(student, case):
    """After a large gradient and a small one, u is beta2 times the large one; m is not corrected, and t counts."""
    g = signed(case, 3)
    optimizer = student.Adamax(0.1, betas=(0.9, 0.5))
    here = optimizer.step([signed(case, 3)], steady([g]))
    close(optimizer.value("u"), [g.abs()], name="u after step 1")
    optimizer.step(here, steady([-0.25 * g]))
    u, m, t = optimizer.values("u", "m", "t")
    close(u, [0.5 * g.abs()], name="u after step 2")
    close(m, [0.1 * (0.9 * g - 0.25 * g)], name="m after step 2")
    equal(t, 2, name="t after step 2")


def on_beale(params):
    """The gradients on Beale's surface, for a list that holds one point [2]."""
    return [gradients(value_of, params[0])[0]]


@check("paths")
def descend_gives_the_path(student, case):
    """The points after three steps of momentum, without the start."""
    slopes, start = bowl(case)
    expected = path_of(lambda seen: velocity(seen, 0.1, 0.9), slopes, start, 3)
    found = unchanged(student.descend, student.Momentum(0.1), slopes, start, 3)
    same_path(found, expected)


@check("paths", weight=0.5, needs=descend_gives_the_path)
def momentum_reaches_the_valley_floor(student, case):
    """From (0.8, 1.6) on Beale's surface, 50 steps of Nesterov with lr 0.005 end below 0.05."""
    start = [torch.tensor(START, dtype=DOUBLE)]
    path = student.descend(student.Nesterov(0.005), on_beale, start, 50)
    equal(len(path), 50, name="the number of points in the path")
    last = like(path[-1], start, name="the last point")
    at_most(value_of(last[0]), 0.05, "Beale's function at the last point")
