"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

START = np.array([0.8, 1.6])
LOWEST = (3.0, 0.5)
STEPS = 50


def race_on_beales_surface(figure):
    """Contours of Beale's surface, and where descent, Nesterov and RMSprop get to in fifty steps from one start."""
    figure.set_size_inches(6.8, 3.6)
    axes = figure.subplots()
    x, y = np.meshgrid(np.linspace(-0.5, 4.2, 189), np.linspace(-1.5, 1.9, 137))
    levels = [0.05, 0.3, 1, 3, 8, 20, 50, 150, 500]
    axes.contour(x, y, _value(x, y), levels=levels, colors="line", linewidths=1)
    for path, colour, marker, name in (
        (_descent(0.005), "ink", ".", "descent, lr 0.005"),
        (_nesterov(0.005, 0.9), "C0", "o", "Nesterov, lr 0.005"),
        (_rmsprop(0.1, 0.9), "C1", "s", "RMSprop, lr 0.1"),
    ):
        axes.plot(path[:, 0], path[:, 1], color=colour, marker=marker, markersize=3, linewidth=1.2, label=name)
    axes.plot(*START, "o", markersize=7, color="ink")
    axes.annotate("start", START, xytext=(6, 6), textcoords="offset points")
    axes.plot(*LOWEST, "*", markersize=11, color="ink")
    axes.annotate("lowest point", LOWEST, xytext=(6, -14), textcoords="offset points")
    axes.set(xlabel="x", ylabel="y", title=f"the first {STEPS} steps")
    axes.legend(loc="lower right")


def _brackets(x, y):
    return [constant - x * (1 - y**power) for power, constant in enumerate((1.5, 2.25, 2.625), start=1)]


def _value(x, y):
    return sum(bracket**2 for bracket in _brackets(x, y))


def _slope(w, step=1e-6):
    """The gradient by central differences, which is exact enough for a picture."""
    shifts = step * np.eye(2)
    return np.array([(_value(*(w + shift)) - _value(*(w - shift))) / (2 * step) for shift in shifts])


def _descent(lr):
    path = [START]
    for _number in range(STEPS):
        path.append(path[-1] - lr * _slope(path[-1]))
    return np.array(path)


def _nesterov(lr, share):
    path, speed = [START], np.zeros(2)
    for _number in range(STEPS):
        speed = share * speed - lr * _slope(path[-1] + share * speed)
        path.append(path[-1] + speed)
    return np.array(path)


def _rmsprop(lr, share):
    path, squares = [START], np.zeros(2)
    for _number in range(STEPS):
        slope = _slope(path[-1])
        squares = share * squares + (1 - share) * slope**2
        path.append(path[-1] - lr * slope / np.sqrt(squares + 1e-8))
    return np.array(path)
