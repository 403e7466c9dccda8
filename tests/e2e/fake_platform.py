"""The side of RunPod that a worker talks to: jobs are taken, results are posted."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

KEY = "key-of-the-tests"
WORKER = "worker-of-the-tests"
_POLL_SECONDS = 1
_WAIT_SECONDS = 60


class FakePlatform:
    """Hands out jobs and keeps what the worker posts for each of them."""

    def __init__(self, jobs: dict[str, Any]) -> None:
        self.waiting = deque({"id": name, "input": job_input} for name, job_input in jobs.items())
        self.results: dict[str, dict[str, Any]] = {}
        self.keys: set[str | None] = set()
        self.changed = threading.Condition()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def environment(self) -> dict[str, str]:
        """Return the variables by which a worker finds this platform."""
        root = f"http://127.0.0.1:{self._server.server_address[1]}"
        return {
            "RUNPOD_WEBHOOK_GET_JOB": f"{root}/job-take/$ID?gpu=none",
            "RUNPOD_WEBHOOK_POST_OUTPUT": f"{root}/job-done/$RUNPOD_POD_ID/$ID?gpu=none",
            "RUNPOD_WEBHOOK_PING": f"{root}/ping/$RUNPOD_POD_ID?gpu=none",
            "RUNPOD_POD_ID": WORKER,
            "RUNPOD_ENDPOINT_ID": "endpoint-of-the-tests",
            "RUNPOD_AI_API_KEY": KEY,
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
            "RUNPOD_SKIP_GPU_CHECK": "true",
        }

    def take(self, count: int) -> list[dict[str, Any]]:
        """Return the next jobs; none after a moment without any."""
        with self.changed:
            self.changed.wait_for(lambda: self.waiting, _POLL_SECONDS)
            return [self.waiting.popleft() for _ in range(min(count, len(self.waiting)))]

    def idle(self) -> None:
        """Wait a moment, as for word that jobs are to be stopped."""
        with self.changed:
            self.changed.wait_for(lambda: False, _POLL_SECONDS)

    def done(self, name: str, posted: dict[str, Any]) -> None:
        """Keep a result."""
        with self.changed:
            self.results[name] = posted
            self.changed.notify_all()

    def wait_for(self, count: int) -> dict[str, dict[str, Any]]:
        """Return the results once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.results) >= count, _WAIT_SECONDS)
        return self.results

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform
        super().__init__(("127.0.0.1", 0), _Exchange)


class _Exchange(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.server.platform.keys.add(self.headers["Authorization"])
        kind = url.path.split("/")[1]
        if kind == "job-take":
            taken = self.server.platform.take(1)
            self._answer(taken[0] if taken else None)
        elif kind == "job-take-batch":
            count = int(parse_qs(url.query)["batch_size"][0])
            self._answer(self.server.platform.take(count) or None)
        elif kind == "job-stop":
            self.server.platform.idle()
            self._answer(None)
        else:
            self._answer({})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind, _, name = urlsplit(self.path).path.split("/")[1:]
        assert kind == "job-done"
        self.server.platform.done(name, body)
        self._answer({})

    def _answer(self, body: Any) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(200 if data else 204)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
