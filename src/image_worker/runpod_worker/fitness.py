"""The check that RunPod's SDK makes before the first job: does every promised format work here?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from image_worker.engine.launch import SelfTest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from image_worker.engine.launch import Launched

_SVG = "SVG"


def formats_check(launched: Launched | None, *, svg: bool) -> Callable[[], Awaitable[None]]:
    """Begin the test in the first child, and return the check that waits for it.

    Without children it is made in this process, when the check is called.
    """
    begun = SelfTest(launched) if launched else None

    def found() -> dict[str, str]:
        if begun:
            return begun.problems()
        from image_worker.engine.inprocess import InProcessEngine
        from image_worker.engine.selftest import problems

        return problems(InProcessEngine(), svg=svg)

    async def check_formats() -> None:
        """Raise an error that names the formats that do not work; the worker then ends."""
        try:
            problems = await asyncio.to_thread(found)
        except (OSError, ValueError):
            raise RuntimeError("the first child could not be started, or ended at once") from None
        if not svg:
            problems.pop(_SVG, None)
        if problems:
            told = "; ".join(f"{name}: {sentence}" for name, sentence in problems.items())
            raise RuntimeError(f"formats do not work here: {told}")

    return check_formats
