"""Where the files of models are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from image_worker.vision.table import VENDOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.vision.spec import Spec


@dataclass(frozen=True, slots=True)
class Places:
    """Folders with models, and caches as Hugging Face keeps them."""

    folders: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()

    def file(self, spec: Spec) -> Path | None:
        """Return the first file that is there, or nothing."""
        return next((path for path in self._candidates(spec) if path.is_file()), None)

    def _candidates(self, spec: Spec) -> Iterator[Path]:
        given = Path(spec.file)
        if given.is_absolute():
            yield given
            return
        for folder in (VENDOR, *map(Path, self.folders)):
            yield folder / given
        if spec.hugging_face and spec.path:
            repository, _, revision = spec.hugging_face.partition("@")
            kept = f"models--{repository.replace('/', '--')}/snapshots"
            for hub in map(Path, self.hubs):
                pattern = f"{kept}/{revision or '*'}/{spec.path}"
                yield from sorted(hub.glob(pattern)) if hub.is_dir() else ()
