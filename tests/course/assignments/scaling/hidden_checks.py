"""Hidden checks of the miniature assignment."""

from autograder.checking import check, close, equal

from .checks import torch


@check("double")
def doubles_real_images(student, case):
    """double works on rows of the data set."""
    data = case.subset(case.training["rows"])
    close(student.double(data.X_train), torch.add(data.X_train, data.X_train))


@check("counter")
def two_counters_are_apart(student, case):
    """Two counters do not share their sum."""
    first, second = student.Counter(), student.Counter()
    first.add(5)
    equal(second.add(1), 1)
