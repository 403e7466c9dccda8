"""Pictures of what jobs do, for the documentation: made by the real pipeline, before and after."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyvips
import skimage

from image_worker.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUNDLED = Path(skimage.__file__).parent / "data"

GAP = 12
"""Pixels between before and after."""

TOLERANCE = 1.5
"""Mean difference in levels up to which a picture in the documentation counts as current."""

_WITH_COLOURS = 4


def kept(
    folder: Path, pictures: Iterator[tuple[str, pyvips.Image]], *, check: bool
) -> Iterator[str]:
    """Write the pictures that differ from what is there, or only name them."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted, place = set(), f"docs/{folder.name}"
    for name, made_now in pictures:
        path = folder / f"{name}.webp"
        wanted.add(path)
        if path.exists() and _difference(made_now, path) <= TOLERANCE:
            continue
        yield f"{place}/{path.name}"
        if not check:
            made_now.webpsave(str(path), Q=82, effort=6, keep=pyvips.ForeignKeep.NONE)
    for path in set(folder.glob("*.webp")) - wanted:
        yield f"{place}/{path.name} (nothing makes it any more)"
        if not check:
            path.unlink()


def made(source: pyvips.Image, *steps: dict[str, Any]) -> list[pyvips.Image]:
    """Return the picture after the steps, or what they set aside."""
    answer = answered(source, *steps)
    results = [*answer.get("outputs", {}).values()] or [answer]
    return [_read(one["processed_image"]) for one in results]


def answered(source: pyvips.Image, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the answer to a job, which must succeed."""
    job = {"image": inline(source), "operations": list(steps), "output": {"format": "PNG"}, **more}
    answer = load(svg=True).worker().answer(job)
    if not answer["success"]:
        raise SystemExit(f"the example {steps} fails: {answer['error']}")
    return answer


def photograph(name: str, height: int) -> pyvips.Image:
    """Return a photograph that scientists use, at that height."""
    image = pyvips.Image.new_from_file(str(_BUNDLED / name)).copy_memory()
    return image.resize(height / image.height).colourspace("srgb").cast("uchar").copy_memory()


def inline(image: pyvips.Image) -> dict[str, str]:
    """Return the picture as a source."""
    return {"base64": base64.b64encode(image.pngsave_buffer(keep="none")).decode()}


def beside(*pictures: pyvips.Image) -> pyvips.Image:
    """Return pictures on one white ground, centred; grey squares show what is transparent."""
    sides = [_shown(one).colourspace("srgb") for one in pictures]
    height = max(side.height for side in sides)
    first, *rest = (
        side.gravity("centre", side.width, height, extend="white").copy(interpretation="srgb")
        for side in sides
    )
    for side in rest:
        first = first.join(side, "horizontal", expand=True, shim=GAP, background=255)
    return first


def _read(text: str) -> pyvips.Image:
    data = base64.b64decode(text.partition(",")[2])
    return pyvips.Image.new_from_buffer(data, "").copy_memory()


def _shown(image: pyvips.Image) -> pyvips.Image:
    """Lay transparency upon grey squares, as editors show it."""
    if not image.hasalpha():
        return image
    grid = pyvips.Image.xyz(image.width, image.height) // 8
    squares = ((grid[0] + grid[1]) % 2) * 30 + 215
    below = squares.cast("uchar").bandjoin([squares.cast("uchar")] * 2)
    image = image if image.bands == _WITH_COLOURS else image.colourspace("srgb")
    return below.copy(interpretation="srgb").composite2(image, "over").flatten().cast("uchar")


def _difference(made_now: pyvips.Image, path: Path) -> float:
    there = pyvips.Image.new_from_file(str(path))
    again = pyvips.Image.new_from_buffer(made_now.webpsave_buffer(Q=82, effort=6), "")
    if (again.width, again.height, again.bands) != (there.width, there.height, there.bands):
        return 255.0
    return float((again - there).abs().avg())
