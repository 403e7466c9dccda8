"""The jobs of an endpoint of the fake platform: who waits, who has which, what became of each."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})
_WAIT_SECONDS = 60
_HANDED_ON = ("input", "webhook", "policy", "s3Config")


@dataclass(eq=False)
class PlatformJob:
    """A job as the platform knows it."""

    request: dict[str, Any]
    id: str
    status: str = "IN_QUEUE"
    workers: list[str] = field(default_factory=list)
    """Who was given it, first to last; more than one where a worker was lost."""
    posts: list[dict[str, Any]] = field(default_factory=list)
    """What workers posted for it, also what came too late."""
    chunks: list[Any] = field(default_factory=list)
    read_chunks: int = 0
    output: Any = None
    error: Any = None
    created: float = field(default_factory=time.monotonic)
    taken: float = 0
    finished: float = 0

    @property
    def final(self) -> bool:
        return self.status in FINAL

    @property
    def progress(self) -> list[Any]:
        """What was told of it while it ran."""
        return [post["output"] for post in self.posts if _is_progress(post)]

    def for_worker(self) -> dict[str, Any]:
        handed_on = {key: self.request[key] for key in _HANDED_ON if key in self.request}
        return {"id": self.id, **handed_on}

    def for_client(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.taken:
            shown |= {"delayTime": _milliseconds(self.taken - self.created)}
            shown |= {"workerId": self.workers[-1]}
        if self.taken and self.finished:
            shown |= {"executionTime": _milliseconds(self.finished - self.taken)}
        known = {"output": self.output, "error": self.error}
        return shown | {key: value for key, value in known.items() if value is not None}


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _is_progress(post: dict[str, Any]) -> bool:
    return post.get("status") == "IN_PROGRESS"


class Jobs:
    """Every job, and the queue; a change of anything wakes those who wait."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.closed = False
        self.all: dict[str, PlatformJob] = {}
        self.to_stop: deque[str] = deque()
        self.gone: set[str] = set()
        """Workers that were lost: a question that one of them left behind gets no job."""
        self._queue: deque[PlatformJob] = deque()

    def wait_for(self, true: Callable[[], Any], seconds: float = _WAIT_SECONDS) -> Any:
        """Wait until something is so, or the time is over, or the platform closes."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or true(), seconds)
            return true()

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def submit(self, request: dict[str, Any], prefix: str = "") -> PlatformJob:
        job = PlatformJob(request, id=f"{prefix}{uuid.uuid4()}-u1")
        with self.changed:
            self.all[job.id] = job
            self._queue.append(job)
            self.changed.notify_all()
        return job

    def take(self, worker: str, count: int, seconds: float) -> list[PlatformJob]:
        """Return the next jobs; none if none comes in time."""
        with self.changed:
            self.changed.wait_for(
                lambda: self.closed or worker in self.gone or self._queue, seconds
            )
            if worker in self.gone:
                return []
            taken = [self._queue.popleft() for _ in range(min(count, len(self._queue)))]
            for job in taken:
                job.status, job.taken = "IN_PROGRESS", time.monotonic()
                job.workers.append(worker)
            self.changed.notify_all()
        return taken

    def stops(self, seconds: float) -> list[str]:
        """Return the names of the jobs that are to be stopped; none if none comes in time."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.to_stop, seconds)
            names = list(self.to_stop)
            self.to_stop.clear()
        return names

    def post(self, name: str, post: dict[str, Any]) -> None:
        """Keep what a worker says of a job; what comes after its end changes nothing."""
        with self.changed:
            job = self.all[name]
            job.posts.append(post)
            if not job.final:
                job.output = post.get("output")
                if not _is_progress(post):
                    job.error = post.get("error")
                    self._finish(job, "COMPLETED" if job.error is None else "FAILED")
            self.changed.notify_all()

    def stream(self, name: str, chunk: Any) -> None:
        with self.changed:
            self.all[name].chunks.append(chunk)
            self.changed.notify_all()

    def unread_chunks(self, job: PlatformJob, seconds: float) -> list[Any]:
        """Return what was streamed since the last call; waits for some while the job runs."""
        with self.changed:
            self.changed.wait_for(
                lambda: self.closed or job.final or len(job.chunks) > job.read_chunks, seconds
            )
            fresh, job.read_chunks = job.chunks[job.read_chunks :], len(job.chunks)
        return fresh

    def cancel(self, job: PlatformJob) -> None:
        with self.changed:
            if job.status == "IN_PROGRESS":
                self.to_stop.append(job.id)
            elif job in self._queue:
                self._queue.remove(job)
            if not job.final:
                self._finish(job, "CANCELLED")
            self.changed.notify_all()

    def purge(self) -> int:
        """Cancel what waits, and return how many jobs that were."""
        with self.changed:
            waiting = list(self._queue)
        for job in waiting:
            self.cancel(job)
        return len(waiting)

    def lose(self, worker: str) -> list[PlatformJob]:
        """Queue again what a worker had that is gone, as the platform does by itself."""
        with self.changed:
            self.gone.add(worker)
            lost = [
                job
                for job in self.all.values()
                if job.status == "IN_PROGRESS" and job.workers[-1] == worker
            ]
            for job in lost:
                job.status = "IN_QUEUE"
            self._queue.extendleft(reversed(lost))
            self.changed.notify_all()
        return lost

    def count(self, *statuses: str) -> int:
        return sum(job.status in statuses for job in list(self.all.values()))

    @staticmethod
    def _finish(job: PlatformJob, status: str) -> None:
        job.status, job.finished = status, time.monotonic()
