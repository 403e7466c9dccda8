"""What conditions may ask about a source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import Analyzer, Stored, Subject, measured
from image_worker.component import refuse, suggestion
from image_worker.pipeline.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from image_worker.picture import Picture
    from image_worker.pipeline.header import Header
    from image_worker.vision import Sight

OF_HEADER = ("width", "height", "aspect", "megapixels", "pages", "has_alpha", "format")
"""Facts that are known before a pixel is decoded."""

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def header_facts(header: Header) -> dict[str, Any]:
    """Return what the header says, upright."""
    width, height = header.size
    return {
        "width": width,
        "height": height,
        "aspect": width / height,
        "megapixels": width * height / 1e6,
        "pages": header.pages,
        "has_alpha": header.has_alpha,
        "format": header.reader.name,
    }


def analyzers(names: Iterable[str]) -> list[Analyzer]:
    """Return the measurements that the facts of those names take, each once."""
    return [Analyzer.family[name]() for name in sorted(set(names) - set(OF_HEADER))]


def measured_facts(
    data: bytes, header: Header, wanted: Sequence[Analyzer], sight: Sight
) -> dict[str, Any]:
    """Return the measurements of the source."""
    if not wanted:
        return {}
    picture = replace(decode(data, header), sight=sight)
    told = measured(wanted, source_subject(data, header, picture))
    return {one.name: one.fact(told[one.name]) for one in wanted}


def source_subject(data: bytes, header: Header, picture: Picture) -> Subject:
    """Return the source as what can be measured."""
    stored = Stored(data, header.reader.open(data, access="sequential"))
    return Subject(picture, header.mode, header.reader.name, stored)


def result_subject(picture: Picture, name: str, original: Picture) -> Subject:
    """Return a result, before it is encoded in the format of that name."""
    return Subject(picture, _MODES[picture.image.bands], name, original=original)


def check_fact(name: str, *loc: str | int) -> None:
    """Refuse what is no fact of the header and no number that can be measured."""
    numbers = [kind.name for kind in Analyzer.family if kind.numeric]
    if name in OF_HEADER:
        return
    if name in numbers:
        Analyzer.family.find(name, "")
        return
    known = [*OF_HEADER, *numbers]
    hint = suggestion(name, known) or f"known are {', '.join(known)}"
    raise refuse(f"expected a fact of the source; {hint}", name, *loc)
