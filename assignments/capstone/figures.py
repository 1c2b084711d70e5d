"""Pictures of the handout."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

PARTS = (
    ("linear", "X", "its input", r"$dW,\ db$"),
    ("normalisation", "z", "what it notes", r"$d\gamma,\ d\beta$"),
    ("activation", r"\hat z", "its input", ""),
    ("dropout", "a", "its mask", ""),
)
STEP = 2.2
HALF = 0.72  # of the width of a box
SIDE = 0.3  # half its height


def layer(figure: Figure) -> None:
    """The four parts of a hidden layer, with what each keeps for the way back and which gradients it leaves."""
    figure.set_size_inches(6.8, 2.2)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(-STEP / 2 - 0.55, 3.5 * STEP + 0.55)
    axes.set_ylim(-1.3, 0.75)
    for i, (part, comes_in, kept, left) in enumerate(PARTS):
        x = i * STEP
        axes.add_patch(Rectangle((x - HALF, -SIDE), 2 * HALF, 2 * SIDE, facecolor="paper", edgecolor="ink"))
        axes.text(x, 0.0, part, ha="center", va="center", color="ink", fontsize=9)
        axes.text(x, SIDE + 0.2, f"keeps {kept}", ha="center", va="center", color="quiet", fontsize=8)
        _passing(axes, x - STEP / 2, comes_in)
        if left:
            _arrow(axes, (x, -SIDE), (x, -0.85), "C1", "--")
            axes.text(x, -1.05, left, ha="center", va="center", color="C1")
    _passing(axes, 3.5 * STEP, "a'")


def _passing(axes, x: float, value: str) -> None:
    """What passes between two parts, on its way there and back."""
    reach = STEP / 2 - HALF - 0.04
    _arrow(axes, (x - reach, 0.14), (x + reach, 0.14), "C0", "-")
    axes.text(x, 0.2, f"${value}$", ha="center", va="bottom", color="C0", fontsize=9)
    _arrow(axes, (x + reach, -0.14), (x - reach, -0.14), "C1", "--")
    axes.text(x, -0.2, f"$d{value}$", ha="center", va="top", color="C1", fontsize=9)


def _arrow(axes, begin: tuple, end: tuple, colour: str, line: str) -> None:
    how = {"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0, "color": colour, "linestyle": line}
    axes.annotate("", end, begin, arrowprops=how)
