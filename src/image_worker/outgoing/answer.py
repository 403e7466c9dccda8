"""What an origin answered, and who may remember it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request."""

    status: int
    """The status: of a success, of a redirect, or 304 where conditions were sent."""
    headers: tuple[tuple[str, str], ...]
    """The headers in their order, names in lower case."""
    body: bytes = b""
    """The body of a success."""


class Memory(Protocol):
    """Remembers answers, so that not everything is fetched each time."""

    async def answer(
        self,
        url: str,
        headers: Mapping[str, str],
        ask: Callable[[Mapping[str, str]], Awaitable[Answer]],
    ) -> Answer:
        """Return the answer to a GET request: one that is remembered, or what `ask` brings.

        Args:
            url: Where the request goes.
            headers: What is sent along, names in lower case.
            ask: Makes the request with these headers; with conditions among them, 304 may come.
        """
        ...
