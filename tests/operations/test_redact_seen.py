"""Redaction of what detectors find: nothing is found again, and nothing passes when they fail."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import skimage
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from pydantic import ValidationError

from image_worker import extras
from image_worker.errors import ModelError, StillSeenError, TooLittleFoundError
from image_worker.vision import Sight, Wanted
from tests.job.making import bytes_in, step, text_of, worker
from tests.operations.laying import flat
from tests.operations.moving import codes, levels, made, numbered, picture
from tests.operations.seen import array, seeing_with
from tests.pictures import encoded, photograph

if TYPE_CHECKING:
    from pathlib import Path

    from image_worker.picture import Picture

FACE = (182, 82, 275, 176)
"""The astronaut's face."""

ARTIST, DETAILS, USER_COMMENT = 0x13B, 0x8769, 0x9286
"""Tags of EXIF."""

METHODS = ("pixelate", "blur", "fill")
each_method = pytest.mark.parametrize("method", METHODS)


def redacted(*frames: Any, **parameters: Any) -> Picture:
    return made("redact", **parameters).run(picture(*frames))


def regions(result: Picture) -> list[dict[str, int]]:
    return list(dict(result.details)["regions"])


@each_method
def test_a_face_is_hidden_with_what_is_around_it(method: str) -> None:
    before = array("astronaut.png")
    result = redacted(before, regions="faces", method=method)
    (region,) = regions(result)
    left, top, right, bottom = region.values()
    assert left < FACE[0] - 10
    assert top < FACE[1] - 10
    assert right > FACE[2] + 10
    assert bottom > FACE[3] + 10
    after = levels(result)
    inside = after[top:bottom, left:right]
    assert method == "blur" or len({tuple(one) for one in inside.reshape(-1, 3)}) <= 16
    after[top:bottom, left:right] = before[top:bottom, left:right]
    assert np.array_equal(after, before)


@each_method
@pytest.mark.parametrize("name", ["astronaut.png", "camera.png"])
@pytest.mark.parametrize("tiles", [False, True])
def test_no_detector_finds_it_again(name: str, method: str, *, tiles: bool) -> None:
    looked = {"detect": "faces", "tiles": tiles}
    result = redacted(array(name), regions=looked, method=method, verify=True)
    assert not result.detect(Wanted("faces", tiles=tiles), afresh=True).detections


def test_small_faces_of_many_people_are_not_found_again() -> None:
    """One sheet of 12 faces, which only tiles can find."""
    faces = skimage.data.lfw_subset()[:12]
    sheet = np.full((600, 800), 90, np.uint8)
    for number, face in enumerate(faces):
        row, column = divmod(number, 4)
        large = cv2.resize((face * 255).clip(0, 255).astype(np.uint8), (120, 120))
        sheet[row * 200 + 40 :][:120, column * 200 + 40 :][:, :120] = large
    looked = {"detect": "faces", "tiles": True}
    result = redacted(np.dstack([sheet] * 3), regions=looked, verify=True)
    assert len(regions(result)) >= 10
    assert not result.detect(Wanted("faces", tiles=True), afresh=True).detections


def test_fewer_than_required_is_an_error() -> None:
    assert redacted(array("astronaut.png"), regions="faces", require=1)
    with pytest.raises(TooLittleFoundError, match="expected 2 or more"):
        redacted(array("astronaut.png"), regions=["faces", {"right": 9}], require=2)
    with pytest.raises(TooLittleFoundError):  # in the second frame
        redacted(array("astronaut.png"), flat((9,) * 3, 512, 512), regions="faces", require=1)


def test_nothing_found_is_told() -> None:
    result = redacted(array("coffee.png"), regions="faces")
    assert codes(result) == ["nothing_to_hide"]
    assert np.array_equal(levels(result), array("coffee.png"))


def test_each_frame_is_looked_at() -> None:
    still = array("astronaut.png")
    moved = np.roll(still, 150, axis=1)
    result = redacted(still, moved, regions="faces", method="fill", color="#010203")
    for index, shift in enumerate((0, 150)):
        x, y = FACE[0] + 40 + shift, FACE[1] + 40
        assert levels(result, index)[y, x].tolist() == [1, 2, 3]
        assert levels(result, index)[y, x + 150 - 300 * index].tolist() != [1, 2, 3]


def test_what_is_left_after_hiding_is_hidden_too_or_the_job_fails(tmp_path: Path) -> None:
    """This detector sees a face whatever is hidden."""
    start = seeing_with(picture(numbered(96, 96)), tmp_path, mine=("faces", everywhere()))
    with pytest.raises(StillSeenError):
        made("redact", regions="faces", verify=True, method="fill").run(start)
    assert made("redact", regions="faces", method="fill").run(start)


def everywhere() -> bytes:
    """Return a detector that finds a face in the middle of every picture."""
    row = np.zeros((1, 5, 1), np.float32)
    row[0, :, 0] = (48, 48, 30, 30, 0.9)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "none"], ["zero"]),
        helper.make_node("Add", ["row", "zero"], ["output0"]),
    ]
    constants = [
        numpy_helper.from_array(row, "row"),
        numpy_helper.from_array(np.float32(0), "none"),
    ]
    ports = [("images", [1, 3, 96, 96]), ("output0", [1, 5, 1])]
    taken, given = (helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in ports)
    graph = helper.make_graph(nodes, "oracle", [taken], [given], constants)
    opset = [helper.make_opsetid("", 18)]
    return bytes(helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString())


def test_a_detector_that_is_missing_fails_the_job(tmp_path: Path) -> None:
    start = seeing_with(picture(numbered(96, 96)), tmp_path, mine=("faces", everywhere()))
    (tmp_path / "mine.onnx").write_bytes(b"damaged")
    with pytest.raises(ModelError):
        made("redact", regions="faces").run(start)
    (tmp_path / "mine.onnx").unlink()
    with pytest.raises(ModelError):
        made("redact", regions="faces").run(start)


def test_without_the_extra_the_job_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.EXTRAS, "vision", ("no_such_module",))
    answer = answered_with(step("redact", regions="faces"))
    assert (answer["code"], answer["path"]) == ("needs_extra", "operations[0].params.regions")
    assert "vision" in answer["error"]
    assert answered_with(step("redact", regions={"right": 9}))["success"]


def answered_with(*operations: dict[str, Any], data: bytes = b"", **more: Any) -> dict[str, Any]:
    source = {"base64": text_of(data or encoded(photograph(size=(90, 60))))}
    return worker().answer({"image": source, "operations": list(operations), **more})


def test_no_trace_is_left_in_the_bytes() -> None:
    """A thumbnail, EXIF, XMP and data behind the end all show the face or tell of it."""
    portrait = photograph("astronaut.png")
    small = encoded(portrait.resize((128, 128)), "JPEG")
    secret = b"made-by-the-astronaut-herself"
    exif = Image.Exif()
    exif[ARTIST] = secret.decode()
    exif.get_ifd(DETAILS)[USER_COMMENT] = b"ASCII\0\0\0" + small
    buffer = io.BytesIO()
    xmp = b"<x:xmpmeta>" + secret + b"</x:xmpmeta>"
    portrait.save(buffer, "JPEG", quality=90, exif=exif, xmp=xmp, comment=secret)
    data = buffer.getvalue() + secret + small
    assert data.count(secret) == 4
    for output in ({"format": name} for name in ("JPEG", "WEBP", "PNG", "TIFF", "AVIF")):
        answer = answered_with(step("redact", regions="faces", require=1), data=data, output=output)
        assert answer["success"], answer
        assert answer["cache"] == "off"
        written = bytes_in(answer)
        assert secret not in written
        assert small[-300:-240] not in written
        assert b"Exif" not in written or output["format"] != "JPEG"
        assert not found_in(written)


def found_in(data: bytes) -> tuple[Any, ...]:
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    start = picture(image)
    assert isinstance(start.sight, Sight)
    return start.detect(Wanted("faces")).detections


@pytest.mark.parametrize(
    "parameters",
    [{"regions": {"right": 9}, "require": 1}, {"regions": "faces", "require": 0}],
)
def test_what_means_nothing_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("redact", **parameters)
