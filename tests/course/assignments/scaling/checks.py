"""Visible checks of the miniature assignment."""

import torch

from autograder.checking import check, close, equal, require, unchanged


@check("double", weight=2)
def doubles_each_entry(student, case):
    """double(x) is x + x."""
    x = case.normal(3, 2)
    close(student.double(x), x + x)


@check("double")
def keeps_its_input(student, case):
    """double leaves x as it was and keeps its dtype."""
    x = case.normal(4, dtype=torch.float32)
    close(unchanged(student.double, x), x + x)


@check("counter")
def adds_up(student, case):
    """A counter holds the sum of what it was given."""
    counter = student.Counter(start=1)
    counter.add(2)
    equal(counter.add(3), 6)
    require(counter.value("total") == 6, "Counter.total must be 6 after adding 2 and 3 to 1.")
