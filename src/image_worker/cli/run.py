"""`image-worker run`: a job as JSON, done here, answered as on RunPod."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pybase64
import rich_click as click

from image_worker import batch, catalog, strict_json
from image_worker.cli import files
from image_worker.cli.look import Command
from image_worker.cli.summary import Page, Saved, told, told_batch
from image_worker.cli.trouble import JobFailed, configured

Json = dict[str, Any]

_FACTS = ("size", "format")
"""Measurements of the source that the summary shows."""

_PICTURE = "processed_image"
_SHOWN = 60
_LONGEST = 200


@click.command("run", cls=Command)
@click.argument("job", metavar="JOB.json")
@click.option("--save", metavar="FILE", help="Save the picture, and print a summary instead.")
def command(job: str, save: str | None) -> None:
    """Run a job that is written as JSON.

    \b
    image-worker run job.json                     print the answer, as RunPod would get it
    image-worker run job.json --save result.jpg   save the picture and print a summary
    image-worker run - < job.json                 read the job from standard input

    The job may stand in `{"input": ...}`, as RunPod sends it. Of a batch, the pictures are saved
    as result-1.jpg, result-2.jpg and so on.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if save:
        files.check_target(save)
    payload = _read(job)
    settings = configured()
    asked = _with_facts(payload) if save else payload
    answer = batch.answer(settings.worker(), asked, threads=settings.batch_threads)
    if not save:
        click.echo(json.dumps(_shown(answer) if sys.stdout.isatty() else answer, indent=2))
    elif "results" in answer:
        told_batch(_all_saved(answer["results"], save))
    elif answer["success"]:
        told(payload, _saved(answer, save), Page(error_stream=save == files.STANDARD))
    _check(answer)


def _read(name: str) -> object:
    text = files.read(name)
    try:
        payload = strict_json.loads(text)
    except ValueError as error:
        raise JobFailed(f"{name} is not JSON: {error} (invalid_json)") from None
    if isinstance(payload, dict) and "input" in payload:
        return payload["input"]
    return payload


def _with_facts(payload: object) -> object:
    """Return a job that also measures what the summary shows of the source."""
    if not isinstance(payload, dict) or "images" in payload:
        return payload
    wanted = payload.get("analyze", False)
    if wanted is False:
        return {**payload, "analyze": list(_FACTS)}
    if isinstance(wanted, list):
        return {**payload, "analyze": [*wanted, *(one for one in _FACTS if one not in wanted)]}
    return payload


def _all_saved(results: list[Json], name: str) -> list[list[Saved]]:
    return [_saved(one, _beside(name, str(number))) for number, one in enumerate(results, 1)]


def _saved(answer: Json, name: str) -> list[Saved]:
    """Write every picture of one answer, or the facts where the job wants no picture."""
    if not answer["success"]:
        return [Saved("", answer)]
    saved = [_written(answer, name)] if _PICTURE in answer else []
    for label, rendition in answer.get("outputs", {}).items():
        for one in rendition.get("variants", [rendition]):
            width = f"-{one['width']}" if "variants" in rendition else ""
            whole = {**answer, **one}
            suffix = catalog.FORMATS[whole["metadata"]["format"]].suffix
            saved.append(_written(whole, _beside(name, f"{label}{width}", suffix)))
    if not saved:
        files.write(name, f"{json.dumps(answer, indent=2)}\n".encode())
    return saved or [Saved(name, answer)]


def _written(answer: Json, name: str) -> Saved:
    picture = str(answer[_PICTURE]).partition(",")[2]
    files.write(name, pybase64.b64decode(picture))
    return Saved(name, answer)


def _beside(name: str, label: str, suffix: str = "") -> str:
    """Return the name of one of several files."""
    if name == files.STANDARD:
        raise click.UsageError("there are several pictures; name a file to save them beside")
    path = Path(name)
    return str(path.with_name(f"{path.stem}-{label}{suffix or path.suffix}"))


def _shown(value: Any) -> Any:
    """Return JSON with long texts cut short: pictures, which a terminal cannot show."""
    if isinstance(value, dict):
        return {key: _shown(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_shown(part) for part in value]
    if isinstance(value, str) and value.count("data:") and len(value) > _LONGEST:
        return f"{value[:_SHOWN]}... (cut here; --save FILE saves the picture)"
    return value


def _check(answer: Json) -> None:
    """Raise what failed, if anything did."""
    if not answer["success"]:
        raise JobFailed(sentence(answer))
    if answer.get("failed"):
        jobs = len(answer["results"])
        raise JobFailed(f"{answer['failed']} of {jobs} jobs failed")


def sentence(answer: Json) -> str:
    """Return what went wrong, where it is said in the job, and the code."""
    path, text = answer["path"], answer["error"]
    place = f"{path}: " if path and not text.startswith(path) else ""
    return f"{place}{text} ({answer['code']})"
