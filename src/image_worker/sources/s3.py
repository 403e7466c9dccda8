"""A picture in a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.component import Model
from image_worker.errors import SourceBlockedError
from image_worker.sources.base import Source

if TYPE_CHECKING:
    from image_worker.sources.base import Access

_SECONDS = 300
"""For how long the URL is good with which the picture is fetched."""


class StoredObject(Model):
    """An object in a bucket."""

    key: str
    """Key of the object."""

    bucket: str | None = None
    """Name of the bucket. Default: the one that came with the job, else the one set up here."""


class S3Source(Source):
    """An object in a bucket: the one of the job, or the one that is set up here."""

    name = "s3"

    s3: StoredObject
    """Bucket and key."""

    def load(self, access: Access) -> bytes:
        """Fetch the object."""
        if access.storage is None:
            raise SourceBlockedError("no bucket is set up here, and none came with the job")
        reached = access.storage.find(self.s3.bucket, keyed=True, refusal=SourceBlockedError)
        url = reached.bucket.sign("GET", self.s3.key, seconds=_SECONDS)
        return reached.outgoing.get(url, max_bytes=access.max_bytes, cancel=access.cancel)
