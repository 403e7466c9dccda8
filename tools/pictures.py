"""Draws the pictures that this project owns: examples, docs and tests use nothing else.

`python tools/pictures.py` writes the job in `test_input.json` again.
"""

from __future__ import annotations

import base64
import json
import math
from pathlib import Path

import pyvips

ROOT = Path(__file__).parent.parent
DEGREES = 180 / math.pi
HILLS = (
    (470, 46, 210, 0.4, (182, 112, 120)),
    (530, 40, 150, 1.9, (124, 76, 110)),
    (600, 38, 180, 3.1, (72, 50, 92)),
    (680, 26, 120, 5.0, (34, 28, 62)),
)
"""Height, swing, width and shift of each ridge, and its colour."""


def sunset(width: int = 1024, height: int = 768) -> pyvips.Image:
    """Draw hills at sunset, 1024x768 unless said otherwise, with a little grain."""
    scale = 1024 / width
    grid = pyvips.Image.xyz(width, height) * scale
    across, down = grid[0], grid[1]
    picture = _sky(across, down)
    for hill in HILLS:
        picture = _hill(picture, across, down, *hill)
    grain = pyvips.Image.gaussnoise(width, height, mean=0, sigma=2.2, seed=7)
    return (picture + grain).cast("uchar").copy(interpretation="srgb")


def badge(side: int = 400) -> pyvips.Image:
    """Draw a round badge on a transparent ground."""
    grid = pyvips.Image.xyz(side, side) - side / 2
    radius = (grid[0] ** 2 + grid[1] ** 2) ** 0.5
    angle = (grid[1]).atan2(grid[0]) if hasattr(grid[1], "atan2") else grid[0] * 0
    petals = side * 0.30 + side * 0.07 * (angle * 6).cos()
    ring, flower = _inside(radius, side * 0.48), _inside(radius, petals)
    core = _inside(radius, side * 0.13)
    colour = pyvips.Image.black(side, side, bands=3) + [24, 100, 171]
    colour = colour * (1 - flower) + flower * [255, 214, 102]
    colour = colour * (1 - core) + core * [232, 89, 12]
    return colour.bandjoin(ring * 255).cast("uchar").copy(interpretation="srgb")


def _sky(across: pyvips.Image, down: pyvips.Image) -> pyvips.Image:
    fall = down / 600
    bands = [(1 - fall) * top + fall * low for top, low in ((46, 250), (92, 170), (158, 110))]
    sky = bands[0].bandjoin(bands[1:])
    distance = ((across - 680) ** 2 + (down - 400) ** 2) ** 0.5
    glow = (distance / -150).exp()
    sun = _inside(distance, 62)
    lit = sky + glow * [90, 70, 30]
    return lit * (1 - sun) + sun * [255, 240, 200]


def _hill(  # noqa: PLR0913, PLR0917 - a hill is its numbers
    picture: pyvips.Image,
    across: pyvips.Image,
    down: pyvips.Image,
    height: float,
    swing: float,
    width: float,
    shift: float,
    colour: tuple[int, int, int],
) -> pyvips.Image:
    wave = ((across / width + shift) * DEGREES).sin() * swing
    ripple = ((across / (width * 0.37) + shift * 2) * DEGREES).sin() * swing * 0.45
    depth = down - (height - wave - ripple)
    mask, shade = _clipped(depth), 1 - _clipped(depth / 240) * 0.5
    return picture * (1 - mask) + mask * shade * list(colour)


def _inside(distance: pyvips.Image, radius: float | pyvips.Image) -> pyvips.Image:
    """Return 1 inside of the radius and 0 outside, with a soft edge of one pixel."""
    return _clipped((distance - radius) * -1 + 0.5)


def _clipped(image: pyvips.Image) -> pyvips.Image:
    return image.clamp(min=0, max=1)


def job() -> dict[str, object]:
    """Return the tutorial's job with the picture inside."""
    data = sunset().jpegsave_buffer(Q=75, optimize_coding=True, keep=pyvips.ForeignKeep.NONE)
    return {
        "input": {
            "image": {"base64": f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"},
            "operations": [
                {
                    "type": "resize",
                    "params": {"width": 800, "height": 600, "maintain_aspect": True},
                },
                {"type": "filter", "params": {"name": "sharpen"}},
                {"type": "adjust", "params": {"brightness": 1.2, "contrast": 1.1}},
            ],
            "output": {"format": "JPEG", "quality": 90},
        }
    }


if __name__ == "__main__":
    (ROOT / "test_input.json").write_text(json.dumps(job(), indent=2) + "\n")
