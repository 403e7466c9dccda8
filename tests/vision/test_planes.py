"""Models that give a mask, a larger picture, or one number for each class."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from image_worker.errors import ModelError
from image_worker.fields import Box, Size
from image_worker.vision import Mask, Sight, Wanted
from image_worker.vision.judging import classify
from image_worker.vision.libraries import coco_masks
from image_worker.vision.masks import mask_image, mask_json
from image_worker.vision.models import Models
from image_worker.vision.places import Places
from image_worker.vision.upscaling import upscaler
from image_worker.vision.view import View
from tests.vision import graphs
from tests.vision.oracles import SCENES, model, spec, vips

if TYPE_CHECKING:
    from pathlib import Path


def matte_of(levels: Any, data: bytes, folder: Path, **more: Any) -> tuple[Any, Any]:
    (folder / "x.onnx").write_bytes(data)
    table = {"x": spec(task="matte", **more)}
    sight = Sight(lambda: Models(table, Places((str(folder),))))
    made = sight.matte("x", vips(levels), Size(*levels.shape[1::-1]))
    seen = np.frombuffer(made.mask.write_to_memory(), np.uint8)
    return seen.reshape(made.mask.height, made.mask.width), made


@pytest.mark.parametrize("logits", [False, True])
def test_a_mask_covers_what_it_should(tmp_path: Path, *, logits: bool) -> None:
    shares = []
    for scene in SCENES[:20]:
        truth = np.zeros(scene.levels.shape[:2], bool)
        for _, box in scene.things:
            truth[box.top : box.bottom, box.left : box.right] = True
        mask, made = matte_of(scene.levels, graphs.mask(logits=logits), tmp_path)
        shares.append(((mask > 127) & truth).sum() / ((mask > 127) | truth).sum())
        assert abs(made.share - truth.mean()) < 0.05
    assert np.mean(shares) > 0.94


def test_a_picture_without_foreground_has_an_empty_mask(tmp_path: Path) -> None:
    for level in (0, 128, 255):
        mask, made = matte_of(np.full((90, 160, 3), level, np.uint8), graphs.mask(), tmp_path)
        assert not mask.any()
        assert (made.share, made.confidence) == (0, 1)


def test_what_is_no_mask_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="where a mask was expected"):
        matte_of(SCENES[0].levels, graphs.yolo(), tmp_path, layout="mask")


def test_a_larger_picture_has_its_factor_and_its_pixels() -> None:
    made = upscaler(model(graphs.upscale(3), task="upscale"), 4)
    assert (made.factor, made.tile, made.context) == (3, None, 4)
    levels = np.random.default_rng(3).integers(0, 256, (31, 45, 3), np.uint8)
    large = made.enlarge(levels)
    assert large.shape == (93, 135, 3)
    around = np.pad(levels.astype(float), ((2, 2), (2, 2), (0, 0)))
    mean = sum(around[y : y + 31, x : x + 45] for y in range(5) for x in range(5)) / 25
    assert np.abs(large[1::3, 1::3] - mean).max() <= 1


def test_pieces_with_their_surroundings_are_the_whole() -> None:
    made = upscaler(model(graphs.upscale(), task="upscale"), 2)
    levels = np.random.default_rng(4).integers(0, 256, (40, 60, 3), np.uint8)
    whole = made.enlarge(levels)
    part = made.enlarge(levels[8:32, 18:42])
    assert (part[4:-4, 4:-4] == whole[20:60, 40:80]).all()
    assert (part[:4] != whole[16:20, 36:84]).any()  # without them a seam would show


def test_what_does_not_enlarge_evenly_is_an_error() -> None:
    with pytest.raises(ModelError, match="where a picture was expected"):
        upscaler(model(graphs.mask(), task="upscale", layout="upscale"), 0)


def test_classes_have_shares_of_one() -> None:
    scene = next(each for each in SCENES if len(each.things) == 1)
    best, *others = classify(model(graphs.scores()), scene.view)
    assert best.label == scene.things[0][0]
    assert best.box == Box(0, 0, *scene.view.size)
    assert sum(one.confidence for one in (best, *others)) == pytest.approx(1, abs=0.001)


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # pycocotools, reading
def test_masks_are_told_in_each_form() -> None:
    box, size = Box(10, 20, 50, 60), Size(100, 80)
    levels = np.zeros((20, 20), np.uint8)
    levels[5:15, 5:15] = 255
    mask = Mask(size, box, Size(20, 20), levels.tobytes())
    seen = np.frombuffer(mask_image(mask).write_to_memory(), np.uint8).reshape(80, 100) > 127
    runs = mask_json(mask, "rle")
    assert runs["size"] == [80, 100]
    back = coco_masks().decode({"size": runs["size"], "counts": runs["counts"].encode()})
    assert (back.astype(bool) == seen).all()
    assert 300 <= seen.sum() <= 500  # of 20 x 20 pixels with a soft edge
    assert mask_json(mask, "png").startswith("data:image/png;base64,")
    (outline,) = mask_json(mask, "polygon")
    assert all(18 <= x <= 41 and 28 <= y <= 51 for x, y in outline)


def test_the_confidence_of_a_look_is_the_callers(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(graphs.detector("yolo-end"))
    models = Models({"x": spec()}, Places((str(tmp_path),)))
    scene = SCENES[0]
    sight = Sight(lambda: models)
    asked = Wanted("objects", "x", 0.95)
    assert not sight.detect(asked, vips(scene.levels), scene.view.size).detections
    some = sight.detect(replace(asked, min_confidence=0.1), vips(scene.levels), scene.view.size)
    assert len(some.detections) == len(scene.things)


def test_a_view_is_never_larger_than_the_picture() -> None:
    view = View(lambda _: vips(np.zeros((30, 50, 3), np.uint8)), Size(500, 300))
    assert view.rgb(640).shape == (30, 50, 3)
    assert view.rgb(25).shape == (15, 25, 3)
    assert view.scales(view.rgb(25)) == (20, 20)
