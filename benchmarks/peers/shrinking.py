"""How far a JPEG may be shrunk while it is decoded, so that twice what is needed is left."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

_GAP = 2


def shrink(data: bytes, steps: list[dict[str, Any]]) -> int:
    """Return 1, 2, 4 or 8; 1 for what is no JPEG, or is not made smaller."""
    picture = Image.open(io.BytesIO(data))
    if picture.format != "JPEG":
        return 1
    width, wanted = picture.width, None
    for step in steps:
        params = step["params"]
        if step["type"] == "crop":
            width = params["right"] - params["left"]
        elif step["type"] == "resize" and wanted is None:
            wanted = params["width"]
    ratio = width / (wanted or width)
    return max(scale for scale in (1, 2, 4, 8) if scale * _GAP <= ratio or scale == 1)
