"""Pictures of the handout. `autograder build` draws them."""

ROWS, FEATURES = 5, 7


def which_axis(figure):
    """Batch norm takes its statistics down a column, layer norm along a row."""
    batch, layer = figure.subplots(1, 2)
    _grid(batch, {(row, 2) for row in range(ROWS)}, "C0")
    batch.set_title("batch norm: one feature, over all rows")
    _grid(layer, {(2, feature) for feature in range(FEATURES)}, "C1")
    layer.set_title("layer norm: one row, over all features")


def _grid(axes, chosen, colour):
    """The entries of x, those that share their statistics filled."""
    for row in range(ROWS):
        for feature in range(FEATURES):
            style = {"facecolor": "paper", "edgecolor": "quiet"}
            if (row, feature) in chosen:
                style = {"facecolor": colour, "edgecolor": "paper"}
            axes.add_patch(_square(feature, row, **style))
    axes.text(FEATURES / 2, ROWS + 0.25, "$d$ features", ha="center", va="top")
    axes.text(-0.25, ROWS / 2, "$n$ rows", ha="right", va="center", rotation=90)
    axes.set(xlim=(-0.9, FEATURES + 0.1), ylim=(ROWS + 0.9, -0.1), aspect="equal")
    axes.axis("off")


def _square(x, y, **style):
    from matplotlib.patches import Rectangle

    return Rectangle((x + 0.04, y + 0.04), 0.92, 0.92, linewidth=1, **style)
