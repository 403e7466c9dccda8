"""Measurements by the models that are built in."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.analysis.measuring import answer, facts
from tests.job.making import step
from tests.pictures import photograph
from tests.vision.seen import FACE, done, ean, edges, overlap, portrait, qr


def test_a_face_has_a_box_landmarks_and_the_model_that_saw_it() -> None:
    seen = facts(portrait(), ["faces"])["faces"]
    (face,) = seen["detections"]
    assert face["label"] == "face"
    assert face["confidence"] > 0.8
    assert overlap(edges(face), FACE) > 0.8
    marks = face["landmarks"]
    assert [*marks] == ["right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear"]
    assert marks["right_eye"][0] < marks["nose"][0] < marks["left_eye"][0]
    assert marks["right_eye"][1] < marks["nose"][1] < marks["mouth"][1]
    assert seen["model"]["name"] == "blazeface"
    assert seen["model"]["licence"] == "Apache-2.0"
    assert len(seen["model"]["sha256"]) == 64


def test_boxes_are_in_pixels_of_the_upright_picture_however_large_it_is() -> None:
    large = portrait().resize((2048, 2048))
    turned = large.transpose(Image.Transpose.ROTATE_90)
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(data, "JPEG", exif=exif, quality=90)
    (face,) = facts(data.getvalue(), ["faces"])["faces"]["detections"]
    assert overlap(edges(face), [side * 4 for side in FACE]) > 0.7


def test_options_narrow_what_is_told() -> None:
    sure = {"objects": {"min_confidence": 0.55, "classes": ["person"], "max": 1}}
    (one,) = facts(portrait(), [sure])["objects"]["detections"]
    assert one["label"] == "person"
    none = {"objects": {"classes": ["dog"]}}
    assert not facts(portrait(), [none])["objects"]["detections"]
    none = {"objects": {"min_confidence": 0.99}}
    assert not facts(portrait(), [none])["objects"]["detections"]


def test_smaller_faces_are_found_in_tiles() -> None:
    small = Image.new("RGB", (1600, 1200), (120, 130, 140))
    small.paste(portrait(), (900, 500))
    place = np.array(FACE) + (900, 500, 900, 500)

    def best(**options: Any) -> float:
        found = facts(small, [{"faces": options}])["faces"]["detections"]
        return max((overlap(edges(one), place) for one in found), default=0)

    assert best() < 0.1
    assert best(tiles=True) > 0.7


def test_a_code_tells_what_it_says_and_where() -> None:
    seen = facts(qr(), ["codes"])["codes"]
    (code,) = seen["detections"]
    assert (code["label"], code["text"], code["confidence"]) == ("qr", "worker-image", 1.0)
    assert len(code["corners"]) == 4
    assert code["box"]["left"] >= 40
    assert code["box"]["top"] >= 60
    assert seen["model"] == {"name": "opencv-codes", "sha256": None, "licence": "Apache-2.0"}


def test_a_barcode_is_read() -> None:
    (code,) = facts(ean("4006381333931"), ["codes"])["codes"]["detections"]
    assert (code["label"], code["text"]) == ("ean-13", "4006381333931")


def test_classify_has_no_model_of_its_own() -> None:
    told = answer(portrait(), ["classify"])
    assert (told["code"], told["path"]) == ("invalid_parameter", "analyze[0]")
    assert 'expected a "model"' in told["error"]


@pytest.mark.parametrize("name", ["faces", "objects", "codes"])
@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (1, 1), "red"),
        Image.new("RGB", (10_000, 20), "red"),
        Image.new("RGB", (20, 10_000), "red"),
        Image.new("RGBA", (64, 64), (9, 9, 9, 0)),
        Image.new("CMYK", (64, 48), (9, 99, 9, 9)),
        Image.new("I;16", (64, 48), 900),
        Image.new("1", (64, 48)),
    ],
    ids=["1x1", "wide", "high", "transparent", "cmyk", "16-bit", "1-bit"],
)
def test_awkward_pictures_show_nothing(picture: Image.Image, name: str) -> None:
    data = io.BytesIO()
    picture.save(data, "TIFF" if picture.mode in {"CMYK", "I;16"} else "PNG")
    assert facts(data.getvalue(), [name])[name]["detections"] == []


def test_an_animation_is_seen_by_its_first_frame() -> None:
    data = io.BytesIO()
    other = photograph("rocket.jpg", (512, 512))
    portrait().save(data, "WEBP", save_all=True, append_images=[other], duration=100)
    assert len(facts(data.getvalue(), ["faces"])["faces"]["detections"]) == 1


def test_a_result_is_looked_at_as_it_is() -> None:
    flip = step("flip", direction="horizontal")
    told = done(flip, analyze={"of": "output", "want": ["faces", "header"]})
    (face,) = told["analysis"]["faces"]["detections"]
    assert overlap(edges(face), (512 - FACE[2], FACE[1], 512 - FACE[0], FACE[3])) > 0.75


def test_text_is_read_once_and_is_where_it_says() -> None:
    page = photograph("page.png")
    crop = step("crop", to="text")
    told = done(crop, picture=page, analyze=[{"text": {"max": 3}}])
    seen = told["analysis"]["text"]
    assert [one["label"] for one in seen["detections"]] == ["text"] * 3
    assert "Region-based segmentation" in [one["text"] for one in seen["detections"]]
    assert len(seen["detections"][0]["corners"]) == 4
    assert seen["model"]["name"].startswith("rapidocr-")
    assert told["steps"][0]["height"] < page.height


@pytest.mark.parametrize("size", [(1, 1), (10_000, 20)])
def test_no_text_is_read_where_there_is_none(size: tuple[int, int]) -> None:
    assert facts(Image.new("RGB", size, "white"), ["text"])["text"]["detections"] == []
