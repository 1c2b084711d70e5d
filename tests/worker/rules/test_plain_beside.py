"""Whether several modules beside a text are plain, too."""

from __future__ import annotations

import pytest

from autograder.worker.rules.plain import is_plain

HIDING = "f = getattr(object, '__init__')\n"


@pytest.mark.parametrize("hiding", ["first_part", "second_part", "third_part"])
def test_every_module_that_is_imported_is_read(hiding):
    """Of three that a text imports, whichever hides something."""
    parts = ["first_part", "second_part", "third_part"]
    texts = {"main": "".join(f"import {part}\n" for part in parts), **dict.fromkeys(parts, "x = 1\n")}
    assert is_plain(texts, "main")
    assert not is_plain({**texts, hiding: HIDING}, "main")


def test_a_module_in_a_package_that_is_not_there_is_not_plain():
    """A file called nowhere.inside.py costs no more than its import."""
    assert not is_plain({"main": "import nowhere.inside\n", "nowhere.inside": "x = 1\n"}, "main")


def test_a_convolution_is_looked_at():
    """It makes a linear layer, and no rule names it as torch has it."""
    assert not is_plain({"main": "import torch\ny = torch.conv2d(1, 2)\n"}, "main")
