"""autograder.seeds: every random number of a run follows from one seed."""

from __future__ import annotations

import itertools

from autograder.seeds import derive


def test_a_seed_is_the_same_everywhere():
    """A mark can be reproduced on another machine and in another version, so the numbers are fixed."""
    assert derive(0, "ana", "scaling", "adds_up", "case") == derive(0, "ana", "scaling", "adds_up", "case")
    assert derive(0) == 0x5FECEB66FFC86F38 >> 1  # SHA-256 of "0" begins with 5feceb66ffc86f38


def test_every_part_counts():
    """Another run, student, assignment, check or purpose has another seed, wherever the parts are cut."""
    parts = itertools.product([0, 1], ["a", "ab"], ["b", "bc", ""], ["c", "student", "case"])
    seeds = [derive(*combination) for combination in parts]
    assert len(set(seeds)) == len(seeds) == 36


def test_a_seed_fits_a_generator():
    """63 bits, also for names that are no valid text."""
    assert all(0 <= derive(seed, "\udcff", "é") < 2**63 for seed in range(-100, 100))
