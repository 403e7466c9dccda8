"""What can be set for results on their way out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, SecretStr

from image_worker.buckets import Reached, Storage, bucket_at
from image_worker.component import Model
from image_worker.errors import InvalidParameterError
from image_worker.outgoing import Outgoing
from image_worker.sinks.base import Exits
from image_worker.sinks.parcel import DEFAULT_KEY, Template
from image_worker.volume import Volume

if TYPE_CHECKING:
    from image_worker.buckets import Bucket
    from image_worker.outgoing import Policy

_EVERYWHERE = ("0.0.0.0/0", "::/0")
"""Networks of a bucket that whoever set the worker up has named."""


class Deliveries(Model):
    """How long a delivery may take, and the places that are set up for results."""

    delivery_timeout: Annotated[float, Field(gt=0)] = 30
    """Seconds for handing over one result, all attempts included."""

    volume: Path | None = None
    """A folder, such as a network volume, below which jobs may read and write files. Default:
    none; jobs have no files."""

    bucket_endpoint_url: str | None = None
    """URL of an S3-compatible storage for results that do not fit into the answer; the bucket may
    be the first part of its host, or its path. It may have an address that is not public, and
    plain HTTP. RunPod's own `BUCKET_ENDPOINT_URL` is read too."""

    bucket_access_key_id: str | None = None
    """Name of the key for that storage. RunPod's own `BUCKET_ACCESS_KEY_ID` is read too."""

    bucket_secret_access_key: SecretStr | None = None
    """The key for that storage. RunPod's own `BUCKET_SECRET_ACCESS_KEY` is read too."""

    bucket_name: str | None = None
    """Name of the bucket. Default: the one in its URL."""

    bucket_region: str | None = None
    """Region of the bucket. Default: the one in its URL, else `us-east-1`."""

    bucket_key: Template = DEFAULT_KEY
    """Key of a result: `{job}`, `{name}` (`image`, or the name of the rendition and its width),
    `{ext}`, `{sha256}` and `{date}` are filled in."""

    bucket_expires: Annotated[int, Field(ge=1, le=604_800)] = 604_800
    """Seconds for which the address of a result in a bucket is good; at most 7 days."""

    bucket_open: bool = False
    """Whether jobs may name keys of that bucket, to read pictures and to write results."""

    prefer_bucket_above: Annotated[int, Field(ge=0)] | None = None
    """Bytes of an answer above which pictures go to the bucket although the answer could hold
    them. Default: only what does not fit."""

    @property
    def bucket(self) -> Bucket | None:
        """The worker's own bucket; raises an `ImageWorkerError` where it is described wrongly."""
        url, name = self.bucket_endpoint_url, self.bucket_access_key_id
        key = self.bucket_secret_access_key
        if url is None:
            return None
        if name is None or key is None:
            raise InvalidParameterError(
                "BUCKET_ENDPOINT_URL needs BUCKET_ACCESS_KEY_ID and BUCKET_SECRET_ACCESS_KEY too"
            )
        return bucket_at(
            url,
            name,
            key.get_secret_value(),
            name=self.bucket_name,
            region=self.bucket_region,
        )

    def exits(self, outgoing: Outgoing, policy: Policy) -> Exits:
        """Return the ways out for results; `policy` is that of `outgoing`."""
        bucket = self.bucket
        only = bucket and replace(
            policy, allow_hosts=(bucket.origin,), deny_hosts=(), allow_networks=_EVERYWHERE
        )
        own = Reached(bucket, Outgoing(only)) if bucket and only else None
        return Exits(
            outgoing,
            Storage(outgoing, own=own, open=self.bucket_open),
            volume=Volume(self.volume) if self.volume else None,
            seconds=self.delivery_timeout,
            key=self.bucket_key,
            expires=self.bucket_expires,
            prefer_bucket_above=self.prefer_bucket_above,
        )
