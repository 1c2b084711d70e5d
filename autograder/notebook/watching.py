"""Rules of from-scratch work in a notebook: what its functions use, while a check runs them, of what is ruled out.

The text of a cell does not tell of what kind an argument is, so that `loss.backward()` is seen only here.
"""

from __future__ import annotations

from ..model import Assignment
from ..worker.rules.names import Rules
from ..worker.rules.runtime import WATCH


class Watching:
    """Looks on in this kernel; experiments between the checks may use whatever they like.

    Args:
        assignment: whose rules hold.
    """

    def __init__(self, assignment: Assignment) -> None:
        self._rules = assignment.rules
        if self._rules:
            WATCH.state(Rules([{"names": rule.names, "allow": rule.allow} for rule in assignment.rules]))
            WATCH.look_at_classes(watched=False)

    def begin(self, exercise: str) -> None:
        """Look from now on for what is ruled out in an exercise."""
        WATCH.look_at_classes(watched=True)
        WATCH.enforce([number for number, rule in enumerate(self._rules) if rule.holds_for(exercise)])

    def pause(self) -> None:
        """Look no longer, until the next `begin`; what was used so far is told at the end."""
        WATCH.enforce([])

    def end(self) -> str:
        """Look no longer; returns what was used, in a sentence, or ""."""
        WATCH.enforce([])
        WATCH.look_at_classes(watched=False)  # what is imported in another cell finds a class there
        use = WATCH.take()
        if use is None:
            return ""
        return f"Your code uses `{use.name}`, which is ruled out here. {self._rules[use.rule].reason}"
