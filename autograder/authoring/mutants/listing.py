"""Mutants as an author reads them: survivors as blocks to paste, and mistakes that pass in one function alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from ...model import REASON_TO_WRITE
from .generating import Mutant

MOST_CHANGES = 4  # of one statement that are shown: they differ in a number, mostly


def equivalent_blocks(survivors: Sequence[Mutant], path: str) -> list[str]:
    """Survivors in the form of `equivalent_mutants.toml`, those of one statement together, each without its reason.

    Args:
        path: the file of the reference, to be shown with the line.
    """
    blocks = []
    for mutants in _by_statement(survivors):
        first = mutants[0]
        new = [mutant.new for mutant in mutants]
        # In this form terminals and editors turn the place into a link.
        lines = [
            f"# {path}:{first.line}: {', '.join(dict.fromkeys(map(_operator, mutants)))}",
            "[[equivalent]]",
            f"function = {_quoted(first.function)}",
            f"old = {_quoted(first.old)}",
            f"new = {_list(new)}",
            f"reason = {_quoted(REASON_TO_WRITE)}",
        ]
        blocks.append("\n".join(lines))
    return blocks


def alone_blocks(alone: Sequence[tuple[Mutant, tuple[str, ...]]], path: str) -> list[str]:
    """Mistakes that pass if one function alone makes them: where they are, in whom they pass, and what is changed."""
    by_carriers: dict[tuple[str, ...], list[Mutant]] = defaultdict(list)
    for mutant, names in alone:
        by_carriers[names].append(mutant)
    blocks = []
    for names, mutants in by_carriers.items():
        for together in _by_statement(mutants):
            first = together[0]
            changes = [f"    + {mutant.new}" for mutant in together[:MOST_CHANGES]]
            if len(together) > MOST_CHANGES:
                changes.append(f"    and {len(together) - MOST_CHANGES} more")
            heading = f"{path}:{first.line}: in {first.function}, passes in {' or '.join(names)} alone"
            blocks.append("\n".join([heading, f"    - {first.old}", *changes]))
    return blocks


def _by_statement(mutants: Sequence[Mutant]) -> list[list[Mutant]]:
    """Mutants of one statement together, in the order in which they come first."""
    groups: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        groups[mutant.function, mutant.old].append(mutant)
    return list(groups.values())


def _operator(mutant: Mutant) -> str:
    return mutant.id.partition(":")[0]


def _list(texts: list[str]) -> str:
    if len(texts) == 1:
        return f"[{_quoted(texts[0])}]"
    rows = [f"    {_quoted(text)},\n" for text in texts]
    return f"[\n{''.join(rows)}]"


def _quoted(text: str) -> str:
    """A text as TOML quotes it, which is JSON's way."""
    return json.dumps(text, ensure_ascii=False)
