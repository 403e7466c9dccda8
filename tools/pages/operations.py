"""docs/operations.md: every operation, filter, selector, format and measurement, with pictures."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pictures as drawn
import pyvips

from image_worker.analysis.base import Analyzer
from image_worker.catalog import ANALYZERS, FILTERS, FORMATS, OPERATIONS
from image_worker.formats.base import Output
from image_worker.operations.base import Effect, Operation
from image_worker.selectors import Named, Selector
from image_worker.settings import load
from image_worker.sources.base import Source
from pages.schema import table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from image_worker.component import Component

HEAD = """# Operations

Everything that a job can do, written from the code. The pictures show before and after; they are
made by the examples above them, from pictures that this project draws itself. Grey squares are
transparent.

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

OVERLAY = "https://example.com/badge.png"
"""Stands for the badge in examples that need a second picture."""

GAP = 12
"""Pixels between before and after."""

TOLERANCE = 1.5
"""Mean difference in levels up to which a picture in the documentation counts as current."""


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


def pictures(folder: Path, *, check: bool) -> list[str]:
    """Write the pictures that differ from what is there, or only name them."""
    folder.mkdir(parents=True, exist_ok=True)
    stale = []
    wanted = set()
    for name, step in examples():
        path = folder / f"{name}.webp"
        wanted.add(path)
        made = _shown(_rendered(step))
        if path.exists() and _difference(made, path) <= TOLERANCE:
            continue
        stale.append(f"docs/pictures/{path.name}")
        if not check:
            made.webpsave(str(path), Q=82, effort=6, keep=pyvips.ForeignKeep.NONE)
    for path in set(folder.glob("*.webp")) - wanted:
        stale.append(f"docs/pictures/{path.name} (nothing makes it any more)")
        if not check:
            path.unlink()
    return stale


def _rendered(step: dict[str, Any]) -> pyvips.Image:
    """Return the picture before and after the step, side by side."""
    source = drawn.badge(270) if step["type"] in ON_BADGE else drawn.sunset(360, 270)
    job = {"image": _inline(source), "operations": [step], "output": {"format": "PNG"}}
    shown = json.dumps(job).replace(
        json.dumps({"url": OVERLAY}), json.dumps(_inline(drawn.badge(200)))
    )
    answer = load(svg=True).worker().answer(json.loads(shown))
    if not answer["success"]:
        raise SystemExit(f"the example {step} fails: {answer['error']}")
    data = base64.b64decode(answer["processed_image"].partition(",")[2])
    after = pyvips.Image.new_from_buffer(data, "").copy_memory()
    return _beside(_shown(source), _shown(after))


def _inline(image: pyvips.Image) -> dict[str, str]:
    return {"base64": base64.b64encode(image.pngsave_buffer()).decode()}


def _beside(before: pyvips.Image, after: pyvips.Image) -> pyvips.Image:
    """Return both on one white ground, centred."""
    height = max(before.height, after.height)
    sides = (before.colourspace("srgb"), after.colourspace("srgb"))
    centred = [
        side.gravity("centre", side.width, height, extend="white").copy(interpretation="srgb")
        for side in sides
    ]
    return centred[0].join(centred[1], "horizontal", expand=True, shim=GAP, background=255)


def _shown(image: pyvips.Image) -> pyvips.Image:
    """Lay transparency upon grey squares, as editors show it."""
    if not image.hasalpha():
        return image
    grid = pyvips.Image.xyz(image.width, image.height) // 8
    squares = ((grid[0] + grid[1]) % 2) * 30 + 215
    below = squares.cast("uchar").bandjoin([squares.cast("uchar")] * 2)
    image = image if image.bands == 4 else image.colourspace("srgb")  # noqa: PLR2004
    return below.copy(interpretation="srgb").composite2(image, "over").flatten().cast("uchar")


def _difference(made: pyvips.Image, path: Path) -> float:
    there = pyvips.Image.new_from_file(str(path))
    again = pyvips.Image.new_from_buffer(made.webpsave_buffer(Q=82, effort=6), "")
    if (again.width, again.height, again.bands) != (there.width, there.height, there.bands):
        return 255.0
    return float((again - there).abs().avg())


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
    rows = "".join(f'| `"{kind.name}"` | {kind.summary()} |\n' for kind in Named.family)
    return f"### names\n\n| name | meaning |\n|---|---|\n{rows}\n"


def _text(kind: type[Component]) -> str:
    """Return the documentation of a class as paragraphs."""
    lines = [line.strip() for line in (kind.__doc__ or "").strip().splitlines()]
    return "\n".join(lines)
