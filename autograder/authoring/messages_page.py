"""Everything that students can read, on one page for whoever edits it: hints, titles, and what each mistake is told.

Known mistakes run through the real checks in this process, since their code is the course's own. Checks that train on
the run's data are left out; all they tell is an accuracy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from ..checking.case import Case
from ..checking.local import beside, local_student, module_from
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
        "For each known mistake: its own sentence, then what the checks say in the first exercise that notices it. In "
        "a kit, where no mistake is known, students read only the latter. The sign ~ marks what hidden checks say.\n"
    )
    for slug in slugs:
        plan = Plan.of(course, slug)
        yield f"\n## {plan.assignment.title} ({slug})\n"
        for rule in plan.assignment.rules:
            yield f"Ruled out: {rule.reason}\n"
        for exercise in plan.assignment.exercises:
            yield from _of_exercise(plan, exercise)
    yield "\n## In general\n"
    yield "What any check can say, shown for a function f(X, w, p=0.3, lr=0.05).\n"
    for name, explanation in samples():
        yield f"- *{name}*: {_said(explanation, visible=True)}\n  ~ {_said(explanation, visible=False)}\n"


def _of_exercise(plan: Plan, exercise: Exercise) -> Iterator[str]:
    """The hints of an exercise, the titles of its checks, and the mistakes that no earlier exercise notices."""
    checks = [check for check in plan.checks if check.exercise == exercise.id]
    yield f"\n### {exercise.title}\n"
    yield "".join(f"{i}. {hint}\n" for i, hint in enumerate(exercise.hints, start=1))
    titles = ""
    for check in checks:
        mark = "" if check.visible else " (hidden)"
        titles += f"- {check.title}{mark}\n"
    yield titles
    for known in plan.misconceptions:
        closest = plan.closest[known.id]
        if closest and closest[0].exercise == exercise.id:
            yield f"\n**{known.id}** {known.says}\n"
            yield from _told(plan, known, checks)


def _told(plan: Plan, known: Misconception, checks: Sequence[Check]) -> Iterator[str]:
    """What checks say about a mistake that trips them; sentences that differ in nothing but numbers appear once."""
    seen = set()
    for check in checks:
        if check.name not in known.trips:
            continue
        explanation = _explanation(plan, known, check)
        if explanation is None:
            continue
        message = _said(explanation, visible=check.visible)
        # Several checks say the same about one mistake, each with its own numbers.
        kind = (check.visible, NUMBERS.sub("", message))
        if kind not in seen:
            seen.add(kind)
            mark = "" if check.visible else "~ "
            yield f"- {mark}*{check.title}* {message}\n"


def _explanation(plan: Plan, known: Misconception, check: Check) -> Explanation | None:
    """What a check says about a mistake; None if it trains, passes, or broke on what came back."""
    slug = plan.assignment.slug
    with beside(plan.beside):
        student = local_student(module_from(known.apply(plan.reference), slug))
    case = Case(derive(0, slug, check.name), load_data=_refuse, training={}, secret_pixels=False)
    try:
        check.run(student, case)
    except Verdict as verdict:
        return explanation_of(verdict, student, case, slug)
    except Exception:  # graded, the check would end with an error or a fault, which has no words of its own
        return None
    return None


def _said(explanation: Explanation, *, visible: bool) -> str:
    """What a student reads."""
    return in_sentences(explanation.message.shown(visible=visible), explanation.evidence(visible=visible))


def _refuse() -> NoReturn:
    raise _NeedsData
