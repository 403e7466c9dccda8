"""What is measured, and how little of the peer's time it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Workload:
    """One job."""

    name: str
    title: str
    job: dict[str, Any]
    bar: float
    """CPU time of ours as a share of the peer's that must not be exceeded."""
    peer: str = "tutorial"
    """Who ours is measured against."""


def _step(kind: str, **params: Any) -> dict[str, Any]:
    return {"type": kind, "params": params}


WORKLOADS = (
    Workload(
        "chain",
        "800x600, sharpen, adjust",
        {
            "operations": [
                _step("resize", width=800, height=600, maintain_aspect=True),
                _step("filter", name="sharpen"),
                _step("adjust", brightness=1.2, contrast=1.1),
            ],
            "output": {"format": "JPEG", "quality": 90},
        },
        0.78,
    ),
    Workload(
        "width",
        "800 wide",
        {
            "operations": [_step("resize", width=800)],
            "output": {"format": "JPEG", "quality": 85},
        },
        0.28,
    ),
    Workload(
        "sharpen",
        "sharpen, full size",
        {
            "operations": [_step("filter", name="sharpen")],
            "output": {"format": "JPEG", "quality": 85},
        },
        0.38,
    ),
    Workload(
        "analysis",
        "histograms, brightness",
        {"operations": [], "output": {"format": "JSON"}, "analyze": True},
        0.2,
    ),
    Workload(
        "renditions",
        "four widths from one decode",
        {"outputs": {"web": {"widths": [1600, 1200, 800, 400], "format": "JPEG"}}},
        0.5,
        "apart",
    ),
)
