"""Writes the models of `src/image_worker/vision/vendor/` again, from the packages that carry them.

    uv run tools/convert_models.py MEDIAPIPE_WHEEL OBJECTRON_TGZ

The files are TFLite; ONNX needs one runtime for them and for every model that people bring. Weights
are taken as they are, in 16 bits; only their axes are put into ONNX's order. It prints by how much
the outputs differ from those of the original files in LiteRT.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy", "onnx==1.23.2", "tflite==2.18.0", "ai-edge-litert", "onnxruntime"]
# ///

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

VENDOR = Path(__file__).parents[1] / "src/image_worker/vision/vendor"
MODULES = "mediapipe/modules"
ASSETS = "package/objectron_solution_packed_assets.data"
LABELS = 184
"""Bytes of labels in front of the detector in its package."""

FACES = f"{MODULES}/face_detection/face_detection_short_range.tflite"
PEOPLE = f"{MODULES}/selfie_segmentation/selfie_segmentation.tflite"
PEOPLE_WIDE = f"{MODULES}/selfie_segmentation/selfie_segmentation_landscape.tflite"
PACKAGES = {
    "mediapipe (PyPI)": "0.10.21",
    "@mediapipe/objectron (npm)": "0.4.1675468480",
}

_SAME, _TO_FIRST, _TO_LAST = 0, (0, 3, 1, 2), (0, 2, 3, 1)
_ACTIVATIONS = {0: None, 1: "Relu", 3: "Relu6"}
_KINDS = {value: name for name, value in vars(tflite.BuiltinOperator).items() if name.isupper()}
_PLAIN = {
    "RELU": "Relu",
    "LOGISTIC": "Sigmoid",
    "HARD_SWISH": "HardSwish",
    "ADD": "Add",
    "MUL": "Mul",
}
_TYPES = {0: np.float32, 1: np.float16, 2: np.int32}


class Converter:
    """One TFLite graph on its way to ONNX; images stand channels first all the way."""

    def __init__(self, data: bytes) -> None:
        self.model = tflite.Model.GetRootAs(data, 0)
        self.graph = self.model.Subgraphs(0)
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def convert(self, name: str, names: dict[str, str]) -> onnx.ModelProto:
        for index in range(self.graph.OperatorsLength()):
            self._operator(self.graph.Operators(index))
        inputs = [self._described(int(i)) for i in self.graph.InputsAsNumpy()]
        outputs = [self._described(int(i)) for i in self.graph.OutputsAsNumpy()]
        graph = helper.make_graph(self.nodes, name, inputs, outputs, [*self.constants.values()])
        opset = [helper.make_opsetid("", 18)]
        made = helper.make_model(
            graph, opset_imports=opset, ir_version=9, producer_name="worker-image"
        )
        helper.set_model_props(made, names)
        onnx.checker.check_model(made, full_check=True)
        return made

    def _described(self, index: int) -> Any:
        shape = self._shape(index)
        if len(shape) == 4:
            shape = [shape[axis] for axis in _TO_FIRST]
        return helper.make_tensor_value_info(self._name(index), TensorProto.FLOAT, shape)

    def _name(self, index: int) -> str:
        return str(self.graph.Tensors(index).Name().decode())

    def _shape(self, index: int) -> list[int]:
        return [int(side) for side in self.graph.Tensors(index).ShapeAsNumpy()]

    def _values(self, index: int) -> Any:
        """Return the numbers that stand in the file, or nothing where they are computed."""
        tensor = self.graph.Tensors(index)
        stored = self.model.Buffers(tensor.Buffer())
        if not stored.DataLength():
            return None
        values = np.frombuffer(stored.DataAsNumpy().tobytes(), _TYPES[tensor.Type()])
        return values.reshape(self._shape(index))

    def _weights(self, index: int) -> Any:
        """Return weights, which are 16 bits in the file and made 32 by an operator."""
        stored = self._values(index)
        return self.halves[self._name(index)] if stored is None else stored

    def _constant(self, name: str, values: Any) -> str:
        """Keep numbers, and return the name under which they are 32 bits wide."""
        values = np.ascontiguousarray(values)
        if values.dtype != np.float16:
            self.constants[name] = numpy_helper.from_array(values, name)
            return name
        half = f"{name}:half"
        self.constants[half] = numpy_helper.from_array(values, half)
        self._add("Cast", [half], name, to=TensorProto.FLOAT)
        return name

    def _add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    halves: dict[str, Any] = {}

    def _operator(self, operator: Any) -> None:
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        kind = _KINDS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        inputs = [int(i) for i in operator.InputsAsNumpy()]
        output = int(operator.OutputsAsNumpy()[0])
        if kind == "DEQUANTIZE":
            self.halves = {**self.halves, self._name(output): self._values(inputs[0])}
        elif kind in _PLAIN:
            self._elementwise(_PLAIN[kind], operator, inputs, output)
        else:
            {
                "CONV_2D": self._conv,
                "DEPTHWISE_CONV_2D": self._depthwise,
                "CUSTOM": self._transposed,
                "PAD": self._pad,
                "RESHAPE": self._reshape,
                "CONCATENATION": self._concatenation,
                "MAX_POOL_2D": self._pool,
                "AVERAGE_POOL_2D": self._pool,
                "MEAN": self._mean,
                "RESIZE_BILINEAR": self._resize,
            }[kind](operator, inputs, output)

    def _options(self, operator: Any, kind: Any) -> Any:
        options = kind()
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def _activated(
        self, kind: str, inputs: list[str], output: int, activation: int, **more: Any
    ) -> None:
        """Add a node, and the activation that TFLite does within it."""
        then, name = _ACTIVATIONS[activation], self._name(output)
        self._add(kind, inputs, f"{name}:raw" if then else name, **more)
        if then == "Relu":
            self._add("Relu", [f"{name}:raw"], name)
        elif then:
            bounds = [self._constant(f"{end}", np.float32(end)) for end in (0, 6)]
            self._add("Clip", [f"{name}:raw", *bounds], name)

    def _elementwise(self, kind: str, operator: Any, inputs: list[int], output: int) -> None:
        options = {"Add": tflite.AddOptions, "Mul": tflite.MulOptions}.get(kind)
        activation = self._options(operator, options).FusedActivationFunction() if options else 0
        names = [self._image(index) for index in inputs]
        self._activated(kind, names, output, activation)

    def _image(self, index: int) -> str:
        """Return the name of a picture; a constant one is put channels first."""
        name = self._name(index)
        values = self.halves.get(name, self._values(index))
        if values is None:
            return name
        return self._constant(name, values.transpose(_TO_FIRST) if values.ndim == 4 else values)

    def _conv(self, operator: Any, inputs: list[int], output: int) -> None:
        options = self._options(operator, tflite.Conv2DOptions)
        weights = self._weights(inputs[1]).transpose(_TO_FIRST)
        self._convolved(options, inputs, output, weights, 1)

    def _depthwise(self, operator: Any, inputs: list[int], output: int) -> None:
        options = self._options(operator, tflite.DepthwiseConv2DOptions)
        weights = self._weights(inputs[1]).transpose(3, 0, 1, 2)
        self._convolved(options, inputs, output, weights, weights.shape[0])

    def _convolved(
        self, options: Any, inputs: list[int], output: int, weights: Any, groups: int
    ) -> None:
        strides = [options.StrideH(), options.StrideW()]
        dilations = [options.DilationHFactor(), options.DilationWFactor()]
        kernel = [int(side) for side in weights.shape[2:]]
        pads = self._pads(options, inputs[0], kernel, strides, dilations)
        names = [
            self._image(inputs[0]),
            self._constant(self._name(inputs[1]), weights),
            self._constant(self._name(inputs[2]), self._weights(inputs[2])),
        ]
        self._activated(
            "Conv", names, output, options.FusedActivationFunction(),
            kernel_shape=kernel, strides=strides, dilations=dilations, pads=pads, group=groups,
        )  # fmt: skip

    def _pads(self, options: Any, source: int, kernel: list[int], strides: list[int],
              dilations: tuple[int, ...] | list[int] = (1, 1)) -> list[int]:  # fmt: skip
        if options.Padding() != _SAME:
            return [0, 0, 0, 0]
        total = []
        for side, reach, stride, dilation in zip(
            self._shape(source)[1:3], kernel, strides, dilations, strict=True
        ):
            wide = (reach - 1) * dilation + 1
            total.append(max(0, (-(-side // stride) - 1) * stride + wide - side))
        return [total[0] // 2, total[1] // 2, total[0] - total[0] // 2, total[1] - total[1] // 2]

    def _transposed(self, operator: Any, inputs: list[int], output: int) -> None:
        """Each pixel becomes a patch as large as the stride; the kernel is no larger."""
        weights = self._weights(inputs[1]).transpose(3, 0, 1, 2)
        kernel = [int(side) for side in weights.shape[2:]]
        names = [
            self._image(inputs[0]),
            self._constant(self._name(inputs[1]), weights),
            self._constant(self._name(inputs[2]), self._weights(inputs[2])),
        ]
        self._add("ConvTranspose", names, self._name(output), kernel_shape=kernel, strides=kernel)

    def _pad(self, operator: Any, inputs: list[int], output: int) -> None:
        around = self._values(inputs[1])[list(_TO_FIRST)].T.reshape(-1).astype(np.int64)
        pads = self._constant(f"{self._name(output)}:pads", around)
        self._add("Pad", [self._image(inputs[0]), pads], self._name(output))

    def _reshape(self, operator: Any, inputs: list[int], output: int) -> None:
        name, source = self._name(output), self._image(inputs[0])
        if len(self._shape(inputs[0])) == 4:
            self._add("Transpose", [source], f"{name}:last", perm=_TO_LAST)
            source = f"{name}:last"
        shape = self._constant(f"{name}:shape", np.array(self._shape(output), np.int64))
        if len(self._shape(output)) == 4:
            self._add("Reshape", [source, shape], f"{name}:shaped")
            self._add("Transpose", [f"{name}:shaped"], name, perm=_TO_FIRST)
        else:
            self._add("Reshape", [source, shape], name)

    def _concatenation(self, operator: Any, inputs: list[int], output: int) -> None:
        axis = self._options(operator, tflite.ConcatenationOptions).Axis()
        if len(self._shape(output)) == 4:
            axis = _TO_FIRST.index(axis)
        self._add("Concat", [self._name(index) for index in inputs], self._name(output), axis=axis)

    def _pool(self, operator: Any, inputs: list[int], output: int) -> None:
        options = self._options(operator, tflite.Pool2DOptions)
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        most = _KINDS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())] == "MAX_POOL_2D"
        kernel = [options.FilterHeight(), options.FilterWidth()]
        strides = [options.StrideH(), options.StrideW()]
        self._add(
            "MaxPool" if most else "AveragePool", [self._image(inputs[0])], self._name(output),
            kernel_shape=kernel, strides=strides,
            pads=self._pads(options, inputs[0], kernel, strides),
        )  # fmt: skip

    def _mean(self, operator: Any, inputs: list[int], output: int) -> None:
        axes = self._constant("rows and columns", np.array([2, 3], np.int64))
        self._add("ReduceMean", [self._image(inputs[0]), axes], self._name(output), keepdims=1)

    def _resize(self, operator: Any, inputs: list[int], output: int) -> None:
        options = self._options(operator, tflite.ResizeBilinearOptions)
        _, height, width, channels = self._shape(output)
        name = self._name(output)
        sizes = self._constant(f"{name}:sizes", np.array([1, channels, height, width], np.int64))
        way = (
            "align_corners"
            if options.AlignCorners()
            else "half_pixel"
            if options.HalfPixelCenters()
            else "asymmetric"
        )
        self._add(
            "Resize", [self._image(inputs[0]), "", "", sizes], name,
            mode="linear", coordinate_transformation_mode=way,
        )  # fmt: skip


def originals(wheel: Path, package: Path) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Return the TFLite files by the names that they get, and what is noted in them."""
    with tarfile.open(package) as packed:
        assets = packed.extractfile(ASSETS)
        assert assets
        whole = assets.read()
    with zipfile.ZipFile(wheel) as packed:
        faces, people, wide = (packed.read(name) for name in (FACES, PEOPLE, PEOPLE_WIDE))
    labels = dict(enumerate(whole[:LABELS].decode().strip().split("\n")))
    names = {number: label.lower() for number, label in labels.items() if number}
    return {
        "blazeface.onnx": (faces, {}),
        "selfie.onnx": (people, {}),
        "selfie_wide.onnx": (wide, {}),
        "ssd_mobilenet.onnx": (whole[LABELS:], {"names": repr(names)}),
    }


def difference(original: bytes, converted: bytes) -> float:
    """Return by how much the outputs differ at most, on noise."""
    import onnxruntime
    from ai_edge_litert.interpreter import Interpreter

    session = onnxruntime.InferenceSession(converted)
    (taken,) = session.get_inputs()
    picture = np.random.default_rng(7).uniform(-1, 1, taken.shape).astype(np.float32)
    interpreter = Interpreter(model_content=original, num_threads=1)
    interpreter.allocate_tensors()
    place = interpreter.get_input_details()[0]["index"]
    interpreter.set_tensor(place, np.ascontiguousarray(picture.transpose(_TO_LAST)))
    interpreter.invoke()
    expected = {
        one["name"]: interpreter.get_tensor(one["index"])
        for one in interpreter.get_output_details()
    }
    outputs = session.run(None, {taken.name: picture})
    worst = 0.0
    for output, values in zip(session.get_outputs(), outputs, strict=True):
        wanted = next((v for k, v in expected.items() if k == output.name), None)
        if wanted is None:
            wanted = next(v for v in expected.values() if v.size == values.size)
        seen = values.transpose(_TO_LAST) if values.ndim == 4 else values
        worst = max(worst, float(np.abs(seen - wanted.reshape(seen.shape)).max()))
    return worst


def main(wheel: Path, package: Path) -> None:
    """Write the models, their licence and the list."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    origins = {}
    for name, (original, noted) in originals(wheel, package).items():
        digest = hashlib.sha256(original).hexdigest()
        said = {**noted, "origin": digest, "license": "Apache-2.0"}
        data = (
            Converter(original)
            .convert(name.removesuffix(".onnx"), said)
            .SerializeToString(deterministic=True)
        )
        (VENDOR / name).write_bytes(data)
        origins[name] = digest
        print(f"{name:20} {len(data):9} bytes, outputs differ by {difference(original, data):.2g}")
    with zipfile.ZipFile(wheel) as packed:
        (VENDOR / "LICENSE").write_bytes(packed.read("mediapipe-0.10.21.dist-info/LICENSE"))
    files = [path for path in sorted(VENDOR.iterdir()) if path.name != "vendored.json"]
    listed = {
        "package": " and ".join(PACKAGES),
        "version": " and ".join(PACKAGES.values()),
        "license": "LICENSE",
        "changes": "TFLite to ONNX by tools/convert_models.py, weights unchanged",
        "origins": origins,
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (VENDOR / "vendored.json").write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
