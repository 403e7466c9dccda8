"""The embedded broker: a `nats-server` as a child of this process, on the loopback interface.

It lives as long as its parent: a thread starts it, starts it again if it ends, and is what Linux
watches to kill it if this process is killed. What it stores outlives all of that.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import secrets
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from image_worker.errors import QueueUnavailableError
from image_worker.queue.binary import find_binary
from image_worker.queue.files import Files
from image_worker.queue.parentage import dying_with_parent

if TYPE_CHECKING:
    from types import TracebackType

log = logging.getLogger(__name__)

_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 10
_POLL_SECONDS: Final = 0.005
_PAUSE_SECONDS: Final = 0.2
_LOOK_SECONDS: Final = 0.5
_MAX_PAYLOAD_BYTES: Final = 8_388_608
_LOG_BYTES: Final = 10_000_000
_MOST_BYTES: Final = 1 << 50
"""No limit of the broker's own: by default it takes three quarters of what is free at its start."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """How the broker is run."""

    directory: Path
    """Where it keeps its data; nobody else may read it, as jobs may carry keys of buckets."""
    binary: Path | None = None
    """Its program; None looks for it."""
    memory_limit: str = "64MiB"
    """Memory from which on it rather spends time on collecting garbage."""
    patience_seconds: float = 5
    """For so long it waits for a server that used the directory before and is just ending."""
    sync_seconds: float = 1
    """Work of at most so long is lost when the machine loses power; none when a process dies."""


class Broker:
    """A broker that runs as long as this is open.

    Raises a `QueueUnavailableError` on entering if there is no program, if another server uses
    the directory, or if it does not start.
    """

    def __init__(self, embedding: Embedding) -> None:
        self._embedding = embedding
        self._directory = embedding.directory.absolute()
        self.files = Files(self._directory / "payloads", embedding.sync_seconds)
        self._token = secrets.token_urlsafe(24)
        self._port = -1
        self._child: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        self._closing = threading.Event()
        self._failure: QueueUnavailableError | None = None
        self._keeper = threading.Thread(target=self._keep, name="nats-server", daemon=True)
        self._binary = Path()
        self._lock = -1

    @property
    def url(self) -> str:
        """Where clients connect; it holds the key, so it does not belong into logs."""
        return f"nats://{self._token}@127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """Process id of the server, while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def __enter__(self) -> Self:
        """Start the server, and wait until it takes connections."""
        self._binary = find_binary(self._embedding.binary)
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _locked(self._directory / "lock", self._embedding.patience_seconds)
        self._keeper.start()
        self._started.wait()
        if self._failure:
            os.close(self._lock)
            raise self._failure
        try:
            self.files.open()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self._closing.set()
        if self._child:
            self._child.terminate()
        self._keeper.join(_STOP_SECONDS)
        if self._child and self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        self.files.close()
        os.close(self._lock)

    def _keep(self) -> None:
        """Run the server, and run it again whenever it ends."""
        while not self._closing.is_set():
            try:
                child = self._start()
            except QueueUnavailableError as error:
                log.error("%s", error.message)  # noqa: TRY400 - the sentence says it all
                if not self._started.is_set():
                    self._failure = error
                    self._started.set()
                    return
            else:
                self._started.set()
                status = self._ended(child)
                if not self._closing.is_set():
                    log.error("nats-server ended (%s) and is started again", status)
            self._closing.wait(_PAUSE_SECONDS)

    def _ended(self, child: subprocess.Popen[bytes]) -> int:
        """Return the server's status once it has ended.

        It is made to end where it could not write, as soon as the disk has room again: it would
        refuse everything until then.
        """
        while True:
            try:
                return child.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if self.files.starved.is_set() and self.files.has_reserve:
                    self.files.starved.clear()
                    child.terminate()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it takes connections."""
        for old in self._directory.glob("*.ports"):
            old.unlink()
        configuration = self._directory / "nats.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(json.dumps(self._configuration()))
        self._child = child = subprocess.Popen(  # noqa: S603 - the operator's own program
            [self._binary, "--config", configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"GOMEMLIMIT": self._embedding.memory_limit},
            pass_fds=(self._lock,),  # the directory stays locked as long as it runs
            preexec_fn=dying_with_parent(),  # noqa: PLW1509 - it makes one call, found before
        )
        give_up = time.monotonic() + _START_SECONDS
        ports = self._directory / f"nats-server_{child.pid}.ports"
        while child.poll() is None and time.monotonic() < give_up:
            with contextlib.suppress(OSError, ValueError):
                self._port = int(json.loads(ports.read_text())["nats"][0].rpartition(":")[2])
                return child
            time.sleep(_POLL_SECONDS)
        child.kill()
        child.wait()
        raise QueueUnavailableError("nats-server does not start; its log says why")

    def _configuration(self) -> dict[str, object]:
        directory = self._directory
        return {
            "listen": f"127.0.0.1:{self._port}",  # -1: any; a later start has the same again
            "ports_file_dir": str(directory),
            "authorization": {"token": self._token},
            "max_payload": _MAX_PAYLOAD_BYTES,
            "log_file": str(directory / "nats.log"),
            "logfile_size_limit": _LOG_BYTES,
            "logfile_max_num": 2,
            "jetstream": {
                "store_dir": str(directory / "data"),
                "max_file_store": _MOST_BYTES,
                "sync_interval": f"{self._embedding.sync_seconds:g}s",
            },
        }


def _locked(path: Path, seconds: float) -> int:
    """Lock a directory for this process and its server.

    A server whose parent was just killed may still hold it for a moment.

    Raises:
        QueueUnavailableError: Another server uses the directory.
    """
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    give_up = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                os.close(lock)
                raise QueueUnavailableError(
                    "the directory of the queue is in use by another server"
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return lock
