"""What `image-worker run --save` prints for a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from image_worker import catalog
from image_worker.cli.files import STANDARD
from image_worker.cli.words import amount, duration

Json = dict[str, Any]

_STAGES = ("queue", "fetch", "render", "deliver")
_LABEL = 9
_HIDDEN = {"size", "format"}

_NEXT = (
    ("process photo.jpg small.webp resize --width 800", "change a picture of your own"),
    ("schema", "all that a job can say"),
    ("doctor", "check that everything works here"),
)


@dataclass(frozen=True)
class Saved:
    """An answer, and the file that its picture is in; no name where the job failed."""

    name: str
    answer: Json


class Page:
    """Prints lines that are never wrapped, in colour where the terminal has any."""

    def __init__(self, console: Console | None = None, *, error_stream: bool = False) -> None:
        self._console = console or Console(highlight=False, stderr=error_stream)
        plain = not str(self._console.encoding).lower().startswith("utf")
        self.arrow, self.tick, self.cross = ("->", "ok", "x") if plain else ("→", "✓", "✗")

    def line(self, *parts: str | tuple[str, str]) -> None:
        """Print one line; a part may have a style."""
        self._console.print(Text.assemble(*parts), soft_wrap=True)

    def saved(self, saved: Saved) -> None:
        """Print which file was written, and what is in it."""
        facts = _picture(saved.answer.get("metadata", {}))
        told = f"  {', '.join(facts)}" if facts else ""
        self.line((self.tick, "bold green"), " Saved ", (saved.name, "bold"), told)

    def fact(self, label: str, *parts: str | tuple[str, str]) -> None:
        """Print a line with a label."""
        self.line("  ", (label.ljust(_LABEL), "dim"), *parts)


def told(payload: object, all_saved: list[Saved], page: Page | None = None) -> None:
    """Print what one job was, and what came of it."""
    page, answer = page or Page(), all_saved[0].answer
    for saved in all_saved:
        page.saved(saved)
    page.line()
    page.fact("job", f" {page.arrow} ".join([*_chain(payload, answer), *_results(all_saved)]))
    if "timings" in answer:
        page.fact("time", *_times(answer["timings"], answer.get("cache", "")))
    measured = [_measured(name, value) for name, value in answer.get("analysis", {}).items()]
    if any(measured):
        page.fact("measured", ", ".join(filter(None, measured)))
    for note in dict.fromkeys(note for saved in all_saved for note in _notes(saved)):
        page.fact("note", (note, "yellow"))
    page.line()
    _next(page)


def told_batch(jobs: list[list[Saved]], page: Page | None = None) -> None:
    """Print a line for each picture of a batch, and for each job that failed."""
    page = page or Page()
    for number, all_saved in enumerate(jobs, 1):
        for saved in all_saved:
            if saved.name:
                page.saved(saved)
            else:
                told = f" job {number}: {saved.answer['error']} ({saved.answer['code']})"
                page.line((page.cross, "bold red"), told)
            for note in _notes(saved):
                page.line("  ", (note, "yellow"))


def _chain(payload: object, answer: Json) -> list[str]:
    """Return the source and every operation, with the sizes where they change."""
    source, plan = answer.get("analysis", {}), answer.get("plan") or {}
    start = plan.get("source", {})
    size = tuple(source.get("size") or (start[side] for side in ("width", "height") if start))
    chain = [f"{size[0]}x{size[1]} {source.get('format', '')}".strip()] if size else []
    operations = payload.get("operations", []) if isinstance(payload, dict) else []
    for operation, step in zip(
        operations, answer.get("steps") or plan.get("steps", ()), strict=False
    ):
        after = (step.get("width"), step.get("height"))
        same = after == size or None in after
        told = _parameters(operation, step) if same else f"to {after[0]}x{after[1]}"
        words = [step["type"], told]
        chain.append(" ".join(filter(None, words)))
        size = size if same else after
    return chain


def _results(all_saved: list[Saved]) -> list[str]:
    if len(all_saved) > 1:
        return [f"{len(all_saved)} pictures"]
    return [str(saved.answer.get("metadata", {}).get("format", "a plan")) for saved in all_saved]


def _parameters(operation: Json, step: Json) -> str:
    """Return the simple parameters of an operation, such as the name of a filter."""
    parameters = operation.get("params") or operation.get(step["type"]) or {}
    simple = {key: one for key, one in parameters.items() if isinstance(one, str | int | float)}
    named = [str(simple.pop("name"))] if "name" in simple else []
    return ", ".join([*named, *(f"{key} {one}" for key, one in simple.items())])


def _picture(facts: Json) -> list[str]:
    if not facts:
        return []
    quality = [f"quality {facts['quality']}"] if "quality" in facts else []
    frames = [f"{facts['pages']} frames"] if facts.get("pages", 1) > 1 else []
    size = f"{facts['width']}x{facts['height']} {facts['format']}"
    return [size, *frames, *quality, *([amount(facts["bytes"])] if facts["bytes"] else [])]


def _times(timings: dict[str, float], cache: str) -> list[str | tuple[str, str]]:
    stages = ", ".join(
        f"{stage} {duration(timings[stage])}" for stage in _STAGES if timings.get(stage)
    )
    known = " (from the cache)" if cache == "hit" else ""
    return [duration(sum(timings.values())), known, (f"  {stages}", "dim")]


def _measured(name: str, value: Any) -> str:
    if name in _HIDDEN:
        return ""
    return f"{name} {value:.1f}" if isinstance(value, float) else name


def _notes(saved: Saved) -> list[str]:
    if not saved.name:
        return []
    notes = [str(warning["message"]) for warning in saved.answer.get("warnings", ())]
    suffix = Path(saved.name).suffix[1:]
    written = saved.answer.get("metadata", {}).get("format")
    if not saved.answer.get("metadata", {}).get("bytes", 0):
        return [*notes, "no picture was asked for, and so the file holds the answer as JSON"]
    named = catalog.FORMATS[suffix].name if suffix in catalog.FORMATS else None
    if written != named and saved.name != STANDARD:
        notes.append(f"the job asks for {written}, and so the file holds it whatever its name says")
    return notes


def _next(page: Page) -> None:
    here = Path("run").is_file() and Path("handler.py").is_file()
    commands = [(f"{'./run' if here else 'image-worker'} {rest}", why) for rest, why in _NEXT]
    width = max(len(command) for command, _ in commands)
    page.line(("What to try next", "bold"))
    for command, why in commands:
        page.line("  ", (command.ljust(width + 3), "cyan"), (why, "dim"))
