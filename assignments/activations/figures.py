"""Pictures of the handout. `autograder build` draws them."""

import numpy as np


def two_families(figure):
    """The S-shaped activations on the left, the rectifiers on the right."""
    figure.set_size_inches(6.8, 3.1)
    left, right = figure.subplots(1, 2)
    z = np.linspace(-5, 5, 201)
    _curves(
        left,
        z,
        (
            ("logistic", "ink", ":", 1 / (1 + np.exp(-z))),
            ("tanh", "C0", "-", np.tanh(z)),
            ("algebraic", "C1", "--", z / np.hypot(1, z)),
            ("arctan", "C2", "-.", np.arctan(z * np.pi / 2) * 2 / np.pi),
            ("softsign", "C3", (0, (5, 1, 1, 1, 1, 1)), z / (1 + np.abs(z))),
        ),
    )
    left.set(title="five shapes of an S", xlabel="z")
    left.legend(loc="lower right")

    z = np.linspace(-4, 3, 281)
    _curves(
        right,
        z,
        (
            ("softplus", "C2", "-.", np.logaddexp(0, z)),
            ("relu", "C0", "-", np.maximum(z, 0)),
            ("leaky, leak 0.1", "C1", "--", np.maximum(z, z / 10)),
            ("elu", "C3", ":", np.where(z > 0, z, np.exp(z) - 1)),
        ),
    )
    right.set(title="four rectifiers", xlabel="z")
    right.legend(loc="upper left")


def _curves(axes, z, curves):
    """Each curve in its own colour and its own line, on top of both axes."""
    axes.axhline(0, color="line", linewidth=1)
    axes.axvline(0, color="line", linewidth=1)
    for name, colour, style, values in curves:
        axes.plot(z, values, color=colour, linestyle=style, linewidth=1.6, label=name)
