"""autograder.diagnosis.resampling: a module goes through a check with draws of its own, and these are compared."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch

from autograder.checking import require
from autograder.checking.case import Case
from autograder.checking.local import local_student, module_from
from autograder.checking.registry import Check
from autograder.checking.student import events
from autograder.checking.verdict import Difference, Verdict, failed
from autograder.diagnosis.agreement import alike
from autograder.diagnosis.resampling import Rehearsal, could_be, finding, rehearsed, right_without_draws
from autograder.model import Outcome, Seed

MODULE = """import torch


def noise(n, generator):
    return torch.randn(n, generator=generator)


def own_noise(n):
    return torch.rand(n)


def half(x):
    return x / 2


def third(x):
    return x / 3


class Box:
    def content(self):
        return 1
"""
STUDENT = MODULE.replace("x / 3", "x / 4") + "\n\ndef more():\n    return 1\n"
FINDINGS = {
    "sizes": (failed("The mean is -0.25, not 1,000 (1e-3 is allowed)."), "The mean is #, not # (# is allowed)."),
    "overflow": (failed("It is nan, then inf: not information."), "It is #, then #: not information."),
    "which of them overflows": (failed("The smallest is nan, but must be finite."), "must be finite"),
    "a value": (failed("Entry 3 is 0.5.", difference=Difference("the mask", 0.5, 1.0)), "the mask is wrong"),
    "an exception": (Verdict(Outcome.ERROR, "ValueError: 3"), ""),
}


@pytest.mark.parametrize(("verdict", "words"), FINDINGS.values(), ids=FINDINGS)
def test_a_finding_is_told_without_chance(verdict: Verdict, words: str):
    """Other draws lead to other numbers, but to the same words; what ended by an exception found nothing."""
    assert finding(verdict) == words


def asks_all(student, case):
    """It asks for noise twice, and for what is no noise."""
    noises = student.noise(5, case.generator()), student.own_noise(5)
    student.half(case.normal(2))
    require(False, f"Found {noises[0][0].item()}.")


def breaks_down(student, case):
    """It cannot work with the answer."""
    student.half(torch.ones(2))["key"]


def played(check) -> list[Rehearsal]:
    """Rehearsals of the module."""
    return rehearsed(MODULE, Check(check, "noise"), lambda: Case(7, load_data=None, training={}, secret_pixels=False))


def test_three_rehearsals_differ_in_their_draws_only():
    """Draws from a given generator and global ones are others each time; the inputs and the words are the same."""
    rehearsals = played(asks_all)
    assert [each.finding for each in rehearsals] == ["Found #."] * 3
    for one, other in combinations(rehearsals, 2):
        assert [alike(a, b) for a, b in zip(one.answers, other.answers, strict=True)] == [False, False, True]


def test_a_rehearsal_leaves_the_random_numbers_of_this_process_alone():
    """What is drawn after it does not depend on whether a mistake was looked for."""
    torch.rand(1)
    before = torch.get_rng_state()
    played(asks_all)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_check_that_breaks_finds_nothing():
    """Its answers up to there are kept."""
    for each in played(breaks_down):
        assert (each.finding, len(each.answers)) == ("", 1)


def changed_by_the_check(student):
    """What is sent no longer says what was asked: a third of it is the answer now."""
    x = torch.ones(3)
    student.third(x)
    x.mul_(0.75)


ASKED = {
    "the same function": (lambda student: student.half(torch.ones(3)), {0}),
    "another answer": (lambda student: student.third(torch.ones(3)), set()),
    "with a generator": (lambda student: student.noise(3, Seed(1)), set()),
    "with an argument that the check changed": (changed_by_the_check, set()),
    "of an object's method": (lambda student: student.Box().content(), {0}),
    "after one that never came": (lambda student: (pytest.raises(Verdict, student.half), student.Box()), {0}),
    "of a function that the reference lacks": (lambda student: student.more(), set()),
}


@pytest.mark.parametrize(("ask", "right"), ASKED.values(), ids=ASKED)
def test_an_answer_is_right_if_the_reference_gives_it_to_the_same_question(ask, right: set):
    """Not told of a generator, of an object's methods, nor where the question is no longer known."""
    student = local_student(module_from(STUDENT, "student"))
    ask(student)
    assert right_without_draws(events(student), MODULE) == right


def normal(seed: int, n: int = 1000) -> torch.Tensor:
    return torch.randn(n, generator=torch.Generator().manual_seed(seed))


def thrice(*answers: object) -> list[list]:
    """Three rehearsals whose answers are the same in all, or a function of the number of the rehearsal."""
    return [[each(i) if callable(each) else each for each in answers] for i in range(3)]


def mask(seed: int, *shape: int) -> torch.Tensor:
    """Zeros and twos, 8 times 30 of them, from coins of this shape."""
    return 2.0 * torch.randint(2, shape, generator=torch.Generator().manual_seed(seed)).expand(8, 30)


def one_for_each_column(seed: int) -> torch.Tensor:
    return mask(seed, 1, 30)


TWO, THREE, FOUR = (torch.tensor(float(i)) for i in (2, 3, 4))
MATCHES = {  # answers, those of a variant, those of the reference, which follow from draws; whether they match
    "equal where chance has no say": ([TWO], thrice(TWO), thrice(FOUR), (), True),
    "another value where chance has no say": ([THREE], thrice(TWO), thrice(FOUR), (), False),
    "draws of its law": ([normal(9)], thrice(normal), thrice(lambda i: 2 * normal(i)), (), True),
    "draws of another law": ([2 * normal(9)], thrice(normal), thrice(lambda i: 2 * normal(i)), (), False),
    "draws fixed by another seed": ([normal(9)], thrice(normal(1)), thrice(normal), (), True),
    "a fixed value for draws": ([torch.zeros(1000)], thrice(normal), thrice(normal), (), False),
    "draws for a fixed value": ([normal(9)], thrice(torch.zeros(1000)), thrice(normal), (), False),
    "a fixed value that is right": ([torch.ones(9)], thrice(torch.zeros(9)), thrice(torch.ones(9)), (), False),
    "another shape": ([normal(9).view(10, -1)], thrice(normal), thrice(normal), (), False),
    "another structure": ([[TWO, THREE]], thrice([TWO]), thrice([TWO]), (), False),
    "fewer answers": ([TWO], thrice(TWO, THREE), thrice(TWO, THREE), (), True),
    "equal by chance, but for the last": ([THREE], thrice(lambda i: FOUR if i == 2 else TWO), [], (), True),
    "one of which nobody knows the law": ([normal(9, 6)], thrice(lambda i: normal(i, 3 + i)), [], (), True),
    "another law": ([TWO, 2 * normal(9)], thrice(TWO, normal), thrice(TWO, normal), (0,), False),
    "another law, but it follows": ([TWO, 2 * normal(9)], thrice(TWO, normal), thrice(TWO, normal), (1,), True),
    "a coin for each column": ([mask(9, 1, 30)], thrice(one_for_each_column), [], (), True),
    "a coin for each row and column": ([mask(9, 8, 30)], thrice(one_for_each_column), [], (), False),
    "a coin for each row": ([mask(9, 8, 1)], thrice(one_for_each_column), [], (), False),
    "a few coins of other values": ([mask(9, 8, 30)[0] / 2], thrice(lambda i: mask(i, 8, 30)[0]), [], (), False),
    "a few coins of values that were drawn too": (
        [mask(9, 8, 30)[0] * 0.9],
        thrice(lambda i: mask(i, 8, 30)[0] * (1 + i / 10)),
        [],
        (),
        True,
    ),
    "a few coins": ([mask(9, 8, 30)[0]], thrice(lambda i: mask(i, 8, 30)[0]), [], (), True),
    "another value, though it follows": ([THREE], thrice(TWO), thrice(FOUR), (0,), False),
}


@pytest.mark.parametrize(("given", "played", "right", "follow", "match"), MATCHES.values(), ids=MATCHES)
def test_answers_match_in_value_or_in_law(given: list, played: list, right: list, follow: tuple, match: bool):
    """In value where no rehearsal differs from another, of one law elsewhere; what follows from draws tells nothing."""
    rehearsals = ([Rehearsal("", answers) for answers in each] for each in (played, right))
    assert could_be(given, *rehearsals, follow=follow) == match
