"""A name server whose answers change from one question to the next."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from ipaddress import ip_address
from typing import Any, Self

Answers = dict[str, list[list[str]]]
"""For each name the addresses that it has in turn, the last ones for ever; a name among the
addresses is an alias."""

_A, _ALIAS, _AAAA = 1, 5, 28
_UNKNOWN = 3


class NameServer:
    """Answers questions at port 53 of every address."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._turns: dict[tuple[str, int], int] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO: answer from the same address
        self._socket.bind(("", 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                question, about, _, client = self._socket.recvmsg(4096, 256)
                packet = [(level, kind, data) for level, kind, data in about]
                with contextlib.suppress(struct.error, IndexError, UnicodeError):
                    self._socket.sendmsg([self._answer(question)], packet, 0, client)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += question[at] + 1
        (kind,) = struct.unpack_from(">H", question, at + 1)
        name = ".".join(labels).lower()
        known = name in self._answers
        records = [record for text in self._turn(name, kind) for record in _records(text, kind)]
        head = struct.pack(">HHHHH", 0x8180 | (0 if known else _UNKNOWN), 1, len(records), 0, 0)
        return question[:2] + head + question[12 : at + 5] + b"".join(records)

    def _turn(self, name: str, kind: int) -> list[str]:
        turns = self._answers.get(name, [[]])
        number = self._turns.get((name, kind), 0)
        self._turns[name, kind] = number + 1
        return turns[min(number, len(turns) - 1)]


def _records(text: str, kind: int) -> list[bytes]:
    try:
        address = ip_address(text)
    except ValueError:
        name = b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"
        return [_record(_ALIAS, name)]
    fits = kind == (_A if address.version == 4 else _AAAA)
    return [_record(kind, address.packed)] if fits else []


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(data)) + data


def looked_up_in(answers: Answers) -> Any:
    """Return a stand-in for `socket.getaddrinfo`, where no name server can be had."""
    turns: dict[str, int] = {}

    def look_up(host: str, port: int, *_: object, **__: object) -> list[Any]:
        number = turns.get(host, 0)
        turns[host] = number + 1
        with contextlib.suppress(ValueError):
            return [_info(str(ip_address(host)), port)]
        if host not in answers:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        several = answers[host]
        found: list[Any] = []
        for text in several[min(number, len(several) - 1)]:
            found += look_up(text, port)
        return found

    return look_up


def _info(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
