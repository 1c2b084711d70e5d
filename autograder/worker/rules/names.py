"""What the rules of an assignment rule out: parts of libraries, and operations at whichever address they are reached.

A name in a rule is one of three things:

    "torch.nn", "torch.linalg.solve"   a part of a library, and everything in it
    "softmax"                          an operation, wherever torch and other libraries have it: torch.softmax,
                                       x.softmax, F.softmax, torch.special.softmax, torch.ops.aten._softmax ...
    "autograd"                         a group, spelled out in `GROUPS`
"""

from __future__ import annotations

import importlib.util
import re
import sys
import types
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from torch._ops import OpOverload, OpOverloadPacket

GROUPS = {
    "torch.nn": ("torch.nn", "torch._C._nn"),
    "autograd": (
        "torch.Tensor.backward",
        "torch.Tensor.requires_grad_",
        "torch.autograd.Function",
        "torch.autograd.backward",
        "torch.autograd.forward_ad",
        "torch.autograd.functional",
        "torch.autograd.grad",
        *(f"torch.func.{name}" for name in ("grad", "grad_and_value", "hessian", "jacfwd", "jacrev")),
        *(f"torch.func.{name}" for name in ("jvp", "linearize", "vjp")),
    ),
}
HIDING = ("torch.jit.CompilationUnit",)  # ruled out everywhere, as operations in its text would not be seen
HOLDERS = {  # of operations, and what a student knows them as
    "torch": "torch",
    "torch.Tensor": "torch.Tensor",
    "torch.nn.functional": "torch.nn.functional",
    "torch.special": "torch.special",
    "torch.linalg": "torch.linalg",
    "torch.masked": "torch.masked",
    "torch.sparse": "torch.sparse",
    "torch._C.TensorBase": "torch.Tensor",
    "torch._C._VariableFunctionsClass": "torch",
    "torch._C._nn": "torch.nn.functional",
    "torch._C._special": "torch.special",
    "torch._C._linalg": "torch.linalg",
    "numpy": "numpy",
    "numpy.linalg": "numpy.linalg",
}
MENTIONED = re.compile(r"[.'\"]\s*(\w+)")
IMPORTED = re.compile(r"\bimport\b\s*(\([^)]*\)|[^\n;]*)")
CALLED_BY_NAME = "torch.ops"
METHODS = ("__new__", "__init__", "__call__", "apply", "step")  # by which a class is used


@dataclass(frozen=True)
class Address:
    """Where something that is ruled out can be reached: an attribute of an object, and its full name."""

    owner: Any
    attribute: str
    name: str


class Rules:
    """The rules of an assignment, known by their numbers.

    Args:
        stated: for each rule a dict with the "names" that it rules out and those among them that it does "allow".
    """

    def __init__(self, stated: Sequence[dict]) -> None:
        self.names = [name for rule in stated for name in rule["names"]]
        self._ruled_out = [_Matcher([*_spelled_out(rule["names"]), *HIDING]) for rule in stated]
        self._allowed = [_Matcher(_spelled_out(rule["allow"])) for rule in stated]

    def may_be_broken_in(self, text: str) -> bool:
        """Whether a text mentions a name of what is ruled out after a dot or a quote, or imports one; a quick look."""
        text = as_python_reads(text)
        imported = " ".join(IMPORTED.findall(text))
        words = {*MENTIONED.findall(text), *re.findall(r"\w+", imported)}
        return "*" in imported or any(not words.isdisjoint(out.last_words) for out in self._ruled_out)

    def broken_by(self, name: str) -> list[int]:
        """Numbers of the rules that rule out what has this full name."""
        both = enumerate(zip(self._ruled_out, self._allowed, strict=True))
        return [number for number, (out, allowed) in both if out.matches(name) and not allowed.matches(name)]


def as_python_reads(text: str) -> str:
    """A text with its names and its lines put together as Python does."""
    return unicodedata.normalize("NFKC", text).replace("\\\n", " ")


class _Matcher:
    """Whether a full name is among others, lies in one of them, or is one of some operations."""

    def __init__(self, names: Sequence[str]) -> None:
        self._parts = {name for name in names if "." in name}
        self._words = {word for name in names if "." not in name for word in _spellings(name)}
        self.last_words = {name.rpartition(".")[2] for name in self._parts} | self._words

    def matches(self, name: str) -> bool:
        levels = name.split(".")
        within = (".".join(levels[:depth]) for depth in range(2, len(levels) + 1))
        return not self._words.isdisjoint(levels) or not self._parts.isdisjoint(within)


def unknown(names: Sequence[str]) -> list[str]:
    """Those of the names in a rule that stand for nothing in the libraries that are installed here."""
    return [name for name in names if not all(_addresses(part) for part in _spelled_out([name]))]


def addresses_of(names: Sequence[str]) -> list[Address]:
    """Every address at which what names of rules stand for is found; one may come more than once."""
    return [address for name in (*_spelled_out(names), *HIDING) for address in _addresses(name)]


@lru_cache(maxsize=256)
def _addresses(name: str) -> tuple[Address, ...]:
    owner, _, attribute = name.rpartition(".")
    if owner:
        return tuple(_at(_found(owner), attribute, name))
    found = [
        Address(_found(holder), spelling, f"{known_as}.{spelling}")
        for holder, known_as in HOLDERS.items()
        for spelling in _spellings(name)
        if hasattr(_found(holder), spelling)
    ]
    if found:
        found += [Address(kind, "__call__", CALLED_BY_NAME) for kind in (OpOverload, OpOverloadPacket)]
    package = _found(name)
    if isinstance(package, types.ModuleType):
        found += _of_module(package, package.__name__)
    return tuple(found)


def _at(owner: Any, attribute: str, name: str) -> Iterator[Address]:
    """Where one thing is used: a function at this address and where it was defined, a class by its methods."""
    value = getattr(owner, attribute, None)
    if isinstance(value, types.ModuleType):
        yield from _of_module(value, value.__name__)
    elif isinstance(value, type) and any(methods := _written_methods(value)):
        yield from (Address(value, method, name) for method in methods)
    elif callable(value):
        yield Address(owner, attribute, name)
        origin = sys.modules.get(getattr(value, "__module__", None) or "")
        if origin is not owner and getattr(origin, attribute, None) is value:
            yield Address(origin, attribute, name)


def _of_module(module: types.ModuleType, package: str) -> Iterator[Address]:
    """Where the things in a module of a package, and in the modules below it, are used."""
    public = {key: value for key, value in vars(module).items() if not key.startswith("_")}
    for key, value in public.items():
        name = f"{module.__name__}.{key}"
        if isinstance(value, type) and _belongs(value, package):
            yield from (Address(value, method, name) for method in _methods_of_its_own(value, package))
        elif callable(value) and _belongs(value, package):
            yield Address(module, key, name)
    for key, value in public.items():
        if isinstance(value, types.ModuleType) and value.__name__ == f"{module.__name__}.{key}":
            yield from _of_module(value, package)


def _methods_of_its_own(kind: type, package: str) -> Iterator[str]:
    """The methods by which a class is used; those that make an object only where no base class in the package does."""
    makes = {method for base in kind.__mro__[1:] if _belongs(base, package) for method in vars(base)}
    yield from (m for m in METHODS if m in vars(kind) and not (m in makes and m.startswith("__")))


def _written_methods(kind: type) -> list[str]:
    """The methods by which a class is used, as far as they are written in Python."""
    return [method for method in METHODS if hasattr(getattr(kind, method, None), "__code__")]


def _belongs(value: Any, package: str) -> bool:
    """Whether something in a package is its own, and not what it imported from elsewhere to work with."""
    origin = getattr(value, "__module__", None) or ""
    compiled = isinstance(value, types.BuiltinFunctionType) and origin in ("torch", "torch._C._nn")
    return compiled or origin.startswith(package)


def _found(name: str) -> Any:
    """What a full name stands for, or None."""
    package, *rest = name.split(".")
    if importlib.util.find_spec(package) is None:
        return None
    found = importlib.import_module(package)
    for part in rest:
        found = getattr(found, part, None)
    return found


def _spelled_out(names: Sequence[str]) -> list[str]:
    return [part for name in names for part in GROUPS.get(name, (name,))]


def _spellings(word: str) -> tuple[str, ...]:
    """An operation's names: itself, in place, as an operator, and what torch calls its own versions of it."""
    versions = (f"{prefix}{word}" for prefix in ("_", "_safe_", "_foreach_", "native_", "special_", "linalg_"))
    return word, f"{word}_", *versions, f"__{word}__", f"__r{word}__", f"__i{word}__"
