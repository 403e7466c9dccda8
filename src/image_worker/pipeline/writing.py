"""From a picture to the bytes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.picture import Picture, ink
from image_worker.pipeline.rendered import Rendered

if TYPE_CHECKING:
    import pyvips

    from image_worker.formats.base import Output
    from image_worker.pipeline.opening import File


def written(picture: Picture, output: Output, source: File) -> Rendered:
    """Return the picture as a file that keeps every promise of `output`."""
    del source
    picture = _fitted(picture.whole(), output)
    return Rendered(
        data=output.encode(picture),
        format=output.name,
        mime=output.mime,
        width=picture.size.width,
        height=picture.size.height,
        pages=len(picture.frames),
        has_alpha=picture.has_alpha,
        quality=output.quality if output.lossy else None,
        notices=picture.notices,
        transform=picture.origin,
    )


def _fitted(picture: Picture, output: Output) -> Picture:
    """Return the picture without what the format cannot show, and say so."""
    if picture.has_alpha and not output.transparent:
        picture = picture.each(lambda image: _flattened(image, output)).note(
            "alpha_flattened",
            f"{output.name} has no transparency; the picture was laid upon {output.background}",
            "output.format",
        )
    if output.quality is not None and not output.lossy:
        picture = picture.note(
            "quality_ignored",
            f"{output.name} has no losses, so quality means nothing",
            "output.quality",
        )
    return picture


def _flattened(image: pyvips.Image, output: Output) -> pyvips.Image:
    image, background = ink(image, output.background)
    return image.flatten(background=background[: image.bands - 1])
