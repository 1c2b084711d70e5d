"""Tells whether a text is so plain that whatever it uses, it uses by its usual name.

Uses by name are noticed for nothing; to look at operations where torch dispatches them takes as long again as many of
them do. A text can only reach an operation that it names, or by something that finds names: `getattr`, a module's
dictionary, a caller's frame. So a text that is made of the words below and of names of its own, which stand for
nothing else anywhere, needs no other look. One word too many only costs time; no word here may hide another.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.util
import pkgutil
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch
from torch._ops import OpOverload, OpOverloadPacket

from ..loader import parsed

MOST_CHARACTERS = 200_000  # in all texts that are read for this; ten times a long submission

MODULES = {
    "__future__",
    "collections",
    "collections.abc",
    "copy",
    "dataclasses",
    "itertools",
    "math",
    "numpy",
    "random",
    "torch",
    "typing",
}
# What Python and libraries have, and what a student's own things may be called although a tensor has it too.
WORDS = set(
    """
    False None True NotImplemented NotImplementedError ArithmeticError Exception IndexError KeyError RuntimeError
    StopIteration TypeError ValueError ZeroDivisionError
    abs all any bool bytes classmethod complex dict divmod enumerate filter float format frozenset id input int
    isinstance iter len list map max min next object pow print property range reversed round set slice sorted
    staticmethod str sum super tuple zip __name__
    add append astype clear copy count deepcopy endswith extend get index insert items join keys pop remove replace
    setdefault sort split startswith update values
    Any Callable ClassVar Final Generic Iterable Iterator Literal Mapping NamedTuple Optional Protocol Self Sequence
    TypeAlias TypeVar Union abc annotations collections dataclass dataclasses field itertools namedtuple defaultdict
    Counter deque chain count cycle pairwise product repeat zip_longest accumulate islice
    math copy random typing numpy torch
    inf nan pi e isnan isinf isfinite isclose floor ceil fabs fsum prod log1p expm1 gcd
    Generator Size Tensor device dtype bool double float float16 float32 float64 int int32 int64 long uint8
    arange as_tensor asarray array clone contiguous cpu cuda detach empty empty_like eye from_numpy full full_like item
    linspace new_empty new_full new_ones new_tensor new_zeros no_grad numpy ones ones_like tensor to tolist type_as
    zeros zeros_like
    cat concat concatenate chunk expand expand_as flatten flip gather hstack index_select masked_fill masked_fill_
    movedim moveaxis narrow ndim newaxis nonzero numel permute repeat_interleave reshape roll select shape size split
    dim squeeze stack t T mT take tile transpose tril triu unbind unflatten unsqueeze view vstack where
    bernoulli bernoulli_ choice default_rng generator get_state initial_seed manual_seed multinomial normal normal_
    permutation rand rand_like randint randn randn_like randperm random seed set_state shuffle standard_normal uniform
    uniform_
    abs_ add_ addcdiv addcdiv_ addcmul addcmul_ atan ceil_ clamp clamp_ clamp_min clip copy_ cos cosh cumprod cumsum div
    div_ exp exp_ exp2 fill_ floor_ floor_divide fmod hypot lerp lerp_ log log10 log2 log_ maximum mean median
    minimum mode mul mul_ neg neg_ pow_ power reciprocal remainder round_ rsqrt sign sin sinh sqrt
    sqrt_ square square_ std sub sub_ tan trunc var zero_
    amax amin argmax argmin argsort indices topk unique linalg lstsq
    eq equal ge gt isin le logical_and logical_not logical_or logical_xor lt ne allclose
    addmm batch_norm bmm dot einsum layer_norm log_softmax logaddexp logsumexp matmul max_pool2d mm mv relu
    scatter_add scatter_add_ sigmoid softmax tanh
    allow backward beta data eps gamma grad is_floating_point finfo iinfo is_tensor kernel lr name rate
    requires_grad step train training
    """.split()
)
# What a class may define without getting hold of what Python or torch hands to it.
SPECIAL = set(
    """
    __abs__ __add__ __bool__ __call__ __contains__ __enter__ __eq__ __exit__ __float__ __floordiv__ __ge__
    __getitem__ __gt__ __hash__ __iadd__ __imul__ __init__ __int__ __isub__ __iter__ __itruediv__ __le__ __len__
    __lt__ __matmul__ __mod__ __mul__ __ne__ __neg__ __next__ __pos__ __post_init__ __pow__ __radd__ __repr__
    __rmatmul__ __rmul__ __rpow__ __rsub__ __rtruediv__ __setitem__ __slots__ __str__ __sub__ __truediv__
    __all__ __doc__ __name__
    """.split()
)
METHODS = {"__init__", "eval"}  # of a student's own classes: no module in `MODULES` has the function eval
# Of tensors. The class `type` makes classes with methods whose names stand in no text but in a string.
ATTRIBUTES = {"type"}
# Their attributes are no names of a student's own, whatever the student's text binds.
ROOTS = (
    *(torch, torch.Tensor, torch.Generator, torch.device, torch.dtype, OpOverload, OpOverloadPacket),
    *(numpy, numpy.ndarray, numpy.random, numpy.random.Generator, numpy.ufunc),
    *(builtins, *map(importlib.import_module, sorted(MODULES))),
    *(type, object, property, str, bytes, list, dict, set, tuple, int, float, complex, BaseException),
    *(types.AsyncGeneratorType, types.BuiltinFunctionType, types.CodeType, types.CoroutineType, types.FrameType),
    *(types.FunctionType, types.GeneratorType, types.MethodType, types.ModuleType, types.TracebackType),
)


def _names_in(root: object) -> set[str]:
    """The attributes that something has, and the modules in a package, which it may have later."""
    modules = {module.name for module in pkgutil.iter_modules(getattr(root, "__path__", ()))}
    return modules | set(dir(root))


def _with_modules_inside(roots: Iterable[object]) -> list[object]:
    """These, and every module that words lead to from one of them: `torch.cuda` has attributes of its own."""
    reached = list(roots)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about names that numpy will give up
        for root in reached:  # which grows meanwhile
            for word in sorted(WORDS):
                inside = getattr(root, word, None)
                if isinstance(inside, types.ModuleType) and inside not in reached:
                    reached.append(inside)
    return reached


# Made before any student's code runs, once for all workers.
OF_PYTHON = frozenset(dir(builtins))
OF_OTHERS = frozenset().union(*map(_names_in, _with_modules_inside(ROOTS)))


def is_plain(texts: Mapping[str, str], name: str) -> bool:
    """Whether a module that was handed in, and each that it imports of them, uses everything by its usual name.

    Args:
        texts: of each module, by name.
        name: of the module. A text that cannot be read is not plain.
    """
    used = _Names()
    imported: set[str] = set()
    waiting = [name]
    while waiting:
        imported |= set(waiting)
        if sum(len(texts[module]) for module in imported) > MOST_CHARACTERS:
            return False
        try:
            used.read(parsed(texts[waiting.pop()]))
            waiting += [module for module in used.modules - MODULES - imported if _is_from(texts, module)]
        except (ImportError, SyntaxError, ValueError, MemoryError, RecursionError):
            return False
    return used.are_plain(imported)


def _is_from(texts: Mapping[str, str], module: str) -> bool:
    """Whether an import finds a module among those that were handed in, which come after all others."""
    return module in texts and module not in sys.modules and importlib.util.find_spec(module) is None


@dataclass
class _Names:
    """The names in some texts, by what is done with them."""

    bound: set[str] = field(default_factory=set)
    loaded: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)  # that are loaded
    modules: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)  # of modules, that are imported from them
    has_patterns: bool = False  # which read attributes, too

    def read(self, tree: ast.Module) -> None:
        """Add the names in a module."""
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            note = NOTED.get(type(node))
            if note is not None:
                note(self, node)
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    waiting += [part for part in value if isinstance(part, ast.AST)]
                elif isinstance(value, ast.AST):
                    waiting.append(value)

    def are_plain(self, modules: set[str]) -> bool:
        """Whether every name says what it stands for.

        Args:
            modules: that were handed in.
        """
        if self.has_patterns:
            return False
        if any(name.startswith("__") and name not in SPECIAL for name in self.bound):
            return False
        own = self.bound - OF_OTHERS
        return (
            self.loaded <= WORDS | self.members | (self.bound - OF_PYTHON)
            and self.attributes <= WORDS | own | METHODS | ATTRIBUTES
            and self.members <= WORDS | own
            and self.modules <= MODULES | modules
        )

    def _name(self, node: ast.Name) -> None:
        self._reference(node.id, node.ctx, self.loaded)

    def _attribute(self, node: ast.Attribute) -> None:
        self._reference(node.attr, node.ctx, self.attributes)

    def _reference(self, name: str, context: ast.expr_context, loaded: set[str]) -> None:
        if isinstance(context, ast.Load):
            loaded.add(name)
        else:
            self.bound.add(name)

    def _definition(self, node: ast.FunctionDef | ast.ClassDef | ast.ExceptHandler) -> None:
        self.bound.add(node.name or "")

    def _parameter(self, node: ast.arg) -> None:
        self.bound.add(node.arg)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.modules.add(alias.name)
            self.bound.add(alias.asname or alias.name.partition(".")[0])

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.modules.add(node.module or "")
            self.members.add(alias.name)
            if alias.asname:
                self.bound.add(alias.asname)

    def _pattern(self, node: ast.MatchClass) -> None:
        self.has_patterns = True


NOTED: dict[type[ast.AST], Callable[[_Names, Any], None]] = {
    ast.Name: _Names._name,
    ast.Attribute: _Names._attribute,
    ast.FunctionDef: _Names._definition,
    ast.AsyncFunctionDef: _Names._definition,
    ast.ClassDef: _Names._definition,
    ast.ExceptHandler: _Names._definition,
    ast.arg: _Names._parameter,
    ast.Import: _Names._import,
    ast.ImportFrom: _Names._import_from,
    ast.MatchClass: _Names._pattern,
}
