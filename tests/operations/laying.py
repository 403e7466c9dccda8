"""Ways to run one step on pictures that are made on the spot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvips

from image_worker.engine.native import let_svg
from tests.job.making import encoded, text_of, worker
from tests.operations.moving import levels, made, picture

if TYPE_CHECKING:
    from PIL import Image

    from image_worker.picture import Picture
    from image_worker.sources.base import Source

KINDS = {"grey": 1, "grey with alpha": 2, "colour": 3, "colour with alpha": 4}


def flat(color: tuple[int, ...], width: int = 60, height: int = 40) -> np.ndarray:
    """Return one colour everywhere."""
    return np.full((height, width, len(color)), color, dtype=np.uint8)


class Inputs:
    """Other pictures, by the text that stands for their bytes."""

    def __init__(self, **pictures: np.ndarray) -> None:
        self.pictures = pictures

    def picture(self, source: Source) -> Picture:
        """Return the picture that the URL names."""
        return picture(self.pictures[source.url.rsplit("/", 1)[1]])  # type: ignore[attr-defined]

    def svg(self, text: str, scale: float = 1) -> Picture:
        """Return what libvips draws."""
        let_svg()
        drawn = pyvips.Image.svgload_buffer(text.encode(), scale=scale)
        return replace(picture(flat((0,))), frames=(drawn,))


def named(name: str) -> dict[str, str]:
    """Return the source of a picture among the inputs."""
    return {"url": f"https://example.com/{name}"}


def done(
    kind: str, *frames: np.ndarray, inputs: Inputs | None = None, **parameters: Any
) -> Picture:
    """Return the picture after the step, which must be of a proper kind and of the same size."""
    start = replace(picture(*frames), inputs=inputs or Inputs())
    result = made(kind, **parameters).run(start)
    assert result.size == start.size
    for frame in result.frames:
        assert frame.format == "uchar"
        assert frame.interpretation == ("b-w" if frame.bands <= 2 else "srgb")
        assert frame.bands == result.image.bands
    return result


def pixels(kind: str, *frames: np.ndarray, **parameters: Any) -> np.ndarray:
    """Return the levels of the first frame after the step."""
    return levels(done(kind, *frames, **parameters))


def answered(image: Image.Image, *operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the answer to a whole job."""
    settings = {"svg": more.pop("svg", False)}
    payload = {
        "image": {"base64": text_of(encoded(image))},
        "operations": list(operations),
        "output": {"format": "PNG"},
        **more,
    }
    return worker(**settings).answer(payload)
