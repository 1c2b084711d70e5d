"""The shapes that docstrings promise, compared with those of every call while checks run.

    Args:
        X: [n, d] rows of features.
    Returns:
        [n, k] the scores.

In one call a letter is one size everywhere; `[...]` promises nothing.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch

SHAPE = re.compile(r"(?:(?P<name>\w+): )?\[(?P<sizes>[^\]]*)\]")
HEADING = re.compile(r"\s*(\w+):\s*")


class Promise(NamedTuple):
    """The shapes of a docstring: by parameter, and those of what is returned, in order."""

    args: dict[str, str]
    returns: list[str]


def promised(docstring: str) -> Promise:
    """What a docstring says of shapes."""
    promise = Promise({}, [])
    section = ""
    for line in docstring.splitlines():
        heading = HEADING.fullmatch(line)
        if heading:
            section = heading[1]
        shape = SHAPE.match(line.strip())
        if shape is None:
            continue
        if section == "Args" and shape["name"]:
            promise.args[shape["name"]] = shape["sizes"]
        elif section == "Returns":
            promise.returns.append(shape["sizes"])
    return promise


class ShapeWatch:
    """Compares what goes into functions, and comes out of them, with their docstrings.

    Attributes:
        misfits: the name of a function, and what does not fit in its first such call.
        compared: how many tensors were compared.
        seen: how many tensors came back.
    """

    def __init__(self) -> None:
        self.misfits: dict[str, str] = {}
        self.compared = 0
        self.seen = 0
        self._watched: set[int] = set()

    def over(self, names: dict[str, Any]) -> None:
        """Watch, from now on, the public functions and methods that these names of a module define."""
        for name, value in list(names.items()):
            if getattr(value, "__module__", None) != names["__name__"] or name.startswith("_"):
                continue
            if inspect.isfunction(value):
                names[name] = self._replaced(value, name)
            elif inspect.isclass(value):
                for attribute, function in list(vars(value).items()):
                    if inspect.isfunction(function):
                        setattr(value, attribute, self._replaced(function, f"{name}.{attribute}"))

    def _replaced(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """A function that does the same and is watched; the same one if it is watched already."""
        if id(function) in self._watched:
            return function
        promise = promised(inspect.getdoc(function) or "")
        signature = inspect.signature(function)

        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            shapes = {key: value.shape for key, value in given.items() if isinstance(value, torch.Tensor)}
            result = function(*args, **kwargs)  # which may write into its arguments, so their shapes came first
            self._compare(name, promise, shapes, result)
            return result

        self._watched.add(id(watched))
        return watched

    def _compare(self, name: str, promise: Promise, shapes: dict[str, torch.Size], result: Any) -> None:
        sizes: dict[str, int] = {}
        pairs: list[tuple[str, torch.Size, str]] = []
        for key, stated in promise.args.items():
            if key in shapes:
                pairs.append((key, shapes[key], stated))
        for shape, stated in self._returned(result, promise.returns):
            pairs.append(("the result", shape, stated))
        for what, shape, stated in pairs:
            self.compared += 1
            if not _fits(shape, stated, sizes):
                told = f"{what} is {list(shape)}, but the docstring says [{stated}]{_where(sizes)}"
                self.misfits.setdefault(name, told)

    def _returned(self, result: Any, stated: list[str]) -> Iterator[tuple[torch.Size, str]]:
        """The shapes of what came back, each with the one that is promised."""
        parts = result if isinstance(result, tuple) else (result,)
        self.seen += sum(isinstance(part, torch.Tensor) for part in parts)
        for part, sizes in zip(parts, stated, strict=False):
            if isinstance(part, torch.Tensor):
                yield part.shape, sizes


def _fits(shape: torch.Size, stated: str, sizes: dict[str, int]) -> bool:
    """Whether a shape can be what is stated, given the sizes that are known already; new ones are added."""
    names = [name.strip() for name in stated.split(",") if name.strip()]
    if any(name == "..." or name.startswith("*") for name in names):
        return True
    if len(names) != len(shape):
        return False
    for name, size in zip(names, shape, strict=True):
        if name.isidentifier() and sizes.setdefault(name, size) != size:
            return False
    return True


def _where(sizes: dict[str, int]) -> str:
    if not sizes:
        return ""
    return " where " + ", ".join(f"{name} = {size}" for name, size in sizes.items())
