"""A model that is loaded: numbers in, numbers out, and nothing but numbers."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from image_worker.errors import ModelError
from image_worker.vision.graph import Graph, Port
from image_worker.vision.libraries import numpy, onnxruntime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_NUMBERS = 64_000_000
"""Numbers that an output may have: 256 MB, and more than any detector or mask gives."""
_NOWHERE = "/nowhere"
"""Where weights outside of the file are looked for: a file is all of a model, or none."""


class Session:
    """A model, ready to run in any thread."""

    def __init__(self, name: str, data: bytes, threads: int) -> None:
        """Load the bytes of an ONNX file; raises a `ModelError`."""
        runtime = onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        # Threads that wait for work would burn a processor each.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", _NOWHERE
        )
        self.name = name
        try:
            self._session = runtime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - each fault of a file has a class of its own
            raise ModelError(f'the model "{name}" cannot be loaded: {_reason(error)}') from None
        self.graph = self._described()

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the outputs by name; raises a `ModelError`."""
        try:
            outputs = self._session.run(None, dict(inputs))
        except Exception as error:  # noqa: BLE001 - as above
            raise ModelError(f'the model "{self.name}" failed: {_reason(error)}') from None
        return dict(zip(self.graph.names, map(self._sound, outputs), strict=True))

    def _sound(self, output: Any) -> Any:
        if not hasattr(output, "dtype") or output.dtype.kind not in "fiub":
            raise self.nonsense("an output that is no list of numbers")
        if output.size > _MOST_NUMBERS:
            raise self.nonsense(f"an output of {output.size:,} numbers")
        if output.dtype.kind == "f" and numpy().isnan(output).any():
            raise self.nonsense("NaN")
        return output

    def nonsense(self, what: str) -> ModelError:
        """Return the error for outputs of no use."""
        return ModelError(f'the model "{self.name}" gave {what}')

    def _described(self) -> Graph:
        notes = dict(self._session.get_modelmeta().custom_metadata_map)
        graph = Graph(
            _ports(self._session.get_inputs()), _ports(self._session.get_outputs()), notes
        )
        for port in graph.outputs:
            numbers = 1
            for side in port.shape:
                numbers *= side or 1
            if numbers > _MOST_NUMBERS:
                raise self.nonsense(f"an output of {numbers:,} numbers")
        return graph


def _ports(arguments: Iterable[Any]) -> tuple[Port, ...]:
    return tuple(
        Port(one.name, tuple(side if isinstance(side, int) else None for side in one.shape))
        for one in arguments
    )


def _reason(error: Exception) -> str:
    """Return what ONNX Runtime says, in one line and without places in its source."""
    text = " ".join(str(error).split())
    text = re.sub(r"(/[\w.+-]+){2,}(:\d+)?", "", text)
    return text[:300] or type(error).__name__


def literal(text: str | None) -> Any:
    """Return the value that a note in a model's file writes in Python's way, or nothing."""
    try:
        return ast.literal_eval(text) if text else None
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
