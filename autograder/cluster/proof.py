"""What a run asks of a node, and how the node proves that it grades as the machine would that asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from .. import data
from ..course import Course, find_course
from ..grading.devices import chosen_device
from ..grading.fingerprints import hashes_without_submission, versions
from ..model import Result
from ..plan import Setting
from ..sandbox.probe import choose
from ..sandbox.workers import Workers

SHARED = {"engine": "engine", "data": "data set"}  # what all assignments have in common, with its name in messages


@dataclass(frozen=True)
class Terms:
    """What a run asks of every node.

    Args:
        slugs: the assignments that are graded.
        isolation: a level, "auto" for the strongest that a node can have, or "none".
        required: the weakest level that will do, if any.
        carry_forward: one of `model.CARRY_FORWARD`.
        secret: what the inputs of hidden checks follow from besides the seed.
        course: the folder of the course; "" for the one that the node finds, as a command there would.
        data_dir: the folder of data sets, or "" in the same way.
    """

    slugs: tuple[str, ...]
    seed: int
    device: str
    dataset: str
    isolation: str = "auto"
    required: str | None = None
    carry_forward: str = "off"
    secret: str = ""
    course: str = ""
    data_dir: str = ""

    def setting(self, isolation: str) -> Setting:
        """What the graders of a node are asked to use."""
        folder = data.data_folder(self.data_dir or None)
        return Setting(
            seed=self.seed,
            device=self.device,
            dataset=self.dataset,
            load_data=partial(data.load, self.dataset, root=folder, seed=self.seed),
            data_files=data.files(self.dataset, folder),
            isolation=isolation,
            carry_forward=self.carry_forward,
            secret=self.secret,
        )

    def at_home(self) -> Terms:
        """The same with the folder of data that the environment names, which a grader process does not get to see."""
        return replace(self, data_dir=str(data.data_folder(self.data_dir or None)))

    def found_course(self) -> Course:
        """The course.

        Raises:
            UsageError: there is none.
        """
        if self.course:
            return Course(Path(self.course))
        return find_course()


@dataclass(frozen=True)
class Identity:
    """All that results depend on besides the submissions.

    Args:
        hashes: of every assignment, by slug and by what they are the hash of.
    """

    versions: dict[str, str]
    hashes: dict[str, dict[str, str]]

    @classmethod
    def of(cls, course: Course, setting: Setting, slugs: Sequence[str]) -> Identity:
        """What it is on this machine.

        Raises:
            UsageError: the course lacks one of the assignments.
        """
        hashes = {}
        for slug in slugs:
            hashes[slug] = hashes_without_submission(course.assignment(slug), course.whole_solution(slug), setting)
        return cls(versions(), hashes)

    def difference(self, other: Identity) -> str:
        """The first thing in which another machine differs, in words; "" if there is none."""
        for name, version in self.versions.items():
            theirs = other.versions.get(name, "none")
            if theirs != version:
                return f"it has {name} {theirs}, and here is {version}"
        for slug, hashes in self.hashes.items():
            theirs_of_slug = other.hashes.get(slug, {})
            for part, value in hashes.items():
                if theirs_of_slug.get(part) != value:
                    return _in_words(part, slug)
        return ""

    def is_that_of(self, result: Result) -> bool:
        """Whether a result was formed with all that."""
        hashes = dict(result.run.hashes)
        del hashes["submission"]
        return result.run.versions == self.versions and hashes == self.hashes[result.assignment]


def _in_words(part: str, slug: str) -> str:
    if part in SHARED:
        return f"its {SHARED[part]} is not the one here"
    return f"its {part} of {slug} is not the one here"


@dataclass(frozen=True)
class Proof:
    """What a node is.

    Args:
        isolation: the level that it confines submissions to.
    """

    identity: Identity
    isolation: str
    course: Path


def proof(terms: Terms, workers: Workers) -> Proof:
    """What this machine is, found out in a grader process.

    Raises:
        UsageError: it cannot do what the terms ask.
    """
    # Whoever cannot take part finds that out here, before anything is sent.
    device = chosen_device(terms.device)
    isolation = choose(terms.isolation, terms.required, gpu=device == "cuda", workers=workers)
    course = terms.found_course()
    setting = terms.setting(isolation)
    _load(setting)
    return Proof(Identity.of(course, setting, terms.slugs), isolation, course.root)


def _load(setting: Setting) -> None:
    """Load the data set, which fetches it if it is missing."""
    load: Callable[[], object] | None = setting.load_data
    if load is not None and setting.dataset != data.EMBEDDED:
        load()
