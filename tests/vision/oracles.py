"""Pictures with pure rectangles, and how well a detector finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvips

from image_worker.fields import Box, Size
from image_worker.vision.finding import find
from image_worker.vision.model import LoadedModel, loaded
from image_worker.vision.session import Session
from image_worker.vision.spec import Spec
from image_worker.vision.view import View
from tests.vision import graphs

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}


@dataclass(frozen=True)
class Scene:
    levels: Any
    things: tuple[tuple[str, Box], ...]

    @property
    def view(self) -> View:
        rows, columns = self.levels.shape[:2]
        return View(lambda _: vips(self.levels), Size(columns, rows))


@dataclass(frozen=True)
class Score:
    """Things found within the grid's pixel, all things, and boxes that are none of them."""

    right: int
    all: int
    wrong: int


def vips(levels: Any) -> pyvips.Image:
    levels = np.ascontiguousarray(levels if levels.ndim == 3 else levels[..., None])
    rows, columns, bands = levels.shape
    image = pyvips.Image.new_from_memory(levels.tobytes(), columns, rows, bands, "uchar")
    return image.copy(interpretation="srgb" if bands > 2 else "b-w")


def scene(seed: int) -> Scene:
    """Return grey with one to three rectangles that stay apart, 80 to 700 pixels a side."""
    draw = np.random.default_rng(seed)
    height, width = (int(draw.integers(80, 700)) for _ in range(2))
    levels = np.full((height, width, 3), draw.integers(90, 150), np.uint8)
    things: list[tuple[str, Box]] = []
    for name in draw.permutation([*COLOURS])[: draw.integers(1, 4)]:
        for _ in range(50):
            wide, high = (int(draw.integers(side // 6, side // 2)) for side in (width, height))
            left, top = int(draw.integers(0, width - wide)), int(draw.integers(0, height - high))
            box = Box(left, top, left + wide, top + high)
            if all(_apart(box, other, max(width, height) // 16) for _, other in things):
                levels[box.top : box.bottom, box.left : box.right] = COLOURS[str(name)]
                things.append((str(name), box))
                break
    return Scene(levels, tuple(things))


def _apart(one: Box, other: Box, gap: int) -> bool:
    return (
        one.right + gap < other.left
        or other.right + gap < one.left
        or one.bottom + gap < other.top
        or other.bottom + gap < one.top
    )


SCENES = [scene(seed) for seed in range(20)]


def spec(**more: Any) -> Spec:
    return Spec.model_validate({"task": "objects", "file": "x.onnx", "licence": "MIT", **more})


def model(data: bytes, **more: Any) -> LoadedModel:
    return loaded("oracle", spec(**more), Session("oracle", data, 1), "digest")


def named(name: str) -> LoadedModel:
    """Return a detector whose classes have their names, in the file or in the table."""
    return model(graphs.detector(name), labels=("red", "green", "blue"))


def judged(model: LoadedModel, scenes: Sequence[Scene] = SCENES) -> Score:
    right = wrong = 0
    for each in scenes:
        found = list(find(model, each.view, floor=0.3))
        grid = max(each.levels.shape) / graphs.SIDE if model.plan.fit != "stretch" else 0
        steps = [grid or side / graphs.SIDE for side in each.levels.shape[1::-1]] * 2
        for name, box in each.things:
            fitting = [one for one in found if one.label == name and _near(one.box, box, steps)]
            right += bool(fitting)
            wrong -= bool(fitting)
        wrong += len(found)
    return Score(right, sum(len(each.things) for each in scenes), wrong)


def _near(one: Box, other: Box, steps: Sequence[float]) -> bool:
    """Tell whether every edge is at most a pixel of the model's grid away, and our rounding."""
    return all(abs(a - b) <= step + 1 for a, b, step in zip(one, other, steps, strict=True))
