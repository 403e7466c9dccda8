"""This worker's engine within its process, with its own settings of threads and memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from image_worker.engine import InProcessEngine, RenderRequest
from image_worker.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.engine import Engine

_DIGEST = "0" * 64
_LIMITS = Limits(max_input_megapixels=110, max_total_megapixels=300)


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return the engine."""
    return by(InProcessEngine(), job)


def by(engine: Engine, job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return what has this engine do the job."""
    recipe = json.dumps({"image": {"given": _DIGEST}, **job})

    def run(data: bytes) -> Any:
        done = engine.run(RenderRequest(recipe, {_DIGEST: data}, _LIMITS))
        if done.outputs:
            return [each.data for each in done.outputs["web"]]
        return done.data or done.analysis["brightness"]

    return run
