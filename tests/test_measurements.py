"""The real course: what its handouts quote is what their measure.py finds. Found by slug, none named here."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch

from autograder import data
from autograder.authoring.measuring import measure, measurements_of
from autograder.authoring.validate import seeds_of
from autograder.course import Course
from autograder.plan import Setting

COURSE = Course(Path(__file__).resolve().parents[1])


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_a_handout_says_what_is_measured(slug: str):
    """Word for word, so that a changed sentence is noticed."""
    measurements_of(COURSE, slug)


@pytest.mark.slow
@pytest.mark.parametrize("slug", COURSE.slugs)
def test_a_handout_quotes_the_truth(slug: str):
    """On digits, with three seeds."""
    torch.set_num_threads(1)
    settings = seeds_of(Setting(load_data=partial(data.load, "digits")), 3)
    rows = measure(COURSE, slug, settings, progress=lambda text: None)
    assert [row for row in rows if not row.as_quoted] == []
