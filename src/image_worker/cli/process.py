"""`image-worker process`: one picture in, one picture out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker import catalog, strict_json
from image_worker.cli import files
from image_worker.cli.flags import collect
from image_worker.cli.grammar import Step, grammar
from image_worker.cli.look import Command, Group
from image_worker.cli.trouble import JobFailed, configured, unknown
from image_worker.cli.words import amount, change, duration, shorten
from image_worker.errors import ImageWorkerError, JobError
from image_worker.job import failure

if TYPE_CHECKING:
    from image_worker.worker import Outcome

Json = dict[str, Any]

_HELP = """Change one picture: resize, crop, filter, convert.

\b
image-worker process photo.jpg small.webp resize --width 800
image-worker process --quality 90 in.jpg out.jpg crop --right 50% adjust --contrast 1.1
image-worker process --format png - - resize --height 200 < in.jpg > small.png

IN is a file, a URL, or - for standard input; OUT is a file, or - for standard output. The ending
of OUT tells the format, unless --format does. Operations are carried out in the order in which
they stand; `image-worker process resize --help` shows the flags of one.
"""


class Process(Group):
    """A chain of operations, each a command with its own flags."""

    members = "Operations"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the operations."""
        del ctx
        return [step.command for step in grammar().steps.values()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one operation as a command."""
        del ctx
        wanted = cmd_name.replace("_", "-")
        steps = (step for step in grammar().steps.values() if step.command == wanted)
        return next((_operation(step) for step in steps), None)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the flags; an operation's help needs no files."""
        if self.get_command(ctx, args[0] if args else "") and args[1:2] in (["--help"], ["-h"]):
            args = [files.STANDARD, files.STANDARD, *args]
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
        if not self.get_command(ctx, args[0]):
            raise unknown("operation", args[0], self.list_commands(ctx), ctx)
        return super().resolve_command(ctx, args)


def _operation(step: Step) -> click.Command:
    def callback(*, variables: tuple[str, ...] = (), **values: Any) -> Json:
        params = {**collect(step.flags, values), **dict(map(_variable, variables))}
        return {"type": step.type, "params": params, **collect(step.beside, values)}

    params: list[click.Parameter] = [flag.option() for flag in (*step.flags, *step.beside)]
    if step.open:
        told = "Another parameter; may be repeated."
        names = ["variables", "--set"]
        params.append(click.RichOption(names, multiple=True, metavar="NAME=VALUE", help=told))
    return Command(name=step.command, callback=callback, help=step.description, params=params)


def _variable(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise click.UsageError(f"--set: expected NAME=VALUE, got {shorten(text)}")
    return name, strict_json.value(value)


@dataclass(frozen=True)
class _Call:
    """What was typed."""

    operations: list[Json]
    source: str
    target: str
    as_json: bool
    data: bytes | None
    """What was read; nothing where the worker is to fetch it."""

    def do(self, recipe: Json) -> Outcome:
        """Do the job; what was typed wrongly is wrong usage, all else a failed job."""
        worker = configured().worker()
        image = self.source if self.data is None else files.picture(self.data)
        payload = {"image": image, "operations": self.operations, "cache": "off", **recipe}
        try:
            return worker.do(payload)
        except JobError as error:
            raise click.UsageError(self._told(error)) from None
        except ImageWorkerError as error:
            raise JobFailed(self._told(error)) from None

    def deliver(self, outcome: Outcome) -> None:
        """Write the picture, or the facts where no picture is wanted, and say what was done."""
        answer = outcome.answer() if self.as_json or not outcome.rendered.data else {}
        answer.pop("processed_image", None)
        text = json.dumps(answer, indent=2)
        files.write(self.target, outcome.rendered.data or f"{text}\n".encode())
        if self.as_json:
            click.echo(text)
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        rendered = outcome.rendered
        for notice in rendered.notices:
            click.echo(f"Note: {notice.message}", err=True)
        milliseconds = duration(sum(outcome.timings.values()))
        if not rendered.data:
            click.echo(f"{self.target}: facts, {milliseconds}", err=True)
            return
        size = f"{rendered.width}x{rendered.height} {rendered.format}"
        after = len(rendered.data)
        reduction = f" ({change(len(self.data), after)})" if self.data else ""
        click.echo(f"{self.target}: {size}, {amount(after)}{reduction}, {milliseconds}", err=True)

    def _told(self, error: ImageWorkerError) -> str:
        if self.as_json:
            click.echo(json.dumps(failure(error), indent=2))
        name = "standard input" if self.source == files.STANDARD else shorten(self.source)
        return grammar().sentence(error, self.operations, name)


def _with_format(output: Json, target: str) -> Json:
    """Return the output with the format that the name of the file tells, unless one was said."""
    if "format" in output or target == files.STANDARD:
        return output
    suffix = PurePath(target).suffix
    if suffix[1:] not in catalog.FORMATS:
        endings = ", ".join(kind.suffix for kind in catalog.FORMATS)
        raise click.UsageError(
            f"cannot tell a format from the name {target}; "
            f"expected an ending such as {endings}, or --format"
        )
    return {"format": suffix[1:].upper(), **output}


def _finish(
    operations: list[Json], *, source: str, target: str, as_json: bool, **values: Any
) -> None:
    if as_json and target == files.STANDARD:
        raise click.UsageError("--json needs standard output for itself; name a file as OUT")
    files.check_target(target)
    known = grammar()
    output = _with_format(collect(known.output, values), target)
    data = None if files.is_remote(source) else files.read(source)
    call = _Call(operations, source, target, as_json, data)
    call.deliver(call.do({"output": output, **collect(known.job, values)}))


def _command() -> Process:
    known = grammar()
    params: list[click.Parameter] = [
        *(flag.option() for flag in (*known.output, *known.job)),
        click.RichOption(
            ["as_json", "--json"], is_flag=True, help="Print the answer as JSON, without picture."
        ),
        click.RichArgument(["source"], metavar="IN"),
        click.RichArgument(["target"], metavar="OUT"),
    ]
    return Process(
        name="process",
        params=params,
        help=_HELP,
        chain=True,
        invoke_without_command=True,
        no_args_is_help=True,
        subcommand_metavar="[OPERATION [--flag VALUE]...]...",
        result_callback=_finish,
    )


command = _command()
