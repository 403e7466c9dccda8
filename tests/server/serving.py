"""A server in this process, called as its clients call it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from fastapi.testclient import TestClient

from image_worker.server.app import create_app
from image_worker.server.options import Options
from image_worker.server.readiness import Readiness, State
from image_worker.server.service import Service
from image_worker.settings import load

if TYPE_CHECKING:
    from image_worker.engine import Engine

LOCAL = "http://127.0.0.1"


def client(
    engine: Engine | None = None, options: Options | None = None, **settings: Any
) -> TestClient:
    """Return a client of a server that is ready."""
    readiness = Readiness()
    readiness.state = State.READY
    worker = load(**settings).worker(engine)
    service = Service(worker, ThreadPoolExecutor(4), options or Options())
    return TestClient(create_app(service, readiness), LOCAL, raise_server_exceptions=False)
