"""A network of its own, in which "outside" and "forbidden" are real addresses.

Run as a program, it enters a new network namespace, gives its loopback public and private
addresses, answers DNS queries there, and lets a worker with its defaults do jobs that name hosts
there. It prints what came of them as JSON. Where the machine allows no namespaces it says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.job.making import PNG, worker
from tests.outgoing.entries import ENTRIES, ask
from tests.outgoing.servers import Exchange, Origin, ok, redirect

OUTSIDE = "93.184.216.34"
FORBIDDEN = ("10.0.0.5", "169.254.169.254", "100.100.100.200", "127.0.0.1")
PORT = 80
ROUNDS = 4
_ACCEPTED_SECONDS = 10.0

_NEW_USER, _NEW_MOUNTS, _NEW_NETWORK = 0x10000000, 0x00020000, 0x40000000
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_SET_FLAGS, _SET_ADDRESS, _UP = 0x8914, 0x8916, 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def enter() -> bool:
    """Enter namespaces of our own; False where the machine does not allow it."""
    wanted = _NEW_NETWORK | _NEW_MOUNTS
    return any(_LIBC.unshare(flags) == 0 for flags in (wanted, wanted | _NEW_USER))


def _mount(source: str, target: str, flags: int) -> None:
    if _LIBC.mount(source.encode(), target.encode(), None, flags, None):
        raise OSError(ctypes.get_errno(), "mount")


def furnish() -> None:
    """Bring the loopback up with all addresses, and ask a name server on it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
        for number, address in enumerate((OUTSIDE, *FORBIDDEN[:-1]), start=1):
            packed = socket.inet_aton(address)
            name = f"lo:{number}".encode()
            request = struct.pack("16sHH4s8x", name, socket.AF_INET, 0, packed)
            fcntl.ioctl(control, _SET_ADDRESS, request)
    _mount("none", "/", _RECURSIVE | _PRIVATE)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as config:
        config.write("nameserver 127.0.0.1\noptions timeout:5 attempts:1\n")
    _mount(config.name, os.path.realpath("/etc/resolv.conf"), _BIND)
    Path(config.name).unlink()


class Names(threading.Thread):
    """A name server whose answers can change from one query to the next."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.answers: dict[str, list[list[str]]] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        self.start()

    def run(self) -> None:
        while True:
            query, sender = self._socket.recvfrom(512)
            self._socket.sendto(self._answer(query), sender)

    def _answer(self, query: bytes) -> bytes:
        name, end = [], 12
        while size := query[end]:
            name.append(query[end + 1 : end + 1 + size].decode())
            end += 1 + size
        question = query[12 : end + 5]
        is_a = question[-4:-2] == b"\0\1"
        turns = self.answers.get(".".join(name).lower(), [[]])
        addresses = (turns.pop(0) if len(turns) > 1 else turns[0]) if is_a else []
        if is_a and len(turns) > 0:
            turns.append(addresses)
        records = b"".join(
            b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 0, 4) + socket.inet_aton(address)
            for address in addresses
        )
        counts = struct.pack("!HHHH", 1, len(addresses), 0, 0)
        return query[:2] + b"\x81\x80" + counts + question + records


def _serve(exchange: Exchange) -> None:
    path = exchange.head.split(b" ")[1]
    exchange.send(redirect("http://inside.example/") if path == b"/away" else ok(PNG))


def report() -> dict[str, Any]:
    """Do jobs that name hosts in there, and return who was reached and what was said."""
    names = Names()
    names.answers = {
        "outside.example": [[OUTSIDE]],
        "inside.example": [[FORBIDDEN[0]]],
        "metadata.example": [[FORBIDDEN[1]]],
        "cloud.example": [[FORBIDDEN[2]]],
        "home.example": [[FORBIDDEN[3]]],
        "changing.example": [[OUTSIDE], [FORBIDDEN[0]], [OUTSIDE], [FORBIDDEN[1]]],
        "mixed.example": [[FORBIDDEN[0], OUTSIDE, FORBIDDEN[1]]],
    }
    said: dict[str, dict[str, list[Any]]] = {}
    with contextlib.ExitStack() as stack:
        outside = stack.enter_context(Origin(_serve, OUTSIDE, PORT))
        forbidden = [stack.enter_context(Origin(ok(PNG), each, PORT)) for each in FORBIDDEN]
        one = worker()
        for host in (*names.answers, *FORBIDDEN, "outside.example/away"):
            said[host] = {
                entry: [ask(one, entry, f"http://{host}").get("code") for _ in range(ROUNDS)]
                for entry in ENTRIES
            }
        reached = [each.connections for each in forbidden]
        for address in FORBIDDEN:  # they can be reached, by those who may
            socket.create_connection((address, PORT)).close()
        give_up = time.monotonic() + _ACCEPTED_SECONDS
        while time.monotonic() < give_up and any(
            each.connections == before for each, before in zip(forbidden, reached, strict=True)
        ):
            time.sleep(0.01)  # until the listeners' threads have seen them
    return {
        "said": said,
        "outside": outside.connections,
        "forbidden": reached,
        "reachable": [
            each.connections - before for each, before in zip(forbidden, reached, strict=True)
        ],
    }


if __name__ == "__main__":
    if enter():
        furnish()
        sys.stdout.write(json.dumps(report()))
    else:
        sys.stdout.write(json.dumps({"not allowed": ctypes.get_errno()}))
