"""How results show themselves in notebooks: Jupyter's display protocol."""

from __future__ import annotations

from typing import Any

import pybase64

_SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""What JupyterLab and its kin draw as it is."""

_SVG = "image/svg+xml"
_JSON = "application/json"


def bundle(mime: str, data: bytes, text: str) -> dict[str, Any]:
    """Return a picture by media type, as `_repr_mimebundle_` has it; bytes stand in base64.

    What no notebook can draw, such as TIFF, becomes a PNG for the eye.
    """
    if not data:
        return {"text/plain": text}
    if mime == _SVG:
        return {mime: data.decode(), "text/plain": text}
    if mime not in _SHOWN:
        mime, data = "image/png", _png(data)
    return {mime: pybase64.b64encode_as_string(data), "text/plain": text}


def facts(values: dict[str, Any], text: str) -> dict[str, Any]:
    """Return JSON for a notebook's tree of values."""
    return {_JSON: values, "text/plain": text}


def _png(data: bytes) -> bytes:
    import pyvips  # noqa: PLC0415 - only for what cannot be shown as it is

    picture = pyvips.Image.new_from_buffer(data, "").colourspace("srgb")
    return bytes(picture.cast("uchar").write_to_buffer(".png"))
