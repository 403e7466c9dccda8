"""Renders in this process: for one's own files, and inside of a worker's child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.engine.abilities import abilities
from image_worker.engine.native import let_svg, quiet
from image_worker.engine.request import Load
from image_worker.pipeline import Recipe, Rendered, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.cancel import Cancel
    from image_worker.engine.request import Abilities, RenderRequest


class InProcessEngine:
    """Renders right here."""

    def __init__(self, threads: int = 1, *, whole: bool = True) -> None:
        """Make it quiet; where it is not whole, it knows formats but no operations."""
        if whole:
            import image_worker.catalog  # noqa: F401, PLC0415 - recipes name what is in it
        quiet(threads)

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
        recipe = Recipe.model_validate_json(request.recipe)
        return render(recipe, request.sources, limits=request.limits, svg=request.svg)

    def admit(self, cancel: Cancel | None = None, *, patient: bool = True) -> None:
        """Let every job in."""

    def warm(self) -> None:
        """Do nothing: whatever there is was loaded when this was made."""

    def load(self) -> Load:
        """Return nothing in particular: whoever calls does the work."""
        return Load()

    def abilities(self) -> Abilities:
        """Return what libvips can do here."""
        return abilities()

    def close(self) -> None:
        """Do nothing: there is nothing to end."""
