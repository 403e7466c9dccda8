"""`GET /image`: a picture as a link, which browsers and caches can keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from image_worker.engine import digest_of
from image_worker.errors import InvalidParameterError
from image_worker.server import shapes
from image_worker.server.direct import done
from image_worker.server.pictures import response
from image_worker.server.query import job_of
from image_worker.server.tracing import conceal_query

if TYPE_CHECKING:
    from image_worker.server.context import Context

_NOT_MODIFIED = 304
_MODERN = {"image/avif": "AVIF", "image/webp": "WEBP"}


def router(context: Context) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["images"])

    @routes.get(
        "/image",
        summary="A picture as a link",
        responses=shapes.PICTURE,
        openapi_extra=shapes.LINK,
    )
    @routes.head("/image", include_in_schema=False)
    async def image(request: Request) -> Response:
        """Fetch the picture at `url`, do the steps in `op`, and answer the result.

        `op` is `name:key=value,key=value` and may be repeated; `preset` names a preset; all other
        parameters belong to the output, such as `format` and `quality`. With `format=auto` the
        browser's `Accept` decides which formats may be chosen. The answer has an `ETag`, and a
        request that already has the picture is answered by 304.
        """
        conceal_query()
        job = job_of(request.query_params.multi_items())
        if not isinstance(job.get("image"), str):
            raise InvalidParameterError("expected the URL of a picture", path="url")
        negotiated = _negotiate(job, request.headers.get("accept", ""))
        outcome, _ = await done(request, context, job, {})
        answer = response(outcome, "")
        tag = f'"{digest_of(outcome.rendered.data)}"'
        answer.headers["ETag"] = tag
        answer.headers["Cache-Control"] = f"public, max-age={context.options.cache_seconds}"
        if negotiated:
            answer.headers["Vary"] = "Accept"
        if tag in _tags(request.headers.get("if-none-match", "")):
            kept = {"etag", "cache-control", "vary", "server-timing", "x-cache"}
            headers = {name: each for name, each in answer.headers.items() if name in kept}
            return Response(status_code=_NOT_MODIFIED, headers=headers)
        return answer

    return routes


def _negotiate(job: dict[str, Any], accept: str) -> bool:
    """Let `format=auto` choose among what the browser accepts; tell whether it was asked to."""
    output = job.setdefault("output", {})
    if str(output.get("format", "")).lower() != "auto" or "accept" in output:
        return False
    named = [name for mime, name in _MODERN.items() if mime in accept]
    output["accept"] = ["JPEG", "PNG", *named]
    return True


def _tags(text: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in text.split(",")}
