"""Origins on the loopback that answer well or badly, byte for byte as a test says."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

Answer: TypeAlias = "Callable[[Exchange], None] | bytes"


class Exchange:
    """One request at an origin, and the way to answer it."""

    def __init__(self, connection: socket.socket, head: bytes, ending: threading.Event) -> None:
        self.connection = connection
        self.head = head
        self.ending = ending
        self.keep = False

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def send_for_ever(self, data: bytes, every_seconds: float = 0.0) -> None:
        """Repeat `data` until the client is gone or the test is over."""
        while not self.ending.wait(every_seconds):
            self.send(data)

    def hang(self) -> None:
        self.ending.wait()


class Origin:
    """A server that gives one answer to all requests and remembers who came."""

    def __init__(self, answer: Answer, host: str = "127.0.0.1", port: int = 0) -> None:
        self.answer = answer
        self.heads: list[bytes] = []
        self.connections = 0
        self.context: ssl.SSLContext | None = None
        self._ending = threading.Event()
        self._listener = self._listen(host, port)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @staticmethod
    def _listen(host: str, port: int) -> socket.socket:
        if host == "*" and socket.has_dualstack_ipv6():
            return socket.create_server(
                ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128
            )
        return socket.create_server(("" if host == "*" else host, port), backlog=128)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._ending.is_set():
                connection.close()
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            while head := self._read_head(connection):
                self.heads.append(head)
                exchange = Exchange(connection, head, self._ending)
                if isinstance(self.answer, bytes):
                    exchange.send(self.answer)
                else:
                    self.answer(exchange)
                if not exchange.keep:
                    return

    @staticmethod
    def _read_head(connection: socket.socket) -> bytes:
        head = b""
        # One who begins with TLS where it is not spoken is answered all the same.
        while b"\r\n\r\n" not in head and not head.startswith(b"\x16"):
            data = connection.recv(65_536)
            if not data:
                return b""
            head += data
        return head

    def close(self) -> None:
        if self._ending.is_set():
            return
        self._ending.set()
        # A last connection wakes the thread that accepts; numbers, as the DNS may be replaced.
        family = self._listener.family
        host = self._listener.getsockname()[0]
        home = {"::": "::1", "0.0.0.0": "127.0.0.1"}.get(host, host)  # noqa: S104
        with socket.socket(family) as last:
            last.connect((home, self.port))
            self._threads[0].join()
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def ok(body: bytes, *headers: str) -> bytes:
    """Return a proper answer that ends the connection."""
    return answer("200 OK", f"Content-Length: {len(body)}", "Connection: close", *headers) + body


def answer(status: str, *headers: str) -> bytes:
    """Return the head of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def redirect(location: str, status: str = "302 Found") -> bytes:
    """Return a redirect that ends the connection."""
    head = (f"Location: {location}", "Content-Length: 0", "Connection: close")
    return answer(status, *head)
