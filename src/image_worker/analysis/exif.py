"""EXIF."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import Analyzer, Subject
from image_worker.picture import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyvips

_FIELD = re.compile(r"exif-ifd([023])-(.+)")
_GPS = "3"
_LEFT_OUT = {"MakerNote", "PrintImageMatching"}
"""Binary data of camera makers, in which everything may hide."""

# How libvips tells a value: as it is, then as libexif shows it, with its type.
_TOLD = re.compile(r"(.*), (\w+), \d+ components, \d+ bytes\)", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(/-?\d+)?")
_LONGEST = 4096
_BELOW_SEA = (1, "Sea level reference")
"""The code, and what libexif makes of it."""


class Exif(Analyzer):
    """The EXIF fields of the file by their names, such as `Make`, `Model` and `ExposureTime`.

    Fractions are numbers (null where they divide by zero), codes stay the numbers that EXIF
    defines, several values are a list. Makers' notes and the thumbnail are left out. Fields that
    every EXIF must have, such as `ExifVersion` and `XResolution`, are there with their defaults
    even if the file forgot them. Empty where the file has no EXIF; EXIF in TIFF is not read.
    """

    name = "exif"
    reads = "header"
    of_file = True

    gps: bool = False
    """Whether to tell where the picture was taken: adds `gps` with the fields, and `latitude` and
    `longitude` in degrees (north and east positive) and `altitude` in metres where known."""

    def measure(self, subject: Subject) -> dict[str, Any]:
        """Return the fields."""
        if subject.stored is None:
            return {}
        told = list(_told(subject.stored.image))
        fields = {name: value for ifd, name, value in told if ifd != _GPS}
        places = {name: value for ifd, name, value in told if ifd == _GPS}
        return {**fields, "gps": {**places, **_place(places)}} if self.gps and places else fields


def _told(image: pyvips.Image) -> Iterator[tuple[str, str, Any]]:
    for field in image.get_fields():
        match = _FIELD.fullmatch(field)
        if match and match[2] not in _LEFT_OUT:
            try:
                value = _value(said(image, field, ""))
            except UnicodeDecodeError:
                continue
            if value != "":
                yield match[1], match[2], value


def _value(text: str) -> Any:
    match = _TOLD.fullmatch(text)
    value = _undoubled(match[1]) if match else text
    parts = value.split()
    if match and match[2] != "ASCII" and parts and all(map(_NUMBER.fullmatch, parts)):
        numbers = [_number(part) for part in parts]
        return numbers[0] if len(numbers) == 1 else numbers
    return value.strip("\0 ")[:_LONGEST]


def _undoubled(told: str) -> str:
    """Return what stands before the ` (` that begins the value as libexif shows it.

    The value itself may have brackets; libexif shows it from its start, perhaps shortened.
    """
    breaks = [at.start() for at in re.finditer(r" \(", told)]
    middle = len(told) / 2 - 1
    for at in sorted(breaks, key=lambda each: abs(each - middle)):
        if told[:at].startswith(told[at + 2 :].rstrip()):
            return told[:at]
    return told[: breaks[0]] if breaks else told


def _number(text: str) -> float | None:
    above, _, below = text.partition("/")
    if not below:
        return int(above)
    return round(int(above) / int(below), 9) if int(below) else None


def _place(fields: Mapping[str, Any]) -> dict[str, float]:
    known = {
        "latitude": _degrees(fields.get("GPSLatitude"), fields.get("GPSLatitudeRef") == "S"),
        "longitude": _degrees(fields.get("GPSLongitude"), fields.get("GPSLongitudeRef") == "W"),
        "altitude": _metres(fields.get("GPSAltitude"), fields.get("GPSAltitudeRef")),
    }
    return {name: value for name, value in known.items() if value is not None}


def _degrees(parts: Any, negative: Any) -> float | None:
    """Return degrees, minutes and seconds in degrees."""
    if not isinstance(parts, list) or not all(isinstance(part, int | float) for part in parts):
        return None
    degrees = math.fsum(part / 60**order for order, part in enumerate(parts))
    return round(-degrees if negative else degrees, 7)


def _metres(height: Any, reference: Any) -> float | None:
    if not isinstance(height, int | float):
        return None
    return -height if reference in _BELOW_SEA else height
