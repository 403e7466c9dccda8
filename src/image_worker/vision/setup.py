"""What a worker is told of models, as plain values that can be handed to another process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from image_worker.vision.models import Models


@dataclass(frozen=True, slots=True)
class Setup:
    """Which models there are, and where."""

    table: str | None = None
    """The user's file, laid over the package's table."""
    folders: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()
    """Caches as Hugging Face keeps them."""
    preload: tuple[str, ...] = ()
    """Models that are loaded before the first job."""

    def models(self, threads: int = 1) -> Models:
        """Return the models; raises an `InvalidParameterError` where the file is wrong."""
        from image_worker.vision.models import Models  # noqa: PLC0415 - only who looks needs them
        from image_worker.vision.places import Places  # noqa: PLC0415 - as above
        from image_worker.vision.table import read_table  # noqa: PLC0415 - as above

        table = read_table(Path(self.table) if self.table else None)
        return Models(table, Places(self.folders, self.hubs), threads)

    @property
    def readable(self) -> tuple[str, ...]:
        """Files and folders that a locked process has to read."""
        if not self.table:
            return (*self.folders, *self.hubs)
        files = (spec.file for spec in self.models().table.values())
        absolute = [file for file in files if Path(file).is_absolute()]
        return (self.table, *self.folders, *self.hubs, *absolute)

    def as_json(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Setup:
        """Return what another process wrote."""
        lists = {key: tuple(fields[key]) for key in ("folders", "hubs", "preload")}
        return cls(table=fields["table"], **lists)
