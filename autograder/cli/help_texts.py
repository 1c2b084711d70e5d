"""Help that shows what students need; with `--help --all` it shows the rest."""

from __future__ import annotations

import click

ALL = "--all"
OF_STAFF = ("as_json", "device", "isolation", "require_isolation", "dataset", "data_dir", "seed")
_KEY = f"{__name__}.everything"


def wants_everything(ctx: click.Context) -> bool:
    """Whether `--all` stands on the command line too."""
    return bool(ctx.meta.get(_KEY))


def note_arguments(ctx: click.Context, args: list[str]) -> None:
    """Look for `--all`, before `--help` ends the command."""
    ctx.meta[_KEY] = ALL in args


class StudentCommand(click.Command):
    """A command whose help leaves out the options that only the staff use."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        note_arguments(ctx, args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and (wants_everything(ctx) or parameter.name not in OF_STAFF):
                records.append(record)
        with formatter.section("Options"):
            formatter.write_dl(records)
        if not wants_everything(ctx):
            formatter.write_paragraph()
            formatter.write_text(f"More options: {ctx.command_path} --help --all")
