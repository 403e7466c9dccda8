"""What is sent, how often, and what counts as an answer."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.cancel import Cancel
from image_worker.errors import (
    DeliveryBlockedError,
    DeliveryError,
    DeliveryTimeoutError,
    InvalidParameterError,
    InvalidUrlError,
    JobCancelledError,
)
from image_worker.outgoing.send import MAX_REPLY_BYTES
from tests.outgoing.servers import answer, ok, redirect
from tests.outgoing.test_client import head_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.outgoing import Outgoing
    from tests.outgoing.servers import Exchange, Origin

BUSY = answer("503 Busy", "Content-Length: 0", "Connection: close")


def test_a_body_is_sent_plainly_and_whole(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    bodies: list[bytes] = []

    def take(exchange: Exchange) -> None:
        head, _, body = exchange.head.partition(b"\r\n\r\n")
        length = int(head_lines(head + b"\r\n\r\n")["content-length"])
        while len(body) < length:
            body += exchange.connection.recv(65_536)
        bodies.append(body)
        exchange.send(ok(b"thanks"))

    server = origin(take)
    data = bytes(range(256)) * 4000
    reply = outgoing().send("PUT", server.url("/a?b=c"), data, headers={"Content-Type": "x/y"})
    assert (reply.status, reply.body, reply.ok) == (200, b"thanks", True)
    assert bodies == [data]
    head = server.heads[0].split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert head.startswith(b"PUT /a?b=c HTTP/1.1\r\n")
    assert head_lines(head) == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "image-worker",
        "content-type": "x/y",
        "content-length": str(len(data)),
    }


def test_other_loops_can_send_without_waiting(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b"fine"))
    reply = asyncio.run(outgoing().asend("POST", server.url(), b"{}"))
    assert (reply.status, reply.body) == (200, b"fine")
    assert server.heads[0].startswith(b"POST / HTTP/1.1\r\n")


@pytest.mark.parametrize("status", ["301 a", "302 b", "303 c", "307 d", "308 e"])
def test_no_redirect_is_followed(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing], status: str
) -> None:
    elsewhere = origin(ok(b""))
    server = origin(redirect(elsewhere.url(), status))
    reply = outgoing().send("PUT", server.url(), b"secret", attempts=3)
    assert reply.status == int(status[:3])
    assert not reply.ok
    assert (len(server.heads), elsewhere.connections) == (1, 0)


@pytest.mark.parametrize(
    ("answers", "attempts", "status", "requests"),
    [
        ([BUSY, BUSY, ok(b"")], 3, 200, 3),
        ([BUSY, BUSY, ok(b"")], 2, 503, 2),
        ([BUSY], 1, 503, 1),
        ([answer("429 Slow", "Content-Length: 0", "Connection: close"), ok(b"")], 3, 200, 2),
        ([answer("404 No", "Content-Length: 0", "Connection: close")], 3, 404, 1),
        ([b"", ok(b"")], 3, 200, 2),
        ([answer("200 OK", "Content-Length: 5", "Connection: close"), ok(b"")], 3, 200, 2),
    ],
)
def test_it_is_tried_again_where_that_can_help(
    origin: Callable[..., Origin],
    outgoing: Callable[..., Outgoing],
    answers: list[bytes],
    attempts: int,
    status: int,
    requests: int,
) -> None:
    left = list(answers)
    server = origin(lambda exchange: exchange.send(left.pop(0)))
    reply = outgoing().send("PUT", server.url(), b"x", attempts=attempts)
    assert (reply.status, len(server.heads)) == (status, requests)


def test_nobody_there_is_told_after_all_attempts(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b""))
    server.close()
    with pytest.raises(DeliveryError, match="could not be connected to") as caught:
        outgoing().send("PUT", server.url(), b"x", attempts=2)
    assert (caught.value.code, caught.value.retryable) == ("delivery_failed", True)


def test_all_attempts_share_one_deadline(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(BUSY)
    reply = outgoing().send("PUT", server.url(), b"x", attempts=10**6, seconds=0.5)
    assert reply.status == 503  # the last answer says more than that time was up
    server.answer = lambda exchange: exchange.hang()
    with pytest.raises(DeliveryTimeoutError):
        outgoing().send("PUT", server.url(), b"x", attempts=10**6, seconds=0.2)


def test_a_long_answer_is_not_read_to_its_end(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(answer("200 OK", "Connection: close"))
        exchange.send_for_ever(b"x" * 10_000)

    reply = outgoing().send("PUT", origin(endless).url(), b"x")
    assert reply.body == b"x" * MAX_REPLY_BYTES


def test_an_answer_may_be_encoded_as_nobody_reads_it(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b"\x1f\x8bbomb", "Content-Encoding: gzip"))
    assert outgoing().send("PUT", server.url(), b"x").body == b"\x1f\x8bbomb"


@pytest.mark.parametrize(
    ("url", "headers", "error"),
    [
        ("ftp://example.com/", {}, InvalidUrlError),
        ("http://a:b@example.com/", {}, InvalidUrlError),
        ("http://example.com/", {"Content-Length": "1"}, InvalidParameterError),
        ("http://example.com/", {"X": "a\r\nY: b"}, InvalidParameterError),
    ],
)
def test_what_cannot_be_sent_is_refused(
    outgoing: Callable[..., Outgoing], url: str, headers: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        outgoing().send("PUT", url, b"x", headers=headers)


def test_lists_of_hosts_and_ports_hold_for_sending_too(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b""))
    refusing: list[dict[str, Any]] = [
        {"deny_hosts": ("127.0.0.1",)},
        {"allow_hosts": ("example.com",)},
        {"ports": (80,)},
    ]
    for changes in refusing:
        with pytest.raises(DeliveryBlockedError, match=r"127\.0\.0\.1 may not be sent to\."):
            outgoing(**changes).send("PUT", server.url(), b"x", attempts=3)
    assert server.connections == 0


def test_cancelling_ends_the_sending(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    cancel, reached = Cancel(), threading.Event()

    def hang(exchange: Exchange) -> None:
        reached.set()
        exchange.hang()

    server = origin(hang)

    def stop() -> None:
        assert reached.wait(30)
        cancel.cancel()

    thread = threading.Thread(target=stop)
    thread.start()
    with pytest.raises(JobCancelledError):
        outgoing().send("PUT", server.url(), b"x", seconds=60, cancel=cancel)
    thread.join()
    with pytest.raises(JobCancelledError):
        outgoing().get(server.url(), max_bytes=1, cancel=cancel)
    assert server.connections == 1


def test_closing_ends_the_sending(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    one, reached = outgoing(), threading.Event()

    def hang(exchange: Exchange) -> None:
        reached.set()
        exchange.hang()

    server = origin(hang)
    thread = threading.Thread(target=lambda: reached.wait(30) and one.close())
    thread.start()
    with pytest.raises(DeliveryError, match="stopped before its end"):
        one.send("PUT", server.url(), b"x", seconds=60)
    thread.join()
