"""Pictures of the handout. `autograder build` draws them."""

import numpy as np

CURVATURE = np.array([1.0, 40.0])  # of the loss along its two weights
START = np.array([-4.0, 1.4])
STEPS = 40


def adam_beside_sgd(figure):
    """The paths of SGD and of Adam on a loss that is forty times steeper along one of its weights."""
    figure.set_size_inches(6.8, 3.0)
    axes = figure.subplots()
    first, second = np.meshgrid(np.linspace(-4.6, 1.4, 121), np.linspace(-1.6, 1.9, 121))
    loss = (CURVATURE[0] * first**2 + CURVATURE[1] * second**2) / 2
    axes.contour(first, second, loss, levels=[0.3, 1.5, 4, 9, 18, 32, 50], colors="line", linewidths=1)
    for path, colour, marker, name in (
        (_sgd(0.045), "C1", "s", "SGD, lr 0.045"),
        (_adam(0.15), "C0", "o", "Adam, lr 0.15"),
    ):
        axes.plot(path[:, 0], path[:, 1], color=colour, marker=marker, markersize=3, linewidth=1.2, label=name)
    axes.plot(*START, "o", markersize=7, color="ink")
    axes.annotate("start", START, xytext=(6, 6), textcoords="offset points")
    axes.plot(0, 0, "*", markersize=11, color="ink")
    axes.annotate("lowest point", (0, 0), xytext=(8, -12), textcoords="offset points")
    axes.set(xlabel="a weight with small gradients", ylabel="one with large ones", title=f"the first {STEPS} steps")
    axes.legend(loc="upper right")


def _gradient(w):
    return CURVATURE * w


def _sgd(lr):
    path = [START]
    for _ in range(STEPS):
        path.append(path[-1] - lr * _gradient(path[-1]))
    return np.array(path)


def _adam(lr, first=0.9, second=0.999):
    mean, square = np.zeros(2), np.zeros(2)
    path = [START]
    for t in range(1, STEPS + 1):
        gradient = _gradient(path[-1])
        mean = first * mean + (1 - first) * gradient
        square = second * square + (1 - second) * gradient**2
        path.append(path[-1] - lr * mean / (1 - first**t) / np.sqrt(square / (1 - second**t)))
    return np.array(path)
