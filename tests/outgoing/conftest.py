"""What the tests of `outgoing` share: origins that end with the test, and a small DNS."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.outgoing import Outgoing, Policy
from tests.outgoing.servers import Origin, ok

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.outgoing.servers import Answer

ALL_PORTS = tuple(range(1, 65_536))


@pytest.fixture
def origin() -> Iterator[Callable[..., Origin]]:
    """Start origins: `origin(answer)`."""
    with contextlib.ExitStack() as stack:

        def start(answer: Answer, host: str = "127.0.0.1", port: int = 0) -> Origin:
            return stack.enter_context(Origin(answer, host, port))

        yield start


@pytest.fixture
def canary() -> Iterator[Origin]:
    """Start a server at every address of this machine, which nobody may ever reach."""
    with Origin(ok(b"secret"), "*") as server:
        yield server


@pytest.fixture
def outgoing() -> Iterator[Callable[..., Outgoing]]:
    """Make fetchers that may fetch from the loopback, unless told otherwise."""
    with contextlib.ExitStack() as stack:

        def make(**changes: Any) -> Outgoing:
            settings = {
                "allow_networks": ("127.0.0.0/8",),
                "ports": ALL_PORTS,
                "timeout_seconds": 30.0,
                **changes,
            }
            made = Outgoing(Policy(**settings))
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """Replace the DNS: for each name the answers it gives in turn, the last one for ever."""
    answers: dict[str, list[list[str]]] = {}

    def look_up(host: str, port: int, *_: object, **__: object) -> list[Any]:
        if host not in answers:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        turns = answers[host]
        addresses = turns.pop(0) if len(turns) > 1 else turns[0]
        return [_info(address, port) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


def _info(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
