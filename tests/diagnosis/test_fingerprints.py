"""autograder.diagnosis.fingerprints: a few numbers tell whether two answers are the same up to rounding."""

from __future__ import annotations

import json

import pytest
import torch

from autograder.diagnosis.fingerprints import (
    MOST_PARTS,
    could_be_drawn_alike,
    differ,
    fingerprint,
    outline,
    same,
    same_outline,
)
from autograder.model import ObjectRef

NAN = float("nan")


def draws(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """Normal draws."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def look_alike(a: object, b: object) -> bool:
    """Whether two answers have the same fingerprint, also once one of them was written to a file and read."""
    one, other = fingerprint(a), fingerprint(b)
    assert one is not None
    assert other is not None
    assert same(one, other) == same(json.loads(json.dumps(one)), other) == same(other, one)
    return same(one, other)


@pytest.mark.parametrize(("dtype", "rounding"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
@pytest.mark.parametrize("shape", [(), (1,), (2,), (5, 3), (1000,)])
def test_rounding_makes_no_difference(shape: tuple[int, ...], dtype: torch.dtype, rounding: float):
    """Sums in another order differ in their last digits; what differs in the third is another answer."""
    x = draws(*shape, dtype=dtype)
    assert look_alike(x, x * (1 + rounding * draws(*shape, seed=1).to(dtype)))
    assert not look_alike(x, x * (1 + 1e-2 * draws(*shape, seed=1).to(dtype)))


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e12, 1e300])
def test_what_counts_is_relative_to_the_size(scale: float):
    """Tiny and huge answers are told apart like all others, and nothing overflows."""
    x = draws(4, 3) * scale
    assert look_alike(x, x * (1 + 1e-9))
    assert not look_alike(x, x * 1.001)
    assert not look_alike(x, -x)
    assert not look_alike(x, x.flip(0))


def test_one_wrong_entry_of_many_shows():
    """A projection sees each entry."""
    x = draws(100, 100)
    y = x.clone()
    y[17, 3] += 1.0
    assert not look_alike(x, y)


@pytest.mark.parametrize(
    "other",
    [
        draws(3, 2).float(),
        draws(3, 2).flatten(),
        draws(3, 2).T,
        draws(3, 2)[:, :, None],
        draws(3, 2).to(torch.complex128),
        draws(3, 2).tolist(),
        [draws(3, 2)],
        None,
        "text",
        1.5,
    ],
)
def test_another_kind_or_shape_is_another_answer(other: object):
    """Whatever the entries are."""
    assert not look_alike(draws(3, 2), other)


def test_values_that_are_not_finite_equal_each_other_in_the_same_places():
    """The same overflow ends as inf or as nan by the order of operations."""
    x = torch.tensor([1.0, NAN, 2.0])
    assert look_alike(x, torch.tensor([1.0, float("inf"), 2.0]))
    assert not look_alike(x, torch.tensor([NAN, 1.0, 2.0]))
    assert not look_alike(x, torch.tensor([1.0, 0.0, 2.0]))
    assert look_alike(NAN, float("-inf"))
    assert not look_alike(NAN, 0.0)


def test_a_number_equals_the_tensor_of_it():
    """Of any floating dtype; an integer tensor is something else, and so is another number."""
    assert look_alike(0.1, torch.tensor(0.1))
    assert look_alike(0.1, torch.tensor(0.1, dtype=torch.float64))
    assert look_alike(2, torch.tensor(2.0))
    assert not look_alike(2, torch.tensor(2))
    assert not look_alike(0.1, torch.tensor([0.1]))
    assert not look_alike(0.1, -0.1)
    assert not look_alike(torch.tensor(0.1), torch.tensor(0.1, dtype=torch.float64))


def test_zeros_and_nothing_have_fingerprints():
    """Zeros equal zeros of the same shape only, and so do empty tensors."""
    assert look_alike(torch.zeros(3), torch.zeros(3))
    assert not look_alike(torch.zeros(3), torch.zeros(2))
    assert not look_alike(torch.zeros(3), torch.ones(3))
    assert look_alike(torch.zeros(0, 2), torch.zeros(0, 2))
    assert not look_alike(torch.zeros(0, 2), torch.zeros(2, 0))


def test_complex_entries_and_truth_values_count():
    """A complex entry is two numbers, a truth value is 0 or 1."""
    z = torch.complex(draws(3), draws(3, seed=1))
    assert look_alike(z, z * (1 + 1e-9))
    assert not look_alike(z, z.conj().resolve_conj())
    assert look_alike(torch.tensor([True, False]), torch.tensor([True, False]))
    assert not look_alike(torch.tensor([True, False]), torch.tensor([False, True]))


def test_containers_count_with_what_is_in_them():
    """A tuple may stand for a list and keys in any order, but not one nesting for another."""
    x = draws(2)
    y = draws(3)
    assert look_alike([x, (y, 1.0)], (x, [y, 1.0]))
    assert look_alike({"W": x, "b": y}, {"b": y, "W": x})
    assert not look_alike({"W": x, "b": y}, {"W": y, "b": x})
    assert not look_alike({"W": x}, {"V": x})
    assert not look_alike([x, [y]], [[x], y])
    assert not look_alike([x, y], [y, x])
    assert not look_alike([x], [x, x])


def test_what_is_no_number_is_compared_by_its_text():
    """Texts, dtypes and sets equal themselves; an object equals every object."""
    assert look_alike("a" * 10**6, "a" * 10**6)
    assert not look_alike("a", "b")
    assert not look_alike(torch.float32, torch.float64)
    assert look_alike({3, 1, 2}, {2, 3, 1})
    assert not look_alike({1}, {2})
    assert look_alike(ObjectRef(1, "Adam"), ObjectRef(2, "Adam"))
    assert not look_alike(ObjectRef(1, "Adam"), None)


def test_an_answer_of_very_many_parts_has_none():
    """So that nothing a student returns takes long; of a large tensor little is kept."""
    assert fingerprint([0.5] * MOST_PARTS) is None
    assert fingerprint([[]] * MOST_PARTS) is None
    assert fingerprint([0.5] * (MOST_PARTS - 1)) is not None
    assert len(json.dumps(fingerprint(draws(300, 1000)))) < 200
    assert len(json.dumps(fingerprint("a" * 10**6))) < 50


def test_a_fingerprint_is_the_same_everywhere():
    """The directions are made of integers: these numbers hold on every machine and for every version of torch."""
    x = torch.arange(1.0, 7.0, dtype=torch.float64).view(2, 3)
    assert fingerprint([x, 0.25]) == [
        ["sequence of 2"],
        ["float64", [2, 3], [9.53939, -507527, -480460, 865257, -504866], 0],
        ["number", [], [0.25], 0],
    ]


def test_an_outline_tells_other_arguments():
    """All numbers count, whatever holds them and of whatever dtype."""
    x = draws(4)
    assert same_outline(outline((x, {"p": 0.5})), outline((x * (1 + 1e-7), 0.5)))
    assert not same_outline(outline((x, 0.5)), outline((x, 0.6)))
    assert not same_outline(outline((x, 0.5)), outline((x,)))
    assert same_outline(outline(()), outline((ObjectRef(1, "Adam"), None)))
    assert not same_outline(outline((x,)), outline((x.flip(0),)))


def test_other_draws_of_one_law_could_be_alike():
    """Another spread is seen, another order of the draws is not."""
    recorded = fingerprint([draws(1000), 0.5])
    assert recorded is not None
    assert could_be_drawn_alike([draws(1000, seed=1), 0.5], recorded)
    assert not could_be_drawn_alike([draws(1000, seed=1) * 2, 0.5], recorded)
    assert not could_be_drawn_alike([draws(999, seed=1), 0.5], recorded)
    assert not could_be_drawn_alike(draws(1000, seed=1), recorded)


def test_tiny_answers_may_be_neither_the_same_nor_different():
    """Where one code rounds to 0 and another does not, that tells nothing."""
    pairs = [(4e-18, 0.0), (torch.full((3,), 1e-12), torch.zeros(3))]
    for a, b in pairs:
        assert not same(fingerprint(a), fingerprint(b))
        assert not differ(fingerprint(a), fingerprint(b))
    assert differ(fingerprint(1.0), fingerprint(1.001))
    assert differ(fingerprint(draws(3)), fingerprint(draws(3, seed=1)))
    assert differ(fingerprint(draws(3)), fingerprint([draws(3)]))
    assert not differ(fingerprint(draws(3)), fingerprint(draws(3) * (1 + 1e-9)))
