"""The models of one process: found by name, checked, loaded once."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from image_worker.errors import InvalidParameterError, ModelError, ModelMissingError
from image_worker.vision.layouts import DETECTORS
from image_worker.vision.libraries import numpy
from image_worker.vision.model import LoadedModel, loaded
from image_worker.vision.places import Places
from image_worker.vision.session import Session
from image_worker.vision.table import built_in, find, usual
from image_worker.vision.upscaling import Upscaler, upscaler

if TYPE_CHECKING:
    from collections.abc import Iterable

    from image_worker.vision.spec import Spec
    from image_worker.vision.table import Table


class Models:
    """Every model that may be used here; each is loaded when it is first needed, and kept."""

    def __init__(
        self, table: Table | None = None, places: Places | None = None, threads: int = 1
    ) -> None:
        """Take the table, where its files are, and how many threads a model may use."""
        self._table = built_in() if table is None else table
        self._places = places or Places()
        self.threads = threads
        self._kept: dict[str, LoadedModel] = {}
        self._lock = threading.Lock()

    @property
    def table(self) -> Table:
        """The models by name."""
        return self._table

    @property
    def places(self) -> Places:
        """Where their files are looked for."""
        return self._places

    def name(self, name: str | None, *tasks: str, proportions: float = 1.0) -> str:
        """Return the name of the model to use; raises an `InvalidParameterError`."""
        chosen = name or usual(self._table, tasks, proportions)
        if chosen is None:
            raise InvalidParameterError(f"expected a model for {tasks[0]}: none is used unasked")
        find(self._table, chosen, tasks)
        return chosen

    def load(self, name: str) -> LoadedModel:
        """Return the model of that name, loaded; raises a `ModelError`."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = self._loaded(name)
            return self._kept[name]

    def upscaler(self, name: str | None = None) -> Upscaler | None:
        """Return what enlarges pictures: the model of that name, the usual one, or nothing.

        Raises an `InvalidParameterError` for a name that is no such model, and a `ModelError`.
        """
        chosen = name or usual(self._table, ("upscale",))
        if chosen is None:
            return None
        spec = find(self._table, chosen, ("upscale",))
        return upscaler(self.load(chosen), spec.context)

    def tried(self, name: str) -> None:
        """Load a model and run it once, on noise; raises a `ModelError`."""
        np = numpy()
        if find(self._table, name).task == "upscale":
            self.upscaler(name)
            return
        model = self.load(name)
        noise = np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8)
        if model.plan.layout in DETECTORS:
            model.candidates(noise, 0.0)
        else:
            model.outputs(noise)

    def preload(self, names: Iterable[str]) -> None:
        """Load these now; raises an `ImageWorkerError`."""
        for name in names:
            find(self._table, name)
            self.load(name)

    def _loaded(self, name: str) -> LoadedModel:
        spec = self._table[name]
        data = checked(name, spec, self._places)
        digest = spec.sha256 or hashlib.sha256(data).hexdigest()
        return loaded(name, spec, Session(name, data, self.threads), digest)


def checked(name: str, spec: Spec, places: Places) -> bytes:
    """Return the bytes of a model's file; raises a `ModelError` unless it is the one it should be.

    What was checked is what is loaded: the file is not read a second time.
    """
    path = places.file(spec)
    if path is None:
        raise ModelMissingError(
            f'the file of the model "{name}" is not here; image-worker models pull {name}'
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f'the file of the model "{name}" cannot be read: {error.strerror}'
        ) from None
    digest = hashlib.sha256(data).hexdigest()
    if spec.sha256 and digest != spec.sha256:
        raise ModelError(
            f'the file of the model "{name}" has the digest {digest}, expected {spec.sha256}'
        )
    return data
