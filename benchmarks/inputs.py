"""The pictures that everybody works on, made on the spot and always the same."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

SIZES = {2: (1632, 1224), 12: (4032, 3024), 24: (6000, 4000), 48: (8064, 6048), 100: (11648, 8736)}
"""Width and height by megapixels; 12 and 48 are what phones make, 24 what cameras do."""

_GRAIN = 2
_QUALITY = 90
_MEGAPIXELS_OF_OTHERS = 2


def write(name: str, folder: Path) -> Path:
    """Make the picture of this name, unless it is there, and return its file.

    Names are megapixels, and behind a dash what is not usual: `12`, `12-progressive`, `12-444`,
    `2-png`, `2-webp`, `2-avif`; and those of photographs: `coffee`, `rocket`, `chelsea`.
    """
    path = folder / f"{name}.bin"
    if not path.exists():
        path.write_bytes(_photograph(name) if name.isalpha() else _made(name))
    return path


def _made(name: str) -> bytes:
    megapixels, _, kind = name.partition("-")
    pixels = _grainy(int(megapixels))
    options: dict[str, object] = {"quality": _QUALITY, "subsampling": "4:2:0"}
    if kind == "png":
        pixels, options = _with_alpha(pixels), {"compress_level": 6}
    elif kind in {"webp", "avif"}:
        options = {"quality": 80}
    elif kind == "444":
        options["subsampling"] = "4:4:4"
    elif kind == "progressive":
        options["progressive"] = True
    buffer = io.BytesIO()
    pixels.save(buffer, {"png": "PNG", "webp": "WEBP", "avif": "AVIF"}.get(kind, "JPEG"), **options)
    return buffer.getvalue()


@cache
def _grainy(megapixels: int) -> Image.Image:
    """Return a photograph laid side by side, with the grain that a sensor has."""
    size = SIZES[megapixels]
    bundled = Path(skimage.__file__).parent / "data" / "coffee.png"
    levels = np.asarray(Image.open(bundled).convert("RGB"))
    repeats = [-(-side // part) for side, part in zip(size[::-1], levels.shape, strict=False)]
    levels = np.tile(levels, (*repeats, 1))[: size[1], : size[0]]
    draw = np.random.default_rng(1)
    if megapixels > 24:  # drawn in strips: as floats, the largest would take gigabytes
        strips = [_grained(strip, draw) for strip in np.array_split(levels, 32)]
        return Image.fromarray(np.concatenate(strips))
    return Image.fromarray(_grained(levels, draw))


def _grained(levels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    noise = draw.normal(0, _GRAIN, levels.shape).astype(np.float32)
    return np.clip(levels + noise, 0, 255).astype(np.uint8)


def _with_alpha(picture: Image.Image) -> Image.Image:
    """Return the picture fading out from its middle."""
    down, across = np.mgrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    alpha = np.clip(1.5 - np.hypot(across, down), 0, 1) * 255
    picture = picture.copy()
    picture.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    return picture


def _photograph(name: str) -> bytes:
    bundled = Path(skimage.__file__).parent / "data"
    path = next(path for path in bundled.glob(f"{name}.*") if path.suffix in {".jpg", ".png"})
    if path.suffix == ".jpg":
        return path.read_bytes()
    buffer = io.BytesIO()
    Image.open(path).convert("RGB").save(buffer, "JPEG", quality=_QUALITY, subsampling="4:2:0")
    return buffer.getvalue()
