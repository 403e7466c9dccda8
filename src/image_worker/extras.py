"""The optional parts of the program, and whether they are installed here."""

from __future__ import annotations

from importlib.util import find_spec

from image_worker.errors import NeedsExtraError

EXTRAS = {
    "ocr": ("rapidocr",),
    "otel": ("opentelemetry",),
    "queue": ("nats",),
    "runpod": ("runpod",),
    "s3": ("obstore",),
    "server": ("fastapi",),
    "vision": ("onnxruntime", "cv2", "numpy", "pycocotools"),
}
"""Each optional part, and the modules that it brings."""


def installed(extra: str) -> bool:
    """Tell whether all that the extra brings can be imported; nothing is imported for that."""
    return all(find_spec(module) for module in EXTRAS[extra])


def require(extra: str) -> None:
    """Raise a `NeedsExtraError` where the extra is not installed."""
    if not installed(extra):
        raise NeedsExtraError(f'this needs the extra "{extra}", which is not installed here')
