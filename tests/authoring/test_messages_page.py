"""autograder.authoring.messages_page: everything that students can read, on one page."""

from __future__ import annotations

import pytest

from autograder.authoring.message_samples import COMPARED, OTHERS
from autograder.authoring.messages_page import messages_page


@pytest.fixture(scope="module")
def page(course) -> str:
    """The page of the miniature course."""
    return "\n".join(messages_page(course, ["scaling"]))


def test_hints_and_titles_are_there(page: str):
    """Of every exercise, with a word on checks that are hidden."""
    assert "### Twice a tensor" in page
    assert "1. What is x + x?" in page
    assert "- double(x) is x + x.\n" in page
    assert "- double works on rows of the data set. (hidden)\n" in page


def test_each_mistake_stands_beside_what_the_checks_say(page: str):
    """Its own sentence, then those of the real checks, each once."""
    said = page.partition("**adds_two** ")[2].partition("**")[0]
    assert said.startswith("Your result is x plus 2: twice means another operation.\n")
    assert "*double(x) is x + x.* The result of double is wrong in all 6 entries." in said
    assert said.count("The result of double is wrong in") == 1


def test_hidden_checks_speak_as_students_hear_them(page: str):
    """Without numbers, and marked."""
    assert "- ~ *Two counters do not share their sum.* The result of add is not what it must be.\n" in page
    assert "  ~ dW is wrong in every entry.\n" in page


@pytest.mark.parametrize("name", [*COMPARED, *OTHERS])
def test_every_general_sentence_has_a_sample(page: str, name: str):
    """In full, and as hidden checks say it."""
    line, redacted = page.partition(f"- *{name}*: ")[2].splitlines()[:2]
    assert line.endswith((".", "?"))
    assert redacted.startswith("  ~ ")
    assert redacted.endswith((".", "?"))


def test_samples_say_what_they_are_called(page: str):
    """No sample is mistaken for something else."""
    expected = {
        "Transposed": "It is the transpose",
        "Sign": "opposite sign",
        "Factor 1 - p": "0.7 is 1 - p",
        "A step uphill": "The step from w to your result has the opposite sign",
        "Square": "is the square of",
        "Only the loss is not finite": "but the gradient is right",
        "Swapped": "in each other's place",
        "None of these": "The worst is at",
    }
    said = {name: page.partition(f"*{name}*: ")[2].splitlines()[0] for name in expected}
    assert [name for name, text in expected.items() if text not in said[name]] == []
