"""One call of `image-worker bulk`, from what was typed to the exit code."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import rich_click as click
from click import get_current_context

from image_worker.bulk import (
    Finder,
    Manifest,
    ManifestError,
    NotFound,
    Plan,
    Pool,
    Task,
    Wanted,
    carry_out,
    plan,
    planned,
)
from image_worker.cli.chain import misspelt
from image_worker.cli.tally import Tally, shown_path
from image_worker.cli.trouble import INTERRUPTED, NOTHING_TO_DO, JobFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_WATCH_SECONDS = 1


@dataclass(frozen=True)
class Run:
    """What was typed, understood."""

    finder: Finder
    wanted: Wanted
    task: Task
    manifest: Path
    jobs: int
    tally: Tally
    as_json: bool

    def dry(self) -> int:
        """Tell what would be done."""
        manifest = _opened(self.manifest, keep=False)
        made = self._planned(manifest)
        for one in planned(manifest):
            if self.tally.lines or self.as_json:
                facts = {"input": one.item.input, "output": one.item.output, "why": one.why}
                click.echo(json.dumps(facts))
            else:
                pair = f"{shown_path(one.item.input)} -> {shown_path(one.item.output)}"
                click.echo(f"{pair}  ({one.why})")
        click.echo(f"{_outline(made)}; nothing was done", err=True)
        return 0 if made.total else NOTHING_TO_DO

    def once(self, stopped: Callable[[], bool]) -> int:
        """Do everything that is to be done."""
        manifest = _opened(self.manifest)
        try:
            made = self._planned(manifest)
            if made.total:
                self._carry_out(manifest, made, stopped)
        finally:
            manifest.close()
        if self.as_json:
            click.echo(json.dumps(self.tally.summary(made), indent=2))
        if not made.total:
            click.echo(f"Nothing to do: {_outline(made)}", err=True)
            return NOTHING_TO_DO
        click.echo(self.tally.told(made), err=True)
        if stopped():
            click.echo("Interrupted; the same command goes on from here", err=True)
            return INTERRUPTED
        if self.tally.failed:
            raise JobFailed(f"{self.tally.failed} of {made.total} files failed")
        return 0

    def watch(self, stopped: Callable[[], bool]) -> int:
        """Do everything, and whatever comes, until somebody types Ctrl+C."""
        manifest = _opened(self.manifest)
        pool = Pool(self.task, self.jobs)
        told: set[str] = set()
        click.echo(f"Watching {' '.join(self.finder.names)}; Ctrl+C ends", err=True)
        wanted = self.wanted
        try:
            while not stopped():
                made = plan(self.finder, replace(wanted, now=time.time_ns()), manifest)
                for sentence in (one for one in made.conflicts if one not in told):
                    click.echo(f"Left out: {sentence}", err=True)
                told.update(made.conflicts)
                for done in carry_out(manifest, pool, wanted.job, stopped):
                    self.tally.add(done)
                # What failed is not tried again before it changes; nor is all forced again.
                wanted = replace(wanted, retry=False, force=False)
                time.sleep(0 if stopped() else _WATCH_SECONDS)
        finally:
            pool.close()
            manifest.close()
        click.echo(self.tally.told(Plan()), err=True)
        return INTERRUPTED

    def _planned(self, manifest: Manifest) -> Plan:
        try:
            made = plan(self.finder, self.wanted, manifest)
        except NotFound as error:
            misspelt([error.name], get_current_context())
            raise click.UsageError(str(error)) from None
        if made.conflict_count:
            more = made.conflict_count - len(made.conflicts)
            lines = [*made.conflicts, *([f"and {more} more"] if more else [])]
            raise click.UsageError(
                "nothing was done, as results would replace what they must not:\n  "
                + "\n  ".join(lines)
                + "\nUse {dir}, {sub} or {name} in --to to tell them apart"
            )
        return made

    def _carry_out(self, manifest: Manifest, made: Plan, stopped: Callable[[], bool]) -> None:
        pool, now = Pool(self.task, min(self.jobs, made.total)), True
        try:
            self.tally.begin(made.total)
            for done in carry_out(manifest, pool, self.wanted.job, stopped):
                self.tally.add(done)
            now = False
        finally:
            self.tally.end()
            pool.close(now=now)


def _opened(path: Path, *, keep: bool = True) -> Manifest:
    try:
        return Manifest(path, keep=keep)
    except (ManifestError, OSError) as error:
        raise JobFailed(str(error)) from None


def _outline(made: Plan) -> str:
    reasons = ", ".join(f"{count} {why}" for why, count in made.counts.items() if why)
    words = [f"{made.total} to do ({reasons})"] if made.total else []
    words += [f"{made.ready} done before"] if made.ready else []
    words += [f"{made.results} are results themselves"] if made.results else []
    return ", ".join(words) or "no picture was found"
