"""Origins that misbehave, by how."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from fuzz.inputs.entries import PICTURE
from tests.outgoing.servers import Exchange, answer, ok, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.outgoing.servers import Answer

_LENGTH = f"Content-Length: {len(PICTURE)}"
_CHUNKED = answer("200 OK", "Transfer-Encoding: chunked")


def behaviours() -> dict[str, Answer]:
    """Return all of them: 20 and some more."""
    return {**dict(_slow()), **dict(_endless()), **dict(_lying()), **dict(_wandering())}


def _slow() -> Iterator[tuple[str, Answer]]:
    def trickle(before: bytes, piece: bytes) -> Answer:
        def respond(exchange: Exchange) -> None:
            exchange.send(before)
            exchange.send_for_ever(piece, every_seconds=0.05)

        return respond

    yield "silence", Exchange.hang
    yield "slow head", trickle(b"HTTP/1.1 200 OK\r\nX: ", b"a")
    yield "slow body", trickle(answer("200 OK", _LENGTH), PICTURE[:1])
    yield "slow chunks", trickle(_CHUNKED, b"1\r\na\r\n")
    yield "slow interim answers", trickle(b"", answer("100 Continue"))
    yield "slow size of a chunk", trickle(_CHUNKED, b"0")


def _endless() -> Iterator[tuple[str, Answer]]:
    def flood(before: bytes, piece: bytes) -> Answer:
        def respond(exchange: Exchange) -> None:
            exchange.send(before)
            exchange.send_for_ever(piece)

        return respond

    yield "endless body", flood(answer("200 OK", "Connection: close"), b"a" * 65_536)
    yield "endless chunks", flood(_CHUNKED, b"8000\r\n" + b"a" * 0x8000 + b"\r\n")
    yield "endless head", flood(b"HTTP/1.1 200 OK\r\n", b"X: " + b"a" * 4000 + b"\r\n")
    yield "endless header", flood(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65_536)
    yield "endless interim answers", flood(b"", answer("103 Early Hints", "Link: </a>") * 99)
    yield "endless trailers", flood(_CHUNKED + b"0\r\n", b"X: " + b"a" * 4000 + b"\r\n")
    yield "endless chunk extension", flood(_CHUNKED + b"1;", b"a" * 65_536)


def _lying() -> Iterator[tuple[str, Answer]]:
    bomb = gzip.compress(bytes(50_000_000))
    yield "length too long", answer("200 OK", "Content-Length: 99999") + PICTURE
    yield "length of exabytes", answer("200 OK", "Content-Length: 999999999999999999") + PICTURE
    yield "two lengths", answer("200 OK", "Content-Length: 9", _LENGTH) + PICTURE
    yield "negative length", answer("200 OK", "Content-Length: -1") + PICTURE
    yield "gzip bomb", ok(bomb, "Content-Encoding: gzip")
    yield "brotli", ok(PICTURE, "Content-Encoding: br")
    yield "gzip as transfer", answer("200 OK", "Transfer-Encoding: gzip, chunked") + bomb
    yield "chunk of exabytes", _CHUNKED + b"fffffffffffffff\r\n" + PICTURE
    yield "chunk of no number", _CHUNKED + b"-1\r\n" + PICTURE
    yield "no HTTP", b"\x16\x03\x01\x02\x00\x01" * 9999
    yield "a page in place of a picture", ok(b"<html>secret of another</html>", "Content-Type: a/b")
    yield "a second answer behind the first", ok(PICTURE) + ok(b"second")
    yield "an answer without a body", answer("204 No Content", _LENGTH)
    yield "a part", answer("206 Partial Content", "Content-Range: bytes 0-9/99", _LENGTH) + PICTURE
    yield "failure with a long page", answer("500 Oops", "Connection: close") + b"a" * 10_000_000


def _wandering() -> Iterator[tuple[str, Answer]]:
    yield "redirect to itself", redirect("/redirect to itself".replace(" ", "-"))
    yield "redirect to another scheme", redirect("file:///etc/hostname")
    yield "redirect to nowhere", answer("302 Found", "Content-Length: 0")
    yield "redirect of a megabyte", redirect("/" + "a" * 1_000_000)
    yield "redirect to a name that is not", redirect("http://nobody.invalid/")
    yield "redirect with a line break", redirect("/a\r\nX: y\r\n\r\nHTTP/1.1 200 OK")
