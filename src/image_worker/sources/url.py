"""A picture on the web."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from image_worker.sources.base import Source

if TYPE_CHECKING:
    from image_worker.sources.base import Access


class UrlSource(Source):
    """A picture that is fetched by HTTP or HTTPS."""

    name = "url"

    url: str
    """Where the picture is."""

    headers: dict[str, str] = Field(default_factory=dict)
    """Headers to send along; they are not sent on to another host after a redirect."""

    def load(self, access: Access) -> bytes:
        """Fetch the picture."""
        return access.outgoing.get(
            self.url,
            max_bytes=access.max_bytes,
            headers=self.headers,
            cancel=access.cancel,
            memory=access.memory,
        )
