"""Who is measured: this worker's engine, and the steps that the tutorial writes in Pillow."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from benchmarks.workloads import Workload


def engine(workload: Workload) -> Callable[[bytes], object]:
    """Return the engine in this process, with its own settings of threads and memory."""
    from image_worker.engine import InProcessEngine, RenderRequest
    from image_worker.limits import Limits

    contestant, limits, digest = InProcessEngine(), Limits(), "0" * 64

    def run(data: bytes) -> object:
        recipe = json.dumps({"image": {"given": digest}, **workload.job})
        return contestant.run(RenderRequest(recipe, {digest: data}, limits))

    return run


def tutorial(workload: Workload) -> Callable[[bytes], object]:
    """Return Pillow with the tutorial's calls, its box of both sides mended."""
    if workload.job.get("analyze"):
        return _measure
    return lambda data: _process(data, workload.job)


def apart(workload: Workload) -> Callable[[bytes], object]:
    """Return the engine that makes each rendition by a job of its own."""
    widths = workload.job["outputs"]["web"]["widths"]
    jobs = [
        {
            "operations": [{"type": "resize", "params": {"width": width}}],
            "output": {"format": "JPEG"},
        }
        for width in widths
    ]
    runs = [engine(replace(workload, job=job)) for job in jobs]
    return lambda data: [run(data) for run in runs]


CONTESTANTS = {"engine": engine, "tutorial": tutorial, "apart": apart}


def _process(data: bytes, job: dict[str, Any]) -> bytes:
    from PIL import Image

    image = Image.open(io.BytesIO(data))
    for step in job["operations"]:
        image = _STEPS[step["type"]](image, **step["params"])
    buffer = io.BytesIO()
    image.save(buffer, **job["output"])
    return buffer.getvalue()


def _resize(image: Image.Image, width: int, height: int = 0, **_: object) -> Image.Image:
    from PIL import Image

    if height:
        image.thumbnail((width, height))
        return image
    size = (width, int(image.height * width / image.width))
    return image.resize(size, Image.Resampling.LANCZOS)


def _filter(image: Image.Image, name: str) -> Image.Image:
    from PIL import ImageFilter

    return image.filter(getattr(ImageFilter, name.upper()))


def _adjust(image: Image.Image, brightness: float, contrast: float) -> Image.Image:
    from PIL import ImageEnhance

    image = ImageEnhance.Brightness(image).enhance(brightness)
    return ImageEnhance.Contrast(image).enhance(contrast)


_STEPS = {"resize": _resize, "filter": _filter, "adjust": _adjust}


def _measure(data: bytes) -> object:
    """Return the tutorial's facts of a coloured picture."""
    import numpy as np
    from PIL import Image

    image = Image.open(io.BytesIO(data))
    levels = np.array(image)
    counts = [np.histogram(levels[..., band], bins=256, range=(0, 256))[0] for band in range(3)]
    luma = 0.299 * levels[..., 0] + 0.587 * levels[..., 1] + 0.114 * levels[..., 2]
    return image.size, image.mode, float(np.mean(luma)), [band.tolist() for band in counts]
