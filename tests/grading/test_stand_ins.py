"""What stands for functions of the reference in a second run, without a worker."""

from __future__ import annotations

import pytest
import torch

from autograder.checking.verdict import Verdict
from autograder.grading.stand_ins import StandIns

TRAINS = """
import torch


def train(w, epochs):
    for _ in range(epochs):
        w = w * 0.5
    return w
"""


class Deaf:
    """A channel to nobody."""

    def give(self, given):
        self.given = given

    def ask(self, actions):
        return []


def put(seconds: float) -> Deaf:
    channel = Deaf()
    StandIns(TRAINS, ["train"], seconds).put_in_place(channel)
    return channel


def test_a_training_that_would_never_end_ends():
    """The student's code says for how many epochs the reference trains, in the grader, where nothing else stops it."""
    given = put(0.2).given
    with pytest.raises(Verdict, match="took too long"):
        given.answer(given.spy, None, (torch.ones(2),), {"epochs": 10**12})


def test_within_the_time_it_answers():
    """A training of some epochs is answered."""
    given = put(60).given
    assert given.answer(given.spy, None, (torch.ones(2),), {"epochs": 3}).tolist() == [0.125, 0.125]
