"""autograder.worker.transforms: what people paste becomes Python, alike with IPython's library and without it."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from autograder.worker import transforms
from autograder.worker.transforms import as_python

BODY = "def f(x):\n    return x\n"
WRITTEN = {  # a text, and the Python that it is, line by line
    "Python": (BODY, BODY),
    "indented": ("    def f(x):\n        return x\n", BODY),
    "indented by a tab": ("\tdef f(x):\n\t    return x\n", BODY),
    "below blank lines": ("\n\n    def f(x):\n        return x\n", f"\n\n{BODY}"),
    "prompts of Python": (">>> def f(x):\n...     return x\n", BODY),
    "prompts and a blank line": (">>> x = 1\n>>>\n>>> y = 2", "x = 1\n\ny = 2"),
    "prompts of IPython": ("In [3]: def f(x):\n   ...:     return x\n", BODY),
    "a prompt that is Python too": ("In [3]: x = 1", "x = 1"),
    "a magic": ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    "a command": ("!pip install torch\nx = 1", "pass\nx = 1"),
    "a continued command": ("!pip install \\\n    torch \\\n    numpy\nx = 1", "pass\n\n\nx = 1"),
    "a question": ("torch.mean?\nx = 1", "pass\nx = 1"),
    "two questions": ("f??\nx = 1", "pass\nx = 1"),
    "what a command writes": ("files = !ls\nx = 1", "files = get_ipython()\nx = 1"),
    "what a magic gives": ("t = %timeit -o f(1)\nx = 1", "t = get_ipython()\nx = 1"),
    "a timed statement": ("%time x = 1", "x = 1"),
    "in a function": ("def f():\n    %debug\n    return 1", "def f():\n    pass\n    return 1"),
    "several": ("%load_ext x\nx = 1\n!ls\ny = 2\n%who", "pass\nx = 1\npass\ny = 2\npass"),
    "a timed cell": ("%%time\nx = 1", "\nx = 1"),
    "a cell of another language": ("%%bash\nx = 1", "\n"),
    "a fence": (f"```python\n{BODY}```", f"\n{BODY}"),
    "a fence below a sentence": (f"My answer is:\n\n```\n{BODY}```\nDone.", f"\n\n\n{BODY}\n"),
    "a fence that is never closed": (f"```python\n{BODY}", f"\n{BODY}"),
    "a command in a fence": ("~~~\n!ls\nx = 1\n~~~", "\npass\nx = 1\n"),
    "an operator at the beginning of a line": ("x = (7\n  % 4)", "x = (7\n  % 4)"),
    "a command in a text": ('x = """\n!ls\n%time\n"""', 'x = """\n!ls\n%time\n"""'),
    "a fence in a docstring": ('def f():\n    """\n```\n1\n```\n"""', 'def f():\n    """\n```\n1\n```\n"""'),
}


@pytest.fixture(params=["with IPython", "without IPython"])
def read(request, monkeypatch) -> Callable[[str], list[str]]:
    """Make Python of a text, in either way."""
    if request.param == "with IPython":
        pytest.importorskip("IPython")
    else:
        monkeypatch.setattr(transforms, "_manager", lambda: None)
    return lambda text: as_python(text, lambda line, says: None)[0]


@pytest.mark.parametrize(("text", "python"), WRITTEN.values(), ids=WRITTEN)
def test_a_text_becomes_python(read, text: str, python: str):
    """Its lines keep their numbers."""
    assert [line.rstrip() for line in read(text)] == python.split("\n")
    ast.parse(python)


def test_what_is_no_python_stays_as_it_is(read):
    """So that the message names the right line."""
    text = 'import torch\n\ndef f(x):\n    """\n    ```\n    f(1)\n    ```\n    """\n    return (x\n'
    assert read(text) == text.split("\n")


def test_the_library_may_be_broken(monkeypatch):
    """Then ours does."""

    class Broken:
        cleanup_transforms = ()

        def do_one_token_transform(self, lines):
            raise RuntimeError

    monkeypatch.setattr(transforms, "_manager", Broken)
    assert as_python("!ls\nx = 1", lambda line, says: None) == (["pass", "x = 1"], None)
