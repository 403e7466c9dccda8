"""Text in pictures, by RapidOCR and the models that it carries."""

from __future__ import annotations

import importlib
import importlib.metadata
from functools import cache
from typing import TYPE_CHECKING, Any

from image_worker.errors import ModelError
from image_worker.extras import require
from image_worker.vision.detections import Detection, Facts, Found
from image_worker.vision.finding import whole_box
from image_worker.vision.libraries import numpy, onnxruntime, opencv

if TYPE_CHECKING:
    from image_worker.vision.models import Models
    from image_worker.vision.view import View

_LONGEST = 2000
"""Longer side of the picture that is read, which is also the most that RapidOCR takes."""
_LEAST_SIDE = 8
"""No letter is smaller, and RapidOCR fails."""


def read_text(view: View, models: Models) -> Found:
    """Return every line of text with its outline, as sure as the reader is of it."""
    require("ocr")
    np = numpy()
    rgb = view.rgb(_LONGEST)
    facts = _facts()
    if min(rgb.shape[:2]) < _LEAST_SIDE:
        return Found((), facts)
    try:
        said = _reader(models.threads)(np.ascontiguousarray(rgb[..., ::-1]))
    except Exception as error:  # noqa: BLE001 - it and its runtime have errors of every class
        raise ModelError(f"text could not be read: {type(error).__name__}") from None
    if said.boxes is None or said.txts is None:
        return Found((), facts)
    scales = np.array(view.scales(rgb))
    made = (
        _line(points * scales, text, float(score), view)
        for points, text, score in zip(said.boxes, said.txts, said.scores, strict=True)
    )
    return Found(tuple(one for one in made if one), facts)


def _line(points: Any, text: str, score: float, view: View) -> Detection | None:
    box = whole_box((*points.min(0), *points.max(0)), view.size)
    corners = tuple((round(float(x), 1), round(float(y), 1)) for x, y in points)
    return box and Detection("text", round(score, 4), box, text=text, corners=corners)


@cache
def _reader(threads: int) -> Any:
    """Return RapidOCR with its own models, which is loaded once."""
    opencv()
    onnxruntime()
    rapidocr = importlib.import_module("rapidocr")
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # it turns upright lines of small print around
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


@cache
def _facts() -> Facts:
    return Facts(f"rapidocr-{importlib.metadata.version('rapidocr')}", "", "Apache-2.0")
