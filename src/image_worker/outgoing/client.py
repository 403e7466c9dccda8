"""Fetching, as a synchronous and thread-safe call."""

from __future__ import annotations

import asyncio
import concurrent.futures
import weakref
from typing import TYPE_CHECKING

from image_worker.errors import SourceUnreachableError
from image_worker.outgoing.background import Background
from image_worker.outgoing.headers import check_headers
from image_worker.outgoing.policy import Policy, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientSession

    from image_worker.outgoing.fetch import Request

_DEFAULT_POLICY = Policy()


class Outgoing:
    """Fetches what callers name, and only what `policy` lets them have.

    One object serves any number of threads. The HTTP client is imported and its thread started
    with the first fetch, also after a fork.
    """

    def __init__(self, policy: Policy = _DEFAULT_POLICY) -> None:
        """Take the policy; by default public addresses at ports 80 and 443."""
        self._fetcher = _Fetcher(policy)
        # Ends the thread when the object is freed, or else when the interpreter exits.
        weakref.finalize(self, self._fetcher.stop)

    def get(self, url: str, *, max_bytes: int, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what is at `url`, following redirects.

        Args:
            url: An http or https URL of at most 4,096 characters, without credentials.
            max_bytes: The largest body that is accepted, in bytes.
            headers: Sent along, and dropped when a redirect leads to another host, another port
                or from https to http. Default: none.

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
        """
        future = self._fetcher.start(url, max_bytes, headers)
        try:
            return future.result()
        except concurrent.futures.CancelledError as error:
            raise _stopped() from error
        except BaseException:
            # Only an interrupt of the waiting thread gets here with the fetch still going on.
            future.cancel()
            raise

    async def aget(
        self, url: str, *, max_bytes: int, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Return what is at `url`, without blocking the caller's event loop; see `get`.

        Cancelling the call cancels the fetch.
        """
        future = self._fetcher.start(url, max_bytes, headers)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise _stopped() from error

    def close(self) -> None:
        """End all fetches and close all connections; a later fetch starts anew."""
        self._fetcher.stop()


class _Fetcher:
    """The part of `Outgoing` that its thread may hold on to."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._rules = Rules(policy)
        self._background = Background()
        # One session a loop; a forked child has a new loop and must not free its parent's session.
        self._sessions: dict[asyncio.AbstractEventLoop, ClientSession] = {}

    def start(
        self, url: str, max_bytes: int, headers: Mapping[str, str] | None
    ) -> concurrent.futures.Future[bytes]:
        # Imported here because the HTTP client takes a quarter of a second to load.
        from image_worker.outgoing.fetch import Request  # noqa: PLC0415
        from image_worker.outgoing.target import parse_target  # noqa: PLC0415

        request = Request(parse_target(url), max_bytes, check_headers(headers))
        return self._background.submit(lambda: self._fetch(request))

    async def _fetch(self, request: Request) -> bytes:
        from image_worker.outgoing.fetch import fetch, open_session  # noqa: PLC0415

        loop = asyncio.get_running_loop()
        if loop not in self._sessions:
            self._sessions[loop] = open_session(self._policy, self._rules)
        return await fetch(self._sessions[loop], self._policy, self._rules, request)

    def stop(self) -> None:
        self._background.stop(self._close_session)

    async def _close_session(self) -> None:
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()


def _stopped() -> SourceUnreachableError:
    return SourceUnreachableError("The fetch was stopped before its end.")
