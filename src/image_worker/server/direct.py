"""Pictures in, pictures out, without a queue: one request is one job."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from image_worker.component.explain import shown
from image_worker.errors import ImageWorkerError, InvalidJsonError
from image_worker.job import failure
from image_worker.server import shapes
from image_worker.server.body import job_in, parse_json, read_body
from image_worker.server.forms import read_form
from image_worker.server.pictures import described, response
from image_worker.server.query import job_of
from image_worker.server.request_id import REQUEST_ID
from image_worker.server.work import worked
from image_worker.telemetry.facts import facts_of
from image_worker.worker import Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.cancel import Cancel
    from image_worker.server.context import Context
    from image_worker.worker import Outcome

Json = dict[str, Any]

_MAIN = "image"


def router(context: Context) -> APIRouter:
    """Return the routes that take a picture in the body."""
    routes = APIRouter(tags=["images"])

    @routes.post(
        "/process",
        summary="Do one job",
        responses=shapes.PICTURE,
        openapi_extra=shapes.PROCESS,
    )
    async def process(request: Request) -> Response:
        """Do one job and answer the picture itself.

        The body is one of: the bytes of a picture, with the job in the query (`op`, `format`,
        `quality` ...) or as JSON in the parameter `job`; a form (`multipart/form-data`) with the
        part `job` and a part for each file; or the job alone as `application/json`.
        """
        job, files = await _asked(request, context)
        return await answered(request, context, job, files)

    @routes.post("/analyze", summary="Measure a picture", openapi_extra=shapes.ANALYZE)
    async def analyze(request: Request) -> Response:
        """Measure a picture; `want` in the query names the measurements, all cheap ones if not."""
        job, files = await _asked(request, context, takes=("want",))
        wanted = request.query_params.get("want")
        job.setdefault("analyze", wanted.split(",") if wanted else True)
        return await answered(request, context, {**job, "output": {"format": "json"}}, files)

    return routes


async def answered(
    request: Request, context: Context, job: Json, files: Mapping[str, bytes]
) -> Response:
    """Return the answer to a job whose files came with it."""
    outcome, answer = await done(request, context, job, files)
    if answer:
        return JSONResponse(answer, headers=described(outcome))
    return response(outcome, request.headers.get("accept", ""))


async def done(
    request: Request, context: Context, job: Json, files: Mapping[str, bytes]
) -> tuple[Outcome, Json | None]:
    """Do a job whose caller waits, and tell of it; raises an `ImageWorkerError`.

    Where the job has its results delivered elsewhere, the answer that tells of it comes along.
    """
    name, started = REQUEST_ID.get() or "request", time.perf_counter()
    came = sum(map(len, files.values()))

    def work(cancel: Cancel) -> tuple[Outcome, Json | None]:
        ticket = Ticket(id=name, cancel=cancel, uploads=files, patient=False)
        with context.service.tally.working():
            outcome = context.service.worker.do(job, ticket)
            away = any(not result.delivery.inline for result in outcome.results())
            return outcome, context.service.worker.hand_over(outcome, ticket) if away else None

    try:
        outcome, answer = await worked(request, context.pool, work)
    except ImageWorkerError as error:
        told = facts_of(failure(error), id=name, seconds=_since(started), bytes_in=came)
        context.tell(told)
        raise
    context.tell(facts_of(outcome.facts(), id=name, seconds=_since(started), bytes_in=came))
    return outcome, answer


def _since(started: float) -> float:
    return time.perf_counter() - started


async def _asked(
    request: Request, context: Context, *, takes: tuple[str, ...] = ()
) -> tuple[Json, dict[str, bytes]]:
    """Return the job and its files, in whatever form they came."""
    options = context.options
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        job_text, files = await read_form(request, options.max_body_bytes, options.body_seconds)
        job = parse_json(job_text or b"{}")
    else:
        body = await read_body(request, options.max_body_bytes, options.body_seconds)
        if kind == "application/json":
            return _object(parse_json(body)), {}
        files = {_MAIN: body} if body else {}
        text = request.query_params.get("job")
        pairs = request.query_params.multi_items()
        job = parse_json(text) if text else job_of(pairs, takes=takes)
    job = _object(job)
    if _MAIN in files:
        job.setdefault("image", {"upload": _MAIN})
    return job, files


def _object(job: Any) -> Json:
    if not isinstance(job, dict):
        raise InvalidJsonError(f"expected a job as a JSON object, got {shown(job)}")
    return cast("Json", job_in(job))
