"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

STRENGTH = 1.0


def to_zero(figure):
    """What a weight costs with both penalties, and the way of a weight that is not needed."""
    figure.set_size_inches(6.8, 3.0)
    left, right = figure.subplots(1, 2)
    left.axhline(0, color="line", linewidth=1)
    w = np.linspace(-2.5, 2.5, 101)
    left.plot(w, np.abs(w), color="C0", label="L1: |w|")
    left.plot(w, w**2 / 2, color="C1", linestyle="--", label="L2: w² / 2")
    left.set(xlabel="weight", ylabel="price", title="what a weight costs", ylim=(-0.1, 3.4))
    left.legend(loc="upper center")
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
