"""Palette."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.clusters import Swatch, css, grouped, swatches

if TYPE_CHECKING:
    from collections.abc import Sequence

_CANDIDATES = 16
_FULL = 255


class _Range(NamedTuple):
    least: float
    target: float
    most: float


# What makes a colour vibrant or muted, light or dark, and how much each property counts, are the
# targets of Android's androidx.palette, in HSL.
_LIGHTNESS = {
    "": _Range(0.3, 0.5, 0.7),
    "light_": _Range(0.55, 0.74, 1.0),
    "dark_": _Range(0.0, 0.26, 0.45),
}
_SATURATION = {"vibrant": _Range(0.35, 1.0, 1.0), "muted": _Range(0.0, 0.3, 0.4)}
_COUNTS = (0.24, 0.52, 0.24)
"""Weights of saturation, lightness and frequency."""


class Palette(Analyzer):
    """The main colours with their shares, and swatches for designing around the picture.

    `colors` lists `{color, share}`, the largest share first; shares add up to 1. `swatches` has
    `vibrant`, `light_vibrant`, `dark_vibrant`, `muted`, `light_muted` and `dark_muted`, each
    `#rrggbb` or null where the picture has no such colour. Found by k-means in Oklab on a copy of
    at most 256 x 256 pixels, in which pixels count as much as they are opaque; always the same
    for the same picture. No colours where everything is transparent.
    """

    name = "palette"
    seconds_per_megapixel = 0.02
    reads = "overview"

    count: Annotated[int, Field(ge=1, le=32)] = 5
    """How many colours at most, 1 to 32."""

    def measure(self, subject: Subject) -> dict[str, Any]:
        """Return the colours and the swatches."""
        bins = swatches(subject)
        total = sum(swatch.weight for swatch in bins)
        colors = [
            {"color": css(swatch.rgb), "share": round(swatch.weight / total, 4)}
            for swatch in grouped(bins, self.count)
        ]
        return {"colors": colors, "swatches": _named(grouped(bins, _CANDIDATES))}


def _named(candidates: Sequence[Swatch]) -> dict[str, str | None]:
    """Return the best candidate for each name; none is used twice."""
    left = {swatch: _saturation_lightness(swatch) for swatch in candidates}
    chosen: dict[str, str | None] = {}
    for kind, saturation in _SATURATION.items():
        for tone, lightness in _LIGHTNESS.items():
            fitting = [one for one, seen in left.items() if _fits(seen, saturation, lightness)]
            best = max(
                fitting,
                key=lambda one: _score(one, left[one], (saturation, lightness), candidates),
                default=None,
            )
            chosen[f"{tone}{kind}"] = css(best.rgb) if best else None
            left.pop(best, None)  # type: ignore[arg-type] # none is in it under no swatch
    return chosen


def _saturation_lightness(swatch: Swatch) -> tuple[float, float]:
    _, lightness, saturation = colorsys.rgb_to_hls(*(part / _FULL for part in swatch.rgb))
    return saturation, lightness


def _fits(seen: tuple[float, float], saturation: _Range, lightness: _Range) -> bool:
    return all(
        wanted.least <= part <= wanted.most
        for part, wanted in zip(seen, (saturation, lightness), strict=True)
    )


def _score(
    swatch: Swatch,
    seen: tuple[float, float],
    wanted: tuple[_Range, _Range],
    candidates: Sequence[Swatch],
) -> float:
    near = [1 - abs(part - goal.target) for part, goal in zip(seen, wanted, strict=True)]
    frequency = swatch.weight / candidates[0].weight
    return sum(w * part for w, part in zip(_COUNTS, (*near, frequency), strict=True))
