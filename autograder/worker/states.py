"""What the names of a module stood for at the test of each exercise, as a kernel would have it there."""

from __future__ import annotations

import builtins
import copy
import types
from typing import Any

ABSENT = object()
SHARED = (type, types.FunctionType, types.ModuleType)  # what `deepcopy` does not copy, though it can be changed
Namespace = dict[str, Any]


class States:
    """The state at each test, where it is not the last one.

    A name that came later is there at a test, too, so that helpers may stand below; only builtins are not hidden by it.
    """

    def __init__(self, module: types.ModuleType) -> None:
        self._names = vars(module)
        self._at_tests: dict[str, Namespace] = {}
        self._at_end: Namespace = {}

    def record(self, exercise: str) -> None:
        """Remember what every name stands for now."""
        self._at_tests[exercise] = dict(self._names)

    def lack(self, exercise: str, name: str) -> bool:
        """Whether a name was bound only after the test of an exercise."""
        return name in self._names and name not in self._at_tests[exercise]

    def set_apart(self, name: str) -> bool:
        """Give the tests so far a copy of what a name stands for, before that is changed; whether it can be done."""
        value = self._names.get(name, ABSENT)
        holding = [names for names in self._at_tests.values() if names.get(name, ABSENT) is value]
        if value is ABSENT or not holding:
            return True
        if isinstance(value, SHARED):
            return False
        try:
            own = copy.deepcopy(value)
        except BaseException:  # an object of the student's may do anything
            return False
        for names in holding:
            names[name] = own
        return True

    def finish(self) -> None:
        """Forget what stands for the same at the end."""
        for exercise, at_test in self._at_tests.items():
            others = {}
            for name in self._names.keys() | at_test.keys():
                value = at_test.get(name, ABSENT)
                at_end = self._names.get(name, ABSENT)
                if value is at_end or (value is ABSENT and not hasattr(builtins, name)):
                    continue
                others[name] = value
                self._at_end[name] = at_end
            self._at_tests[exercise] = others

    def enter(self, exercise: str) -> None:
        """Have names stand for what they stood for at the test of an exercise."""
        for name, value in (self._at_end | self._at_tests.get(exercise, {})).items():
            if value is ABSENT:
                self._names.pop(name, None)
            else:
                self._names[name] = value
