"""Counts what a call has to do: operations on tensors, and the steps of Python in the student's own code.

A step is one more round of a loop or one more call of a function. Steps show a loop over rows that left torch: through
numpy, or over plain numbers. Rounds and calls are the same on every Python and every machine; the instructions that
Python makes of them are not, and no two versions report those alike. Nothing is counted in any other call, so that no
other call is slowed down.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from types import CodeType, FrameType, TracebackType
from typing import Any

from ..hosting import CountingOperations
from .rules.runtime import is_students
from .seal import Changed

COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")  # functions of their own before 3.12, and in 3.12 in classes
MONITORING: Any = getattr(sys, "monitoring", None)  # from Python 3.12 on
TOOL_IDS = (3, 4)  # those that sys.monitoring leaves to anybody


def counted(function: Callable, args: tuple, kwargs: dict) -> tuple[int, int]:
    """Make a call; returns the number of operations on tensors and that of the steps of Python."""
    operations = CountingOperations()
    steps = TracedSteps() if MONITORING is None else MonitoredSteps()
    with steps, operations:
        function(*args, **kwargs)
    return operations.count, steps.count


class MonitoredSteps:
    """Counts steps inside a `with` block by `sys.monitoring`, which Python has from 3.12 on.

    A round of a loop ends with a jump backwards. What is not the student's is switched off where it was met first.
    """

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> MonitoredSteps:
        events = MONITORING.events
        self._tool = next((number for number in TOOL_IDS if not MONITORING.get_tool(number)), TOOL_IDS[0])
        MONITORING.use_tool_id(self._tool, "autograder")
        MONITORING.register_callback(self._tool, events.PY_START, self._called)
        MONITORING.register_callback(self._tool, events.JUMP, self._jumped)
        MONITORING.set_events(self._tool, events.PY_START | events.JUMP)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and MONITORING.get_tool(self._tool) != "autograder":
            raise Changed("the monitoring was changed in a call whose steps are counted")
        MONITORING.set_events(self._tool, MONITORING.events.NO_EVENTS)
        MONITORING.free_tool_id(self._tool)

    def _called(self, code: CodeType, offset: int) -> object:
        if not is_students(code.co_filename):
            return MONITORING.DISABLE
        self.count += code.co_name not in COMPREHENSIONS
        return None

    def _jumped(self, code: CodeType, offset: int, destination: int) -> object:
        if not is_students(code.co_filename):
            return MONITORING.DISABLE
        self.count += destination < offset
        return None


class TracedSteps:
    """Counts the same steps inside a `with` block by `sys.settrace`, for Python 3.11."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> TracedSteps:
        self._before = sys.gettrace()
        sys.settrace(self._enter)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and sys.gettrace() != self._enter:
            raise Changed("the trace function was changed in a call whose steps are counted")
        sys.settrace(self._before)

    def _enter(self, frame: FrameType, event: str, value: Any) -> Callable | None:
        """Told of a frame that begins or, in a generator, goes on."""
        code = frame.f_code
        if not is_students(code.co_filename):
            return None
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        begins = code.co_code[frame.f_lasti + 1] == 0  # the argument of RESUME
        self.count += begins and code.co_name not in COMPREHENSIONS
        return _BackwardJumps(self, code.co_code, frame.f_lasti).step


class _BackwardJumps:
    """Adds to the steps whenever a frame goes on at an earlier instruction than the one before."""

    def __init__(self, steps: TracedSteps, instructions: bytes, at: int) -> None:
        self._steps = steps
        self._instructions = instructions
        self._at = at

    def step(self, frame: FrameType, event: str, value: Any) -> Callable:
        """Told of an instruction that is about to run."""
        if event == "opcode":
            if frame.f_lasti < self._at:
                left = dis.opname[self._instructions[self._at]]
                self._steps.count += left != "JUMP_BACKWARD_NO_INTERRUPT"  # the end of an `except`, or of an `await`
            self._at = frame.f_lasti
        return self.step
