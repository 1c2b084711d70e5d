"""The channel to the names of a notebook, in its own kernel."""

from __future__ import annotations

import contextlib
import io
import linecache
import math
import random
import re
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any, Protocol

import numpy as np
import numpy.random  # numpy itself imports it with its first use only, when parts of numpy may be watched already
import torch

from ..actions import Action, Answer
from ..checking.local import LocalChannel
from ..checking.spies import Given
from ..checking.verdict import Raised, Verdict
from ..hosting import Missing, is_in_stub, kinds_of
from ..model import Exercise, Outcome
from ..text import clean
from .channel import Unwritten
from .time_limit import OutOfTime, limited

COMPREHENSION = re.compile(r"\.<locals>\.<(list|set|dict)comp>$")  # a function of its own before Python 3.12


class _Names:
    """Attributes that are the current values of a notebook's variables."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return list(self._namespace)


class Watcher(Protocol):
    """Notices what code uses of what is ruled out while it runs."""

    def begin(self, exercise: str) -> None:
        """Look from now on for what is ruled out in an exercise."""

    def pause(self) -> None:
        """Look no longer, until the next `begin`; what was used so far is told at the end."""

    def end(self) -> str:
        """Look no longer; returns what was used, in a sentence, or ""."""


class NamespaceChannel(LocalChannel):
    """Calls what a notebook defines.

    Args:
        forbidden: says what an exercise visibly uses of what is ruled out there; "" if nothing.
        watcher: looks on while the code runs.
        check_seconds: how long the code may take in one check.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        forbidden: Callable[[Exercise], str] = lambda exercise: "",
        *,
        watcher: Watcher | None = None,
        check_seconds: float = math.inf,
    ) -> None:
        self._names = _Names(namespace)
        self._watcher = watcher
        self._exercise = ""
        self._check_seconds = check_seconds
        self._deadline = math.inf
        super().__init__(self._names, called="This notebook")
        self._namespace = namespace
        self._forbidden = forbidden
        self._output = io.StringIO()

    @contextlib.contextmanager
    def capturing(self) -> Iterator[None]:
        """Keep what the code prints for the report, on stderr too, and give the kernel its random numbers back.

        A single line on stderr would cost all points of the cell in nbgrader.
        """
        of_python = random.getstate()
        of_numpy = np.random.get_state()
        with (
            torch.random.fork_rng(devices=[]),
            contextlib.redirect_stdout(self._output),
            contextlib.redirect_stderr(self._output),
        ):
            try:
                yield
            finally:
                random.setstate(of_python)
                np.random.set_state(of_numpy)

    def status(self, name: str) -> str:
        """Whether the notebook has defined "f" or "Class.method": "written" or "missing".

        A stub counts as written here; what it raises tells.
        """
        owner: object = self._names
        for part in name.split("."):
            owner = getattr(owner, part, None)
            if owner is None:  # which has an `__init__` of its own
                return "missing"
        return "written"

    def ruled_out(self, exercise: Exercise) -> Verdict | None:
        """The verdict on an exercise that visibly uses what is ruled out there."""
        message = self._forbidden(exercise)
        return Verdict(Outcome.FORBIDDEN, message) if message else None

    def begin(self, seed: int, exercise: str) -> None:
        """Prepare for the next check: forget the objects of the one before, seed the global generators."""
        self._deadline = time.monotonic() + self._check_seconds
        self._exercise = exercise
        self._hosting.forget()
        self._originals.clear()
        torch.default_generator.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)

    def notes(self) -> list[str]:
        """Nothing: a notebook's own kernel loads no file."""
        return []

    def close(self) -> None:
        """The kernel goes on."""

    def take_output(self) -> str:
        """What was printed since the last time this was asked."""
        text = self._output.getvalue()
        self._output.seek(0)
        self._output.truncate()
        return clean(text)

    def _answer(self, action: Action) -> Answer:
        try:
            return limited(self._deadline, partial(self._watched_answer, action))
        except OutOfTime:
            self._callbacks.end()
            message = f"No answer within {self._check_seconds:g} s: does a loop never end?"
            raise Verdict(Outcome.TIMED_OUT, message) from None

    def _watched_answer(self, action: Action) -> Answer:
        with self._watched():
            return super()._answer(action)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Inside the block, a use of what is ruled out is a verdict, whatever else becomes of it."""
        if self._watcher is None:
            yield
            return
        self._watcher.begin(self._exercise)
        try:
            yield
        finally:
            used = self._watcher.end()
            if used:
                raise Verdict(Outcome.FORBIDDEN, used)

    def _call_back(self, given: Given, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a function of ours returns, which may use whatever it likes."""
        if self._watcher is None:
            return super()._call_back(given, args, kwargs)
        self._watcher.pause()
        try:
            return super()._call_back(given, args, kwargs)
        finally:
            self._watcher.begin(self._exercise)

    def _meaning(self, error: BaseException) -> Verdict:
        """The verdict that an exception means, with the notebook's line that it passed last."""
        if isinstance(error, Missing):
            return Verdict(Outcome.FAILED, clean(str(error)))
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
        own = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if self._is_ours(frame)]
        if not own:
            return Raised(clean(text), kinds=kinds_of(error))
        frame, line = own[-1]
        code = linecache.getline(frame.f_code.co_filename, line).strip()
        if isinstance(error, NotImplementedError) and code.startswith("raise"):
            left_in = "" if is_in_stub(frame.f_code, line) else f"line {line} of its cell"
            return Unwritten(frame.f_code.co_qualname, left_in)
        function = COMPREHENSION.sub("", frame.f_code.co_qualname)
        place = f"line {line} of its cell, in {function}"
        return Raised(clean(f"{text} ({place}: `{code}`)"), kinds=kinds_of(error))

    def _is_ours(self, frame: FrameType) -> bool:
        return frame.f_globals is self._namespace
