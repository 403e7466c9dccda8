"""Writes .runpod/tests.json, the jobs by which RunPod's Hub judges a release.

The pictures are inside, so that a test depends on no other host. Not a part of `./run docs`: the
bytes of a picture differ a little from one version of libvips to the next.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pictures
import pyvips

ROOT = Path(__file__).parent.parent
MILLISECONDS = 30_000
"""Time for each test; the first of them may meet a worker that has only started."""

Json = dict[str, Any]


def tests() -> Json:
    """Return the file."""
    photo = _inline(pictures.sunset(160, 120), ".jpg[Q=70]")
    badge = _inline(pictures.badge(48), ".png[palette]")
    jobs: dict[str, Json] = {
        "health": {"health": True},
        "tutorial": {
            "image": {"base64": photo},
            "operations": [
                {"type": "resize", "params": {"width": 80, "height": 60, "maintain_aspect": True}},
                {"type": "filter", "params": {"name": "sharpen"}},
                {"type": "adjust", "params": {"brightness": 1.2, "contrast": 1.1}},
            ],
            "output": {"format": "JPEG", "quality": 90},
        },
        "crop_rotate_webp": {
            "image": photo,
            "operations": [{"crop": {"width": 100, "height": 100}}, {"rotate": {"angle": 30}}],
            "output": {"format": "WEBP"},
        },
        "watermark_and_text_avif": {
            "image": photo,
            "operations": [
                {"overlay": {"image": badge, "gravity": "bottom-right", "width": "25%"}},
                {"overlay": {"text": {"content": "Grüße 你好", "size": "14%"}}},
            ],
            "output": {"format": "AVIF"},
        },
        "redact_png": {
            "image": photo,
            "operations": [
                {"redact": {"regions": [{"left": 80, "top": 60, "right": 120, "bottom": 90}]}}
            ],
            "output": {"format": "PNG"},
        },
        "analyze": {"image": photo, "analyze": True},
        "srcset": {"image": photo, "outputs": {"web": {"format": "WEBP", "widths": [40, 80]}}},
        "batch": {
            "images": [
                {"image": photo, "operations": [{"flip": {"direction": "horizontal"}}]},
                {"image": badge, "operations": [{"resize": {"width": 16}}]},
            ]
        },
    }
    return {
        "tests": [
            {"name": name, "input": job, "timeout": MILLISECONDS} for name, job in jobs.items()
        ],
        "config": {"cpuFlavor": "cpu3c", "env": []},
    }


def _inline(image: pyvips.Image, suffix: str) -> str:
    mime = "image/jpeg" if suffix.startswith(".jpg") else "image/png"
    data = image.write_to_buffer(suffix, keep=pyvips.ForeignKeep.NONE)
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


if __name__ == "__main__":
    (ROOT / ".runpod" / "tests.json").write_text(
        json.dumps(tests(), indent=2, ensure_ascii=False) + "\n"
    )
