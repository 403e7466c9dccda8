"""What detectors say, as detections: one box for each thing, in pixels of the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from image_worker.fields import Box, Size
from image_worker.vision.detections import Detection, Landmark, Mask
from image_worker.vision.layouts.base import sigmoid
from image_worker.vision.layouts.blazeface import LANDMARKS
from image_worker.vision.libraries import numpy, opencv
from image_worker.vision.tiling import Tile, tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.vision.layouts.base import Candidates
    from image_worker.vision.model import LoadedModel
    from image_worker.vision.prepare import Placing
    from image_worker.vision.view import View

_MOST_CANDIDATES = 3000
"""Boxes that are compared with each other, the surest ones."""
_SHARPER = 2
"""How many pixels of the picture each pixel of the model's is averaged from, a side."""
_MARGIN = 0.1
_SMALL = 0.25
_SAME = 0.3
"""Share of area in common (IoU) from which on boxes of both looks are the same thing."""
_TILED = 3
"""How much larger the picture is that is looked at in tiles, which have half its height."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Candidates of one part of the picture, in its pixels."""

    tile: Tile
    found: Candidates
    placing: Placing
    boxes: Any
    scores: Any
    scale: tuple[float, float]


def find(
    model: LoadedModel, view: View, *, floor: float, tiled: bool = False, masks: bool = False
) -> tuple[Detection, ...]:
    """Return all things with at least the confidence `floor`, the surest first."""
    np = numpy()
    looks = list(_looks(model, view, floor, tiled=tiled))
    boxes = np.concatenate([look.boxes for look in looks]).astype(np.float32)
    scores = np.concatenate([look.scores for look in looks]).astype(np.float32)
    classes = np.concatenate([look.found.classes for look in looks]).astype(int)
    if not np.isfinite(boxes).all():
        raise model.session.nonsense("a box without end")
    crowded = tiled or any(look.found.crowded for look in looks)
    order = _best(boxes, scores, classes, model.plan.overlap if crowded else None)
    starts = np.cumsum([0, *(len(look.boxes) for look in looks)])
    made = []
    for row in order:
        number = int(np.searchsorted(starts, row, side="right")) - 1
        one = _one(model, view, looks[number], int(row - starts[number]), masks=masks)
        if one and one.confidence >= floor:
            made.append(one)
    return tuple(made)


def _looks(model: LoadedModel, view: View, floor: float, *, tiled: bool) -> Iterator[_Look]:
    np = numpy()
    twice = model.plan.twice
    taken = max(model.plan.width or 0, model.plan.height or 0) or 640
    rgb = view.rgb(taken * _SHARPER * (_TILED if tiled else 1))
    scale = view.scales(rgb)
    least = floor / 2 if twice else floor
    for tile, largest in _parts(Size(rgb.shape[1], rgb.shape[0]), tiled=tiled, twice=twice):
        found, placing = model.candidates(tile.part(rgb), least)
        boxes = placing.back(found.boxes)
        keep = tile.inside(boxes) & tile.smaller(boxes, largest)
        found = found if keep.all() else _kept(found, keep)
        boxes, scores = tile.back(boxes[keep]), found.scores
        if twice and len(boxes):
            scores = (scores + _again(model, rgb, tile, boxes, least)) / 2
        boxes = boxes * np.array(scale * 2, np.float32)
        yield _Look(tile, found, placing, boxes, scores, scale)


def _parts(size: Size, *, tiled: bool, twice: bool) -> list[tuple[Tile, float]]:
    """Return what is looked at, and the largest share of it that a thing may have, a side."""
    parts = tiles(size) if tiled else tiles(size)[:1]
    if not twice:
        return [(part, 1.0) for part in parts]
    # With a margin large things are seen whole, and small ones become too small.
    return [*((part.grown(_MARGIN), 1.0) for part in parts), (parts[0], _SMALL)]


def _again(model: LoadedModel, rgb: Any, tile: Tile, boxes: Any, floor: float) -> Any:
    """Return how sure the model is of the boxes in the mirror image, 0 where it sees nothing."""
    np = numpy()
    mirrored = np.ascontiguousarray(tile.part(rgb)[:, ::-1])
    found, placing = model.candidates(mirrored, floor)
    left, top, right, bottom = placing.back(found.boxes).T
    width = mirrored.shape[1]
    others = tile.back(np.stack([width - right, top, width - left, bottom], 1))
    same = overlaps(boxes, others) >= _SAME
    return (same * found.scores).max(1, initial=0)


def overlaps(one: Any, other: Any) -> Any:
    """Return the shares of area that each box of one list has in common with each of the other."""
    np = numpy()
    starts = np.maximum(one[:, None, :2], other[None, :, :2])
    spans = np.minimum(one[:, None, 2:], other[None, :, 2:]) - starts
    common = spans.clip(0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clip(0).prod(1) for boxes in (one, other)]
    return common / np.maximum(areas[0][:, None] + areas[1][None] - common, 1e-9)


def _kept(found: Candidates, keep: Any) -> Candidates:
    """Return some of the candidates."""
    numbers, masks = numpy().flatnonzero(keep), found.masks
    return type(found)(
        found.boxes[keep],
        found.scores[keep],
        found.classes[keep],
        found.crowded,
        None if masks is None else lambda rows: masks(numbers[rows]),
        None if found.points is None else found.points[keep],
    )


def _best(boxes: Any, scores: Any, classes: Any, overlap: float | None) -> list[int]:
    """Return the numbers of the boxes that stay, the surest first."""
    np = numpy()
    order = np.argsort(-scores, kind="stable")[:_MOST_CANDIDATES]
    if overlap is None or not len(order):
        return [int(row) for row in order]
    corners, sizes = boxes[order, :2], boxes[order, 2:] - boxes[order, :2]
    kept = opencv().dnn.NMSBoxesBatched(
        np.concatenate([corners, sizes], 1).tolist(),
        scores[order].tolist(),
        classes[order].tolist(),
        0.0,
        overlap,
    )
    return [int(order[row]) for row in np.array(kept, int).reshape(-1)]


def _one(model: LoadedModel, view: View, look: _Look, row: int, *, masks: bool) -> Detection | None:
    number = int(look.found.classes[row])
    if number not in model.plan.labels and model.plan.labels:
        return None
    box = whole_box(look.boxes[row], view.size)
    if box is None:
        return None
    points = () if look.found.points is None else _points(look, look.found.points[row])
    mask = _mask(model, view, look, row, box) if masks and look.found.masks else None
    return Detection(
        label=model.plan.labels.get(number, str(number)),
        confidence=round(min(1.0, max(0.0, float(look.scores[row]))), 4),
        box=box,
        landmarks=points,
        mask=mask,
    )


def whole_box(edges: Any, size: Size) -> Box | None:
    """Return the box in whole pixels inside of the picture; nothing where it is outside."""
    left, top, right, bottom = (float(edge) for edge in edges)
    if not (left < right and top < bottom and left < size.width and top < size.height):
        return None
    if right <= 0 or bottom <= 0:
        return None
    start = [max(0, min(round(edge), side - 1)) for edge, side in ((left, size[0]), (top, size[1]))]
    end = [
        max(first + 1, min(round(edge), side))
        for edge, side, first in ((right, size[0], start[0]), (bottom, size[1], start[1]))
    ]
    return Box(*start, *end)


def _points(look: _Look, points: Any) -> tuple[Landmark, ...]:
    places = look.tile.back(look.placing.back(points)) * numpy().array(look.scale)
    return tuple(
        Landmark(name, round(float(x), 1), round(float(y), 1))
        for name, (x, y) in zip(LANDMARKS, places, strict=True)
    )


def _mask(model: LoadedModel, view: View, look: _Look, row: int, box: Box) -> Mask | None:
    """Return the mask, at as many pixels as the model had for the box."""
    np, cv2 = numpy(), opencv()
    assert look.found.masks  # noqa: S101 - asked before
    numbers = look.found.masks(np.array([row]))[0].astype(np.float32)
    # From the grid of the box to that of the numbers: picture, tile, model, numbers.
    taken = [model.plan.width or 640, model.plan.height or 640]
    corner, steps = (look.tile.left, look.tile.top), []
    for axis, (offset, scale) in enumerate(
        zip(
            (look.placing.left, look.placing.top),
            (look.placing.across, look.placing.down),
            strict=True,
        )
    ):
        density = scale / look.scale[axis]
        start = (box[axis] / look.scale[axis] - corner[axis]) * scale + offset
        cells = max(1, math.ceil((box[axis + 2] - box[axis]) * density))
        per_cell = (box[axis + 2] - box[axis]) * density / cells
        ratio = numbers.shape[1 - axis] / taken[axis]
        steps.append((cells, per_cell * ratio, (start + 0.5 * per_cell) * ratio - 0.5))
    (columns, across, left), (rows, down, top) = steps
    matrix = np.array([[across, 0, left], [0, down, top]], np.float32)
    part = cv2.warpAffine(
        numbers, matrix, (columns, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    levels = (sigmoid(part, np) * 255 + 0.5).astype(np.uint8)
    return Mask(view.size, box, Size(columns, rows), levels.tobytes())
