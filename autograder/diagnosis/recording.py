"""Known mistakes go through a visible check, and what they answer is recorded as fingerprints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch

from ..checking.case import Case
from ..checking.local import LocalChannel, module_from
from ..checking.registry import Check, Misconception
from ..checking.student import Student, events, unread
from ..checking.transcript import Event
from ..checking.verdict import Message, Verdict, failed
from ..seeds import derive
from .check_run import CheckRun
from .fingerprints import Print, same
from .heard import Heard, heard_in, print_of
from .recorded import RIGHT, UNKNOWN, CheckAnswers, Passage, Request, words_hash
from .replay import Reply, replies_of
from .resampling import rehearsed
from .variants import Variant, single_variants

BROKEN = Message("What came back cannot be used further.", "")  # the words of a check that breaks on an answer


def answers_in(
    check: Check, mistakes: Iterable[Misconception], reference: str, new_case: Callable[[], Case]
) -> CheckAnswers:
    """What mistakes, in each of their forms, answer in a check that they may fail.

    Args:
        reference: its source text.
        new_case: gives the inputs of the check, the same each time.
    """
    recorder = _Recorder(check, reference, new_case)
    trains = recorder.trains()
    for known in mistakes:
        for form, variant in enumerate(single_variants([known], reference)):
            # What a mistake fails was seen of its first form; another one may fail more.
            if known.can_trip(check.name) or (form > 0 and not trains):
                recorder.add(known, form, variant)
    return recorder.answers


def observed_locally(check: Check, source: str, case: Case) -> CheckRun:
    """A check of a module of our own, which has the random numbers that a student's would have."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(derive(case.seed, "student"))
        return observed(check, Student(LocalChannel(module_from(source, "variant"))), case)


def observed(check: Check, student: Student, case: Case) -> CheckRun:
    """A check that is run to see what it is answered, also in what it does not come to look at."""
    verdict = None
    rest: list[Event] = []
    try:
        check.run(student, case)
    except Verdict as caught:
        verdict = caught
    except Exception:  # an answer that the check cannot work with
        verdict = failed(BROKEN)
    if verdict is not None:
        rest = unread(student)
    return CheckRun(check, verdict, [*events(student), *rest], case.rows, len(rest))


class _Recorder:
    """Records the answers of one check."""

    def __init__(self, check: Check, reference: str, new_case: Callable[[], Case]) -> None:
        self._check = check
        self._reference = reference
        self._new_case = new_case
        self.answers = CheckAnswers()

    def trains(self) -> bool:
        """Whether the check trains on a data set, which takes long."""
        return self._run(self._reference).rows > 0

    def add(self, known: Misconception, form: int, variant: Variant) -> None:
        """Record what a variant with a mistake answers, if it fails the check as far as is known."""
        run = self._run(variant.source)
        if run.failed or known.can_trip(self._check.name):
            passage = Passage(self._requests(run), run.taken, not run.failed, self._words(variant, run))
            self.answers.passages.setdefault(known.id, {})[form] = passage

    def _run(self, source: str) -> CheckRun:
        """A module goes through the check as a student's code does, with the same random numbers."""
        return observed_locally(self._check, source, self._new_case())

    def _words(self, variant: Variant, run: CheckRun) -> list[str]:
        """What the check finds, where it may rest on chance with other draws too."""
        findings = {run.finding}
        if run.stochastic and not run.rows:
            for rehearsal in rehearsed(variant.source, self._check, self._new_case):
                findings.add(rehearsal.finding)
        return sorted(words_hash(finding) for finding in findings if finding)

    def _requests(self, run: CheckRun) -> list[Request]:
        """What a variant was asked and answered, each answer compared with the reference's."""
        seed = derive(self._new_case().seed, "student")
        replies: dict[int, Reply] = {}
        for reply in replies_of(run.events, run.raised, self._reference, seed=seed):
            replies[id(reply.action)] = reply
        requests = []
        for heard in heard_in(run):
            requests.append(self._request(heard, replies.get(id(heard.event.action))))
        return requests

    def _request(self, heard: Heard, reply: Reply | None) -> Request:
        function = _number(heard.function, self.answers.functions)
        sent = _number(heard.sent, self.answers.sent)
        if reply is None or heard.answer is None:
            return Request(function, sent, UNKNOWN, 0)
        right = print_of(reply.right)
        if not reply.wrong:
            return Request(function, sent, RIGHT, 0)
        if right is None or same(heard.answer, right):  # too close to be told apart at a desk
            return Request(function, sent, UNKNOWN, 0)
        return Request(function, sent, self._number_of_answer(heard.answer), int(reply.tells))

    def _number_of_answer(self, answer: Print) -> int:
        return _number(answer, self.answers.answers)


def _number(value: Any, values: list[Any]) -> int:
    """Where a value stands in a list; at its end from now on, if it did not."""
    if value not in values:
        values.append(value)
    return values.index(value)
