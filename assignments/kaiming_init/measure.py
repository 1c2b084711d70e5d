"""What the handout quotes: `autograder measure kaiming_init`."""

from itertools import repeat

import torch

from autograder.checking import accuracy, measurement

from .checks import trained_network

DEPTH, WIDTH = 100, 256


def reached(student, case, scheme):
    """Test accuracy by the given `predict` after training from a scheme, also from one that ends in nan."""
    trained, X_test, data = trained_network(student, case, scheme)
    return accuracy(student.predict(trained, X_test), data.y_test)


@measurement(
    says="""a root mean square of about $10^{105}$ if the weights come from $N(0, 1)$, about $10^{-15}$ with Xavier""",
    quoted={"digits": {"normal": 105, "xavier": -15, "kaiming": 0}},
    tolerance=0.75,
)
def scale_after_a_hundred_layers(student, case):
    """decimal logarithm of the last activations' size"""
    X, shape = case.normal(64, WIDTH), (WIDTH, WIDTH)
    drawn = {
        "normal": [case.normal(*shape) for _ in range(DEPTH)],
        "xavier": draws(student.xavier_normal, shape, case),
        "kaiming": draws(student.kaiming_normal, shape, case),
    }
    return {name: student.activation_scales(X, weights)[-1].log10().item() for name, weights in drawn.items()}


def draws(draw, shape, case):
    """A weight of this shape for each layer."""
    seeds = [case.generator() for _ in repeat(None, DEPTH)]
    return [draw(shape, seed, dtype=torch.float64) for seed in seeds]


@measurement(says="it usually reaches more than 80 %", quoted={"digits": 0.87}, tolerance=0.07)
def accuracy_from_kaiming(student, case):
    """test accuracy from "kaiming\""""
    return reached(student, case, "kaiming")


@measurement(
    says="it must stay under 30 %, where guessing gives 10 %",
    quoted={"digits": {"normal": 0.1, "zeros": 0.1}},
    tolerance=0.1,
)
def accuracy_from_other_starts(student, case):
    """test accuracy from other starts"""
    return {scheme: reached(student, case, scheme) for scheme in ("normal", "zeros", "xavier")}
