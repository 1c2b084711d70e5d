"""The words that a `checks.py` is written in.

A check is ordinary Python that runs in the trusted grader. It calls the student's functions through `student`,
draws its inputs from `case`, and states what must hold with the words below; each of them raises the verdict itself.
"""

from .assertions import accuracy, at_least, at_most, like, predicted_classes, raises, require, unchanged
from .bars import bars
from .comparing import close, equal
from .curves import plotted, walked
from .measurements import measurement
from .operation_count import operations_do_not_grow, operations_grow_with
from .oracles import finite_difference, gradients, perceptron, vjp
from .registry import added, change, check, misconception, replacement
from .spies import spy
from .statistics import follows_normal, follows_uniform, has_mean, has_std, kept_fraction
from .student import args, take
from .trainings import TwoEpochs, batches_in_order, descended, each_row_once

__all__ = [
    "TwoEpochs",
    "accuracy",
    "added",
    "args",
    "at_least",
    "at_most",
    "bars",
    "batches_in_order",
    "change",
    "check",
    "close",
    "descended",
    "each_row_once",
    "equal",
    "finite_difference",
    "follows_normal",
    "follows_uniform",
    "gradients",
    "has_mean",
    "has_std",
    "kept_fraction",
    "like",
    "measurement",
    "misconception",
    "operations_do_not_grow",
    "operations_grow_with",
    "perceptron",
    "plotted",
    "predicted_classes",
    "raises",
    "replacement",
    "require",
    "spy",
    "take",
    "unchanged",
    "vjp",
    "walked",
]
