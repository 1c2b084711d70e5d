"""Lines that a person should look at are told, and lines that only sound like them are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grading.flags import flags
from autograder.submissions.files import Source

TOLD = {
    "from multiprocessing import Process": "starts other processes",
    "from os import path, fork": "starts other processes",
    "with ProcessPoolExecutor() as pool:": "starts other processes",
    "from torch.utils._python_dispatch import _disable_current_modes": "uses what is inside torch",
    "from torch.fx.experimental.proxy_tensor import make_fx": "uses what is inside torch",
    "from torch import Tensor, _C": "uses what is inside torch",
    "transforms = torch._functorch.eager_transforms": "uses what is inside torch",
    "y = torch.ops.aten.mul.Tensor.redispatch(keys, x, x)": "uses what is inside torch",
}
NOT_TOLD = [
    "from os import path",
    "forked = 2 * x",
    "x = 1  # multiprocessing would be too much",
    "torch.compile = None",
    "print(torch.__version__)",
    "from torch import Tensor, nn",
    "from torch.nn import functional as f_",
]


def told(line: str) -> list[str]:
    return flags(Source(f"import torch\n{line}\n", Path("scaling.py")))


@pytest.mark.parametrize("line", TOLD)
def test_a_line_is_flagged_with_its_reason(line: str):
    """With its place, so that the staff find it."""
    (sentence,) = told(line)
    assert "scaling.py, line 2" in sentence
    assert TOLD[line] in sentence


@pytest.mark.parametrize("line", NOT_TOLD)
def test_a_harmless_line_is_not_flagged(line: str):
    """Names that only sound alike, and comments."""
    assert told(line) == []


def test_a_line_of_a_module_beside_is_flagged():
    """Under that module's name; a module for the assignment itself was told of already."""
    line = next(iter(TOLD))
    source = Source("import helpers\n", Path("scaling.py"), beside={"helpers": line, "scaling": line})
    (sentence,) = flags(source)
    assert "helpers.py, line 1" in sentence
