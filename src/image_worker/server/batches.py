"""The batch API of a RunPod endpoint: many jobs, prepared together and worked in time."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from image_worker.queue import Stage, status_of
from image_worker.server import shapes
from image_worker.server.body import read_body
from image_worker.server.orders import read_name, read_order, read_orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.queue import Batch, Record
    from image_worker.server.context import Context

Json = dict[str, Any]

_JSON = "application/json"
_NO_ENDPOINT = "local"
"""The endpoint that is told where the path names none."""

Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many to leave out.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]

Entry = tuple[str, str, "Callable[..., Any]", str, Json]
"""Method, path, what answers, what the documentation calls it, and what it takes."""


def router(context: Context) -> APIRouter:
    """Return the routes."""
    api = BatchApi(context)
    routes = APIRouter(tags=["batches"])
    one, requests = "/batch/{batch_id}", "/batch/{batch_id}/requests"
    request = f"{requests}/{{request_id}}"
    entries: tuple[Entry, ...] = (
        ("POST", "/batch", api.create, "Begin a batch", shapes.ORDERS),
        ("GET", "/batch", api.batches, "The batches, newest first", {}),
        ("GET", one, api.batch, "Where a batch stands", {}),
        ("PUT", one, api.rename, "Name a batch", shapes.NAME),
        ("POST", requests, api.append, "Add requests to a draft", shapes.MORE_ORDERS),
        ("GET", requests, api.requests, "The requests of a batch, and their results", {}),
        ("PUT", request, api.put, "Replace a request of a draft", shapes.ORDER),
        ("DELETE", request, api.remove, "Take a request out of a draft", {}),
        ("POST", f"{one}/finalize", api.finalize, "Have a batch worked", {}),
        ("POST", f"{one}/cancel", api.cancel, "Call a batch off", {}),
    )
    for method, path, answer, words, takes in entries:
        routes.add_api_route(
            path, answer, methods=[method], summary=words, openapi_extra=takes,
            responses=shapes.LIST if answer in (api.requests, api.batches) else shapes.BATCH,
        )  # fmt: skip
    return routes


class BatchApi:
    """What each route answers."""

    def __init__(self, context: Context) -> None:
        self._batches = context.batches
        self._options = context.options

    async def create(self, request: Request) -> Json:
        """Begin a batch with a list of requests, each as `/run` takes it; the list may be empty.

        A batch is a draft until `finalize`. Ten may be drafts or at work at the same time.
        """
        orders = read_orders(await self._body(request))
        return await self._told(request, await self._batches.create(orders))

    async def append(self, request: Request, batch_id: str) -> Json:
        """Add `{"requests": [...]}` to a draft, up to 5000 in all."""
        orders = read_orders(await self._body(request), "requests")
        return await self._told(request, await self._batches.append(batch_id, orders))

    async def put(self, request: Request, batch_id: str, request_id: str) -> Json:
        """Replace a request of a draft."""
        order = read_order(await self._body(request))
        return await self._told(request, await self._batches.put(batch_id, request_id, order))

    async def remove(self, request: Request, batch_id: str, request_id: str) -> Json:
        """Take a request out of a draft."""
        return await self._told(request, await self._batches.remove(batch_id, request_id))

    async def rename(self, request: Request, batch_id: str) -> Json:
        """Give a batch a name: `{"name": "..."}`."""
        name = read_name(await self._body(request))
        return await self._told(request, await self._batches.rename(batch_id, name))

    async def finalize(self, request: Request, batch_id: str) -> Json:
        """Have the requests worked, in no promised order, behind all jobs that somebody waits for.

        Nothing can be added or taken out any more.
        """
        return await self._told(request, await self._batches.finalize(batch_id))

    async def cancel(self, request: Request, batch_id: str) -> Json:
        """Call off what waits; what runs is finished, and then the batch is `CANCELLED`."""
        return await self._told(request, await self._batches.cancel(batch_id))

    async def batch(self, request: Request, batch_id: str) -> Json:
        """Tell how many requests have ended.

        The status stays `FINALIZED`; all is done when `requestCompleted` and `requestFailed` make
        up `requestTotal`.
        """
        return await self._told(request, await self._batches.find(batch_id))

    async def batches(self, request: Request, offset: Offset = 0, limit: Limit = 50) -> Json:
        """List the batches."""
        every = await self._batches.all()
        page = every[offset : offset + limit]
        told = await asyncio.gather(*(self._told(request, batch) for batch in page))
        return {"batches": list(told), **_place(len(every), offset, limit)}

    async def requests(self, batch_id: str, offset: Offset = 0, limit: Limit = 50) -> Response:
        """List the requests in the order in which they were added.

        Results are kept for a day; each is also what `/status` tells of the request's id.
        """
        batch = await self._batches.find(batch_id)
        found = await self._batches.results(batch, offset, limit)
        listed = b", ".join(_request(batch, *one) for one in found)
        place = json.dumps(_place(len(batch.requests), offset, limit)).encode()
        return Response(b'{"requests": [' + listed + b"], " + place[1:], media_type=_JSON)

    async def _body(self, request: Request) -> bytes:
        options = self._options
        return await read_body(request, options.run_bytes, options.body_seconds)

    async def _told(self, request: Request, batch: Batch) -> Json:
        counts = await self._batches.counts(batch)
        drained = batch.stage is not Stage.CANCELLED or not counts.in_progress
        return {
            "id": batch.id,
            "endpointId": request.path_params.get("endpoint_id", _NO_ENDPOINT),
            "status": (batch.stage if drained else Stage.FINALIZED).value,
            **({"name": batch.name} if batch.name else {}),
            "requestTotal": len(batch.requests),
            "requestInProgress": counts.in_progress,
            "requestCompleted": counts.completed,
            "requestFailed": counts.failed,
            "createdAt": round(batch.created * 1000),
        }


def _place(total: int, offset: int, limit: int) -> Json:
    return {"total": total, "offset": offset, "limit": limit, "hasMore": offset + limit < total}


def _request(batch: Batch, request_id: str, record: Record | None, output: bytes | None) -> bytes:
    told = {
        "id": request_id,
        "status": status_of(batch, record).value,
        "error": record.error if record else None,
        "startedAt": _moment(record.started) if record else None,
        "completedAt": _moment(record.ended) if record else None,
    }
    head = json.dumps({name: value for name, value in told.items() if value is not None}).encode()
    return head if output is None else head[:-1] + b', "output": ' + output + b"}"


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
