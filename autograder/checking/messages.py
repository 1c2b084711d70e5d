"""The wording of everything a check tells a student, in one place.

A message says what came back and what must hold, and never shows an input. `side_by_side` shows values; the
runner keeps it for visible checks only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

SIGN = "Every entry has the opposite sign: is a minus missing, or one too many?"
ALL_ZERO = "Every entry is zero: is the result ever filled in?"
TRANSPOSED = "It is the transpose of what must come back: which index comes first?"
NEARLY = "It is nearly right: is a step computed in lower precision, or a small constant added where none belongs?"
SHOWN_ENTRIES = 24


def shape(x: torch.Tensor) -> str:
    """The shape as the handouts write it: [2, 3], and [] for a single number."""
    return str(list(x.shape))


def dtype(x: torch.Tensor) -> str:
    """The dtype without the name of the library: float64."""
    return str(x.dtype).removeprefix("torch.")


def kind(value: Any) -> str:
    """What a value is, in a student's words."""
    if value is None:
        return "None (is there a `return`?)"
    if isinstance(value, torch.Tensor):
        return f"a {dtype(value)} tensor of shape {shape(value)}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, bool | int | float | str):
        return f"the {type(value).__name__} {value!r:.60}"
    return f"a {getattr(value, 'type_name', type(value).__name__)}"


def not_a_tensor(name: str, value: Any) -> str:
    """For a value that should be a tensor."""
    return f"{_subject(name)} must be a torch tensor, but it is {kind(value)}."


def not_a_number(name: str, value: Any) -> str:
    """For a value that should be a single number."""
    return f"{_subject(name)} must be a single number, but it is {kind(value)}."


def not_finite_number(name: str, value: float) -> str:
    """For a single number that is nan or infinite."""
    return f"{_subject(name)} is {value}, but it must be finite."


def too_few(name: str, value: torch.Tensor) -> str:
    """For a sample that is too small to be judged."""
    return f"{_subject(name)} has the shape {shape(value)}; more entries are needed."


def wrong_length(name: str, value: Any, expected: Sequence[str] | int) -> str:
    """For a list or tuple, or what stands in its place, without the expected entries."""
    wanted = f"{expected} entries" if isinstance(expected, int) else f"({', '.join(expected)})"
    return f"{_subject(name)} must hold {wanted}, but it is {kind(value)}."


def wrong_keys(name: str, value: Any, keys: list) -> str:
    """For a dict, or what stands in its place, without the expected keys."""
    found = f"the keys are {sorted(map(str, value))}" if isinstance(value, dict) else f"it is {kind(value)}"
    return f"{_subject(name)} must be a dict with the keys {sorted(map(str, keys))}, but {found}."


def wrong_dtype(name: str, actual: torch.Tensor, expected: torch.Tensor) -> str:
    """For a tensor of another dtype."""
    hint = ""
    if actual.is_floating_point() and expected.is_floating_point():
        hint = " Does a new tensor in your code take its dtype from the input?"
    return f"{_subject(name)} has dtype {dtype(actual)}, but {dtype(expected)} must come back.{hint}"


def wrong_shape(name: str, actual: torch.Tensor, expected: torch.Tensor) -> str:
    """For a tensor of another shape, with the likeliest reason."""
    return (
        f"{_subject(name)} has the shape {shape(actual)}, but it must be {shape(expected)}."
        f"{_shape_hint(list(actual.shape), list(expected.shape))}"
    )


def _shape_hint(actual: list[int], expected: list[int]) -> str:
    if actual == expected[::-1]:
        return " It looks transposed."
    if [s for s in actual if s != 1] == [s for s in expected if s != 1]:
        return " Only axes of length 1 differ: look at keepdim, squeeze and reshape."
    if not expected:
        return " Is a sum or a mean missing?"
    if len(actual) == len(expected) + 1 and (actual[1:] == expected or actual[:-1] == expected):
        return " One axis is left over: is a sum or a mean over it missing?"
    if len(actual) + 1 == len(expected):
        return " One axis is gone: is something summed that should not be?"
    return ""


def not_finite(name: str, actual: torch.Tensor) -> str:
    """For a tensor with entries that are nan or infinite: how many and where first."""
    bad = ~torch.isfinite(actual)
    what = "nan" if torch.isnan(actual).any() else "inf"
    if actual.ndim == 0:
        return f"{_subject(name)} is {actual.item()}, but it must be finite."
    first = [int(i) for i in bad.nonzero()[0]]
    return (
        f"{_subject(name)} must be finite, but {int(bad.sum())} of {actual.numel()} entries are {what} or infinite, "
        f"first at {first}. Where in your formula can a number overflow, or 0 be divided by 0?"
    )


def differs(
    name: str, actual: torch.Tensor, expected: torch.Tensor, wrong: torch.Tensor, *, allowed: tuple[float, float]
) -> str:
    """Where and by how much an array is off; values themselves stay in `side_by_side`."""
    error = (actual - expected).abs()
    limit = allowed[1] + allowed[0] * expected.abs()
    if actual.ndim == 0:
        return (
            f"{_subject(name)} is {actual.item():.7g}, but it must be {expected.item():.7g} "
            f"(allowed error {limit.item():.1e})."
        )
    excess = torch.where(wrong, torch.nan_to_num(error - limit, nan=torch.inf), -torch.inf)
    worst = [int(i) for i in torch.unravel_index(excess.argmax(), excess.shape)]
    at = tuple(worst)
    return (
        f"{_subject(name)} is wrong in {int(wrong.sum())} of {wrong.numel()} entries; worst at {worst}: "
        f"{actual[at].item():.7g} where {expected[at].item():.7g} must stand (allowed error {limit[at].item():.1e})."
    )


def not_equal(name: str, actual: Any, expected: Any) -> str:
    """For a value that is not exactly the expected one."""
    if isinstance(expected, torch.Tensor) and isinstance(actual, torch.Tensor):
        wrong = int((actual.to(torch.float64) != expected.to(torch.float64)).sum())
        return f"{_subject(name)} is wrong in {wrong} of {expected.numel()} entries."
    return f"{_subject(name)} must be {expected!r}, but it is {kind(actual)}."


def factor(ratio: float, name: str | None) -> str:
    """The question about an exact factor, named after the quantity of the call that it equals."""
    size = f"exactly {ratio:.6g} times what they must be"
    if name in (None, f"{ratio:g}"):
        return f"All entries are {size}: which factor is missing, or one too many?"
    return f"All entries are {size}, and here {ratio:.6g} is {name}: is that factor missing, or one too many?"


def offset(shift: float) -> str:
    """The question about a constant that was added to every entry."""
    return f"All entries are off by the same amount, {shift:.6g}: is a term missing, or one too many?"


def only_last_rows(right: int, rows: int) -> str:
    """The question about rows that are wrong only from some row on."""
    return f"The first {right} of {rows} rows are right: what is different about the ones after them?"


def bound(what: str, value: float, target: float, relation: str) -> str:
    """For a number on the wrong side of its bound."""
    return f"{_subject(what)} is {value:.4g}, but it must be {relation} {target:.4g}."


def input_changed(function: str, changed: Sequence[str]) -> str:
    """For a function that wrote into its arguments."""
    return (
        f"{function} changed its input {' and '.join(changed)} in place, but the caller still needs it. "
        "Does a line of yours end in an underscore, use `+=`, or assign into an argument?"
    )


def wrong_moment(name: str, what: str, found: float, expected: float, allowed: float, n: int) -> str:
    """For a sample whose mean or standard deviation chance does not explain."""
    hint = ""
    if what != "mean" and expected > 0 and found > 0:
        hint = f" That is {found / expected:.4g} times too large." if found > expected else (
            f" That is {found / expected:.4g} of it."
        )
    return (
        f"{_subject(name)} has {what} {found:.5g} over {n} draws, but {expected:.5g} must come out "
        f"(chance explains {allowed:.2g} at most).{hint}"
    )


def wrong_fraction(name: str, found: float, p: float, n: int) -> str:
    """For a mask that keeps too many or too few entries for chance to explain."""
    return (
        f"{_subject(name)} keeps a share of {found:.4g} of {n} entries, but each must be kept with probability "
        f"{p:.4g}; chance does not explain that."
    )


def outside(name: str, low: float, high: float, expected_low: float, expected_high: float) -> str:
    """For a sample with entries outside of its range."""
    return (
        f"{_subject(name)} lies between {low:.5g} and {high:.5g}, "
        f"but every entry must lie between {expected_low:.5g} and {expected_high:.5g}."
    )


def wrong_law(name: str, law: str, x: torch.Tensor) -> str:
    """For a sample from another distribution."""
    return (
        f"{_subject(name)} does not follow {law}: over {x.numel()} draws it has mean {x.mean().item():.4g}, "
        f"standard deviation {x.std().item():.4g}, least {x.min().item():.4g}, greatest {x.max().item():.4g}."
    )


def side_by_side(actual: torch.Tensor, expected: torch.Tensor) -> str:
    """Both arrays, if they are small enough to be read."""
    if max(actual.numel(), expected.numel()) > SHOWN_ENTRIES:
        return ""
    return f"yours: {_values(actual)}\nright: {_values(expected)}"


def _values(x: torch.Tensor) -> str:
    def text(value: Any) -> str:
        if isinstance(value, list):
            return f"[{', '.join(text(v) for v in value)}]"
        return f"{value:.6g}" if isinstance(value, float) else str(value)

    return text(x.tolist())


def _subject(name: str) -> str:
    first = name.split(" ")[0]
    is_word = first != name and first.isalpha() and first.islower() and len(first) > 2
    return name[0].upper() + name[1:] if is_word else name  # not of a variable: `w` and `W` are different things
