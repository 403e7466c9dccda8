"""What of the source's metadata comes with the result."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyvips

from image_worker.formats.base import keeping, with_blob
from image_worker.picture import said
from image_worker.pipeline import exif

if TYPE_CHECKING:
    from image_worker.formats.base import Output
    from image_worker.picture import Picture
    from image_worker.pipeline.opening import File

_NAMES = {exif.ARTIST: "Artist", exif.COPYRIGHT: "Copyright"}
_ROOM = "exif-ifd0-ImageDescription"
_EXIF, _XMP, _IPTC = "exif-data", "xmp-data", "iptc-data"
_OF_THE_SOURCE = (_EXIF, _XMP, _IPTC, "orientation", "jpeg-thumbnail-data", "exif-")
_HOLD_EXIF = {"JPEG", "PNG", "WEBP", "AVIF"}
_HOLD_XMP = {*_HOLD_EXIF, "TIFF"}
_HOLD_IPTC = {"JPEG", "TIFF"}
_PREVIEWS = re.compile(rb"<(xmp|xap):Thumbnails\b.*?</\1:Thumbnails>", re.DOTALL)
_RESOURCE, _RECORDS = b"8BIM", b"\x04\x04"
_SEGMENT = b"Photoshop 3.0\0"
_MILLIMETRES = 25.4


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says beside its pixels."""

    block: bytes = b""
    """An EXIF block."""
    tags: tuple[exif.Tag, ...] = ()
    """Entries for the directory of a TIFF file."""
    xmp: bytes = b""
    iptc: bytes = b""
    dpi: float | None = None
    left_out: tuple[str, ...] = ()
    """What the source has and the format cannot hold."""

    def on(self, picture: Picture) -> Picture:
        """Return the picture with all that its encoder shall write."""
        if self.dpi:
            density = self.dpi / _MILLIMETRES
            picture = picture.each(lambda image: image.copy(xres=density, yres=density))
        if not (self.block or self.xmp or self.iptc):
            return picture
        return replace(picture, frames=(self._marked(picture.image), *picture.frames[1:]))

    def finished(self, data: bytes) -> bytes:
        """Return the file with what libvips cannot write."""
        if self.block:
            data = exif.filled(data, self.block)
        return exif.with_tags(data, list(self.tags))

    def _marked(self, image: pyvips.Image) -> pyvips.Image:
        image, keep = _bare(image), pyvips.ForeignKeep
        if self.block:
            image = keeping(image, keep.EXIF)
            image.set_type(pyvips.GValue.gstr_type, _ROOM, exif.reserved(len(self.block)))
        if self.xmp:
            image = with_blob(keeping(image, keep.XMP), _XMP, self.xmp)
        if self.iptc:
            image = with_blob(keeping(image, keep.IPTC), _IPTC, self.iptc)
        return image


def metadata(picture: Picture, output: Output, source: File) -> Metadata:
    """Return what the result is to say, of what the output asks and its format can hold."""
    dpi = getattr(output, "dpi", None)
    density = exif.resolution(dpi) if dpi else []
    if output.metadata == "none":
        return _held(output, Metadata(block=exif.made(density) if density else b"", dpi=dpi))
    stored = source.header.reader.open(source.data, access="sequential")
    block = exif.block(said(stored, _EXIF, b""))
    tiff = source.header.reader.name == "TIFF"
    tags = exif.rights(source.data if tiff else block)
    own = exif.made([*tags, *density]) if tags or density else b""
    if output.metadata == "copyright":
        return _held(output, Metadata(block=own, tags=tuple(tags), dpi=dpi))
    whole = exif.cleaned(block, *picture.size)
    return _held(
        output,
        Metadata(
            block=exif.with_tags(whole, density) if whole else own,
            tags=tuple(tags),
            xmp=_PREVIEWS.sub(b"", said(stored, _XMP, b"")),
            iptc=exif.iptc(source.data) if tiff else _records(said(stored, _IPTC, b"")),
            dpi=dpi,
        ),
    )


def stays_private(output: Output, source: File) -> bool:
    """Tell whether the source's file itself says no more than the output may."""
    stored = source.header.reader.open(source.data, access="sequential")
    told = {name for name in stored.get_fields() if name.startswith(_OF_THE_SOURCE)}
    if source.header.reader.name == "TIFF":
        return output.metadata == "all"  # Its directory may say anything.
    if output.metadata == "all":
        return True
    if output.metadata == "none":
        return not told
    allowed = {_EXIF, *(f"exif-ifd0-{name}" for name in _NAMES.values())}
    return told <= allowed


def _held(output: Output, found: Metadata) -> Metadata:
    """Leave out what the format cannot hold, and say what that was."""
    name = output.name
    missing = []
    if name not in _HOLD_EXIF or len(found.block) > exif.MOST_BYTES:
        if found.block and (name != "TIFF" or output.metadata == "all"):
            missing.append("EXIF")
        found = replace(found, block=b"")
    if name != "TIFF":
        found = replace(found, tags=())
    if found.xmp and (name not in _HOLD_XMP or len(found.xmp) > exif.MOST_BYTES):
        missing.append("XMP")
        found = replace(found, xmp=b"")
    if found.iptc and (name not in _HOLD_IPTC or len(found.iptc) > exif.MOST_BYTES):
        missing.append("IPTC")
        found = replace(found, iptc=b"")
    if found.iptc and name == "JPEG":
        found = replace(found, iptc=_segment(found.iptc))
    elif found.iptc:
        entry = exif.Tag(exif.IPTC, exif.UNDEFINED, found.iptc)
        found = replace(found, iptc=b"", tags=(*found.tags, entry))
    return replace(found, left_out=tuple(missing))


def _bare(image: pyvips.Image) -> pyvips.Image:
    """Return the image without what the source said."""
    image = image.copy()
    for name in image.get_fields():
        if name.startswith(_OF_THE_SOURCE):
            image.remove(name)
    return image


def _records(data: bytes) -> bytes:
    """Return the IPTC records alone, without Photoshop's other resources: one is a preview."""
    if not data.startswith(_SEGMENT):
        return data if data[:1] == b"\x1c" else b""
    place = len(_SEGMENT)
    while data[place : place + 4] == _RESOURCE:
        name = place + 6
        start = name + (data[name : name + 1] or b"\0")[0] // 2 * 2 + 2
        length = int.from_bytes(data[start : start + 4], "big")
        if data[place + 4 : place + 6] == _RECORDS:
            return data[start + 4 : start + 4 + length]
        place = start + 4 + length + length % 2
    return b""


def _segment(records: bytes) -> bytes:
    """Return IPTC records as JPEG files hold them."""
    length = len(records).to_bytes(4, "big")
    return _SEGMENT + _RESOURCE + _RECORDS + b"\0\0" + length + records + b"\0" * (len(records) % 2)
