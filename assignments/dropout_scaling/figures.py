"""Pictures of the handout. `autograder build` draws them."""

SIZES = (4, 6, 6, 3)
DROPPED = {(0, 2), (1, 1), (1, 4), (1, 5), (2, 0), (2, 3)}  # (layer, unit) of one draw; outputs are never dropped


def thinned_network(figure):
    """A network, and what one mask leaves of it."""
    whole, thinned = figure.subplots(1, 2)
    _network(whole, set())
    whole.set_title("the network")
    _network(thinned, DROPPED)
    thinned.set_title("what one mask leaves of it")


def _network(axes, dropped):
    for layer in range(len(SIZES) - 1):
        for a in range(SIZES[layer]):
            for b in range(SIZES[layer + 1]):
                if not {(layer, a), (layer + 1, b)} & dropped:
                    axes.plot(*zip(_place(layer, a), _place(layer + 1, b), strict=True), color="quiet", linewidth=0.7)
    for layer, size in enumerate(SIZES):
        for unit in range(size):
            if (layer, unit) in dropped:
                axes.plot(*_place(layer, unit), "o", markersize=12, markerfacecolor="paper", markeredgecolor="line")
                axes.plot(*_place(layer, unit), "x", markersize=7, color="C1", markeredgewidth=2)
            else:
                axes.plot(*_place(layer, unit), "o", markersize=12, markerfacecolor="C0", markeredgecolor="paper")
    for layer, name in enumerate(("inputs", "hidden", "hidden", "outputs")):
        axes.text(layer, -0.85, name, ha="center", va="top", color="quiet")
    axes.set(xlim=(-0.4, 3.4), ylim=(-1.3, 5.5))
    axes.axis("off")


def _place(layer, unit):
    return layer, unit + (max(SIZES) - SIZES[layer]) / 2
