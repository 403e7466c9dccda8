"""Payloads: small ones travel with their record or ticket, large ones have a place of their own.

That is a file, where the broker is the embedded one, else parts in a stream. Parts of a megabyte
were as fast as one message of any size, and a broker that runs elsewhere takes no larger ones
unless it is told to. They are fetched in one request; an ordered consumer, which the object store
of NATS uses, takes twenty times as long.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from image_worker.queue import layout
from image_worker.queue.records import Payload

if TYPE_CHECKING:
    from image_worker.queue.store import Store

INLINE_BYTES: Final = 65_536
"""What fits within a record: those who list jobs read it as well, so it is not much."""

PART_BYTES: Final = 1_000_000
"""A broker takes messages of 1 MiB unless it is told otherwise, headers included."""


class MissingError(Exception):
    """A payload is no longer kept."""


class Blobs:
    """Payloads of jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, key: str, body: bytes, seconds: float, *, apart: bool = False) -> Payload:
        """Keep a payload for so long; `apart`: even if it is small. The same key replaces it."""
        if len(body) <= INLINE_BYTES and not apart:
            return Payload(inline=body)
        if self._store.files:
            await asyncio.to_thread(self._store.files.put, key, body, seconds)
            return Payload(file=True, key=key)
        view = memoryview(body)
        parts = range(0, max(1, len(body)), PART_BYTES)
        await asyncio.gather(
            *(
                self._store.send(
                    layout.blob(key, number), bytes(view[at : at + PART_BYTES]), seconds=seconds
                )
                for number, at in enumerate(parts)
            )
        )
        return Payload(parts=len(parts), key=key)

    async def get(self, payload: Payload) -> bytes:
        """Return a payload.

        Raises:
            MissingError: It is no longer there, or not all of it.
        """
        if payload.file:
            return await self._read(payload.key)
        if not payload.parts:
            return payload.inline
        subject = layout.blob(payload.key)
        found = await self._store.last_of_each(layout.BLOBS, subject)
        parts = {int(part.subject.rpartition(".")[2]): part.data for part in found}
        if len(parts) < payload.parts:
            raise MissingError(payload.key)
        return b"".join(parts[number] for number in range(payload.parts))

    async def drop(self, payload: Payload) -> None:
        """Forget a payload."""
        if payload.file and self._store.files:
            await asyncio.to_thread(self._store.files.drop, payload.key)
        if payload.parts:
            await self._store.drop(layout.BLOBS, layout.blob(payload.key))

    async def _read(self, key: str) -> bytes:
        files = self._store.files
        body = await asyncio.to_thread(files.get, key) if files else None
        if body is None:
            raise MissingError(key)
        return body
