"""What the rules of an assignment rule out: parts of libraries, and operations wherever they can be reached.

A name in a rule is one of three things:

    "torch.nn", "torch.linalg.solve"   a part of a library, and everything in it
    "softmax"                          an operation, wherever torch and other libraries have it: torch.softmax,
                                       x.softmax, F.softmax, torch.special.softmax, torch.ops.aten._softmax ...
    "autograd"                         a group, spelled out in `GROUPS`
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import types
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from torch._ops import OpOverload, OpOverloadPacket

from .blinding import BLINDING
from .dispatch import operations

# Where every derivative begins or is computed, for whichever function of torch.
GRADIENTS = (
    *("torch._C._ImperativeEngine.run_backward", "torch.autograd.graph._engine_run_backward"),
    *("torch._C._enter_dual_level", "torch._functorch.predispatch._enter_dual_level_impl"),
)
GROUPS = {
    "torch.nn": ("torch.nn", "torch._C._nn", "torch.ops.aten.linear"),
    "autograd": (
        *GRADIENTS,
        "torch.Tensor.backward",
        "torch.Tensor.grad_fn",
        "torch.Tensor.requires_grad_",
        "torch._C._VariableFunctionsClass._make_dual",
        "torch._make_dual",
        "torch.autograd.Function",
        "torch.autograd.backward",
        "torch.autograd.forward_ad",
        "torch.autograd.functional",
        "torch.autograd.grad",
        "torch.autograd.graph.get_gradient_edge",
        "torch.func.grad",
        "torch.func.grad_and_value",
        "torch.func.hessian",
        "torch.func.jacfwd",
        "torch.func.jacrev",
        "torch.func.jvp",
        "torch.func.linearize",
        "torch.func.vjp",
        "torch.ops.aten._backward",
    ),
}
# Every rule rules them out, as operations in their texts and archives, or behind them, would not be seen.
HIDING = (
    *("torch.jit.CompilationUnit", "torch.jit.load", "torch._C.parse_ir", "torch._C._jit_get_operation"),
    "torch._C._get_operation_overload",
    *BLINDING,
)
HOLDERS = {  # what holds operations, and under which name a student knows it
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
IMPORTED_FROM = re.compile(r"\bfrom\s+([\w.]+)\s+import\b")
CALLED_BY_NAME = "torch.ops"
METHODS = ("__new__", "__init__", "__call__", "apply", "step")  # the methods by which a class is used
PREFIXES = ("_", "_safe_", "_foreach_", "native_", "special_", "linalg_")  # torch's own versions of an operation


@dataclass(frozen=True)
class Address:
    """Where something that is ruled out can be reached: an attribute of an object, and its full name."""

    owner: Any
    attribute: str
    name: str


BY_NAME = (
    Address(OpOverload, "__call__", CALLED_BY_NAME),
    Address(OpOverloadPacket, "__call__", CALLED_BY_NAME),
)


class Rules:
    """The rules of an assignment, known by their numbers.

    Args:
        stated: for each rule a dict with the "names" that it rules out and those among them that it does "allow", and
            whether it holds "everywhere".

    Attributes:
        of_derivatives: the numbers of those that rule derivatives out everywhere, and so while the file loads, too.
    """

    def __init__(self, stated: Sequence[dict]) -> None:
        self.names: list[str] = []
        self.of_derivatives: list[int] = []
        self._rules: list[tuple[_Matcher, _Matcher]] = []  # what each rules out, and what it allows all the same
        self._dispatched: list[
            Callable[[str], bool]
        ] = []  # which of the operations that torch dispatches each rules out
        for number, rule in enumerate(stated):
            self.names += rule["names"]
            if rule.get("everywhere", False) and "autograd" in rule["names"]:
                self.of_derivatives.append(number)
            ruled_out = _Matcher([*_spelled_out(rule["names"]), *HIDING])
            self._rules.append((ruled_out, _Matcher(_spelled_out(rule["allow"]))))
            self._dispatched.append(operations(rule["names"], _spellings))

    def __len__(self) -> int:
        return len(self._rules)

    def may_be_broken_in(self, text: str) -> bool:
        """Whether a text mentions what is ruled out after a dot or a quote, or in an import; a quick look."""
        text = as_python_reads(text)
        imported = " ".join([*IMPORTED.findall(text), *IMPORTED_FROM.findall(text)])
        if "*" in imported:
            return True
        if "@" in text and "numpy" in text and any("matmul" in ruled_out.last_words for ruled_out, _ in self._rules):
            return True
        words = {*MENTIONED.findall(text), *re.findall(r"\w+", imported)}
        return any(words & ruled_out.last_words for ruled_out, _ in self._rules)

    def broken_by(self, name: str) -> list[int]:
        """The numbers of the rules that rule out what has this full name."""
        numbers = []
        for number, (ruled_out, allowed) in enumerate(self._rules):
            if ruled_out.matches(name) and not allowed.matches(name):
                numbers.append(number)
        return numbers

    def broken_by_operation(self, operation: str, in_force: Collection[int]) -> int | None:
        """The first rule in force that rules out an operation by the name under which torch dispatches it."""
        for number, rules_out in enumerate(self._dispatched):
            if number in in_force and rules_out(operation):
                return number
        return None


def as_python_reads(text: str) -> str:
    """A text with its names normalised and its continued lines joined, as Python does both."""
    return unicodedata.normalize("NFKC", text).replace("\\\n", " ")


class _Matcher:
    """Some names of rules, spelled out; tells whether a full name is one of them or lies in one of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self._parts: set[str] = set()
        self._words: set[str] = set()
        self.last_words: set[str] = set()
        for name in names:
            if "." in name:
                self._parts.add(name)
                self.last_words.add(name.rpartition(".")[2])
            else:
                self._words.update(_spellings(name))
        self.last_words |= self._words

    def matches(self, name: str) -> bool:
        """Whether a full name has one of the operations in it, is one of the parts, or lies in one."""
        levels = name.split(".")
        if not self._words.isdisjoint(levels):
            return True
        return any(".".join(levels[:depth]) in self._parts for depth in range(2, len(levels) + 1))


DERIVATIVES = _Matcher(GROUPS["autograd"])


def is_of_derivatives(name: str) -> bool:
    """Whether what has this full name works derivatives out."""
    return DERIVATIVES.matches(name)


def unknown(names: Sequence[str]) -> list[str]:
    """Those of the names in a rule that stand for nothing in the libraries that are installed here.

    A group stands for something in every version of them, though not for each of its members.
    """
    return [name for name in names if name not in GROUPS and not _addresses(name)]


def addresses_of(names: Sequence[str]) -> list[Address]:
    """Every address of what the names of a rule stand for; an address may come more than once."""
    addresses: list[Address] = []
    for name in (*_spelled_out(names), *HIDING):
        addresses += _addresses(name)
    return addresses


@lru_cache(maxsize=256)
def _addresses(name: str) -> tuple[Address, ...]:
    if name.startswith(f"{CALLED_BY_NAME}."):
        return BY_NAME
    owner, _, attribute = name.rpartition(".")
    if owner:
        return tuple(_of_part(_resolved(owner), attribute, name))
    addresses = [*_of_operation(name)]
    package = _resolved(name)
    if isinstance(package, types.ModuleType):
        addresses += _of_module(package, package.__name__)
    return tuple(addresses)


def _of_operation(word: str) -> Iterator[Address]:
    """Where an operation is found: in each library that has it, and in what calls operations by their name."""
    exists = False
    for name, known_as in HOLDERS.items():
        holder = _resolved(name)
        for spelling in _spellings(word):
            if hasattr(holder, spelling):
                exists = True
                yield Address(holder, spelling, f"{known_as}.{spelling}")
    if exists:
        yield from BY_NAME


def _of_part(owner: Any, attribute: str, name: str) -> Iterator[Address]:
    """Where one thing is used: a function here and where it was defined, a class by its methods."""
    value = getattr(owner, attribute, None)
    if isinstance(value, types.ModuleType):
        yield from _of_module(value, value.__name__)
    elif isinstance(value, type) and (methods := _methods_in_python(value)):
        for method in methods:
            yield Address(value, method, name)
    elif isinstance(value, types.GetSetDescriptorType):
        yield Address(owner, attribute, name)
    elif callable(value):
        yield Address(owner, attribute, name)
        # whoever imports it from there gets by the address above
        origin = sys.modules.get(getattr(value, "__module__", None) or "")
        if origin is not owner and getattr(origin, attribute, None) is value:
            yield Address(origin, attribute, name)


def _of_module(module: types.ModuleType, package: str) -> Iterator[Address]:
    """Where the public things in a module of a package, and in the modules below it, are used."""
    submodules = []
    for key, value in list(vars(module).items()):  # looking at a lazy attribute may import more into the module
        name = f"{module.__name__}.{key}"
        if key.startswith("_"):
            continue
        if isinstance(value, type) and _belongs(value, package):
            for method in _methods_of_its_own(value, package):
                yield Address(value, method, name)
        elif callable(value) and _belongs(value, package):
            yield Address(module, key, name)
        if isinstance(value, types.ModuleType) and value.__name__ == name:
            submodules.append(value)
    for submodule in submodules:
        yield from _of_module(submodule, package)


def _methods_of_its_own(kind: type, package: str) -> Iterator[str]:
    """The methods by which a class is used.

    A method that makes or calls an object counts only where no base class in the package has it: there it is watched.
    """
    inherited: set[str] = set()
    for base in kind.__mro__[1:]:
        if _belongs(base, package):
            inherited |= vars(base).keys()
    for method in METHODS:
        is_special = method.startswith("__")
        if method in vars(kind) and not (is_special and method in inherited):
            yield method


def _methods_in_python(kind: type) -> list[str]:
    """The methods by which a class is used, as far as they are written in Python."""
    return [method for method in METHODS if hasattr(getattr(kind, method, None), "__code__")]


def _belongs(value: Any, package: str) -> bool:
    """Whether something in a package is its own, and not what it imported from elsewhere to work with."""
    origin = getattr(value, "__module__", None) or ""
    compiled = isinstance(value, types.BuiltinFunctionType) and origin in ("torch", "torch._C._nn")
    return compiled or origin.startswith(package)


def _resolved(name: str) -> Any:
    """What a full name stands for, or None."""
    package, *attributes = name.split(".")
    spec = importlib.util.find_spec(package)
    if spec is None or os.path.dirname(spec.origin or "") == os.getcwd():  # beside a notebook: of the student's own
        return None
    try:
        value: Any = importlib.import_module(package)
    except Exception:  # torchvision breaks beside a torch for the CPU alone; who imports it is noticed by its name
        value = types.ModuleType(package)
    for attribute in attributes:
        value = getattr(value, attribute, None)
    return value


def _spelled_out(names: Sequence[str]) -> list[str]:
    """The names of a rule, with the members of each group in its place."""
    parts: list[str] = []
    for name in names:
        parts += GROUPS.get(name, (name,))
    return parts


def _spellings(word: str) -> list[str]:
    """An operation's names: itself, in place, as an operator, and torch's own versions of it."""
    versions = [prefix + word for prefix in PREFIXES]
    return [word, f"{word}_", *versions, f"__{word}__", f"__r{word}__", f"__i{word}__"]
