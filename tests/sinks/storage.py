"""An S3-compatible server on the loopback: SeaweedFS, which checks signatures and dates."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from image_worker.buckets import Bucket, bucket_at
from image_worker.outgoing import Outgoing, Policy

if TYPE_CHECKING:
    from image_worker.outgoing.send import Reply

WEED = Path(sys.executable).with_name("weed")
KEY, SECRET, BUCKET = "AKIATEST", "secret-of-the-test", "results"
STARTED = b"Start Seaweed S3 API Server"
LONGEST_START_SECONDS = 60
SOCKETS = Path("/tmp")  # noqa: S108 - chosen by the server


class Storage:
    """The server, and a way to look at what is in it."""

    def __init__(self, folder: Path) -> None:
        self._ports = ports = _free_ports(8)
        self.port = ports[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.bucket = bucket_at(self.url, KEY, SECRET, name=BUCKET)
        self.outgoing = Outgoing(
            Policy(allow_networks=("127.0.0.0/8",), ports=(self.port,), timeout_seconds=60)
        )
        self._ready = threading.Event()
        self._said: list[bytes] = []
        self._process = subprocess.Popen(
            _command(folder, ports),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._said.append(line)
            if STARTED in line:
                self._ready.set()
        self._ready.set()

    def __enter__(self) -> Self:
        if self._ready.wait(LONGEST_START_SECONDS) and self.put("ready", b"", attempts=9).ok:
            return self
        self.__exit__()
        raise AssertionError(b"".join(self._said[-20:]).decode())

    def __exit__(self, *_: object) -> None:
        self.outgoing.close()
        self._process.kill()  # what it holds goes with its folder
        self._process.wait()
        self._thread.join()
        assert self._process.stderr
        self._process.stderr.close()
        for port in self._ports:  # it leaves these behind
            for socket_file in SOCKETS.glob(f"seaweedfs-*-grpc-{port}.sock"):
                socket_file.unlink()

    def put(self, key: str, data: bytes, *, attempts: int = 1) -> Reply:
        url = self.bucket.sign("PUT", key, seconds=60)
        return self.outgoing.send("PUT", url, data, seconds=60, attempts=attempts)

    def get(self, key: str, bucket: Bucket | None = None) -> bytes:
        url = (bucket or self.bucket).sign("GET", key, seconds=60)
        return self.outgoing.get(url, max_bytes=10**8)

    def settings(self, **more: object) -> dict[str, object]:
        """Return the settings that make this the bucket of a worker."""
        return {
            "bucket_endpoint_url": self.url,
            "bucket_access_key_id": KEY,
            "bucket_secret_access_key": SECRET,
            "bucket_name": BUCKET,
            **more,
        }


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody uses; all are taken before any is given back."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in taken]


def _command(folder: Path, ports: list[int]) -> list[str]:
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    config = folder / "identities.json"
    config.write_text(json.dumps({"identities": [identity]}))
    data = folder / "data"
    data.mkdir()
    options = {
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "dir": data,
        "filer": "true",
        "s3": "true",
        "s3.port": ports[0],
        "s3.port.grpc": ports[1],
        "master.port": ports[2],
        "master.port.grpc": ports[3],
        "volume.port": ports[4],
        "volume.port.grpc": ports[5],
        "filer.port": ports[6],
        "filer.port.grpc": ports[7],
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.config": config,
        "s3.localSocket": folder / "s3.sock",
        "filer.localSocket": folder / "filer.sock",
        "volume.max": 64,
        "master.volumeSizeLimitMB": 64,
        "master.telemetry": "false",
    }
    return [str(WEED), "server", *(f"-{name}={value}" for name, value in options.items())]
