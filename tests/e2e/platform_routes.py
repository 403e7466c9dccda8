"""What the fake platform answers: to workers, and to clients."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.e2e.platform_jobs import Jobs, PlatformJob

    Route = Callable[["Jobs", "Request"], "Reply"]

POLL_SECONDS = 1
"""How long a question for jobs, stops or chunks is held; RunPod holds them longer."""
_MAX_RESULT_BYTES = 20_000_000


@dataclass(frozen=True)
class Request:
    """A request at `/v2/ENDPOINT/OPERATION/ARGUMENTS...`."""

    method: str
    operation: str
    arguments: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        """The body: workers send JSON whatever type they declare."""
        return json.loads(self.body or b"{}")

    @property
    def wait_seconds(self) -> float:
        return float(self.query.get("wait", 90_000)) / 1000


class Reply(NamedTuple):
    """A status, and JSON or nothing."""

    status: int
    body: Any = None


# --- for workers ---------------------------------------------------------------------------


def job_take(jobs: Jobs, request: Request) -> Reply:
    taken = jobs.take(request.arguments[0], 1, POLL_SECONDS)
    return Reply(200, taken[0].for_worker()) if taken else Reply(204)


def job_take_batch(jobs: Jobs, request: Request) -> Reply:
    count = int(request.query["batch_size"])
    taken = jobs.take(request.arguments[0], count, POLL_SECONDS)
    return Reply(200, [job.for_worker() for job in taken]) if taken else Reply(204)


def job_stop(jobs: Jobs, request: Request) -> Reply:
    names = jobs.stops(POLL_SECONDS)
    return Reply(200, {"jobsToStop": names}) if names else Reply(204)


def job_done(jobs: Jobs, request: Request) -> Reply:
    if len(request.body) > _MAX_RESULT_BYTES:
        return Reply(400, {"error": "too large"})
    jobs.post(request.arguments[1], request.json)
    return Reply(200, {})


def job_stream(jobs: Jobs, request: Request) -> Reply:
    jobs.stream(request.arguments[1], request.json)
    return Reply(200, {})


def ping(jobs: Jobs, request: Request) -> Reply:
    return Reply(200, {})


# --- for clients ---------------------------------------------------------------------------


def run(jobs: Jobs, request: Request) -> Reply:
    if "input" not in request.json:
        return Reply(400, {"error": "input is missing"})
    return Reply(200, {"id": jobs.submit(request.json).id, "status": "IN_QUEUE"})


def runsync(jobs: Jobs, request: Request) -> Reply:
    if "input" not in request.json:
        return Reply(400, {"error": "input is missing"})
    job = jobs.submit(request.json, prefix="sync-")
    jobs.wait_for(lambda: job.final, request.wait_seconds)
    return Reply(200, job.for_client())


def _of_a_job(answer: Callable[[Jobs, PlatformJob, Request], Any]) -> Route:
    """Return a route that looks its job up first."""

    def route(jobs: Jobs, request: Request) -> Reply:
        job = jobs.all.get("".join(request.arguments))
        return (
            Reply(404, {"error": "no such job"})
            if job is None
            else Reply(200, answer(jobs, job, request))
        )

    return route


def _status(jobs: Jobs, job: PlatformJob, request: Request) -> Any:
    return job.for_client()


def _status_sync(jobs: Jobs, job: PlatformJob, request: Request) -> Any:
    jobs.wait_for(lambda: job.final, request.wait_seconds)
    return job.for_client()


def _stream(jobs: Jobs, job: PlatformJob, request: Request) -> Any:
    chunks = jobs.unread_chunks(job, POLL_SECONDS)
    return {"id": job.id, "status": job.status, "stream": chunks}


def _cancel(jobs: Jobs, job: PlatformJob, request: Request) -> Any:
    jobs.cancel(job)
    return {"id": job.id, "status": job.status}


def purge_queue(jobs: Jobs, request: Request) -> Reply:
    return Reply(200, {"removed": jobs.purge(), "status": "completed"})


def health(jobs: Jobs, request: Request) -> Reply:
    counts = {
        "completed": jobs.count("COMPLETED"),
        "failed": jobs.count("FAILED", "TIMED_OUT"),
        "inProgress": jobs.count("IN_PROGRESS"),
        "inQueue": jobs.count("IN_QUEUE"),
        "retried": sum(len(job.workers) > 1 for job in list(jobs.all.values())),
    }
    workers = dict.fromkeys(
        ("idle", "initializing", "ready", "running", "throttled", "unhealthy"), 0
    )
    return Reply(200, {"jobs": counts, "workers": workers})


ROUTES: dict[str, Route] = {
    "job-take": job_take,
    "job-take-batch": job_take_batch,
    "job-stop": job_stop,
    "job-done": job_done,
    "job-stream": job_stream,
    "ping": ping,
    "run": run,
    "runsync": runsync,
    "status": _of_a_job(_status),
    "status-sync": _of_a_job(_status_sync),
    "stream": _of_a_job(_stream),
    "cancel": _of_a_job(_cancel),
    "purge-queue": purge_queue,
    "health": health,
}
