"""Whatever an origin does, the fetch ends in time with bytes or a typed error."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from image_worker.errors import (
    SourceBlockedError,
    SourceError,
    SourceIncompleteError,
    SourceProtocolError,
    SourceStatusError,
    SourceTimeoutError,
    SourceTooLargeError,
    SourceUnreachableError,
    TooManyRedirectsError,
)
from tests.outgoing.servers import Exchange, answer, ok, redirect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from image_worker.outgoing import Outgoing
    from tests.outgoing.servers import Answer, Origin

SHORT_SECONDS = 0.5
CHUNKED = answer("200 OK", "Transfer-Encoding: chunked")


def fetch_failing(outgoing: Outgoing, url: str, max_bytes: int = 1_000) -> SourceError:
    """Fetch on another thread and return the error, which must come within ten deadlines."""
    with ThreadPoolExecutor(1) as pool:
        error = pool.submit(outgoing.get, url, max_bytes=max_bytes).exception(SHORT_SECONDS * 10)
    assert isinstance(error, SourceError)
    return error


def slow_head(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nX: ")
    exchange.send_for_ever(b"a", every_seconds=0.01)


def slow_body(exchange: Exchange) -> None:
    exchange.send(answer("200 OK", "Content-Length: 1000"))
    exchange.send_for_ever(b"a", every_seconds=0.01)


def interim_flood(exchange: Exchange) -> None:
    exchange.send_for_ever(answer("103 Early Hints", "Link: </a>"))


def trickle_of_interims(exchange: Exchange) -> None:
    exchange.send_for_ever(answer("100 Continue"), every_seconds=0.01)


def half_a_body(exchange: Exchange) -> None:
    exchange.send(answer("200 OK", "Content-Length: 1000") + b"half")
    exchange.hang()


@pytest.mark.parametrize(
    "behaviour",
    [Exchange.hang, slow_head, slow_body, interim_flood, trickle_of_interims, half_a_body],
)
def test_an_origin_that_takes_too_long_is_left(
    behaviour: Answer, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    fetcher = outgoing(timeout_seconds=SHORT_SECONDS)
    error = fetch_failing(fetcher, origin(behaviour).url())
    assert isinstance(error, SourceTimeoutError)
    assert error.retryable


def test_redirects_share_one_deadline(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    def slow_redirect(exchange: Exchange) -> None:
        exchange.ending.wait(SHORT_SECONDS / 4)
        exchange.send(redirect("/"))

    fetcher = outgoing(timeout_seconds=SHORT_SECONDS, max_redirects=1_000)
    error = fetch_failing(fetcher, origin(slow_redirect).url())
    assert isinstance(error, SourceTimeoutError)


def endless(exchange: Exchange) -> None:
    exchange.send(answer("200 OK", "Connection: close"))
    exchange.send_for_ever(b"a" * 10_000)


def endless_chunks(exchange: Exchange) -> None:
    exchange.send(CHUNKED)
    exchange.send_for_ever(b"1\r\na\r\n")


@pytest.mark.parametrize(
    "behaviour",
    [
        endless,
        endless_chunks,
        answer("200 OK", "Content-Length: 1001"),
        answer("200 OK", "Content-Length: 999999999999999999"),
        ok(b"a" * 1_001),
    ],
)
def test_too_large_a_body_is_not_read(
    behaviour: Answer, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    with pytest.raises(SourceTooLargeError, match=r"\d{4,}.* 1000 "):
        outgoing().get(origin(behaviour).url(), max_bytes=1_000)


def test_a_body_of_just_the_limit_is_read(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    assert outgoing().get(origin(ok(b"a" * 1_000)).url(), max_bytes=1_000) == b"a" * 1_000


def reset(exchange: Exchange) -> None:
    """Close with a reset instead of an end."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def reset_in_the_body(exchange: Exchange) -> None:
    exchange.send(answer("200 OK", "Content-Length: 1000") + b"half")
    reset(exchange)


@pytest.mark.parametrize(
    "behaviour",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        answer("200 OK", "Content-Length: 10") + b"short",
        CHUNKED + b"5\r\nhello\r\n",
        CHUNKED + b"5\r\nhe",
        reset,
        reset_in_the_body,
    ],
)
def test_a_connection_that_ends_early_is_told_so(
    behaviour: Answer, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    with pytest.raises(SourceIncompleteError) as caught:
        outgoing().get(origin(behaviour).url(), max_bytes=1_000)
    assert caught.value.retryable


BOMB = gzip.compress(bytes(100_000))


@pytest.mark.parametrize(
    "behaviour",
    [
        b"\x00\x01 garbage \xff\r\n\r\n",
        b"hello",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 999999 what\r\n\r\n",
        answer("200 OK", "Content-Length: 2", "Content-Length: 3") + b"abc",
        answer("200 OK", "Content-Length: -2") + b"abc",
        answer("200 OK", "Content-Length: 2,3") + b"abc",
        answer("200 OK", f"Content-Length: {'9' * 40}") + b"abc",
        answer("200 OK", "Content-Length: 2", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
        answer("200 OK", "X: " + "a" * 10_000),
        answer("200 OK", *(f"X-{i}: a" for i in range(1_000))),
        answer("200 OK", "X: a\x00b"),
        answer("101 Switching Protocols", "Upgrade: x", "Connection: upgrade") + b"hello",
        CHUNKED + b"5\r\nhello\r\nZZ\r\n",
        CHUNKED + b"F" * 40 + b"\r\nhello",
        answer("302 Found", "Content-Length: 0"),
        ok(BOMB, "Content-Encoding: gzip"),
        ok(BOMB, "Content-Encoding: GZIP, identity"),
        ok(BOMB, "Content-Encoding: br"),
        ok(BOMB, "Content-Encoding: identity", "Content-Encoding: zstd"),
        answer("200 OK", "Transfer-Encoding: gzip, chunked") + b"5\r\nhello\r\n0\r\n\r\n",
    ],
)
def test_an_answer_against_the_rules_is_refused(
    behaviour: bytes, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    with pytest.raises(SourceProtocolError) as caught:
        outgoing().get(origin(behaviour).url(), max_bytes=1_000)
    assert str(caught.value).startswith("127.0.0.1 ")
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("tail", [b"ZZ\r\n", b"F" * 40 + b"\r\n", b"0\r\n" + b"A: b\r\n" * 5_000])
def test_a_body_that_breaks_the_rules_later_is_refused_at_once(
    tail: bytes, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    started = threading.Event()

    def late(exchange: Exchange) -> None:
        exchange.send(CHUNKED + b"1000\r\n" + b"a" * 0x1000 + b"\r\n")
        # Wait until the head was parsed: the next request shows that it was.
        started.wait(10)
        exchange.send(tail)
        exchange.hang()

    server = origin(late)
    fetcher = outgoing(timeout_seconds=20)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(fetcher.get, server.url(), max_bytes=100_000)
        while not server.heads:
            started.wait(0.01)
        server.answer = ok(b"next")
        assert fetcher.get(server.url(), max_bytes=10) == b"next"
        started.set()
        error = future.exception(10)
    assert isinstance(error, SourceProtocolError)


def test_header_floods_are_refused(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    def flood(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n")
        exchange.send_for_ever(b"X: " + b"a" * 1_000 + b"\r\n")

    with pytest.raises(SourceProtocolError):
        outgoing().get(origin(flood).url(), max_bytes=1_000)


@pytest.mark.parametrize("status", ["404 Not Found", "403 No", "500 Oops", "503 Busy", "300 Many"])
def test_an_error_status_is_named_and_its_page_is_not_read(
    status: str, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    page = (
        answer(status, "Content-Type: text/html", "Content-Length: 21") + b"<h1>not an image</h1>"
    )
    with pytest.raises(SourceStatusError, match=f"^127.0.0.1 .* {status[:3]}"):
        outgoing().get(origin(page).url(), max_bytes=1_000)


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: image/png; charset=no-such",
        "Content-Type: ;;=;",
        "X: \udcff\udcfe",
        "Date: no",
    ],
)
def test_odd_headers_do_no_harm(
    header: str, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    head = ok(b"", "X-Odd: here").replace(b"X-Odd: here", header.encode(errors="surrogateescape"))
    server = origin(head.replace(b"Length: 0", b"Length: 1") + b"x")
    assert outgoing().get(server.url(), max_bytes=10) == b"x"


def test_a_body_without_a_length_ends_with_its_connection(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(b"HTTP/1.0 200 OK\r\n\r\n" + b"a" * 300_000)
    assert outgoing().get(server.url(), max_bytes=300_000) == b"a" * 300_000


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/x",
        "data:image/png;base64,AA==",
        "ftp://example.com/",
        "javascript:alert(1)",
        "http://[::1",
        "http://user:word@127.0.0.1/",
        "\\\\127.0.0.1\\share",
        "http://127.0.0.1:0/",
        "x" * 5_000,
    ],
)
def test_a_redirect_to_anything_but_a_proper_url_is_refused(
    location: str, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(redirect(location))
    with pytest.raises(SourceBlockedError, match=r"^127\.0\.0\.1 redirected"):
        outgoing().get(server.url(), max_bytes=10)
    assert server.connections == 1


def test_redirects_end(origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]) -> None:
    server = origin(redirect("/again"))
    with pytest.raises(TooManyRedirectsError, match="3"):
        outgoing(max_redirects=3).get(server.url(), max_bytes=10)
    assert len(server.heads) == 4
    with pytest.raises(TooManyRedirectsError):
        outgoing(max_redirects=0).get(server.url(), max_bytes=10)
    assert len(server.heads) == 5


def test_nobody_there_is_unreachable(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing], names: dict[str, object]
) -> None:
    server = origin(ok(b""))
    server.close()
    for host in ("127.0.0.1", "unknown.example"):
        with pytest.raises(SourceUnreachableError, match=f"^{host} ") as caught:
            outgoing().get(server.url(host=host), max_bytes=10)
        assert caught.value.retryable


def test_a_connection_that_is_never_accepted_times_out(outgoing: Callable[..., Outgoing]) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)  # noqa: FBT003
            one.connect_ex(("127.0.0.1", port))
        fetcher = outgoing(connect_seconds=SHORT_SECONDS)
        error = fetch_failing(fetcher, f"http://127.0.0.1:{port}/")
        for one in waiting:
            one.close()
    assert isinstance(error, SourceTimeoutError)


def test_https_without_tls_or_a_trusted_certificate_is_refused(
    tmp_path: Path, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    subprocess.run(
        [*command.split(), "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    secure, plain = origin(ok(b"secret")), origin(ok(b"secret"))
    secure.context = context
    for server in (secure, plain):
        url = server.url().replace("http:", "https:")
        with pytest.raises(SourceProtocolError, match="certificate"):
            outgoing().get(url, max_bytes=10)
    assert secure.heads == []
