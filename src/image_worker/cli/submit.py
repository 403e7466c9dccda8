"""`image-worker submit`: a job that is done elsewhere."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker import catalog
from image_worker.cli import files, remote
from image_worker.cli.chain import Chain
from image_worker.cli.flags import collect
from image_worker.cli.grammar import grammar
from image_worker.cli.queue import shown, told
from image_worker.cli.remote import RemoteTrouble, connected
from image_worker.cli.trouble import JobFailed, configured
from image_worker.cli.words import amount
from image_worker.endpoint import RemoteJobError
from image_worker.errors import ImageWorkerError
from image_worker.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from image_worker.endpoint import Endpoint, JobState, Picture

Json = dict[str, Any]

_HELP = f"""Send a job to an endpoint, and wait for its picture.

\b
image-worker submit --endpoint ENDPOINT --save small.webp photo.jpg resize --width 800
image-worker submit --url http://127.0.0.1:8000 --save result.jpg job.json
image-worker submit --no-wait job.json        print the id of the job, and leave

SOURCE is a picture (a file, a URL, or - for standard input), with operations after it as for
image-worker process; or a job that is written as JSON. Without --save the answer is printed.

{remote.HELP}
"""


class Submit(Chain):
    """A chain of operations after one source; options may stand on both sides of it."""

    stand_ins = ("-",)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the flags up to the first operation, which is left to be read later."""
        if args[:1] and args[0] in grammar().commands:
            return super().parse_args(ctx, args)  # an operation's help
        commands = grammar().commands
        places = (place for place, word in enumerate(args) if word.replace("_", "-") in commands)
        first = next((place for place in places if place), len(args))
        ctx.allow_interspersed_args = True
        super().parse_args(ctx, args[:first])
        # Where click keeps the words of a chain until they are read.
        ctx._protected_args = [*ctx._protected_args, *args[first:]]  # noqa: SLF001 - no other way
        return ctx.args


@dataclass(frozen=True)
class _Call:
    """What was typed."""

    save: str | None
    wait: bool
    seconds: float
    as_json: bool

    def check(self) -> None:
        """Refuse what cannot be done, before anything is sent."""
        if self.save and not self.wait:
            raise click.UsageError("--no-wait has no picture to save yet; see image-worker queue")
        if self.save == files.STANDARD and self.as_json:
            raise click.UsageError("--json needs standard output for itself; name a file to save")
        if self.save:
            files.check_target(self.save)

    def do(self, endpoint: Endpoint, job: Json) -> None:
        """Send the job, and do with its answer what was said."""
        state = endpoint.run(job)
        if not self.wait:
            click.echo(json.dumps(state.raw, indent=2) if self.as_json else state.id)
            return
        state = self._waited(endpoint, state)
        pictures = self._saved(state) if self.save else []
        if self.as_json or not self.save:
            answer = dict(state.raw) if self.as_json else state.output
            cut = bool(self.save) or (not self.as_json and sys.stdout.isatty())
            click.echo(json.dumps(shown(answer) if cut else answer, indent=2))
        for line in (*pictures, told(state)):
            click.echo(line, err=True)
        _check(state)

    def _waited(self, endpoint: Endpoint, state: JobState) -> JobState:
        try:
            with _progress() as tell:
                return endpoint.wait(state, seconds=self.seconds, told=tell)
        except RemoteJobError as error:
            if self.as_json and error.job:
                click.echo(json.dumps(error.job.raw, indent=2))
            raise
        except KeyboardInterrupt:
            again = f"image-worker queue status {state.id} --url {endpoint.url}"
            click.echo(f"The job goes on; see: {again}", err=True)
            raise

    def _saved(self, state: JobState) -> list[str]:
        """Write every picture, or the facts where there is none; return a line for each."""
        assert self.save is not None  # noqa: S101 - only called then
        pictures = state.pictures
        if len(pictures) > 1 and self.save == files.STANDARD:
            raise JobFailed("there are several pictures; name a file to save them beside")
        if not pictures:
            files.write(self.save, f"{json.dumps(state.output, indent=2)}\n".encode())
            return [f"{self.save}: the answer as JSON, as it has no picture"]
        lines = []
        for picture in pictures:
            name = _beside(self.save, picture)
            data = picture.data or _fetched(picture)
            files.write(name, data)
            facts = picture.metadata
            size = f"{facts.get('width')}x{facts.get('height')} {facts.get('format')}"
            lines.append(f"{name}: {size}, {amount(len(data))}")
        return lines


def _beside(name: str, picture: Picture) -> str:
    """Return the name of one of several files."""
    number = [] if picture.item is None else [str(picture.item + 1)]
    parts = [*number, *([] if picture.name == "image" else [picture.name])]
    if not parts:
        return name
    path, written = Path(name), picture.metadata.get("format")
    known = written in catalog.FORMATS and picture.name != "image"
    suffix = catalog.FORMATS[str(written)].suffix if known else path.suffix
    return str(path.with_name(f"{'-'.join([path.stem, *parts])}{suffix}"))


def _fetched(picture: Picture) -> bytes:
    """Return a picture that was delivered to a bucket."""
    settings = configured()
    try:
        return Outgoing(settings.policy).get(picture.url, max_bytes=settings.max_source_bytes)
    except ImageWorkerError as error:
        raise RemoteTrouble(
            f"the picture {picture.name} was delivered elsewhere and cannot be fetched: "
            f"{error.message} ({error.code}); --json prints its address"
        ) from None


def _check(state: JobState) -> None:
    answer = state.output if isinstance(state.output, dict) else {}
    if answer.get("failed"):
        raise JobFailed(f"{answer['failed']} of {len(answer['results'])} jobs failed")


@contextmanager
def _progress() -> Iterator[Callable[[JobState], None] | None]:
    """Tell where the job stands, where somebody sees it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - slow, and only for terminals

    begun = time.monotonic()
    with Console(stderr=True).status("sent") as line:

        def tell(state: JobState) -> None:
            words = state.status.lower().replace("_", " ")
            progress = "" if state.progress is None else f" {_short(state.progress)}"
            line.update(f"{words}{progress}, {time.monotonic() - begun:.0f} s")

        yield tell


def _short(progress: Any) -> str:
    """Return `3 of 10` for what our worker tells of a batch; anything else as it is."""
    if isinstance(progress, dict) and {"done", "total"} <= progress.keys():
        return f"{progress['done']} of {progress['total']}"
    return progress if isinstance(progress, str) else json.dumps(progress)


def _job(source: str, operations: list[Json], recipe: Json, save: str | None) -> Json:
    """Return the job: what the file says, or one for the picture."""
    if files.is_remote(source):
        return {"image": source, **_recipe(operations, recipe, save)}
    data = files.read(source)
    if data.lstrip()[:1] != b"{":
        return {"image": files.picture(data), **_recipe(operations, recipe, save)}
    if operations or recipe["output"] or len(recipe) > 1:
        raise click.UsageError(f"{source} is a whole job; operations and its flags stand in it")
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{source} is not JSON: {error}") from None
    inner = payload.get("input")
    return inner if isinstance(inner, dict) else payload


def _recipe(operations: list[Json], recipe: Json, save: str | None) -> Json:
    suffix = PurePath(save or "").suffix[1:]
    if "format" not in recipe["output"] and suffix in catalog.FORMATS:
        recipe = {**recipe, "output": {"format": suffix.upper(), **recipe["output"]}}
    return {"operations": operations, **recipe}


def _finish(  # noqa: PLR0913 - what can be typed
    operations: list[Json],
    *,
    source: str,
    endpoint_id: str | None,
    url: str | None,
    save: str | None,
    wait: bool,
    seconds: float,
    as_json: bool,
    **values: Any,
) -> None:
    call = _Call(save, wait, seconds, as_json)
    call.check()
    known = grammar()
    recipe = {"output": collect(known.output, values), **collect(known.job, values)}
    job = _job(source, operations, recipe, save)
    with connected(endpoint_id, url) as endpoint:
        call.do(endpoint, job)


def _command() -> Submit:
    known = grammar()
    params: list[click.Parameter] = [
        *remote.options(),
        click.RichOption(
            ["--save"], metavar="FILE", help="Save the picture; - is standard output."
        ),
        click.RichOption(
            ["--wait/--no-wait"], default=True, help="Whether to wait for the end of the job."
        ),
        click.RichOption(
            ["seconds", "--timeout"],
            type=click.FloatRange(min=0),
            default=600.0,
            show_default=True,
            metavar="SECONDS",
            help="How long to wait at most.",
        ),
        click.RichOption(["as_json", "--json"], is_flag=True, help="Print the job as JSON."),
        *(flag.option() for flag in (*known.output, *known.job)),
        click.RichArgument(["source"], metavar="SOURCE"),
    ]
    return Submit(
        name="submit",
        params=params,
        help=_HELP,
        result_callback=_finish,
    )


command = _command()
