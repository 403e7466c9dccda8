"""Renders in this process: for one's own files, and inside of a worker's child."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from image_worker.engine.abilities import abilities
from image_worker.engine.native import let_svg, quiet
from image_worker.engine.request import Load
from image_worker.machine import processors
from image_worker.pipeline import Recipe, Rendered, render
from image_worker.vision.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.cancel import Cancel
    from image_worker.engine.request import Abilities, RenderRequest
    from image_worker.vision.models import Models


class InProcessEngine:
    """Renders right here."""

    def __init__(
        self, threads: int = 1, *, whole: bool = True, models: Setup | None = None
    ) -> None:
        """Make it quiet; where it is not whole, it knows formats but no operations."""
        if whole:
            import image_worker.catalog  # noqa: F401, PLC0415 - recipes name what is in it
        quiet(threads)
        self._setup = models or Setup()
        self._threads = threads or processors()
        self._models: Models | None = None
        self._lock = threading.Lock()
        self._last: tuple[str, Recipe] | None = None

    def models(self) -> Models:
        """Return what can see, and keep it: each model is loaded once."""
        with self._lock:
            if self._models is None:
                self._models = self._setup.models(self._threads)
            return self._models

    def run(
        self,
        request: RenderRequest,
        cancel: Cancel | None = None,
        *,
        patient: bool = True,
        begun: Callable[[], None] | None = None,
    ) -> Rendered:
        """Return the result; raises an `ImageWorkerError`.

        No job waits here, and native work that is under way cannot be stopped.
        """
        del patient
        if cancel:
            cancel.check()
        if begun:
            begun()
        if request.svg:
            let_svg()
        return render(
            self._read(request.recipe),
            request.sources,
            limits=request.limits,
            svg=request.svg,
            models=self.models,
        )

    def _read(self, text: str) -> Recipe:
        """Return the recipe; many pictures in a row may have the same."""
        last = self._last
        if last is None or last[0] != text:
            last = self._last = (text, Recipe.model_validate_json(text))
        return last[1]

    def admit(self, cancel: Cancel | None = None, *, patient: bool = True) -> None:
        """Let every job in."""

    def warm(self) -> None:
        """Load the models that are to be there before the first job."""
        if self._setup.preload:
            self.models().preload(self._setup.preload)

    def load(self) -> Load:
        """Return nothing in particular: whoever calls does the work."""
        return Load()

    def abilities(self) -> Abilities:
        """Return what libvips can do here."""
        return abilities()

    def close(self) -> None:
        """Do nothing: there is nothing to end."""
