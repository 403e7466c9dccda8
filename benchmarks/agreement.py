"""Whether everybody did the same work: results compared with a reference, and with each other.

The reference is made of the whole picture, decoded in full and resampled as floats with Lanczos;
it is never encoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from benchmarks.peers.tutorial import STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from benchmarks.workloads import Workload

LEAST_SSIM = 0.9
LEAST_PSNR = 28.0
MOST_BYTES_APART = 0.05
_MOST_BRIGHTNESS_APART = 0.5


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the picture in one contestant's hands."""

    bytes: int
    ssim: float | None = None
    """Likeness to the reference, in grey; 1 is the same."""
    psnr: float | None = None
    """Likeness to the reference, in decibels."""
    value: float | None = None
    """The brightness that was found, where nothing else was asked for."""


def judge(
    workload: Workload, picture: Path, told: Mapping[str, tuple[Path, dict[str, Any]]]
) -> dict[str, Judged]:
    """Return what came of each contestant's result."""
    if workload.job.get("analyze"):
        return {name: Judged(0, value=one["value"]) for name, (_, one) in told.items()}
    reference = _reference(workload.job, picture)
    return {name: _judged(path, one["bytes"], reference) for name, (path, one) in told.items()}


def objection(name: str, judged: Judged, ours: Judged) -> str:
    """Return in what a contestant's result differs from what it should be; empty if in nothing."""
    if ours.value is not None and judged.value is not None:
        apart = abs(judged.value - ours.value) > _MOST_BRIGHTNESS_APART
        return f"finds a brightness of {judged.value:.1f}" if apart else ""
    problems = []
    if judged.bytes and ours.bytes and abs(judged.bytes / ours.bytes - 1) > MOST_BYTES_APART:
        problems.append(f"{judged.bytes / ours.bytes:.2f} of our bytes")
    if judged.ssim is not None and (judged.ssim < LEAST_SSIM or _psnr(judged) < LEAST_PSNR):
        problems.append(f"SSIM {judged.ssim:.3f}, PSNR {_psnr(judged):.1f} dB")
    return ", ".join(problems) if name != "floor" or not problems else problems[0]


def _psnr(judged: Judged) -> float:
    return judged.psnr if judged.psnr is not None else 0.0


def _reference(job: dict[str, Any], picture: Path) -> np.ndarray:
    image = Image.open(picture)
    image = image.convert("RGBA" if "A" in image.getbands() else "RGB")
    for step in job.get("operations") or _widest(job):
        if step["type"] == "resize":
            image = _lanczos(image, **step["params"])
        else:
            image = STEPS[step["type"]](image, **step["params"])
    return _levels(image)


def _widest(job: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "resize", "params": {"width": job["outputs"]["web"]["widths"][0]}}]


def _lanczos(image: Image.Image, width: int, height: int = 0, **_: object) -> Image.Image:
    tall = image.height * width / image.width
    if height and tall > height:
        width, tall = round(width * height / tall), height
    size = (width, round(tall))
    planes = [np.asarray(band, np.float32) for band in image.split()]
    if image.mode == "RGBA":
        planes = [*(plane * planes[3] / 255 for plane in planes[:3]), planes[3]]
    small = [
        np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS))
        for plane in planes
    ]
    if image.mode == "RGBA":
        alpha = np.maximum(small[3], 1e-6)
        small = [*(plane * 255 / alpha for plane in small[:3]), small[3]]
    return Image.fromarray(np.clip(np.rint(np.dstack(small)), 0, 255).astype(np.uint8))


def _judged(path: Path, size: int, reference: np.ndarray) -> Judged:
    levels = _levels(Image.open(path))
    if levels.shape != reference.shape:
        return Judged(size, 0.0, 0.0)
    return Judged(
        size,
        float(structural_similarity(levels, reference, data_range=255)),
        float(peak_signal_noise_ratio(reference, levels, data_range=255)),
    )


def _levels(image: Image.Image) -> np.ndarray:
    """Return a picture in grey, on white."""
    if "A" in image.getbands():
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return np.asarray(image.convert("RGB").convert("L"))
