"""RunPod on the loopback, with both of its faces: workers take jobs from it, clients send them."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import defaultdict, deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol, Self
from urllib.parse import parse_qsl, urlsplit

from tests.e2e.platform_jobs import Jobs
from tests.e2e.platform_routes import ROUTES, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.platform_jobs import PlatformJob

KEY = "key-of-the-tests"
ENDPOINT = "endpoint-of-the-tests"
WORKER = "worker-of-the-tests"


class Watched(Protocol):
    """A worker, as far as the platform cares."""

    ended: bool
    """Whether it ended by itself."""

    @property
    def said(self) -> str: ...


class FakePlatform:
    """One endpoint, its jobs, and all that was asked of it."""

    def __init__(self) -> None:
        self.jobs = Jobs()
        self.requests: list[Request] = []
        self.workers: list[Watched] = []
        """Workers that are to live: nobody waits for what a dead one does."""
        self._faults: defaultdict[str, deque[int]] = defaultdict(deque)
        self._held: set[str] = set()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def base(self) -> str:
        """The address that clients are given in place of RunPod's."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v2"

    def environment(self, worker: str = WORKER) -> dict[str, str]:
        """Return the variables by which a worker finds this platform."""
        root = f"{self.base}/{ENDPOINT}"
        return {
            "RUNPOD_WEBHOOK_GET_JOB": f"{root}/job-take/$ID?gpu=none",
            "RUNPOD_WEBHOOK_POST_OUTPUT": f"{root}/job-done/$RUNPOD_POD_ID/$ID?gpu=none",
            "RUNPOD_WEBHOOK_POST_STREAM": f"{root}/job-stream/$RUNPOD_POD_ID/$ID?gpu=none",
            "RUNPOD_WEBHOOK_PING": f"{root}/ping/$RUNPOD_POD_ID?gpu=none",
            "RUNPOD_PING_INTERVAL": "1000",
            "RUNPOD_POD_ID": worker,
            "RUNPOD_ENDPOINT_ID": ENDPOINT,
            "RUNPOD_AI_API_KEY": KEY,
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
            "RUNPOD_SKIP_GPU_CHECK": "true",
        }

    # --- what tests do to it ---------------------------------------------------------------

    def submit(self, job_input: Any, **more: Any) -> PlatformJob:
        """Queue a job, as a client's `/run` does."""
        return self.jobs.submit({"input": job_input, **more})

    def wait_for(self, true: Callable[[], Any]) -> Any:
        """Wait until something is so; fails if it never is."""
        met = self.jobs.wait_for(lambda: true() or self._dead())
        assert not self._dead() or true(), f"a worker ended:\n{self._dead()}"
        assert met, "waited for a minute in vain"
        return met

    def _dead(self) -> str:
        return "\n".join(worker.said for worker in self.workers if worker.ended)

    def finished(self, job: PlatformJob) -> PlatformJob:
        """Wait for the end of a job, and return it."""
        self.wait_for(lambda: job.final)
        return job

    def answer_next(self, operation: str, *statuses: int) -> None:
        """Answer the next requests for an operation with these statuses, and nothing else."""
        self._faults[operation].extend(statuses)

    @contextmanager
    def holding(self, operation: str) -> Iterator[None]:
        """Leave requests for an operation without an answer meanwhile."""
        self._held.add(operation)
        try:
            yield
        finally:
            with self.jobs.changed:
                self._held.remove(operation)
                self.jobs.changed.notify_all()

    def asked(self, operation: str) -> list[Request]:
        """Return the requests for an operation, so far."""
        return [request for request in list(self.requests) if request.operation == operation]

    @property
    def taking(self) -> list[Request]:
        """The questions for jobs, so far."""
        return self.asked("job-take") + self.asked("job-take-batch")

    # --- what it answers -------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        with self.jobs.changed:
            self.requests.append(request)
            self.jobs.changed.notify_all()
        if request.operation not in ROUTES:
            return Reply(404, {"error": "no such operation"})
        if request.headers.get("Authorization", "").removeprefix("Bearer ") != KEY:
            return Reply(401, {"error": "unauthorized"})
        self.jobs.wait_for(lambda: request.operation not in self._held)
        if self._faults[request.operation]:
            return Reply(self._faults[request.operation].popleft(), {"error": "as planned"})
        return ROUTES[request.operation](self.jobs, request)

    def close(self) -> None:
        self.jobs.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 256

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform
        super().__init__(("127.0.0.1", 0), _Exchange)

    def handle_error(self, *about: Any) -> None:
        """Say nothing of a worker that was killed while it waited for an answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*about)


class _Exchange(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        _, _, _, operation, *arguments = [*url.path.split("/"), "", ""]
        request = Request(
            method=self.command,
            operation=operation,
            arguments=tuple(filter(None, arguments)),
            query=dict(parse_qsl(url.query)),
            headers=self.headers,
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            at=time.monotonic(),
        )
        status, body = self.server.platform.answer(request)
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
