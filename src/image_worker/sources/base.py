"""What every source has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from image_worker.component import ByKey, ByType, Component, Family, Several, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.buckets import Storage
    from image_worker.cancel import Cancel
    from image_worker.outgoing import Outgoing
    from image_worker.outgoing.answer import Memory
    from image_worker.volume import Volume


_TEXT = "A URL, a data URI, or a path below the worker's volume."
_PATH = r"^[^:]{1,1000}\.[A-Za-z0-9]{2,5}$"
"""What a bare path looks like; bare base64 has no dot."""

_MOST_PAGES = 1_000_000
"""More than any limit of frames."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a source may use to get at its bytes."""

    outgoing: Outgoing
    max_bytes: int
    """Bytes that one source may have."""
    uploads: Mapping[str, bytes] = field(default_factory=dict)
    """Files that came with the job, by name."""
    volume: Volume | None = None
    """Where files are read; None where no files are."""
    storage: Storage | None = None
    """Buckets that pictures are read from."""
    cancel: Cancel | None = None
    """Ends a fetch that nobody wants any more."""
    memory: Memory | None = None
    """Remembers what was fetched; None where nothing may be."""


class Source(Component, members=Family("source")):
    """A picture, named by where it is or given as such.

    The main picture, overlays and masks are all sources, and each may have operations of its own.
    """

    sha256: Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")] | None = None
    """Digest that the bytes must have."""

    page: Annotated[int, Field(ge=0, le=_MOST_PAGES)] = 0
    """The first frame or page that is read, from 0."""

    pages: Annotated[int, Field(ge=-1, le=_MOST_PAGES)] | None = None
    """How many frames are read; -1 is all. Default: all where the result can show them, else 1."""

    auto_orient: bool = True
    """Whether the picture is turned upright as its EXIF data says."""

    operations: Several[Annotated[Component, ByType("operation")]] = ()
    """Steps that are done to this picture before it is used."""

    def load(self, access: Access) -> bytes:
        """Return the bytes of the file; raises a `SourceError`."""
        raise NotImplementedError


class Given(Source):
    """A picture whose bytes were read already; how sources stand in what an engine is given."""

    given: str
    """Digest of the bytes."""


class _Anywhere(ByKey):
    """An object with one key, or a bare text that is a URL, a data URI or a path."""

    def read(self, value: object) -> Component:
        """Read either form."""
        if isinstance(value, dict) and "given" in value:
            return self.make(Given, value)
        if not isinstance(value, str):
            return super().read(value)
        if value.startswith(("http://", "https://")):
            return super().read({"url": value})
        if value.startswith("data:"):
            return super().read({"base64": value})
        if re.match(_PATH, value):
            return super().read({"path": value})
        raise refuse("expected a URL, a data URI or an object, got {got}", value)

    def schema(self) -> dict[str, Any]:
        """Return one alternative a kind, and the bare text."""
        text = {"type": "string", "pattern": f"^(https?://|data:)|{_PATH}", "description": _TEXT}
        return {"oneOf": [*super().schema()["oneOf"], text]}

    def write(self, component: Component, context: Any = None) -> Any:
        """Write the fields; those that say where it is are left out once the bytes are read."""
        if context is None:
            return component.write()
        shared = component.model_dump(
            mode="json", include=set(Source.model_fields), exclude_defaults=True, context=context
        )
        return {**shared, "given": context[id(component)]}


AnySource = Annotated[Source, _Anywhere(Source)]
"""`{"url": ...}`, `{"base64": ...}` and so on, or the URL, data URI or path alone."""
