"""Groups the colours of a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.picture import coloured

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from image_worker.analysis.base import Subject

    Triple = tuple[float, float, float]

_FULL = 255
_MOST_BINS = 512
_FINER, _COARSEST = (8, 5), 4
"""Bits of each channel."""
_ROUNDS = 20

# Björn Ottosson, "A perceptual color space for image processing" (2020): distances in Oklab are
# close to how different colours look.
_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour, and how much of the picture has it."""

    rgb: Triple
    """Mean red, green and blue, 0 to 255."""
    weight: float
    """Opaque pixels of the overview."""

    @property
    def lab(self) -> Triple:
        """The colour in Oklab."""
        linear = [_linear(part / _FULL) for part in self.rgb]
        cones = [_dot(row, linear) ** (1 / 3) for row in _TO_CONES]
        light, green_red, blue_yellow = (_dot(row, cones) for row in _TO_LAB)
        return light, green_red, blue_yellow


def css(rgb: Sequence[float]) -> str:
    """Return a colour as `#rrggbb`."""
    return "#" + "".join(f"{int(part + 0.5):02x}" for part in rgb)


def swatches(subject: Subject, bits: int | None = None) -> list[Swatch]:
    """Return the colours of the overview, the most frequent first.

    Colours that share the highest `bits` of each channel are one, with their mean. Without
    `bits`, 8, 5 or 4 are used, as many as leave at most 512 colours: flat art keeps its exact
    colours.
    """
    bands = _bands(subject)
    if bits is None:
        bits = next((fine for fine in _FINER if _count(bands, fine) <= _MOST_BINS), _COARSEST)
    return _binned(Counter(zip(*bands, strict=True)), bits)


def grouped(bins: Sequence[Swatch], count: int) -> list[Swatch]:
    """Return at most `count` groups of colours, the largest first.

    Weighted k-means in Oklab (Lloyd, 1982). The first centre is the most frequent colour, each
    further one the colour that is worst represented so far, so the result is always the same.
    """
    points = [(swatch, swatch.lab) for swatch in bins if swatch.weight]
    centres = _seeds(points, count)
    groups = _assigned(points, centres)
    for _ in range(_ROUNDS):
        moved = [_middle([(lab, one.weight) for one, lab in group]) for group in groups]
        if moved == centres:
            break
        centres, groups = moved, _assigned(points, moved)
    merged = (_merged([swatch for swatch, _ in group]) for group in groups)
    return sorted(merged, key=lambda swatch: (-swatch.weight, swatch.rgb))


def _bands(subject: Subject) -> list[bytes]:
    image = coloured(subject.overview)
    data = bytes(image.write_to_memory())
    return [data[band :: image.bands] for band in range(image.bands)]


def _count(bands: Sequence[bytes], bits: int) -> int:
    """Return how many colours there are, told apart by so many bits."""
    coarse = bytes(level >> (8 - bits) for level in range(_FULL + 1))
    return len(set(zip(*(band.translate(coarse) for band in bands[:3]), strict=True)))


def _binned(pixels: Counter[tuple[int, ...]], bits: int) -> list[Swatch]:
    shift = 8 - bits
    sums: dict[tuple[int, int, int], list[float]] = {}
    for (red, green, blue, *alpha), count in pixels.items():
        weight = count * alpha[0] / _FULL if alpha else count
        if not weight:
            continue
        total = sums.setdefault((red >> shift, green >> shift, blue >> shift), [0.0] * 4)
        total[0] += red * weight
        total[1] += green * weight
        total[2] += blue * weight
        total[3] += weight
    made = (Swatch((r / w, g / w, b / w), w) for r, g, b, w in sums.values())
    return sorted(made, key=lambda swatch: (-swatch.weight, swatch.rgb))


def _seeds(points: Sequence[tuple[Swatch, Triple]], count: int) -> list[Triple]:
    if not points:
        return []
    centres = [points[0][1]]
    nearest = [_apart(lab, centres[0]) for _, lab in points]
    while len(centres) < count:
        losses = [swatch.weight * far for (swatch, _), far in zip(points, nearest, strict=True)]
        worst = max(range(len(points)), key=losses.__getitem__)
        if not nearest[worst]:
            break
        centres.append(points[worst][1])
        nearest = [
            min(far, _apart(lab, centres[-1]))
            for (_, lab), far in zip(points, nearest, strict=True)
        ]
    return centres


def _assigned(
    points: Sequence[tuple[Swatch, Triple]], centres: Sequence[Triple]
) -> list[list[tuple[Swatch, Triple]]]:
    """Return the points of each centre; centres that are nearest to none are left out."""
    groups: list[list[tuple[Swatch, Triple]]] = [[] for _ in centres]
    for point in points:
        one, two, three = point[1]
        # Spelt out, as this runs a hundred thousand times.
        distances = [
            (one - first) * (one - first)
            + (two - second) * (two - second)
            + (three - third) * (three - third)
            for first, second, third in centres
        ]
        groups[distances.index(min(distances))].append(point)
    return [group for group in groups if group]


def _middle(weighted: Iterable[tuple[Triple, float]]) -> Triple:
    first = second = third = total = 0.0
    for (one, two, three), weight in weighted:
        first += one * weight
        second += two * weight
        third += three * weight
        total += weight
    return first / total, second / total, third / total


def _merged(group: Sequence[Swatch]) -> Swatch:
    rgb = _middle((swatch.rgb, swatch.weight) for swatch in group)
    return Swatch(rgb, sum(swatch.weight for swatch in group))


def _apart(one: Triple, other: Triple) -> float:
    """Return the square of the distance."""
    first, second, third = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return first * first + second * second + third * third


def _dot(row: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(row, values, strict=True))


def _linear(part: float) -> float:
    """Return the linear light of an sRGB value, 0 to 1 (IEC 61966-2-1)."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
