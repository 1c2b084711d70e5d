"""Which known mistake did the student make? The one whose answers in the same check are the student's answers.

Each wrong variant of the reference that trips a failed check is run through that check in this process, on the
same inputs; detection compares what came back, never the text of the code.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ..checking.case import Case
from ..checking.local import local_student, module_from
from ..checking.registry import Check, Misconception
from ..checking.student import answers
from ..checking.verdict import Verdict
from ..model import ObjectRef, Outcome
from .plan import Plan
from .seeds import derive

RTOL, ATOL = 1e-6, 1e-9
Memory = dict[tuple[str, str, int], Any]


def matching(
    check: Check,
    student_answers: Sequence[Any],
    case: Callable[[], Case],
    plan: Plan,
    *,
    memory: Memory | None = None,
) -> list[Misconception]:
    """Every misconception that fails this check with the student's very answers.

    Args:
        memory: answers of variants from earlier calls, for a caller who runs a check on the same case again and again.
    """
    if not student_answers:
        return []
    found, seed, memory = [], case().seed, {} if memory is None else memory
    for known in plan.misconceptions:
        if check.name in known.trips:
            key = known.id, check.name, seed
            if key not in memory:
                memory[key] = _answers_of(known, plan.reference, check, case())
            if _alike(memory[key], student_answers):
                found.append(known)
    return found


def likeliest(candidates: dict[str, list[Misconception]]) -> dict[str, Misconception]:
    """One misconception per failed check: of those that match it, the one that explains most failures."""
    explained = Counter(m.id for found in candidates.values() for m in found)
    return {name: max(found, key=lambda m: explained[m.id]) for name, found in candidates.items() if found}


def passes(check: Check, case: Case, reference: str) -> bool:
    """Whether the reference passes a check in this process."""
    with torch.random.fork_rng(devices=[]):
        try:
            check.run(local_student(module_from(reference, "reference")), case)
        except Exception:
            return False
    return True


def _answers_of(known: Misconception, reference: str, check: Check, case: Case) -> list[Any] | None:
    """What the wrong variant answers in a check, up to its failure; None if it does not fail there."""
    try:
        student = local_student(module_from(known.apply(reference), f"misconception_{known.id}"))
    except Exception:  # a slip in the course, which `validate` tells its author, must not stop a class
        return None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(case.seed, "student"))  # as the student's process was
        try:
            check.run(student, case)
        except Verdict as verdict:
            return answers(student) if verdict.outcome is Outcome.FAILED else None
        except Exception:  # it may answer what the check cannot work with
            return answers(student)
    return None


def _alike(a: Any, b: Any) -> bool:
    """Whether two answers are the same up to rounding; NaN equals NaN, objects equal objects of one type."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        if a.shape != b.shape or a.dtype != b.dtype:
            return False
        rtol = max(RTOL, 1e-4 if a.dtype == torch.float32 else 0.0)
        return torch.allclose(a.double(), b.double(), rtol=rtol, atol=ATOL, equal_nan=True)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(itertools.starmap(_alike, zip(a, b, strict=True)))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_alike(a[key], b[key]) for key in a)
    if isinstance(a, ObjectRef) and isinstance(b, ObjectRef):
        return True
    if isinstance(a, int | float) and isinstance(b, int | float):
        return _alike(torch.tensor(float(a)).double(), torch.tensor(float(b)).double())
    return type(a) is type(b) and a == b
