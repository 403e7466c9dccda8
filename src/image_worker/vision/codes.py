"""QR codes and barcodes, by OpenCV."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from image_worker.vision.detections import Detection, Facts, Found
from image_worker.vision.finding import whole_box
from image_worker.vision.libraries import numpy, opencv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from image_worker.vision.view import View

    Reader = Callable[[Any], Iterator[tuple[str, str, Any]]]

_LONGEST = 2000
"""Longer side of the picture that is looked at; a code needs a few pixels for each of its dots."""
_LEAST_SIDE = 16
"""No code is smaller, and OpenCV's readers fail."""
_FACTS = Facts("opencv-codes", "", "Apache-2.0")


def find_codes(view: View) -> Found:
    """Return every code that can be read, with what it says; OpenCV tells no confidence, so 1."""
    cv2 = opencv()
    rgb = view.rgb(_LONGEST)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    read = [*_first(_qr, grey), *_first(_bars, grey)] if min(grey.shape) >= _LEAST_SIDE else ()
    made = (_detection(view, rgb, *each) for each in read)
    return Found(tuple(one for one in made if one), _FACTS)


def _first(reader: Reader, grey: Any) -> list[tuple[str, str, Any]]:
    """Return what is read of the picture as it is, else softened, else at half its size.

    OpenCV finds bars by the slopes of their edges, which drawn ones have not, and by their size.
    """
    for scale, version in _versions(grey):
        with contextlib.suppress(opencv().error):  # what it says of pictures in which it gets lost
            found = [(label, text, points * scale) for label, text, points in reader(version)]
            if found:
                return found
    return []


def _versions(grey: Any) -> Iterator[tuple[int, Any]]:
    """Yield each version with how many pixels of the picture one of it is, a side."""
    cv2 = opencv()
    yield 1, grey
    yield 1, cv2.GaussianBlur(grey, (0, 0), 1)
    yield 2, cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _qr(grey: Any) -> Iterator[tuple[str, str, Any]]:
    _, texts, corners, _ = opencv().QRCodeDetector().detectAndDecodeMulti(grey)
    for text, points in zip(texts, () if corners is None else corners, strict=False):
        if text:
            yield "qr", text, points


def _bars(grey: Any) -> Iterator[tuple[str, str, Any]]:
    detector = opencv().barcode.BarcodeDetector()
    _, texts, kinds, corners = detector.detectAndDecodeWithType(grey)
    for text, kind, points in zip(texts, kinds, () if corners is None else corners, strict=False):
        if text:
            yield kind.lower().replace("_", "-"), text, points[[1, 2, 3, 0]]


def _detection(view: View, rgb: Any, label: str, text: str, points: Any) -> Detection | None:
    places = points * numpy().array(view.scales(rgb))
    box = whole_box((*places.min(0), *places.max(0)), view.size)
    corners = tuple((round(float(x), 1), round(float(y), 1)) for x, y in places)
    return box and Detection(label, 1.0, box, text=text, corners=corners)
