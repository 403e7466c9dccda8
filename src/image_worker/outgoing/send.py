"""Sending something: one request, made again where that is safe and can help."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from image_worker.errors import SourceBlockedError, SourceError
from image_worker.outgoing.body import read_start
from image_worker.outgoing.failures import as_delivery, translate
from image_worker.outgoing.fetch import BASE_HEADERS, check_target
from image_worker.outgoing.guard import ATTEMPT, Attempt

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from image_worker.outgoing.policy import Rules
    from image_worker.outgoing.target import Target

MAX_REPLY_BYTES = 65_536
"""How much of an answer's body is read, in bytes; the rest is left."""

_FIRST_PAUSE_SECONDS = 0.2

Method = Literal["PUT", "POST"]


@dataclass(frozen=True, slots=True)
class Sending:
    """What is to be sent; `headers` are checked and in lower case."""

    method: Method
    target: Target
    body: bytes
    headers: Mapping[str, str]
    seconds: float
    """For all attempts together, with the pauses between them."""
    attempts: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: bytes
    """At most the first `MAX_REPLY_BYTES` bytes."""

    @property
    def ok(self) -> bool:
        """Whether it was taken."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def passing(self) -> bool:
        """Whether it was refused for a reason that may pass."""
        overloaded = self.status == HTTPStatus.TOO_MANY_REQUESTS
        return overloaded or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


async def send(session: aiohttp.ClientSession, rules: Rules, sending: Sending) -> Reply:
    """Return the last answer, whatever its status. Redirects are answers: none is followed.

    Raises:
        DeliveryError: The class that fits; nothing but errors of the package's tree is raised.
    """
    host = sending.target.host
    outcome: Reply | SourceError = translate(TimeoutError(), host, Attempt())
    try:
        check_target(sending.target, rules, host)
        async with asyncio.timeout(sending.seconds):
            for attempt in range(1, sending.attempts + 1):
                outcome = await _attempt(session, sending)
                if not _may_pass(outcome):
                    break
                if attempt < sending.attempts:
                    await asyncio.sleep(_pause(attempt))
    except TimeoutError:
        pass  # what came of the last attempt says more than that time is up
    except SourceBlockedError as error:
        outcome = error
    if isinstance(outcome, SourceError):
        raise as_delivery(outcome, host) from outcome
    return outcome


async def _attempt(session: aiohttp.ClientSession, sending: Sending) -> Reply | SourceError:
    ATTEMPT.set(attempt := Attempt())
    try:
        return await _request(session, sending)
    except Exception as error:  # noqa: BLE001 - whatever a hostile host brings up below
        return translate(error, sending.target.host, attempt)


def _may_pass(outcome: Reply | SourceError) -> bool:
    """Tell whether another attempt may end differently."""
    return outcome.retryable if isinstance(outcome, SourceError) else outcome.passing


async def _request(session: aiohttp.ClientSession, sending: Sending) -> Reply:
    response = await session.request(
        sending.method,
        sending.target.url,
        data=sending.body,
        headers={**BASE_HEADERS, **sending.headers, "accept-encoding": "identity"},
        allow_redirects=False,
    )
    try:
        return Reply(response.status, await read_start(response, MAX_REPLY_BYTES))
    finally:
        response.close()


def _pause(attempt: int) -> float:
    """Return seconds to wait: longer each time, and not the same for all who wait."""
    longest = _FIRST_PAUSE_SECONDS * 2**attempt
    return random.uniform(longest / 2, longest)  # noqa: S311 - nothing secret
