"""What was fetched, kept in memory and used again as far as HTTP's rules (RFC 9111) allow.

It is a cache that many share: nothing that is `private` or `no-store` is kept, an answer to a
request with headers of a caller is only for requests with the very same headers, and one to a
request with `Authorization` is kept only where the origin allows that by name. An answer that
does not say for how long it is good is asked about each time, which costs no body where it has an
`ETag` or `Last-Modified`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.cache.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from image_worker.cache.rules import Kept
    from image_worker.outgoing.answer import Answer

    Ask = Callable[[Mapping[str, str]], Awaitable[Answer]]

_OVERHEAD_BYTES = 2048
"""What an answer takes beside its body, roughly."""

_OF_THE_CALLER = frozenset(
    {
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
    }
)
"""Whoever sends one of these wants an answer that is for nobody else."""


class SourceCache:
    """Answers up to a number of bytes. One object serves any number of threads."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._shelf: Shelf[Kept] = Shelf(max_bytes, lambda kept: len(kept.body) + _OVERHEAD_BYTES)
        self._under_way: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Event] = {}

    @property
    def bytes(self) -> int:
        """Bytes of the answers that are kept."""
        return self._shelf.bytes

    def visit(self, *, refresh: bool = False) -> Visit:
        """Return what one fetch uses; `refresh` fetches anew, and keeps what comes."""
        return Visit(self, refresh=refresh)

    def look(self, key: str) -> Kept | None:
        """Return what is kept under the key."""
        return self._shelf.get(key)

    def keep(self, key: str, kept: Kept | None) -> None:
        """Keep this in place of what is there, or nothing."""
        if kept is None:
            self._shelf.drop(key)
        else:
            self._shelf.put(key, kept)

    @asynccontextmanager
    async def alone(self, key: str) -> AsyncIterator[None]:
        """Let the first one go ahead; the others wait until it is done, and then go on together.

        They do not wait again: what may not be kept, each of them has to fetch.
        """
        flight = (asyncio.get_running_loop(), key)
        under_way = self._under_way.get(flight)
        if under_way is not None:
            await under_way.wait()
            yield
            return
        done = self._under_way[flight] = asyncio.Event()
        try:
            yield
        finally:
            del self._under_way[flight]
            done.set()


@dataclass
class Visit:
    """One fetch's way to the cache, and what came of it."""

    cache: SourceCache
    refresh: bool
    state: str | None = None
    """`hit` where nothing was asked, `revalidated` where the origin said that what is kept is still
    right, `miss` where the bytes were sent; None before."""

    async def answer(self, url: str, headers: Mapping[str, str], ask: Ask) -> Answer:
        """Return the answer to a GET request; the last one of a fetch decides its state."""
        # As slow to import as an HTTP client, which was imported just before.
        from image_worker.cache.rules import Exchange  # noqa: PLC0415

        self.state = "miss"
        if _OF_THE_CALLER & headers.keys():
            return await ask(headers)
        key = _key(url, headers)
        async with self.cache.alone(key):
            kept = None if self.refresh else self.cache.look(key)
            exchange = Exchange(url, headers, kept)
            answer = await exchange.run(ask)
            if exchange.keeps is not kept:
                self.cache.keep(key, exchange.keeps)
            self.state = exchange.state
            return answer


def _key(url: str, headers: Mapping[str, str]) -> str:
    whole = json.dumps([url, sorted(headers.items())])
    return hashlib.sha256(whole.encode()).hexdigest()
