"""An assignment whose exercises build on each other, for tests of errors that are carried forward."""

from __future__ import annotations

from pathlib import Path

DECLARATION = """
title = "Chaining"
order = 2
given = ["Summer.__init__"]
summary = "Exercises that build on each other."

[[exercises]]
id = "twice"
title = "Twice"
points = 10
functions = ["double"]
hints = ["What is x + x?", "Multiply."]

[[exercises]]
id = "total"
title = "The sum of the doubled entries"
points = 20
functions = ["total"]
hints = ["Double first.", "Then add."]

[[exercises]]
id = "again"
title = "Twice, without the first exercise"
points = 20
functions = ["double_again"]
hints = ["What is x + x?", "Add."]

[[exercises]]
id = "order"
title = "A random order"
points = 15
functions = ["order"]
hints = ["Which function of torch draws one?", "Which generator does it take?"]

[[exercises]]
id = "shuffle"
title = "Rows in a random order"
points = 15
functions = ["halves", "shuffled"]
needs = ["order"]
hints = ["Index with the order.", "Which generator does it take?"]

[[exercises]]
id = "summer"
title = "A sum that grows"
points = 10
functions = ["Summer.add"]
hints = ["What is remembered?", "Add."]

[[exercises]]
id = "sums"
title = "The sum of many rows"
points = 10
functions = ["sum_of"]
hints = ["Which object adds up?", "Give it each row."]

[[rules]]
names = ["autograd"]
reason = "Gradients are what you derive here."

[budget]
check_seconds = 20
submission_seconds = 60
memory_mb = 512
"""
CHECKS = '''"""Visible checks of the chain."""

import torch

from autograder.checking import check, close, equal, require


@check("twice")
def doubles(student, case):
    """double(x) is x + x."""
    x = case.normal(3)
    close(student.double(x), x + x)


@check("total")
def adds_the_doubled(student, case):
    """total(x) is the sum of the doubled entries."""
    x = case.normal(5)
    close(student.total(x), 2 * x.sum())


@check("again")
def doubles_again(student, case):
    """double_again(x) is x + x."""
    x = case.normal(3)
    close(student.double_again(x), x + x)


@check("order")
def orders_hold_every_row(student, case):
    """order(n, generator) holds every row once, in a random order."""
    drawn = student.order(40, case.generator())
    equal(drawn.sort().values, torch.arange(40))
    require(not torch.equal(drawn, torch.arange(40)), "The rows come in their old order.")


@check("shuffle", weight=2)
def halves_are_cut(student, case):
    """halves(x) is the first half and the second."""
    x = case.normal(6)
    close(student.halves(x), (x[:3], x[3:]))


@check("shuffle")
def rows_are_shuffled(student, case):
    """shuffled(x, generator) holds every entry of x, in an order that is drawn anew each time."""
    x = torch.arange(30.0)
    generator = case.generator()
    first, second = student.shuffled(x, generator), student.shuffled(x, generator)
    equal(first.sort().values, x)
    require(not torch.equal(first, x), "The rows come in their old order.")
    require(not torch.equal(student.shuffled(x, case.generator()), first), "Two generators drew one order.")


@check("summer")
def a_summer_adds_up(student, case):
    """A summer holds the sum of all that it was given."""
    rows = case.normal(2, 3)
    summer = student.Summer()
    summer.add(rows[0])
    close(summer.add(rows[1]), rows.sum())


@check("sums")
def all_rows_count(student, case):
    """sum_of(rows) is the sum of all entries, and the number of rows."""
    rows = case.normal(4, 3)
    close(student.sum_of(rows), (rows.sum(), 4))
'''
REFERENCE = '''"""The reference of the chain."""

import torch


def double(x):
    """Twice a tensor."""
    return 2 * x


def total(x):
    """The sum of the doubled entries."""
    return double(x).sum()


def double_again(x):
    """Twice a tensor."""
    return x + x


def order(n, generator):
    """A random order of n rows."""
    return torch.randperm(n, generator=generator)


def halves(x):
    """The first half and the second."""
    return x[: len(x) // 2], x[len(x) // 2 :]


def shuffled(x, generator):
    """The entries in a random order."""
    return x[order(len(x), generator)]


class Summer:
    """Adds up."""

    def __init__(self):
        self.total = torch.zeros((), dtype=torch.float64)
        self.sizes = []

    def add(self, row):
        """Add a row, and give the new total."""
        self.sizes.append(len(row))
        self.total = self.total + self._sum(row)
        return self.total

    def _sum(self, row):
        return row.sum()


def sum_of(rows):
    """The sum of all entries, and the number of rows."""
    summer = Summer()
    for row in rows:
        summer.add(row)
    return summer.total, len(summer.sizes)
'''


def add_chain(root: Path) -> Path:
    """Add the assignment to a course; returns the course."""
    folder = root / "assignments" / "chaining"
    folder.mkdir()
    (folder / "assignment.toml").write_text(DECLARATION)
    (folder / "handout.md").write_text("# Chaining\n")
    (folder / "checks.py").write_text(CHECKS)
    (folder / "hidden_checks.py").write_text('"""None."""\n')
    (folder / "misconceptions.py").write_text('"""None."""\n')
    (root / "solutions" / "chaining.py").write_text(REFERENCE)
    return root
