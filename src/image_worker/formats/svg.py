"""SVG, read only, and only where a setting allows it."""

from __future__ import annotations

from image_worker.formats.base import Reader


def _matches(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<svg" in text


READER = Reader(
    name="SVG", mime="image/svg+xml", loader="svgload_source", matches=_matches, shrinks="scale"
)
