"""Shows measurements to a person: swatches for colours, bars for histograms, lines for the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABEL = 16
_BARS = " ▁▂▃▄▅▆▇█"
_COLUMNS = 64
_LONGEST = 72
_HEX = 7


def told(source: str, facts: dict[str, Any], console: Console | None = None) -> None:
    """Print all that was measured of one picture."""
    console = console or Console(highlight=False)
    console.print(Text(source, style="bold"), soft_wrap=True)
    for name, value in facts.items():
        for label, text in _lines(name, value, console):
            line = Text.assemble("  ", (f"{label.ljust(_LABEL)} ", "cyan"), text)
            console.print(line, soft_wrap=True)
    console.print()


def _lines(name: str, value: Any, console: Console) -> Iterator[tuple[str, Text]]:
    if name == "size":
        yield name, Text(" x ".join(map(str, value)))
    elif _is_histogram(value):
        yield name, Text(_bars(value, console))
    elif isinstance(value, dict) and isinstance(value.get("detections"), list):
        yield name, Text(f"{len(value['detections'])} found")
        for one in value["detections"]:
            yield f"  {one['label']}", Text(_seen(one))
    elif isinstance(value, dict) and value:
        yield name, Text("")
        for inner, part in value.items():
            for label, text in _lines(str(inner), part, console):
                yield f"  {label}", text
    elif isinstance(value, list) and value and all(map(_color, value)):
        yield name, Text("  ").join(_swatch(one) for one in value)
    elif _color(value):
        yield name, _swatch(value)
    else:
        yield name, Text(_plain(value))


def _seen(one: dict[str, Any]) -> str:
    """Return how sure a detector is of one thing, where it is, and what is written there."""
    left, top, right, bottom = one["box"].values()
    place = f"{one['confidence']:.0%}  {left},{top} to {right},{bottom}"
    return f"{place}  {_plain(one['text'])}" if "text" in one else place


def _is_histogram(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= _COLUMNS
        and all(isinstance(one, int | float) for one in value)
    )


def _bars(counts: list[float], console: Console) -> str:
    """Return a little picture of the counts, or their sum where no such signs can be printed."""
    step = len(counts) // _COLUMNS
    sums = [sum(counts[at : at + step]) for at in range(0, step * _COLUMNS, step)]
    if not str(console.encoding).lower().startswith("utf"):
        return f"{len(counts)} counts, {sum(counts):g} in all"
    most = max(sums) or 1
    # The square root lets small counts be seen beside large ones.
    return "".join(_BARS[round((one / most) ** 0.5 * (len(_BARS) - 1))] for one in sums)


def _color(value: Any) -> str:
    """Return the colour that the value is or has, as `#rrggbb`; empty where there is none."""
    found = value.get("color", value.get("hex")) if isinstance(value, dict) else value
    if isinstance(found, str) and found.startswith("#") and len(found) >= _HEX:
        return found[:_HEX]
    return ""


def _swatch(value: Any) -> Text:
    share = value.get("share") if isinstance(value, dict) else None
    told = f" {share:.0%}" if isinstance(share, float) else ""
    return Text.assemble(("   ", f"on {_color(value)}"), f" {_color(value)}{told}")


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if value in (None, {}, []):
        return "none"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... (--json shows all)"
