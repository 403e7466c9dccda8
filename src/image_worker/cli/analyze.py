"""`image-worker analyze`: what there is to know of pictures."""

from __future__ import annotations

import json
from typing import Any

import rich_click as click

from image_worker import catalog, strict_json
from image_worker.cli import files, seen
from image_worker.cli.facts import told
from image_worker.cli.look import Command
from image_worker.cli.trouble import JobFailed, configured
from image_worker.errors import ImageWorkerError, JobError
from image_worker.job import failure

Json = dict[str, Any]

_FACTS = {"output": {"format": "JSON"}, "cache": "off"}


@click.command("analyze", cls=Command)
@click.argument("sources", metavar="SRC...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--want",
    metavar="NAMES",
    help="Measurements, such as brightness,palette or a list in JSON; `all` stands for every one "
    "that needs neither a model nor another picture. Default: those of `true` in jobs.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; a list for several pictures.")
@click.option("--jsonl", "as_lines", is_flag=True, help="Print a line of JSON for each picture.")
@seen.options
def command(
    *, sources: tuple[str, ...], want: str | None, as_json: bool, as_lines: bool, **drawing: Any
) -> None:
    """Measure pictures: size, colours, brightness, EXIF, hashes, likeness.

    \b
    image-worker analyze photo.jpg
    image-worker analyze --want palette,sharpness,phash --json photo.jpg
    image-worker analyze --want all --jsonl *.jpg > facts.jsonl
    image-worker analyze --want faces,objects --draw seen.jpg photo.jpg

    SRC is a file, a URL, or - for standard input. `image-worker ops` lists all measurements.
    """  # noqa: D301 - click's mark for lines that stay as they are
    wanted, found, failed = _wanted(want), [], 0
    drawn = seen.Drawing(wanted, len(sources), **drawing)
    worker = configured().worker()
    for source in sources:
        payload = {"image": files.source(source), "analyze": wanted, **_FACTS}
        try:
            facts = worker.do(payload).facts()
            drawn.draw(worker, payload["image"])
        except ImageWorkerError as error:
            if isinstance(error, JobError) and error.path.startswith("analyze"):
                raise click.UsageError(f"--want: {error.message}") from None
            facts, failed = failure(error), failed + 1
            click.echo(f"{source}: {error.message} ({error.code})", err=True)
        answer = {"file": source, **_told(facts)}
        found.append(answer)
        if as_lines:
            click.echo(json.dumps(answer))
        elif not as_json and facts["success"]:
            told(source, facts["analysis"])
    if as_json:
        click.echo(json.dumps(found[0] if len(sources) == 1 else found, indent=2))
    if failed:
        raise JobFailed(f"{failed} of {len(sources)} could not be measured")


def _wanted(text: str | None) -> Any:
    """Return what was asked for, as it stands in a job."""
    if text is None:
        return True
    if text == "all":
        return [kind.name for kind in catalog.ANALYZERS if _needs_nothing(kind)]
    value = strict_json.value(text)
    return [part.strip() for part in text.split(",")] if isinstance(value, str) else value


def _needs_nothing(kind: Any) -> bool:
    """Tell whether it can measure any picture without another one and without a model."""
    return kind.reads != "sight" and not kind().refusal("input")


def _told(facts: Json) -> Json:
    if not facts["success"]:
        return {name: facts[name] for name in ("success", "error", "code", "retryable")}
    return {"success": True, **facts["analysis"]}
