"""What a person should look at in a submission: ways around rules and measurements that one process cannot prevent.

No mark depends on a flag. Correct work rarely has one, and who means to hide can avoid all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from ..submissions.files import Source

MOST_FLAGS = 5
FLAGS = {  # what a line of code matches: what it can do
    r"\bctypes\b|\bcffi\b": "reaches into the memory of its own process",
    r"\bimport\s+gc\b|\bgc\.get_": "can find objects that were not handed to it",
    r"\bsettrace\b|\bsys\s*\.\s*monitoring\b|\bf_trace\b": "can change what counts its steps",
    r"\bsys\s*\.\s*modules\b|\bautograder\s*\.\s*(worker|hosting|values|model)\b": "can change what measures it",
    r"\b_getframe\b|\bf_back\b|\bf_globals\b|\bf_locals\b": "can look into the code that called it",
    r"\bco_filename\b|\b__code__\b|\b__closure__\b|\bcell_contents\b": "can pass its own code for a library's",
    r"\bsubprocess\b|\bmultiprocessing\b|\bProcessPoolExecutor\b|\bfrom\s+os\s+import\b.*\bfork"
    r"|\bos\s*\.\s*(fork|exec\w*|spawn\w*|posix_spawn\w*|system|popen)\b": "starts other processes",
    r"\btorch\s*\.\s*_[A-Za-z]\w*|\bfrom\s+torch\s+import\b.*\b_[A-Za-z]\w*"
    r"|\b(_python_dispatch|_mode_utils|_op_dk|redispatch|get_kernel|proxy_tensor|make_fx)\b"
    r"|\btorch\s*\.\s*fx\b": "uses what is inside torch",
    r"\bsympy\b": "can have a derivative worked out",
}
_ANY = re.compile("|".join(FLAGS))
_EACH = [(re.compile(pattern), reason) for pattern, reason in FLAGS.items()]


def flags(source: Source) -> list[str]:
    """A sentence for each kind of line that a person should look at, with the first such line."""
    told = _flags_in(source.text, lambda line: f"{source.path.name}, {source.place(line)}")
    for name, text in source.beside.items():
        if name != source.path.stem:
            told = _flags_in(text, partial(_place_beside, name)) | told
    return list(told.values())[:MOST_FLAGS]


def _place_beside(name: str, line: int) -> str:
    return f"{name}.py, line {line}"


def _flags_in(text: str, place: Callable[[int], str]) -> dict[str, str]:
    """The sentences about a text by what its lines can do."""
    told: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        code = line.partition("#")[0]
        if not _ANY.search(code):
            continue
        for pattern, reason in _EACH:
            match = pattern.search(code)
            if match is not None and reason not in told:
                told[reason] = f"The staff should look at {place(number)}: `{' '.join(match[0].split())}` {reason}."
    return told
