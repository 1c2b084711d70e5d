"""Wrong code to compare a student's with: the reference with known mistakes in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from ..checking.local import module_from
from ..checking.registry import Misconception
from ..plan import Plan

Mistakes = tuple[Misconception, ...]

# What a function returns instead, by the kinds of `degenerate.KINDS`.
DEGENERATE = {
    "zeros": "_mapped(lambda part: part * 0, function(*args, **kwargs))",
    "nan": "_mapped(lambda part: part * float('nan'), function(*args, **kwargs))",
    "its input": "next(part for part in (*args, *kwargs.values()) if isinstance(part, torch.Tensor | float))",
}
WRAPPING = """
import torch

def _mapped(change, value):
    if isinstance(value, list | tuple):
        return type(value)(_mapped(change, part) for part in value)
    if isinstance(value, dict):
        return {{key: _mapped(change, part) for key, part in value.items()}}
    return change(value)

def _wrapped(function):
    return lambda *args, **kwargs: {result}

{name} = _wrapped({name})
"""
# A class that others import too stays as it is.
SUBCLASS = """
{name} = type("{name}", ({name},), {{}})
"""


@dataclass(frozen=True)
class Nameless(Misconception):
    """A function that returns degenerate answers, for one of countless reasons.

    Args:
        wins_ties: whether a known mistake that explains no more goes without its name too. One that returns nothing
            but nan is no better known by that; but to return the input is a mistake that many make.
    """

    wins_ties: bool = True

    @classmethod
    def of(cls, function: str, kind: str, plan: Plan) -> Nameless:
        """A function that returns degenerate answers of a kind."""
        everywhere = tuple(check.name for check in plan.checks)
        return cls(f"{function} returns {kind}", (), "", may_trip=everywhere, wins_ties=kind != "its input")


@dataclass(frozen=True)
class Variant:
    """A wrong module.

    Args:
        mistakes: those that are in it, whatever the form.
        source: its text.
    """

    mistakes: Mistakes
    source: str

    @property
    def nameless(self) -> bool:
        """Whether it is no known mistake."""
        return any(isinstance(known, Nameless) for known in self.mistakes)


def single_variants(known: Iterable[Misconception], reference: str) -> list[Variant]:
    """The reference with each mistake alone, in all of its forms."""
    variants = []
    for mistake in known:
        for form in mistake.written():
            source = _edited(reference, form)
            if source is not None:
                variants.append(Variant((mistake,), source))
    return variants


def paired_variants(pairs: Iterable[tuple[Misconception, Misconception]], reference: str) -> list[Variant]:
    """The reference with two mistakes at once, for each of the pairs that go together."""
    variants = []
    for pair in pairs:
        source = _edited(reference, *pair)
        if source is not None:
            variants.append(Variant(pair, source))
    return variants


def degenerate_variants(function: str, kind: str, reference: str, plan: Plan) -> list[Variant]:
    """The reference with a function that returns degenerate answers of a kind whatever it is given.

    Args:
        function: its name, or `Class.method`, defined or imported; if the reference has no such function there is no
            variant.
        kind: one of `DEGENERATE`.
    """
    owner = function.rpartition(".")[0]
    imported = _imported(reference)
    if function not in _definitions(reference) and (owner or function) not in imported:
        return []
    own = SUBCLASS.format(name=owner) if owner in imported else ""
    source = reference + own + WRAPPING.format(name=function, result=DEGENERATE[kind])
    try:
        module_from(source, "variant")
    except Exception:  # what was imported has no such method: the student's has an attribute of this name, perhaps
        return []
    return [Variant((Nameless.of(function, kind, plan),), source)]


def _imported(source: str) -> set[str]:
    """The names that a source imports from modules: parts that were written for other assignments, for instance."""
    imports = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _definitions(source: str) -> set[str]:
    """The names of the functions, and of the methods as `Class.method`."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    names.add(f"{node.name}.{method.name}")
    return names


def _edited(reference: str, *mistakes: Misconception) -> str | None:
    """The reference with these mistakes; None if they do not go together, or at all (`validate` tells the author)."""
    source = reference
    try:
        for mistake in mistakes:
            source = mistake.apply(source)
        module_from(source, "variant")
    except Exception:
        return None
    return source
