"""Pictures of the handout. `autograder build` draws them."""

import numpy as np


def smooth_maximum(figure):
    """Log-sum-exp of two logits beside their maximum, and the softmax of a row under shifts."""
    maximum, shares = figure.subplots(1, 2)

    z = np.linspace(-5, 5, 201)
    maximum.plot(z, np.logaddexp(z, 0), label=r"$\mathrm{lse}(z, 0)$")
    maximum.plot(z, np.maximum(z, 0), "--", label=r"$\max(z, 0)$")
    maximum.annotate(
        r"$\log 2$, where both are equal",
        xy=(0, np.log(2) / 2),
        xytext=(-4.8, 2.2),
        arrowprops={"arrowstyle": "-", "color": "quiet"},
        color="quiet",
    )
    maximum.set(xlabel="$z$", title="log-sum-exp is a smooth maximum")
    maximum.legend(loc="upper left")

    row = np.array([1.0, 3.0, 2.0])
    probabilities = np.exp(row - row.max()) / np.exp(row - row.max()).sum()
    for j, colour in enumerate(("C0", "C1", "C2")):
        places = np.arange(3) + 0.26 * (j - 1)
        shares.bar(places, [probabilities[j]] * 3, width=0.24, color=colour)
        for place in places:
            shares.text(place, probabilities[j] + 0.015, f"{probabilities[j]:.2f}", ha="center", fontsize=8)
    shares.set_xticks(range(3), ["$z$", "$z - 10$", "$z + 1000$"])
    shares.set(ylim=(0, 0.8), xlabel="logits, where $z$ is (1, 3, 2)", title="the softmax sees differences only")
