"""Engines that do the real work and let a test see it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from image_worker.engine import InProcessEngine

if TYPE_CHECKING:
    from image_worker.cancel import Cancel
    from image_worker.engine import RenderRequest
    from image_worker.pipeline import Rendered


class Counting:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.requests: list[RenderRequest] = []
        self._inner = InProcessEngine()

    def run(self, request: RenderRequest, cancel: Cancel | None = None) -> Rendered:
        self.requests.append(request)
        return self._inner.run(request, cancel)


class Gated(Counting):
    """Begins only when the test opens the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.gate = threading.Event()

    def run(self, request: RenderRequest, cancel: Cancel | None = None) -> Rendered:
        self.begun.set()
        assert self.gate.wait(30)
        return super().run(request, cancel)


class Meeting(Counting):
    """Goes on only when so many jobs are being worked at once."""

    def __init__(self, parties: int) -> None:
        super().__init__()
        self._barrier = threading.Barrier(parties, timeout=30)

    def run(self, request: RenderRequest, cancel: Cancel | None = None) -> Rendered:
        self._barrier.wait()
        return super().run(request, cancel)


class Broken:
    """Fails in a way that nobody foresaw."""

    def run(self, request: RenderRequest, cancel: Cancel | None = None) -> Rendered:  # noqa: ARG002
        raise RuntimeError(f"secret of /srv/hidden, {len(request.recipe)}")
