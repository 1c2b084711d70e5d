"""The page about a class: what `class_figures` counts, laid out to be read, sorted and filtered without a server."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..mark import Unnamed
from ..model import Outcome
from .class_figures import STOPPED, AssignmentFigures, CheckInfo, ClassFigures, Item, Work, mean_share
from .pages import filled, in_percent, sign
from .pictures import histogram
from .screen import counted, in_words
from .skeleton import skeleton

BINS = 10
SHOWN_MISTAKES = 40
SHOWN_SLOW = 15
MOST_ROWS = 5_000  # of a table; more are too many for a browser, and marks.csv has them all
ALL = 0.999  # of the points: thirds may not add up to a whole
KINDS = {  # which students can be filtered out, by a mark on their rows
    "low": "below half of the points",
    "none": "something not handed in",
    "stop": "something timed out or crashed",
    "rule": "something forbidden used",
    "wait": "waiting for the staff",
}
SUBJECTS = {"all": "a", "some": "s", "none": "o", "nothing": "n"}  # classes of the cells of a matrix


@dataclass(frozen=True)
class Names:
    """What the page calls students, exercises and assignments.

    Args:
        students: what each student is called, in the order of the page.
        exercises: the titles of exercises by slug and id, in the order of the course; what it lacks goes by its id.
        are_hidden: whether nothing may tell who a student is.
    """

    students: Mapping[str, str]
    exercises: Mapping[str, Mapping[str, str]]
    are_hidden: bool = False

    def exercise(self, slug: str, id: str) -> str:
        """The title of an exercise."""
        return self.exercises.get(slug, {}).get(id, id.replace("_", " "))


def hidden_names(students: Sequence[str]) -> dict[str, str]:
    """A number for every student, drawn anew each time, so that none can be traced."""
    shuffled = list(students)
    random.SystemRandom().shuffle(shuffled)
    width = len(str(len(shuffled)))
    return {student: f"Student {number:0{width}}" for number, student in enumerate(shuffled, start=1)}


def class_page(
    figures: ClassFigures,
    exercises: Mapping[str, Mapping[str, str]],
    unnamed: Sequence[Unnamed] = (),
    *,
    anonymous: bool = False,
) -> str:
    """The page as HTML.

    Args:
        exercises: as those of `Names`.
        unnamed: mistakes that several students share and nobody has named.
        anonymous: whether students have numbers for names; what they or their files are called is left out then.
    """
    students = figures.students
    called = dict(zip(students, students, strict=True))
    if anonymous:
        called = hidden_names(students)
    names = Names(called, exercises, anonymous)
    parts = _in_order(figures, exercises)
    items = {part.slug: part.items() for part in parts}
    return filled(
        "class.html",
        title="Class report",
        subtitle=_subtitle(figures),
        assignments=[_assignment(part, items[part.slug], names) for part in parts],
        kinds=KINDS,
        students=_students(figures, parts, names),
        has_second_marks=any(work.other is not None for _, work in _works(parts)),
        most=MOST_ROWS,
        count=len(students),
        waiting=_waiting(parts, names),
        checks=sum(map(len, items.values())),
        unfailed=_titles(items, rate=1),
        unpassed=_titles(items, rate=0),
        mistakes=_mistakes(parts),
        unnamed=_unnamed(unnamed, names),
        legend=[(sign(outcome), in_words(outcome)) for outcome in Outcome],
        stopped=_stopped(parts, names),
        slow=_slow(parts, names),
        conditions=_conditions(figures),
    )


def _in_order(figures: ClassFigures, exercises: Mapping[str, Mapping[str, str]]) -> list[AssignmentFigures]:
    """The assignments in the order of the course, then those that it does not know."""
    known = [slug for slug in exercises if slug in figures.assignments]
    others = sorted(set(figures.assignments) - set(known))
    return [figures.assignments[slug] for slug in [*known, *others]]


def _subtitle(figures: ClassFigures) -> str:
    students = len(figures.students)
    assignments = len(figures.assignments)
    words = f"{students} student{'s' * (students != 1)}, {assignments} assignment{'s' * (assignments != 1)}"
    if figures.latest:
        words += f"; last graded {figures.latest[:16].replace('T', ' ')} UTC"
    return words


def _assignment(part: AssignmentFigures, items: Sequence[Item], names: Names) -> dict[str, Any]:
    """All that the page shows of an assignment."""
    works = part.handed_in
    shares = [work.share for work in works]
    counts = _in_bins(shares)
    edges = [100 * i / BINS for i in range(BINS + 1)]
    return {
        "slug": part.slug,
        "title": part.title,
        "points": part.works[0].max_score,
        "count": len(part.works),
        "handed_in": len(works),
        "mean": statistics.fmean(shares) if shares else None,
        "median": statistics.median(shares) if shares else None,
        "quartiles": _quartiles(shares),
        "full": sum(share > ALL for share in shares),
        "picture": histogram(counts, edges, x="marks in per cent", title=f"Distribution of the marks in {part.title}"),
        "bins": f"students with 0 to 10 %, 10 to 20 % ...: {', '.join(map(str, counts))}",
        "exercises": _exercises(part, works, names),
        "analysis": [_item(item, part.slug, names) for item in items],
        "has_earlier": part.has_earlier,
        "together": list(_together(part)),
        "matrix": list(_matrix(part, names)),
    }


def _in_bins(shares: Sequence[float]) -> list[int]:
    """How many shares lie in each tenth; all of the points count in the last."""
    counts = [0] * BINS
    for share in shares:
        counts[min(int(share * BINS), BINS - 1)] += 1
    return counts


def _quartiles(shares: Sequence[float]) -> str:
    if len(shares) < 4:  # too few to be divided
        return "–"
    first, _, third = statistics.quantiles(shares, method="inclusive")
    return f"{in_percent(first)}, {in_percent(third)}"


def _exercises(part: AssignmentFigures, works: Sequence[Work], names: Names) -> list[dict[str, Any]]:
    numbers = {name: number for number, name in enumerate(part.checks, start=1)}
    rows: list[dict[str, Any]] = []
    for id, checks in part.exercises.items():
        row = {
            "title": names.exercise(part.slug, id),
            "points": sum(info.max_points for info in checks),
            "mean": mean_share(works, checks),
            "numbers": _ranges([numbers[info.name] for info in checks]),
        }
        rows.append(row)
    return rows


def _ranges(numbers: Sequence[int]) -> str:
    """Increasing numbers in short: 1-3, 7."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    words = []
    for first, last in ranges:
        words.append(str(first) if first == last else f"{first}-{last}")
    return ", ".join(words)


def _item(item: Item, slug: str, names: Names) -> dict[str, Any]:
    return {
        "title": item.info.title,
        "hidden": not item.info.visible,
        "exercise": names.exercise(slug, item.info.exercise),
        "passed": item.pass_rate,
        "discrimination": item.discrimination,
        "seconds": item.seconds,
        "slowest": item.slowest,
        "hand_ins": item.hand_ins,
    }


def _together(part: AssignmentFigures) -> Iterator[dict[str, Any]]:
    """The checks that fall together, by their numbers, and for how many students."""
    numbers = {name: number for number, name in enumerate(part.checks, start=1)}
    for group in part.fall_together():
        yield {"numbers": _ranges([numbers[info.name] for info in group.checks]), "students": len(group.students)}


def _matrix(part: AssignmentFigures, names: Names) -> Iterator[dict[str, Any]]:
    """A row for each student: how the checks of each exercise ended."""
    works = {work.student: work for work in part.works}
    exercises = list(part.exercises.values())
    for index, (student, name) in enumerate(_by_name(names)):
        if student in works:
            cells = [_cell(works[student], checks) for checks in exercises]
            yield {"index": index, "name": name, "cells": cells}


def _cell(work: Work, checks: Sequence[CheckInfo]) -> dict[str, str]:
    """How the checks of an exercise ended: a symbol for each, and a class for all."""
    symbols = []
    for info in checks:
        ending = work.endings.get(info.name)
        symbols.append(sign(ending.outcome) if ending is not None else " ")
    passed = symbols.count(sign(Outcome.PASSED))
    kind = "some"
    if passed == len(symbols):
        kind = "all"
    elif symbols.count(sign(Outcome.NOT_ATTEMPTED)) == len(symbols):
        kind = "nothing"
    elif not passed:
        kind = "none"
    return {"kind": SUBJECTS[kind], "symbols": "".join(symbols)}


def _by_name(names: Names) -> list[tuple[str, str]]:
    """Students and what they are called, in the order of the page, as many as it shows."""
    return sorted(names.students.items(), key=lambda pair: pair[1])[:MOST_ROWS]


def _students(figures: ClassFigures, parts: Sequence[AssignmentFigures], names: Names) -> list[dict[str, Any]]:
    """A row for each student with all marks."""
    works = figures.works_of()
    rows: list[dict[str, Any]] = []
    for student, name in _by_name(names):
        own = works[student]
        handed_in = [_if_handed_in(own.get(part.slug)) for part in parts]
        total = sum(work.score for work in own.values())
        maximum = sum(part.works[0].max_score for part in parts)
        share = total / maximum
        kinds = _kinds(list(own.values()), share, is_complete=None not in handed_in)
        row = {"name": name, "works": handed_in, "total": total, "share": share}
        rows.append(row | {"kinds": " ".join(kinds), "remarks": _remarks(list(own.values()))})
    return rows


def _if_handed_in(work: Work | None) -> Work | None:
    return work if work is not None and work.is_handed_in else None


def _kinds(works: Sequence[Work], share: float, *, is_complete: bool) -> Iterator[str]:
    """The keys of `KINDS` that fit a student."""
    if share < 0.5:
        yield "low"
    if not is_complete:
        yield "none"
    if any(work.count(*STOPPED) for work in works):
        yield "stop"
    if any(work.count(Outcome.FORBIDDEN) for work in works):
        yield "rule"
    if any(work.notes or work.count(Outcome.GRADER_FAULT) for work in works):
        yield "wait"


def _remarks(works: Sequence[Work]) -> str:
    """Which checks ended otherwise than right, wrong or unwritten."""
    words = []
    for outcome in Outcome:
        count = sum(work.count(outcome) for work in works)
        if count and outcome not in (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_ATTEMPTED):
            words.append(counted(outcome, count))
    return ", ".join(words)


def _waiting(parts: Sequence[AssignmentFigures], names: Names) -> list[dict[str, str]]:
    """Faults of the grader itself, and notes on submissions."""
    rows: list[dict[str, Any]] = []
    for part, work in _works(parts):
        texts = []
        faults = work.count(Outcome.GRADER_FAULT)
        if faults:
            texts.append(f"The grader itself failed in {faults} checks, whose points were given; see the result.")
        if work.notes and names.are_hidden:  # they quote what files are called
            texts.append("There is a note on the submission.")
        else:
            texts += work.notes
        for text in texts:
            rows.append({"name": names.students[work.student], "slug": part.slug, "text": text})
    return sorted(rows, key=lambda row: row["name"])[:MOST_ROWS]


def _works(parts: Sequence[AssignmentFigures]) -> Iterator[tuple[AssignmentFigures, Work]]:
    for part in parts:
        for work in part.works:
            yield part, work


def _titles(items: Mapping[str, Sequence[Item]], *, rate: float) -> list[dict[str, str]]:
    """The checks that this part of the class passes."""
    titles = []
    for slug, analysed in items.items():
        for item in analysed:
            if item.pass_rate == rate:
                titles.append({"slug": slug, "title": item.info.title})
    return titles


def _mistakes(parts: Sequence[AssignmentFigures]) -> list[dict[str, Any]]:
    """Known mistakes with how many students made them, the commonest first."""
    rows: list[dict[str, Any]] = []
    for part in parts:
        count = len(part.handed_in)
        for mistake in part.mistakes.values():
            made = len(mistake.students)
            row = {"name": mistake.id.replace("_", " "), "says": mistake.says, "slug": part.slug}
            rows.append(row | {"count": made, "share": made / count})
    rows.sort(key=lambda row: (-row["count"], row["slug"], row["name"]))
    return rows[:SHOWN_MISTAKES]


def _unnamed(groups: Sequence[Unnamed], names: Names) -> list[dict[str, Any]]:
    """Groups of students with the same wrong answers, the largest first; code shows who wrote it, as names do."""
    rows: list[dict[str, Any]] = []
    numbers: Counter[str] = Counter()  # by assignment
    for group in groups:
        numbers[group.assignment] += 1
        row = {"slug": group.assignment, "functions": group.functions, "checks": group.checks, "code": ""}
        known = [names.students[student] for student in group.students if student in names.students]
        if not names.are_hidden:
            row |= {"code": group.code, "skeleton": skeleton(group, numbers[group.assignment])}
        rows.append(row | {"students": known})
    return sorted(rows, key=lambda row: -len(row["students"]))


def _stopped(parts: Sequence[AssignmentFigures], names: Names) -> list[dict[str, Any]]:
    """Submissions with checks that had to be stopped or that crashed."""
    rows: list[dict[str, Any]] = []
    for part, work in _works(parts):
        for outcome in STOPPED:
            count = work.count(outcome)
            if count:
                row = {"name": names.students[work.student], "slug": part.slug}
                rows.append(row | {"outcome": in_words(outcome), "count": count})
    return sorted(rows, key=lambda row: row["name"])[:MOST_ROWS]


def _slow(parts: Sequence[AssignmentFigures], names: Names) -> list[dict[str, Any]]:
    """The submissions that took longest."""
    medians = {part.slug: statistics.median(work.seconds for work in part.works) for part in parts}
    rows: list[dict[str, Any]] = []
    for part, work in _works(parts):
        row = {"name": names.students[work.student], "slug": part.slug}
        rows.append(row | {"seconds": work.seconds, "median": medians[part.slug]})
    rows.sort(key=lambda row: -row["seconds"])
    return rows[:SHOWN_SLOW]


def _conditions(figures: ClassFigures) -> list[dict[str, Any]]:
    """How the results were formed, the commonest way first."""
    rows: list[dict[str, Any]] = []
    for (isolation, device, dataset, seed, versions), count in figures.runs.most_common():
        row = {"count": count, "isolation": isolation, "device": device, "dataset": dataset}
        rows.append(row | {"seed": seed, "versions": versions})
    return rows
