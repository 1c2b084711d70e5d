"""`autograder new SLUG`."""

from __future__ import annotations

import pytest


def test_a_new_assignment_is_sound_as_it_is(run, own):
    """`new`, then `build`, then `validate`, as the author is told to: sound, with any number of seeds."""
    new = run(own, "autograder new layer_norm")
    assert (new.returncode, new.stderr) == (0, "")
    *wrote, following = new.stdout.splitlines()
    assert len(wrote) == 6
    assert all((own / line.removeprefix("wrote ")).is_file() for line in wrote)
    assert following == "Next: autograder build && autograder validate layer_norm"
    assert run(own, "autograder build").returncode == 0
    validated = run(own, "autograder validate layer_norm --repeat 2 --jobs 1")
    assert (validated.returncode, validated.stderr) == (0, "")
    assert "✓ layer_norm: 3 checks, 5 misconceptions, reference " in validated.stdout
    assert validated.stdout.endswith("Sound with 2 seeds.\n")


@pytest.mark.parametrize(
    ("name", "says"),
    [("scaling", "assignments/scaling exists already; nothing was changed."), ("LayerNorm", "cannot be a name")],
)
def test_a_name_that_cannot_be_used_is_refused(refused, own, name: str, says: str):
    """An assignment that exists, or a name that no module can have."""
    before = set(own.rglob("*"))
    assert says in refused(own, f"autograder new {name}")
    assert set(own.rglob("*")) == before
