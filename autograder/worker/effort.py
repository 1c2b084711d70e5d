"""Counts what a call has to do: operations on tensors, and the steps of Python in the student's own code.

The latter show a loop over rows that left torch: through numpy, or over plain numbers. Both are the same on every
machine. Nothing is counted in any other call, so that no other call is slowed down.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from torch.overrides import TorchFunctionMode

from .guards import is_students


def effort_of(function: Callable, args: tuple, kwargs: dict) -> tuple[int, int]:
    """Make a call; gives the number of operations on tensors and that of the steps of Python."""
    operations, steps = _Operations(), _Steps()
    before = sys.gettrace()
    sys.settrace(steps.enter)
    try:
        with operations:
            function(*args, **kwargs)
    finally:
        sys.settrace(before)
    return operations.count, steps.count


class _Operations(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_function__(self, function: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        self.count += 1
        return function(*args, **(kwargs or {}))


class _Steps:
    """A trace function for the frames of the student's code."""

    def __init__(self) -> None:
        self.count = 0

    def enter(self, frame: FrameType, event: str, value: Any) -> Callable | None:
        if not is_students(frame.f_code.co_filename):
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return self._step

    def _step(self, frame: FrameType, event: str, value: Any) -> Callable:
        self.count += event == "opcode"
        return self._step
