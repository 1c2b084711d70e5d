"""How many mistakes are named, and is every name true?

    python benchmarks/naming.py                            every assignment and kind, a row each
    python benchmarks/naming.py adamw --kinds pairs        this assignment and kind only
    python benchmarks/naming.py --every 10                 a tenth of them
    python benchmarks/naming.py --list                     also each answer that is not named as it should be

The kinds, each graded through the real process boundary:

    styles      single mistakes in code of any style: assignments/SLUG/styles/mistakes.py
    pairs       two known mistakes at once, in different functions of the reference, drawn at random
    degenerate  a function of the reference whose result is 0, nan, a constant or its input
    slips       the reference with a sign turned, a factor or a term left out, another number, another operator

What is degenerate, or a slip, deserves no name, unless it is a known mistake itself: it fails the same checks with the
same words. A pair of which one mistake hides the other can only be named by that one.

At the end stands what the limits of the diagnosis were calibrated by. The exit code is 1 if a single mistake passes, or
anything goes by a name that is not its own.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from autograder import data
from autograder.authoring.gate.styles import style_submission
from autograder.authoring.mutants.generating import mutants_of
from autograder.checking.mistakes import changed_definitions
from autograder.course import Course, SingleMistake
from autograder.diagnosis import table, together
from autograder.diagnosis.heard import PLACE
from autograder.grading import recognition, runner
from autograder.model import Result
from autograder.plan import Plan, Setting
from autograder.sandbox.workers import Workers

ROOT = Path(__file__).resolve().parents[1]
PAIRS = 34  # of each assignment: some 200 in all
SLIPS = ("operator", "swapped_operands", "dropped_operand", "sign", "constant")  # operators of `validate --mutants`
DEGENERATE = {
    "0": "_mapped(lambda part: part * 0, result)",
    "nan": "_mapped(lambda part: part * float('nan') if _is_real(part) else part * 0, result)",
    "a constant": "_mapped(lambda part: part * 0 + (0.7 if _is_real(part) else 1), result)",
    "its input": "next((part for part in (*args, *kwargs.values()) if isinstance(part, torch.Tensor | float)), result)",
}
WRAPPING = """
import torch

def _is_real(part):
    return isinstance(part, float) or (isinstance(part, torch.Tensor) and part.is_floating_point())

def _mapped(change, value):
    if isinstance(value, list | tuple):
        return type(value)(_mapped(change, part) for part in value)
    if isinstance(value, dict):
        return {{key: _mapped(change, part) for key, part in value.items()}}
    if isinstance(value, torch.Tensor | float | int) and not isinstance(value, bool):
        return change(value)
    return value

def _wrapped(function):
    def degenerate(*args, **kwargs):
        result = function(*args, **kwargs)
        return {result}
    return degenerate

{name} = _wrapped({name})
"""


@dataclass(frozen=True)
class Wrong:
    """A wrong answer, and the ids of the mistakes that it may be named by."""

    label: str
    source: str
    ids: frozenset[str] = frozenset()


@dataclass
class Tally:
    """What came of the answers of one kind."""

    failed: int = 0
    named: int = 0
    otherwise: int = 0
    answers: int = 0


class Bench:
    """Grades wrong answers to one assignment."""

    def __init__(self, course: Course, slug: str, workers: Workers, *, seed: int = 0) -> None:
        self.plan = Plan.of(course, slug)
        self.slug = slug
        self.course = course
        self._workers = workers
        self._seed = seed

    def result(self, source: str) -> Result:
        """The result of a text."""
        with tempfile.TemporaryDirectory(prefix="naming-") as folder:
            submission = style_submission(self.plan, source, Path(folder))
            setting = Setting(seed=self._seed, load_data=partial(data.load, "digits"))
            return runner.grade(self.plan, submission, setting, workers=self._workers)

    def is_itself(self, result: Result, id: str) -> bool:
        """Whether a known mistake, in one of its forms, fails the same checks with the same words."""
        known = next(known for known in self.plan.misconceptions if known.id == id)
        for form in known.written():
            if words(self.result(form.apply(self.plan.reference))) == words(result):
                return True
        return False


def styles(bench: Bench) -> Iterator[Wrong]:
    """Single mistakes in code of any style."""
    for mistake in bench.course.single_mistakes(bench.slug):
        yield Wrong(f"{mistake.style}: {mistake.wrong!r}", mistaken(bench.course, bench.slug, mistake), mistake.ids)


def pairs(bench: Bench) -> Iterator[Wrong]:
    """Two known mistakes in different functions; the same ones in every run."""
    reference = bench.plan.reference
    variants = []
    for known in bench.plan.misconceptions:
        source = known.apply(reference)
        variants.append((known, changed_definitions(reference, source)))
    couples = list(itertools.combinations(variants, 2))
    random.Random(bench.slug).shuffle(couples)
    apart = [(one, other) for (one, here), (other, there) in couples if here and there and not here & there]
    for one, other in apart[:PAIRS]:
        yield Wrong(f"{one.id} + {other.id}", other.apply(one.apply(reference)), frozenset({one.id, other.id}))


def degenerate(bench: Bench) -> Iterator[Wrong]:
    """Functions of the reference whose results say nothing."""
    for name in bench.plan.functions:
        if name.endswith("__init__"):
            continue
        for kind, result in DEGENERATE.items():
            wrapping = WRAPPING.format(name=name, result=result)
            yield Wrong(f"{name} returns {kind}", f"{bench.plan.reference}\n{wrapping}")


def slips(bench: Bench) -> Iterator[Wrong]:
    """Small changes in a formula of the reference."""
    for mutant in mutants_of(bench.plan.reference, bench.plan.assignment):
        if mutant.id.startswith(SLIPS):
            yield Wrong(f"{mutant.function}: {mutant.old} -> {mutant.new}", mutant.source)


KINDS: dict[str, Callable[[Bench], Iterator[Wrong]]] = {
    "styles": styles,
    "pairs": pairs,
    "degenerate": degenerate,
    "slips": slips,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="assignments (default: all)")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="(default: all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take one of N answers only")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="tell which answers are not named as they should be")
    options = parser.parse_args()
    torch.set_num_threads(1)
    course = Course(ROOT)
    limits = Limits()
    print(f"{'':32} answers  failed  named rightly  falsely   share  seconds")
    sound = True
    with Workers() as workers:
        for slug in options.slugs or course.slugs:
            bench = Bench(course, slug, workers, seed=options.seed)
            for kind in options.kinds:
                sound &= print_row(bench, kind, every=options.every, listing=options.list)
    limits.print()
    sys.exit(not sound)


def print_row(bench: Bench, kind: str, *, every: int, listing: bool) -> bool:
    """Prints what came of one kind; returns whether no name is false and no single mistake passes."""
    begun = time.perf_counter()
    tally = Tally()
    failures = []
    for wrong in itertools.islice(KINDS[kind](bench), 0, None, every):
        result = bench.result(wrong.source)
        deserved, given = deserved_and_given(bench, wrong, result)
        tally.answers += 1
        tally.failed += result.score < result.max_score
        tally.named += given == deserved
        tally.otherwise += bool(given - deserved)
        if given != deserved:
            failures.append((wrong.label, deserved, given))
    seconds = time.perf_counter() - begun
    share = f"{100 * tally.named / max(1, tally.answers):.1f} %"
    row = f"{tally.answers:7} {tally.failed:7} {tally.named:14} {tally.otherwise:8} {share:>7} {seconds:8.0f}"
    print(f"{bench.slug:20} {kind:11} {row}", flush=True)
    for label, deserved, given in failures if listing else ():
        print(f"    {in_words(deserved)} goes by {in_words(given)}: {label}", flush=True)
    return not tally.otherwise and (kind != "styles" or tally.failed == tally.answers)


def deserved_and_given(bench: Bench, wrong: Wrong, result: Result) -> tuple[frozenset[str], frozenset[str]]:
    """The names that an answer deserves, as far as they can be told from its answers, and those that it was given."""
    given = frozenset(named(result))
    deserved = wrong.ids
    if not wrong.ids:
        deserved = frozenset(id for id in given if bench.is_itself(result, id))
    elif len(given) < len(wrong.ids) == 2:
        alone = frozenset(id for id in given if bench.is_itself(result, id))
        deserved = alone or wrong.ids
    return deserved, given


def mistaken(course: Course, slug: str, mistake: SingleMistake) -> str:
    """The text of a style with a mistake."""
    text = course.styles(slug)[mistake.style]
    if text.count(mistake.right) != 1:
        raise SystemExit(f"{slug}/{mistake.style}: this must occur exactly once: {mistake.right!r}")
    return text.replace(mistake.right, mistake.wrong)


def graded(course: Course, plan: Plan, mistake: SingleMistake, workers: Workers) -> Result:
    """The result of a style with a mistake."""
    slug = plan.assignment.slug
    return Bench(course, slug, workers).result(mistaken(course, slug, mistake))


def named(result: Result) -> set[str]:
    """Ids of the misconceptions that a result names."""
    return {id for check in result.checks for id in (check.misconception or "").split()}


def words(result: Result) -> list[tuple[str, str]]:
    """How each check ended, without what is said of a known mistake, and without the student's line of an exception."""
    return [(str(check.outcome), PLACE.sub("", check.message)) for check in result.checks]


def in_words(ids: frozenset[str]) -> str:
    return " + ".join(sorted(ids)) or "nothing"


class Limits:
    """What comes nearest to the limits of the diagnosis, as long as it watches."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pairs = 0
        self._tried = 0
        self._explain = recognition.explain
        self._paired = table.paired_variants
        recognition.explain = self._timed
        table.paired_variants = self._counted

    def _timed(self, *args):
        begun = time.process_time()
        self._tried = 0
        try:
            return self._explain(*args)
        finally:
            self.seconds = max(self.seconds, time.process_time() - begun)
            self.pairs = max(self.pairs, self._tried)

    def _counted(self, *args):
        self._tried += 1
        return self._paired(*args)

    def print(self) -> None:
        """One line for each limit."""
        print(f"slowest comparison: {self.seconds:.1f} s of computing (given up after {table.DEADLINE_SECONDS:.0f} s)")
        print(f"pairs tried for one submission: at most {self.pairs} (of {together.MOST_PAIRS} that are allowed)")


if __name__ == "__main__":
    main()
