"""Puts escapes, markup and workflow commands into the text of an exception.

outcomes: error
"""


def double(x):
    raise ValueError("\x1b[2J\x1b]0;owned\x07[bold red]PASSED[/] <img src=x onerror=alert(1)>\n::error::gotcha\u202e")


class Counter:
    def __init__(self, start=0):
        raise ValueError("[/red] unbalanced [markup")

    def add(self, amount):
        return 0
