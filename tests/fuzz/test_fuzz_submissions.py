"""Submissions of arbitrary texts, bytes, names and kinds of files: `grade` gives each of them a result, and a right one
to whoever is graded next."""

from __future__ import annotations

import ast
import itertools
import os
import re
import shutil
import socket
import stat
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, example, given, note, settings
from hypothesis import strategies as st

from autograder.cli.grade_command import command
from autograder.course import Course
from autograder.grading.results import read_result
from autograder.model import Outcome, Result
from autograder.plan import Plan
from autograder.worker.transforms import as_python

pytestmark = pytest.mark.slow

PROFILE = settings.get_profile(os.environ.get("FUZZ_PROFILE", "bounded"))
REFERENCE = (Path(__file__).parents[1] / "course" / "solutions" / "scaling.py").read_text()
TOKENS = re.findall(r"\n *|\w+|\s|.", REFERENCE)
HONEST = "zzz honest"
NOT_GRADED = re.compile(r"\..*|__.*|assignments|solutions", re.DOTALL)  # names that are no student's


@dataclass(frozen=True)
class Text:
    """A file of some bytes."""

    content: bytes

    def make(self, path: Path) -> None:
        """Write it."""
        path.write_bytes(self.content)


@dataclass(frozen=True)
class Odd:
    """Something else that has a name."""

    kind: str
    make: Callable[[Path], object]

    def __repr__(self) -> str:
        return self.kind


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{os.open(path.parent, os.O_RDONLY)}/{path.name}")


def _device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:  # only root may
        path.symlink_to("/dev/zero")


HONEST_FILE = f"{HONEST}/scaling.py"
ODD = [
    Odd("a pipe", os.mkfifo),
    Odd("a folder", Path.mkdir),
    Odd("a device", _device),
    Odd("a link to another submission", lambda path: path.symlink_to(f"../{HONEST_FILE}")),
    Odd("a link to a device", lambda path: path.symlink_to("/dev/zero")),
    Odd("a link to itself", lambda path: path.symlink_to(path.name)),
    Odd("a link to nothing", lambda path: path.symlink_to("nowhere")),
    Odd("a hard link to another submission", lambda path: path.hardlink_to(path.parents[1] / HONEST_FILE)),
    Odd("nothing", lambda path: None),
]  # fmt: skip
TEXTS = [
    b"", b"\0", b"\xef\xbb\xbf" + REFERENCE.encode(), REFERENCE.encode("utf-16"), REFERENCE.encode("utf-8")[:100],
    REFERENCE.encode() + b"# \xff\n", b"# coding: latin-1\n" + REFERENCE.encode(), b"# coding: nonsense\n",
    b"(" * 5000, b"-" * 200_000 + b"1", b"x = " + b"9" * 10_000, b"[" * 99 + b"]" * 99, b"x" * ((1 << 20) + 1),
    b"#" * (1 << 20), b"\n" * (1 << 20), b"x = 1\n" * 100_000, b"import torch\n" * 1000, b"\x0c" * 100, b"\x1b[2J",
    b"from scaling import *\n" + REFERENCE.encode(), b"import sys; sys.modules.clear()\n" + REFERENCE.encode(),
]  # fmt: skip

places = st.integers(0, 1 << 12)
swaps = st.tuples(st.sampled_from(["delete", "double", "swap", "copy"]), places, places)


def rewritten(changes: list[tuple[str, int, int]]) -> bytes:
    """The reference with tokens left out, written twice, exchanged, or replaced by others of it."""
    tokens = list(TOKENS)
    for change, one, other in changes:
        i, j = one % len(tokens), other % len(tokens)
        if change == "delete":
            del tokens[i]
        elif change == "double":
            tokens.insert(i, tokens[i])
        elif change == "swap":
            tokens[i], tokens[j] = tokens[j], tokens[i]
        else:
            tokens[i] = tokens[j]
    return "".join(tokens).encode()


mutants = st.lists(swaps, min_size=1, max_size=4).map(rewritten).map(Text)
things = mutants | mutants | st.binary(max_size=400).map(Text) | st.sampled_from([*map(Text, TEXTS), *ODD])
file_names = st.binary(min_size=1, max_size=60).map(os.fsdecode).filter(lambda n: "/" not in n and "\0" not in n)
names = st.just("ana") | file_names | st.sampled_from(
    ["marks.csv", "results", "-rf", "=1+1", "%s", "{x}", "[red]", "a\nb", "\u202eana", "con", "~", "*", "A" * 255]
)  # fmt: skip
module_names = file_names.map(lambda n: n + ".py") | st.sampled_from(["torch.py", "json.py"])
beside = st.dictionaries(module_names, things, max_size=2)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Where each example gets a class of its own."""
    return tmp_path_factory.mktemp("fuzz")


count = itertools.count()


def hand_in(folder: Path, name: str, thing: Text | Odd, others: dict[str, Text | Odd]) -> None:
    """A class with an honest student and another, whose folder and files may have any name."""
    (folder / HONEST).mkdir(parents=True)
    (folder / HONEST / "scaling.py").write_text(REFERENCE)
    assume(name not in (".", "..", HONEST))
    (folder / name).mkdir()
    for file, other in (others | {"scaling.py": thing}).items():
        other.make(folder / name / file)


def listing(folder: Path) -> list[bytes]:
    """Every name below a folder."""
    return sorted(os.fsencode(os.path.join(at, n)) for at, *both in os.walk(folder) for n in itertools.chain(*both))


def is_sound(result: Result, plan: Plan) -> bool:
    """Whether a result has every check, and points for none but those that passed."""
    fair = all(c.points == (c.max_points if c.outcome is Outcome.PASSED else 0) for c in result.checks)
    no_fault = all(c.outcome is not Outcome.GRADER_FAULT for c in result.checks)
    complete = [c.name for c in result.checks] == [c.name for c in plan.checks]
    return fair and no_fault and complete and 0 <= result.score <= result.max_score == 10


def right_score(content: bytes) -> float | None:
    """The only score that a text may get, where that is plain: same program, or none at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = content.decode("utf-8-sig")
        except ValueError:
            return None if b"coding" in content else 0  # a line may say which encoding it is
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            _, error = as_python(text.replace("\r", "\n"), lambda line, says: None)
            return None if error is None else 0
        except (RecursionError, MemoryError):  # which depend on how deep we are already
            return None
    return 10 if ast.dump(tree) == ast.dump(ast.parse(REFERENCE)) else None


@settings(PROFILE, max_examples=max(1, PROFILE.max_examples // 5))
@given(names, things, beside, st.booleans())
@example("marks.csv", Text(b""), {}, False)
def test_whatever_is_handed_in_gets_a_result(
    course: Course,
    plan: Plan,
    root: Path,
    left_over,
    commands_share_workers,
    name: str,
    thing: Text | Odd,
    others: dict,
    as_json: bool,
):
    """Every check of everybody, points for what passed only; nothing stays behind, and the honest get their mark."""
    folder, out = root / f"class{next(count)}", root / "out"
    hand_in(folder, name, thing, others)
    before = listing(folder)
    options = ["--course", course.root, "--out", out, "--jobs", 1, *(["--json"] if as_json else [])]
    try:
        done = CliRunner().invoke(command, list(map(str, [folder, *options])))
        note(done.output)
        assert done.exit_code == 0, done.exception
        results = {path.parent.name: read_result(path) for path in out.glob("*/scaling.json")}
        assert len(results) == 2 - bool(NOT_GRADED.fullmatch(name))
        assert all(is_sound(result, plan) for result in results.values())
        assert results.pop(HONEST).score == 10
        if isinstance(thing, Text) and not others and (score := right_score(thing.content)) is not None:
            assert [result.score for result in results.values()] in ([score], [])
        assert left_over() == []
        assert listing(folder) == before
    finally:
        shutil.rmtree(folder)
        shutil.rmtree(out, ignore_errors=True)
