"""What `image-worker bulk` tells while it works and at its end."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker.cli.words import amount, change

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from image_worker.bulk import Done, Plan

Json = dict[str, Any]

_LISTED, _KEPT = 20, 1000
"""Failures that are listed for a person, and in JSON."""
_REFRESH_SECONDS = 0.1


@dataclass
class Tally:
    """Counts what was done, and shows it."""

    lines: bool = False
    """Whether each file is told as JSON on standard output."""
    spoken: bool = False
    """Whether each file is told to a person, as it comes."""
    done: int = 0
    failed: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    warnings: int = 0
    failures: list[Json] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)
    _bar: Bar | None = None

    def begin(self, total: int) -> None:
        """Show a bar, where somebody sees it."""
        if sys.stderr.isatty() and not self.spoken:
            self._bar = Bar(total)

    def add(self, done: Done) -> None:
        """Count a file, and tell of it."""
        if done.ok:
            self.done += 1
            self.bytes_in += done.bytes_in
            self.bytes_out += done.bytes_out
            self.warnings += bool(done.warnings)
        else:
            self.failed += 1
            if len(self.failures) < _KEPT:
                self.failures.append({"input": done.item.input, **_problem(done)})
        if self.lines:
            click.echo(json.dumps(_line(done)))
        if self._bar:
            self._bar.show(self.done + self.failed, self.failed)
        if self.spoken:
            click.echo(_sentence(done), err=True)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.end()
        self._bar = None

    def summary(self, plan: Plan) -> Json:
        """Return everything as JSON."""
        return {
            "done": self.done,
            "failed": self.failed,
            "done_before": plan.ready,
            "own_results": plan.results,
            "left": max(0, plan.total - self.done - self.failed),
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
            "seconds": round(self._seconds, 3),
            "failures": self.failures,
        }

    def told(self, plan: Plan) -> str:
        """Return everything as sentences for a person."""
        words = [f"{self.done} done", f"{self.failed} failed" if self.failed else ""]
        words += [f"{plan.ready} done before" if plan.ready else ""]
        words += [f"{self.warnings} with notes (--jsonl shows them)" if self.warnings else ""]
        lines = [", ".join(filter(None, words))]
        if self.done:
            sizes = f"{amount(self.bytes_in)} -> {amount(self.bytes_out)}"
            rate = (self.done + self.failed) / max(self._seconds, 1e-9)
            reduction = change(self.bytes_in, self.bytes_out)
            lines[0] += f"; {sizes} ({reduction}), {self._seconds:.1f} s, {rate:.1f} files a second"
        shown = self.failures[:_LISTED]
        lines += [f"  {shown_path(one['input'])}: {one['error']} ({one['code']})" for one in shown]
        more = self.failed - len(shown)
        return "\n".join([*lines, f"  and {more} more (--jsonl shows all)"] if more else lines)

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._started


class Bar:
    """A bar with rate and time left, drawn by hand: a thread of its own would be forked."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - slow, and only for terminals
        from rich.progress import (  # noqa: PLC0415 - as above
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress: Progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failed]}", style="red"),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("", total=total, rate="", failed="")
        self._started = self._last = time.monotonic()
        self._progress.start()

    def show(self, finished: int, failed: int) -> None:
        """Draw it anew, though not for each of many files."""
        now = time.monotonic()
        if now - self._last < _REFRESH_SECONDS:
            return
        self._last = now
        rate = f"{finished / (now - self._started):.1f}/s"
        told = f"{failed} failed" if failed else ""
        self._progress.update(self._task, completed=finished, rate=rate, failed=told)
        self._progress.refresh()

    def end(self) -> None:
        """Take it away."""
        self._progress.stop()


def shown_path(path: str) -> str:
    """Return the path as it is shortest, and as any terminal can print it."""
    try:
        return click.format_filename(min(path, os.path.relpath(path), key=len))
    except ValueError:  # on another drive
        return click.format_filename(path)


def _line(done: Done) -> Json:
    item = {"input": done.item.input, "output": done.written or None, "success": done.ok}
    if not done.ok:
        return {**item, **_problem(done), "seconds": done.seconds}
    facts = asdict(done)
    names = ("bytes_in", "bytes_out", "width", "height", "format", "seconds", "warnings")
    return {**item, **{name: facts[name] for name in names}}


def _problem(done: Done) -> Json:
    return {"error": done.error, "code": done.code, "path": done.path}


def _sentence(done: Done) -> str:
    source = shown_path(done.item.input)
    if not done.ok:
        return f"{source}: {done.error} ({done.code})"
    size = f"{done.width}x{done.height} {done.format}, {amount(done.bytes_out)}"
    return f"{shown_path(done.written)}: {size} ({change(done.bytes_in, done.bytes_out)})"
