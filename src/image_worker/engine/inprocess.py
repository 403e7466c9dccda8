"""Renders in this process: for one's own files, and inside of a worker's child."""

from __future__ import annotations

from typing import TYPE_CHECKING

import image_worker.catalog  # noqa: F401 - recipes name what is in the catalogue
from image_worker.engine.native import quiet
from image_worker.pipeline import Recipe, Rendered, render

if TYPE_CHECKING:
    from image_worker.cancel import Cancel
    from image_worker.engine.request import RenderRequest


class InProcessEngine:
    """Renders right here."""

    def __init__(self, threads: int = 1) -> None:
        quiet(threads)

    def run(self, request: RenderRequest, cancel: Cancel | None = None) -> Rendered:
        """Return the result; raises an `ImageWorkerError`.

        Native work that is under way cannot be stopped from within its process.
        """
        if cancel:
            cancel.check()
        recipe = Recipe.model_validate_json(request.recipe)
        return render(recipe, request.sources, limits=request.limits, svg=request.svg)
