"""The command line: each command parses, calls one function of the engine and prints.

Only the commands that compute import torch.
"""

from __future__ import annotations

import importlib
import sys
import traceback

import click

from ..errors import AutograderError
from .help_texts import note_arguments, wants_everything
from .output import tolerate_every_character

COMMANDS = {  # said here too, so that `--help` imports none of them
    "list": "List the assignments of the course.",
    "start": "Put a fresh student kit into a folder.",
    "update": "Bring your kit up to date; your work stays.",
    "check": "Check your own work with the visible checks.",
    "watch": "Check your work again whenever you save it.",
    "progress": "Show how far you are in the course.",
    "grade": "Grade a submission or a class.",
    "regrade": "Grade again what has changed, and show whose mark moved.",
    "explain": "Explain the marks of a student.",
    "report": "Make a page about a class from its results.",
    "similar": "Show which texts of a class are alike.",
    "discover": "Find mistakes that many make and nobody has named (authors).",
    "export": "Write results for Gradescope, Canvas, Moodle and others.",
    "validate": "Prove that the course is sound (authors, CI).",
    "measure": "Measure what a handout quotes (authors).",
    "build": "Regenerate the student kit (authors).",
    "new": "Scaffold a new assignment (authors).",
    "nbgrader": "Use the course with nbgrader.",
    "gradescope": "Make an autograder for Gradescope.",
}
FOR_STUDENTS = ("list", "start", "update", "check", "watch", "progress")  # the others are shown by `--help --all`
EPILOG = "Exit codes: 0 done; 1 a check failed (check, validate, measure); 2 wrong use; 3 a fault of the grader itself."


class Lazy(click.Group):
    """A group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return importlib.import_module(f"{__name__}.{name}_command").command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        note_arguments(ctx, args)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = []
        for name, purpose in COMMANDS.items():
            if name in FOR_STUDENTS or wants_everything(ctx):
                shown.append((name, purpose))
        with formatter.section("Commands"):
            formatter.write_dl(shown)
        if not wants_everything(ctx):
            formatter.write_paragraph()
            formatter.write_text("More commands, for staff and authors: autograder --help --all")


@click.group(cls=Lazy, epilog=EPILOG)
@click.version_option(package_name="nn-autograder")
@click.option("--all", is_flag=True, expose_value=False, help="With --help: show what staff and authors need too.")
def cli() -> None:
    """Auto-graded exercises: the mathematics of neural networks written by hand."""


def main() -> None:
    """Entry point of `autograder`."""
    _run(cli)


def grade_main() -> None:
    """Entry point of `grade`, which is `autograder grade`."""
    from .grade_command import command

    _run(command)


def _run(command: click.Command) -> None:
    """Run a command, and turn errors into one line and an exit code."""
    tolerate_every_character(sys.stdout, sys.stderr)
    # Click's standalone mode would print errors and exit by itself, before ours get their exit codes.
    try:
        sys.exit(command(standalone_mode=False, help_option_names=["-h", "--help"]) or 0)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):  # 130 is what a shell says of a program that Ctrl-C ended
        click.echo("Interrupted; every finished result is kept.", err=True)
        sys.exit(130)
    except AutograderError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # whoever read our output, like `head`, has enough; Python would complain on stderr
        sys.stderr.close()
        sys.exit(0)
    except Exception:
        traceback.print_exc()
        click.echo("Error: the grader itself failed; please report the lines above.", err=True)
        sys.exit(3)
