"""Pictures of the handout. `autograder build` draws them."""

ROWS = (2.6, 1.3, 0.0)  # heights of the first row, of row i and of the last one
LEFT, RIGHT = 0.0, 6.0


def three_paths(figure):
    """How one entry of a feature reaches the normalised entries of all rows: directly, through mean and variance."""
    figure.set_size_inches(6.8, 3.1)
    axes = figure.subplots()
    axes.set(xlim=(-0.6, 8.9), ylim=(-0.75, 3.4))
    axes.axis("off")
    mean, variance = (2.9, 2.75), (2.9, -0.15)

    _arrow(axes, (LEFT, ROWS[1]), (RIGHT, ROWS[1]), "C0", "-")
    _arrow(axes, (LEFT, ROWS[1]), mean, "C1", "--")
    _arrow(axes, (LEFT, ROWS[1]), variance, "C2", ":")
    for height in ROWS:
        _arrow(axes, mean, (RIGHT, height), "C1", "--")
        _arrow(axes, variance, (RIGHT, height), "C2", ":")

    for height, index in zip(ROWS, ("1", "i", "n"), strict=True):
        _node(axes, (LEFT, height), f"$x_{{{index}j}}$", "ink" if index == "i" else "quiet")
        _node(axes, (RIGHT, height), rf"$\hat x_{{{index}j}}$", "ink")
    _node(axes, mean, r"$\mu_j$", "C1")
    _node(axes, variance, r"$\sigma^2_j$", "C2")
    for x in (LEFT, RIGHT):
        for height in (0.65, 1.95):
            axes.text(x, height, r"$\vdots$", color="quiet", ha="center", va="center")

    axes.text(6.9, 2.6, "through the mean:\nto every row", color="C1", va="center")
    axes.text(6.9, 1.3, "directly:\nto its own row", color="C0", va="center")
    axes.text(6.9, 0.0, "through the variance:\nto every row", color="C2", va="center")


def _node(axes, place, text, colour):
    circle = {"boxstyle": "circle,pad=0.35", "facecolor": "paper", "edgecolor": colour, "linewidth": 1.5}
    axes.text(*place, text, color=colour, fontsize=11, ha="center", va="center", bbox=circle)


def _arrow(axes, start, end, colour, line):
    style = {"arrowstyle": "-|>", "color": colour, "linestyle": line, "linewidth": 1.6, "shrinkA": 17, "shrinkB": 17}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)
