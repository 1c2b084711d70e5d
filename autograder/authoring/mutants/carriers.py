"""Which functions of a reference would carry a mistake alone, if they kept to themselves what they call.

In the reference a mistake in `softmax` is one of every function that calls it, and counts as caught wherever it shows.
A student who writes the softmax anew inside `train` makes it in `train` alone; one whose `train` has a right softmax of
its own makes it in `softmax` alone. Checks that ask one function only through another see neither.
"""

from __future__ import annotations

import ast

from ...course.uses import reached, uses_in
from ...model import Assignment


def carriers(tree: ast.Module, assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """By each top-level name of a reference, the functions and classes that would carry a mistake in it alone.

    These are what students write, and call it (through whatever else) or are it, in order. Where that is one only, it
    always is alone, and nothing is listed.
    """
    uses = uses_in(tree)
    written = [name.partition(".")[0] for name in assignment.functions]
    defined = [name for name in dict.fromkeys(written) if name in uses]
    carried: dict[str, tuple[str, ...]] = {}
    for name in uses:
        users = [other for other in defined if name in reached(other, uses)]
        if len(users) > 1:
            carried[name] = tuple(users)
    return carried
