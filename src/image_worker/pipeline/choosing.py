"""From `auto` and `original` to a format."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from image_worker.errors import ContractError
from image_worker.formats.auto import Auto
from image_worker.formats.base import Output
from image_worker.formats.original import Original
from image_worker.picture import Picture, in_memory

if TYPE_CHECKING:
    import pyvips

    from image_worker.pipeline.opening import File

_OPAQUE = 255
_DRAWING = 0.4
"""Share of pixels like their neighbours that makes a drawing. Of 17 photographs the most had 0.36,
one with a black sky; of 8 drawings the least had 0.44, a shaded logo, the others 0.7 to 0.98."""
_QUALITY = {"quality", "min_ssim", "min_quality"}


def candidates(
    picture: Picture, output: Output, source: File
) -> tuple[Picture, tuple[Output, ...]]:
    """Return the formats of which the smallest result is wanted; mostly just one."""
    if isinstance(output, Original):
        return picture, (_like(output, _stored(picture, source)),)
    if not isinstance(output, Auto):
        return picture, (output,)
    picture = _opaque(picture.each(in_memory))
    fitting = [name for name in _suitable(picture, output) if name in output.accept]
    if not fitting:
        fitting = [name for name in ("WEBP", "PNG", "AVIF", "GIF", "JPEG") if name in output.accept]
        fitting = fitting[:1]
    without_losses = _without_losses(picture, output)
    return picture, tuple(_like(output, name, lossless=without_losses) for name in fitting)


def possible(output: Output, source: File) -> tuple[Output, ...]:
    """Return what may be written, all of it in one job, before a pixel is known."""
    if isinstance(output, Original):
        return (_like(output, source.header.reader.name if _writes(source) else "PNG"),)
    if isinstance(output, Auto):
        return tuple(_like(output, name) for name in output.accept)
    return (output,)


def _writes(source: File) -> bool:
    return source.header.reader.name in Output.family


def _suitable(picture: Picture, output: Auto) -> tuple[str, ...]:
    if len(picture.frames) > 1:
        return ("WEBP",) if "WEBP" in output.accept else ("GIF",)
    if _without_losses(picture, output):
        return ("WEBP", "PNG")
    return ("WEBP", "AVIF") if picture.has_alpha else ("JPEG", "WEBP", "AVIF")


def _without_losses(picture: Picture, output: Auto) -> bool:
    if len(picture.frames) > 1:
        return False
    return (picture.has_alpha and output.quality is None) or evenness(picture.image) >= _DRAWING


def evenness(image: pyvips.Image) -> float:
    """Return the share of pixels that are the same as both their left and upper neighbour."""
    width, height = image.width - 1, image.height - 1
    if min(width, height) < 1:
        return 1.0
    here = image.crop(1, 1, width, height)
    left = here.relational(image.crop(0, 1, width, height), "equal")
    above = here.relational(image.crop(1, 0, width, height), "equal")
    return left.boolean(above, "and").bandand().avg() / _OPAQUE


def _opaque(picture: Picture) -> Picture:
    """Return the picture without transparency if nothing is transparent."""
    if not picture.has_alpha:
        return picture
    last = picture.image.bands - 1
    if any(frame[last].avg() < _OPAQUE for frame in picture.frames):
        return picture
    return picture.each(lambda image: in_memory(image[0] if last == 1 else image[:last]))


def _stored(picture: Picture, source: File) -> str:
    if _writes(source):
        return source.header.reader.name
    return "PNG" if picture.has_alpha else "JPEG"


def _like(asked: Output, name: str, *, lossless: bool = False) -> Output:
    """Return the format of that name with what was asked for any format."""
    kind: type[Output] = Output.family[name]
    said = {field: getattr(asked, field) for field in asked.model_fields_set}
    if lossless and "lossless" in kind.model_fields:
        said = {**{key: said[key] for key in said if key not in _QUALITY}, "lossless": True}
    quality = said.pop("quality", None)
    if quality is not None and (kind.lossy or quality != "auto"):
        said["quality"] = quality
    own: dict[str, Any] = {key: part for key, part in said.items() if key in kind.model_fields}
    if own.get("quality") != "auto":
        own.pop("min_ssim", None)
    if own.get("color_profile") == "cmyk" and name not in {"JPEG", "TIFF"}:
        raise ContractError(
            f"expected JPEG or TIFF for CMYK, got {name}", path="output.color_profile"
        )
    return kind.model_validate(own)


def one_frame(picture: Picture, output: Output) -> Picture:
    """Return what the format can show of an animation, and say what was left out."""
    more = len(picture.frames) - 1
    if not more or output.animates:
        return picture
    return replace(picture, frames=picture.frames[:1]).note(
        "first_frame_only",
        f"{output.name} holds one picture; {more} more frames were left out",
        "output.format",
    )
