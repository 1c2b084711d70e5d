"""Sentences that say what came back and what must hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch

from .tables import enough_digits, number
from .verdict import Wording, plain

SINGULAR = ("bias", "loss")  # words of the field that end in s and are no plural
HEAD = re.compile(r".*?(?=,| (?:of|for|after|in|with|without|from|that|drawn|compared|when)\b|$)")
OVERFLOW = "Where can a number overflow, 0 be divided by 0, or the logarithm of 0 be taken?"


def shape(x: torch.Tensor) -> str:
    """The shape as the handouts write it: [2, 3], and [] for a single number."""
    return str(list(x.shape))


def dtype(x: torch.Tensor) -> str:
    """The dtype without the name of the library: float64."""
    return str(x.dtype).removeprefix("torch.")


def kind(value: Any) -> Wording:
    """What a value is, in a student's words."""
    if value is None:
        return plain("None (is there a `return`?)")
    if isinstance(value, torch.Tensor):
        return Wording(f"a {dtype(value)} tensor of shape {shape(value)}", f"a {dtype(value)} tensor")
    if isinstance(value, list | tuple):
        length = f"{len(value)} entr{'y' if len(value) == 1 else 'ies'}"
        return Wording(f"a {type(value).__name__} with {length}", f"a {type(value).__name__}")
    if isinstance(value, bool | int | float | str):
        name = type(value).__name__
        article = "an" if name == "int" else "a"
        return Wording(f"the {name} {value!r:.60}", f"{article} {name}")
    name = getattr(value, "type_name", type(value).__name__)
    return Wording(f"a {name}", "another object")


def entry(name: str, key: Any) -> str:
    """What an entry of a value is called: losses[0] of the second epoch."""
    head = name if name.startswith("(") else HEAD.match(name)[0]
    return f"{head.removeprefix('the ')}[{key!r}]{name[len(head) :]}"


def not_a_tensor(name: str, value: Any) -> Wording:
    """For a value that should be a tensor."""
    return _but(f"{_subject(name)} must be a torch tensor, but what came back is", kind(value))


def not_a_number(name: str, value: Any) -> Wording:
    """For a value that should be a single number."""
    return _but(f"{_subject(name)} must be a single number, but what came back is", kind(value))


def not_finite_number(name: str, value: float) -> Wording:
    """For a single number that is nan or infinite."""
    return plain(f"{_subject(name)} {_is(name)} {value}, but must be finite. {OVERFLOW}")


def too_few(name: str, value: torch.Tensor) -> Wording:
    """For a sample that is too small to be judged."""
    return Wording(
        f"{_subject(name)} {_has(name)} the shape {shape(value)}; more entries are needed.",
        f"{_subject(name)} {_has(name)} too few entries.",
    )


def wrong_length(name: str, value: Any, expected: Sequence[str] | int) -> Wording:
    """For a list or tuple, or what stands in its place, without the expected entries."""
    if isinstance(expected, int):
        values = f"{expected} value{'' if expected == 1 else 's'}"
        full = _but(f"{_subject(name)} must hold {values}, but what came back is", kind(value)).full
        return Wording(full, f"{_subject(name)} must be a list or tuple with another number of values.")
    wanted = f"the {len(expected)} values ({', '.join(expected)})" if len(expected) < 6 else f"{len(expected)} values"
    return _but(f"{_subject(name)} must hold {wanted}, but what came back is", kind(value))


def wrong_keys(name: str, value: Any, keys: list) -> Wording:
    """For a dict, or what stands in its place, without the expected keys."""
    begin = f"{_subject(name)} must be a dict with the keys {_listed(sorted(map(str, keys)))}"
    if isinstance(value, dict):
        return Wording(f"{begin}, but its keys are {_listed(sorted(map(str, value)))}.", f"{begin}.")
    return _but(f"{begin}, but what came back is", kind(value))


def wrong_dtype(name: str, actual: torch.Tensor, expected: torch.Tensor) -> Wording:
    """For a tensor of another dtype."""
    hint = ""
    if actual.is_floating_point() and expected.is_floating_point():
        hint = " Does every tensor that your code makes take its dtype from the input?"
    return plain(f"{_subject(name)} {_has(name)} dtype {dtype(actual)}, but must have dtype {dtype(expected)}.{hint}")


def wrong_shape(name: str, actual: torch.Tensor, expected: torch.Tensor) -> Wording:
    """For a tensor of another shape, with the likeliest reason."""
    hint = _shape_hint(list(actual.shape), list(expected.shape))
    return Wording(
        f"{_subject(name)} {_has(name)} the shape {shape(actual)}, but must have the shape {shape(expected)}.{hint}",
        f"{_subject(name)} {_has(name)} the wrong shape.{hint}",
    )


def _shape_hint(actual: list[int], expected: list[int]) -> str:
    """What the two shapes suggest, without a number."""
    if [s for s in actual if s != 1] == [s for s in expected if s != 1]:
        return " Only axes of length 1 differ: look at keepdim, at slices like [:1] and at reshape."
    if sorted(actual) == sorted(expected):
        return " The sizes are right, but not their order: is something transposed, or missing its transpose?"
    if len(expected) == 1 and actual == 2 * expected:
        return " Did a row meet a column, so that they were broadcast to a square? Or is a sum missing?"
    if not expected:
        return " Is a sum or a mean missing, or does it leave an axis?"
    if expected in _without_an_axis(actual):
        return " There is one axis too many: is a sum or a mean over it missing?"
    if actual in _without_an_axis(expected):
        return " One axis is gone: is something summed or indexed that should not be?"
    if torch.Size(actual).numel() == torch.Size(expected).numel():
        return " The number of entries is right: is a reshape missing, or one too many?"
    return ""


def _without_an_axis(sizes: list[int]) -> list[list[int]]:
    return [sizes[:i] + sizes[i + 1 :] for i in range(len(sizes))]


def not_finite(name: str, actual: torch.Tensor) -> Wording:
    """For a tensor with entries that are nan or infinite: how many and where first."""
    if actual.numel() == 1:
        return not_finite_number(name, actual.item())
    bad = ~torch.isfinite(actual)
    kinds = [word for word, flags in (("nan", actual.isnan()), ("infinite", actual.isinf())) if flags.any()]
    what, are = " or ".join(kinds), "is" if bad.sum() == 1 else "are"
    first = [int(i) for i in bad.nonzero()[0]]
    return Wording(
        f"{_subject(name)} must be finite, but {_counted(bad)} {are} {what}, the first at {first}. {OVERFLOW}",
        f"{_subject(name)} must be finite, but {_some(bad)} {what}. {OVERFLOW}",
    )


def only_it_is_not_finite(name: str, value: float, others: Sequence[str]) -> Wording:
    """For a number that is nan or infinite although everything else that came back with it is right."""
    return plain(
        f"{_subject(name)} {_is(name)} {value}, but {company(others)}: your derivation is sound, and only the way "
        f"in which you compute {name} breaks down. {OVERFLOW}"
    )


def wrong_entries(name: str, actual: torch.Tensor, expected: torch.Tensor, *, wrong: torch.Tensor) -> Wording:
    """How much of an array is wrong; of a single number, what it is and what it must be."""
    if wrong.numel() == 1:
        digits = enough_digits(actual, expected, wrong)
        found, wanted = number(actual.item(), digits), number(expected.item(), digits)
        veiled = f"{_subject(name)} {_is(name)} not what {_it(name)} must be."
        return Wording(f"{_subject(name)} {_is(name)} {found}, but must be {wanted}.", veiled)
    begin, veiled = f"{_subject(name)} {_is(name)} wrong in", "every entry" if wrong.all() else "some entries"
    return Wording(f"{begin} {_counted(wrong)}.", f"{begin} {veiled}.")


def not_equal(name: str, actual: Any, expected: Any) -> Wording:
    """For a value that is not exactly the expected one."""
    if isinstance(expected, torch.Tensor) and isinstance(actual, torch.Tensor):
        wrong = actual.to(torch.float64) != expected.to(torch.float64)
        return wrong_entries(name, actual, expected, wrong=wrong)
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (actual, expected))
    found = plain(repr(actual)) if numbers else kind(actual)
    return Wording(
        _but(f"{_subject(name)} must be {expected!r}, but {_is(name)}", found).full,
        f"{_subject(name)} {_is(name)} not what {_it(name)} must be.",
    )


def swapped(one: str, other: str) -> Wording:
    """For two values that stand in each other's place."""
    return plain(f"{_subject(one)} and {other} stand in each other's place: in which order are they returned?")


def company(right: Sequence[str]) -> str:
    """That these values are right: dw and db are right."""
    if len(right) > 3:
        return f"{len(right)} other values are right"
    return f"{_listed(right)} {'are' if len(right) > 1 else _is(right[0])} right"


def right_and_wrong(right: Sequence[str], wrong: Sequence[str]) -> Wording:
    """Which of the other values that came back are right, and which are wrong too."""
    said = []
    if right:
        said.append(f"{company([_subject(right[0]), *right[1:]])}.")
    if len(wrong) > 3:
        said.append(f"{len(wrong)} other values are wrong too.")
    elif wrong:
        names = _listed([_subject(wrong[0]), *wrong[1:]])
        said.append(f"{names} {'are' if len(wrong) > 1 else _is(wrong[0])} wrong too.")
    return plain(" ".join(said))


def bound(what: str, value: float, target: float, relation: str) -> Wording:
    """For a number on the wrong side of its bound."""
    return plain(f"{_subject(what)} {_is(what)} {value:.4g}, but must be {relation} {target:.4g}.")


def growing(function: str, what: str, counts: Sequence[tuple[int, int]], *, unit: str) -> Wording:
    """For a function that does more the more rows it is given; `counts` are pairs of rows and what it did."""
    (few, less), (many, more) = counts
    return plain(
        f"For {few} {unit}s your `{function}` makes {less:,} {what}, for {many} {unit}s it makes {more:,}: "
        f"{(more - less) / (many - few):.3g} more for every {unit}. Which operation would take all {unit}s at once?"
    )


def input_changed(function: str, changed: Sequence[str]) -> Wording:
    """For a function that wrote into its arguments."""
    inputs, them = ("inputs", "them") if len(changed) > 1 else ("input", "it")
    return plain(
        f"{function} changed its {inputs} {_listed(changed)} in place, but the caller still needs {them}. Does a line "
        "call a method that ends in an underscore, use `+=` or the like, or assign into an argument?"
    )


def wrong_moment(name: str, what: str, found: float, expected: float, allowed: float, n: int) -> Wording:
    """For a sample whose mean or standard deviation chance does not explain."""
    hint = ""
    if what != "mean" and expected > 0 and found > 0:
        hint = f" It is about {found / expected:.3g} times what it must be."
    return Wording(
        f"The {what} of {name} is {found:.5g} over {n} draws, but must be {expected:.5g} "
        f"(chance explains a difference of at most {allowed:.2g}).{hint}",
        f"The {what} of {name} is not what it must be, and chance does not explain that.{hint}",
    )


KEPT = "entries are not 0"


def wrong_fraction(name: str, found: float, p: float, n: int, *, counted: str = KEPT) -> Wording:
    """For a share that is too large or too small for chance to explain."""
    confused = (found < 0.5) != (p < 0.5) and abs(found + p - 1) < 4 * (p * (1 - p) / n) ** 0.5
    hint = " Are kept and dropped entries confused?" if confused and counted == KEPT else ""
    share, end = f"{100 * found:.4g} % of {n:,}", f"chance does not explain that.{hint}"
    return Wording(
        f"In {name}, {share} {counted}, where {100 * p:.4g} % are expected; {end}",
        f"In {name}, too {'many' if found > p else 'few'} {counted}; {end}",
    )


def outside(name: str, found: tuple[float, float], expected: tuple[float, float]) -> Wording:
    """For a sample with entries outside of its range."""
    return Wording(
        f"The entries of {name} lie between {found[0]:.5g} and {found[1]:.5g}, "
        f"but all must lie between {expected[0]:.5g} and {expected[1]:.5g}.",
        f"Some entries of {name} lie outside the range in which all must lie.",
    )


def wrong_law(name: str, law: str, x: torch.Tensor) -> Wording:
    """For a sample from another distribution."""
    return Wording(
        f"{_subject(name)} must follow {law}, but {_does(name)} not: over {x.numel()} draws the mean is "
        f"{x.mean().item():.4g}, the standard deviation {x.std().item():.4g}, the smallest {x.min().item():.4g}, "
        f"the largest {x.max().item():.4g}.",
        f"{_subject(name)} must follow {law.partition(' with ')[0].partition(' between ')[0]}, but {_does(name)} not.",
    )


def _but(begin: str, value: Wording) -> Wording:
    return Wording(f"{begin} {value.full}.", f"{begin} {value.veiled}.")


def _counted(flags: torch.Tensor) -> str:
    """How many entries, of two or more, have a flag."""
    n, flagged = flags.numel(), int(flags.sum())
    return f"{flagged} of {n} entries" if flagged < n else "both entries" if n == 2 else f"all {n} entries"


def _some(flags: torch.Tensor) -> str:
    return "all entries are" if flags.all() else "some entries are"


def _listed(names: Sequence[str]) -> str:
    """dX, dW and db; none where there is nothing."""
    if not names:
        return "none"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _subject(name: str) -> str:
    """A name at the beginning of a sentence."""
    first = name.split(" ")[0]
    is_word = first != name and first.isalpha() and first.islower() and len(first) > 2
    return name[0].upper() + name[1:] if is_word else name  # not of a variable: `w` and `W` are different things


def _plural(name: str) -> bool:
    """Whether a name like "the scores of the test" stands for several things."""
    head = HEAD.match(name)[0].split(" ")[-1]
    return head.endswith("s") and not head.endswith(("ss", "us", "is", *SINGULAR))


def _is(name: str) -> str:
    return "are" if _plural(name) else "is"


def _has(name: str) -> str:
    return "have" if _plural(name) else "has"


def _does(name: str) -> str:
    return "do" if _plural(name) else "does"


def _it(name: str) -> str:
    return "they" if _plural(name) else "it"
