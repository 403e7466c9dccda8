"""Renders in disposable processes: a crash, a hang or a memory explosion costs one job only."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from image_worker.cancel import Cancel
from image_worker.engine.admission import Gate
from image_worker.engine.child import UNUSABLE, Child, Nursery
from image_worker.engine.isolation import Isolation
from image_worker.engine.request import Abilities, Load
from image_worker.engine.wire import Deadline
from image_worker.errors import (
    DecoderCrashedError,
    EngineUnavailableError,
    JobCancelledError,
    JobTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from image_worker.engine.launch import Launched
    from image_worker.engine.request import RenderRequest
    from image_worker.pipeline import Rendered

__all__ = ["IsolatedEngine", "Isolation"]

_TRIES = 2


class IsolatedEngine:
    """Renders in children, as many at once as there are.

    This process never lets libvips do anything.
    """

    def __init__(
        self, isolation: Isolation | None = None, launched: Launched | None = None
    ) -> None:
        """Take how children are kept, and what they are forked from if it was started already."""
        self._isolation = isolation or Isolation()
        kept = self._isolation
        self._gate = Gate(kept.children, kept.queue_seconds, kept.waiting_bytes)
        self._nursery = Nursery(launched)
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(kept.children):
            self._idle.put(None)  # made when first needed
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._abilities: Abilities | None = None
        self._closed = False

    def start(self) -> None:
        """Start what children are forked from, in the background."""
        self._nursery.start()

    def warm(self) -> None:
        """Make all children now, so that the first jobs do not wait for them."""
        taken = [self._idle.get() for _ in range(self._isolation.children)]
        try:
            taken = [child or self._new_child() for child in taken]
        finally:
            for child in taken:
                self._idle.put(child)

    def run(
        self,
        request: RenderRequest,
        cancel: Cancel | None = None,
        *,
        patient: bool = True,
        begun: Callable[[], None] | None = None,
    ) -> Rendered:
        """Return the result; raises an `ImageWorkerError`."""
        cancel = cancel or Cancel()
        try:
            with self._gate.turn(request.total_bytes, cancel, patient=patient):
                rendered = self._worked(request, cancel, begun or _nothing)
        except JobCancelledError:
            self._count("cancelled")
            raise
        self._count("finished")
        return rendered

    def admit(self, cancel: Cancel | None = None, *, patient: bool = True) -> None:
        """Wait until another job may read its sources, or refuse it at once, as `run` would."""
        self._gate.admit(cancel or Cancel(), patient=patient)

    def load(self) -> Load:
        """Return what it is doing."""
        gate = self._gate
        with self._lock:
            counts = {**self._counts, "refused": gate.refused}
        return Load(
            children=self._isolation.children,
            busy=gate.busy,
            waiting=gate.waiting,
            waiting_bytes=gate.waiting_bytes,
            job_seconds=gate.job_seconds,
            counts={name: counts.get(name, 0) for name in _COUNTED},
        )

    def abilities(self) -> Abilities:
        """Return what its children can do; raises an `EngineUnavailableError`."""
        if self._abilities is None:
            with self._gate.turn(0, Cancel()), self._child():
                pass  # every new child tells them
        assert self._abilities  # noqa: S101 - set by then
        return self._abilities

    def close(self) -> None:
        """End all children; those that work are waited for."""
        self._closed = True
        for _ in range(self._isolation.children):
            child = self._idle.get()
            if child:
                child.kill()
        for _ in range(self._isolation.children):
            self._idle.put(None)
        self._nursery.close()

    def _worked(
        self, request: RenderRequest, cancel: Cancel, begun: Callable[[], None]
    ) -> Rendered:
        """Do the job in a child; one that ends without an answer is replaced once."""
        deadline: Deadline | None = None
        for _ in range(_TRIES):
            with self._child() as child:
                if deadline is None:
                    deadline = Deadline(self._isolation.job_seconds)
                    begun()
                try:
                    with cancel.listening(child.stop):
                        return child.run(request, deadline)
                except TimeoutError:
                    self._count("timeouts")
                    seconds = self._isolation.job_seconds
                    raise JobTimeoutError(f"the job took longer than {seconds:g} seconds") from None
                except UNUSABLE:
                    cancel.check()
                    self._count("crashes")
        raise DecoderCrashedError("the picture made the decoder crash, twice")

    @contextmanager
    def _child(self) -> Iterator[Child]:
        """Hold a child that waits for a job; it is kept if it does so again after the block."""
        child = _kept(self._idle.get())
        try:
            child = child or self._new_child()
            yield child
        finally:
            self._idle.put(_kept(child))

    def _new_child(self) -> Child:
        if self._closed:
            raise EngineUnavailableError("the worker is ending")
        try:
            child = self._nursery.child(self._isolation)
        except UNUSABLE:
            raise EngineUnavailableError("no process could be started for the job") from None
        self._count("started")
        told = child.abilities
        self._abilities = Abilities(tuple(told["reads"]), dict(told["versions"]), child.locked)
        return child

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1


_COUNTED = ("finished", "refused", "cancelled", "crashes", "timeouts", "started")


def _kept(child: Child | None) -> Child | None:
    """Return the child if it waits for a job; else it is of no use and is ended."""
    if child and not child.is_idle():
        child.kill()
        return None
    return child


def _nothing() -> None:
    pass
