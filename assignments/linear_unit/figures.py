"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

NORMAL = np.array([0.8, 0.6])


def a_line_that_learns(figure):
    """Rows of two classes, and the boundary of a perceptron after its first, an early and its last mistake."""
    figure.set_size_inches(6.8, 3.8)
    left, right = figure.subplots(1, 2)
    rows, signs = _two_clouds()
    path = _boundaries(rows, signs)

    for sign, marker, colour, name in ((1, "o", "C0", "target +1"), (-1, "s", "C1", "target -1")):
        chosen = rows[signs == sign]
        left.plot(chosen[:, 0], chosen[:, 1], marker, color=colour, markersize=4, label=name)
    count = len(path)
    for number, style in ((1, ":"), (count // 2, "--"), (count, "-")):
        left.plot(*_on_the_line(path[number - 1]), color="ink", linestyle=style, label=f"after mistake {number}")
    left.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), title="the boundary moves with each mistake")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2)

    error = np.linspace(-3, 3, 241)
    size = np.abs(error)
    right.plot(error, size**2, color="C0", label="squared")
    right.plot(error, size, color="C1", linestyle="--", label="absolute")
    right.plot(error, np.where(size > 1, size - 0.5, size**2 / 2), color="C2", linestyle="-.", label="Huber, delta 1")
    right.set(ylim=(0, 4), xlabel="error", title="what an error costs")
    right.legend(loc="upper center")


def _two_clouds():
    """Thirty rows, none of them near the line that decides their class."""
    draw = np.random.default_rng(5)
    rows = draw.uniform(-1, 1, (80, 2))
    heights = rows @ NORMAL - 0.15
    far = np.abs(heights) > 0.12
    return rows[far][:30], np.sign(heights[far][:30])


def _boundaries(rows, signs):
    """The weights, with the bias behind them, after each mistake."""
    path, unit = [], np.zeros(3)
    order = [*range(len(rows))] * 100
    for number in order:
        row = np.append(rows[number], 1)
        if signs[number] * (unit @ row) <= 0:
            unit = unit + signs[number] * row
            path.append(unit)
    return path


def _on_the_line(unit):
    """Two points of a boundary, far outside of the picture on both sides."""
    normal, bias = unit[:2], unit[2]
    length_squared = normal @ normal
    foot = -bias * normal / length_squared
    along = np.array([-normal[1], normal[0]]) * 4 / np.sqrt(length_squared)
    return np.stack([foot - along, foot + along]).T
