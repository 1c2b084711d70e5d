"""Mistakes that nobody has named yet, found because several students make them: their wrong answers are the same.

Everybody's code is given the same inputs for that, those of a desk. What is compared are fingerprints, check by check:
the first answer of a function that is not the reference's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..checking.registry import Check
from ..seeds import derive
from .check_run import CheckRun
from .fingerprints import Print, same
from .heard import print_of
from .recorded import words_hash
from .replay import replies_of

COMMON = 0.5  # of the checks of two symptoms must be the same, or one shared answer would join different mistakes


@dataclass(frozen=True)
class Symptom:
    """Wrong answers of one function of a student.

    Args:
        answers: the first one in each check that fails, by the check's name.
    """

    student: str
    function: str
    answers: Mapping[str, Print]

    def is_like(self, other: Symptom) -> bool:
        """Whether the same mistake would explain both."""
        common = set(self.answers) & set(other.answers)
        if len(common) <= COMMON * max(len(self.answers), len(other.answers)):
            return False
        return self.function == other.function and all(same(self.answers[name], other.answers[name]) for name in common)


@dataclass
class Group:
    """Students whose functions give the same wrong answers.

    Args:
        functions: the first is where the mistake is most likely; the others are wrong for the same students.
        checks: the names of those that fail by it.
    """

    functions: list[str]
    checks: list[str]
    students: list[str] = field(default_factory=list)


def symptoms_in(student: str, runs: Iterable[CheckRun], reference: str, seed: Callable[[Check], int]) -> list[Symptom]:
    """What is wrong in failed checks of one student, function by function.

    Args:
        runs: with the inputs that everybody gets.
        reference: its source text.
        seed: of the inputs of a check.
    """
    answers: dict[str, dict[str, Print]] = {}
    for run in runs:
        if run.failed:
            function, answer = _first_wrong(run, reference, derive(seed(run.check), "student"))
            answers.setdefault(function, {})[run.name] = answer
    return [Symptom(student, function, wrong) for function, wrong in answers.items()]


def _first_wrong(run: CheckRun, reference: str, seed: int) -> tuple[str, Print]:
    """The function that first answers otherwise than the reference, with its answer; else what the check found."""
    for reply in replies_of(run.events, run.raised, reference, seed=seed):
        answer = print_of(reply.theirs)
        if reply.wrong and answer is not None:
            return reply.function, answer
    return run.last_asked, [[f"found {words_hash(run.finding)}"]]


def grouped(symptoms: Iterable[Symptom], order: Sequence[str], *, least: int = 2) -> list[Group]:
    """The groups of at least so many students, the largest first.

    Args:
        order: the functions of the assignment; later ones build on those before.
    """
    classes: list[list[Symptom]] = []
    for symptom in symptoms:
        for members in classes:
            if symptom.is_like(members[0]):
                members.append(symptom)
                break
        else:
            classes.append([symptom])
    classes.sort(key=lambda members: _place(members[0].function, order))
    groups: dict[tuple[str, ...], Group] = {}
    for members in classes:
        students = tuple(sorted(member.student for member in members))
        if len(students) >= least:
            # Who is wrong in several functions for one reason is one group, not several.
            group = groups.setdefault(students, Group([], [], list(students)))
            group.functions.append(members[0].function)
            group.checks += members[0].answers
    return sorted(groups.values(), key=lambda group: -len(group.students))


def _place(function: str, order: Sequence[str]) -> int:
    for place, known in enumerate(order):
        if function == known or function.startswith(f"{known}.") or known.startswith(f"{function}."):
            return place
    return len(order)
