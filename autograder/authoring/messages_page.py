"""Everything that students can read, on one page for whoever edits it: hints, titles, and what each mistake is told.

Known mistakes go through the real checks in this process, for the code is the course's own. Checks that train on the
run's data are left out; they say no more than an accuracy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..checking.case import Case
from ..checking.local import local_student, module_from
from ..checking.registry import Check, Misconception
from ..checking.verdict import Verdict
from ..course import Course
from ..explaining.explanation import Explanation, explanation_of
from ..model import Exercise
from ..plan import Plan
from ..reports.renderers import in_sentences
from ..seeds import derive
from .message_samples import samples

NUMBERS = re.compile(r"[-+\d.,e\[\] ]+")  # and what stands between them


class _NeedsData(Exception):
    """A check asked for the data of a run."""


def messages_page(course: Course, slugs: Sequence[str]) -> Iterator[str]:
    """The page in Markdown, piece by piece: a chapter per assignment, and one of the general sentences."""
    yield "# What students read\n"
    yield (
        "Of a known mistake: its own sentence, then what the checks of the exercise say in which it is made. In a kit, "
        "where no mistake is known, they say this alone. A sign ~ marks what hidden checks say.\n"
    )
    for slug in slugs:
        plan = Plan.of(course, slug)
        yield f"\n## {plan.assignment.title} ({slug})\n"
        for rule in plan.assignment.rules:
            yield f"Ruled out: {rule.reason}\n"
        for exercise in plan.assignment.exercises:
            yield from _of_exercise(plan, exercise)
    yield "\n## In general\n"
    yield "What any check can say, by the example of a function f(X, w, p=0.3, lr=0.05).\n"
    for name, explanation in samples():
        yield f"- *{name}*: {_said(explanation, visible=True)}\n  ~ {_said(explanation, visible=False)}\n"


def _of_exercise(plan: Plan, exercise: Exercise) -> Iterator[str]:
    """Its hints, the titles of its checks, and the mistakes that it is the first to notice."""
    checks = [check for check in plan.checks if check.exercise == exercise.id]
    yield f"\n### {exercise.title}\n"
    yield "".join(f"{i}. {hint}\n" for i, hint in enumerate(exercise.hints, start=1))
    yield "".join(f"- {check.title}{'' if check.visible else ' (hidden)'}\n" for check in checks)
    for known in plan.misconceptions:
        if {check.exercise for check in plan.closest[known.id]} == {exercise.id}:
            yield f"\n**{known.id}** {known.says}\n"
            yield from _told(plan, known, checks)


def _told(plan: Plan, known: Misconception, checks: Sequence[Check]) -> Iterator[str]:
    """What checks say to a mistake that trips them, each sentence once, whatever its numbers are."""
    seen = set()
    for check in checks:
        said = _explanation(plan, known, check) if check.name in known.trips else None
        message = _said(said, visible=check.visible) if said else ""
        kind = check.visible, NUMBERS.sub("", message)
        if said and kind not in seen:
            seen.add(kind)
            yield f"- {'' if check.visible else '~ '}*{check.title}* {message}\n"


def _explanation(plan: Plan, known: Misconception, check: Check) -> Explanation | None:
    """What a check says to a mistake; None if it says nothing of its own, for it trains, or broke on what came back."""
    slug = plan.assignment.slug
    student = local_student(module_from(known.apply(plan.reference), slug))
    case = Case(derive(0, slug, check.name), load_data=_refuse, training={}, secret_pixels=False)
    try:
        check.run(student, case)
    except Verdict as verdict:
        return explanation_of(verdict, student, case, slug)
    except Exception:
        return None
    return None


def _said(explanation: Explanation, *, visible: bool) -> str:
    """What a student reads."""
    return in_sentences(explanation.message.shown(visible=visible), explanation.evidence(visible=visible))


def _refuse() -> None:
    raise _NeedsData
