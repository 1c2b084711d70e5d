"""A sample of every kind of message that a check can end with, for whoever edits the wording."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import NoReturn

import torch

from ..checking.assertions import at_least, unchanged
from ..checking.case import Case
from ..checking.comparing import close, equal
from ..checking.local import local_student, module_from
from ..checking.statistics import follows_normal, follows_uniform, has_mean, has_std, kept_fraction
from ..checking.student import Student
from ..checking.verdict import Verdict
from ..explaining.explanation import Explanation, explanation_of

# Numbers without a pattern, so that a sample shows its own relation (transposed, twice, ...) and no other by chance.
MODULE = "def f(X, w, p, lr):\n    return answer\n\n\ndef grow(X):\n    return X.add_(1)\n"
X = torch.tensor([[0.31, -1.27, 0.83], [2.19, 0.47, -0.71], [-0.93, 1.61, 0.17], [1.13, -0.29, 0.59]]).double()
W = torch.tensor([0.37, 1.91, -0.67]).double()
RIGHT = torch.tensor([[0.83, -1.94, 2.71], [3.3, 4.17, -5.9], [7.13, 6.61, 8.69], [0.47, -1.39, 2.23]]).double()
ROWS = torch.tensor([[1.7], [0.3], [-0.9], [2.3]]).double()
CUBE = torch.arange(27).reshape(3, 3, 3).double().exp().log1p()
DRAWS = torch.linspace(-1, 1, 1001).double()


def _with(at: tuple | int, value: float) -> torch.Tensor:
    changed = RIGHT.clone()
    changed[at] = value
    return changed


# What came back, and what must.
COMPARED = {
    "Nothing came back": (None, RIGHT),
    "No tensor": ([1.0], RIGHT),
    "Another dtype": (RIGHT.float(), RIGHT),
    "Transposed shape": (RIGHT.T, RIGHT),
    "keepdim left over": (ROWS, ROWS[:, 0]),
    "Broadcast to a square": (ROWS + ROWS[:, 0], ROWS[:, 0]),
    "A sum missing": (RIGHT, RIGHT.sum(0)),
    "A sum too many": (RIGHT.sum(0), RIGHT),
    "No sum at all": (RIGHT, RIGHT.sum()),
    "Flattened": (RIGHT.reshape(-1), RIGHT),
    "Not finite": (_with((1, 2), math.nan), RIGHT),
    "A number that is not finite": (math.inf, 1.2345678),
    "Only the loss is not finite": ((math.inf, RIGHT), (1.2345678, RIGHT)),
    "Swapped": ((W, RIGHT[0]), (RIGHT[0], W)),
    "Too few values": ((RIGHT,), (RIGHT, W)),
    "Other keys": ({"W": RIGHT}, {"W": RIGHT, "b": W}),
    "One of two wrong": ((RIGHT, 2.7 * W), (RIGHT, W)),
    "Nearly right": (RIGHT * (1 + 1e-5 * torch.tensor([1.0, -1.0, 0.5])), RIGHT),
    "All zero": (0 * RIGHT, RIGHT),
    "An input unchanged": (X, RIGHT),
    "Transposed": (RIGHT[:3].T, RIGHT[:3]),
    "Axes exchanged": (CUBE.permute(1, 2, 0), CUBE),
    "Sign": (-RIGHT, RIGHT),
    "Summed, not averaged": (4 * RIGHT, RIGHT),
    "Averaged, not summed": (RIGHT / 4, RIGHT),
    "Factor 2": (2 * RIGHT, RIGHT),
    "Factor 1 - p": (0.7 * RIGHT, RIGHT),
    "Factor of the unbiased variance": (RIGHT * 4 / 3, RIGHT),
    "Factor with a minus": (-0.05 * RIGHT, RIGHT),
    "Factor without a name": (0.377 * RIGHT, RIGHT),
    "A step too long": (W - 0.2 * RIGHT[0], W - 0.05 * RIGHT[0]),
    "A step uphill": (W + 0.05 * RIGHT[0], W - 0.05 * RIGHT[0]),
    "A term missing": (RIGHT - W, RIGHT),
    "A term too many": (RIGHT + W, RIGHT),
    "An input as a factor": (RIGHT * W, RIGHT),
    "A division by an input": (RIGHT / W, RIGHT),
    "Square": (RIGHT**2, RIGHT),
    "Root": (X.abs().sqrt(), X.abs()),
    "Magnitudes": (RIGHT.abs(), RIGHT),
    "A constant": (RIGHT + 0.25, RIGHT),
    "A constant of each row": (RIGHT + ROWS, RIGHT),
    "A factor of each row": (RIGHT * ROWS, RIGHT),
    "Another order": (RIGHT.flip(0), RIGHT),
    "Only the last rows": (_with(3, 1.0), RIGHT),
    "Only one column": (_with((slice(None), 1), 1.0), RIGHT),
    "None of these": (RIGHT.sin(), RIGHT),
    "A number": (1.5, 1.2345678),
}
OTHERS: dict[str, Callable[[Student], None]] = {
    "Not equal": lambda s: equal((5, 3), (3, 7), names=("fan_in", "fan_out")),
    "Changed in place": lambda s: unchanged(s.grow, X.clone()),
    "Below its bound": lambda s: at_least(0.71, 0.85, "the test accuracy"),
    "Another mean": lambda s: has_mean(DRAWS + 0.5, 0.0, 0.5, "W"),
    "Another spread": lambda s: has_std(DRAWS, 0.25, "W"),
    "Another share": lambda s: kept_fraction(DRAWS > 0.4, 0.7),
    "Outside of the range": lambda s: follows_uniform(DRAWS, -0.5, 0.5, "W"),
    "Another distribution": lambda s: follows_normal(DRAWS.sign() * 0.5, 0.0, 0.5, "W"),
}


def samples() -> Iterator[tuple[str, Explanation]]:
    """Each kind of failure by its name, and what is said about it after a call f(X, w, p=0.3, lr=0.05)."""
    for name, (wrong, right) in COMPARED.items():
        yield name, _said(partial(_compare, right=right), answer=wrong)
    for name, check in OTHERS.items():
        yield name, _said(check)


def _compare(student: Student, right: object) -> None:
    names = None
    if isinstance(right, tuple):
        names = ("the loss", "the gradient")
    close(student.f(X, W, p=0.3, lr=0.05), right, names=names, name="dW")


def _said(check: Callable[[Student], None], answer: object = None) -> Explanation:
    module = module_from(MODULE, "sample")
    vars(module)["answer"] = answer  # a global of MODULE; what f returns
    student = local_student(module)
    case = Case(0, load_data=_refuse, training={}, secret_pixels=False)
    try:
        check(student)
    except Verdict as verdict:
        return explanation_of(verdict, student, case, "sample")
    raise AssertionError("a sample that passes shows no message")


def _refuse() -> NoReturn:
    raise AssertionError("no sample needs data")
