"""The probes of a worker of a queue."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

import pytest

from image_worker.telemetry.health_port import HealthPort
from image_worker.telemetry.readiness import Readiness, State

if TYPE_CHECKING:
    from collections.abc import Iterator


class Probed:
    def __init__(self) -> None:
        self.readiness = Readiness()
        self.port = HealthPort(0, self.readiness, lambda: b"jobs 1\n", host="127.0.0.1")

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body


@pytest.fixture
def probed() -> Iterator[Probed]:
    probed = Probed()
    yield probed
    probed.port.close()


def test_ping_tells_the_state_by_its_status(probed: Probed) -> None:
    seen = []
    for state in State:
        probed.readiness.state = state
        seen.append(probed.get("/ping"))
    assert seen == [(204, b""), (200, b""), (503, b"")]


def test_readyz_tells_why_not(probed: Probed) -> None:
    status, body = probed.get("/readyz")
    assert (status, json.loads(body)) == (503, {"status": "unavailable", "reason": "starting"})
    probed.readiness.state = State.READY
    assert probed.get("/readyz?verbose=1")[0] == 200


def test_metrics(probed: Probed) -> None:
    assert probed.get("/metrics") == (200, b"jobs 1\n")


def test_there_is_nothing_else(probed: Probed) -> None:
    assert probed.get("/")[0] == 404
