"""docs/http-api.md: every route of the server, from its OpenAPI document."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from image_worker.engine import InProcessEngine
from image_worker.queue import Batches, Jobs
from image_worker.runpod_worker.service import Service
from image_worker.runpod_worker.watched import metrics_of
from image_worker.server.app import create_app
from image_worker.server.context import Context
from image_worker.server.options import Options
from image_worker.server.queue_figures import QueueFigures
from image_worker.settings import load
from image_worker.telemetry.readiness import Readiness
from image_worker.telemetry.requests import Requests
from pages.schema import allowed, meaning, table

if TYPE_CHECKING:
    from image_worker.queue import Store

Json = dict[str, Any]

HEAD = """# HTTP API

The routes of `image-worker serve`, written from the OpenAPI document that the server has at
`/openapi.json` and shows at `/docs`. [self-hosting.md](self-hosting.md) leads through setting it
up; [operations.md](operations.md) has everything that a job can do.

- A server with keys wants one of them as `Authorization: Bearer KEY`, except at `/ping`,
  `/healthz`, `/readyz`, for the files of the page, and for signed links to `/image`.
- The routes under *jobs* and *batches* are those of a RunPod endpoint, and are also below
  `/v2/ENDPOINT_ID/`, for any id. Those that ask are answered to GET and POST.
- Whatever is wrong is answered as in [errors.md](errors.md), with the status of its error and the
  `request_id` beside it. The id is that of the header `X-Request-ID`, which callers may send.
- 429 and 503 say in `Retry-After` how many seconds to wait.

"""
_SHAPES = ("Order", "JobState", "BatchState", "Failure")
_QUERY_OF_STEPS = "Its parameters stand in the query; see [operations.md]({link})."


def page() -> str:
    """Return the page."""
    document = _document()
    parts = [HEAD]
    for tag in document["tags"]:
        parts.append(f"## {tag['name'].capitalize()}\n\n{tag['description']}\n\n")
        parts += [
            _route(path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if operation["tags"] == [tag["name"]]
        ]
    parts.append("## Shapes\n\n`Job` is described in [operations.md](operations.md).\n\n")
    schemas = document["components"]["schemas"]
    parts += [f"### {name}\n\n{table(schemas[name])}\n" for name in _SHAPES]
    return "".join(parts).rstrip() + "\n"


def _route(path: str, method: str, operation: Json) -> str:
    head = f"### {method.upper()} {path}\n\n"
    if operation["tags"] == ["operations"]:
        text = operation["description"].partition("\n\n")[0]
        link = f"operations.md#{operation['summary']}"
        return f"{head}{text}\n\n{_QUERY_OF_STEPS.format(link=link)}\n\n"
    return f"{head}{operation['description']}\n\n{_body(operation)}{_parameters(operation)}"


def _body(operation: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    words = [_kind(kind, part["schema"]) for kind, part in content.items()]
    return f"Body: {' or '.join(words)}.\n\n" if words else ""


def _kind(kind: str, schema: Json) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    return f"`{kind}`, a `{name}`" if name else f"`{kind}`"


def _parameters(operation: Json) -> str:
    rows = [
        f"| `{one['name']}` | {allowed(one['schema'])} | {meaning(one)} |"
        for one in operation.get("parameters", [])
        if one["in"] == "query"
    ]
    head = "| parameter | value | meaning |\n|---|---|---|\n"
    return head + "\n".join(rows) + "\n\n" if rows else ""


def _document() -> Json:
    """Return the OpenAPI document of a server that is never started."""
    service = Service(load(), InProcessEngine())
    metrics = metrics_of(service, "http")
    nowhere = cast("Store", None)
    jobs = Jobs(nowhere)
    context = Context(
        service=service,
        pool=ThreadPoolExecutor(),
        options=Options(),
        readiness=Readiness(),
        metrics=metrics,
        requests=Requests(metrics.registry),
        told=lambda _: None,
        store=nowhere,
        jobs=jobs,
        batches=Batches(nowhere, jobs),
        figures=QueueFigures(jobs, metrics),
    )
    document: Json = create_app(context).openapi()
    return document
