"""From the working colours, sRGB, to those of a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyvips

from image_worker.errors import ContractError
from image_worker.formats.base import keeping, with_blob
from image_worker.picture import coloured, on_colour, said

if TYPE_CHECKING:
    from image_worker.formats.base import Output
    from image_worker.picture import Picture
    from image_worker.pipeline.opening import File

_PATH = "output.color_profile"
_ICC = "icc-profile-data"
_INTENT = "relative"
"""With black point compensation, the nearest of the intents for CMYK: mean CIEDE2000 of 1.8 to 3.1,
by how it is read again, against 2.6 to 5.0 for the perceptual one."""
_INKS = {"JPEG", "TIFF"}
_SPACES = {b"RGB ": {"JPEG", "PNG", "WEBP", "AVIF", "TIFF"}, b"GRAY": {"JPEG", "PNG", "TIFF"}}
_SPACES[b"CMYK"] = _INKS
_GREY_BANDS = 2


def profile_of(output: Output) -> str:
    """Return which colours the file is to have."""
    return str(getattr(output, "color_profile", "srgb"))


def in_profile(picture: Picture, output: Output, source: File) -> Picture:
    """Return the picture in the colours that the output asks for, with their profile."""
    wanted = profile_of(output)
    if wanted == "srgb":
        return picture
    if wanted == "cmyk" and output.name not in _INKS:
        raise ContractError(f"expected JPEG or TIFF for CMYK, got {output.name}", path=_PATH)
    if wanted == "keep":
        profile = _profile(source)
        if not profile:
            return picture  # A file without a profile means sRGB.
        _check(profile, picture, output)
        change = partial(_exported, profile=profile)
    else:
        change = partial(_transformed, profile=wanted)
    marked = picture.each(lambda image: on_colour(image, change))
    return marked.each(lambda image: keeping(image, pyvips.ForeignKeep.ICC))


def as_seen(image: pyvips.Image) -> pyvips.Image:
    """Return what an encoder wrote in sRGB, where it would not do to compare the numbers."""
    if image.interpretation != "cmyk":
        return image
    return image.icc_transform("srgb", embedded=True, input_profile="cmyk", intent="perceptual")


def _profile(source: File) -> bytes:
    stored = source.header.reader.open(source.data, access="sequential")
    return said(stored, _ICC, b"")


def _check(profile: bytes, picture: Picture, output: Output) -> None:
    space = profile[16:20]
    if output.name not in _SPACES.get(space, ()):
        said_space = space.decode("latin-1").strip()
        raise ContractError(
            f"expected a format that holds the source's {said_space} profile, got {output.name}",
            path=_PATH,
        )
    if space == b"GRAY" and picture.image.bands > _GREY_BANDS:
        raise ContractError(
            "expected a grey picture for the source's grey profile, got colours", path=_PATH
        )


def _transformed(image: pyvips.Image, profile: str) -> pyvips.Image:
    return coloured(image).icc_transform(
        profile, input_profile="srgb", embedded=False, intent=_INTENT, black_point_compensation=True
    )


def _exported(image: pyvips.Image, profile: bytes) -> pyvips.Image:
    lab = coloured(image).icc_import(input_profile="srgb", embedded=False)
    return with_blob(lab, _ICC, profile).icc_export(
        depth=8, intent=_INTENT, black_point_compensation=True
    )
