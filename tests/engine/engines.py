"""Engines that do the real work and let a test see it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from image_worker.engine import InProcessEngine

if TYPE_CHECKING:
    from image_worker.cancel import Cancel
    from image_worker.engine import RenderRequest
    from image_worker.pipeline import Rendered


class Counting(InProcessEngine):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[RenderRequest] = []

    def run(self, request: RenderRequest, cancel: Cancel | None = None, **how: Any) -> Rendered:
        self.requests.append(request)
        return super().run(request, cancel, **how)


class Gated(Counting):
    """Begins only when the test opens the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.gate = threading.Event()

    def run(self, request: RenderRequest, cancel: Cancel | None = None, **how: Any) -> Rendered:
        self.begun.set()
        assert self.gate.wait(30)
        return super().run(request, cancel, **how)


class Meeting(Counting):
    """Goes on only when so many jobs are being worked at once."""

    def __init__(self, parties: int) -> None:
        super().__init__()
        self._barrier = threading.Barrier(parties, timeout=30)

    def run(self, request: RenderRequest, cancel: Cancel | None = None, **how: Any) -> Rendered:
        self._barrier.wait()
        return super().run(request, cancel, **how)


class Broken(InProcessEngine):
    """Fails in a way that nobody foresaw."""

    def run(self, request: RenderRequest, *given: Any, **how: Any) -> Rendered:  # noqa: ARG002
        raise RuntimeError(f"secret of /srv/hidden, {len(request.recipe)}")
