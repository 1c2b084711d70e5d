"""Sentences that say what came back and what must hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch

from ..values import in_double
from .grammar import be, counted, do, have, listed, pronoun, subject, with_article
from .tables import enough_digits, number
from .verdict import Message, plain

OVERFLOW = "Where can a number overflow, 0 be divided by 0, or the logarithm of 0 be taken?"
MOST_NAMES = 3  # more values are counted, not listed


def shape(x: torch.Tensor) -> str:
    """The shape as the handouts write it: [2, 3], and [] for a single number."""
    return str(list(x.shape))


def dtype(x: torch.Tensor) -> str:
    """The dtype without the name of the library: float64."""
    return str(x.dtype).removeprefix("torch.")


def kind(value: Any) -> Message:
    """What a value is, in a student's words."""
    if value is None:
        return plain("None (is there a `return`?)")
    if isinstance(value, torch.Tensor):
        tensor = with_article(f"{dtype(value)} tensor")
        return Message(f"{tensor} of shape {shape(value)}", tensor)
    name = type(value).__name__
    if isinstance(value, list | tuple | set | frozenset):
        return Message(f"{with_article(name)} with {counted(len(value), 'entry', 'entries')}", with_article(name))
    if isinstance(value, bool | int | float | complex | str):
        return Message(f"the {name} {value!r:.60}", with_article(name))
    # Of an object of the student's, what came back is a handle, which knows the name of its class.
    name = getattr(value, "type_name", name)
    return Message(with_article(name), "another object")


def not_a_tensor(name: str, value: Any) -> Message:
    """For a value that should be a tensor."""
    wanted = "a torch tensor"
    if getattr(value, "type_name", "").endswith(" tensor"):
        wanted = "an ordinary torch tensor"  # not a sparse one, or one without values
    return _but(f"{subject(name)} must be {wanted}, but what came back is", kind(value))


def not_a_number(name: str, value: Any) -> Message:
    """For a value that should be a single number."""
    return _but(f"{subject(name)} must be a single number, but what came back is", kind(value))


def not_finite_number(name: str, value: float) -> Message:
    """For a single number that is nan or infinite."""
    return plain(f"{subject(name)} {be(name)} {value}, but must be finite. {OVERFLOW}")


def too_few(name: str, value: torch.Tensor) -> Message:
    """For a sample that is too small to be judged."""
    return Message(
        f"{subject(name)} {have(name)} the shape {shape(value)}; more entries are needed.",
        f"{subject(name)} {have(name)} too few entries.",
    )


def wrong_length(name: str, value: Any, expected: Sequence[str] | int) -> Message:
    """For a list or tuple, or what stands in its place, without the expected entries."""
    if isinstance(expected, int):
        full = _but(f"{subject(name)} must hold {counted(expected, 'value')}, but what came back is", kind(value)).full
        # How many there must be can depend on the hidden input; names of values never do.
        return Message(full, f"{subject(name)} must be a list or tuple with another number of values.")
    wanted = f"{len(expected)} values"
    if len(expected) <= 5:  # as many as a function of an exercise returns; more would hide the rest of the sentence
        wanted = f"the {wanted} ({', '.join(expected)})"
    return _but(f"{subject(name)} must hold {wanted}, but what came back is", kind(value))


def wrong_keys(name: str, value: Any, keys: Sequence[Any]) -> Message:
    """For a dict, or what stands in its place, without the expected keys."""
    begin = f"{subject(name)} must be a dict with the keys {listed(sorted(map(str, keys)))}"
    if isinstance(value, Mapping):
        return Message(f"{begin}, but its keys are {listed(sorted(map(str, value)))}.", f"{begin}.")
    return _but(f"{begin}, but what came back is", kind(value))


def wrong_dtype(name: str, actual: torch.Tensor, expected: torch.Tensor) -> Message:
    """For a tensor of another dtype."""
    fact = f"{subject(name)} {have(name)} dtype {dtype(actual)}, but must have dtype {dtype(expected)}."
    if actual.is_floating_point() and expected.is_floating_point():
        return plain(f"{fact} Does every tensor that your code makes take its dtype from the input?")
    return plain(fact)


def wrong_shape(name: str, actual: torch.Tensor, expected: torch.Tensor, *, guessing: bool = True) -> Message:
    """For a tensor of another shape, with the likeliest reason unless a surer one is known."""
    hint = _shape_hint(list(actual.shape), list(expected.shape)) if guessing else ""
    return Message(
        f"{subject(name)} {have(name)} the shape {shape(actual)}, but must have the shape {shape(expected)}.{hint}",
        f"{subject(name)} {have(name)} the wrong shape.{hint}",
    )


def _shape_hint(actual: list[int], expected: list[int]) -> str:
    """What the two shapes suggest, without a number, so that hidden checks can say it too; the surest first."""
    if longer_axes(actual) == longer_axes(expected):
        return " Only axes of length 1 differ: look at keepdim, at slices like [:1] and at reshape."
    if sorted(actual) == sorted(expected):
        return " The sizes are right, but not their order: is something transposed, or is a transpose missing?"
    if len(expected) == 1 and actual == 2 * expected:
        return (
            " Did you combine a tensor of shape [n] with one of shape [n, 1]? Broadcasting makes that [n, n]. "
            "Or is a sum missing?"
        )
    if not expected:
        return " Is a sum or a mean missing, or does it keep an axis?"
    if expected in _without_an_axis(actual):
        return " There is one axis too many: is a sum or a mean over it missing?"
    if actual in _without_an_axis(expected):
        return " One axis is gone: is something summed or indexed that should not be?"
    if math.prod(actual) == math.prod(expected):
        return " The number of entries is right: is a reshape missing, or one too many?"
    return ""


def longer_axes(sizes: Sequence[int]) -> list[int]:
    """The sizes of a shape without those that are 1."""
    return [size for size in sizes if size != 1]


def _without_an_axis(sizes: list[int]) -> list[list[int]]:
    return [sizes[:i] + sizes[i + 1 :] for i in range(len(sizes))]


def not_finite(name: str, actual: torch.Tensor) -> Message:
    """For a tensor with entries that are nan or infinite: how many and where first."""
    if actual.numel() == 1:
        return not_finite_number(name, actual.item())
    kinds = []
    if actual.isnan().any():
        kinds.append("nan")
    if actual.isinf().any():
        kinds.append("infinite")
    what = " or ".join(kinds)
    bad = ~torch.isfinite(actual)
    are = "is" if bad.sum() == 1 else "are"
    some = "all entries are" if bad.all() else "some entries are"
    return Message(
        f"{subject(name)} must be finite, but {_share(bad)} {are} {what}, the first at {bad.nonzero()[0].tolist()}. "
        f"{OVERFLOW}",
        f"{subject(name)} must be finite, but {some} {what}. {OVERFLOW}",
    )


def only_it_is_not_finite(name: str, value: float, others: Sequence[str]) -> Message:
    """For a number that is nan or infinite although everything else that came back with it is right."""
    return plain(
        f"{subject(name)} {be(name)} {value}, but {company(others)}: your derivation is sound, and only the way "
        f"you compute {name} breaks down. {OVERFLOW}"
    )


def wrong_entries(name: str, actual: torch.Tensor, expected: torch.Tensor, *, wrong: torch.Tensor) -> Message:
    """How much of an array is wrong; of a single number, what it is and what it must be."""
    if wrong.numel() == 1:
        digits = enough_digits(actual, expected, wrong)
        yours = number(actual.item(), digits)
        right = number(expected.item(), digits)
        return Message(f"{subject(name)} {be(name)} {yours}, but must be {right}.", _not_what_it_must_be(name))
    begin = f"{subject(name)} {be(name)} wrong in"
    some = "every entry" if wrong.all() else "some entries"
    return Message(f"{begin} {_share(wrong)}.", f"{begin} {some}.")


def not_equal(name: str, actual: Any, expected: Any) -> Message:
    """For a value that is not exactly the expected one."""
    if isinstance(expected, torch.Tensor) and isinstance(actual, torch.Tensor):
        wrong = in_double(actual) != in_double(expected)
        return wrong_entries(name, actual, expected, wrong=wrong)
    if isinstance(expected, set | frozenset) and isinstance(actual, set | frozenset):
        return _other_members(name, actual, expected)
    kind_of_object = getattr(expected, "type_name", "")
    if kind_of_object and kind_of_object == getattr(actual, "type_name", ""):
        return plain(f"{subject(name)} {be(name)} another {kind_of_object} than the one that it must be.")
    yours = kind(actual)
    if _is_number(actual) and _is_number(expected):  # two numbers need no word on what they are
        yours = plain(repr(actual))
    full = _but(f"{subject(name)} must be {expected!r}, but {be(name)}", yours).full
    return Message(full, _not_what_it_must_be(name))


def _other_members(name: str, actual: Iterable[Any], expected: Iterable[Any]) -> Message:
    """For a set with other members than the expected one."""
    missing = sorted(map(repr, set(expected) - set(actual)))
    extra = sorted(map(repr, set(actual) - set(expected)))
    sentences = []
    if missing:
        sentences.append(f"It lacks {_some(missing)}.")
    if extra:
        sentences.append(f"It must not hold {_some(extra)}.")
    return Message(f"{subject(name)} {be(name)} not the right set. {' '.join(sentences)}", _not_what_it_must_be(name))


def _some(members: Sequence[str]) -> str:
    """Members by name, and how many more there are."""
    if len(members) <= MOST_NAMES:
        return listed(members)
    return f"{', '.join(members[:MOST_NAMES])} and {len(members) - MOST_NAMES} more"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _not_what_it_must_be(name: str) -> str:
    return f"{subject(name)} {be(name)} not what {pronoun(name)} must be."


def swapped(one: str, other: str) -> Message:
    """For two values that stand in each other's place."""
    return plain(f"{subject(one)} and {other} stand in each other's place: in which order are they returned?")


def company(right: Sequence[str]) -> str:
    """That these values are right: dw and db are right."""
    return f"{_all_of(right)} right"


def right_and_wrong(right: Sequence[str], wrong: Sequence[str]) -> Message:
    """Which of the other values that came back are right, and which are wrong too."""
    sentences = []
    if right:
        sentences.append(f"{_all_of(_beginning(right))} right.")
    if wrong:
        sentences.append(f"{_all_of(_beginning(wrong))} wrong too.")
    return plain(" ".join(sentences))


def _all_of(names: Sequence[str]) -> str:
    """Several values with their verb: dw and db are."""
    if len(names) > MOST_NAMES:
        return f"{len(names)} other values are"
    if len(names) == 1:
        return f"{names[0]} {be(names[0])}"
    return f"{listed(names)} are"


def _beginning(names: Sequence[str]) -> list[str]:
    """The names as they stand at the beginning of a sentence."""
    first, *others = names
    return [subject(first), *others]


def bound(what: str, value: float, target: float, relation: str) -> Message:
    """For a number on the wrong side of its bound."""
    return plain(f"{subject(what)} {be(what)} {value:.4g}, but must be {relation} {target:.4g}.")


def not_iterable(value: Any) -> Message:
    """For a value that should give others, one after the other."""
    return _but("The result must be an iterator or a list, but what came back is", kind(value))


def endless(type_name: str, count: int) -> Message:
    """For an iteration that does not end."""
    return plain(f"The {type_name} gave {count:,} values and goes on. What ends the iteration?")


def no_length(type_name: str) -> Message:
    """For an object without a length, as Python says it."""
    method = f"Does the class {type_name} define `__len__`?"
    return plain(f"TypeError: `len({type_name.lower()})`: object of type '{type_name}' has no len(). {method}")


def not_raised(function: str, wanted: str, value: Any) -> Message:
    """For a call that returned although it must raise an exception."""
    begin = f"{subject(function)} must raise {wanted}, but returned"
    return Message(f"{begin} {kind(value).full}.", f"{begin} {kind(value).redacted}.")


def raised_another(function: str, wanted: str, words: str) -> Message:
    """For a call that raised another exception than it must."""
    begin = f"{subject(function)} must raise {wanted}, but"
    return Message(f"{begin} raised {words}", f"{begin} raised another exception.")


def growing(function: str, what: str, counts: Sequence[tuple[int, int]], *, unit: str) -> Message:
    """For a function that does more the more rows it is given; `counts` are pairs of rows and what it did."""
    (few, less), (many, more) = counts
    slope = (more - less) / (many - few)
    return plain(
        f"For {few} {unit}s your `{function}` makes {less:,} {what}, for {many} {unit}s it makes {more:,}: "
        f"{slope:.3g} more for every {unit}. Which operation would take all {unit}s at once?"
    )


def input_changed(function: str, changed: Sequence[str]) -> Message:
    """For a function that wrote into its arguments."""
    inputs = "input"
    them = "it"
    if len(changed) > 1:
        inputs = "inputs"
        them = "them"
    return plain(
        f"{function} changed its {inputs} {listed(changed)} in place, but the caller still needs {them}. Does a line "
        "call a method that ends in an underscore, use `+=` or the like, or assign into an argument?"
    )


def wrong_moment(name: str, what: str, value: float, expected: float, *, allowed: float, n: int) -> Message:
    """For a sample whose mean or standard deviation chance does not explain.

    Args:
        what: "mean" or "standard deviation".
        value: the moment of the sample.
        allowed: the difference that chance explains.
        n: size of the sample.
    """
    hint = ""
    if what != "mean" and expected > 0 and value > 0:
        hint = f" It is about {value / expected:.3g} times what it must be."
    return Message(
        f"The {what} of {name} is {value:.5g} over {n} draws, but must be {expected:.5g} "
        f"(chance explains a difference of at most {allowed:.2g}).{hint}",
        f"The {what} of {name} is not what it must be, and chance does not explain that.{hint}",
    )


KEPT = "entries are not 0"


def wrong_fraction(name: str, share: float, p: float, n: int, *, what: str = KEPT) -> Message:
    """For a share that is too large or too small for chance to explain.

    Args:
        share: of the sample.
        p: the expected share.
        n: size of the sample.
        what: a sentence of what is counted, without its number.
    """
    end = "chance does not explain that."
    if what == KEPT and _is_confused(share, p, n):
        end += " Are kept and dropped entries confused?"
    many = "many" if share > p else "few"
    return Message(
        f"In {name}, {100 * share:.4g} % of {n:,} {what}, where {100 * p:.4g} % are expected; {end}",
        f"In {name}, too {many} {what}; {end}",
    )


def _is_confused(share: float, p: float, n: int) -> bool:
    """Whether a share looks as if 1 - p had been meant: on the other side of a half, and near to 1 - p."""
    deviation = math.sqrt(p * (1 - p) / n)
    return (share < 0.5) != (p < 0.5) and abs(share - (1 - p)) < 4 * deviation  # a normal draw is, but for 1 in 16,000


def outside(name: str, sample: torch.Tensor, low: float, high: float) -> Message:
    """For a sample with entries outside of low..high."""
    return Message(
        f"The entries of {name} lie between {sample.min().item():.5g} and {sample.max().item():.5g}, "
        f"but all must lie between {low:.5g} and {high:.5g}.",
        f"Some entries of {name} lie outside the range in which all must lie.",
    )


def wrong_law(name: str, law: str, x: torch.Tensor) -> Message:
    """For a sample from another distribution."""
    without_numbers = law.partition(" with ")[0].partition(" between ")[0]
    return Message(
        f"{subject(name)} must follow {law}, but {do(name)} not: over {x.numel()} draws the mean is "
        f"{x.mean().item():.4g}, the standard deviation {x.std().item():.4g}, the smallest {x.min().item():.4g}, "
        f"the largest {x.max().item():.4g}.",
        f"{subject(name)} must follow {without_numbers}, but {do(name)} not.",
    )


def _but(begin: str, value: Message) -> Message:
    return Message(f"{begin} {value.full}.", f"{begin} {value.redacted}.")


def _share(flags: torch.Tensor) -> str:
    """How many entries, of two or more, have a flag."""
    n = flags.numel()
    flagged = int(flags.sum())
    if flagged < n:
        return f"{flagged} of {n} entries"
    if n == 2:
        return "both entries"
    return f"all {n} entries"
