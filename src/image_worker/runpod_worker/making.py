"""Makes what does the jobs when it is first needed, once; until then nothing slow is imported."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from image_worker import environment

if TYPE_CHECKING:
    from image_worker.engine.launch import Launched
    from image_worker.runpod_worker.service import Service


class Maker:
    """Makes the service; safe to use from many threads."""

    def __init__(self, launched: Launched | None = None) -> None:
        """Take what children are forked from, if it was started already."""
        self._launched = launched
        self._lock = threading.Lock()
        self._service: Service | None = None

    @property
    def made(self) -> Service | None:
        """The service, if there is one already."""
        return self._service

    def service(self) -> Service:
        """Return the service; raises a `SettingsError` as long as the settings are wrong."""
        with self._lock:
            if self._service is None:
                from image_worker.runpod_worker.service import Service
                from image_worker.settings import load

                settings = load()
                serving = environment.on_platform()
                engine = settings.engine(serving=serving, launched=self._launched)
                self._service = Service(settings, engine)
            return self._service

    def close(self) -> None:
        """End the children, if there are any; those that work are waited for."""
        with self._lock:
            if self._service:
                self._service.engine.close()
            elif self._launched:
                self._launched.end()
            self._service = self._launched = None
