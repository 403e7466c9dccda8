"""Many jobs at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from image_worker.component.explain import shown
from image_worker.errors import ImageWorkerError, InvalidParameterError
from image_worker.job import failure
from image_worker.worker import Ticket
from image_worker.worker.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from image_worker.worker import Worker

Json = dict[str, Any]

_DEFAULTS = (
    "operations", "output", "outputs", "analyze", "plan", "cache", "limits", "dry_run",
)  # fmt: skip
"""Keys that stand beside `images` and hold for every item that does not say otherwise."""

_ENVELOPE_BYTES = 200
_ITEM_BYTES = 4
"""What an answer has around its results, and between two of them."""


def is_batch(payload: object) -> bool:
    """Tell whether the JSON describes a batch rather than one job."""
    return isinstance(payload, dict) and "images" in payload


def answer(
    worker: Worker,
    payload: object,
    *,
    threads: int = 4,
    ticket: Ticket | None = None,
    finished: Callable[[int, Json], None] | None = None,
) -> Json:
    """Do one job, or with `images` a batch of them; problems come back as an answer.

    `finished` is told of each job of a batch as soon as it is done, by its index.
    """
    if not is_batch(payload):
        return worker.answer(payload, ticket)
    ticket = ticket or Ticket()
    results: dict[int, Json] = {}
    try:
        for index, result in each(worker, payload, threads=threads, ticket=ticket):
            results[index] = result
            if finished:
                finished(index, result)
    except ImageWorkerError as error:
        return failure(error)
    return {
        "success": True,
        "results": [results[index] for index in range(len(results))],
        **counts(results.values()),
    }


def each(
    worker: Worker, payload: Any, *, threads: int, ticket: Ticket
) -> Iterator[tuple[int, Json]]:
    """Yield the index and the result of each job of a batch as soon as it is done.

    Raises an `ImageWorkerError` if it is no batch that can be done. What was not begun is left
    alone once the ticket is cancelled, or the iterator closed.
    """
    jobs = read_batch(payload, worker.limits.max_batch)
    ticket = replace(ticket, room=_room(ticket, len(jobs)))
    with ThreadPoolExecutor(min(threads, len(jobs)), thread_name_prefix="batch") as pool:
        done = {
            pool.submit(worker.answer, job, replace(ticket, id=f"{ticket.id}/{index}")): index
            for index, job in enumerate(jobs)
        }
        try:
            for future in as_completed(done):
                yield done[future], future.result()
                ticket.cancel.check()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def read_batch(payload: Json, max_batch: int) -> list[object]:
    """Return the jobs of a batch, each whole by itself; raises an `InvalidParameterError`."""
    images = payload["images"]
    if not isinstance(images, list):
        raise InvalidParameterError(f"expected a list of jobs, got {shown(images)}", path="images")
    if not 1 <= len(images) <= max_batch:
        raise InvalidParameterError(
            f"expected 1 to {max_batch} jobs, got {len(images)}", path="images"
        )
    unknown = [key for key in payload if key not in {"images", *_DEFAULTS}]
    if unknown:
        raise InvalidParameterError(
            f"is not a known key beside images; known are {', '.join(_DEFAULTS)}",
            path=unknown[0],
        )
    defaults = {key: payload[key] for key in _DEFAULTS if key in payload}
    return [_whole(item, defaults) for item in images]


def counts(results: Any) -> dict[str, int]:
    """Return how many jobs succeeded and failed."""
    successes = [result["success"] for result in results]
    return {"succeeded": sum(successes), "failed": len(successes) - sum(successes)}


def _room(ticket: Ticket, jobs: int) -> Room | None:
    """Return what all answers together may have; one large result leaves less to the others."""
    if ticket.room or ticket.max_inline_bytes is None:
        return ticket.room
    return Room(max(0, ticket.max_inline_bytes - _ENVELOPE_BYTES - jobs * _ITEM_BYTES))


def _whole(item: object, defaults: Json) -> object:
    """Return the item as a job of its own; a bare source is one too."""
    if isinstance(item, dict) and "image" in item:
        return {**defaults, **item}
    if isinstance(item, str) or (isinstance(item, dict) and {"url", "base64"} & set(item)):
        return {**defaults, "image": item}
    return item
