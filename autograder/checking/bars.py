"""Numbers that a check shows and does not judge."""

from __future__ import annotations

from collections.abc import Mapping

from ..evidence import Bars


def bars(name: str, values: Mapping[str, float], *, unit: str, logarithmic: bool = False) -> Bars:
    """Numbers with a bar for each, for `case.show_at_desk`.

    Args:
        name: what was measured.
        values: by label, at least one; none is negative.
        unit: of the numbers.
        logarithmic: whether they differ by powers of ten.
    """
    return Bars(name, unit, tuple(values), tuple(map(_number, values.values())), logarithmic)


def _number(value: float) -> str:
    """A number with three digits, or with all of them before the point."""
    if value >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}"
