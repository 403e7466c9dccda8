"""Opens sources: what they are, whether they may be opened, and their own operations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from image_worker.conditions import facts_of
from image_worker.errors import ImageWorkerError, InvalidParameterError, UnsupportedFormatError
from image_worker.picture import Picture, in_memory
from image_worker.pipeline.cost import Part, check_cost, reading_cost
from image_worker.pipeline.decode import decode, standard
from image_worker.pipeline.facts import analyzers, header_facts, measured_facts
from image_worker.pipeline.header import Header, read_header, sniff
from image_worker.pipeline.native import reading
from image_worker.pipeline.steps import carry_out
from image_worker.sources.base import Given
from image_worker.vision import Sight, built_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyvips

    from image_worker.limits import Limits
    from image_worker.sources.base import Source
    from image_worker.vision.models import Models

_SHRINKS = (8, 4, 2)
"""How much smaller a decoder can make a picture."""


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a source, and what its header says."""

    data: bytes
    header: Header


@dataclass(frozen=True, slots=True)
class Opened:
    """All sources of a job, by the digest of their bytes."""

    sources: Mapping[str, bytes]
    limits: Limits
    svg_allowed: bool = False
    models: Callable[[], Models] | None = None
    """Returns what can see, when it is needed. Default: the models that are built in."""
    _sights: dict[str, Sight] = field(default_factory=dict)
    _files: dict[str, File] = field(default_factory=dict)
    _pictures: dict[str, Picture] = field(default_factory=dict)

    def file(self, source: Source) -> File:
        """Return the file of a source, once its header has passed the limits."""
        key = source.model_dump_json()
        if key not in self._files:
            self._files[key] = self._file(source)
        return self._files[key]

    def _file(self, source: Source) -> File:
        data = self._bytes(source)
        reader = sniff(data, svg=self.svg_allowed)
        with reading(data, reader):
            header = read_header(data, reader, self.limits, upright=source.auto_orient)
        if source.page >= header.pages:
            raise InvalidParameterError(f"expected a page below {header.pages}, got {source.page}")
        return File(data, header)

    def sight(self, source: Source) -> Sight:
        """Return what is seen in a source before any step, looked for once in a job."""
        key = source.model_dump_json(exclude={"operations"})
        if key not in self._sights:
            file = self.file(source)
            glance = partial(_glance, file, source.page)
            self._sights[key] = Sight(self.models or built_in, glance)
        return self._sights[key]

    def picture(self, source: Source) -> Picture:
        """Return a picture that other steps need, decoded and after its own operations."""
        key = source.model_dump_json()
        if key not in self._pictures:
            try:
                self._pictures[key] = self._picture(source)
            except ImageWorkerError as error:  # its steps have no place of their own in the job
                raise type(error)(error.message) from None
        return self._pictures[key]

    def svg(self, text: str, scale: float = 1) -> Picture:
        """Return a drawing that stands in the job, where the setting allows SVG."""
        data = text.encode()
        if not self.svg_allowed:
            raise UnsupportedFormatError(
                'expected no SVG: it is read only where the setting "svg" is on'
            )
        reader = sniff(data, svg=True)
        if reader.name != "SVG":
            raise UnsupportedFormatError(f"expected the text of an SVG, got {reader.name}")
        with reading(data, reader):
            header = read_header(data, reader, self.limits)
            check_cost([Part("", reading_cost(header) * scale**2)], self.limits)
            image = reader.open(data, **({"scale": scale} if scale != 1 else {}))
            return Picture((standard(image),))

    def _picture(self, source: Source) -> Picture:
        file = self.file(source)
        with reading(file.data, file.header.reader):
            sight = self.sight(source)
            picture = replace(decode(file.data, file.header, page=source.page), sight=sight)
            own: Any = source.operations
            names = [name for step in own if step.when for name in facts_of(step.when)]
            measured = measured_facts(file.data, file.header, analyzers(names), sight)
            facts = {**header_facts(file.header), **measured}
            picture, _ = carry_out(picture.each(in_memory), own, facts, self.limits)
            return picture.each(in_memory)

    def _bytes(self, source: Source) -> bytes:
        if isinstance(source, Given) and source.given in self.sources:
            return self.sources[source.given]
        raise InvalidParameterError("expected a source that names a picture or holds it")


def _glance(file: File, page: int, longest: int) -> pyvips.Image:
    """Return the picture with a longer side of at least so many pixels, if it has as many.

    The decoder leaves out pixels where it can, which is several times faster.
    """
    side = max(file.header.size)
    shrink = next((each for each in _SHRINKS if side >= each * longest), 1)
    shrink = shrink if file.header.reader.shrinks else 1
    return decode(file.data, file.header, shrink=shrink, page=page).image
