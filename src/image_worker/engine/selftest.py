"""Whether every promised format can really be written and read here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyvips

from image_worker.engine.request import RenderRequest, digest_of
from image_worker.errors import ImageWorkerError
from image_worker.formats.base import Output
from image_worker.formats.reading import readers
from image_worker.limits import Limits

if TYPE_CHECKING:
    from image_worker.engine.request import Engine

_SIDE = 16
_COLOURS = ((200, 60, 40), (40, 90, 200))
"""The upper and the lower half of the picture that every format has to keep."""
_NEAR = 12
"""Levels that a format with losses may differ by, on average."""

_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">'
    b'<rect width="16" height="8" fill="rgb(200,60,40)"/>'
    b'<rect y="8" width="16" height="8" fill="rgb(40,90,200)"/></svg>'
)


def problems(engine: Engine, *, svg: bool = False) -> dict[str, str]:
    """Return what is wrong with each promised format that does not work; empty if all do."""
    found = {name: problem(name, engine, svg=svg) for name in promised(svg=svg)}
    return {name: sentence for name, sentence in found.items() if sentence}


def promised(*, svg: bool = False) -> list[str]:
    """Return every format that is read or written; SVG is read only where it is asked for."""
    read = (reader.name for reader in readers() if svg or not reader.on_request)
    return sorted({*read, *_written()})


def _written() -> list[str]:
    return [kind.name for kind in Output.family if kind.mime.startswith("image/")]


def problem(name: str, engine: Engine, *, svg: bool = False) -> str:
    """Return what is wrong with one format; empty if it works."""
    try:
        return _round_trip(name, engine, svg=svg)
    except (ImageWorkerError, pyvips.Error) as error:
        return str(error).strip() or type(error).__name__


def _round_trip(name: str, engine: Engine, *, svg: bool) -> str:
    """Write the picture and read it again."""
    painted = _painted()
    data = (
        _converted(painted.pngsave_buffer(), name, engine, svg=svg) if name in _written() else _SVG
    )
    back = pyvips.Image.pngload_buffer(_converted(data, "PNG", engine, svg=svg))
    difference = float((back[:3] - painted).abs().avg())
    return f"the colours came back {difference:.0f} levels off" if difference > _NEAR else ""


def _converted(data: bytes, name: str, engine: Engine, *, svg: bool) -> bytes:
    digest = digest_of(data)
    recipe = json.dumps({"image": {"given": digest}, "output": {"format": name}})
    return engine.run(RenderRequest(recipe, {digest: data}, Limits(), svg=svg)).data


def _painted() -> pyvips.Image:
    halves = [
        pyvips.Image.black(_SIDE, _SIDE // 2).bandjoin([0, 0]) + list(colour) for colour in _COLOURS
    ]
    whole = halves[0].join(halves[1], "vertical")
    return whole.cast("uchar").copy(interpretation="srgb")
