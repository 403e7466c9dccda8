"""The display protocol of notebooks."""

from __future__ import annotations

import json

import pybase64
import pytest
import pyvips

from image_worker import catalog, notebook, process
from tests.job.making import PNG

SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
WRITTEN = [kind.name for kind in catalog.FORMATS if kind.mime.startswith("image/")]


@pytest.mark.parametrize("name", WRITTEN)
def test_every_format_becomes_something_that_a_notebook_draws(name: str) -> None:
    result = process(PNG, output={"format": name})
    shown = result._repr_mimebundle_(include=None, exclude=None)
    json.dumps(shown)  # what is sent to the browser
    text = shown.pop("text/plain")
    assert text.startswith(f"<Result 40x30 {name}, ")
    ((mime, data),) = shown.items()
    assert mime in SHOWN
    drawn = pyvips.Image.new_from_buffer(pybase64.b64decode(data, validate=True), "")
    assert (drawn.width, drawn.height) == (40, 30)
    assert (mime == result.mime) == (result.mime in SHOWN)


def test_drawings_are_text() -> None:
    shown = notebook.bundle("image/svg+xml", b"<svg/>", "a")
    assert shown == {"image/svg+xml": "<svg/>", "text/plain": "a"}
