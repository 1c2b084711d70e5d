"""The words that a `checks.py` is written in.

A check is ordinary Python that runs in the trusted grader. It calls the student's functions through `student`,
draws its inputs from `case`, and states what must hold with the words below; each of them raises the verdict itself.
"""

from .assertions import accuracy, at_least, at_most, raises, require, unchanged
from .comparing import close, equal
from .operation_count import operations_do_not_grow
from .oracles import finite_difference, gradients
from .registry import added, change, check, misconception, replacement
from .spies import spy
from .statistics import follows_normal, follows_uniform, has_mean, has_std, kept_fraction
from .student import args, take

__all__ = [
    "accuracy",
    "added",
    "args",
    "at_least",
    "at_most",
    "change",
    "check",
    "close",
    "equal",
    "finite_difference",
    "follows_normal",
    "follows_uniform",
    "gradients",
    "has_mean",
    "has_std",
    "kept_fraction",
    "misconception",
    "operations_do_not_grow",
    "raises",
    "replacement",
    "require",
    "spy",
    "take",
    "unchanged",
]
