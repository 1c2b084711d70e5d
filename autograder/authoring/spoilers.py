"""Sentences for students that hold a line of the solution: in a hint, a handout, a title or a message of a check.

Whole lines are the business of `leak_check`. Here the values and statements of a solution are looked for inside longer
text as well, however the text is broken into lines or quoted. What stands in the stub, in a docstring for instance, was
given to students on purpose and may be said anywhere: so a formula that a handout shall state belongs in the docstring.
"""

from __future__ import annotations

import ast
import builtins
import io
import json
import re
import tokenize
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from ..model import Assignment
from .stubs import cut_stub
from .syntax import nodes_of, segment

# What a sentence may hold by chance are calls as the handout writes them, `batch_statistics(x)`, and short pieces like
# `1 - p`. Of all else in our assignments no text holds anything; `grad * (z > 0)` is the shortest whole answer.
OPERATIONS_AT_LEAST = 2
CHARACTERS_AT_LEAST = 10
GAP = re.compile(r"[\s\\]*")  # a backslash takes the line break away at the end of a line of TOML
OPERATIONS = ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.Compare | ast.Call | ast.Subscript | ast.IfExp


@dataclass(frozen=True)
class Answer:
    """A value or a statement of a solution.

    Args:
        line: 1-based line of the solution on which it begins.
        text: as it stands there, on one line.
        tokens: its words and signs.
    """

    line: int
    text: str
    tokens: tuple[str, ...]

    def place_in(self, text: str) -> int | None:
        """Where a text holds it, with whatever spaces and line breaks; None if it does not."""
        # Most texts hold nothing of it, and this tells so in no time.
        if "".join(self.tokens) not in _without_gaps(text):
            return None
        code = GAP.pattern.join(map(re.escape, self.tokens))
        match = re.search(rf"(?<![\w.]){code}(?!\w)", text)
        if match:
            return match.start()
        return None


@lru_cache(maxsize=1000)
def _without_gaps(text: str) -> str:
    return GAP.sub("", text)


@dataclass(frozen=True)
class _Text:
    """Something that a file says.

    Args:
        line: 1-based line on which it begins; None if that is not known.
    """

    line: int | None
    text: str


def spoilers(files: Mapping[PurePosixPath, bytes], solution: str, assignment: Assignment) -> list[str]:
    """What the texts of an assignment would tell students of its solution, a sentence for each line and file."""
    own = {path: data for path, data in files.items() if path.parent.name == assignment.slug}
    if not own:  # to find what would be telling takes long
        return []
    answers = list(telling_answers(solution, assignment))
    sentences = []
    for path, data in own.items():
        texts = list(_texts(path, data.decode("utf-8", errors="replace")))
        for answer in answers:
            place = _place(path, texts, answer)
            if place:
                origin = f"line {answer.line} of solutions/{assignment.slug}.py"
                sentences.append(f"{place} holds {origin}: {answer.text}")
    return sentences


def telling_answers(solution: str, assignment: Assignment) -> list[Answer]:
    """The values and statements that stand in a solution and not in its stub, and are long enough to give it away."""
    stub = cut_stub(solution, assignment)
    lines = solution.splitlines()
    answers = []
    for node in _candidates(ast.parse(solution)):
        text = segment(node, lines)
        answer = Answer(node.lineno, " ".join(text.split()), tuple(_tokens(text)))
        if _is_telling(node, answer) and answer.place_in(stub) is None:
            answers.append(answer)
    return answers


def _candidates(tree: ast.Module) -> Iterator[ast.stmt | ast.expr]:
    """The statements that change something, and the values that statements assign, return or ask for."""
    for statement in nodes_of(tree, ast.stmt):
        match statement:
            case ast.AugAssign():
                yield statement
            case ast.Return(value=ast.Tuple(elts=values)) | ast.Assign(value=ast.Tuple(elts=values)):
                yield from values
            case ast.Return(value=ast.expr() as value) | ast.Assign(value=value) | ast.Expr(value=value):
                yield value
            case ast.If(test=value) | ast.While(test=value) | ast.For(iter=value):
                yield value


def _is_telling(node: ast.stmt | ast.expr, answer: Answer) -> bool:
    operations = 0
    if isinstance(node, ast.AugAssign):
        operations = 2  # it calculates, and it assigns
    for part in ast.walk(node):
        if isinstance(part, OPERATIONS) and not _calls_python(part):
            operations += 1
    return operations >= OPERATIONS_AT_LEAST and len("".join(answer.tokens)) >= CHARACTERS_AT_LEAST


def _calls_python(node: ast.AST) -> bool:
    """Whether it calls a function of Python itself, like `len`, which says little of what is asked for."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and hasattr(builtins, node.func.id)


def _tokens(code: str) -> Iterator[str]:
    """The words and signs of a piece of code, without its comments."""
    # In parentheses, so that an expression may go on in a further line.
    tokens = list(tokenize.generate_tokens(io.StringIO(f"({code})").readline))
    begin = 1
    end = tokens.index(next(token for token in reversed(tokens) if token.string == ")"))
    for token in tokens[begin:end]:
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            yield token.string


def _texts(path: PurePosixPath, content: str) -> Iterator[_Text]:
    """What a file says in words."""
    if path.suffix == ".md":
        yield _Text(1, content)
    elif path.suffix == ".py":
        yield from _texts_of_module(content)
    elif path.suffix == ".toml":
        # As it stands there, which tells the line; what is written with other escapes is found in the values alone.
        yield _Text(1, content.replace('\\"', '"'))
        for value in _strings(tomllib.loads(content)):
            yield _Text(None, value)
    elif path.suffix == ".json" and content:
        # Of recorded answers: they hold the sentences of known mistakes, and the same few words many times.
        for value in sorted(set(_strings(json.loads(content)))):
            yield _Text(None, value)


def _texts_of_module(content: str) -> Iterator[_Text]:
    """The texts in a Python file; one that is no Python is a text as a whole."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        yield _Text(1, content)
        return
    for constant in nodes_of(tree, ast.Constant):
        if isinstance(constant.value, str):
            yield _Text(constant.lineno, constant.value)


def _strings(table: object) -> Iterator[str]:
    """Every text anywhere in a table."""
    left = [table]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            # Recorded answers are numbers by the hundred thousand.
            left += [inner for inner in value if isinstance(inner, str | dict | list)]


def _place(path: PurePosixPath, texts: list[_Text], answer: Answer) -> str:
    """The file, and the line if it is known, where an answer stands first; "" if it stands nowhere."""
    for text in texts:
        offset = answer.place_in(text.text)
        if offset is None:
            continue
        if text.line is None:
            return str(path)
        return f"{path}:{text.line + text.text.count(chr(10), 0, offset)}"
    return ""
