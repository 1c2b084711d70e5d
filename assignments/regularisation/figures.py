"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

STRENGTH = 1.0


def to_zero(figure):
    """What both penalties make of a weight, and the way of a weight that is not needed."""
    figure.set_size_inches(6.8, 3.0)
    left, right = figure.subplots(1, 2)
    a = np.linspace(-3, 3, 121)
    left.axhline(0, color="line", linewidth=1)
    left.plot(a, a, color="quiet", linewidth=1, linestyle=":", label="no penalty")
    left.plot(a, np.where(np.abs(a) > STRENGTH, a - STRENGTH * np.sign(a), 0), color="C0", label="L1")
    left.plot(a, a / (1 + STRENGTH), color="C1", linestyle="--", label="L2")
    left.set(xlabel="best weight without a penalty", ylabel="best weight with it", title="what a penalty leaves")
    left.legend(loc="upper left")
    jumping, resting = [1.0], [1.0]
    for _number in range(30):
        jumping.append(jumping[-1] - 0.25 * (jumping[-1] - 0.3 + STRENGTH * np.sign(jumping[-1])))
        moved = resting[-1] - 0.25 * (resting[-1] - 0.3)
        resting.append(np.sign(moved) * max(abs(moved) - 0.25 * STRENGTH, 0))
    right.axhline(0, color="line", linewidth=1)
    right.plot(resting, color="C0", label="proximal steps")
    right.plot(jumping, color="C1", linestyle="--", label="subgradient steps")
    right.set(xlabel="step", ylabel="weight", title="the way to 0")
    right.legend(loc="upper right")
