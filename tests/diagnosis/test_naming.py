"""autograder.diagnosis.naming: a known mistake is named by what it answers, however it is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

import pytest
import torch

from autograder.checking import change, close, equal, has_std, require, spy
from autograder.checking.case import Case
from autograder.checking.local import beside, local_student, module_from
from autograder.checking.mistakes import Change
from autograder.checking.registry import Check, Misconception
from autograder.checking.student import events
from autograder.checking.verdict import Verdict
from autograder.diagnosis import table
from autograder.diagnosis.check_run import CheckRun
from autograder.diagnosis.naming import explain, likeliest
from autograder.diagnosis.variants import Mistakes, Variant
from autograder.mark import Mark
from autograder.model import Exercise, Result

DOUBLE = ("doubles_each_entry", "keeps_its_input", "doubles_real_images")
FORGETS = "self.total = amount; return self.total"


def named(result: Result) -> dict[str, str]:
    """The misconception that each failed check was given."""
    return {check.name: check.misconception for check in result.checks if check.misconception}


KNOWN = {  # the misconception and two ways to write it
    "squared": ("squared", {"double": "return x ** 2"}, DOUBLE),
    "squared, by loops": (
        "squared",
        {"double": "y = torch.zeros_like(x)\nfor i in range(len(x)):\n    y[i] = x[i] * x[i]\nreturn y"},
        DOUBLE,
    ),
    "in place": ("in_place", {"double": "x *= 2\nreturn x"}, DOUBLE[1:2]),
    "in place, entry by entry": (
        "in_place",
        {"double": "for i in range(len(x)):\n    x[i] = x[i] + x[i]\nreturn x.clone()"},
        DOUBLE[1:2],
    ),
    "adds two": ("adds_two", {"double": "return x + 2"}, DOUBLE),
    "adds two, in numpy": ("adds_two", {"double": "return torch.from_numpy(x.numpy() + 2)"}, DOUBLE),
    "counter forgets": ("counter_forgets", {"add": FORGETS}, ("adds_up",)),
    "counter forgets, otherwise": (
        "counter_forgets",
        {"add": "setattr(self, 'total', 0)\nself.total += amount\nreturn amount"},
        ("adds_up",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("known", "lines", "trips"), KNOWN.values(), ids=KNOWN)
def test_a_known_mistake_is_named(submit, text, plan, known: str, lines: dict, trips: tuple):
    """Exactly the checks that it trips fail, each with its name, and the message begins with its sentence."""
    result = submit(text(**lines))
    assert named(result) == dict.fromkeys(trips, known)
    assert {check.name for check in result.checks if not check.outcome.earns} == set(trips)
    says = next(m.says for m in plan.misconceptions if m.id == known)
    assert all(check.mistake == says for check in result.checks if check.misconception)


def test_two_mistakes_are_named_each(submit, text):
    """Mistakes in two exercises do not hide each other."""
    result = submit(text("return x ** 2", add=FORGETS))
    assert named(result) == dict.fromkeys(DOUBLE, "squared") | {"adds_up": "counter_forgets"}


def test_a_mistake_that_was_found_is_tried_before_all_others(submit, text, monkeypatch):
    """Where it returns the student's values again, no other is played."""
    tried = []
    singles = table.Table.singles

    def record(self: table.Table, known: Iterable[Misconception]) -> list[Variant]:
        known = list(known)
        tried.append({mistake.id for mistake in known})
        return singles(self, known)

    monkeypatch.setattr(table.Table, "singles", record)
    assert named(submit(text("return x ** 2"))) == dict.fromkeys(DOUBLE, "squared")
    first, *others = [ids for ids in tried if ids]
    assert first > {"squared"}
    assert others == [{"squared"}] * len(others)


RIGHT = {
    "sum": "return x + x",
    "loop": "y = x.clone()\nfor i in range(len(x)):\n    y[i] += x[i]\nreturn y",
    "in place on a copy": "return x.clone().mul_(2)",
    "numpy": "return torch.from_numpy(x.numpy() * 2)",
    "stacked": "return torch.stack([x, x]).sum(0)",
    "double precision inside": "return (x.double() * 2).to(x.dtype)",
}


@pytest.mark.parametrize("double", RIGHT.values(), ids=RIGHT)
def test_right_code_of_any_style_is_never_named(submit, text, double: str):
    """It passes every check, and no mistake is seen in it."""
    result = submit(text(double))
    assert (result.score, named(result)) == (10, {})


@pytest.mark.parametrize(
    "double", ["return 3 * x", "return x ** 2 + 1", "return None", "return x[:1]", "raise ValueError"]
)
def test_another_mistake_is_not_named(submit, text, double: str):
    """A sentence about a mistake that the student did not make would mislead."""
    result = submit(text(double))
    assert result.score < 10
    assert named(result) == {}


def test_a_mistake_that_breaks_the_check_is_named(submit, text, plan, checked_by):
    """The variant's answer may be one that the check cannot work with."""

    def halves(student, case):
        """It halves."""
        student.double(torch.ones(2)) / 2

    known = Misconception(
        "no_return", ("halves",), "Where is the return?", edits=(change("double", "return 2 * x", "2 * x"),)
    )
    broken = dataclasses.replace(checked_by(halves), misconceptions=(known,))
    result = submit(text("y = 2 * x"), plan=broken)
    assert named(result) == {"halves": "no_return"}


@pytest.mark.parametrize("edit", [("no such text", "x"), ("return 2 * x", "return (")], ids=["outdated", "no Python"])
def test_a_slip_in_a_misconception_stops_nobody(submit, text, plan, edit: tuple):
    """It is never recognised, the others are; `validate` tells its author."""
    slip = Misconception("slip", DOUBLE, "?", edits=(change("double", *edit),))
    wrong = dataclasses.replace(plan, misconceptions=(slip, *plan.misconceptions))
    assert named(submit(text("return x ** 2"), plan=wrong)) == dict.fromkeys(DOUBLE, "squared")


def test_without_the_reference_nothing_is_named(submit, text, plan):
    """A student's own kit has neither reference nor misconceptions."""
    bare = dataclasses.replace(plan, solution=None)
    assert named(submit(text("return x ** 2"), plan=bare)) == {}


def test_two_mistakes_in_one_answer_are_both_named(submit, text, plan):
    """Where no single mistake gives what came back, but two of them together do, both sentences are read."""
    halved = Misconception(
        "halved", DOUBLE, "Where does the half come from?", edits=(change("double", "return 2 *", "return 1 *"),)
    )
    negated = Misconception("negated", DOUBLE, "Whence the minus?", edits=(change("double", "* x", "* -x"),))
    both = dataclasses.replace(plan, misconceptions=(*plan.misconceptions, halved, negated))
    result = submit(text("return x - 2 * x"), plan=both)
    assert named(result) == dict.fromkeys(DOUBLE, "halved negated")
    assert result.checks[0].mistake == "Where does the half come from? Whence the minus?"
    assert Mark.of(result).misconceptions == ("halved", "negated")


def test_an_exception_is_named_like_an_answer(submit, text, plan):
    """The same exception at the same call, where right code raises none."""
    known = Misconception(
        "mixed", DOUBLE, "Which shapes meet?", edits=(change("double", "return 2 * x", "return x @ x"),)
    )
    broken = dataclasses.replace(plan, misconceptions=(known,))
    result = submit(text("total = torch.matmul(x, x)\nreturn total"), plan=broken)
    assert named(result)["doubles_each_entry"] == "mixed"
    other = submit(text("return x @ x.view(-1)"), plan=broken)
    assert "doubles_each_entry" not in named(other)


REFERENCE = """import torch

def double(n, generator):
    return 2 * torch.randn(n, generator=generator)
"""


def has_the_right_spread(student, case):
    """The standard deviation is 2."""
    has_std(student.double(40_000, case.generator()), 2.0)


def never_repeats_itself(student, case):
    """Two generators give two results."""
    one, two = (student.double(3, case.generator()) for _ in range(2))
    require(not torch.equal(one, two), "Two generators gave one result.")


DRAWN = (
    Misconception("narrow", ("has_the_right_spread",), "Too narrow?", edits=(change("double", "2 * ", ""),)),
    Misconception("squared", ("has_the_right_spread",), "Squared?", edits=(change("double", "2 * ", "4 * "),)),
    Misconception(
        "fixed",
        ("never_repeats_itself",),
        "A seed inside?",
        edits=(change("double", "=generator)", "=torch.Generator())"),),
    ),
)
DRAWS = {  # a student's lines, and the mistake in them
    "in one piece": ("return torch.randn(n, generator=generator)", {"has_the_right_spread": "narrow"}),
    "the other way round": ("return torch.randn(n, generator=generator).flip(0)", {"has_the_right_spread": "narrow"}),
    "one by one": (
        "return torch.stack([torch.normal(0.0, 4.0, (), generator=generator) for _ in range(n)])",
        {"has_the_right_spread": "squared"},
    ),
    "with another seed inside": (
        "return 2 * torch.randn(n, generator=torch.Generator().manual_seed(7))",
        {"never_repeats_itself": "fixed"},
    ),
    "of a spread that nobody knows": ("return 1.2 * torch.randn(n, generator=generator).flip(0)", {}),
    "of another law": ("return 3**0.5 * (2 * torch.rand(n, generator=generator) - 1)", {}),
    "right": ("return 2 * torch.randn(n, generator=generator).flip(0)", {}),
}


@pytest.mark.slow
@pytest.mark.parametrize(("lines", "mistakes"), DRAWS.values(), ids=DRAWS)
def test_draws_in_any_order_are_recognised_by_their_law(submit, text, checked_by, lines: str, mistakes: dict):
    """Where a mistake shows in statistics only, these are compared; no mistake with other statistics is named."""
    plan = dataclasses.replace(
        checked_by(has_the_right_spread, never_repeats_itself), misconceptions=DRAWN, solution=REFERENCE
    )
    assert named(submit(text(lines).replace("double(x)", "double(n, generator)"), plan=plan)) == mistakes


def asks_twice(student, case):
    """It asks one function after the other."""
    student.kind()
    close(student.double(torch.ones(3)), torch.full((3,), 2.0))


def test_an_earlier_answer_of_another_function_hides_nothing(submit, text, checked_by):
    """What another function answered may differ for reasons of its own."""
    known = Misconception(
        "adds_three", ("asks_twice",), "Three?", edits=(change("double", "return 2 * x", "return x + 3"),)
    )
    reference = "def double(x):\n    return 2 * x\n\ndef kind():\n    return 'a'\n"
    plan = dataclasses.replace(checked_by(asks_twice), misconceptions=(known,), solution=reference)
    for kind in ("a", "b"):
        source = text("return 3 + x") + f"\ndef kind():\n    return {kind!r}\n"
        assert named(submit(source, plan=plan)) == {"asks_twice": "adds_three"}


def candidates(**found: str) -> dict[str, list[Mistakes]]:
    """What explains each check; `x:ab` trips the checks a and b, and says its own name; `x+y` are two together."""
    entries = [entry for text in found.values() for together in text.split() for entry in together.split("+")]
    trips = {name: tuple(checks) for name, _, checks in (entry.partition(":") for entry in entries) if checks}

    def mistakes(together: str) -> Mistakes:
        ids = [entry.partition(":")[0] for entry in together.split("+")]
        return tuple(Misconception(id, trips.get(id, ()), id) for id in ids)

    return {check: [mistakes(together) for together in text.split()] for check, text in found.items()}


LIKELIEST = {
    "one each": (candidates(a="x", b="y"), "", {"a": "x", "b": "y"}),
    "the one that explains most": (candidates(a="x y", b="y", c="y"), "", {"a": "y", "b": "y", "c": "y"}),
    "the one that should not have tripped more": (candidates(a="x:abc y:ab"), "c", {"a": "y"}),
    "none of equals": (candidates(a="x:a y:a"), "", {}),
    "one that explains others, beside equals": (candidates(a="x y", b="z"), "", {"b": "z"}),
    "none": (candidates(a=""), "", {}),
    "two together that explain most": (candidates(a="x+y x+z", b="x+z"), "", {"a": "x+z", "b": "x+z"}),
    "two together that should not have tripped more": (candidates(a="x+y:ac x+z:a"), "c", {"a": "x+z"}),
}


@pytest.mark.parametrize(("found", "passed", "chosen"), LIKELIEST.values(), ids=LIKELIEST)
def test_the_likeliest_explains_most_failures(found: dict, passed: str, chosen: dict):
    """Of what matches a check, that which matches most and contradicts least; of equals none."""
    named = likeliest(found, passed)
    assert {check: "+".join(known.id for known in mistakes) for check, mistakes in named.items()} == chosen


def test_equal_sentences_may_be_said(plan):
    """Two forms of one mistake, with one sentence, do not silence each other."""
    forms = [(Misconception(id, ("a",), "the same"),) for id in ("x", "y")]
    assert likeliest({"a": forms}, ())["a"] == forms[0]


def test_of_equals_the_one_that_fails_more_is_likelier():
    """Both match one check; the other check that failed, for whatever reason, speaks for the one that trips it too."""
    (known,) = likeliest(candidates(a="x:ab y:a"), (), ("a", "b"))["a"]
    assert known.id == "x"


@pytest.fixture
def explained(checked_by) -> Callable[..., dict[str, str]]:
    """What is named of a text that is checked in this process, without a worker."""

    def case(check: Check) -> Case:
        return Case(len(check.name), load_data=None, training={}, secret_pixels=False)

    def explain_text(
        text: str, checks: Sequence, known: Sequence[Misconception], reference: str, later: Sequence[str] = ()
    ) -> dict[str, str]:
        plan = dataclasses.replace(checked_by(*checks), misconceptions=tuple(known), solution=reference)
        exercises = *plan.assignment.exercises, Exercise("later", "Whatever builds on it", 4.0, ())
        moved = tuple(dataclasses.replace(c, exercise="later") if c.name in later else c for c in plan.checks)
        plan = dataclasses.replace(
            plan, assignment=dataclasses.replace(plan.assignment, exercises=exercises), checks=moved
        )
        runs = []
        for check in plan.checks:
            student = local_student(module_from(text, "student"))
            try:
                check.run(student, case(check))
                runs.append(CheckRun(check, None, events(student)))
            except Verdict as verdict:
                runs.append(CheckRun(check, verdict, events(student)))
        found = explain(runs, plan, case)
        return {name: " ".join(m.id for m in mistakes) for name, mistakes in found.items()}

    return explain_text


def tens(n: int) -> list[Callable]:
    """One check each for the numbers 1 to n: what is ten times it?"""

    def asking(x: int) -> Callable:
        def asks(student, case):
            equal(student.tenfold(float(x)), 10.0 * x)

        asks.__name__ = f"at_{x}"
        return asks

    return [asking(x) for x in range(1, n + 1)]


TENFOLD = "def tenfold(x):\n    return 10 * x\n"
IN_TENFOLD = {  # wrong texts for 10, or for x
    "squared": ("10 *", "x *"),
    "indexed": ("* x", "* x[0]"),
    "huge": ("10 *", "1e308 * 10 *"),
    "large": ("10 *", "1e200 *"),
    "larger": ("* x", "* x * 1e200"),
    "more": ("* x", "* x + 1"),
}
EVIDENCE = {  # a student's expression, the mistakes on the shelf, how many numbers are asked for; those named
    "a fixed value that one of six could be": ("9.0", "squared", 6, ""),
    "a third of what should be wrong": ("x * x if x < 3 else 0.0", "squared", 6, ""),
    "one beside many exceptions": ("x * x if x < 2 else x[0]", "squared", 6, ""),
    "an exception where most is right": ("10 * (x if x > 1 else x[0])", "indexed", 3, ""),
    "an exception where most is wrong": ("10 * (x if x > 2 else x[0])", "indexed", 3, ""),
    "an exception wherever it should be": ("10 * x[0]", "indexed", 3, "indexed indexed indexed"),
    "an overflow where one is right": ("10 * x if x < 2 else 1e999", "huge", 3, ""),
    "an overflow everywhere, for any reason": ("1e999", "huge", 3, ""),
    "a fixed value that one of six could be by two": ("5.0", "squared more", 6, ""),
    "two, wherever they should be": ("x * x + 1", "squared more", 2, "squared+more squared+more"),
    "an overflow that two together have": ("1e999", "large larger", 2, ""),
}


@pytest.mark.parametrize(("body", "shelf", "n", "named"), EVIDENCE.values(), ids=EVIDENCE)
def test_a_match_by_chance_names_nothing(explained, body: str, shelf: str, n: int, named: str):
    """One match is enough only if little of what the mistake should fail speaks against it."""
    checks = tens(n)
    trips = tuple(check.__name__ for check in checks)
    known = [Misconception(id, trips, f"{id}?", edits=(change("tenfold", *IN_TENFOLD[id]),)) for id in shelf.split()]
    found = explained(f"def tenfold(x):\n    return {body}\n", checks, known, TENFOLD)
    assert found == {name: ids.replace("+", " ") for name, ids in zip(trips, named.split(), strict=False)}


DRAWING = """import torch

def scale():
    return 2.0

def draw(n, generator=None):
    if generator is None:
        return torch.zeros(n)
    return scale() * torch.randn(n, generator=generator)
"""


def has_its_scale(student, case):
    """The scale is 2."""
    equal(student.scale(), 2.0)


def is_still(student, case):
    """Nothing is drawn without a generator."""
    close(student.draw(3), torch.zeros(3))


def spreads(student, case):
    """Many draws have the spread that is asked for."""
    has_std(student.draw(4000, case.generator()), 2.0)


def spreads_wherever(student, case):
    """More draws have it too."""
    has_std(student.draw(9000, case.generator()), 2.0)


def unlucky(student, case):
    """It fails whatever is drawn, as a statistical check may once in a lifetime."""
    require(student.draw(4000, case.generator()) is None, "What a pity.")


def changes(student, case):
    """Two generators give two results."""
    one, two = (student.draw(3, case.generator()) for _ in range(2))
    require(not torch.equal(one, two), "Two generators gave one result.")


def changes_wherever(student, case):
    """Also where there is more to draw."""
    one, two = (student.draw(4, case.generator()) for _ in range(2))
    require(not torch.equal(one, two), "Two generators gave one result.")


def in_drawing(id: str, edit: Change, *trips: Callable) -> Misconception:
    return Misconception(id, tuple(check.__name__ for check in trips), f"{id}?", edits=(edit,))


UNSCALED = in_drawing("unscaled", change("scale", "return 2.0", "return 1.0"), has_its_scale, spreads)
WIDE = in_drawing("wide", change("draw", "scale() *", "scale() ** 2 *"), spreads, spreads_wherever)
NARROW = in_drawing("narrow", change("draw", "scale() *", "1.0 *"), unlucky)
FIXED = in_drawing("fixed", change("draw", "=generator)", "=torch.Generator())"), changes, changes_wherever)
# In truth it fails neither.
HARMLESS = in_drawing("harmless", change("draw", "scale() *", "-scale() *"), changes, changes_wherever)
DRAWN_EVIDENCE = {  # the student's draws, or also the scale; what is checked, and what is named
    "one law": ("4.0 * noise", (spreads, spreads_wherever), {"spreads": "wide", "spreads_wherever": "wide"}),
    "one law here, another there": ("(4.0 if n < 5000 else 6.0) * noise", (spreads, spreads_wherever), {}),
    "one law, and wrong without draws": ("4.0 * noise if generator else noise + 1", (spreads, is_still), {}),
    "right draws of a wrong scale": (
        "4.0 / scale() * noise\n\ndef scale():\n    return 1.0",
        (has_its_scale, spreads),
        {"has_its_scale": "unscaled", "spreads": "unscaled"},
    ),
    "right draws, by mere chance": ("2.0 * noise", (unlucky,), {}),
    "the words, wherever they should be": (
        "2.0 * torch.randn(n, generator=torch.Generator().manual_seed(7))",
        (changes, changes_wherever),
        {"changes": "fixed", "changes_wherever": "fixed"},
    ),
    "the words, but not wherever they should be": (
        "2.0 * (noise if n > 3 else torch.randn(n, generator=torch.Generator().manual_seed(7)))",
        (changes, changes_wherever),
        {},
    ),
}


@pytest.mark.parametrize(("draws", "checks", "named"), DRAWN_EVIDENCE.values(), ids=DRAWN_EVIDENCE)
def test_draws_name_only_what_nothing_speaks_against(explained, draws: str, checks: tuple, named: dict):
    """Neither the answers without draws, nor other draws, nor a mistake that is proven elsewhere, nor right draws."""
    begin = "import torch\n\ndef draw(n, generator=None):\n    noise = torch.zeros(n)\n    if generator:\n"
    text = f"{begin}        noise = torch.randn(n, generator=generator).flip(0)\n    return {draws}\n"
    assert explained(text, checks, (UNSCALED, WIDE, NARROW, FIXED, HARMLESS), DRAWING) == named


def test_draws_do_not_name_what_was_right_where_it_was_asked_for(explained):
    """Draws of half the spread, as with another scale; but the scale itself is right."""
    noise = "torch.randn(n, generator=generator)"
    text = DRAWING.replace(f"scale() * {noise}", f"{noise}.flip(0)")
    assert explained(text, (has_its_scale, spreads), (UNSCALED,), DRAWING, later=("spreads",)) == {}


UNKNOWN_SCALE = "    return 4.0 * torch.randn(n, generator=generator).flip(0)\n\ndef scale():\n    return 3.0\n"
BUILT_ON = {  # the lines of a student, the checks of the later exercise, and what is named
    "something unknown in an earlier exercise": (UNKNOWN_SCALE, ("spreads", "spreads_wherever"), {}),
    "something unknown beside it": (UNKNOWN_SCALE, (), {"spreads": "wide", "spreads_wherever": "wide"}),
    "nothing wrong before": (
        UNKNOWN_SCALE.replace("3.0", "2.0"),
        ("spreads", "spreads_wherever"),
        {"spreads": "wide", "spreads_wherever": "wide"},
    ),
    "something known in an earlier exercise": (
        UNKNOWN_SCALE.replace("3.0", "1.0"),
        ("spreads_wherever",),
        {"has_its_scale": "one", "spreads": "wide", "spreads_wherever": "wide"},
    ),
}


@pytest.mark.parametrize(("lines", "later", "named"), BUILT_ON.values(), ids=BUILT_ON)
def test_draws_name_nothing_behind_an_unknown_mistake(explained, lines: str, later: tuple, named: dict):
    """What is built on a wrong part goes wrong by it, in words that many mistakes share."""
    one = in_drawing("one", change("scale", "return 2.0", "return 1.0"), has_its_scale)
    text = f"import torch\n\ndef draw(n, generator=None):\n{lines}"
    checks = (has_its_scale, spreads, spreads_wherever)
    assert explained(text, checks, (one, WIDE), DRAWING, later=later) == named


PART = "class Scale:\n    def apply(self, x):\n        return 2 * x\n"
USE = "\ndef use(x):\n    return Scale().apply(x) + 1\n"


def the_part_is_right(student, case):
    """It doubles."""
    close(student.Scale().apply(torch.ones(3)), torch.full((3,), 2.0))


def the_whole_is_right(student, case):
    """It doubles and adds 1."""
    close(student.use(torch.arange(3.0)), torch.tensor([1.0, 3.0, 5.0]))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PART.replace("2 * x", "x") + USE, {}),
        (PART + USE.replace("Scale().apply(x)", "x"), {"the_whole_is_right": "left_out"}),
    ],
    ids=["it returns its input", "it is left out"],
)
def test_a_part_that_does_nothing_is_not_taken_for_one_that_is_left_out(explained, text: str, named: dict):
    """Also where the reference imports the part, a degenerate one explains more; and the part itself stays right."""
    left_out = Misconception(
        "left_out", ("the_whole_is_right",), "Out?", edits=(change("use", "Scale().apply(x)", "x"),)
    )
    with beside({"parts": PART}):
        reference = f"from parts import Scale\n{USE}"
        found = explained(text, (the_part_is_right, the_whole_is_right), (left_out,), reference)
        assert found == named
        assert module_from(reference, "again").use(1) == 3


COUNTER = """class Counter:
    def __init__(self):
        self.total = 0

    def add(self, amount):
        self.total += amount
        return self.total
"""


def counts(student, case):
    """What was added is in the total."""
    counter = student.Counter()
    equal(counter.add(2), 2)
    equal(counter.value("total"), 2)


def test_what_goes_wrong_where_the_same_object_is_right_is_not_the_reason(explained):
    """A variant that raises leaves the attributes as they were, as does code that forgets to move them."""
    breaks = Misconception(
        "breaks", ("counts",), "breaks?", edits=(change("Counter.add", "+= amount", "+= amount[0]"),)
    )
    unmoved = change("Counter.add", "self.total += amount\n        return", "return amount +")
    forgets = Misconception("forgets", ("counts",), "forgets?", edits=(unmoved,))
    text = COUNTER.replace("self.total += amount\n        return self.total", "return self.total + amount")
    assert explained(text, [counts], [breaks], COUNTER) == {}
    assert explained(text, [counts], [breaks, forgets], COUNTER) == {"counts": "forgets"}


def test_what_fails_by_chance_is_explained_and_contradicts_nothing(explained):
    """A mistake is named where it may fail, if its answers are the student's, and is not doubted where it passed."""
    checks = tens(3)
    edit = change("tenfold", "10 *", "x *")
    certain = Misconception("squared", ("at_3",), "squared?", edits=(edit,), may_trip=("at_1", "at_2"))
    text = "def tenfold(x):\n    return x * x if x > 1 else 10.0\n"
    assert explained(text, checks, [certain], TENFOLD) == {"at_2": "squared", "at_3": "squared"}
    assert explained(text, checks, [dataclasses.replace(certain, may_trip=())], TENFOLD) == {"at_3": "squared"}


PARTS = "def part(x):\n    return 10 * x\n\ndef whole(x):\n    return part(x) + 1\n"
CLOSELY = {  # what a student's two functions return, the mistakes on the shelf; what is named
    "the mistake itself": ("x", "part(x) + 1", "single", "single " * 4),
    "the same mistake further on, wherever it can be": ("10 * x", "x + 1", "single", "- single single single"),
    "an answer that it also gives, further on": ("10 * x", "x + 1 if x < 2 else 0.0", "single", ""),
    "an answer that it also gives, beside another mistake": ("3 * x", "x + 1 if x < 2 else 0.0", "single", ""),
    "a mistake further on": ("10 * x", "part(x) + 5", "single plus_five", "- plus_five plus_five plus_five"),
    "what two have together, but one passed where it is asked for": ("10 * x", "x + 5", "single plus_five", ""),
}


@pytest.mark.parametrize(("part", "whole", "shelf", "named"), CLOSELY.values(), ids=CLOSELY)
def test_a_mistake_is_judged_where_it_is_looked_at_most_closely(
    explained, part: str, whole: str, shelf: str, named: str
):
    """By the first exercise that it trips: what explains nothing there must explain most of what it should fail."""

    def asks_for_the_part(student, case):
        equal(student.part(4.0), 40.0)

    def asking(x: int) -> Callable:
        def asks(student, case):
            equal(student.whole(float(x)), 10.0 * x + 1)

        asks.__name__ = f"whole_{x}"
        return asks

    checks = [asks_for_the_part, *map(asking, (1, 2, 3))]
    names = tuple(check.__name__ for check in checks)
    known = {
        "single": Misconception("single", names, "single?", edits=(change("part", "10 * x", "x"),)),
        "plus_five": Misconception("plus_five", names[1:], "plus_five?", edits=(change("whole", "+ 1", "+ 5"),)),
    }
    text = f"def part(x):\n    return {part}\n\ndef whole(x):\n    return {whole}\n"
    found = explained(text, checks, [known[id] for id in shelf.split()], PARTS, later=names[1:])
    assert found == {name: id for name, id in zip(names, named.split(), strict=False) if id != "-"}


THROUGH_ANOTHER = """import torch

def inner(x):
    return 2 * x + 1

def outer(x):
    return inner(x) ** 2
"""


def asks_the_inner(student, case):
    """One doubles and adds one."""
    close(student.inner(torch.tensor([1.0, 3.0])), torch.tensor([3.0, 7.0]))


def asks_the_outer(student, case):
    """The other squares that."""
    close(student.outer(torch.tensor([1.0, 3.0])), torch.tensor([9.0, 49.0]))


def asks_the_outer_again(student, case):
    """With other numbers too."""
    close(student.outer(torch.tensor([2.0, 5.0])), torch.tensor([25.0, 121.0]))


ASKED = (asks_the_inner, asks_the_outer, asks_the_outer_again)


SQUARED = Misconception(
    "squared", tuple(check.__name__ for check in tens(3)), "Squared?", edits=(change("tenfold", "10 *", "x *"),)
)
# As if `inner` returned its input, nan, or zeros.
BARE = in_drawing("bare", change("outer", "inner(x)", "x"), *ASKED[1:])
NAN = in_drawing("nan", change("inner", "2 * x + 1", "2 * x * float('nan')"), *ASKED)
MINUS = in_drawing("minus", change("inner", "+ 1", "- 1"), *ASKED)
SINGLE = in_drawing("single", change("outer", "** 2", "** 1"), *ASKED[1:])
CUBED = in_drawing("cubed", change("outer", "** 2", "** 3"), *ASKED[1:])
INPUT = in_drawing("input", change("inner", "2 * x + 1", "x"), *ASKED)
DEGENERATE = {  # a student's expressions for `inner` and `outer`, the mistakes on the shelf, and those that are named
    "its input, seen from outside": ("x", "inner(x) ** 2", (BARE,), ""),
    "the same mistake outside only": ("2 * x + 1", "x ** 2", (BARE,), "bare"),
    "nan everywhere": ("x * float('nan')", "inner(x) ** 2", (NAN,), ""),
    "zeros": ("0 * x", "inner(x) ** 2", (BARE, NAN, MINUS), ""),
    "a known mistake that is just its input": ("x", "inner(x) ** 2", (INPUT, BARE), "input"),
    "another mistake": ("x + x - 1", "inner(x) ** 2", (MINUS, BARE, NAN), "minus"),
}


@pytest.mark.parametrize(("inner", "outer", "known", "id"), DEGENERATE.values(), ids=DEGENERATE)
def test_what_degenerate_answers_explain_has_no_name(explained, inner: str, outer: str, known: Sequence, id: str):
    """Nor has what follows from them, unless it is a known mistake and nothing else."""
    text = THROUGH_ANOTHER.replace("2 * x + 1", inner).replace("inner(x) ** 2", outer)
    assert set(explained(text, ASKED, known, THROUGH_ANOTHER).values()) == ({id} if id else set())


REMAINDER = "[10 * (x % 4), 1]"
LOOKED_AT = {  # a student's expressions for `part` and `whole`, and the checks that are named
    "the mistake": (REMAINDER, "[2 * part(x)[0], 7]", {"part_of_4", "part_of_5", "whole_of_4"}),
    "right where it is looked at": ("[10 * x if x == 5 else 0, 1]", "[0, 7]", set()),
}


@pytest.mark.parametrize(("part", "whole", "named"), LOOKED_AT.values(), ids=LOOKED_AT)
def test_zeros_are_not_of_a_mistake_that_is_right_where_it_is_looked_at(explained, part: str, whole: str, named: set):
    """It may give the zeros of another check that looks at it, and of all that is built on it."""

    def part_of_4(student, case):
        equal(student.part(4), [40, 1])

    def part_of_5(student, case):
        equal(student.part(5), [50, 1])

    def whole_of_4(student, case):
        equal(student.whole(4), [80, 7])

    checks = (part_of_4, part_of_5, whole_of_4)
    remainder = in_drawing("remainder", change("part", "[10 * x, 1]", REMAINDER), *checks)
    course = "def part(x):\n    return {}\n\ndef whole(x):\n    return {}\n"
    reference = course.format("[10 * x, 1]", "[2 * part(x)[0], 7]")
    found = explained(course.format(part, whole), checks, [remainder], reference, later=("whole_of_4",))
    assert set(found) == named


# It can be put together only if all entries of inner(x) are above 4.
ABOVE = "torch.stack([inner(x)[inner(x) > 4], x])[0] ** 3"
UNEVEN = in_drawing("uneven", change("outer", "inner(x) ** 2", ABOVE), *ASKED[1:])
TOGETHER = {  # the same for two mistakes at once
    "two in different functions": ("2 * x - 1", "inner(x) ** 3", (MINUS, CUBED), {"minus", "minus cubed"}),
    "one that hides nothing": ("2 * x - 1", "inner(x) ** 2", (MINUS, CUBED), {"minus"}),
    "an exception, which other code raises too": ("2 * x - 1", ABOVE, (MINUS, UNEVEN), {"minus"}),
    "one of them unknown": ("2 * x - 1", "inner(x) ** 5", (MINUS, CUBED), {"minus"}),
    "two that are refuted where one of them is asked for": (
        "2 * x + 1",
        "(2 * x - 1) ** 3",
        (MINUS, CUBED),
        set(),
    ),
}


@pytest.mark.parametrize(("inner", "outer", "known", "ids"), TOGETHER.values(), ids=TOGETHER)
def test_two_mistakes_in_different_functions_are_both_named(explained, inner: str, outer: str, known: tuple, ids: set):
    """The second is seen only together with the first; each must be wrong where it is asked for."""
    text = THROUGH_ANOTHER.replace("2 * x + 1", inner).replace("inner(x) ** 2", outer)
    assert set(explained(text, ASKED, known, THROUGH_ANOTHER).values()) == ids


ORDERED = """import torch

def total(X, generator=None):
    rows = range(len(X)) if generator is None else torch.randperm(len(X), generator=generator).tolist()
    weight, result = 1.0, 0.0
    for i in rows:
        result = result + weight * X[i]
        weight = weight / 2
    return result
"""
ROWS = torch.tensor([1.0, 10.0, 100.0, 1000.0])


def in_the_given_order(student, case):
    """Without a generator the first row counts most."""
    close(student.total(ROWS), torch.tensor(156.0))


def in_another_order(student, case):
    """A generator draws the order."""
    totals = [student.total(ROWS, case.generator()) for _ in range(20)]
    require(any(total != totals[0] for total in totals), "The order was always the same.")


SKEWED = in_drawing("skewed", change("total", "weight / 2", "weight / 3"), in_the_given_order)
ALWAYS = in_drawing("always", change("total", "generator is None", "True"), in_another_order)
TWICE = in_drawing("twice", change("total", "torch.randperm(len(X)", "torch.randint(4, (8,)"), in_another_order)
COMPLEMENTARY = {  # edits of the reference, the mistakes on the shelf, and what the two checks are named
    "each in a check of its own": (("weight / 2", "weight / 3"), ("generator is None", "True"), "skewed skewed+always"),
    "the one alone": (("weight / 2", "weight / 3"), None, "skewed -"),
    "the other alone": (None, ("generator is None", "True"), "- always"),
    "an unknown one beside": (("weight / 2", "weight / 5"), ("generator is None", "True"), "- -"),
}


@pytest.mark.parametrize(("one", "other", "named"), COMPLEMENTARY.values(), ids=COMPLEMENTARY)
def test_two_mistakes_of_one_function_that_show_in_different_checks(explained, one, other, named: str):
    """Neither gives all answers of the function, both together do: a check that one explains alone names that one."""
    text = ORDERED
    for edit in filter(None, (one, other)):
        text = text.replace(*edit)
    checks = (in_the_given_order, in_another_order)
    found = explained(text, checks, [SKEWED, ALWAYS, TWICE], ORDERED)
    names = [check.__name__ for check in checks]
    ids = [together.replace("+", " ") for together in named.split()]
    assert found == {name: id for name, id in zip(names, ids, strict=True) if id != "-"}


SHARED = """def share(x, n):
    return x / n

def step(x, n):
    return share(x, n) * 2
"""


def shares_one(student, case):
    """Of one row the share is all."""
    equal(student.share(3.0, 1), 3.0)


def shares_two(student, case):
    """Of two rows the share is half."""
    equal(student.share(3.0, 2), 1.5)


def steps_by_two(student, case):
    """A step is twice the share."""
    equal(student.step(3.0, 2), 3.0)


TURNED = in_drawing("turned", change("share", "x / n", "-x / n"), shares_one, shares_two, steps_by_two)
WHOLE = in_drawing("whole", change("share", "x / n", "x"), shares_two, steps_by_two)
ABSENT = {  # a student's expressions for `share` and `step`, and what the three checks are named
    "both": ("-x", "share(x, n) * 2", "turned turned+whole turned+whole"),
    "one, and an unknown one further on": ("-x / n", "share(x, n) * 2 * n", "turned turned -"),
}


@pytest.mark.parametrize(("share", "step", "named"), ABSENT.values(), ids=ABSENT)
def test_a_mistake_that_is_not_seen_closely_is_no_part_of_a_pair(explained, share: str, step: str, named: str):
    """A single row cannot tell that it is there too; the check that could shows the other one alone."""
    text = SHARED.replace("x / n", share).replace("share(x, n) * 2", step)
    checks = (shares_one, shares_two, steps_by_two)
    found = explained(text, checks, (TURNED, WHOLE), SHARED, later=("steps_by_two",))
    ids = [together.replace("+", " ") for together in named.split()]
    assert found == {check.__name__: id for check, id in zip(checks, ids, strict=True) if id != "-"}


REPORTED = """def train(x):
    return 10 * x

def evaluate(x):
    return 10 * x + 1

def report(x):
    return train(x) + evaluate(x)

def summary(x):
    return 2 * evaluate(x)
"""


def trains(student, case):
    """Ten times the number."""
    equal(student.train(3.0), 30.0)


def evaluates(student, case):
    """One more."""
    equal(student.evaluate(3.0), 31.0)


def reports(student, case):
    """Both together."""
    equal(student.report(2.0), 41.0)


def sums_up(student, case):
    """Twice the evaluation."""
    equal(student.summary(2.0), 42.0)


IN_TRAINING = change("train", "10 * x", "x")
TRAINED = in_drawing("trained", IN_TRAINING, trains, reports)
EVERYWHERE = Misconception(
    "everywhere",
    ("trains", "evaluates", "reports", "sums_up"),
    "everywhere?",
    edits=(IN_TRAINING, change("evaluate", "10 * x", "x")),
)
TRIPLED = change("summary", "2 *", "3 *")
SUPERFLUOUS = {  # what else the mistake in `summary` changes, and what the four checks are named
    "the pair gives it": (
        (change("report", "evaluate(x)", "evaluate(10 * x)"),),
        "everywhere everywhere everywhere+tripled everywhere+tripled",
    ),
    "the pair does not": ((), "everywhere everywhere trained everywhere+tripled"),
}


@pytest.mark.parametrize(("also", "named"), SUPERFLUOUS.values(), ids=SUPERFLUOUS)
def test_what_a_named_pair_explains_needs_no_third_mistake(explained, also: tuple, named: str):
    """One that is part of another gives the same answers in some checks, and is named there only if the pair fails."""
    checks = (trains, evaluates, reports, sums_up)
    tripled = Misconception("tripled", ("reports", "sums_up") if also else ("sums_up",), "3?", edits=(TRIPLED, *also))
    text = tripled.apply(EVERYWHERE.apply(REPORTED))
    if not also:
        text = text.replace("train(x) + evaluate(x)", "train(x) + 10 * x + 1")
    found = explained(text, checks, (TRAINED, EVERYWHERE, tripled), REPORTED)
    assert found == {c.__name__: id.replace("+", " ") for c, id in zip(checks, named.split(), strict=True)}


CAPS = {  # what a student returns, and what the two checks are named
    "one form": ("min(10 * x, 5)", "cut cut"),
    "a form here, another there": ("min(10 * x, 5 if x < 2 else 7)", "cut cut"),
    "no form there": ("min(10 * x, 5 if x < 2 else 8)", ""),
}


@pytest.mark.parametrize(("body", "named"), CAPS.values(), ids=CAPS)
def test_forms_of_one_mistake_may_agree_in_different_checks(explained, body: str, named: str):
    """It is one mistake whatever the number in it; an answer that no form gives refutes all of them."""
    checks = tens(2)
    names = [check.__name__ for check in checks]
    edits = [(change("tenfold", "10 * x", f"min(10 * x, {cap})"),) for cap in (5, 7)]
    cut = Misconception("cut", tuple(names), "cut?", edits=edits[0], forms=(edits[1],))
    found = explained(f"def tenfold(x):\n    return {body}\n", checks, [cut], TENFOLD)
    assert found == dict(zip(names, named.split(), strict=False))


def test_a_function_that_is_right_elsewhere_does_not_return_nan_everywhere(explained):
    """So the mistake that explains the nan is named; where nothing else comes back, none is."""
    edit = change("tenfold", "10 * x", "10 * x if x < 3 else float('nan')")
    huge = Misconception("huge", ("at_3",), "huge?", edits=(edit,))
    bodies = {"10 * x if x < 3 else float('inf')": {"at_3": "huge"}, "float('inf')": {}}
    for body, named in bodies.items():
        assert explained(f"def tenfold(x):\n    return {body}\n", tens(3), [huge], TENFOLD) == named


ASKS_TWO_FUNCTIONS = """def best(items, fit, judge):
    found = []
    for item in items:
        found.append(judge(fit(item)))
    return max(found)
"""
ALL_FITTED_FIRST = """def best(items, fit, judge):
    models = [fit(item) for item in items]
    return sum([judge(model) for model in models])
"""


def asks_with_two_functions(student, case):
    """The best of three, each doubled and then judged."""
    found = student.best([1.0, 2.0, 3.0], spy(lambda item: 2 * item), spy(lambda model: model + 1))
    close(torch.tensor(found), torch.tensor(7.0))


def test_right_code_may_call_functions_of_ours_in_turn_or_one_after_the_other(explained):
    """The calls of each function must be those of the mistake, but not the order in which both are called."""
    known = in_drawing("summed", change("best", "max(found)", "sum(found)"), asks_with_two_functions)
    found = explained(ALL_FITTED_FIRST, [asks_with_two_functions], [known], ASKS_TWO_FUNCTIONS)
    assert found == {"asks_with_two_functions": "summed"}
    twice = ALL_FITTED_FIRST.replace("in items]", "in items + items]").replace("in models]", "in models[:3]]")
    assert explained(twice, [asks_with_two_functions], [known], ASKS_TWO_FUNCTIONS) == {}


def test_out_of_time_nothing_is_named(explained, monkeypatch):
    """Names are a service: what takes too long goes without any, and is no fault."""
    assert explained("def tenfold(x):\n    return x * x\n", tens(3), [SQUARED], TENFOLD) != {}
    monkeypatch.setattr(table, "DEADLINE_SECONDS", -1.0)
    assert explained("def tenfold(x):\n    return x * x\n", tens(3), [SQUARED], TENFOLD) == {}


@pytest.mark.parametrize("answer", ["list(range(100_000))", "nested", "{str(i): i for i in range(50_000)}"])
def test_whatever_came_back_the_comparison_ends(explained, answer: str):
    """Very many parts, or parts in parts in parts: nothing is named, and nothing breaks."""
    text = (
        f"def tenfold(x):\n    nested = x\n    for _ in range(500):\n        nested = [nested]\n    return {answer}\n"
    )
    assert explained(text, tens(3), [SQUARED], TENFOLD) == {}
