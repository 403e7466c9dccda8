"""The source itself as the result, where that is smaller and nothing was to be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from image_worker.errors import ContractError
from image_worker.pipeline.decode import decode
from image_worker.pipeline.metadata import stays_private
from image_worker.pipeline.profiles import profile_of

if TYPE_CHECKING:
    from image_worker.formats.base import Output
    from image_worker.picture import Picture
    from image_worker.pipeline.opening import File
    from image_worker.pipeline.rendered import Rendered

_ALL = 255
_SATISFIED = {
    "quality", "min_ssim", "min_quality", "max_bytes", "shrink", "if_larger", "metadata",
    "background", "color_profile", "effort", "compression",
}  # fmt: skip
"""What a source that passes the other checks keeps, or what only says how to make the file."""


def kept_original(rendered: Rendered, picture: Picture, output: Output, source: File) -> Rendered:
    """Return the source as the result, or fail and say why it is not what was asked."""
    reason = _reason(picture, output, source)
    sizes = f"{len(rendered.data)} bytes, the source {len(source.data)}"
    if reason:
        raise ContractError(
            f"expected a result that is not larger than the source; it has {sizes}, "
            f"which cannot stand in: {reason}",
            path="output.if_larger",
        )
    told = picture.note("original_kept", f"the result would have {sizes}: it is the source itself")
    return replace(rendered, data=source.data, quality=None, ssim=None, notices=told.notices)


def _reason(picture: Picture, output: Output, source: File) -> str:
    """Return why the source is not what was asked, or nothing."""
    header = source.header
    if header.reader.name != output.name:
        return f"it is {header.reader.name}, not {output.name}"
    if not stays_private(output, source):
        return f'it holds more metadata than "{output.metadata}" allows'
    profile, stored = profile_of(output), header.reader.open(source.data, access="sequential")
    tagged = bool(stored.get_typeof("icc-profile-data")) or stored.interpretation == "cmyk"
    if profile not in ({"keep"} if tagged else {"keep", "srgb"}):
        return f'its colours are not those of the profile "{profile}"'
    asked = [
        name for name, field in type(output).model_fields.items()
        if name not in _SATISFIED and getattr(output, name) != field.default
    ]  # fmt: skip
    if asked:
        return f"nothing tells whether it has the {asked[0]} that is asked"
    limit = output.most_bytes
    if limit is not None and len(source.data) > limit:
        return f"it has more than {limit} bytes"
    return "" if _unchanged(picture, source) else "the operations changed the picture"


def _unchanged(picture: Picture, source: File) -> bool:
    """Tell whether the picture still has every pixel of the source, and all frames of it."""
    header = source.header
    frames = len(picture.frames)
    if frames != header.pages or picture.size != header.size:
        return False
    before = decode(source.data, header, frames=frames)
    return all(
        old.bands == new.bands and old.relational(new, "equal").bandand().avg() == _ALL
        for old, new in zip(before.frames, picture.frames, strict=True)
    )
