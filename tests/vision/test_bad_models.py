"""Model files and outputs of no use: each is an error that says so, and the next model works."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from image_worker.errors import InvalidParameterError, ModelError, ModelMissingError
from image_worker.fields import Size
from image_worker.vision import Sight, Wanted
from image_worker.vision.models import Models
from image_worker.vision.places import Places
from image_worker.vision.table import built_in
from tests.vision import graphs
from tests.vision.oracles import SCENES, spec, vips

if TYPE_CHECKING:
    from pathlib import Path

GOOD = graphs.detector("yolo-end")


def look(folder: Path, data: bytes, **more: Any) -> Any:
    """Look at a picture by a model that is this file."""
    (folder / "x.onnx").write_bytes(data)
    table = {**built_in(), "x": spec(**more)}
    models = Models(table, Places((str(folder),)))
    levels = SCENES[0].levels
    size = Size(levels.shape[1], levels.shape[0])
    return Sight(lambda: models).detect(Wanted("objects", "x"), vips(levels), size)


def constant(*outputs: tuple[str, Any], names: str = "") -> bytes:
    """Return a model that gives these whatever it sees."""
    one = graphs.Builder()
    for name, values in outputs:
        one.add("Identity", values, name=name)
    ports = [(name, TensorProto.FLOAT, list(np.shape(values))) for name, values in outputs]
    notes = {"names": names, "end2end": "True"} if names else {}
    return one.built([graphs.image("images")], ports, notes)


def rows(*numbers: list[float]) -> bytes:
    return constant(("output0", np.float32([numbers])), names="{0: 'thing'}")


def test_the_good_one_is_good(tmp_path: Path) -> None:
    assert look(tmp_path, GOOD).detections


@pytest.mark.parametrize("left", [0, 1, 100, len(GOOD) // 2, len(GOOD) - 1])
def test_a_truncated_file(tmp_path: Path, left: int) -> None:
    with pytest.raises(ModelError, match=r'"x" (cannot be loaded|gave|is of no kind)'):
        look(tmp_path, GOOD[:left])


def test_another_digest(tmp_path: Path) -> None:
    digest = hashlib.sha256(GOOD).hexdigest()
    assert look(tmp_path, GOOD, sha256=digest).model.sha256 == digest
    with pytest.raises(ModelError, match=f"has the digest .*, expected {digest}"):
        look(tmp_path, GOOD + b"\0", sha256=digest)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="image-worker models pull x"):
        look(tmp_path, GOOD, file="another.onnx")


def test_weights_outside_of_the_file_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = numpy_helper.from_array(np.zeros((1, 3, 6), np.float32), "kept")
    one = helper.make_model(
        helper.make_graph(
            [helper.make_node("Identity", ["kept"], ["output0"])],
            "outside",
            [helper.make_tensor_value_info(*graphs.image("images"))],
            [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 3, 6])],
            [outside],
        ),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
    )
    monkeypatch.chdir(tmp_path)
    onnx.save(one, "y.onnx", save_as_external_data=True, location="y.data", size_threshold=0)
    assert (tmp_path / "y.data").exists()
    with pytest.raises(ModelError, match="cannot be loaded"):
        look(tmp_path, (tmp_path / "y.onnx").read_bytes())


def test_a_foreign_operator(tmp_path: Path) -> None:
    one = helper.make_model(
        helper.make_graph(
            [helper.make_node("Sorcery", ["images"], ["output0"], domain="elsewhere")],
            "foreign",
            [helper.make_tensor_value_info(*graphs.image("images"))],
            [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 3, 6])],
        ),
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("elsewhere", 1)],
        ir_version=9,
    )
    with pytest.raises(ModelError, match="cannot be loaded"):
        look(tmp_path, one.SerializeToString())


def test_scores_that_are_no_numbers(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gave NaN"):
        look(tmp_path, rows([0, 0, 9, 9, float("nan"), 0]))


def test_boxes_without_end(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="without end"):
        look(tmp_path, rows([0, 0, float("inf"), 9, 0.9, 0]))


def test_boxes_outside_or_of_no_size_are_none(tmp_path: Path) -> None:
    outside, turned, good = [-50, -50, -9, -9], [60, 60, 20, 20], [10, 10, 30, 30]
    boxes = [[*edges, 0.9, 0.0] for edges in (outside, turned, [500, 1, 600, 9], good)]
    assert len(look(tmp_path, rows(*boxes)).detections) == 1


def test_a_class_without_a_label_is_none(tmp_path: Path) -> None:
    assert not look(tmp_path, rows([10, 10, 30, 30, 0.9, 7])).detections


@pytest.mark.parametrize("shape", [(1, 6), (1, 3, 7, 9, 2), (1, 5, 5), (1,), (0, 3, 6)])
def test_wild_shapes(tmp_path: Path, shape: tuple[int, ...]) -> None:
    data = constant(("output0", np.zeros(shape, np.float32)))
    with pytest.raises(ModelError, match=r"of no kind|do not fit|labels"):
        look(tmp_path, data, labels=("a", "b"))


@pytest.mark.parametrize("layout", ["yolo", "yolo-end", "yolox", "detr", "detr-deploy", "ssd"])
def test_the_wrong_layout(tmp_path: Path, layout: str) -> None:
    with pytest.raises(ModelError, match="do not fit"):
        look(tmp_path, constant(("output0", np.zeros((1, 4, 5), np.float32))), layout=layout)


def test_ten_million_boxes(tmp_path: Path) -> None:
    one = graphs.Builder()
    many = one.value(np.array([1, 10_000_000, 6]))
    fill = helper.make_tensor("fill", TensorProto.FLOAT, [1], [0.9])
    one.add("ConstantOfShape", many, name="output0", value=fill)
    ports = [("output0", TensorProto.FLOAT, [1, "boxes", 6])]
    with pytest.raises(ModelError, match="more than 1,000,000 boxes"):
        look(tmp_path, one.built([graphs.image("images")], ports, {"end2end": "True"}))


def test_more_numbers_than_anybody_needs_are_not_even_computed(tmp_path: Path) -> None:
    one = graphs.Builder()
    one.add("ConstantOfShape", one.value(np.array([1, 3, 60_000, 60_000])), name="output0")
    ports = [("output0", TensorProto.FLOAT, [1, 3, 60_000, 60_000])]
    with pytest.raises(ModelError, match="10,800,000,000 numbers"):
        look(tmp_path, one.built([graphs.image("images")], ports))


def test_an_unknown_model_and_an_unknown_label(tmp_path: Path) -> None:
    levels, models = SCENES[0].levels, Models()
    sight, size = Sight(lambda: models), Size(*levels.shape[1::-1])
    with pytest.raises(InvalidParameterError, match='did you mean "ssd-mobilenet"'):
        sight.detect(Wanted("objects", "ssd-mobile"), vips(levels), size)
    with pytest.raises(InvalidParameterError, match='"blazeface" is for faces'):
        sight.detect(Wanted("objects", "blazeface"), vips(levels), size)
    with pytest.raises(InvalidParameterError, match='called "dgo"; did you mean "dog"'):
        sight.detect(Wanted("objects", classes=("dgo",)), vips(levels), size)
    with pytest.raises(InvalidParameterError, match="text has none"):
        sight.detect(Wanted("text", "ssd-mobilenet"), vips(levels), size)
