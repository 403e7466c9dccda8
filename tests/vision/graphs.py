"""ONNX graphs whose answers are known exactly, in every layout that is read.

A graph finds the one rectangle of each pure colour: class 0 red, 1 green, 2 blue. Swapped channels
swap the labels, wrong numbers lose boxes, wrong geometry moves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 96
MEAN = np.float32([0.485, 0.456, 0.406])
STD = np.float32([0.229, 0.224, 0.225])
NOTES = {"names": "{0: 'red', 1: 'green', 2: 'blue'}", "imgsz": f"[{SIDE}, {SIDE}]"}
COPIES = 16
"""Boxes of each thing where the reader has to choose one."""
CLASSES = np.eye(3, dtype=np.float32)[None]
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


@dataclass
class Builder:
    """A graph that grows node by node."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def value(self, number: Any) -> str:
        name = f"constant {len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(number), name))
        return name

    def add(self, kind: str, *inputs: Any, name: str = "", **attributes: Any) -> str:
        name = name or f"{kind} {len(self.nodes)}"
        names = [one if isinstance(one, str) else self.value(one) for one in inputs]
        self.nodes.append(helper.make_node(kind, names, [name], **attributes))
        return name

    def built(self, inputs: Any, outputs: Any, notes: dict[str, str] | None = None) -> bytes:
        ports = [
            [helper.make_tensor_value_info(*one) for one in some] for some in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, "oracle", *ports, self.constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        helper.set_model_props(made, notes or {})
        onnx.checker.check_model(made, full_check=True)
        return bytes(made.SerializeToString())


@dataclass
class Seen:
    """Names of what the core of every detector finds."""

    hit: str
    box: str
    """(1, 3, 4): left, top, right, bottom in pixels."""
    score: str


def core(one: Builder, picture: str) -> Seen:
    """Find the pure colours in (1, 3, SIDE, SIDE), red green blue, 0 to 1."""
    kernel = np.full((3, 3, 1, 1), -1, np.float32)
    kernel[range(3), range(3)] = 1
    over = one.add("Greater", one.add("Conv", picture, kernel), np.float32(0.5))
    hit = one.add("Cast", over, to=FLOAT)
    edges = []
    for axis, last in ((2, False), (3, False), (2, True), (3, True)):
        line = one.add("ReduceMax", hit, np.array([axis]), keepdims=0)
        at = one.add("ArgMax", line, axis=2, keepdims=0, select_last_index=int(last))
        edge = one.add("Add", one.add("Cast", at, to=FLOAT), np.float32(last))
        edges.append(one.add("Unsqueeze", edge, np.array([2])))
    box = one.add("Concat", *edges, axis=2)
    there = one.add("ReduceMax", hit, np.array([2, 3]), keepdims=0)
    return Seen(hit, box, one.add("Mul", there, np.float32(0.9)))


def middles(one: Builder, box: str, norm: float = 1) -> str:
    turn = np.float32([[0.5, 0, -1, 0], [0, 0.5, 0, -1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]])
    return one.add("MatMul", box, turn / np.float32(norm))


def scored(one: Builder, seen: Seen) -> str:
    """Return (1, 3, 3): the score of each thing under its own class."""
    return one.add("Mul", one.add("Unsqueeze", seen.score, np.array([2])), CLASSES)


def image(name: str) -> tuple[str, int, list[int]]:
    return name, FLOAT, [1, 3, SIDE, SIDE]


def yolo(*, masks: bool = False) -> bytes:
    one = Builder()
    seen = core(one, "images")
    parts = [middles(one, seen.box), scored(one, seen)]
    outputs: list[Any] = [("output0", FLOAT, [1, 10 if masks else 7, 3 * COPIES])]
    if masks:
        parts.append(one.add("Identity", CLASSES))
        parts[-1] = parts[-1]
        sided = one.add("Mul", one.add("Sub", seen.hit, np.float32(0.5)), np.float32(20))
        one.add("AveragePool", sided, name="output1", kernel_shape=[4, 4], strides=[4, 4])
        outputs.append(("output1", FLOAT, [1, 3, SIDE // 4, SIDE // 4]))
    rows = one.add("Concat", *parts, axis=2)
    many = one.add("Concat", *[rows] * COPIES, axis=1)
    one.add("Transpose", many, name="output0", perm=[0, 2, 1])
    return one.built([image("images")], outputs, NOTES)


def yolo_end() -> bytes:
    one = Builder()
    seen = core(one, "images")
    score = one.add("Unsqueeze", seen.score, np.array([2]))
    labels = np.float32([0, 1, 2]).reshape(1, 3, 1)
    one.add("Concat", seen.box, score, labels, name="output0", axis=2)
    notes = {**NOTES, "end2end": "True"}
    return one.built([image("images")], [("output0", FLOAT, [1, 3, 6])], notes)


def yolox() -> bytes:
    """Rows of the first three cells of the finest grid; the others are empty."""
    one = Builder()
    levels = one.add("Gather", "images", np.array([2, 1, 0]), axis=1)  # blue came first
    seen = core(one, one.add("Div", levels, np.float32(255)))
    rows = one.add("Div", middles(one, seen.box), np.float32(8))
    places = one.add("Slice", rows, np.array([0]), np.array([2]), np.array([2]))
    spans = one.add("Slice", rows, np.array([2]), np.array([4]), np.array([2]))
    cells = np.float32([[0, 0], [1, 0], [2, 0]])[None]
    sure = np.ones((1, 3, 1), np.float32)
    parts = [one.add("Sub", places, cells), one.add("Log", spans), sure, scored(one, seen)]
    first = one.add("Concat", *parts, axis=2)
    empty = np.zeros((1, 12**2 + 6**2 + 3**2 - 3, 8), np.float32)
    one.add("Concat", first, empty, name="output", axis=1)
    return one.built([image("images")], [("output", FLOAT, [1, 189, 8])])


def detr_deploy() -> bytes:
    one = Builder()
    seen = core(one, "images")
    size = one.add("Cast", "orig_target_sizes", to=FLOAT)
    sizes = one.add("Unsqueeze", one.add("Concat", size, size, axis=1), np.array([1]))
    one.add("Mul", one.add("Div", seen.box, np.float32(SIDE)), sizes, name="boxes")
    one.add("Identity", seen.score, name="scores")
    one.add("Identity", np.array([[0, 1, 2]]), name="labels")
    outputs = [("labels", INT64, [1, 3]), ("boxes", FLOAT, [1, 3, 4]), ("scores", FLOAT, [1, 3])]
    return one.built([image("images"), ("orig_target_sizes", INT64, [1, 2])], outputs)


def detr(source: str, boxes: str, logits: str, *, normalised: bool, masks: bool = False) -> bytes:
    """RF-DETR, or what transformers exports; the fourth class is no thing."""
    one = Builder()
    picture = source
    if normalised:
        scaled = one.add("Mul", source, STD.reshape(1, 3, 1, 1))
        picture = one.add("Add", scaled, MEAN.reshape(1, 3, 1, 1))
    seen = core(one, picture)
    one.add("Identity", middles(one, seen.box, SIDE), name=boxes)
    score = one.add("Unsqueeze", seen.score, np.array([2]))
    ways = np.concatenate([CLASSES * 8, np.zeros((1, 3, 1), np.float32)], 2)
    one.add("Sub", one.add("Mul", score, ways), np.float32(4), name=logits)
    outputs: list[Any] = [(boxes, FLOAT, [1, 3, 4]), (logits, FLOAT, [1, 3, 4])]
    if masks:
        sided = one.add("Mul", one.add("Sub", seen.hit, np.float32(0.5)), np.float32(20))
        one.add("AveragePool", sided, name="masks", kernel_shape=[4, 4], strides=[4, 4])
        outputs.append(("masks", FLOAT, [1, 3, SIDE // 4, SIDE // 4]))
    return one.built([image(source)], outputs)


def rf_detr(*, masks: bool = False) -> bytes:
    return detr("input", "dets", "labels", normalised=True, masks=masks)


def transformers() -> bytes:
    return detr("pixel_values", "pred_boxes", "logits", normalised=False)


def mask(*, logits: bool = False) -> bytes:
    """Everything of a pure colour is foreground; ImageNet's numbers."""
    one = Builder()
    scaled = one.add("Mul", "input", STD.reshape(1, 3, 1, 1))
    seen = core(one, one.add("Add", scaled, MEAN.reshape(1, 3, 1, 1)))
    share = one.add("ReduceMax", seen.hit, np.array([1]), keepdims=1)
    if logits:
        share = one.add("Mul", one.add("Sub", share, np.float32(0.5)), np.float32(20))
    one.add("Identity", share, name="mask")
    return one.built([image("input")], [("mask", FLOAT, [1, 1, SIDE, SIDE])])


def upscale(factor: int = 2) -> bytes:
    """Blur over 5 x 5 pixels, then repeat each; any size. A wrong tiling shows as a seam."""
    one = Builder()
    kernel = np.zeros((3, 3, 5, 5), np.float32)
    kernel[range(3), range(3)] = 1 / 25
    blurred = one.add("Conv", "input", kernel, pads=[2, 2, 2, 2])
    scales = one.value(np.float32([1, 1, factor, factor]))
    one.add("Resize", blurred, "", scales, name="output", mode="nearest",
            coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip
    sides = [1, 3, "h", "w"], [1, 3, "h2", "w2"]
    return one.built([("input", FLOAT, sides[0])], [("output", FLOAT, sides[1])])


def scores() -> bytes:
    """How much of the picture has each pure colour, as logits."""
    one = Builder()
    seen = core(one, "images")
    share = one.add("ReduceMean", seen.hit, np.array([2, 3]), keepdims=0)
    one.add("Mul", share, np.float32(20), name="scores")
    return one.built([image("images")], [("scores", FLOAT, [1, 3])], NOTES)


DETECTORS = {
    "yolo": yolo,
    "yolo-end": yolo_end,
    "yolox": yolox,
    "detr-deploy": detr_deploy,
    "rf-detr": rf_detr,
    "transformers": transformers,
}


@cache
def detector(name: str) -> bytes:
    return DETECTORS[name]()
