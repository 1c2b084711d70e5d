"""Are mistakes found that many make and nobody has named? Classes of the shelf's mistakes, one name in five taken away.

    python benchmarks/discover.py                  every assignment
    python benchmarks/discover.py adamw --list     this one, and what is in no group of its own mistake
    python benchmarks/discover.py --every 3        a third of the mistakes that lose their names

A mistake has as members each of its forms twice, and the single mistakes in other styles that are it. Members whose
failures are named by what is left of the shelf are counted apart. All code here is our own, and runs in this process.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch

from autograder import data
from autograder.authoring.stubs import cut_stub
from autograder.checking.local import beside, module_from
from autograder.course import Course
from autograder.diagnosis.naming import explain
from autograder.diagnosis.recording import observed_locally
from autograder.diagnosis.unknown import Symptom, grouped, symptoms_in
from autograder.diagnosis.variants import single_variants
from autograder.grading.cases import case_of
from autograder.plan import DESK, DESK_SEED, Plan, Setting
from autograder.seeds import derive

ROOT = Path(__file__).resolve().parents[1]
ONE_IN = 5
COPIES = 2  # of each form, since one student alone is no group
SETTING = Setting(load_data=partial(data.load, data.EMBEDDED))


@dataclass
class Tally:
    """What became of the members."""

    members: int = 0
    misnamed: int = 0
    at_home: int = 0  # in a group of which most have the same mistake
    grouped: int = 0
    pure: int = 0  # of these, those that have the mistake of most
    told: list[str] = field(default_factory=list)


def main() -> None:
    """Parse the command line, and print a row for each assignment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="*")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    course = Course(ROOT)
    total = Tally()
    for slug in course.select(options.slugs):
        tally = discovered(course, slug, options.every)
        print_row(slug, tally)
        if options.list:
            print("\n".join(f"    {line}" for line in tally.told))
        for name in ("members", "misnamed", "at_home", "grouped", "pure"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
    print_row("all", total)


def print_row(what: str, tally: Tally) -> None:
    """How many members are where they belong."""
    if tally.members:
        at_home = tally.at_home / tally.members
        purity = tally.pure / max(1, tally.grouped)
        print(
            f"{what:20} {tally.members:4} members, {tally.misnamed} with another name, {at_home:7.1%} in a group of "
            f"their own mistake, groups {purity:7.1%} pure",
            flush=True,
        )


def discovered(course: Course, slug: str, every: int) -> Tally:
    """What is found in a class of one assignment."""
    whole = Plan.of(course, slug)
    with beside(whole.beside):
        return _discovered(course, slug, every, whole)


def _discovered(course: Course, slug: str, every: int, whole: Plan) -> Tally:
    removed = whole.misconceptions[::ONE_IN]
    left = dataclasses.replace(whole, misconceptions=tuple(m for m in whole.misconceptions if m not in removed))
    sys.modules["given"] = module_from(cut_stub(whole.reference, whole.assignment), "given")  # which styles import
    tally = Tally()
    symptoms: list[Symptom] = []
    for known in removed[::every]:
        for label, source in members_of(course, slug, whole, known):
            member = f"{known.id} {label}"
            unnamed = unnamed_symptoms(member, source, left)
            if unnamed is None:
                continue
            tally.members += bool(unnamed)
            tally.misnamed += not unnamed
            symptoms += unnamed
    judge(tally, symptoms, left)
    return tally


def members_of(course: Course, slug: str, plan: Plan, known):
    """The code of everybody who makes a mistake, with a label each."""
    for form, variant in enumerate(single_variants([known], plan.reference)):
        for copy in range(COPIES):
            yield f"form {form} copy {copy}", variant.source
    styles = course.styles(slug)
    for mistake in course.single_mistakes(slug):
        if mistake.ids == {known.id}:
            style = styles[mistake.style]
            if mistake.right in style:
                yield f"line {mistake.line}", style.replace(mistake.right, mistake.wrong)


def unnamed_symptoms(member: str, source: str, plan: Plan) -> list[Symptom] | None:
    """What is wrong and has no name; None if nothing is wrong."""

    def case(check):
        return case_of(plan, SETTING, seed(check), secret_pixels=not check.visible)

    def seed(check) -> int:
        return derive(DESK_SEED, DESK, plan.assignment.slug, check.name)

    runs = []
    passed: set[str] = set()
    for check in plan.checks:
        if check.needs is None or check.needs in passed:
            run = observed_locally(check, source, case(check))
            runs.append(run)
            if not run.failed:
                passed.add(check.name)
    failures = [run for run in runs if run.failed]
    if not failures:
        return None
    named = explain(runs, plan, case)
    return symptoms_in(member, [run for run in failures if run.name not in named], plan.reference, seed)


def judge(tally: Tally, symptoms: list[Symptom], plan: Plan) -> None:
    """Count who is in a group of their own mistake."""
    home: set[str] = set()
    for group in grouped(symptoms, plan.assignment.functions):
        mistakes = Counter(student.split()[0] for student in group.students)
        most, count = mistakes.most_common(1)[0]
        tally.grouped += len(group.students)
        tally.pure += count
        home.update(student for student in group.students if student.split()[0] == most)
        if len(mistakes) > 1:
            tally.told.append(f"not pure: {group.functions} {sorted(group.students)}")
    everybody = {symptom.student for symptom in symptoms}
    tally.at_home = len(everybody & home)
    tally.told += [f"in no group of its own: {student}" for student in sorted(everybody - home)]


if __name__ == "__main__":
    main()
