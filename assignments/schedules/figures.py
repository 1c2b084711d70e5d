"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

STEPS = np.arange(0, 120)


def shapes_of_schedules(figure):
    """The rates of five schedules over 120 steps: decays on the left, cycles and restarts on the right."""
    figure.set_size_inches(6.8, 2.9)
    left, right = figure.subplots(1, 2, sharey=True)
    left.plot(STEPS, np.exp(-0.03 * STEPS), color="C0", label="exponential")
    left.plot(STEPS, 1 / (1 + 0.05 * STEPS), color="C1", linestyle="--", label="inverse time")
    left.step(STEPS, 0.5 ** (STEPS // 30), where="post", color="ink", linewidth=1, label="stairs, factor 1/2")
    left.set(xlabel="step", ylabel="rate", title="decays")
    left.legend(loc="upper right")
    phase = STEPS % 40
    right.plot(STEPS, 0.1 + 0.9 * (1 - np.abs(phase - 20) / 20), color="C0", label="triangular")
    right.plot(STEPS, _warm_restarts(), color="C1", linestyle="--", label="warm-up, then restarts")
    right.set(xlabel="step", title="up and down again", ylim=(0, 1.4))
    right.legend(loc="upper left")


def _warm_restarts(warmup=8, period=16):
    """A warm-up, then a cosine whose periods double."""
    rates = []
    for step in STEPS:
        if step < warmup:
            rates.append((step + 1) / warmup)
            continue
        since, length = step - warmup, period
        while since >= length:
            since, length = since - length, 2 * length
        rates.append(0.05 + 0.95 * (1 + np.cos(np.pi * since / length)) / 2)
    return np.array(rates)
