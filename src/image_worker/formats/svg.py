"""SVG, read only, and only where a setting allows it."""

from __future__ import annotations

from image_worker.formats.drawing import inspect
from image_worker.formats.reading import Reader


def _matches(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<svg" in text


READER = Reader(
    name="SVG",
    mime="image/svg+xml",
    loader="svgload_source",
    matches=_matches,
    seconds_per_megapixel=0.05,
    on_request=True,
    shrinks="scale",
    inspect=inspect,
)
