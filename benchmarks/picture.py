"""The picture that everybody works on."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

SIZE = (4032, 3024)
"""What a phone makes: 12 megapixels."""

_GRAIN = 2


def photograph() -> bytes:
    """Return a JPEG of quality 90 and halved colours, made of a photograph and grain."""
    bundled = Path(skimage.__file__).parent / "data" / "coffee.png"
    image = Image.fromarray(np.asarray(Image.open(bundled).convert("RGB")))
    levels = np.asarray(image, dtype=np.float32)
    repeats = [-(-side // part) for side, part in zip(SIZE[::-1], levels.shape, strict=False)]
    levels = np.tile(levels, (*repeats, 1))[: SIZE[1], : SIZE[0]]
    levels += np.random.default_rng(1).normal(0, _GRAIN, levels.shape).astype(np.float32)
    buffer = io.BytesIO()
    picture = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
    picture.save(buffer, "JPEG", quality=90, subsampling="4:2:0")
    return buffer.getvalue()
