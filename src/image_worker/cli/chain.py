"""Operations on the line, one after the other, each a command with its own flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker import strict_json
from image_worker.cli.flags import collect
from image_worker.cli.grammar import grammar
from image_worker.cli.look import Command, Group
from image_worker.cli.trouble import unknown
from image_worker.cli.words import shorten
from image_worker.component import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.cli.grammar import Step

Json = dict[str, Any]


class Chain(Group):
    """A chain of operations, each a command with its own flags."""

    members = "Operations"
    stand_ins: tuple[str, ...] = ("-", "-")
    """What stands before an operation of which only the help is wanted."""

    def __init__(self, *, no_args_is_help: bool = True, before: str = "", **options: Any) -> None:
        """Take what any command takes, and what is said to stand before the operations."""
        super().__init__(
            chain=True,
            invoke_without_command=True,
            no_args_is_help=no_args_is_help,
            subcommand_metavar=f"{before}[OPERATION [--flag VALUE]...]...",
            **options,
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the operations."""
        del ctx
        return grammar().commands

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one operation as a command."""
        del ctx
        step = grammar().step(cmd_name)
        return _operation(step) if step else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the flags; an operation's help needs no files."""
        if args and args[0] in grammar().commands and args[1:2] in (["--help"], ["-h"]):
            args = [*self.stand_ins, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the operation, or say what stands there instead."""
        if args[0].startswith("-"):
            raise click.UsageError(
                f"expected an operation after the files, got {args[0]}; "
                "flags of the output stand before the files",
                ctx,
            )
        if args[0].replace("_", "-") not in grammar().commands:
            raise unknown("operation", args[0], self.list_commands(ctx), ctx)
        return super().resolve_command(ctx, args)


def misspelt(names: Sequence[str], ctx: click.Context) -> None:
    """Say so if one of these, which no file has, is almost the name of an operation."""
    for name in names:
        if suggestion(name, grammar().commands):
            raise unknown("operation", name, grammar().commands, ctx)


def _operation(step: Step) -> click.Command:
    def callback(*, variables: tuple[str, ...] = (), **values: Any) -> Json:
        params = {**collect(step.flags, values), **dict(map(_variable, variables))}
        return {"type": step.type, "params": params, **collect(step.beside, values)}

    params: list[click.Parameter] = [flag.option() for flag in (*step.flags, *step.beside)]
    if step.open:
        told = "Another parameter; may be repeated."
        names = ["variables", "--set"]
        params.append(click.RichOption(names, multiple=True, metavar="NAME=VALUE", help=told))
    summary = step.description.partition("\n")[0]
    return Command(
        name=step.command, callback=callback, help=step.help, short_help=summary, params=params
    )


def _variable(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise click.UsageError(f"--set: expected NAME=VALUE, got {shorten(text)}")
    return name, strict_json.value(value)
