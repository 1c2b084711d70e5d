"""autograder.checking.comparing: type, structure, dtype, shape and finiteness first, values last."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import close, equal
from autograder.checking.comparing import as_number, checked_sample, collected, single_precision
from autograder.checking.student import Handle
from autograder.checking.verdict import Verdict
from autograder.model import ObjectRef

nan, inf = math.nan, math.inf
HANDLE = Handle(None, ObjectRef(0, "Layer"))


def t(*values: float, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(values, dtype=dtype)


ALIKE = {
    "the same tensor": (t(1, 2), t(1, 2)),
    "an error within the tolerance": (t(1 + 1e-8, 2), t(1, 2)),
    "no entries": (torch.zeros(0, 3), torch.zeros(0, 3)),
    "a number for a [] tensor": (2.5, torch.tensor(2.5, dtype=torch.float64)),
    "a whole number for a [] float tensor": (2, torch.tensor(2.0)),
    "a whole number for a [] integer tensor": (2, torch.tensor(2, dtype=torch.int32)),
    "a [] tensor for a number": (torch.tensor(2.5), 2.5),
    "an integer for a float": (2, 2.0),
    "the expected infinity": (t(1, inf, -inf), t(1, inf, -inf)),
    "a list for a tuple": ([t(1), t(2)], (t(1), t(2))),
    "a nested structure": ({"W": [t(1), (t(2),)], 1: 3.0}, {1: 3.0, "W": (t(1), [t(2)])}),
    "an empty list": ([], ()),
    "complex numbers": (1 + 1e-9 + 2j, 1 + 2j),
    "a real number for a complex one": (2.0, 2 + 0j),
    "a complex number for a [] tensor": (1j, torch.tensor(1j)),
    "a [] tensor for a complex number": (torch.tensor(1j), 1j),
    "complex tensors": (torch.tensor([1j, 2]) + 1e-6, torch.tensor([1j, 2])),
    "keys that are tuples": ({(0, 1): t(1)}, {(0, 1): t(1)}),
}


@pytest.mark.parametrize(("actual", "expected"), ALIKE.values(), ids=ALIKE)
def test_close_accepts(actual: object, expected: object):
    """What is right in structure, dtype, shape and value passes, whatever container it comes in."""
    assert close(actual, expected) is None


LADDER = {
    "nothing came back": (None, t(1), "tensor, but what came back is None (is there a `return`?)"),
    "text": ("1.0", t(1), "must be a torch tensor, but what came back is the str '1.0'"),
    "a list instead of a tensor": ([1.0], t(1), "must be a torch tensor, but what came back is a list with 1 entry."),
    "an object": (HANDLE, t(1), "must be a torch tensor, but what came back is a Layer"),
    "a number for a tensor with entries": (1.0, t(1), "must be a torch tensor, but what came back is the float 1.0"),
    "True for a number": (True, torch.tensor(1.0), "must be a torch tensor, but what came back is the bool True"),
    "a fraction for an integer": (1.5, torch.tensor(1), "has dtype float64, but must have dtype int64"),
    "a number that does not fit": (1e300, torch.tensor(1.0), "is inf, but must be finite"),
    "another imaginary part": (1 + 2.5j, 1 + 2j, "is 1+2.5j, but must be 1+2j"),
    "an infinite imaginary part": (complex(0, inf), 1j, "must be finite"),
    "complex entries": (torch.tensor([1j, 2]), torch.tensor([-1j, 2]), "is wrong in 1 of 2 entries"),
    "complex for real": (torch.tensor([1j]), torch.tensor([1.0]), "has dtype complex64, but must have dtype float32"),
    "a complex number for a real tensor": (1j, torch.tensor(1.0), "must be a torch tensor, but what came back is the"),
    "a complex number for a real one": (1j, 1.0, "must be a single number, but what came back is the complex 1j"),
    "a text for a complex number": ("1j", 1j, "must be a single number, but what came back is the str '1j'"),
    "other tuples for keys": ({(0, 2): 1.0}, {(0, 1): 1.0}, "a dict with the keys (0, 1), but its keys are (0, 2)"),
    "NaN for a number": (nan, 1.0, "is nan, but must be finite"),
    "a tensor with an axis for a number": (t(1), 1.0, "must be a single number, but what came back is a float64"),
    "single precision": (t(1, dtype=torch.float32), t(1), "has dtype float32, but must have dtype float64"),
    "integers": (t(1, dtype=torch.int64), t(1), "has dtype int64, but must have dtype float64"),
    "one entry for four": (t(1), t(1, 1, 1, 1), "has the shape [1], but must have the shape [4]"),
    "a column for a vector": (t(1, 1)[:, None], t(1, 1), "Only axes of length 1 differ"),
    "an axis too many for a number": (t(1), torch.tensor(1.0).double(), "has the shape [1], but must have"),
    "the transposed shape": (torch.zeros(2, 3), torch.zeros(3, 2), "The sizes are right, but not their order"),
    "no sum at all": (torch.zeros(2, 3), torch.zeros([]), "Is a sum or a mean missing"),
    "no sum over the rows": (torch.zeros(2, 3), torch.zeros(3), "There is one axis too many"),
    "one sum too many": (torch.zeros(3), torch.zeros(2, 3), "One axis is gone"),
    "NaN in one entry": (t(1, nan, 3), t(1, 2, 3), "1 of 3 entries is nan, the first at [1]"),
    "NaN everywhere": (t(nan, nan), t(0, 0), "both entries are nan, the first at [0]"),
    "infinity": (t(1, -inf), t(1, -1e308), "1 of 2 entries is infinite, the first at [1]"),
    "NaN where infinity must stand": (t(nan, 1), t(inf, 1), "is wrong in 1 of 2 entries"),
    "a number where infinity must stand": (t(5, 1), t(inf, 1), "is wrong in 1 of 2 entries"),
    "the other infinity": (t(-inf), t(inf), "is -inf, but must be inf"),
    "a wrong value": (t(1, 2, 4), t(1, 2, 3), "is wrong in 1 of 3 entries."),
    "a wrong number": (2.0, 1.0, "is 2, but must be 1."),
    "too few entries": ([t(1)], (t(1), t(2)), "must hold 2 values, but what came back is a list with 1 entry."),
    "a tensor for a tuple": (t(1, 2), (t(1), t(2)), "must hold 2 values, but what came back is a float64 tensor"),
    "a missing key": ({"W": t(1)}, {"W": t(1), "b": t(2)}, "with the keys W and b, but its keys are W."),
    "a key too many": ({"W": t(1), "b": t(1)}, {"W": t(1)}, "with the keys W, but its keys are W and b."),
    "a list for a dict": ([t(1)], {"W": t(1)}, "must be a dict with the keys W, but what came back is a list"),
    "a wrong entry of a list": ([t(1), t(9)], [t(1), t(2)], "result[1] is 9, but must be 2"),
    "a wrong entry of a dict": ({"W": t(9)}, {"W": t(1)}, "result['W'] is 9, but must be 1"),
}  # fmt: skip


@pytest.mark.parametrize(("actual", "expected", "says"), LADDER.values(), ids=LADDER)
def test_close_refuses(refused, actual: object, expected: object, says: str):
    """What is wrong is refused at its own step of the ladder, and the message says which."""
    assert says in refused(close, actual, expected).message


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_close_has_room_for_rounding_only(refused, dtype: torch.dtype):
    """By default ten rounding units of any dtype pass, and 12 % never do."""
    unit = torch.finfo(dtype).eps
    one = torch.ones(3, dtype=dtype)
    close(one * (1 + min(10 * unit, 0.02)), one)
    assert "all 3 entries" in refused(close, one * 1.12, one).message


def test_parts_of_a_call_go_by_the_whole_call(refused):
    """A comma between its arguments is not the end of its name."""
    said = refused(close, [t(1), t(9)], [t(1), t(2)], name="minibatches(3, 1)").message
    assert said == "minibatches(3, 1)[1] is 9, but must be 2. minibatches(3, 1)[0] is right."


def test_wrong_values_are_gathered_inside_a_block_only(refused):
    """A form that is wrong ends a comparison there too, since nothing was compared."""
    with collected() as verdicts:
        close(t(1, 2), t(1, 3))
        close(t(1, 2), t(1, 2))
        equal(t(1), t(2))
        assert "the shape" in refused(close, t(1), t(1, 2)).message
    assert [verdict.message for verdict in verdicts] == [
        "The result is wrong in 1 of 2 entries.",
        "The result is 1, but must be 2.",
    ]
    assert refused(close, t(1, 2), t(1, 3)).message


def test_close_distinguishes_double_from_single_precision(refused):
    """An error of 1e-6 is rounding in float32, and a mistake in float64."""
    close(t(1 + 1e-6, dtype=torch.float32), t(1, dtype=torch.float32))
    assert refused(close, t(1 + 1e-6), t(1)).message


def test_single_precision_is_allowed_inside_its_block_only(refused):
    """A device without float64 gets the tolerances of float32, and nobody else afterwards."""
    with single_precision():
        close(t(1 + 1e-6), t(1))
        assert refused(close, t(1.1), t(1)).message
    assert refused(close, t(1 + 1e-6), t(1)).message


def test_single_precision_keeps_a_wider_tolerance():
    """Tolerances that a check gives are only ever widened."""
    with single_precision():
        assert close(t(1.09), t(1), rtol=0.1) is None


@given(
    pairs=st.lists(st.tuples(*2 * [st.floats(-1e3, 1e3)]), min_size=1, max_size=5),
    rtol=st.floats(0, 0.5),
    atol=st.floats(0, 10),
)
def test_close_decides_entry_by_entry(refused, pairs: list, rtol: float, atol: float):
    """|actual - expected| <= atol + rtol |expected| for every entry decides, as computed in plain Python."""
    actual, expected = (t(*values) for values in zip(*pairs, strict=True))
    if all(abs(a - e) <= atol + rtol * abs(e) for a, e in pairs):
        close(actual, expected, rtol=rtol, atol=atol)
    else:
        assert refused(close, actual, expected, rtol=rtol, atol=atol).message


def test_close_keeps_what_was_compared(refused):
    """The verdict counts the wrong entries, and holds what an explanation needs to show them."""
    actual, expected = torch.zeros(3, 4), torch.zeros(3, 4)
    actual[0, 1], actual[2, 3] = 1, 5
    verdict = refused(close, actual, expected)
    assert verdict.message == "The result is wrong in 2 of 12 entries."
    assert verdict.difference.wrong.nonzero().tolist() == [[0, 1], [2, 3]]
    assert verdict.difference.limit.unique().item() == pytest.approx(1e-5)


@pytest.mark.parametrize(
    ("labels", "subject"),
    [
        ({"names": ("dW", "db")}, "db"),
        ({"name": "the gradients"}, "gradients[1]"),
        ({"name": "w after epoch 1"}, "w[1] after epoch 1"),
        ({}, "result[1]"),
    ],
    ids=["names", "name", "variable", "neither"],
)
def test_close_calls_things_by_their_names(refused, labels: dict, subject: str):
    """A check names what it asked for, as a whole or entry by entry."""
    message = refused(close, [t(1), t(9)], [t(1), t(2)], **labels).message
    assert message.startswith(f"{subject} is 9, but must be 2")


def test_close_says_which_names_are_expected(refused):
    """A tuple of the wrong length is told by what should be in it."""
    message = refused(close, (t(1),), (t(1), t(2)), names=("dW", "db")).message
    assert "must hold the 2 values (dW, db), but what came back is a tuple with 1 entry." in message


def test_a_message_shows_no_entry(refused):
    """Hidden checks have the same messages; what was compared is shown for visible ones only."""
    message = refused(close, t(11.25, 22.5, 99.5), t(11.25, 22.5, 33.75)).message
    assert message == "The result is wrong in 1 of 3 entries."


EQUAL = {
    "integers": (3, 3),
    "text": ("relu", "relu"),
    "booleans": (False, False),
    "None": (None, None),
    "a [] tensor for a number": (torch.tensor(3), 3),
    "a number for a [] tensor": (3, torch.tensor(3, dtype=torch.int8)),
    "a shape for a tuple": (torch.Size([2, 3]), (2, 3)),
    "index tensors of another integer dtype": (t(1, 2, dtype=torch.int32), t(1, 2, dtype=torch.int64)),
    "a nested structure": ({"order": [0, 1]}, {"order": (0, 1)}),
}


@pytest.mark.parametrize(("actual", "expected"), EQUAL.values(), ids=EQUAL)
def test_equal_accepts(actual: object, expected: object):
    """Exactly the same value passes."""
    assert equal(actual, expected) is None


UNEQUAL = {
    "another integer": (4, 3, "must be 3, but is 4"),
    "almost an integer": (3.0000001, 3, "must be 3, but is 3.0000001"),
    "True for 1": (True, 1, "must be 1, but is the bool True"),
    "1 for True": (1, True, "must be True, but is the int 1"),
    "NaN": (nan, 1, "must be 1, but is nan"),
    "another [] tensor": (torch.tensor(4), 3, "must be 3, but is 4"),
    "one entry for a number": (t(3), 3, "must be 3, but is a float64 tensor of shape [1]"),
    "many entries for a number": (t(3, 3), 3, "must be 3, but is a float64 tensor of shape [2]"),
    "an object for a number": (HANDLE, 3, "must be 3, but is a Layer"),
    "nothing for text": (None, "relu", "must be 'relu', but is None"),
    "a fraction for an integer tensor": (1.5, torch.tensor(1), "is 1.5, but must be 1"),
    "a number that does not fit the dtype": (257, torch.tensor(1, dtype=torch.int8), "is 257, but must be 1"),
    "another index": (t(1, 2), t(1, 3), "wrong in 1 of 2 entries"),
    "one index for two": (t(1), t(1, 1), "has the shape [1], but must have the shape [2]"),
    "a list for a tensor": ([1, 2], t(1, 2), "must be a torch tensor, but what came back is a list with 2"),
    "a shorter list": ([1], [1, 2], "must hold 2 values, but what came back is a list with 1 entry."),
}


@pytest.mark.parametrize(("actual", "expected", "says"), UNEQUAL.values(), ids=UNEQUAL)
def test_equal_refuses(refused, actual: object, expected: object, says: str):
    """Anything else is refused with what must hold, and never breaks the check."""
    assert says in refused(equal, actual, expected).message


@pytest.mark.parametrize("value", [0.5, 2, torch.tensor(0.5), torch.tensor(2)])
def test_as_number_takes_numbers_and_single_tensors(value: object):
    """A number or a [] tensor becomes a float."""
    assert as_number(value, "the loss") == float(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "0.5",
        True,
        torch.tensor(True),
        t(0.5),
        [0.5],
        nan,
        -inf,
        torch.tensor(nan),
        pytest.param(HANDLE, id="handle"),
    ],
    ids=repr,
)
def test_as_number_refuses(refused, value: object):
    """Nothing else is a number, not even one that is not finite."""
    assert refused(as_number, value, "the loss").message.startswith("The loss")


@pytest.mark.parametrize("sample", [None, 0.5, [0.1, 0.2], t(0.5), torch.zeros(0), t(0.1, nan)], ids=repr)
def test_checked_sample_refuses(refused, sample: object):
    """A sample is a finite tensor of at least two entries."""
    assert refused(checked_sample, sample, "the sample").message.startswith("The sample")


def test_checked_sample_flattens():
    """Any shape and dtype gives a flat float64 tensor."""
    assert torch.equal(checked_sample(torch.tensor([[1, 2], [3, 4]]), "the sample"), t(1, 2, 3, 4))


def test_equal_sets():
    """Frozen or not, with whatever in them."""
    assert equal({1, (2, "a")}, frozenset({(2, "a"), 1})) is None
    assert equal({(0, 1): {2}}, {(0, 1): {2}}) is None


OTHER_SETS = {
    "members": ({1, 5}, {1, 2, 3}, "The result is not the right set. It lacks 2 and 3. It must not hold 5."),
    "many members": (set(), set(range(6)), "The result is not the right set. It lacks 0, 1, 2 and 3 more."),
    "a list": ([1], {1}, "The result must be {1}, but is a list with 1 entry."),
    "a complex number": (1j, 2j, "The result must be 2j, but is 1j."),
}


@pytest.mark.parametrize(("actual", "expected", "says"), OTHER_SETS.values(), ids=OTHER_SETS)
def test_sets_and_complex_numbers_that_differ(actual: object, expected: object, says: str):
    """The members are named, though not in a hidden check."""
    with pytest.raises(Verdict) as caught:
        equal(actual, expected)
    assert caught.value.message == says
    assert caught.value.wording.redacted == "The result is not what it must be."
