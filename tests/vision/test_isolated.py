"""Models in children: from a folder of the user's, and where they hang."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from PIL import Image

from image_worker.engine import RenderRequest
from image_worker.engine.isolated import IsolatedEngine, Isolation
from image_worker.errors import ImageWorkerError, JobTimeoutError, ModelError
from image_worker.limits import Limits
from image_worker.vision.setup import Setup
from tests.job.making import job
from tests.pictures import encoded
from tests.vision import graphs
from tests.vision.oracles import SCENES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = """
[good]
task = "objects"
file = "good.onnx"
licence = "MIT"
[broken]
task = "objects"
file = "broken.onnx"
licence = "MIT"
[endless]
task = "objects"
file = "endless.onnx"
licence = "MIT"
"""


def endless() -> bytes:
    """Return a model that adds one and one for hours."""
    one = graphs.Builder()
    number = helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1, 3, 6])
    went = helper.make_tensor_value_info("went", TensorProto.BOOL, [])
    came = helper.make_tensor_value_info("more", TensorProto.BOOL, [])
    count = helper.make_tensor_value_info("count", TensorProto.INT64, [])
    after = helper.make_tensor_value_info("after", TensorProto.FLOAT, [1, 3, 6])
    nodes = [
        helper.make_node("Identity", ["more"], ["went"]),
        helper.make_node("Add", ["sum", "sum"], ["after"]),
    ]
    body = helper.make_graph(nodes, "body", [count, came, number], [went, after])
    start = np.zeros((1, 3, 6), np.float32)
    one.add("Loop", np.array(10**12), np.array(True), start, name="output0", body=body)  # noqa: FBT003
    ports = [("output0", TensorProto.FLOAT, [1, 3, 6])]
    return one.built([graphs.image("images")], ports, {"end2end": "True"})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[IsolatedEngine]:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "good.onnx").write_bytes(graphs.detector("yolo-end"))
    (folder / "broken.onnx").write_bytes(graphs.detector("yolo-end")[:-9])
    (folder / "endless.onnx").write_bytes(endless())
    table = tmp_path / "models.toml"
    table.write_text(TABLE)
    setup = Setup(table=str(table), folders=(str(folder),), preload=("good", "broken"))
    made = IsolatedEngine(Isolation(children=1, job_seconds=5, models=setup))
    yield made
    made.close()


def looked(engine: IsolatedEngine, model: str) -> Any:
    data = encoded(Image.fromarray(SCENES[0].levels))
    digest = hashlib.sha256(data).hexdigest()
    want = [{"objects": {"model": model}}]
    recipe = job(image={"given": digest}, analyze=want, output={"format": "JSON"})
    request = RenderRequest(json.dumps(recipe), {digest: data}, Limits())
    return engine.run(request).analysis["objects"]


def test_each_fault_costs_its_own_job_only(engine: IsolatedEngine) -> None:
    assert len(looked(engine, "good")["detections"]) == len(SCENES[0].things)
    with pytest.raises(ModelError, match="cannot be loaded"):
        looked(engine, "broken")
    with pytest.raises(ImageWorkerError, match='did you mean "good"'):
        looked(engine, "god")
    with pytest.raises(JobTimeoutError):
        looked(engine, "endless")
    assert looked(engine, "good")["model"]["licence"] == "MIT"
