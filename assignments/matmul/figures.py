"""Pictures of the handout. `autograder build` draws them."""

import itertools

from matplotlib.patches import Rectangle

REPEATED = 0.3  # how opaque what is read again is


def stretched(figure):
    """Two tensors whose shapes fit, what torch reads of each for every entry of the result, and two that do not fit."""
    figure.set_size_inches(6.8, 4.3)
    fitting, apart = figure.subplots(2, 1, height_ratios=(1.25, 1))

    _grid(fitting, 0, (4, 1), "C0", label="a  (4, 1)", repeated=(4, 3))
    _between(fitting, 3.75, "+")
    _grid(fitting, 4.5, (1, 3), "C1", label="b  (3,)", repeated=(4, 3))
    _between(fitting, 8.25, "=")
    _grid(fitting, 9, (4, 3), "C2", label="a + b  (4, 3)")
    fitting.set_title("a size 1 is read again and again", loc="left")

    _grid(apart, 0, (1, 3), "C1", label="b  (3,)")
    _between(apart, 3.75, "+")
    _grid(apart, 4.5, (3, 4), "C3", label="c  (3, 4)")
    apart.text(9.75, 1.5, "the last sizes meet: 3 and 4,\nand neither of them is 1", va="center", color="ink")
    apart.set_title("these do not fit, although a 3 stands in both shapes", loc="left")

    for axes in (fitting, apart):
        axes.set(xlim=(-0.3, 16), ylim=(5.4, -0.3))
        axes.set_aspect("equal", anchor="W")
        axes.axis("off")
    apart.set_ylim(4.4, -0.3)


def _grid(axes, left, shape, color, *, label, repeated=(0, 0)):
    """The entries of a matrix as squares, from a left edge on, and paler those that stand for them elsewhere."""
    rows, columns = (max(sizes) for sizes in zip(shape, repeated, strict=True))
    for row, column in itertools.product(range(rows), range(columns)):
        is_own = row < shape[0] and column < shape[1]
        opacity = 1.0 if is_own else REPEATED
        axes.add_patch(Rectangle((left + column, row), 0.9, 0.9, color=color, alpha=opacity, linewidth=0))
    axes.text(left + columns / 2 - 0.05, rows + 0.45, label, ha="center", va="center", color="ink")


def _between(axes, x, sign):
    axes.text(x, 1.5, sign, ha="center", va="center", color="ink", fontsize=14)
