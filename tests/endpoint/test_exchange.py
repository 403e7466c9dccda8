"""Requests to endpoints that answer as they should not."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from image_worker.endpoint import (
    Endpoint,
    EndpointBusyError,
    EndpointFaultError,
    EndpointKeyError,
    EndpointRefusedError,
    EndpointTimeoutError,
    EndpointUnreachableError,
    exchange,
)
from image_worker.endpoint.answers import _seconds
from image_worker.errors import InvalidJsonError
from tests.outgoing.servers import Exchange, Origin, answer, ok, redirect
from tests.server.live import free_port

if TYPE_CHECKING:
    from pathlib import Path

HEALTH = b'{"jobs": {}, "workers": {}}'


def client(origin: Origin, *, timeout_seconds: float = 60.0, attempts: int = 4) -> Endpoint:
    return Endpoint(
        url=origin.url(), api_key="secret", timeout_seconds=timeout_seconds, attempts=attempts
    )


def test_the_pause_is_the_one_that_was_asked_for() -> None:
    busy = answer("429 X", "Retry-After: 0", "Content-Length: 0", "Connection: close")

    def answered(exchange: Exchange) -> None:
        exchange.send(busy if len(origin.heads) < 3 else ok(HEALTH))

    with Origin(answered) as origin, client(origin) as endpoint:
        assert endpoint.health() == {"jobs": {}, "workers": {}}
        assert len(origin.heads) == 3
        assert all(b"Authorization: Bearer secret" in head for head in origin.heads)


def test_too_long_a_pause_is_left_to_the_caller() -> None:
    busy = answer("429 X", "Retry-After: 3600", "Content-Length: 0", "Connection: close")
    with Origin(busy) as origin, client(origin) as endpoint:
        with pytest.raises(EndpointBusyError) as raised:
            endpoint.health()
        assert raised.value.retry_after == 3600
        assert len(origin.heads) == 1


def test_a_pause_may_be_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=30)
    assert math.isclose(_seconds(format_datetime(later, usegmt=True)) or 0, 30, abs_tol=5)
    assert _seconds("soon") is None
    assert _seconds(None) is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (ok(b"<html>"), EndpointFaultError),
        (ok(b'{"jobs"'), EndpointFaultError),
        (ok(b"[]"), EndpointFaultError),
        (redirect("http://127.0.0.1:1/"), EndpointFaultError),
        (answer("413 X", "Content-Length: 0"), EndpointRefusedError),
        (answer("403 X", "Content-Length: 0"), EndpointKeyError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", EndpointUnreachableError),
        (b"nonsense\r\n\r\n", EndpointUnreachableError),
    ],
)
def test_bad_answers_are_typed_and_tell_no_key(reply: bytes, kind: type[Exception]) -> None:
    with Origin(reply) as origin, client(origin, attempts=1) as endpoint:
        with pytest.raises(kind) as raised:
            endpoint.health()
        assert raised.value.__cause__ is None
        assert "secret" not in str(raised.value)


def test_a_server_without_tls_is_told() -> None:
    with Origin(ok(HEALTH)) as origin:
        url = f"https://127.0.0.1:{origin.port}"
        with (
            Endpoint(url=url, attempts=1) as endpoint,
            pytest.raises(EndpointUnreachableError, match="no proper TLS"),
        ):
            endpoint.health()


def test_nobody_there_is_tried_again_and_told() -> None:
    with (
        Endpoint(url=f"http://127.0.0.1:{free_port()}", attempts=2) as endpoint,
        pytest.raises(EndpointUnreachableError, match="cannot be connected") as raised,
    ):
        endpoint.run({})
    assert not raised.value.taken


def test_an_answer_that_never_comes_is_waited_for_once() -> None:
    with Origin(Exchange.hang) as origin, client(origin, timeout_seconds=0.2) as endpoint:
        with pytest.raises(EndpointTimeoutError):
            endpoint.health()
        assert len(origin.heads) == 1


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MAX_ANSWER_BYTES", 1000)
    with (
        Origin(ok(b" " * 2000)) as origin,
        client(origin, attempts=1) as endpoint,
        pytest.raises(EndpointFaultError, match="1,000 bytes"),
    ):
        endpoint.health()


def test_a_failed_job_is_understood_whatever_its_status() -> None:
    body = b'{"id": "a", "status": "FAILED", "error": {"message": "why"}}'
    told = answer("400 X", f"Content-Length: {len(body)}", "Connection: close") + body
    with Origin(told) as origin, client(origin) as endpoint:
        assert endpoint.status("a").error == "why"


def test_jobs_that_cannot_be_sent(tmp_path: Path) -> None:
    endpoint = Endpoint("id", api_key="secret")
    for wrong in ({"a": float("nan")}, {"a": object()}):
        with pytest.raises(InvalidJsonError):
            endpoint.run(wrong)
    with pytest.raises(EndpointRefusedError, match="10,000,000 bytes"):
        endpoint.run({"image": bytes(10_000_000)})
    with pytest.raises(EndpointRefusedError, match="20,000,000 bytes"):
        endpoint.run_sync({"image": bytes(20_000_000)})
    with pytest.raises(FileNotFoundError):
        endpoint.run({"image": tmp_path / "none.png"})
