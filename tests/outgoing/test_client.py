"""What a fetch sends and brings, from many threads and through forks."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from image_worker.errors import (
    InvalidParameterError,
    InvalidUrlError,
    SourceUnreachableError,
)
from tests.outgoing.servers import Exchange, answer, ok, redirect

if TYPE_CHECKING:
    from image_worker.outgoing import Outgoing
    from tests.outgoing.servers import Origin

THREADS = 50


def head_lines(head: bytes) -> dict[str, str]:
    """Return the headers of a request, with names in lower case."""
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}


Threads = Callable[[], list[threading.Thread]]


def all_outgoing_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "outgoing"]


@pytest.fixture
def outgoing_threads() -> Threads:
    """Return the threads that the test itself began; workers of other tests may have some."""
    before = all_outgoing_threads()
    return lambda: [thread for thread in all_outgoing_threads() if thread not in before]


def test_a_fetch_asks_plainly_and_exactly(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b"body"))
    url = server.url("/a/../%7e/%2F;b?x=%20+y&é#part")
    assert outgoing().get(url, max_bytes=10, headers={"X-Own": "1"}) == b"body"
    assert server.heads[0].startswith(b"GET /a/../%7e/%2F;b?x=%20+y&%C3%A9 HTTP/1.1\r\n")
    assert head_lines(server.heads[0]) == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "image-worker",
        "x-own": "1",
    }


def test_bad_urls_and_headers_never_leave(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b"body"))
    with pytest.raises(InvalidParameterError):
        outgoing().get(server.url(), max_bytes=10, headers={"Host": "internal"})
    with pytest.raises(InvalidUrlError):
        outgoing().get(server.url("/a b"), max_bytes=10)
    assert server.connections == 0


def test_cookies_are_not_kept(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b"body", "Set-Cookie: a=b; Path=/"))
    fetcher = outgoing()
    for _ in range(2):
        fetcher.get(server.url(host="127.0.0.1"), max_bytes=10)
    assert [b"cookie" in head.lower() for head in server.heads] == [False, False]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_with_headers_kept_at_home(
    status: int, origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    def turn(exchange: Exchange) -> None:
        at_start = exchange.head.startswith(b"GET /start ")
        exchange.send(redirect("end of/it", f"{status} X") if at_start else ok(b"end"))

    server = origin(turn)
    own = {"Authorization": "secret"}
    assert outgoing().get(server.url("/start"), max_bytes=10, headers=own) == b"end"
    assert server.heads[1].startswith(b"GET /end%20of/it ")
    assert [head_lines(head)["authorization"] for head in server.heads] == ["secret", "secret"]


def test_the_callers_headers_do_not_go_to_others_nor_come_back(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    home = origin(ok(b"end"))
    other = origin(redirect(home.url("/end")), host="127.0.0.2")

    def turn(exchange: Exchange) -> None:
        at_end = exchange.head.startswith(b"GET /end ")
        exchange.send(ok(b"end") if at_end else redirect(other.url(host="127.0.0.2")))

    home.answer = turn
    own = {"X-Key": "secret", "User-Agent": "own"}
    assert outgoing().get(home.url(), max_bytes=10, headers=own) == b"end"
    heads = [home.heads[0], other.heads[0], home.heads[1]]
    assert [b"secret" in head for head in heads] == [True, False, False]
    assert [head_lines(head)["user-agent"] for head in heads] == ["own"] + ["image-worker"] * 2


def test_connections_are_kept(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    def keep(exchange: Exchange) -> None:
        exchange.keep = True
        exchange.send(answer("200 OK", "Content-Length: 4") + b"body")

    server = origin(keep)
    fetcher = outgoing()
    for _ in range(10):
        assert fetcher.get(server.url(), max_bytes=10) == b"body"
    assert (server.connections, len(server.heads)) == (1, 10)


def test_many_threads_fetch_at_once(
    origin: Callable[..., Origin],
    outgoing: Callable[..., Outgoing],
    outgoing_threads: Threads,
) -> None:
    together = threading.Barrier(THREADS)

    def meet(exchange: Exchange) -> None:
        together.wait(30)
        path = exchange.head.split(b" ")[1]
        exchange.send(ok(path * 1_000))

    server = origin(meet)
    fetcher = outgoing()
    paths = [f"/{i}" for i in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        bodies = list(pool.map(lambda path: fetcher.get(server.url(path), max_bytes=9_999), paths))
    assert bodies == [path.encode() * 1_000 for path in paths]
    assert len(outgoing_threads()) == 1


def test_a_coroutine_fetches_without_holding_up_its_loop(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    together = threading.Barrier(3)

    def meet(exchange: Exchange) -> None:
        together.wait(30)
        exchange.send(ok(b"body"))

    async def fetch_all() -> list[bytes]:
        fetcher, server = outgoing(), origin(meet)
        return await asyncio.gather(*(fetcher.aget(server.url(), max_bytes=9) for _ in range(3)))

    assert asyncio.run(fetch_all()) == [b"body"] * 3


def test_cancelling_a_coroutine_ends_its_fetch(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    asked, gone = threading.Event(), threading.Event()

    def watch(exchange: Exchange) -> None:
        asked.set()
        exchange.connection.recv(1)
        gone.set()

    async def cancel() -> None:
        task = asyncio.create_task(outgoing().aget(origin(watch).url(), max_bytes=9))
        assert await asyncio.to_thread(asked.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert gone.wait(10)


def test_closing_ends_fetches_and_a_later_one_starts_anew(
    origin: Callable[..., Origin],
    outgoing: Callable[..., Outgoing],
    outgoing_threads: Threads,
) -> None:
    asked = threading.Event()

    def hang(exchange: Exchange) -> None:
        asked.set()
        exchange.hang()

    server = origin(hang)
    fetcher = outgoing()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(fetcher.get, server.url(), max_bytes=9)
        assert asked.wait(10)
        fetcher.close()
        assert isinstance(future.exception(10), SourceUnreachableError)
    assert outgoing_threads() == []
    server.answer = ok(b"body")
    assert fetcher.get(server.url(), max_bytes=9) == b"body"
    fetcher.close()
    fetcher.close()


def test_a_fetcher_that_nobody_holds_ends_its_thread(
    origin: Callable[..., Origin], outgoing_threads: Threads
) -> None:
    from image_worker.outgoing import Outgoing, Policy

    server = origin(ok(b"body"))
    fetcher = Outgoing(Policy(allow_networks=("127.0.0.1/32",), ports=(server.port,)))
    fetcher.get(server.url(), max_bytes=9)
    assert len(outgoing_threads()) == 1
    del fetcher
    gc.collect()
    assert outgoing_threads() == []


def run_python(program: str, *arguments: str) -> str:
    """Run `program` in a fresh interpreter, which must end well and say nothing on stderr."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_importing_does_not_load_the_http_client() -> None:
    program = """
import sys
import image_worker.outgoing
image_worker.outgoing.Outgoing().close()
print([name for name in ("aiohttp", "yarl", "asyncio.runners") if name in sys.modules][:1])
"""
    assert run_python(program) in {"[]\n", "['asyncio.runners']\n"}


FORKING = """
import os, sys
from image_worker.outgoing import Outgoing, Policy
url, port = sys.argv[1:]
fetcher = Outgoing(Policy(allow_networks=("127.0.0.1/32",), ports=(int(port),)))
assert fetcher.get(url, max_bytes=9) == b"body"
child = os.fork()
if not child:
    assert fetcher.get(url, max_bytes=9) == b"body"
    fetcher.close()
    assert fetcher.get(url, max_bytes=9) == b"body"
    sys.exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert fetcher.get(url, max_bytes=9) == b"body"
"""


def test_a_forked_child_fetches_and_leaves_its_parents_connections_alone(
    origin: Callable[..., Origin],
) -> None:
    def keep(exchange: Exchange) -> None:
        exchange.keep = True
        exchange.send(answer("200 OK", "Content-Length: 4") + b"body")

    server = origin(keep)
    run_python(FORKING, server.url(), str(server.port))
    # The parent's two fetches share a connection; the child makes one before and one after closing.
    assert (server.connections, len(server.heads)) == (3, 4)
