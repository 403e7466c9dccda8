"""The server beside others: `python -m benchmarks.server_peers --thumbor BIN --node FOLDER`.

Everybody fetches the same 12-megapixel JPEG from the same origin and answers it 800 pixels wide, as
JPEG of quality 80, with nothing cached. They take turns; CPU is that of all their processes.

    python -m venv peers && peers/bin/pip install thumbor
    npm install --prefix peers ipx sharp
    python -m benchmarks.server_peers --thumbor peers/bin/thumbor --node peers
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx2
import psutil

from benchmarks.picture import photograph
from tests.outgoing.servers import Origin, ok
from tests.server.live import KEY, LiveServer, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_CPU_BARS = {"thumbor": 0.85, "ipx": 0.95, "sharp": 1.1}
_RATE_BAR = 2.2
_CALLERS = 4
_READY_SECONDS = 60
_THUMBOR = """
STORAGE = "thumbor.storages.no_storage"
LOADER = "thumbor.loaders.http_loader"
QUALITY = 80
MAX_AGE = 0
AUTO_WEBP = False
"""
_NODE = """
import {{ createServer }} from "node:http";
{body}
"""
_SHARP = """
import sharp from "sharp";
createServer(async (asked, answer) => {{
  if (asked.url === "/") return answer.end();
  const source = await fetch("{url}");
  const bytes = Buffer.from(await source.arrayBuffer());
  answer.end(await sharp(bytes).rotate().resize(800).jpeg({{ quality: 80 }}).toBuffer());
}}).listen({port}, "127.0.0.1");
"""
_IPX = """
import {{ createIPX, createIPXNodeServer, ipxHttpStorage }} from "ipx";
const ipx = createIPX({{ httpStorage: ipxHttpStorage({{ allowAllDomains: true }}) }});
createServer(createIPXNodeServer(ipx)).listen({port}, "127.0.0.1");
"""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server, and the address of the picture at it."""

    name: str
    url: str
    process: int

    def call(self, _: int = 0) -> None:
        """Have the picture made once."""
        headers = {"Authorization": f"Bearer {KEY}"} if self.name == "ours" else {}
        answer = httpx2.get(self.url, headers=headers, timeout=60)
        if answer.status_code != httpx2.codes.OK or answer.content[:2] != b"\xff\xd8":
            raise RuntimeError(f"{self.name} answered {answer.status_code}: {answer.text[:200]}")

    def seconds(self) -> float:
        """Return the CPU seconds of all its processes."""
        parent = psutil.Process(self.process)
        family = [parent, *parent.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)


def main() -> int:
    """Measure; the status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server_peers", description=__doc__)
    parser.add_argument("--thumbor", type=Path, help="thumbor's program")
    parser.add_argument("--node", type=Path, help="folder in whose node_modules ipx and sharp are")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each")
    parser.add_argument("--requests", type=int, default=8, help="requests of a turn")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        origin = stack.enter_context(Origin(ok(photograph(), "Content-Type: image/jpeg")))
        contestants = list(_contestants(stack, folder, origin, options))
        return _contest(contestants, options.rounds, options.requests)


def _contestants(
    stack: ExitStack, folder: Path, origin: Origin, options: argparse.Namespace
) -> Iterator[Contestant]:
    picture = origin.url("/photo.jpg")
    live = stack.enter_context(
        LiveServer(
            folder,
            allow_hosts=f"127.0.0.1:{origin.port}",
            allow_networks="127.0.0.0/8",
            children="2",
            queue_seconds="60",
        )
    )
    ours = f"url={quote(picture)}&op=resize:width=800&format=jpeg&quality=80&cache=off"
    yield Contestant("ours", f"{live.url}/image?{ours}", live.process.pid)
    if options.thumbor:
        port, config = free_port(), folder / "thumbor.conf"
        config.write_text(_THUMBOR)
        command = [options.thumbor, "-p", str(port), "-i", "127.0.0.1", "-c", config]
        url = f"http://127.0.0.1:{port}/unsafe/800x0/{quote(picture, safe='')}"
        yield Contestant("thumbor", url, _start(stack, command, port))
    if options.node:
        for name, body, path in (
            ("sharp", _SHARP, "/photo"),
            ("ipx", _IPX, f"/w_800,f_jpeg,q_80/{picture}"),
        ):
            port, script = free_port(), options.node / f"{name}-server.mjs"
            text = body.format(port=port, url=picture)
            script.write_text(_NODE.format(body=text))
            yield Contestant(
                name, f"http://127.0.0.1:{port}{path}", _start(stack, ["node", script], port)
            )


def _start(stack: ExitStack, command: list[object], port: int) -> int:
    """Start a server and return its process id once it listens."""
    process = subprocess.Popen(
        [str(part) for part in command], stderr=subprocess.DEVNULL, start_new_session=True
    )
    stack.callback(process.wait)
    stack.callback(os.killpg, process.pid, signal.SIGKILL)
    give_up = time.monotonic() + _READY_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return process.pid
    raise RuntimeError(f"{command[0]} does not listen")


def _contest(contestants: list[Contestant], rounds: int, requests: int) -> int:
    cpu: dict[str, list[float]] = {one.name: [] for one in contestants}
    rate: dict[str, list[float]] = {one.name: [] for one in contestants}
    for one in contestants:
        one.call()
    for _ in range(rounds):
        for one in contestants:
            before, started = one.seconds(), time.perf_counter()
            with ThreadPoolExecutor(_CALLERS) as callers:
                list(callers.map(one.call, range(requests)))
            rate[one.name].append(requests / (time.perf_counter() - started))
            cpu[one.name].append((one.seconds() - before) / requests * 1000)
    met = True
    for name, spans in cpu.items():
        ratio = statistics.median(
            ours / theirs for ours, theirs in zip(cpu["ours"], spans, strict=True)
        )
        bar = _CPU_BARS.get(name)
        met &= bar is None or ratio <= bar
        print(f"CPU {name:8} {min(spans):7.1f} ms  ours/{name} {ratio:.2f} (bar {bar})")
    for name, rates in rate.items():
        ratio = statistics.median(
            ours / theirs for ours, theirs in zip(rate["ours"], rates, strict=True)
        )
        bar = _RATE_BAR if name == "thumbor" else None
        met &= bar is None or ratio >= bar
        print(f"requests a second {name:8} {max(rates):6.1f}  ours/{name} {ratio:.2f} (bar {bar})")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
