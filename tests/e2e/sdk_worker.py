"""The worker under RunPod's own SDK, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import psutil

from tests.e2e.fake_platform import WORKER
from tests.e2e.processes import ROOT, environment

if TYPE_CHECKING:
    from tests.e2e.fake_platform import FakePlatform

_WAIT_SECONDS = 60


class SdkWorker:
    """`python -u handler.py`, as the container starts it; killed at the end of the block."""

    def __init__(
        self,
        platform: FakePlatform,
        name: str = WORKER,
        *,
        command: tuple[str, ...] = (sys.executable, "-u", "handler.py"),
        **settings: str,
    ) -> None:
        self.platform = platform
        self.name = name
        self.lines: list[str] = []
        self.ended = False
        self.born = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(**platform.environment(name) | settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        platform.workers.append(self)
        platform.jobs.gone.discard(name)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.platform.jobs.changed:
                self.lines.append(line.rstrip("\n"))
                self.platform.jobs.changed.notify_all()
        self.process.wait()
        with self.platform.jobs.changed:
            self.ended = True
            self.platform.jobs.changed.notify_all()

    def _release(self) -> None:
        """Have the platform expect nothing of it any more."""
        if self in self.platform.workers:
            self.platform.workers.remove(self)

    @property
    def said(self) -> str:
        """All that it wrote so far."""
        return "\n".join(self.lines)

    def log_of(self, job: str) -> list[dict[str, Any]]:
        """Return what it logged of a job, once there is something."""
        self.platform.wait_for(lambda: self._log_of(job))
        return self._log_of(job)

    def _log_of(self, job: str) -> list[dict[str, Any]]:
        entries = []
        for line in list(self.lines):
            with suppress(ValueError):
                entries.append(json.loads(line))
        return [
            entry for entry in entries if isinstance(entry, dict) and entry.get("requestId") == job
        ]

    def processes(self) -> list[psutil.Process]:
        """Return the processes of the worker, its children included."""
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def terminate(self) -> None:
        """Ask it to stop, as RunPod and `docker stop` do: the signal goes to the first process."""
        self._release()
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Return how it ended."""
        return self.process.wait(_WAIT_SECONDS)

    def kill(self) -> None:
        """End all of it at once, as where a machine is lost; the platform queues its jobs again."""
        self._release()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(_WAIT_SECONDS)
        self._reader.join(_WAIT_SECONDS)
        self.platform.jobs.lose(self.name)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
