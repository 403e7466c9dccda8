"""`image-worker ops`: everything that can be asked for, with examples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import rich_click as click
from click import get_current_context
from rich.console import Console
from rich.text import Text

from image_worker import catalog
from image_worker.cli import examples
from image_worker.cli.flags import Definitions, flags
from image_worker.cli.look import Command
from image_worker.cli.trouble import unknown

if TYPE_CHECKING:
    from image_worker.component import Component, Family

Json = dict[str, Any]

_FAMILIES: dict[str, Family] = {
    "operations": catalog.OPERATIONS,
    "filters": catalog.FILTERS,
    "formats": catalog.FORMATS,
    "measurements": catalog.ANALYZERS,
}


@click.command("ops", cls=Command)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, name: str | None, as_json: bool) -> None:
    """List all operations, or explain one of them.

    \b
    image-worker ops
    image-worker ops resize
    image-worker ops blur

    NAME is an operation, a filter, a format or a measurement.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if name is None:
        _list(as_json=as_json)
        return
    word, kind = _found(name)
    if as_json:
        click.echo(json.dumps(_facts(word, kind), indent=2, ensure_ascii=False))
    else:
        click.echo(_page(word, kind))


def _list(*, as_json: bool) -> None:
    if as_json:
        told = {
            word: [{"name": kind.name, "summary": kind.summary()} for kind in family]
            for word, family in _FAMILIES.items()
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for word, family in _FAMILIES.items():
        console.print(Text(word.capitalize(), style="bold"))
        width = max(len(kind.name) for kind in family)
        for kind in family:
            line = ("  ", (kind.name.ljust(width + 2), "cyan"), kind.summary())
            console.print(Text.assemble(*line), soft_wrap=True)
        console.print()
    console.print(Text("image-worker ops NAME explains one of them.", style="dim"))


def _found(name: str) -> tuple[str, type[Component]]:
    wanted = name.replace("-", "_")
    for word, family in _FAMILIES.items():
        for known in (name, wanted):
            if known in family:
                return word, family[known]
    names = [one.replace("_", "-") for family in _FAMILIES.values() for one in family.names]
    raise unknown("operation, filter, format or measurement", name, names, get_current_context())


def _facts(word: str, kind: type[Component]) -> Json:
    return {
        "name": kind.name,
        "kind": word.removesuffix("s"),
        "description": kind.__doc__,
        "examples": list(kind.examples),
        "schema": kind.parameters_schema(),
    }


def _page(word: str, kind: type[Component]) -> str:
    """Return the help: examples, the description, and every parameter."""
    text = "\n\n".join(["\b\n" + "\n".join(_examples(word, kind)), _text(kind), _more(kind)])
    page = Command(name=kind.name, help=text.strip(), params=_options(kind), add_help_option=False)
    with click.RichContext(page, info_name=_usage(word, kind)) as ctx:
        return page.get_help(ctx)


def _options(kind: type[Component]) -> list[click.Parameter]:
    """Return the parameters as flags, those that stand beside others last."""
    schema, defs = kind.raw_schema(), Definitions()
    defs.add(schema)
    whole = [] if kind is catalog.OPERATIONS["filter"] else flags({kind.name: schema}, defs)
    return [flag.option() for flag in sorted(whole, key=lambda flag: flag.path[0] in kind.beside)]


def _usage(word: str, kind: type[Component]) -> str:
    return {
        "operations": f"image-worker process IN OUT {kind.name.replace('_', '-')}",
        "filters": f"image-worker process IN OUT filter --name {kind.name}",
        "formats": f"image-worker process --format {kind.name.lower()} IN OUT",
        "measurements": f"image-worker analyze --want {kind.name} SRC",
    }[word]


def _examples(word: str, kind: type[Component]) -> list[str]:
    given = kind.examples or ({},)
    if word == "formats":
        suffix = getattr(kind, "suffix", "") or ".jpg"
        return [f"image-worker process --format {kind.name.lower()} photo.jpg out{suffix}"]
    if word == "measurements":
        wanted = [{kind.name: given[0]}] if given[0] else [kind.name]
        return [f"image-worker analyze --want '{json.dumps(wanted)}' photo.jpg"]
    named = {"name": kind.name} if word == "filters" else {}
    name = "filter" if named else kind.name
    lines = []
    for one in given:
        params, beside = examples.parted({**named, **one}, kind.beside)
        words = examples.as_words(name, {**params, **beside})
        lines += [f"image-worker process photo.jpg out.jpg {words}"]
        lines += [examples.as_json(name, params, beside)]
        lines += [examples.as_python(name, params, beside)]
    return lines


def _text(kind: type[Component]) -> str:
    return "\n".join(line.strip() for line in (kind.__doc__ or "").strip().splitlines())


def _more(kind: type[Component]) -> str:
    if kind is catalog.OPERATIONS["filter"]:
        return f"--name is one of {', '.join(catalog.FILTERS.names)}; `image-worker ops` has each."
    return ""
