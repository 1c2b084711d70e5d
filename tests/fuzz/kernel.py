"""A kernel that answers notebooks with marks: `python kernel.py COURSE` runs one notebook for each line of stdin.

It does what `nbgrader autograde` does with the cells of code, from the top to the bottom, in one process for all
notebooks; a line is {"cells": [[id or "", source], ...]}, and the answer {"marks": {id: points}}.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys

from IPython.core.interactiveshell import InteractiveShell

import autograder.notebook

TESTS = ("test-", "hidden-")


def marks_of(shell: InteractiveShell, cells: list[list[str]]) -> dict[str, float]:
    """The last value of every test cell, 0 where it failed; of two cells with one id the later counts."""
    shell.reset(new_session=True)
    marks = {}
    for name, source in cells:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            done = shell.run_cell(source, store_history=True)
        if name.startswith(TESTS):
            marks[name] = float(done.result) if done.success and done.result is not None else 0.0
    return marks


def main(course: str) -> None:
    """Answer line after line."""
    os.environ[autograder.notebook.COURSE_VARIABLE] = course
    os.chdir(course)
    vars(autograder.notebook)["display"] = lambda *reports: None
    modules = dict(sys.modules)
    out = os.fdopen(os.dup(1), "w")
    lines = os.fdopen(os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)  # what a command of a notebook asks for, and writes, is nobody's
    os.dup2(nothing, 1)
    shell = InteractiveShell.instance()
    shell.display_page = True  # `f?` would wait for somebody to read it
    for line in lines:
        marks = marks_of(shell, json.loads(line)["cells"])
        for name in set(sys.modules) - set(modules):
            if name.startswith("helper"):
                del sys.modules[name]
        print(json.dumps({"marks": marks}), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
