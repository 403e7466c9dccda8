"""`image-worker process`: one picture in, one picture out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker import catalog
from image_worker.cli import files
from image_worker.cli.chain import Chain
from image_worker.cli.flags import collect
from image_worker.cli.grammar import grammar
from image_worker.cli.trouble import JobFailed, configured
from image_worker.cli.words import amount, change, duration, shorten
from image_worker.errors import ImageWorkerError, JobError
from image_worker.job import failure

if TYPE_CHECKING:
    from image_worker.sources.memory import BytesSource
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


@dataclass(frozen=True)
class _Call:
    """What was typed."""

    operations: list[Json]
    source: str
    target: str
    as_json: bool
    image: str | BytesSource
    """What was read, or the address where the worker is to fetch it."""

    def do(self, recipe: Json) -> Outcome:
        """Do the job; what was typed wrongly is wrong usage, all else a failed job."""
        worker = configured().worker()
        payload = {"image": self.image, "operations": self.operations, "cache": "off", **recipe}
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
        for name, (made,) in outcome.rendered.outputs.items():  # what a step set aside
            self._write_beside(name, made.data)
        if self.as_json:
            click.echo(text)
        self._tell(outcome)

    def _write_beside(self, name: str, data: bytes) -> None:
        if self.target == files.STANDARD:
            click.echo(f"Note: {name} was not written; name a file to have it beside", err=True)
            return
        path = PurePath(self.target)
        files.write(str(path.with_name(f"{path.stem}-{name}{path.suffix}")), data)

    def _tell(self, outcome: Outcome) -> None:
        rendered = outcome.rendered
        for notice in rendered.notices:
            click.echo(f"Note: {notice.message}", err=True)
        milliseconds = duration(sum(outcome.timings.values()))
        if not rendered.data:
            click.echo(f"{self.target}: facts, {milliseconds}", err=True)
            return
        size = f"{rendered.width}x{rendered.height} {rendered.format}"
        before, after = files.size_of(self.image), len(rendered.data)
        reduction = f" ({change(before, after)})" if before else ""
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
    call = _Call(operations, source, target, as_json, files.source(source))
    call.deliver(call.do({"output": output, **collect(known.job, values)}))


def _command() -> Chain:
    known = grammar()
    params: list[click.Parameter] = [
        *(flag.option() for flag in (*known.output, *known.job)),
        click.RichOption(
            ["as_json", "--json"], is_flag=True, help="Print the answer as JSON, without picture."
        ),
        click.RichArgument(["source"], metavar="IN"),
        click.RichArgument(["target"], metavar="OUT"),
    ]
    return Chain(
        name="process",
        params=params,
        help=_HELP,
        result_callback=_finish,
    )


command = _command()
