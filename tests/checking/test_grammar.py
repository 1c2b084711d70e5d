"""autograder.checking.grammar: a sentence about a value agrees with the value's name."""

from __future__ import annotations

import pytest

from autograder.checking.grammar import be, counted, do, entry, have, listed, pronoun, subject, with_article


@pytest.mark.parametrize("name", ["the scores", "the scores of the test", "the gradients, as a list", "logits"])
def test_several_things_have_a_plural(name: str):
    """The noun decides, not what follows it."""
    assert (be(name), have(name), do(name), pronoun(name)) == ("are", "have", "do", "they")


@pytest.mark.parametrize(
    "name", ["the loss", "the bias of all rows", "W", "the mean of the scores", "axis", "radius", "minibatches(3, 1)"]
)
def test_one_thing_has_a_singular(name: str):
    """Words of the field that end in s are not taken for plurals."""
    assert (be(name), have(name), do(name), pronoun(name)) == ("is", "has", "does", "it")


def test_a_call_is_one_thing():
    """Its name does not end at a comma between its arguments."""
    assert be("minibatches(3, 1)") == "is"
    assert be("minibatches, in order") == "are"


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("the loss", "The loss"), ("w", "w"), ("dW of layer 1", "dW of layer 1"), ("losses", "losses")],
)
def test_a_sentence_begins_with_a_capital_unless_it_begins_with_a_variable(name: str, beginning: str):
    """`w` and `W` are different things."""
    assert subject(name) == beginning


@pytest.mark.parametrize(
    ("name", "key", "called"),
    [
        ("the losses of the second epoch", 0, "losses[0] of the second epoch"),
        ("the parameters", "W", "parameters['W']"),
        ("(dW, db) of the layer", 1, "(dW, db)[1] of the layer"),
        ("minibatches(3, 1)", 0, "minibatches(3, 1)[0]"),
        ("f(X of 3, 1) of the layer", 0, "f(X of 3, 1)[0] of the layer"),
    ],
)
def test_an_entry_is_called_after_what_holds_it(name: str, key: object, called: str):
    """The key stands behind the noun."""
    assert entry(name, key) == called


@pytest.mark.parametrize(
    ("names", "text"), [([], "none"), (["W"], "W"), (["W", "b"], "W and b"), (["W", "b", "x"], "W, b and x")]
)
def test_names_are_listed_as_in_a_sentence(names: list[str], text: str):
    """With commas, and "and" before the last."""
    assert listed(names) == text


@pytest.mark.parametrize("noun", ["an int", "an int64 tensor", "an OrderedDict", "a uint8 tensor", "a list", "a Layer"])
def test_the_article_is_the_spoken_one(noun: str):
    """What came back is an OrderedDict."""
    assert with_article(noun.partition(" ")[2]) == noun


def test_a_number_has_its_noun():
    """One entry, two entries."""
    assert [counted(n, "entry", "entries") for n in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
    assert counted(3, "value") == "3 values"
