"""The name of a value inside a sentence: at its beginning, in a list, with a verb that agrees with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

SINGULAR = ("bias", "loss")  # words of the field that end in s and are singular
# Where the noun of a name like "the scores of the test" ends.
AFTER_NOUN = re.compile(r",| (?:of|for|after|in|with|without|from|that|drawn|compared|when)\b")
IN_PARENTHESES = re.compile(r"\([^()]*\)")


def subject(name: str) -> str:
    """A name at the beginning of a sentence, in capitals if it starts with a word."""
    first = name.split(" ")[0]
    is_word = first != name and first.isalpha() and first.islower() and len(first) > 2
    if not is_word:  # a variable keeps its case: `w` and `W` are different things
        return name
    return name[0].upper() + name[1:]


def entry(name: str, key: Any) -> str:
    """What an entry of a value is called: losses[0] of the second epoch."""
    noun = _noun(name)
    return f"{noun.removeprefix('the ')}[{key!r}]{name[len(noun) :]}"


def listed(names: Sequence[str]) -> str:
    """The names with commas and "and": dX, dW and db; "none" if there is none."""
    if not names:
        return "none"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def with_article(noun: str) -> str:
    """The noun with "a" or "an", as it is spoken: an int, a uint8."""
    if noun.lower().startswith(("a", "e", "i", "o")):
        return f"an {noun}"
    return f"a {noun}"


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun: 1 entry, 2 entries."""
    if n == 1:
        return f"1 {noun}"
    return f"{n} {plural or noun + 's'}"


def be(name: str) -> str:
    """The verb "is" or "are" for what has this name."""
    return _agreeing(name, "is", "are")


def have(name: str) -> str:
    """The verb "has" or "have"."""
    return _agreeing(name, "has", "have")


def do(name: str) -> str:
    """The verb "does" or "do"."""
    return _agreeing(name, "does", "do")


def pronoun(name: str) -> str:
    """The pronoun "it" or "they"."""
    return _agreeing(name, "it", "they")


def _agreeing(name: str, singular: str, plural: str) -> str:
    """The form that agrees with a name, which stands for several things if its noun ends in s as plurals do."""
    last = _noun(name).split(" ")[-1]
    if last.endswith("s") and not last.endswith(("ss", "us", "is", *SINGULAR)):
        return plural
    return singular


def _noun(name: str) -> str:
    # A call such as minibatches(3, 1) and a tuple such as (dW, db) have commas of their own.
    outside = IN_PARENTHESES.sub(lambda inside: "-" * len(inside[0]), name)
    return name[: len(AFTER_NOUN.split(outside, maxsplit=1)[0])]
