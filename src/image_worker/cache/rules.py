"""HTTP's rules of caching for one request; `hishel` knows them, and does no input or output."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from hishel import (
    CacheMiss,
    CacheOptions,
    Entry,
    FromCache,
    Headers,
    IdleClient,
    InvalidateEntries,
    NeedRevalidation,
    NeedToBeUpdated,
    Request,
    Response,
    StoreAndUse,
)

from image_worker.outgoing.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from hishel import AnyState

_OPTIONS = CacheOptions(shared=True, supported_methods=["GET"], allow_stale=False)
_KEPT_STATUS = HTTPStatus.OK
_VALIDATORS = frozenset({"etag", "last-modified"})
_TERMS = ("max-age", "s-maxage", "no-cache", "no-store", "private")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that may be used again."""

    entry: Entry
    body: bytes
    terms: str
    """`Cache-Control` as its origin wrote it, in lower case."""


class Exchange:
    """One request, and what is known of the answer to it."""

    def __init__(self, url: str, headers: Mapping[str, str], kept: Kept | None) -> None:
        self._request = Request("GET", url, Headers(dict(headers)))
        self.keeps = kept
        """What is to be kept from now on."""
        self._asked = time.time()
        self.state = "hit"
        """`hit`, `revalidated` or `miss`."""

    async def run(self, ask: Callable[[Mapping[str, str]], Awaitable[Answer]]) -> Answer:
        """Return the answer that the rules allow, asking for it where they say so."""
        kept = self.keeps
        state: AnyState | None = IdleClient(_OPTIONS).next(
            self._request, [kept.entry] if kept else []
        )
        came: Answer | None = None
        while isinstance(state, (CacheMiss, NeedRevalidation, NeedToBeUpdated, InvalidateEntries)):
            if isinstance(state, (CacheMiss, NeedRevalidation)):
                came = await ask(dict(state.request.headers))
                if came.status not in (_KEPT_STATUS, HTTPStatus.NOT_MODIFIED):
                    # A redirect, say: it leads to what is kept, and is not kept itself.
                    self.state, self.keeps = "miss", None
                    return came
                state = state.next(_response(came))
            else:
                state = state.next()
        if isinstance(state, FromCache) and kept is not None:
            return self._known(state, kept, came)
        if came is None or isinstance(state, FromCache):
            raise RuntimeError("an answer is used that was never kept")
        self.state = "miss"
        storable = isinstance(state, StoreAndUse) and self._may_keep(came)
        self.keeps = self._new(came) if storable else None
        return came

    def _known(self, state: FromCache, kept: Kept, came: Answer | None) -> Answer:
        """Return what is kept, with the headers that just came."""
        if came is not None:
            self.state = "revalidated"
            self.keeps = self._settled(state.entry, kept.body, _terms(came) or kept.terms)
        headers = tuple(state.entry.response.headers.items())
        return Answer(_KEPT_STATUS, headers, kept.body)

    def _new(self, came: Answer) -> Kept:
        entry = Entry(uuid.uuid4(), self._request, _response(came))
        return self._settled(entry, came.body, _terms(came))

    def _settled(self, entry: Entry, body: bytes, terms: str) -> Kept:
        return Kept(settled(entry, self._asked, terms), body, terms)

    def _may_keep(self, came: Answer) -> bool:
        """Tell what the rules leave to us: whether the caller agrees, and we can ask later."""
        agreed = "no-store" not in self._request.headers.get("cache-control", "").lower()
        sent_back = [value for name, value in came.headers if name in _VALIDATORS]
        return agreed and all(value.isascii() and value.isprintable() for value in sent_back)


def settled(entry: Entry, asked: float, terms: str) -> Entry:
    """Return the entry with headers that say nothing but what holds by our own clock.

    The rules would let caches guess how long an answer lasts that does not say so; a picture that
    has just been replaced must not stay for days, so such an answer is asked about each time. And
    `Date` becomes the time since which it ages, with the `Age` that it had when it came.

    Args:
        entry: What is to be kept.
        asked: When it was asked for, in seconds since 1970.
        terms: `Cache-Control` as its origin wrote it, in lower case.
    """
    headers = dict(entry.response.headers)
    date, expires = _seconds(headers.get("date")), _seconds(headers.get("expires"))
    if not any(term in terms for term in _TERMS):
        lifetime = int(expires - (asked if date is None else date)) if expires is not None else 0
        ending = f"max-age={lifetime}" if lifetime > 0 else "no-cache"
        terms = f"{terms}, {ending}".strip(", ")
    since = headers.pop("age", "").strip()
    age = float(since) if since.isdecimal() else 0.0
    born = asked - max(0.0, age, asked - date if date is not None else 0.0)
    response = Response(
        entry.response.status_code,
        Headers({**headers, "cache-control": terms, "date": formatdate(born, usegmt=True)}),
    )
    return Entry(entry.id, entry.request, response)


def _seconds(date: str | None) -> float | None:
    """Return a date of HTTP in seconds since 1970, or None where it is none."""
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except (OverflowError, TypeError, ValueError):
        return None


def _terms(answer: Answer) -> str:
    return ", ".join(value for name, value in answer.headers if name == "cache-control").lower()


def _response(answer: Answer) -> Response:
    several: dict[str, list[str]] = {}
    for name, value in answer.headers:
        several.setdefault(name, []).append(value)
    several.setdefault("date", [formatdate(usegmt=True)])
    return Response(answer.status, Headers(several))
