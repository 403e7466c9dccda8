"""What can be set for models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from image_worker.component import Model
from image_worker.serving import Names
from image_worker.vision.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Iterable

VOLUME = Path("/runpod-volume")
"""Where RunPod mounts network volumes and its cached models."""
_HUB = VOLUME / "huggingface-cache/hub"
_FOLDERS = (Path("/models"), VOLUME / "models")


class Seeing(Model):
    """Settings of what looks into pictures."""

    models: Path | None = None
    """A TOML file with models of your own, laid over the table in the package; see
    `docs/models.md`."""

    models_folder: Path | None = None
    """Folder in which files of models are looked for first, and into which `image-worker models
    pull` puts them. `/models`, `/runpod-volume/models`, RunPod's cached models and the cache of
    Hugging Face are looked in too. Default: `~/.cache/image-worker/models`."""

    models_preload: Names = ()
    """Models that are loaded before the first job, with commas between them. Default: each is
    loaded with the first job that needs it."""

    def seeing(self, caches: Iterable[Path] = ()) -> Setup:
        """Return it as plain values; `caches` are those of Hugging Face."""
        folders = (self.folder, *_FOLDERS)
        return Setup(
            table=str(self.models.absolute()) if self.models else None,
            folders=tuple(str(folder) for folder in folders if folder),
            hubs=tuple(map(str, (_HUB, *caches))),
            preload=self.models_preload,
        )

    def check_models(self) -> None:
        """Raise an `InvalidParameterError` or an `OSError` unless all that is named is there."""
        if not (self.models or self.models_preload):
            return
        from image_worker.vision.table import find, read_table  # noqa: PLC0415 - rarely needed

        table = read_table(self.models)
        for name in self.models_preload:
            find(table, name)

    @property
    def folder(self) -> Path | None:
        """Where models are pulled to; nothing where this user has no home."""
        if self.models_folder:
            return self.models_folder.absolute()
        try:
            return Path.home() / ".cache/image-worker/models"
        except RuntimeError:
            return None
