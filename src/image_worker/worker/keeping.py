"""What can be set for what is kept: results, and pictures that were fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.cache import Cache, Disk, SourceCache, Turns, edition
from image_worker.component import Model
from image_worker.engine.wire import rendered_from_json, rendered_to_json

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from image_worker.cancel import Cancel
    from image_worker.pipeline import Rendered

_OVERHEAD_BYTES = 2048
"""What a result takes in the cache beside its bytes, roughly."""


class Keeping(Model):
    """How much is kept of what was made and fetched, and where."""

    cache_bytes: Annotated[int, Field(ge=0)] = 16_000_000
    """Bytes of results that are kept in memory; 0 keeps none."""

    cache_folder: Path | None = None
    """A folder in which results are kept for longer, and for other workers that share it; results
    of jobs with `redact` never are. Nobody else may write to it, and it is to be emptied when
    fonts or models are changed. Default: none."""

    cache_folder_bytes: Annotated[int, Field(ge=0)] = 1_000_000_000
    """Bytes of results that are kept in that folder, about; those used longest ago go first. One
    that would take more than an eighth of it is not kept."""

    source_cache_bytes: Annotated[int, Field(ge=0)] = 64_000_000
    """Bytes of fetched pictures that are kept in memory, to be used again as far as their origins
    allow by HTTP's rules; 0 keeps none."""

    def results(self) -> Cache[Rendered]:
        """Return a new cache of results."""
        folder = self.cache_folder
        return Cache(
            self.cache_bytes,
            size=lambda rendered: rendered.total_bytes + _OVERHEAD_BYTES,
            store=Results(folder, self.cache_folder_bytes) if folder else None,
        )

    def sources(self) -> SourceCache | None:
        """Return a new cache of fetched pictures."""
        return SourceCache(self.source_cache_bytes) if self.source_cache_bytes else None


class Results:
    """Results in a folder, as JSON and bytes: nothing that is read back can be a program."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.disk = Disk(folder, max_bytes, edition())
        self._turns = Turns(folder / "turns")

    def turn(self, key: str, cancel: Cancel) -> AbstractContextManager[None]:
        """Keep other processes from making this result inside of the block."""
        return self._turns.turn(key, cancel)

    def get(self, key: str) -> Rendered | None:
        """Return the result, if it is there and whole."""
        found = self.disk.read(key)
        try:
            return None if found is None else rendered_from_json(*found)
        except (IndexError, KeyError, TypeError, ValueError):
            return None

    def put(self, key: str, value: Rendered) -> None:
        """Keep the result, if that is possible."""
        blobs: list[bytes] = []
        facts = rendered_to_json(value, blobs)
        self.disk.write(key, facts, blobs)
