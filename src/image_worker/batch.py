"""Many jobs at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from image_worker.component.explain import shown
from image_worker.errors import InvalidParameterError
from image_worker.job import failure

if TYPE_CHECKING:
    from image_worker.worker import Worker

_DEFAULTS = (
    "operations", "output", "outputs", "analyze", "plan", "cache", "limits", "dry_run",
)  # fmt: skip
"""Keys that stand beside `images` and hold for every item that does not say otherwise."""


def answer(worker: Worker, payload: object, *, threads: int = 4) -> dict[str, Any]:
    """Do one job, or with `images` a batch of them; problems come back as an answer."""
    if isinstance(payload, dict) and "images" in payload:
        return _answer_batch(worker, payload, threads)
    return worker.answer(payload)


def _answer_batch(worker: Worker, payload: dict[str, Any], threads: int) -> dict[str, Any]:
    problem = _problem(payload, worker.limits.max_batch)
    if problem:
        return failure(problem)
    defaults = {key: payload[key] for key in _DEFAULTS if key in payload}
    jobs = [_whole(item, defaults) for item in payload["images"]]
    with ThreadPoolExecutor(min(threads, len(jobs))) as pool:
        results = list(pool.map(worker.answer, jobs))
    succeeded = sum(result["success"] for result in results)
    return {
        "success": True,
        "results": results,
        "succeeded": succeeded,
        "failed": len(results) - succeeded,
    }


def _problem(payload: dict[str, Any], max_batch: int) -> InvalidParameterError | None:
    images = payload["images"]
    if not isinstance(images, list):
        return InvalidParameterError(f"expected a list of jobs, got {shown(images)}", path="images")
    if not 1 <= len(images) <= max_batch:
        return InvalidParameterError(
            f"expected 1 to {max_batch} jobs, got {len(images)}", path="images"
        )
    unknown = [key for key in payload if key not in {"images", *_DEFAULTS}]
    if unknown:
        return InvalidParameterError(
            f"is not a known key beside images; known are {', '.join(_DEFAULTS)}",
            path=unknown[0],
        )
    return None


def _whole(item: object, defaults: dict[str, Any]) -> object:
    """Return the item as a job of its own; a bare source is one too."""
    if isinstance(item, dict) and "image" in item:
        return {**defaults, **item}
    if isinstance(item, str) or (isinstance(item, dict) and {"url", "base64"} & set(item)):
        return {**defaults, "image": item}
    return item
