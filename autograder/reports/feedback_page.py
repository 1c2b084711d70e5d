"""A student's result as a page."""

from __future__ import annotations

from markupsafe import Markup

from ..evidence import Series
from .feedback import CheckFeedback, Feedback
from .grids import grids
from .pages import filled
from .renderers import points


def feedback_page(feedback: Feedback) -> str:
    """The page as HTML: marks, what explains them, and every check with what it saw."""
    return filled(
        "feedback.html",
        title=f"{feedback.title}: {feedback.student}",
        feedback=feedback,
        grids=grids,
        pictures=_pictures,
        points=points,
    )


def _pictures(item: CheckFeedback) -> list[tuple[Series, Markup]]:
    """The curves of a check, drawn."""
    if not item.series:
        return []
    from .pictures import curves  # imports matplotlib, which takes a second and is needed for few pages

    drawn = []
    for series in item.series:
        title = f"{series.name}. {item.check.title}".replace("`", "")
        drawn.append((series, curves(series, title)))
    return drawn
