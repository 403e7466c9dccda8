"""The guard that sees every address before a connection to it is made."""

from __future__ import annotations

import socket
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.outgoing.addresses import is_allowed, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import AddrInfoType

    from image_worker.outgoing.addresses import Network


@dataclass(slots=True)
class Attempt:
    """What the guard decided for one request: how many addresses it let through and refused."""

    passed: int = 0
    refused: int = 0

    @property
    def blocked(self) -> bool:
        """Whether nothing was tried because every address was refused."""
        return self.refused > 0 and self.passed == 0


# The guard is called deep inside the HTTP client, in tasks that it starts for each address; they
# inherit the context, so a request and its guard meet here and nowhere else.
ATTEMPT: ContextVar[Attempt] = ContextVar("attempt")


def guarded_sockets(networks: tuple[Network, ...]) -> Callable[[AddrInfoType], socket.socket]:
    """Return a factory of sockets that refuses addresses neither public nor in `networks`.

    The address is the one that the socket is then connected to, so an answer of the DNS that
    changes between check and connection cannot matter.
    """

    def open_socket(info: AddrInfoType) -> socket.socket:
        attempt = ATTEMPT.get()
        address = parse_address(str(info[4][0]))
        if address is None or not is_allowed(address, networks):
            attempt.refused += 1
            raise PermissionError("address refused")
        attempt.passed += 1
        return socket.socket(family=info[0], type=info[1], proto=info[2])

    return open_socket
