"""Every layout of outputs, by graphs whose answers are known, and by mistakes that must show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from image_worker.vision import finding
from image_worker.vision.layouts import base
from image_worker.vision.prepare import Placing, prepared
from tests.vision import graphs
from tests.vision.oracles import SCENES, Score, judged, model, named

if TYPE_CHECKING:
    from image_worker.vision.model import LoadedModel

ALL = sum(len(each.things) for each in SCENES)
LETTERBOXED = ["yolo", "yolo-end"]

every_layout = pytest.mark.parametrize("name", [*graphs.DETECTORS])


def but(one: LoadedModel, **changes: object) -> LoadedModel:
    return replace(one, plan=one.plan.but(**changes))


@every_layout
def test_every_box_is_found_within_a_pixel_of_the_grid_and_nothing_else(name: str) -> None:
    assert judged(named(name)) == Score(ALL, ALL, 0)


@pytest.mark.parametrize(
    ("name", "layout", "fit"),
    [
        ("yolo", "yolo", "letterbox"),
        ("yolo-end", "yolo-end", "letterbox"),
        ("yolox", "yolox", "corner"),
        ("detr-deploy", "detr-deploy", "stretch"),
        ("rf-detr", "detr", "stretch"),
        ("transformers", "detr", "stretch"),
    ],
)
def test_the_graph_tells_how_it_is_read(name: str, layout: str, fit: str) -> None:
    plan = model(graphs.detector(name)).plan
    assert (plan.layout, plan.fit, plan.width, plan.height) == (layout, fit, 96, 96)
    assert plan.mean == (base.IMAGENET[0] if name == "rf-detr" else (0, 0, 0))


@every_layout
def test_swapped_colours_show(name: str) -> None:
    one = named(name)
    swapped = but(one, channels="rgb" if one.plan.channels == "bgr" else "bgr")
    score = judged(swapped)
    assert score.right < 0.6 * ALL
    assert score.wrong > 0.2 * ALL


@every_layout
def test_wrong_numbers_show(name: str) -> None:
    one = named(name)
    if one.plan.levels == 255:
        wrong = but(one, levels=1)
    elif any(one.plan.mean):
        wrong = but(one, mean=(0.0,) * 3, std=(1.0,) * 3)
    else:
        wrong = but(one, mean=base.IMAGENET[0], std=base.IMAGENET[1])
    score = judged(wrong)
    assert score.right < 0.95 * ALL or score.wrong > 0


@pytest.mark.parametrize("name", LETTERBOXED)
def test_a_forgotten_bar_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(rgb: object, plan: base.Plan) -> tuple[object, Placing]:
        numbers, placing = prepared(rgb, plan)
        return numbers, replace(placing, left=0, top=0)

    monkeypatch.setattr("image_worker.vision.model.prepared", forgetful)
    assert judged(named(name)).right < 0.2 * ALL


def test_several_boxes_for_a_thing_show(monkeypatch: pytest.MonkeyPatch) -> None:
    best = finding._best
    monkeypatch.setattr(finding, "_best", lambda *columns: best(*columns[:3], None))
    assert judged(named("yolo")).wrong == ALL * (graphs.COPIES - 1)


def test_boxes_as_middles_show_where_edges_are_meant() -> None:
    forced = model(graphs.yolo_end(), layout="yolo-end")
    assert judged(forced).right == ALL
    with pytest.raises(Exception, match="do not fit"):
        judged(model(graphs.yolo_end(), layout="yolo"))


@pytest.mark.parametrize("data", [graphs.yolo(masks=True), graphs.rf_detr(masks=True)])
def test_masks_come_out_where_the_things_are(data: bytes) -> None:
    one = model(data, labels=("red", "green", "blue"))
    shares = []
    for each in SCENES[:20]:
        truths = dict(each.things)
        for found in finding.find(one, each.view, floor=0.3, masks=True):
            assert found.mask
            seen = _whole(found.mask)
            truth = np.zeros_like(seen)
            box = truths[found.label]
            truth[box.top : box.bottom, box.left : box.right] = True
            shares.append(float((seen & truth).sum() / (seen | truth).sum()))
    assert np.mean(shares) > 0.85  # the prototypes have 24 x 24 cells


def _whole(mask: object) -> np.ndarray:
    from image_worker.vision.masks import mask_image

    image = mask_image(mask)  # type: ignore[arg-type]
    levels = np.frombuffer(image.write_to_memory(), np.uint8)
    return levels.reshape(image.height, image.width) >= 128


def test_three_classes_and_one_for_nothing_are_not_taken_for_boxes() -> None:
    """With them `labels` has four columns, as `dets` has."""
    assert judged(model(graphs.rf_detr(), labels=("red", "green", "blue", ""))).wrong == 0


def test_only_classes_with_a_label_count() -> None:
    one = model(graphs.rf_detr(), labels=("red", "", "blue"))
    found = {each.label for each in finding.find(one, SCENES[0].view, floor=0.0)}
    assert found <= {"red", "blue"}
