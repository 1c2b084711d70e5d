"""What a statement at the top of a text does to the names there: which it binds, changes and uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
OWN_SCOPE = FUNCTION | ast.ClassDef | ast.Lambda | COMPREHENSION
IMPORT = ast.Import | ast.ImportFrom
STAR = "*"
TOOLS = "autograder.notebook."


def bound(node: ast.AST) -> set[str]:
    """The names that a statement binds or deletes where it stands, and not inside of a function or class."""
    names: set[str] = set()
    for part in running_parts(node):
        match part:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(part.name)
            case ast.Name() if not isinstance(part.ctx, ast.Load):
                names.add(part.id)
            case ast.alias() if part.name != STAR:
                names.add((part.asname or part.name).partition(".")[0])
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() if part.name:
                names.add(part.name)
            case ast.MatchMapping() if part.rest:
                names.add(part.rest)
    return names


def written_into(node: ast.stmt) -> set[str]:
    """The names to whose objects a statement gives an attribute or an entry, or takes one from them."""
    names = set()
    for part in running_parts(node):
        if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            names.add(root(part))
    return names - {""}


def told_to_change(node: ast.stmt) -> set[str]:
    """The names of whose objects a statement calls a method for nothing but what it does to them."""
    names = set()
    for part in running_parts(node):
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            if isinstance(part.value.func, ast.Attribute):
                names.add(root(part.value.func))
    return names - {""}


def used(node: ast.AST) -> set[str]:
    """The names that a piece of code takes from around it; what functions keep to themselves is not among them."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    names: set[str] = set()
    for part in ast.iter_child_nodes(node):
        names |= used(part)
    if isinstance(node, FUNCTION | ast.Lambda):
        names -= _local(node)
        for part in _outside(node):
            names |= used(part)
    elif isinstance(node, COMPREHENSION):
        for generator in node.generators:
            names -= bound(generator.target)
    if isinstance(node, ast.AugAssign):
        names |= bound(node.target)
    return names


def called(node: ast.AST) -> set[str]:
    """The names that a piece of code calls, at any depth."""
    return {part.func.id for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)}


def globals_of(node: ast.AST) -> set[str]:
    """The names that functions in a piece of code declare to be global."""
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Global):
            names.update(part.names)
    return names


def root(node: ast.AST) -> str:
    """The name that an attribute or an entry belongs to, or ""."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        return node.id
    return ""


def running_parts(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything in it that runs with it in the same scope."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, COMPREHENSION):  # only `:=` reaches out of it
            waiting += [inner.target for inner in ast.walk(part) if isinstance(inner, ast.NamedExpr)]
        elif not isinstance(part, OWN_SCOPE):
            waiting += ast.iter_child_nodes(part)


def _local(function: FUNCTION | ast.Lambda) -> set[str]:
    """The names of a function's own."""
    names = {part.arg for part in ast.walk(function.args) if isinstance(part, ast.arg)}
    if isinstance(function, ast.Lambda):
        return names
    not_local: set[str] = set()
    for statement in function.body:
        names |= bound(statement)
        for part in running_parts(statement):
            if isinstance(part, ast.Global):
                not_local.update(part.names)
    return names - not_local


def _outside(function: FUNCTION | ast.Lambda) -> list[ast.AST]:
    """The parts of a function that are computed where it is defined."""
    outside: list[ast.AST] = [*getattr(function, "decorator_list", ()), *function.args.defaults]
    for default in function.args.kw_defaults:
        if default is not None:
            outside.append(default)
    return outside


def run_at_load(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything in it that runs with it, in whichever scope; functions run later."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        for inner in ast.iter_child_nodes(part):
            if not isinstance(inner, FUNCTION | ast.Lambda):
                waiting.append(inner)


def imports_tools(node: ast.stmt) -> bool:
    """Whether a statement imports what the cells of a notebook are checked with, which means something only there."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    return any(f"{name}.".startswith(TOOLS) for name in names)


def imports_the_same(node: ast.stmt, other: ast.stmt, name: str) -> bool:
    """Whether two statements import the same thing under a name."""
    if not isinstance(node, IMPORT) or type(node) is not type(other):
        return False
    return _origin(node, name) == _origin(other, name)


def _origin(node: ast.stmt, name: str) -> tuple[str, str]:
    """Module and name of what a statement imports under a name."""
    module = getattr(node, "module", None) or ""
    for alias in getattr(node, "names", ()):
        if (alias.asname or alias.name).partition(".")[0] == name:
            return module, alias.name
    return module, ""


def sets_an_option(node: ast.stmt, modules: set[str]) -> bool:
    """Whether a statement calls something like `torch.set_default_dtype`, which holds for the answers too."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    function = node.value.func
    return isinstance(function, ast.Attribute) and function.attr.startswith("set") and root(function) in modules
