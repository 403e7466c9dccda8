"""The face of RunPod's tutorial, `ImageProcessor`, over this worker."""

from __future__ import annotations

import io
from typing import Any

from image_worker import process
from image_worker.runpod_worker import handler


class ImageProcessor:
    """What the tutorial's class offers to its callers."""

    @staticmethod
    def process_image(input_data: Any) -> dict[str, Any]:
        """Do one job and render it anew."""
        off = {"cache": "off", **input_data} if isinstance(input_data, dict) else input_data
        return handler({"input": off})

    @staticmethod
    def process_image_with_cache(input_data: Any) -> dict[str, Any]:
        """Do one job, or return what the same job gave before."""
        return handler({"input": input_data})

    @staticmethod
    def analyze_image(image: Any) -> dict[str, Any]:
        """Measure a picture: the bytes of a file, its path, or an open Pillow image."""
        opened = hasattr(image, "save")
        said = {"mode": image.mode, "format": image.format} if opened else {}
        facts = process(_tiff(image) if opened else image, output={"format": "JSON"}, analyze=True)
        return {**facts.analysis, **said}


def _tiff(image: Any) -> bytes:
    """Return an open Pillow image as bytes that lose nothing, whatever its mode."""
    buffer = io.BytesIO()
    image.save(buffer, format="TIFF")
    return buffer.getvalue()
