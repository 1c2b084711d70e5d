"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

LARGEST = np.log(np.finfo(np.float64).max)  # e to this power is the largest float64


def overflow(figure):
    """The sigmoid, and where each of the two exponentials leaves float64."""
    curve, sizes = figure.subplots(1, 2)

    z = np.linspace(-7, 7, 141)
    for height in (0, 0.5, 1):
        curve.axhline(height, color="line", linewidth=1)
    curve.plot(z, 1 / (1 + np.exp(-z)))
    curve.set(xlabel="$z$", ylabel=r"$\sigma(z)$", title="a logit becomes a probability")
    curve.set_yticks([0, 0.5, 1])

    ends = np.array([-1000.0, 1000.0])
    sizes.plot(ends, ends / np.log(10), label="$e^{z}$")
    sizes.plot(ends, -ends / np.log(10), "--", label="$e^{-z}$")
    sizes.axhline(LARGEST / np.log(10), color="quiet", linewidth=1)
    for side, name, colour in ((1, "e^{z}", "C0"), (-1, "e^{-z}", "C1")):
        sizes.axvspan(side * LARGEST, side * 1000, color=colour, alpha=0.15, linewidth=0)
        sizes.text(side * 855, -250, f"${name}$\nis inf", color=colour, ha="center", va="center")
    sizes.text(0, 330, "the largest float64", color="quiet", ha="center", va="bottom")
    sizes.set(xlabel="$z$", xlim=(-1000, 1000), ylim=(-450, 450), title="two ways to leave float64")
    sizes.set_yticks([-300, 0, 300], ["$10^{-300}$", "1", "$10^{300}$"])
    sizes.legend(loc="lower center")
