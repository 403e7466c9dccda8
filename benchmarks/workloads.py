"""What is measured, and what share of the others' time it may take at most."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_JPEG = ("tutorial", "pillow", "opencv", "sharp", "floor")
_MODERN = ("pillow", "opencv", "sharp", "floor")


@dataclass(frozen=True, slots=True)
class Workload:
    """One job, which every contestant reads and does in its own way."""

    name: str
    title: str
    job: dict[str, Any]
    bars: Mapping[str, float] = field(default_factory=dict)
    """CPU time of ours as a share of another one's that must not be exceeded."""
    input: str = "12"
    peers: tuple[str, ...] = _JPEG
    peaks: Mapping[str, float] = field(default_factory=dict)
    """Growth of memory as a share of another one's that must not be exceeded."""
    rounds: float = 1
    """Share of the usual rounds, for what takes long."""


def _step(kind: str, **params: Any) -> dict[str, Any]:
    return {"type": kind, "params": params}


def _resized(width: int, format: str = "JPEG", **output: Any) -> dict[str, Any]:  # noqa: A002
    quality = {"JPEG": 85, "WEBP": 80, "AVIF": 50}[format]
    return {
        "operations": [_step("resize", width=width)],
        "output": {"format": format, "quality": quality, **output},
    }


_CHAIN = [
    _step("resize", width=800, height=600, maintain_aspect=True),
    _step("filter", name="sharpen"),
    _step("adjust", brightness=1.2, contrast=1.1),
]
_SHARPEN = {
    "operations": [_step("filter", name="sharpen")],
    "output": {"format": "JPEG", "quality": 85},
}
_CROP = {
    "operations": [
        _step("crop", left=1008, top=756, right=3024, bottom=2268),
        _step("resize", width=400),
    ],
    "output": {"format": "JPEG", "quality": 85},
}
_WIDTHS = {"outputs": {"web": {"widths": [1600, 1200, 800, 400], "format": "JPEG", "quality": 85}}}
_FACTS = {"operations": [], "output": {"format": "JSON"}, "analyze": True}
_NO_ALPHA = {"pillow": 1.05}
"""OpenCV is let off: it does not weigh colours by their alpha."""

WORKLOADS = (
    Workload(
        "chain",
        "tutorial's chain, 800x600",
        {"operations": _CHAIN, "output": {"format": "JPEG", "quality": 90}},
        {"sharp": 0.95, "floor": 1.7, "tutorial": 0.75, "pillow": 1.05, "opencv": 1.05},
    ),
    Workload(
        "width",
        "800 wide",
        _resized(800),
        {"sharp": 1.05, "floor": 1.45, "tutorial": 0.25, "pillow": 1.05, "opencv": 1.05},
        peers=(*_JPEG, "isolated"),
    ),
    Workload(
        "crop",
        "centre crop, 400 wide",
        _CROP,
        {"sharp": 0.8, "floor": 1.1, "tutorial": 0.35, "pillow": 1.05, "opencv": 1.05},
    ),
    Workload(
        "sharpen",
        "sharpen, full size",
        _SHARPEN,
        {"sharp": 0.35, "floor": 1.4, "tutorial": 0.35, "pillow": 1.05, "opencv": 1.05},
        peers=(*_JPEG, "sharp_plain"),
    ),
    Workload(
        "alpha",
        "PNG with alpha to WebP 800, 2 MP",
        _resized(800, "WEBP"),
        {"sharp": 1.0, "floor": 1.3, **_NO_ALPHA},
        "2-png",
        _MODERN,
    ),
    Workload(
        "eighth",
        "progressive, 200 wide",
        _resized(200),
        {"sharp": 0.5},
        "12-progressive",
    ),
    Workload(
        "progressive",
        "progressive, 800 wide",
        _resized(800),
        {"pillow": 1.05},
        "12-progressive",
        peaks={"sharp": 0.6},
    ),
    Workload(
        "analysis",
        "histograms, brightness",
        _FACTS,
        {"sharp": 0.2, "tutorial": 0.15, "pillow": 1.05, "opencv": 1.05},
    ),
    Workload(
        "renditions",
        "four widths from one decode",
        _WIDTHS,
        {"apart": 0.45},
        peers=("apart", "pillow", "opencv", "sharp", "floor"),
    ),
    Workload("webp", "WebP 1200", _resized(1200, "WEBP"), {}, peers=_MODERN, rounds=0.5),
    Workload("avif", "AVIF 800", _resized(800, "AVIF", effort=2), {}, peers=_MODERN, rounds=0.4),
    Workload("two", "800 wide, 2 MP", _resized(800), {"opencv": 1.05, "pillow": 1.05}, "2"),
    Workload("444", "800 wide, 4:4:4", _resized(800), {"pillow": 1.05}, "12-444"),
    Workload(
        "large",
        "800 wide, 24 MP",
        _resized(800),
        {"pillow": 1.05, "opencv": 1.05},
        "24",
        rounds=0.6,
    ),
    Workload("huge", "800 wide, 100 MP", _resized(800), {"pillow": 1.05}, "100", rounds=0.2),
    Workload("from-webp", "WebP to JPEG 800, 2 MP", _resized(800), {}, "2-webp", _MODERN[:3]),
    Workload("from-avif", "AVIF to JPEG 800, 2 MP", _resized(800), {}, "2-avif", _MODERN[:3]),
    Workload("coffee", "photograph of 0.2 MP, 300 wide", _resized(300), {}, "coffee"),
)
NAMES = {workload.name: workload for workload in WORKLOADS}
