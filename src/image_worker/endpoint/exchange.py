"""Requests to an endpoint, made again where that is safe and can help."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from image_worker.endpoint import answers
from image_worker.endpoint.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointFaultError,
    EndpointTimeoutError,
    EndpointUnreachableError,
)
from image_worker.version import __version__

if TYPE_CHECKING:
    import aiohttp

    from image_worker.endpoint.address import Address

Method = Literal["GET", "POST"]

CONNECT_SECONDS: Final = 10.0
"""How long a connection may take to be made."""

KEEP_ALIVE_SECONDS: Final = 4.0
"""How long a connection is kept for the next request: servers close theirs after 5 seconds and
more, and a job that is sent into one that just closes may not be sent again."""

MAX_ANSWER_BYTES: Final = 100_000_000
"""The largest answer that is read; RunPod's own are at most 20 MB."""

LONGEST_PAUSE_SECONDS: Final = 60.0
"""An endpoint that asks for a longer pause before the next try is not tried again."""

_FIRST_PAUSE_SECONDS = 0.25
_MOST_DOUBLINGS = 5


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    method: Method
    parts: tuple[str, ...]
    """The operation, and the job if it is about one."""
    query: dict[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    hold_seconds: float = 0.0
    """For how long the endpoint was asked to keep back its answer."""
    once: bool = False
    """Whether it may be carried out only once, such as a job that is put into the queue."""


class Exchange:
    """Talks to one endpoint; connections are kept, for each event loop its own."""

    def __init__(self, address: Address, timeout_seconds: float, attempts: int) -> None:
        self.address = address
        self._seconds = timeout_seconds
        self._attempts = max(1, attempts)
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}

    async def ask(self, ask: Ask) -> Any:
        """Return the answer's JSON; raises the `EndpointError` that fits."""
        for attempt in range(1, self._attempts):
            try:
                return await self._once(ask)
            except EndpointError as error:
                pause = _pause(error, attempt)
                if not _again(error, ask) or pause > LONGEST_PAUSE_SECONDS:
                    raise
            await asyncio.sleep(pause)
        return await self._once(ask)

    async def close(self) -> None:
        """Close the connections of the running loop."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    async def _once(self, ask: Ask) -> Any:
        import aiohttp  # noqa: PLC0415 - it takes a quarter of a second to load

        # What is raised is told without its cause, which may know the header with the key.
        try:
            return await self._request(ask)
        except aiohttp.ClientSSLError:
            raise EndpointUnreachableError(
                f"{self._host} has no valid certificate, or no proper TLS"
            ) from None
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
            raise EndpointUnreachableError(f"{self._host} cannot be connected to") from None
        except TimeoutError:
            raise EndpointTimeoutError(f"{self._host} did not answer in time", taken=True) from None
        except (aiohttp.ClientError, OSError):
            raise EndpointUnreachableError(
                f"{self._host} closed the connection before the end of its answer", taken=True
            ) from None

    async def _request(self, ask: Ask) -> Any:
        import aiohttp  # noqa: PLC0415 - as above

        timeout = aiohttp.ClientTimeout(
            total=self._seconds + ask.hold_seconds, sock_connect=CONNECT_SECONDS
        )
        async with self._session().request(
            ask.method,
            self.address.url(*ask.parts),
            params=ask.query,
            data=ask.body,
            headers={"Content-Type": "application/json"} if ask.body else {},
            timeout=timeout,
            allow_redirects=False,  # the key is for this host alone
        ) as response:
            told = answers.read_json(await _body(response))
            return answers.checked(response.status, response.headers, told, self._host)

    @property
    def _host(self) -> str:
        return self.address.root.partition("//")[2].partition("/")[0]

    def _session(self) -> aiohttp.ClientSession:
        import aiohttp  # noqa: PLC0415 - as above

        loop = asyncio.get_running_loop()
        if loop not in self._sessions:
            self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,  # waiting takes a connection each
                    keepalive_timeout=KEEP_ALIVE_SECONDS,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": f"image-worker/{__version__}", "Accept": "application/json"},
                middlewares=[self._authorized],
                trust_env=True,  # proxies
            )
        return self._sessions[loop]

    async def _authorized(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Add the key; last, so that a `.netrc` does not get in its way."""
        if self.address.key:
            request.headers["Authorization"] = f"Bearer {self.address.key}"
        return await handler(request)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    chunks, received = [], 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        received += len(chunk)
        if received > MAX_ANSWER_BYTES:
            raise EndpointFaultError(
                f"the answer has more than {MAX_ANSWER_BYTES:,} bytes; deliver results to a bucket"
            )
    return b"".join(chunks)


def _again(error: EndpointError, ask: Ask) -> bool:
    """Tell whether another try may help, and cannot do the same twice."""
    if isinstance(error, EndpointTimeoutError):
        return False  # it took all the time that there was
    return error.retryable and not (ask.once and error.taken)


def _pause(error: EndpointError, attempt: int) -> float:
    """Return seconds to wait: what the endpoint asks for, else longer each time."""
    if isinstance(error, EndpointBusyError) and error.retry_after is not None:
        return error.retry_after
    longest = _FIRST_PAUSE_SECONDS * 2 ** min(attempt, _MOST_DOUBLINGS)
    return random.uniform(longest / 2, longest)  # noqa: S311 - nothing secret
