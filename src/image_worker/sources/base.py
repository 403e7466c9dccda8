"""What every source has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from image_worker.component import ByKey, Component, Family, refuse

if TYPE_CHECKING:
    from image_worker.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Access:
    """What a source may use to get at its bytes."""

    outgoing: Outgoing
    max_bytes: int
    """Bytes that one source may have."""


class Source(Component, members=Family("source")):
    """A picture, named by where it is or given as such."""

    def load(self, access: Access) -> bytes:
        """Return the bytes of the file; raises a `SourceError`."""
        raise NotImplementedError


class _Anywhere(ByKey):
    """An object with one key, or a bare text that is a URL or a data URI."""

    def read(self, value: object) -> Component:
        """Read either form."""
        if not isinstance(value, str):
            return super().read(value)
        if value.startswith(("http://", "https://")):
            return super().read({"url": value})
        if value.startswith("data:"):
            return super().read({"base64": value})
        raise refuse("expected a URL, a data URI or an object, got {got}", value)


AnySource = Annotated[Source, _Anywhere(Source)]
"""`{"url": ...}`, `{"base64": ...}`, or the URL or data URI alone."""
