"""One fetch: the requests, the redirects between them and the body at the end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import aiohttp

from image_worker.errors import (
    ImageWorkerError,
    InvalidUrlError,
    SourceBlockedError,
    SourceProtocolError,
    SourceStatusError,
    SourceTooLargeError,
    TooManyRedirectsError,
)
from image_worker.outgoing.answer import Answer
from image_worker.outgoing.body import read_body
from image_worker.outgoing.failures import blocked, translate
from image_worker.outgoing.guard import ATTEMPT, Attempt, guarded_sockets
from image_worker.outgoing.target import parse_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.outgoing.answer import Memory
    from image_worker.outgoing.policy import Policy, Rules
    from image_worker.outgoing.target import Target

MAX_HEADER_LINE_BYTES = 8_190
"""The longest line in the head of an answer, in bytes."""

MAX_ANSWER_HEADERS = 128
"""How many headers an answer may have."""

KEEP_ALIVE_SECONDS = 5.0
"""How long a connection is kept for the next fetch from the same host and port."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONDITIONS = frozenset({"if-modified-since", "if-none-match"})
BASE_HEADERS = {"accept": "*/*", "user-agent": "image-worker"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller asked for; `headers` are checked and in lower case."""

    target: Target
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    memory: Memory | None = None


def open_session(policy: Policy, rules: Rules) -> aiohttp.ClientSession:
    """Return the session of the running loop: no proxies, no cookies, no cached names.

    The number of connections is not limited here: callers bound how much they fetch at once, and
    one who waited for another's slow origin would lose time of their own.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,
            use_dns_cache=False,
            resolver=aiohttp.ThreadedResolver(),
            socket_factory=guarded_sockets(rules.networks),
            keepalive_timeout=KEEP_ALIVE_SECONDS,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        # The whole fetch has one deadline of its own, see `fetch`.
        timeout=aiohttp.ClientTimeout(total=None, connect=policy.connect_seconds),
        trust_env=False,
        auto_decompress=False,
        max_line_size=MAX_HEADER_LINE_BYTES,
        max_field_size=MAX_HEADER_LINE_BYTES,
        max_headers=MAX_ANSWER_HEADERS,
    )


async def fetch(
    session: aiohttp.ClientSession, policy: Policy, rules: Rules, request: Request
) -> bytes:
    """Return the body that `request` leads to, after at most `policy.max_redirects` redirects.

    Raises:
        SourceError: The class that fits; nothing but errors of the package's tree is raised.
    """
    attempt = Attempt()
    try:
        async with asyncio.timeout(policy.timeout_seconds):
            return await _follow(session, policy, rules, request)
    except ImageWorkerError:
        raise
    except Exception as error:
        # Whatever a hostile origin brings up in the libraries below must come out typed.
        raise translate(error, request.target.host, ATTEMPT.get(attempt)) from error


async def _follow(
    session: aiohttp.ClientSession, policy: Policy, rules: Rules, request: Request
) -> bytes:
    """Make requests until one is not answered by a redirect."""
    host = request.target.host
    for _ in range(policy.max_redirects + 1):
        check_target(request.target, rules, host)
        answer = await _answer(session, request, host)
        if answer.status not in _REDIRECTS:
            return _small_enough(answer.body, request, host)
        request = _redirected(request, _location(answer, host), host)
    raise TooManyRedirectsError(
        f"{host} redirected more than {policy.max_redirects} times, which is the limit."
    )


def check_target(target: Target, rules: Rules, host: str) -> None:
    """Refuse a target that the lists of hosts or the ports rule out."""
    if not rules.allow_host(target.host, target.port):
        raise blocked(host)
    if not rules.allow_port(target.host, target.port):
        raise SourceBlockedError(f"{host} may not be fetched from at this port.")


async def _answer(session: aiohttp.ClientSession, request: Request, host: str) -> Answer:
    """Return the answer to one request, which may be remembered."""
    headers = {**BASE_HEADERS, **request.headers}

    async def ask(sent: Mapping[str, str]) -> Answer:
        return await _ask(session, replace(request, headers=sent), host, asked=headers)

    if request.memory is None:
        return await ask(headers)
    return await request.memory.answer(str(request.target.url), headers, ask)


async def _ask(
    session: aiohttp.ClientSession, request: Request, host: str, *, asked: Mapping[str, str]
) -> Answer:
    """Make one request; `asked` is what the caller sends, without conditions of a memory."""
    ATTEMPT.set(Attempt())
    response = await session.get(
        request.target.url,
        headers={**request.headers, "accept-encoding": "identity"},
        allow_redirects=False,
    )
    headers = tuple((name.lower(), value) for name, value in response.headers.items())
    conditional = bool(_CONDITIONS & (request.headers.keys() - asked.keys()))
    unchanged = conditional and response.status == HTTPStatus.NOT_MODIFIED
    try:
        if unchanged or response.status in _REDIRECTS:
            return Answer(response.status, headers)
        _check_status(response.status, host)
        body = await read_body(response, host, request.max_bytes)
        return Answer(response.status, headers, body)
    finally:
        # A body read to its end has given its connection back; any other closes it here.
        response.close()


def _small_enough(body: bytes, request: Request, host: str) -> bytes:
    """Return a body; one that is remembered may have been fetched under a higher limit."""
    if len(body) > request.max_bytes:
        raise SourceTooLargeError(
            f"{host} offers {len(body)} bytes; at most {request.max_bytes} are allowed."
        )
    return body


def _location(answer: Answer, host: str) -> str:
    """Return where a redirect leads, with the spaces that many origins leave in it quoted."""
    named = (value for name, value in answer.headers if name == "location")
    location = next(named, "").strip().replace(" ", "%20")
    if not location:
        raise SourceProtocolError(f"{host} redirected without saying where to.")
    return location


def _check_status(status: int, host: str) -> None:
    """Refuse an answer that brings no content."""
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise SourceStatusError(f"{host} answered with status {status}.")
    if status < HTTPStatus.OK:
        raise SourceProtocolError(f"{host} answered with status {status}, which is no answer.")
    if status == HTTPStatus.PARTIAL_CONTENT:
        raise SourceProtocolError(f"{host} sent a part of the content, which was not asked for.")


def _redirected(request: Request, location: str, host: str) -> Request:
    """Return the request that follows a redirect, with the caller's headers where they may go."""
    try:
        target = parse_target(urljoin(str(request.target.url), location))
    except (InvalidUrlError, ValueError) as error:
        raise SourceBlockedError(
            f"{host} redirected to something that may not be fetched."
        ) from error
    headers = request.headers if target.keeps_secrets_of(request.target) else {}
    return replace(request, target=target, headers=headers)
