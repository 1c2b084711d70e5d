"""Pictures of the handout. `autograder build` draws them."""

SIZE, PADDING, KERNEL, STRIDE = 5, 1, 3, 2
PLACES = (SIZE + 2 * PADDING - KERNEL) // STRIDE + 1
CHOSEN = ((0, 0, "C0"), (0, 1, "C1"), (2, 2, "C2"))  # row and column of a place, and its colour


def window(figure):
    """A window of 3 x 3 on a padded image of 5 x 5 with stride 2, and the map of its 3 x 3 places."""
    figure.set_size_inches(6.8, 3.0)
    image, output = figure.subplots(1, 2, width_ratios=(SIZE + 2 * PADDING, PLACES + 1))
    _image(image)
    for row, column, colour in CHOSEN:
        corner = column * STRIDE, row * STRIDE
        image.add_patch(_square(*corner, KERNEL, facecolor=colour, alpha=0.25, edgecolor="none"))
        image.add_patch(_square(*corner, KERNEL, facecolor="none", edgecolor=colour, linewidth=1.8))
    image.set_title("5 x 5 pixels in a frame of zeros")
    for row in range(PLACES):
        for column in range(PLACES):
            output.add_patch(_square(column, row, 1, facecolor="paper", edgecolor="quiet", linewidth=0.8))
    for row, column, colour in CHOSEN:
        output.add_patch(_square(column, row, 1, facecolor=colour, alpha=0.4, edgecolor=colour, linewidth=1.8))
    output.set(xlim=(-0.1, PLACES + 0.1), ylim=(PLACES + 0.1, -0.1), aspect="equal")
    output.axis("off")
    output.set_title("the map: 3 x 3 places")


def _image(axes):
    """The pixels, and around them the zeros."""
    whole = SIZE + 2 * PADDING
    for row in range(whole):
        for column in range(whole):
            inside = PADDING <= row < whole - PADDING and PADDING <= column < whole - PADDING
            style = {"facecolor": "line" if inside else "paper", "edgecolor": "quiet", "linewidth": 0.8}
            axes.add_patch(_square(column, row, 1, **style))
            if not inside:
                axes.text(column + 0.5, row + 0.5, "0", ha="center", va="center", color="quiet")
    axes.set(xlim=(-0.1, whole + 0.1), ylim=(whole + 0.1, -0.1), aspect="equal")
    axes.axis("off")


def _square(x, y, size, **style):
    from matplotlib.patches import Rectangle

    return Rectangle((x + 0.04, y + 0.04), size - 0.08, size - 0.08, **style)
