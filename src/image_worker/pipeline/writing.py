"""From a picture to the bytes of a file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from image_worker.errors import ContractError, InvalidParameterError, OutputTooLargeError
from image_worker.formats.base import Animated
from image_worker.formats.facts import Json
from image_worker.picture import Picture, in_memory, ink
from image_worker.pipeline.choosing import candidates, one_frame
from image_worker.pipeline.contracts import Press
from image_worker.pipeline.metadata import metadata
from image_worker.pipeline.originals import kept_original
from image_worker.pipeline.profiles import in_profile, profile_of
from image_worker.pipeline.rendered import Rendered

if TYPE_CHECKING:
    import pyvips

    from image_worker.formats.base import Output
    from image_worker.pipeline.opening import File


def written(picture: Picture, output: Output, source: File) -> Rendered:
    """Return the picture as a file that keeps every promise of `output`."""
    picture, formats = candidates(picture.whole(), output, source)
    if len(formats) > 1:
        picture = picture.each(in_memory)
    results: list[Rendered] = []
    failure: ContractError | None = None
    for one in formats:
        try:
            results.append(_written(picture, one, source))
        except ContractError as error:
            failure = error
    if not results and failure:
        raise failure
    return min(results, key=lambda result: len(result.data))


def _written(picture: Picture, output: Output, source: File) -> Rendered:
    picture = _fitted(picture, output)
    if output.if_larger == "original":
        picture = picture.each(in_memory)  # to be compared with the source
    if isinstance(output, Json):
        return _rendered(picture, output)
    found = metadata(picture, output, source)
    if found.left_out:
        picture = picture.note(
            "metadata_left_out",
            f"{output.name} cannot hold the source's {' and '.join(found.left_out)}",
            "output.metadata",
        )
    press = Press(lambda one: found.on(in_profile(one, output, source)), found.finished)
    made = press.make(picture, output)
    rendered = replace(
        _rendered(made.picture, output), data=made.data, quality=made.quality, ssim=made.ssim
    )
    if output.if_larger == "original" and len(made.data) > len(source.data):
        return kept_original(rendered, picture, output, source)
    return rendered


def _rendered(picture: Picture, output: Output) -> Rendered:
    return Rendered(
        data=b"",
        format=output.name,
        mime=output.mime,
        width=picture.size.width,
        height=picture.size.height,
        pages=len(picture.frames),
        has_alpha=picture.has_alpha,
        notices=picture.notices,
        transform=picture.origin,
    )


def _fitted(picture: Picture, output: Output) -> Picture:
    """Return the picture as the format can show it, and say what that changed."""
    if max(picture.size) > output.longest_side:
        raise OutputTooLargeError(
            f"{output.name} stores sides of at most {output.longest_side} pixels, the result has "
            f"{picture.size.width}x{picture.size.height}",
            path="output.format",
        )
    picture = _timed(one_frame(picture, output), output)
    inked = profile_of(output) == "cmyk"
    if picture.has_alpha and (inked or not output.transparent):
        without = "CMYK" if inked else output.name
        picture = picture.each(partial(_flattened, output=output)).note(
            "alpha_flattened",
            f"{without} has no transparency; the picture was laid upon {output.background}",
            "output.format",
        )
    if "quality" in output.model_fields_set and not output.heeds_quality:
        name = f"lossless {output.name}" if output.lossy else output.name
        picture = picture.note(
            "quality_ignored",
            f"{name} has no losses, so quality means nothing",
            "output.quality",
        )
    return picture


def _timed(picture: Picture, output: Output) -> Picture:
    """Return an animation with the times that are asked for."""
    if not isinstance(output, Animated) or len(picture.frames) == 1:
        return picture
    frames, delay = len(picture.frames), output.delay
    if isinstance(delay, tuple) and len(delay) != frames:
        raise InvalidParameterError(
            f"expected {frames} delays, one a frame, got {len(delay)}", path="output.delay"
        )
    if delay is not None:
        delays = delay if isinstance(delay, tuple) else (delay,) * frames
        picture = replace(picture, delays=delays)
    return picture if output.loop is None else replace(picture, loop=output.loop)


def _flattened(image: pyvips.Image, output: Output) -> pyvips.Image:
    image, background = ink(image, output.background)
    return image.flatten(background=background[: image.bands - 1])
