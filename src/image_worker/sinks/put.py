"""Results that are sent to a URL which the job brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from image_worker.outgoing.headers import check_headers
from image_worker.outgoing.target import parse_target
from image_worker.sinks.base import ATTEMPTS, Delivered, Delivery
from image_worker.sinks.sending import check_taken

if TYPE_CHECKING:
    from image_worker.sinks.base import Exits
    from image_worker.sinks.parcel import Parcel


class Put(Delivery):
    """Sent by HTTP PUT to a URL, such as a presigned one of a bucket."""

    name = "put"

    put: str
    """The URL."""

    headers: dict[str, str] = Field(default_factory=dict)
    """Headers to send along. Default: the right `Content-Type`."""

    @property
    def several(self) -> bool:
        """One URL takes one result."""
        return False

    def check(self, exits: Exits) -> None:  # noqa: ARG002 - see `Delivery`
        """Refuse a URL and headers that could not be sent."""
        parse_target(self.put)
        check_headers(self.headers)

    def deliver(self, parcel: Parcel, exits: Exits) -> Delivered:
        """Send the result."""
        named = any(name.lower() == "content-type" for name in self.headers)
        reply = exits.outgoing.send(
            "PUT",
            self.put,
            parcel.data,
            headers=self.headers if named else {**self.headers, "content-type": parcel.mime},
            seconds=exits.seconds,
            attempts=ATTEMPTS,
            cancel=exits.cancel,
        )
        check_taken(reply, "the URL")
        return Delivered(None, {"type": "put", "url": bare(self.put)})


def bare(url: str) -> str:
    """Return the URL without its query, which may hold a signature."""
    return url.partition("?")[0].partition("#")[0]
