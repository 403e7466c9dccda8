"""What conditions may ask about a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import Analyzer, Stored, Subject, measured
from image_worker.component import lacking, refuse, suggestion
from image_worker.pipeline.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from image_worker.picture import Picture
    from image_worker.pipeline.header import Header

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


def measured_facts(data: bytes, header: Header, wanted: Sequence[Analyzer]) -> dict[str, Any]:
    """Return the measurements of the source."""
    if not wanted:
        return {}
    return measured(wanted, source_subject(data, header, decode(data, header)))


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
    if name in OF_HEADER or name in numbers:
        return
    extra = Analyzer.family.promised(name)
    if extra:
        raise lacking("fact", name, extra, *loc)
    known = [*OF_HEADER, *numbers]
    hint = suggestion(name, known) or f"known are {', '.join(known)}"
    raise refuse(f"expected a fact of the source; {hint}", name, *loc)
