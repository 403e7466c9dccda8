"""docs/operations.md: every operation, filter, selector, format and measurement, with pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pictures as drawn

from image_worker.analysis.base import Analyzer
from image_worker.catalog import ANALYZERS, FILTERS, FORMATS, OPERATIONS
from image_worker.formats.base import Output
from image_worker.operations.base import Effect, Operation
from image_worker.selectors import Named, Selector
from image_worker.sources.base import Source
from pages.schema import table
from pages.shown import beside, inline, made, photograph

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyvips

    from image_worker.component import Component

HEAD = """# Operations

Everything that a job can do, written from the code. The pictures show before and after; they are
made by the examples above them, mostly from pictures that this project draws itself;
[vision.md](vision.md) says where the photographs are from. Grey squares are transparent.

A job lists its steps, and they are carried out in that order:

```json
{"image": {"url": "https://example.com/photo.jpg"},
 "operations": [{"type": "resize", "params": {"width": 800}},
                {"type": "filter", "params": {"name": "sharpen"}}],
 "output": {"format": "WEBP", "quality": 80}}
```

`{"resize": {"width": 800}}` is short for the same step. A **length** is a whole number of pixels,
or text: `"25%"` of its own axis, `"20vmin"` or `"20vmax"` of the shorter or longer side. A
**color** is written as in CSS, or as a list of 3 or 4 whole numbers. Coordinates count from the
upper left corner of the picture as it is at that step; right and bottom are just outside.

"""
MODIFIERS = """## Modifiers

These stand beside `type`, on every operation that lists them:

"""
ON_BADGE = {"background", "trim"}
"""Operations that are shown on a picture with transparency."""

ON_PHOTOGRAPHS = {
    "crop_objects": "coffee.png",
    "remove_background": "astronaut.png",
    "segment": "coffee.png",
}
"""Operations that are shown on a photograph, as they have to see something."""

OVERLAY = "https://example.com/badge.png"
"""Stands for the badge in examples that need a second picture."""


def page() -> str:
    """Return the page."""
    sections = [
        HEAD,
        _contents(),
        MODIFIERS,
        _modifiers(),
        *(_operation(kind) for kind in OPERATIONS),
        "## Filters\n\n",
        *(_filter(kind) for kind in FILTERS),
        _family("Selectors", SELECTORS_TEXT, [*Selector.family]),
        _names(),
        _family("Sources", SOURCES_TEXT, [*Source.family]),
        _family("Formats", FORMATS_TEXT, [*FORMATS]),
        _family("Measurements", MEASURES_TEXT, [*ANALYZERS]),
    ]
    return "".join(sections)


SELECTORS_TEXT = "A selector says *where*: in `where`, as `gravity`, and in `crop.to`."
SOURCES_TEXT = "The main picture, overlays and masks are all sources."
FORMATS_TEXT = "What `output` may say, by its `format`."
MEASURES_TEXT = "What `analyze` may name; `true` stands for those marked with a star."


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each picture and the step that makes it."""
    for kind in OPERATIONS:
        for index, parameters in enumerate(kind.examples):
            yield f"{kind.name}-{index + 1}", _step(kind.name, parameters)
    for kind in FILTERS:
        for index, parameters in enumerate(kind.examples or ({},)):
            yield (
                f"filter-{kind.name}-{index + 1}",
                _step("filter", {"name": kind.name, **parameters}),
            )


def pictures() -> Iterator[tuple[str, pyvips.Image]]:
    """Yield every picture of the page by its name: before and after, side by side."""
    for name, step in examples():
        before = _before(step["type"])
        shown = json.dumps(step).replace(
            json.dumps({"url": OVERLAY}), json.dumps(inline(drawn.badge(200)))
        )
        yield name, beside(before, *made(before, json.loads(shown)))


def _before(name: str) -> pyvips.Image:
    """Return the picture that an operation is shown on."""
    if name in ON_PHOTOGRAPHS:
        return photograph(ON_PHOTOGRAPHS[name], 270)
    return drawn.badge(270) if name in ON_BADGE else drawn.sunset(360, 270)


def _contents() -> str:
    names = ", ".join(f"[{kind.name}](#{kind.name})" for kind in OPERATIONS)
    filters = ", ".join(f"[{kind.name}](#filter-{kind.name})" for kind in FILTERS)
    return (
        f"**Operations:** {names}\n\n**Filters:** {filters}\n\n**More:** [modifiers](#modifiers), "
        "[selectors](#selectors), [sources](#sources), [formats](#formats), "
        "[measurements](#measurements)\n\n"
    )


def _modifiers() -> str:
    schema = Effect.raw_schema()
    properties = {key: schema["properties"][key] for key in sorted(Effect.beside)}
    return table({"properties": properties}) + "\n"


def _operation(kind: type[Operation]) -> str:
    if kind is OPERATIONS["filter"]:
        parameters = "`name` chooses one of the [filters](#filters).\n"
    else:
        parameters = table(kind.raw_schema(), kind.beside)
    beside = ", ".join(f"`{name}`" for name in sorted(kind.beside))
    return f"## {kind.name}\n\n{_text(kind)}\n\n{parameters}\nModifiers: {beside}.\n\n" + "".join(
        _picture(kind.name, kind.name, kind.examples)
    )


def _filter(kind: type[Operation]) -> str:
    return f'### <a id="filter-{kind.name}"></a>{kind.name}\n\n{_text(kind)}\n\n' + (
        table(kind.raw_schema(), kind.beside)
        + "\n"
        + "".join(_picture(f"filter-{kind.name}", "filter", _named(kind)))
    )


def _named(kind: type[Operation]) -> tuple[dict[str, Any], ...]:
    return tuple({"name": kind.name, **each} for each in (kind.examples or ({},)))


def _picture(file: str, name: str, shown: tuple[dict[str, Any], ...]) -> Iterator[str]:
    for index, parameters in enumerate(shown):
        step = _step(name, parameters)
        yield f"```json\n{json.dumps(step)}\n```\n\n![{file}](pictures/{file}-{index + 1}.webp)\n\n"


def _step(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the step; modifiers in an example stand beside its parameters."""
    beside = {key: parameters[key] for key in Effect.beside if key in parameters}
    inner = {key: value for key, value in parameters.items() if key not in beside}
    return {"type": name, "params": inner, **beside}


def _family(title: str, text: str, kinds: list[type[Component]]) -> str:
    parts = [f"## {title}\n\n{text}\n\n"]
    for kind in kinds:
        star = "*" if getattr(kind, "usual", False) else ""
        schema = kind.raw_schema()
        own = f"{table(schema)}\n" if schema.get("properties") else ""
        parts.append(f"### {kind.name}{star}\n\n{_text(kind)}\n\n{own}{_asked(kind)}")
    return "".join(parts)


def _asked(kind: type[Component]) -> str:
    """Return how a job asks for a measurement or a format."""
    if issubclass(kind, Analyzer):
        wanted = [{kind.name: kind.examples[0]}] if kind.examples else [kind.name]
        return f"```json\n{json.dumps({'analyze': wanted})}\n```\n\n"
    if issubclass(kind, Output):
        return f"```json\n{json.dumps({'output': {'format': kind.name}})}\n```\n\n"
    return ""


def _names() -> str:
    names = {kind: f"{kind.name}{'NAME' * kind.name.endswith(':')}" for kind in Named.family}
    rows = "".join(f'| `"{name}"` | {kind.summary()} |\n' for kind, name in names.items())
    return f"### names\n\n| name | meaning |\n|---|---|\n{rows}\n"


def _text(kind: type[Component]) -> str:
    """Return the documentation of a class as paragraphs."""
    lines = [line.strip() for line in (kind.__doc__ or "").strip().splitlines()]
    return "\n".join(lines)
