"""Fetching and sending, as synchronous and thread-safe calls."""

from __future__ import annotations

import asyncio
import concurrent.futures
import weakref
from typing import TYPE_CHECKING, TypeVar

from image_worker.cancel import Cancel
from image_worker.errors import DeliveryError, ImageWorkerError, SourceUnreachableError
from image_worker.outgoing.background import Background
from image_worker.outgoing.headers import check_headers
from image_worker.outgoing.policy import Policy, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientSession

    from image_worker.outgoing.answer import Memory
    from image_worker.outgoing.fetch import Request
    from image_worker.outgoing.send import Method, Reply, Sending

T = TypeVar("T")

_DEFAULT_POLICY = Policy()


class Outgoing:
    """Fetches what callers name, and only what `policy` lets them have.

    One object serves any number of threads. The HTTP client is imported and its thread started
    with the first fetch, also after a fork.
    """

    def __init__(self, policy: Policy = _DEFAULT_POLICY) -> None:
        """Take the policy; by default public addresses at ports 80 and 443."""
        self._client = _Client(policy)
        # Ends the thread when the object is freed, or else when the interpreter exits.
        weakref.finalize(self, self._client.stop)

    def get(
        self,
        url: str,
        *,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        cancel: Cancel | None = None,
        memory: Memory | None = None,
    ) -> bytes:
        """Return what is at `url`, following redirects.

        Args:
            url: An http or https URL of at most 4,096 characters, without credentials.
            max_bytes: The largest body that is accepted, in bytes.
            headers: Sent along, and dropped when a redirect leads to another host, another port
                or from https to http. Default: none.
            cancel: Ends the fetch when it is cancelled. Default: nothing does.
            memory: Remembers answers; it is asked before each request. Default: none.

        Raises:
            InvalidUrlError: `url` is not a URL that can be fetched.
            InvalidParameterError: A header cannot be sent.
            SourceBlockedError: The policy does not allow the host, port or address, or a redirect
                led to one that it does not allow.
            SourceStatusError: The answer's status is not a success.
            SourceProtocolError: The answer breaks HTTP's rules, is encoded or not secure.
            SourceIncompleteError: The connection ended before the answer did.
            SourceUnreachableError: No connection could be made, or `close` was called meanwhile.
            SourceTimeoutError: The fetch took longer than the policy allows.
            SourceTooLargeError: The body has more than `max_bytes` bytes.
            TooManyRedirectsError: There were more redirects than the policy allows.
            JobCancelledError: `cancel` was cancelled.
        """
        return _result(
            lambda: self._client.fetch(url, max_bytes, headers, memory), cancel, _unfetched()
        )

    async def aget(
        self, url: str, *, max_bytes: int, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Return what is at `url`, without blocking the caller's event loop; see `get`.

        Cancelling the call cancels the fetch.
        """
        return await _aresult(self._client.fetch(url, max_bytes, headers), _unfetched())

    def send(  # noqa: PLR0913 - a request has many parts
        self,
        method: Method,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = 30.0,
        attempts: int = 1,
        cancel: Cancel | None = None,
    ) -> Reply:
        """Send `body` to `url`, and return what comes back, whatever its status is.

        A redirect is such an answer and is not followed: what is sent goes to the one place that
        was named.

        Args:
            method: `PUT` or `POST`.
            url: As for `get`.
            body: What is sent; its length goes along.
            headers: Sent along, such as `Content-Type`. Default: none.
            seconds: For everything, pauses between attempts included. Default: 30.
            attempts: How often it is tried while connections fail or the status is 429 or at
                least 500; more than one is only for what may be done twice. Default: 1.
            cancel: As for `get`.

        Raises:
            InvalidUrlError: `url` is not a URL to which anything can be sent.
            InvalidParameterError: A header cannot be sent.
            DeliveryBlockedError: The policy does not allow the host, port or address.
            DeliveryTimeoutError: No answer came in time.
            DeliveryError: No connection, or no proper answer.
            JobCancelledError: `cancel` was cancelled.
        """
        return _result(
            lambda: self._client.send(method, url, body, headers, seconds, attempts),
            cancel,
            _unsent(),
        )

    async def asend(
        self,
        method: Method,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = 30.0,
        attempts: int = 1,
    ) -> Reply:
        """Send `body` to `url`, without blocking the caller's event loop; see `send`.

        Cancelling the call cancels the sending.
        """
        future = self._client.send(method, url, body, headers, seconds, attempts)
        return await _aresult(future, _unsent())

    def close(self) -> None:
        """End all fetches and close all connections; a later fetch starts anew."""
        self._client.stop()


class _Client:
    """The part of `Outgoing` that its thread may hold on to."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._rules = Rules(policy)
        self._background = Background()
        # One session a loop; a forked child has a new loop and must not free its parent's session.
        self._sessions: dict[asyncio.AbstractEventLoop, ClientSession] = {}

    def fetch(
        self,
        url: str,
        max_bytes: int,
        headers: Mapping[str, str] | None,
        memory: Memory | None = None,
    ) -> concurrent.futures.Future[bytes]:
        # Imported here because the HTTP client takes a quarter of a second to load.
        from image_worker.outgoing.fetch import Request  # noqa: PLC0415
        from image_worker.outgoing.target import parse_target  # noqa: PLC0415

        request = Request(parse_target(url), max_bytes, check_headers(headers), memory)
        return self._background.submit(lambda: self._fetch(request))

    async def _fetch(self, request: Request) -> bytes:
        from image_worker.outgoing.fetch import fetch  # noqa: PLC0415

        return await fetch(self._session(), self._policy, self._rules, request)

    def send(
        self,
        method: Method,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None,
        seconds: float,
        attempts: int,
    ) -> concurrent.futures.Future[Reply]:
        from image_worker.outgoing.send import Sending  # noqa: PLC0415
        from image_worker.outgoing.target import parse_target  # noqa: PLC0415

        sending = Sending(
            method, parse_target(url), body, check_headers(headers), seconds, attempts
        )
        return self._background.submit(lambda: self._send(sending))

    async def _send(self, sending: Sending) -> Reply:
        from image_worker.outgoing.send import send  # noqa: PLC0415

        return await send(self._session(), self._rules, sending)

    def _session(self) -> ClientSession:
        from image_worker.outgoing.fetch import open_session  # noqa: PLC0415

        loop = asyncio.get_running_loop()
        if loop not in self._sessions:
            self._sessions[loop] = open_session(self._policy, self._rules)
        return self._sessions[loop]

    def stop(self) -> None:
        self._background.stop(self._close_session)

    async def _close_session(self) -> None:
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()


def _result(
    start: Callable[[], concurrent.futures.Future[T]],
    cancel: Cancel | None,
    stopped: ImageWorkerError,
) -> T:
    """Start something, unless it is called off already, and wait for it while it is wanted."""
    cancel = cancel or Cancel()
    cancel.check()
    future = start()

    def stop() -> None:
        future.cancel()

    try:
        with cancel.listening(stop):
            return future.result()
    except concurrent.futures.CancelledError as error:
        cancel.check()
        raise stopped from error
    except BaseException:
        # Only an interrupt of the waiting thread gets here with the work still going on.
        future.cancel()
        raise


async def _aresult(future: concurrent.futures.Future[T], stopped: ImageWorkerError) -> T:
    """Wait for what comes of `future`, without blocking the caller's event loop."""
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise stopped from error


def _unfetched() -> SourceUnreachableError:
    return SourceUnreachableError("The fetch was stopped before its end.")


def _unsent() -> DeliveryError:
    return DeliveryError("The delivery was stopped before its end.")
