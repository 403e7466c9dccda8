"""Which bucket a job may use, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.component.explain import shown

if TYPE_CHECKING:
    from image_worker.buckets.bucket import Bucket
    from image_worker.errors import ImageWorkerError
    from image_worker.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Reached:
    """A bucket and the way to it."""

    bucket: Bucket
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Storage:
    """The bucket that came with a job, and the worker's own."""

    outgoing: Outgoing
    """The way to what callers name."""
    given: Bucket | None = None
    """Bucket that came with the job; it stands before the worker's own."""
    own: Reached | None = None
    """The worker's own bucket, by a way that leads only there; whoever set it up is trusted, so
    it may have an address that is not public."""
    open: bool = False
    """Whether jobs may name keys of the worker's own bucket."""

    @property
    def usual(self) -> Reached | None:
        """The bucket for results of which the job says no more."""
        return Reached(self.given, self.outgoing) if self.given else self.own

    def find(self, name: str | None, *, keyed: bool, refusal: type[ImageWorkerError]) -> Reached:
        """Return the bucket of that name, or the usual one.

        `keyed` tells whether the job names the key too. Raises `refusal` where the job may not
        have that bucket.
        """
        if self.given:
            bucket = self.given if name in {None, self.given.name} else self.given.called(name)
            return Reached(bucket, self.outgoing)
        if self.own is None:
            raise refusal("no bucket is set up here, and none came with the job")
        if name not in {None, self.own.bucket.name}:
            raise refusal(f"the bucket {shown(name)} is not the one that is set up here")
        if keyed and not self.open:
            raise refusal("keys of the bucket that is set up here cannot be chosen by jobs")
        return self.own
