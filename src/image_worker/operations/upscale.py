"""Upscale."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from image_worker.affine import Affine
from image_worker.errors import InvalidParameterError, ModelMissingError
from image_worker.fields import MAX_SIDE, Size
from image_worker.operations.base import Geometry
from image_worker.picture import in_memory, on_premultiplied
from image_worker.pixels.tiling import Lanczos, enlarged

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture
    from image_worker.pixels.tiling import Enlarger
    from image_worker.vision.upscaling import Upscaler

_BY_MODEL = 4.0
"""CPU seconds for a megapixel of the result by a small network, by estimate."""


class Upscale(Geometry):
    """Make the picture larger, with detail that a model invents where one is there.

    No such model is built in: without one the picture is enlarged by Lanczos, which adds nothing
    that was not there, with a warning. The picture is worked in pieces and handed on row by row,
    so that memory does not grow with the result. Transparency is enlarged by itself.
    """

    name = "upscale"
    extra: ClassVar[str] = "vision"
    seconds_per_megapixel = 0.15
    examples = ({"scale": 2},)

    scale: Literal[2, 3, 4] = 2
    """How many times as wide and high the result is; a model must be able to do as much."""

    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """A model of the table for upscaling. Default: the usual one, if there is any."""

    fallback: Literal["lanczos", "error"] = "lanczos"
    """What happens where there is no model, or its file is not here."""

    max_pixels: Annotated[int, Field(ge=1, le=MAX_SIDE**2)] | None = None
    """The most pixels that the result may have, width times height; a larger one is made smaller
    again, proportions kept."""

    def run(self, picture: Picture) -> Picture:
        """Enlarge every frame."""
        model = self._model(picture)
        by: Enlarger = model or Lanczos(self.scale)
        if by.factor < self.scale:
            raise InvalidParameterError(
                f"expected a scale of at most {by.factor}, which this model makes, got {self.scale}"
            )
        before, after = picture.size, self.result_size(picture.size)
        picture = picture.each(in_memory).whole().each(partial(self._enlarged, by=by, size=after))
        across, down = (old / new for old, new in zip(before, after, strict=True))
        picture = picture.came_from(Affine.scaled(across, down))
        if model:
            return picture.tell("method", "model").tell("model", model.facts.as_json())
        return picture.tell("method", "lanczos").note(
            "upscaled_without_model",
            "there is no model for upscaling here; the picture was enlarged by Lanczos",
        )

    def result_size(self, size: Size) -> Size:
        """Return the sides, times the scale unless that would be too many pixels."""
        width, height = (side * self.scale for side in size)
        if self.max_pixels is None or width * height <= self.max_pixels:
            return Size(width, height)
        factor = math.sqrt(self.max_pixels / (width * height))
        return Size(max(1, int(width * factor)), max(1, int(height * factor)))

    def bound(self, size: Size) -> Size:
        """Return the sides times the scale."""
        return Size(*(side * self.scale for side in size))

    def cost(self, size: Size) -> float:
        """Return what the result costs before it is made smaller again."""
        seconds = _BY_MODEL if self.model else self.seconds_per_megapixel
        return seconds * self.bound(size).megapixels

    def _model(self, picture: Picture) -> Upscaler | None:
        try:
            found = picture.sight.models.upscaler(self.model)
        except ModelMissingError:
            if self.fallback == "error":
                raise
            return None
        if found is None and self.fallback == "error":
            raise ModelMissingError("expected a model for upscaling, none is in the table")
        return found

    def _enlarged(self, image: pyvips.Image, by: Enlarger, size: Size) -> pyvips.Image:
        larger = enlarged(image, self.scale, by)
        if (larger.width, larger.height) == size:
            return larger
        across, down = size.width / larger.width, size.height / larger.height
        return on_premultiplied(larger, lambda part: part.resize(across, vscale=down))
