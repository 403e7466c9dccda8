"""Results that go to a bucket."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pydantic import Field

from image_worker.component import Model
from image_worker.errors import DeliveryBlockedError
from image_worker.sinks.base import ATTEMPTS, Delivered, Delivery
from image_worker.sinks.parcel import Template, tells_apart
from image_worker.sinks.sending import check_taken

if TYPE_CHECKING:
    from image_worker.buckets import Reached
    from image_worker.sinks.base import Exits
    from image_worker.sinks.parcel import Parcel


class Place(Model):
    """A place in a bucket."""

    bucket: str | None = None
    """Name of the bucket. Default: the one that came with the job, else the one set up here."""

    key: Template | None = None
    """Key of the object; `{job}`, `{name}`, `{ext}`, `{sha256}` and `{date}` are filled in.
    Default: as the worker's settings say, `{job}/{name}.{ext}` if they say nothing."""


class S3(Delivery):
    """Put into a bucket: the one of the job, or the one that is set up here."""

    name = "s3"

    s3: Place = Field(default_factory=Place)
    """Bucket and key; `{}` for the usual ones."""

    @property
    def several(self) -> bool:
        """Whether the key tells results apart."""
        return self.s3.key is None or tells_apart(self.s3.key)

    def check(self, exits: Exits) -> None:
        """Refuse a bucket that this job may not use."""
        self._reached(exits)

    def deliver(self, parcel: Parcel, exits: Exits) -> Delivered:
        """Put the result into the bucket."""
        return store(parcel, self._reached(exits), exits, self.s3.key)

    def _reached(self, exits: Exits) -> Reached:
        keyed = self.s3.key is not None
        return exits.storage.find(self.s3.bucket, keyed=keyed, refusal=DeliveryBlockedError)


def store(parcel: Parcel, reached: Reached, exits: Exits, key: str | None = None) -> Delivered:
    """Put the result into a bucket, under that key or the usual one."""
    bucket = reached.bucket
    usual = f"{bucket.folder}/{exits.key}" if bucket.folder else exits.key
    name = parcel.called(key or usual)
    reply = reached.outgoing.send(
        "PUT",
        bucket.sign("PUT", name, seconds=int(exits.seconds) + 60),
        parcel.data,
        headers={"content-type": parcel.mime},
        seconds=exits.seconds,
        attempts=ATTEMPTS,
        cancel=exits.cancel,
    )
    check_taken(reply, f"the bucket {bucket.name}")
    url = bucket.sign("GET", name, seconds=exits.expires)
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=exits.expires)
    facts = {
        "type": "s3",
        "bucket": bucket.name,
        "key": name,
        "url": url,
        "expires": until.isoformat(timespec="seconds"),
    }
    return Delivered(url, facts)
