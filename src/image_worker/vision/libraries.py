"""The libraries that see, loaded when they are first needed."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from image_worker.environment import set_defaults
from image_worker.extras import require

_QUIET = {"ORT_DISABLE_TELEMETRY": "1"}
_FATAL = 4
"""Problems reach us as exceptions, and need no lines in the log beside."""


@cache
def numpy() -> Any:
    """Return numpy."""
    return _loaded("numpy")


@cache
def opencv() -> Any:
    """Return OpenCV, which works in the caller's thread alone."""
    cv2 = _loaded("cv2")
    cv2.setNumThreads(1)
    return cv2


@cache
def onnxruntime() -> Any:
    """Return ONNX Runtime, which tells nobody of what it does.

    On its own it keeps an identifier of the machine in the user's cache, and sends to Microsoft
    which models are run; the variable is read when it is loaded.
    """
    set_defaults(_QUIET)
    runtime = _loaded("onnxruntime")
    runtime.disable_telemetry_events()
    runtime.set_default_logger_severity(_FATAL)
    return runtime


@cache
def coco_masks() -> Any:
    """Return the run lengths of pycocotools."""
    return _loaded("pycocotools.mask")


@cache
def _loaded(name: str) -> Any:
    require("vision")
    return importlib.import_module(name)
