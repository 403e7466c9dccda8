"""Asks for measurements as a job does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pybase64
from PIL import Image

from tests.job.making import worker
from tests.pictures import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence


def answer(picture: Image.Image | bytes, analyze: Any, **more: Any) -> dict[str, Any]:
    """Return the whole answer to a job that only measures, unless `more` says otherwise."""
    data = encoded(picture) if isinstance(picture, Image.Image) else picture
    image = {"base64": pybase64.b64encode_as_string(data)}
    job = {"image": image, "analyze": analyze, "output": {"format": "JSON"}, "cache": "off"}
    return worker().answer({**job, **more})


def facts(picture: Image.Image | bytes, want: Sequence[Any], **more: Any) -> dict[str, Any]:
    """Return the measurements."""
    said = answer(picture, list(want), **more)
    assert said["success"], said
    analysis: dict[str, Any] = said["analysis"]
    return analysis


def fact(picture: Image.Image | bytes, name: str, /, **options: Any) -> Any:
    """Return one measurement."""
    return facts(picture, [{name: options} if options else name])[name]


def cutout(inner: Image.Image, hidden: tuple[int, int, int]) -> Image.Image:
    """Return a picture around which everything is transparent, hiding a colour."""
    whole = Image.new("RGBA", (inner.width * 2, inner.height * 2), (*hidden, 0))
    whole.paste(inner.convert("RGBA"), (inner.width // 2, inner.height // 2))
    return whole
