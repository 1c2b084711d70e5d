"""Pictures of the handout."""

from matplotlib.figure import Figure

PARTS = ("linear", "normalisation", "activation", "dropout")
KEPT = ("its input", "what it notes", "its input", "its mask")


def layer(figure: Figure) -> None:
    """The four parts of a hidden layer, with what each keeps for the way back."""
    figure.set_size_inches(6.8, 2.2)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(-0.75, 4.55)
    axes.set_ylim(-1.0, 1.0)
    for place, (part, kept) in enumerate(zip(PARTS, KEPT, strict=True)):
        axes.text(
            place + 0.4,
            0.0,
            part,
            ha="center",
            va="center",
            color="ink",
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "paper", "edgecolor": "C0"},
        )
        axes.text(place + 0.4, -0.88, f"keeps {kept}", ha="center", va="center", color="quiet", fontsize=8)
    arrow = {"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0}
    for height, begin, end, colour, line, text in (
        (0.55, -0.35, 4.15, "C0", "-", "forward"),
        (-0.5, 4.15, -0.35, "C1", "--", "backward"),
    ):
        axes.annotate("", (end, height), (begin, height), arrowprops={**arrow, "color": colour, "linestyle": line})
        axes.text(1.9, height + 0.12, text, ha="center", va="bottom", color=colour, fontsize=8)
    axes.text(-0.45, 0.55, "X", ha="right", va="center", color="ink")
    axes.text(4.25, 0.55, "a'", ha="left", va="center", color="ink")
