"""Pictures in which it is known what is where: cut-outs upon photographs and upon even grounds."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import cv2
import numpy as np
from PIL import Image

from image_worker.vision import Sight
from image_worker.vision.models import Models
from image_worker.vision.places import Places
from image_worker.vision.session import Session
from image_worker.vision.spec import Spec
from tests.operations.moving import levels, made, picture
from tests.pictures import photograph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from image_worker.picture import Picture

SCENES = (
    "coffee.png", "brick.png", "grass.png", "gravel.png", "rocket.jpg", "motorcycle_left.png",
)  # fmt: skip
"""What people stand before."""

_SIZE = (640, 512)
_GOODS = ("chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")
_GOODS_SIZE = (480, 360)


class Known(NamedTuple):
    """A picture, and the levels of the mask that is right for it."""

    levels: Any
    mask: Any


def array(name: str) -> Any:
    """Return a photograph as rows, columns and colours."""
    return np.asarray(photograph(name))


@cache
def person() -> Known:
    """Return a portrait, and its mask."""
    portrait = array("astronaut.png")
    return Known(portrait, picture(portrait).matte().mask.numpy())


def standing(scene: str, share: float) -> Known:
    """Return the person before a scene, so much of its height."""
    width, height = _SIZE
    ground = np.asarray(photograph(scene, _SIZE))
    side = int(height * share)
    portrait, mask = (cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA)
                      for each in person())  # fmt: skip
    left, top = (width - side) // 2, height - side
    whole = np.zeros((height, width), np.uint8)
    whole[top:, left : left + side] = mask
    subject = np.zeros_like(ground)
    subject[top:, left : left + side] = portrait
    return Known(mixed(subject, ground, whole), whole)


def goods(number: int, *, graded: bool) -> Known:
    """Return a blob with the colours of a photograph, on an even ground, after JPEG."""
    draw = np.random.default_rng(number)
    width, height = _GOODS_SIZE
    subject = np.asarray(photograph(_GOODS[number % len(_GOODS)], _GOODS_SIZE))
    ground = np.ones((height, width, 3)) * draw.uniform(60, 255, 3)
    if graded:
        across, down = (np.linspace(-1, 1, side) * draw.uniform(-25, 25) for side in _GOODS_SIZE)
        ground = ground + across[None, :, None] + down[:, None, None]
    mask = blob(number, (width, height))
    whole = mixed(subject, ground.clip(0, 255), mask)
    return Known(through_jpeg(whole), mask)


def blob(number: int, size: tuple[int, int]) -> Any:
    """Return the mask of something with bays."""
    draw = np.random.default_rng(number)
    width, height = size
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    reach = min(size) * draw.uniform(0.2, 0.33)
    reach = reach * (1 + 0.25 * np.sin(3 * turn + number) + 0.15 * np.sin(5 * turn + 2 * number))
    corners = np.stack([width / 2 + reach * np.cos(turn), height / 2 + reach * np.sin(turn)], 1)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [(corners * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    return mask


def mixed(subject: Any, ground: Any, mask: Any) -> Any:
    """Return the subject upon the ground."""
    share = mask[..., None] / 255
    return (subject * share + ground * (1 - share)).round().astype(np.uint8)


def through_jpeg(levels: Any, quality: int = 85) -> Any:
    """Return what is left after JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def overlap(one: Any, other: Any) -> float:
    """Return the intersection of two masks over their union."""
    one, other = one >= 128, other >= 128
    return float((one & other).sum() / max(1, (one | other).sum()))


def mask_of(known: Known, **parameters: Any) -> Any:
    """Return the mask that `remove_background` makes."""
    step = made("remove_background", output="mask", **parameters)
    return levels(step.run(picture(known.levels)))[..., 0]


def seeing_with(start: Picture, folder: Path, **models: tuple[str, bytes]) -> Picture:
    """Return the picture with only these models, each by its name with its task and its file."""

    table = {}
    for name, (task, data) in models.items():
        (folder / f"{name}.onnx").write_bytes(data)
        entry = {"task": task, "file": f"{name}.onnx", "licence": "MIT", "usual": True}
        if task == "objects":
            entry["labels"] = ["red", "green", "blue"]
        table[name] = Spec.model_validate(entry)
    loaded = Models(table, Places((str(folder),)))
    return replace(start, sight=Sight(lambda: loaded))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yield a list to which the name of a model is added whenever one runs."""
    made: list[str] = []
    run = Session.run

    def counting(session: Session, *arguments: Any) -> Any:
        made.append(session.name)
        return run(session, *arguments)

    with mock.patch.object(Session, "run", counting):
        yield made
