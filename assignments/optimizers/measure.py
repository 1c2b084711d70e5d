"""What the handout quotes: `autograder measure optimizers`."""

import torch

from autograder.checking import measurement

from .checks import DOUBLE, START, on_beale, value_of


@measurement(says="where the function is 42.2,", quoted={"digits": 42.2}, tolerance=0.05)
def value_at_the_start(student, case):
    """Beale's function at the start"""
    return student.beale(torch.tensor(START, dtype=DOUBLE)).item()


def value_after_50_steps(student, optimizer):
    """Beale's function at the end of a path."""
    path = student.descend(optimizer, on_beale, [torch.tensor(START, dtype=DOUBLE)], 50)
    return value_of(path[-1][0]).item()


@measurement(says="at 0.096, 0.0035, 0.80, 0.13 and 4.9.", quoted={"digits": 0.096}, tolerance=0.0005)
def momentum_after_50_steps(student, case):
    """Beale's function after 50 steps of Momentum"""
    return value_after_50_steps(student, student.Momentum(0.005))


@measurement(says="at 0.096, 0.0035, 0.80, 0.13 and 4.9.", quoted={"digits": 0.0035}, tolerance=0.00005)
def nesterov_after_50_steps(student, case):
    """Beale's function after 50 steps of Nesterov"""
    return value_after_50_steps(student, student.Nesterov(0.005))


@measurement(says="at 0.096, 0.0035, 0.80, 0.13 and 4.9.", quoted={"digits": 0.80}, tolerance=0.005)
def adagrad_after_50_steps(student, case):
    """Beale's function after 50 steps of Adagrad"""
    return value_after_50_steps(student, student.Adagrad(0.4))


@measurement(says="at 0.096, 0.0035, 0.80, 0.13 and 4.9.", quoted={"digits": 0.13}, tolerance=0.005)
def rmsprop_after_50_steps(student, case):
    """Beale's function after 50 steps of RMSprop"""
    return value_after_50_steps(student, student.RMSprop(0.1))


@measurement(says="at 0.096, 0.0035, 0.80, 0.13 and 4.9.", quoted={"digits": 4.9}, tolerance=0.05)
def adamax_after_50_steps(student, case):
    """Beale's function after 50 steps of Adamax"""
    return value_after_50_steps(student, student.Adamax(0.2))
