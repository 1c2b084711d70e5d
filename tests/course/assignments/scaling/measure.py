"""What the handout of the miniature assignment quotes."""

from autograder.checking import measurement

from .checks import torch


@measurement(says="Write $2x$.", quoted={"digits": 2.0}, tolerance=0.001)
def factor(student, case):
    """factor of double"""
    x = case.normal(4)
    return (student.double(x).sum() / x.sum()).item()


@measurement(quoted={"digits": {"of one": 1}})
def sums(student, case):
    """sum of a counter"""
    return {"of one": student.Counter().add(1), "of rows": len(case.subset(case.training["rows"]).X_train)}


def total(student):
    """Not measured: a helper."""
    return torch.zeros(())
