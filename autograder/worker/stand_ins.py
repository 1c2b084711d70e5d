"""What takes the place of things that exist only elsewhere, or that could not be made when a text was loaded."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Collection, Iterator
from typing import Any

PROVIDED = ("check", "hint", "display", "get_ipython")  # a notebook may call these; here they do nothing


class StandIn:
    """Does nothing, whatever is asked of it, and gives itself back.

    A bar of progress around a loop leaves the loop as it is, and a decorator the function.
    """

    def __init__(self, around: object = ()) -> None:
        vars(self)["_around"] = around

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], type | types.FunctionType):
            return args[0]
        return type(self)(args[0] if args else ())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # protocols, which are asked for to see what kind of thing this is
            raise AttributeError(name)
        return type(self)()

    def __setattr__(self, name: str, value: object) -> None:
        pass

    def __getitem__(self, key: object) -> Any:
        return type(self)()

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        around = vars(self)["_around"]
        return iter(around if hasattr(around, "__iter__") else ())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class Failed:
    """Stands for a name whose definition failed, and for every attribute of it: a call raises the reason."""

    def __init__(self, error: BaseException) -> None:
        self._error = error
        self._traceback = error.__traceback__

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        raise self._error.with_traceback(self._traceback)

    def __getattr__(self, name: str) -> Failed:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class Awaited:
    """Stands for a name that a module of the student's own lacks, in a table or an annotation, until something has it.

    Args:
        name: what could not be imported.
        names: where it will be, if something answers for it.
    """

    def __init__(self, name: str, names: dict[str, Any]) -> None:
        self._name = name
        self._names = names

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._found()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._found(), name)

    def __or__(self, other: object) -> Awaited:
        return self

    __ror__ = __or__

    def _found(self) -> Any:
        found = self._names.get(self._name, self)
        if found is self:
            raise NameError(f"name {self._name!r} is not defined", name=self._name)
        return found


def provided() -> dict[str, StandIn]:
    """What stands for the functions that every notebook has."""
    return {name: _kind(name)() for name in PROVIDED}


def _kind(name: str) -> type[StandIn]:
    """A class of stand-ins whose name, which messages show, says what they stand for."""
    return type(f"stand-in for {name}", (StandIn,), {})


class MissingModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds stand-ins for modules that are not installed here, once it was told of them.

    Args:
        own: names of modules for which nothing shall stand, because the student wrote them.
    """

    def __init__(self, own: Collection[str] = ()) -> None:
        self.own = own
        self._names: set[str] = set()

    def add(self, name: str) -> None:
        """Have a stand-in for a module and all below it from now on."""
        self._names.add(name)
        if self not in sys.meta_path:
            sys.meta_path.append(self)  # the last that is asked, so that it hides nothing

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """A spec for a module that was told of, or that is a part of one, else None."""
        for missing in self._names:
            if f"{name}.".startswith(f"{missing}."):
                return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """A module that has everything."""
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing."""


class _Module(types.ModuleType):
    """Stands for a module that is not installed."""

    __all__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _kind(self.__name__.partition(".")[0])()
