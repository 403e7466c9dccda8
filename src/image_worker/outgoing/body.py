"""Reading an answer's body, no further than allowed."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiohttp.http_exceptions import BadHttpMessage

from image_worker.errors import SourceProtocolError, SourceTooLargeError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from aiohttp import ClientResponse, StreamReader


async def read_body(response: ClientResponse, host: str, max_bytes: int) -> bytes:
    """Return the body of `response`.

    Raises:
        SourceProtocolError: The body is encoded.
        SourceTooLargeError: It has, or says that it has, more than `max_bytes` bytes.
    """
    _refuse_encoded(response, host)
    announced = response.content_length
    if announced is not None and announced > max_bytes:
        raise SourceTooLargeError(
            f"{host} offers {announced} bytes; at most {max_bytes} are allowed."
        )
    body = io.BytesIO()  # hands its bytes over without a copy
    with _ended_by_loss(response):
        while chunk := await response.content.readany():
            body.write(chunk)
            if body.tell() > max_bytes:
                raise SourceTooLargeError(
                    f"{host} sent {body.tell()} bytes so far; at most {max_bytes} are allowed."
                )
    return body.getvalue()


async def read_start(response: ClientResponse, max_bytes: int) -> bytes:
    """Return the first `max_bytes` bytes of the body of `response`, as they come."""
    body = bytearray()
    with _ended_by_loss(response):
        while len(body) < max_bytes and (chunk := await response.content.readany()):
            body += chunk
    return bytes(body[:max_bytes])


def _refuse_encoded(response: ClientResponse, host: str) -> None:
    """Refuse compressed bodies: they were not asked for and can be bombs."""
    encodings = response.headers.getall("Content-Encoding", [])
    transfers = response.headers.getall("Transfer-Encoding", [])
    plain = all(text.strip().lower() in {"", "identity"} for text in encodings)
    if not plain or any(text.strip().lower() != "chunked" for text in transfers):
        raise SourceProtocolError(f"{host} sent an encoded body, which was not asked for.")


@contextmanager
def _ended_by_loss(response: ClientResponse) -> Iterator[None]:
    """Make sure that the body ends when its connection does.

    After a malformed chunk the client closes the connection and forgets to tell the reader, who
    would wait until the deadline.
    """
    connection = response.connection
    protocol = None if connection is None else connection.protocol
    closed = None if protocol is None else protocol.closed
    if closed is None:
        _end(response.content)
        yield
        return

    def on_close(_: asyncio.Future[None]) -> None:
        _end(response.content)

    closed.remove_done_callback(_retrieve)
    closed.add_done_callback(_retrieve)
    closed.add_done_callback(on_close)
    try:
        yield
    finally:
        closed.remove_done_callback(on_close)


def _end(content: StreamReader) -> None:
    """Fail a body that has neither ended nor failed although its connection is gone."""
    if not content.is_eof() and content.exception() is None:
        content.set_exception(BadHttpMessage("malformed body"))


def _retrieve(closed: asyncio.Future[None]) -> None:
    """Look at how a connection ended, so that nobody complains that nobody looked."""
    if not closed.cancelled():
        closed.exception()
