"""A student's result in words: as Markdown, and for a terminal.

Text of a submission is shown as it is: in Markdown it is escaped, and a block of code ends only where we end it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from .feedback import CheckFeedback, ExerciseFeedback, Feedback
from .pages import in_points
from .screen import NARROWEST, SYMBOLS

# What Markdown gives a meaning inside a paragraph, and what HTML does; an underscore inside a name has none.
SPECIAL = re.compile(r"([\\*\[\]<>&#|~$]|(?<!\w)_|_(?!\w))")
AT_THE_BEGINNING = re.compile(r"^(\s*)([-+=]|\d+[.)])")  # what makes a list or a heading there
CODE = re.compile(r"(`[^`\n]+`)")
TICKS = re.compile(r"`+")


def in_markdown(feedback: Feedback) -> str:
    """The result as a file of Markdown."""
    return "\n".join(_markdown(feedback)) + "\n"


def _markdown(feedback: Feedback) -> Iterator[str]:
    yield f"# {_escaped(feedback.title)}"
    yield f"\n{_escaped(feedback.student)}: **{_marks(feedback.score, feedback.max_score)}**"
    for note in filter(None, (feedback.second_mark, *feedback.remarks)):
        yield f"\n> {_escaped(note)}"
    yield "\n| Exercise | Points | Checks passed |\n| --- | ---: | ---: |"
    for exercise in feedback.exercises:
        marks = _marks(exercise.points, exercise.max_points)
        yield f"| {_escaped(exercise.title)} | {marks} | {len(exercise.passed)} of {len(exercise.checks)} |"
    if feedback.explained:
        yield "\n## What explains it"
    for known in feedback.explained:
        yield f"\n- {_escaped(known.mistake)}  \n  Explains: {_escaped(known.titles[0])}{_more(known.titles)}"
    if feedback.of_all is not None:
        yield f"\n- {feedback.of_all.symbol} {_escaped(feedback.of_all.text)} ({feedback.of_all.words})"
        yield from _below(feedback.of_all)
        return
    for exercise in feedback.exercises:
        yield f"\n## {_escaped(exercise.title)}"
        yield ""
        for item in exercise.checks:
            yield from _markdown_of(item)


def _markdown_of(item: CheckFeedback) -> Iterator[str]:
    """A check as an item of a list, with all that belongs to it below."""
    hidden = "" if item.check.visible else "; a hidden check"
    marks = _marks(item.check.points, item.check.max_points)
    yield f"- {item.symbol} {_escaped(item.check.title)} ({item.words}; {marks}{hidden})"
    if item.text:
        yield f"\n  {_escaped(item.text)}"
    yield from _below(item)


def _below(item: CheckFeedback) -> Iterator[str]:
    """What stands below the text of a check, in blocks."""
    lines = "\n".join(line.text for line in item.lines)
    for title, text in (("", lines), ("To see it yourself, in Python:", item.snippet), ("Printed:", item.output)):
        if text:
            yield f"\n  {title}\n" if title else ""
            yield _block(text)


def _block(text: str) -> str:
    """A block of code inside an item of a list; its fence is longer than any in the text."""
    longest = max(map(len, TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join(f"  {line}" for line in [fence, *text.splitlines(), fence])


def _escaped(text: str) -> str:
    """Text for one line of Markdown, in which only backticks keep their meaning."""
    parts = []
    for part in CODE.split(" ".join(text.split())):
        if not CODE.fullmatch(part):
            part = SPECIAL.sub(r"\\\1", part).replace("`", r"\`")
        parts.append(part)
    return AT_THE_BEGINNING.sub(r"\1\\\2", "".join(parts))


def _marks(points: float, maximum: float) -> str:
    return f"{in_points(points)} of {in_points(maximum)} points"


def _more(titles: tuple[str, ...]) -> str:
    if len(titles) == 1:
        return ""
    return f" (and {len(titles) - 1} more)"


def print_feedback(feedback: Feedback, console: Console) -> None:
    """The result in a terminal: all that explains the mark, and in one line what passed."""
    marks = _marks(feedback.score, feedback.max_score)
    console.print(Text(f"\n{feedback.title}  ({feedback.slug})  {feedback.student}: {marks}", style="bold"))
    if feedback.second_mark:
        _indented(console, Text(feedback.second_mark), 2)
    for note in feedback.remarks:
        _indented(console, Text(note, style="yellow"), 2)
    if feedback.explained:
        console.print(Text("\n  What explains it", style="underline"))
    for known in feedback.explained:
        _indented(console, Text(known.mistake), 4)
        _indented(console, Text(f"explains: {known.titles[0]}{_more(known.titles)}", style="dim"), 4)
    if feedback.of_all is not None:
        symbol, style = SYMBOLS[feedback.of_all.check.outcome]
        _indented(console, Text.assemble((symbol, style), f" {feedback.of_all.text}"), 2)
        _print_lines(feedback.of_all, console)
        return
    for exercise in feedback.exercises:
        _print_exercise(exercise, console)


def _print_exercise(exercise: ExerciseFeedback, console: Console) -> None:
    marks = _marks(exercise.points, exercise.max_points)
    passed = f"{len(exercise.passed)} of {len(exercise.checks)} checks passed"
    console.print()
    _indented(console, Text.assemble((exercise.title, "underline"), f"  {marks}, {passed}"), 2)
    for item in exercise.others:
        symbol, style = SYMBOLS[item.check.outcome]
        lost = in_points(item.check.max_points - item.check.points)
        hidden = "" if item.check.visible else ", hidden"
        title = Text.assemble((symbol, style), f" {item.check.title}", (f"  [{item.words}, -{lost}{hidden}]", style))
        _indented(console, title, 2)
        if item.text:
            _indented(console, Text(item.text), 6)
        _print_lines(item, console)


def _print_lines(item: CheckFeedback, console: Console) -> None:
    for line in item.lines:
        _indented(console, Text(line.text, style="dim"), 6)


def _indented(console: Console, text: Text, columns: int) -> None:
    for line in text.wrap(console, max(NARROWEST, console.width - columns)):
        line.rstrip()
        console.print(Text.assemble(columns * " ", line), soft_wrap=True)  # wrapped already
