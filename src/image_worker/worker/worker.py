"""The worker."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from image_worker.buckets import Storage
from image_worker.engine import RenderRequest, digest_of
from image_worker.errors import ImageWorkerError, InvalidParameterError
from image_worker.job import (
    check_count,
    deliveries_of,
    failure,
    lowered,
    read_job,
    recipe_of,
    sources_of,
)
from image_worker.presets import Presets
from image_worker.sinks.base import Exits
from image_worker.version import __version__
from image_worker.worker.handover import Handover
from image_worker.worker.outcome import Outcome
from image_worker.worker.room import Room, json_bytes
from image_worker.worker.ticket import Ticket

if TYPE_CHECKING:
    from image_worker.cache import Cache, SourceCache, Visit
    from image_worker.engine import Engine
    from image_worker.job import Job
    from image_worker.limits import Limits
    from image_worker.pipeline import Rendered
    from image_worker.sources.base import Access, Source

log = logging.getLogger(__name__)

_NOT_OF_THE_RESULT = {"cache", "limits"}


class Worker:
    """Does jobs, one at a time for each thread that calls it."""

    def __init__(  # noqa: PLR0913 - what a worker is made of
        self,
        engine: Engine,
        access: Access,
        cache: Cache[Rendered],
        limits: Limits,
        *,
        sources: SourceCache | None = None,
        svg: bool = False,
        presets: Presets | None = None,
        exits: Exits | None = None,
    ) -> None:
        self.engine = engine
        self._access = access
        self._cache = cache
        self.sources = sources
        self.limits = limits
        self._svg = svg
        self.presets = presets or Presets()
        self._exits = exits or Exits(access.outgoing, Storage(access.outgoing))

    @property
    def cache(self) -> Cache[Rendered]:
        """The results that are kept."""
        return self._cache

    def answer(self, payload: object, ticket: Ticket | None = None) -> dict[str, Any]:
        """Do the job that the JSON describes; problems come back as an answer, never raised."""
        try:
            return self.hand_over(self.do(payload, ticket), ticket or Ticket())
        except ImageWorkerError as error:
            problem = error
        except Exception:
            log.exception("a job failed in a way that nobody foresaw")
            problem = ImageWorkerError("internal error; the worker's log says more")
        told = failure(problem)
        if ticket and ticket.room:
            ticket.room.use(json_bytes(told))
        return told

    def do(self, payload: object, ticket: Ticket | None = None) -> Outcome:
        """Do the job that the JSON describes; raises an `ImageWorkerError`."""
        expanded = self.presets.expand(payload)
        try:
            return self.run(read_job(expanded.payload, self.limits), ticket)
        except ImageWorkerError as error:
            raise expanded.placed(error) from None

    def run(self, job: Job, ticket: Ticket | None = None) -> Outcome:
        """Do the job; raises an `ImageWorkerError`."""
        ticket = ticket or Ticket()
        limits = lowered(self.limits, job.limits)
        check_count(job.operations, limits)
        self._check_deliveries(job, ticket)
        started = time.perf_counter()
        self.engine.admit(ticket.cancel, patient=ticket.patient)
        admitted = time.perf_counter()
        request, fetched_by = self._read(job, limits, ticket)
        ticket.cancel.check()
        fetched = time.perf_counter()
        begun = [fetched]  # stays so where the result was there already
        rendered, cache = self._render(job, request, ticket, begun)
        timings = {
            "queue": round((admitted - started + begun[-1] - fetched) * 1000, 2),
            "fetch": round((fetched - admitted) * 1000, 2),
            "render": round((time.perf_counter() - begun[-1]) * 1000, 2),
        }
        return Outcome(job, rendered, cache, timings, fetched_by)

    def request(self, job: Job) -> RenderRequest:
        """Return what the engine is asked for the job, with the bytes of all its sources.

        Whoever has many pictures and one job for all reads the job's other sources only once.
        Raises an `ImageWorkerError`.
        """
        limits = lowered(self.limits, job.limits)
        check_count(job.operations, limits)
        return self._read(job, limits, Ticket())[0]

    def _read(
        self, job: Job, limits: Limits, ticket: Ticket
    ) -> tuple[RenderRequest, dict[str, str]]:
        """Return the job with the bytes of all its sources, and what the cache did for each."""
        access = replace(
            self._access,
            max_bytes=limits.max_source_bytes,
            uploads=ticket.uploads,
            volume=self._exits.volume,
            storage=replace(self._exits.storage, given=ticket.bucket),
            cancel=ticket.cancel,
        )
        digests: dict[int, str] = {}
        sources: dict[str, bytes] = {}
        states: dict[str, str] = {}
        for path, source in sources_of(job):
            visit = self._visit(job)
            data = _load(source, replace(access, memory=visit), path)
            if visit and visit.state:
                states[path] = visit.state
            _check_digest(source, data, path)
            digest = digest_of(data)
            digests[id(source)] = digest
            sources[digest] = data
        recipe = recipe_of(job).model_dump_json(
            exclude=_NOT_OF_THE_RESULT, exclude_defaults=True, context=digests
        )
        return RenderRequest(recipe, sources, limits, svg=self._svg), states

    def _visit(self, job: Job) -> Visit | None:
        """Return a way to what was fetched before, unless nothing of this job may be kept."""
        if self.sources is None or _keeps_nothing(job):
            return None
        return self.sources.visit(refresh=job.cache == "refresh")

    def _exits_of(self, ticket: Ticket) -> Exits:
        storage = replace(self._exits.storage, given=ticket.bucket)
        return replace(self._exits, storage=storage, cancel=ticket.cancel)

    def _check_deliveries(self, job: Job, ticket: Ticket) -> None:
        exits = self._exits_of(ticket)
        for path, delivery in deliveries_of(job):
            try:
                delivery.check(exits)
            except ImageWorkerError as error:
                raise error.at(path) from None

    def hand_over(self, outcome: Outcome, ticket: Ticket) -> dict[str, Any]:
        """Hand the results over and return the answer; raises an `ImageWorkerError`."""
        room = ticket.room or Room(ticket.max_inline_bytes)
        return Handover(outcome, self._exits_of(ticket), room, ticket.id).answer()

    def _render(
        self, job: Job, request: RenderRequest, ticket: Ticket, begun: list[float]
    ) -> tuple[Rendered, str]:
        def work() -> Rendered:
            return self.engine.run(
                request,
                ticket.cancel,
                patient=ticket.patient,
                begun=lambda: begun.append(time.perf_counter()),
            )

        try:
            if _keeps_nothing(job):
                return work(), "off"
            refresh = job.cache == "refresh"
            rendered, hit = self._cache.get(
                _key(request), work, refresh=refresh, cancel=ticket.cancel
            )
        except ImageWorkerError as error:
            raise error.at("image") from None
        return rendered, "hit" if hit else "miss"


def _keeps_nothing(job: Job) -> bool:
    return job.cache == "off" or any(step.secret for _, step in job.steps())


def _load(source: Source, access: Access, path: str) -> bytes:
    try:
        return source.load(access)
    except ImageWorkerError as error:
        raise error.at(f"{path}.{getattr(source, 'name', 'data')}") from None


def _check_digest(source: Source, data: bytes, path: str) -> None:
    expected = source.sha256 and source.sha256.lower()
    if expected and (digest := hashlib.sha256(data).hexdigest()) != expected:
        raise InvalidParameterError(
            f"expected bytes with the digest {expected}, got {digest}", path=f"{path}.sha256"
        )


def _key(request: RenderRequest) -> str:
    """Return a digest of all that the result depends on."""
    limits = request.limits.model_dump_json()
    whole = f"{__version__}\n{request.recipe}\n{limits}\n{request.svg}"
    return hashlib.sha256(whole.encode()).hexdigest()
