"""Results that are sent as a form, to a place and with fields that the job brings."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.component import Model
from image_worker.outgoing.target import parse_target
from image_worker.sinks.base import Delivered, Delivery
from image_worker.sinks.put import bare
from image_worker.sinks.sending import check_taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.sinks.base import Exits
    from image_worker.sinks.parcel import Parcel

_QUOTED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})

Text = Annotated[str, Field(max_length=16_384)]


class PostPolicy(Model):
    """What a bucket's owner hands out so that others can add one object."""

    url: str
    """Where the form is sent."""

    fields: Annotated[dict[Text, Text], Field(max_length=64)] = Field(default_factory=dict)
    """Fields of the form, which stand before the file: key, policy, signature and so on."""


class Post(Delivery):
    """Sent as a form by HTTP POST, such as a presigned policy of a bucket asks for."""

    name = "post"

    post: PostPolicy
    """Where the form is sent, and its other fields."""

    @property
    def several(self) -> bool:
        """One policy takes one result."""
        return False

    def check(self, exits: Exits) -> None:  # noqa: ARG002 - see `Delivery`
        """Refuse a URL that nothing could be sent to."""
        parse_target(self.post.url)

    def deliver(self, parcel: Parcel, exits: Exits) -> Delivered:
        """Send the form, once: nobody knows whether its like may come twice."""
        fields = self.post.fields
        boundary = os.urandom(16).hex()
        reply = exits.outgoing.send(
            "POST",
            self.post.url,
            form(fields, parcel, boundary),
            headers={"content-type": f"multipart/form-data; boundary={boundary}"},
            seconds=exits.seconds,
            cancel=exits.cancel,
        )
        # Whoever asks for a redirect gets one for a success.
        if reply.status != HTTPStatus.SEE_OTHER or "success_action_redirect" not in fields:
            check_taken(reply, "the URL")
        return Delivered(None, {"type": "post", "url": bare(self.post.url)})


def form(fields: Mapping[str, str], parcel: Parcel, boundary: str) -> bytes:
    """Return the form; the file is last, as buckets ignore what comes after it."""
    said = "".join(
        f"--{boundary}\r\nContent-Disposition: form-data; "
        f'name="{name.translate(_QUOTED)}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="{parcel.name}.{parcel.ext}"\r\nContent-Type: {parcel.mime}\r\n\r\n'
    )
    return b"".join([(said + head).encode(), parcel.data, f"\r\n--{boundary}--\r\n".encode()])
