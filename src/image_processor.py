"""The face of RunPod's tutorial, `ImageProcessor`, over this worker."""

from __future__ import annotations

import io
from typing import Any

from image_worker import process
from image_worker.runpod_worker import handler


class ImageProcessor:
    """What the tutorial's class offers to its callers."""

    @staticmethod
    def process_image(input_data: dict[str, Any]) -> dict[str, Any]:
        """Do one job and render it anew."""
        return handler({"input": {"cache": "off", **input_data}})

    @staticmethod
    def process_image_with_cache(input_data: dict[str, Any]) -> dict[str, Any]:
        """Do one job, or return what the same job gave before."""
        return handler({"input": input_data})

    @staticmethod
    def analyze_image(image: Any) -> dict[str, Any]:
        """Measure a picture: the bytes of a file, its path, or an open Pillow image."""
        opened = hasattr(image, "save")
        facts = process(_png(image) if opened else image, output={"format": "JSON"}, analyze=True)
        return {**facts.analysis, **({"format": image.format} if opened else {})}


def _png(image: Any) -> bytes:
    """Return an open Pillow image as bytes that lose nothing."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
