"""`image-worker bulk`: one job over many files."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import rich_click as click
from click import get_current_context
from click.exceptions import NoArgsIsHelpError

from image_worker import catalog
from image_worker.bulk import Finder, Task, Template, Wanted
from image_worker.bulk.manifest import NAME
from image_worker.bulk.names import ENDING
from image_worker.cli import files
from image_worker.cli.bulk_run import Run
from image_worker.cli.chain import Chain, misspelt
from image_worker.cli.flags import collect
from image_worker.cli.grammar import grammar
from image_worker.cli.interrupt import asking
from image_worker.cli.tally import Tally
from image_worker.cli.trouble import configured
from image_worker.errors import ImageWorkerError
from image_worker.job import read_job
from image_worker.machine import processors
from image_worker.version import __version__

Json = dict[str, Any]

_HELP = """Change many pictures, on all processors.

\b
image-worker bulk --to 'small/{stem}.webp' photos resize --width 800
image-worker bulk --to '{dir}/{stem}_800.{ext}' 'photos/**/*.jpg' resize --width 800
find . -name '*.png' | image-worker bulk --format avif --to out - resize --max-pixels 1000000

SRC is a file, a folder with all that is below it, a pattern, @FILE for a list of names, or - for
such a list on standard input. A run that was stopped, by whatever, goes on where it was when it is
started again; what is done is done again only if its source, the job or its result changed, and
what failed is tried again. The file .image-worker-bulk.sqlite in the folder of the results
remembers all that.
"""
_SOURCES = f"{__name__}.sources"
_OPEN = ("AUTO", "ORIGINAL")
"""Formats of which only each result tells the ending."""


class Bulk(Chain):
    """Flags and sources in any order, then the operations."""

    stand_ins = ("--to", "-")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Part the sources from the flags before them, and from the operations after them."""
        if not args and not ctx.resilient_parsing:
            raise NoArgsIsHelpError(ctx)
        if not args or args[0] in grammar().commands:
            return super().parse_args(ctx, args)
        flags: list[str] = []
        sources: list[str] = []
        rest = list(args)
        while rest and rest[0].replace("_", "-") not in grammar().commands:
            if rest[0].startswith("-") and rest[0] != files.STANDARD:
                left = self._after_flags(ctx, rest, sources)
                flags += rest[: len(rest) - len(left)]
                rest = left
            else:
                sources.append(rest.pop(0))
        ctx.meta[_SOURCES] = tuple(sources)
        return super().parse_args(ctx, [*flags, *rest])

    def _after_flags(self, ctx: click.Context, words: list[str], sources: list[str]) -> list[str]:
        try:
            return self.make_parser(ctx).parse_args(list(words))[1]
        except click.NoSuchOption:
            misspelt(sources[-1:], ctx)
            raise


def _output(said: Json, template: Template) -> Json:
    """Return the output with its format: as it was said, else as the template ends."""
    if "format" in said:
        return said
    if template.text.endswith((ENDING, "{name}")):
        return {"format": "ORIGINAL", **said}
    if template.suffix in catalog.FORMATS:
        return {"format": template.suffix.upper(), **said}
    raise click.UsageError(
        f"cannot tell a format from --to {template.text}; end it in .{ENDING} or in an ending such "
        "as .webp, or use --format"
    )


def _template(text: str) -> Template:
    try:
        return Template.read(text)
    except ValueError as error:
        raise click.UsageError(f"--to {error}") from None


def _digest(job: object) -> str:
    whole = json.dumps([__version__, job], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _suffixes(*, svg: bool) -> frozenset[str]:
    """Return the endings that count in folders."""
    names = {reader.name for reader in catalog.READERS if svg or not reader.on_request}
    others = (alias for kind in catalog.FORMATS if kind.name in names for alias in kind.aliases)
    return frozenset(f".{name.lower()}" for name in (*names, *others))


def _checked(payload: Json) -> Any:
    """Return the job with its presets expanded; one that cannot be done is wrong usage."""
    settings = configured(isolated=False)
    presets = settings.worker().presets
    try:
        expanded = presets.expand(payload)
    except ImageWorkerError as error:
        raise _usage(error, payload) from None
    try:
        read_job({**_dict(expanded.payload), "image": "data:,"}, settings.limits)
    except ImageWorkerError as error:
        raise _usage(expanded.placed(error), payload) from None
    return expanded.payload


def _dict(payload: Any) -> Json:
    return dict(payload)


def _usage(error: ImageWorkerError, payload: Json) -> click.UsageError:
    return click.UsageError(grammar().sentence(error, payload["operations"], "SRC"))


def _finish(operations: list[Json], **typed: Any) -> int:
    run = _run(operations, **typed)
    if typed["dry_run"]:
        return run.dry()
    with asking() as stopped:
        return run.watch(stopped) if typed["watch"] else run.once(stopped)


def _run(operations: list[Json], *, to: str, **typed: Any) -> Run:
    sources: tuple[str, ...] = get_current_context().meta.get(_SOURCES, ())
    _check(sources, typed)
    known, template = grammar(), _template(to)
    output = _output(collect(known.output, typed), template)
    job = _checked(
        {"operations": operations, "output": output, "cache": "off", **collect(known.job, typed)}
    )
    settings = configured()
    named = str(output["format"])
    ends = ENDING if named.upper() in _OPEN else catalog.FORMATS[named].suffix[1:]
    return Run(
        finder=Finder(
            sources,
            _suffixes(svg=settings.svg),
            lambda: sys.stdin.buffer,
            nul=typed["nul"],
            lenient=typed["watch"],
        ),
        wanted=Wanted(
            template,
            ends,
            _digest(job),
            force=typed["force"],
            skip_existing=typed["skip_existing"],
        ),
        task=Task(job, settings.model_copy(update={"children": 1}).worker),
        manifest=Path(typed["manifest"] or os.path.join(template.folder, NAME)),  # noqa: PTH118
        jobs=typed["jobs"] or processors(),
        tally=Tally(lines=typed["as_lines"], spoken=typed["watch"]),
        as_json=typed["as_json"],
    )


def _check(sources: tuple[str, ...], typed: Json) -> None:
    """Refuse what cannot go together."""
    if not sources:
        raise click.UsageError("name at least one file, folder, pattern, @list, or -")
    for name in filter(files.is_remote, sources):
        raise click.UsageError(f"{name} is an address; bulk takes files")
    if typed["as_json"] and typed["as_lines"]:
        raise click.UsageError("--json and --jsonl both want standard output; choose one")
    if typed["watch"] and (typed["dry_run"] or typed["as_json"] or files.STANDARD in sources):
        raise click.UsageError("--watch goes neither with --dry-run, nor --json, nor - as source")


def _own_options() -> list[click.Parameter]:
    told = {
        "to": "Name of each result, with {dir}, {sub} (folders below SRC), {stem}, {name} and "
        "{ext} filled in; a name without any of them is a folder, and {sub}/{stem}.{ext} is put "
        "behind it.",
        "jobs": "Files that are worked at once. Default: the number of processors.",
        "manifest": "The file that remembers what was done. Default: .image-worker-bulk.sqlite in "
        "the folder of the results.",
    }
    return [
        click.RichOption(["--to"], required=True, metavar="TEMPLATE", help=told["to"]),
        click.RichOption(["--jobs", "-j"], type=click.IntRange(1), help=told["jobs"]),
        click.RichOption(["--manifest"], metavar="FILE", help=told["manifest"]),
        _switch("--dry-run", "-n", told="Print what would be done, and do nothing."),
        _switch("--watch", told="Go on, and do whatever comes or changes, until Ctrl+C."),
        _switch("--force", told="Do everything again, and replace what stands in the way."),
        _switch(
            "--skip-existing", told="Leave results alone that are there although no run made them."
        ),
        _switch("nul", "--null", "-0", told="Names in lists end with a zero byte, not a line."),
        _switch("as_json", "--json", told="Print a summary as JSON."),
        _switch("as_lines", "--jsonl", told="Print a line of JSON for each file, as it is done."),
    ]


def _switch(*names: str, told: str) -> click.Option:
    return click.RichOption(list(names), is_flag=True, help=told)


def _command() -> Bulk:
    known = grammar()
    return Bulk(
        name="bulk",
        params=[*_own_options(), *(flag.option() for flag in (*known.output, *known.job))],
        help=_HELP,
        no_args_is_help=False,  # sources alone leave none either
        before="SRC... ",
        result_callback=_finish,
    )


command = _command()
