"""Results that become files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.errors import DeliveryBlockedError, DeliveryError
from image_worker.sinks.base import Delivered, Delivery
from image_worker.sinks.parcel import Template, tells_apart

if TYPE_CHECKING:
    from image_worker.sinks.base import Exits
    from image_worker.sinks.parcel import Parcel
    from image_worker.volume import Volume


class ToPath(Delivery):
    """Written to a file on the worker's volume, whole or not at all."""

    name = "path"

    path: Template
    """Path below the volume; `{job}`, `{name}`, `{ext}`, `{sha256}` and `{date}` are filled in.
    A file that is there already is replaced."""

    @property
    def several(self) -> bool:
        """Whether the path tells results apart."""
        return tells_apart(self.path)

    def check(self, exits: Exits) -> None:
        """Refuse a path that could not be written."""
        _volume(exits).parts(self.path)

    def deliver(self, parcel: Parcel, exits: Exits) -> Delivered:
        """Write the file."""
        volume = _volume(exits)
        path = parcel.called(self.path)
        try:
            volume.write(path, parcel.data)
        except OSError as error:
            raise DeliveryError(f"the file could not be written: {error.strerror}") from error
        return Delivered(None, {"type": "path", "path": "/".join(volume.parts(path))})


def _volume(exits: Exits) -> Volume:
    if exits.volume is None:
        raise DeliveryBlockedError("this worker writes no files; no volume is set up here")
    return exits.volume
