"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

PLACES = {"x": (0, 0), "a": (1.2, 0), "b": (2.2, 0.8), "c": (3.2, 0), "d": (4.4, 0.8), "e": (4.4, -0.8), "f": (5.6, 0)}
MEANINGS = {"a": "exp x", "b": "a²", "c": "a + b", "d": "sin c", "e": "exp c", "f": "d + e"}
ARROWS = ("xa", "ab", "ac", "bc", "cd", "ce", "df", "ef")


def one_graph(figure):
    """The graph of the first function: each value once, with arrows to its users."""
    figure.set_size_inches(6.8, 2.6)
    axes = figure.subplots()
    axes.set(xlim=(-0.4, 6.0), ylim=(-1.5, 1.4), aspect="equal")
    axes.axis("off")
    for start, end in ARROWS:
        _arrow(axes, PLACES[start], PLACES[end])
    for name, place in PLACES.items():
        _circle(axes, place, name)
        below = place[1] <= 0
        offset = -0.45 if below else 0.45
        axes.text(place[0], place[1] + offset, MEANINGS.get(name, ""), color="quiet", ha="center", va="center")


def paths_and_nodes(figure):
    """Three diamonds in a row, and how fast their paths become many."""
    figure.set_size_inches(6.8, 2.8)
    left, right = figure.subplots(1, 2)
    left.set(xlim=(-0.5, 3.5), ylim=(-1.2, 1.2), aspect="equal", title="three diamonds: 8 paths, 4 nodes")
    left.axis("off")
    for place in range(3):
        _arrow(left, (place, 0), (place + 1, 0), bend=0.45)
        _arrow(left, (place, 0), (place + 1, 0), bend=-0.45)
    for place, name in enumerate(("x", "y1", "y2", "y3")):
        _circle(left, (place, 0), name)

    counts = np.arange(21)
    right.semilogy(counts, 2.0**counts, color="C1", label="paths")
    right.semilogy(counts, counts + 1, color="C0", linestyle="--", label="nodes")
    right.set(xlabel="diamonds in a row", xticks=[0, 5, 10, 15, 20])
    right.legend(loc="upper left")


def _circle(axes, place, name):
    """A node with its name."""
    box = {"boxstyle": "circle,pad=0.35", "facecolor": "paper", "edgecolor": "C0"}
    axes.text(*place, name, color="ink", ha="center", va="center", bbox=box)


def _arrow(axes, start, end, bend=0.0):
    """From a value to one that is computed from it."""
    style = {"arrowstyle": "->", "color": "line", "shrinkA": 13, "shrinkB": 13, "connectionstyle": f"arc3,rad={bend}"}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)
