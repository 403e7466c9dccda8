"""Where attempts to reach what is forbidden are made, and seen."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from unittest import mock

from fuzz.figures import Figure
from fuzz.lab.names import NameServer, looked_up_in
from fuzz.lab.network import entering, own_every_address
from tests.outgoing.servers import Exchange, Origin, answer

if TYPE_CHECKING:
    from fuzz.lab.names import Answers
    from fuzz.plan import Plan

_OUTSIDE = ("93.184.216.34", "2606:2800:21f::34")
"""Addresses of origins that may be fetched from, where this network is not the real one."""
_HOME = "127.0.0.9"
"""The same, where there is only the loopback."""


class _Listener(Origin):
    """A server at every address, which notes at which of them it was reached."""

    def __init__(self, ground: Ground, port: int) -> None:
        self._ground = ground
        super().__init__(ground.respond, "*", port)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._ground.note(connection.getsockname()[0].removeprefix("::ffff:"))
        super()._serve(connection)


class Ground:
    """A machine that is the whole Internet if it can, or else the loopback alone.

    `pages` are the answers of origins, by path. Whoever reaches an address other than `outside`
    has been where nobody may go: `trespasses` counts these.
    """

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.outside = _OUTSIDE[0] if whole else _HOME
        self.names: Answers = {"origin.example": [[self.outside]]}
        self.pages: dict[str, Any] = {}
        self.reached: Counter[str] = Counter()
        self._stack = contextlib.ExitStack()
        self.port = 0

    def __enter__(self) -> Self:
        if self.whole:
            own_every_address()
            self._stack.enter_context(NameServer(self.names))
        else:
            patch = mock.patch.object(socket, "getaddrinfo", looked_up_in(self.names))
            self._stack.enter_context(patch)
        sys.addaudithook(self._audit)
        listener = self._stack.enter_context(_Listener(self, 80 if self.whole else 0))
        self.port = listener.port
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def settings(self) -> dict[str, Any]:
        """What a worker needs to be told to fetch from `outside`: nothing on the whole Internet."""
        if self.whole:
            return {}
        return {"allow_networks": (f"{_HOME}/32",), "ports": (self.port, 80, 443)}

    @property
    def trespasses(self) -> int:
        """How often anybody reached what is forbidden, or tried to."""
        allowed = _OUTSIDE if self.whole else (_HOME,)
        return sum(count for address, count in self.reached.items() if address not in allowed)

    def url(self, path: str = "/", host: str = "origin.example") -> str:
        """Return the URL of a page."""
        return f"http://{host}{'' if self.port == 80 else f':{self.port}'}{path}"

    def note(self, address: str) -> None:
        """Remember who was reached."""
        self.reached[address] += 1

    def respond(self, exchange: Exchange) -> None:
        """Answer as the page says."""
        path = exchange.head.split(b" ", 2)[1].decode("latin-1").partition("?")[0]
        page = self.pages.get(path, answer("404 Not Found", "Content-Length: 0"))
        if isinstance(page, bytes):
            exchange.send(page)
        else:
            page(exchange)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        # Before the connection is made, but of this process only; of others the listener knows.
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            host = str(arguments[1][0])
            if host not in {*_OUTSIDE, _HOME}:
                self.note(host)


def apart(suite: str, plan: Plan) -> list[Figure]:
    """Run a suite's `within` in a process that has a network of its own, where it can."""
    before = entering()
    command = [*before, sys.executable, "-m", "fuzz.lab.apart", suite, *plan.arguments()]
    ended = subprocess.run(
        [*command, *(["--whole"] if before else [])],
        stdout=subprocess.PIPE,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return [Figure(**fields) for fields in json.loads(ended.stdout)]
