"""Which pairs of texts are shown as alike, and which are not."""

from __future__ import annotations

import pytest

from autograder.similarity.fingerprints import LONGEST_TEXT, Fingerprint, base_of
from autograder.similarity.pairs import USUAL_SHARE, Comparison, lines_of

STUB = '''import torch


def softmax(z):
    """Softmax of each row, by the largest entry of the row; the stub is handed out to everybody."""
    raise NotImplementedError
'''
SHIFTED = '''import torch


def softmax(z):
    """Softmax of each row, by the largest entry of the row; the stub is handed out to everybody."""
    shifted = z - z.max(dim=1, keepdim=True).values
    powers = torch.exp(shifted)
    total = powers.sum(dim=1, keepdim=True)
    if total.isinf().any() or total.isnan().any():
        raise ValueError("the rows are not finite")
    return powers / total
'''
RENAMED = '''import torch


def softmax(logits):  # my own work
    """Softmax of each row, by the largest entry of the row; the stub is handed out to everybody."""
    a = logits - logits.max(dim=1, keepdim=True).values

    b = torch.exp(a)   # exponentials
    c = b.sum(dim=1,  keepdim=True)
    if c.isinf().any() or c.isnan().any():
        raise ValueError("bad input!")
    return b / c
'''
BY_LOGARITHM = '''import torch


def softmax(z):
    """Softmax of each row, by the largest entry of the row; the stub is handed out to everybody."""
    return (z - torch.logsumexp(z, 1)[:, None]).exp()
'''
IN_LOOPS = '''import torch


def softmax(z):
    """Softmax of each row, by the largest entry of the row; the stub is handed out to everybody."""
    rows = []
    for row in z:
        largest = max(float(entry) for entry in row)
        powers = [2.718281828459045 ** (float(entry) - largest) for entry in row]
        rows.append([power / sum(powers) for power in powers])
    return torch.tensor(rows, dtype=z.dtype)
'''
HONEST = (SHIFTED, BY_LOGARITHM, IN_LOOPS)


def test_a_copy_with_other_names_and_comments_is_shown():
    """Neither new names nor comments, spaces or texts hide it."""
    comparison = Comparison([STUB], HONEST)
    (pair,) = comparison.pairs({"ana": SHIFTED, "ben": RENAMED, "cy": IN_LOOPS, "dee": BY_LOGARITHM})
    assert (pair.one, pair.other) == ("ana", "ben")
    assert pair.share > 0.95
    assert {6, 7, 8, 9, 11} <= set(pair.lines[0])
    assert {6, 8, 9, 10, 12} <= set(pair.lines[1])


def test_honest_texts_are_not_shown():
    """The limit lies above whatever right solutions in different styles have in common."""
    comparison = Comparison([STUB], HONEST)
    assert comparison.limit.honest is not None
    assert comparison.limit.share == (1 + comparison.limit.honest) / 2
    assert comparison.pairs({"ana": SHIFTED, "cy": IN_LOOPS, "dee": BY_LOGARITHM}) == []


def test_what_was_handed_out_does_not_count():
    """Two untouched stubs have nothing in common, and in two texts that go on from it only what follows counts."""
    stub = IN_LOOPS  # as if that were given
    base = base_of([stub])
    assert Comparison([stub], HONEST).pairs({"ana": stub, "ben": stub}, least=0.01) == []
    one = stub + SHIFTED
    overlap = Fingerprint(one, base).overlap(Fingerprint(stub + RENAMED, base))
    given = stub.count("\n")
    assert given - 2 <= min(lines_of(one, overlap.spans[0])) <= given + 5


def test_a_short_common_line_is_no_pair():
    """A single function that everybody writes alike is less than honest texts have in common."""
    comparison = Comparison([STUB], [SHIFTED, RENAMED])
    one = STUB.replace("raise NotImplementedError", "return torch.exp(z) / torch.exp(z).sum(dim=1, keepdim=True)")
    two = one.replace("z", "x")
    assert comparison.pairs({"ana": one, "ben": two}) == []


def test_without_honest_solutions_there_is_a_usual_limit():
    """One solution alone is no pair."""
    assert Comparison([STUB], [SHIFTED]).limit.share == USUAL_SHARE


def test_a_repetition_within_a_text_is_not_taken_for_what_was_handed_out():
    """A text that says the same twice is still wholly in its copy."""
    twice = SHIFTED + SHIFTED.replace("softmax", "again").removeprefix("import torch\n")
    comparison = Comparison([STUB], HONEST)
    (pair,) = comparison.pairs({"ana": twice, "ben": twice})
    assert pair.share > 0.95
    assert len(pair.lines[0]) >= 10


@pytest.mark.parametrize("text", ["", "\n", "x", "def f(:\n  (((", "\0", "'" * 400, "é" * 400])
def test_any_text_can_be_compared(text: str):
    """Nothing in a text breaks the comparison."""
    assert Comparison([STUB], HONEST).pairs({"ana": text, "ben": SHIFTED}) == []


@pytest.mark.slow
def test_a_very_long_text_is_cut():
    """What follows is not compared, so that one text cannot hold up a class."""
    filler = "x = 1\n" * (LONGEST_TEXT // 6 + 1)
    assert Fingerprint(filler + SHIFTED).overlap(Fingerprint(SHIFTED)).size == 0
