"""Does a job: reads the source, renders, and hands over the result."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pybase64

from image_worker.engine import RenderRequest
from image_worker.errors import ImageWorkerError
from image_worker.job import check_count, failure, lowered, read_job
from image_worker.version import __version__

if TYPE_CHECKING:
    from image_worker.cache import Cache
    from image_worker.engine import Engine
    from image_worker.job import Job
    from image_worker.limits import Limits
    from image_worker.pipeline import Rendered
    from image_worker.sources.base import Access

log = logging.getLogger(__name__)

_RECIPE = {"operations", "output", "analyze", "plan"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a job, and how it came about."""

    rendered: Rendered
    cache: str
    """`hit`, `miss` or `off`."""
    timings: dict[str, float]
    """Milliseconds of each stage."""

    def answer(self) -> dict[str, Any]:
        """Return the answer as JSON; a new dictionary each time."""
        rendered = self.rendered
        encoding = time.perf_counter()
        image = {"processed_image": _data_uri(rendered)} if rendered.data else {}
        deliver = {"deliver": _since(encoding)}
        return {
            "success": True,
            **image,
            "metadata": _metadata(rendered),
            **({"analysis": rendered.analysis} if rendered.analysis else {}),
            "steps": [dict(step) for step in rendered.steps],
            "warnings": [asdict(notice) for notice in rendered.notices],
            "timings": {**self.timings, **deliver},
            "cache": self.cache,
        }


class Worker:
    """Does jobs, one at a time for each thread that calls it."""

    def __init__(
        self,
        engine: Engine,
        access: Access,
        cache: Cache[Rendered],
        limits: Limits,
        *,
        svg: bool = False,
    ) -> None:
        self._engine = engine
        self._access = access
        self._cache = cache
        self.limits = limits
        self._svg = svg

    def answer(self, payload: object) -> dict[str, Any]:
        """Do the job that the JSON describes; problems come back as an answer, never raised."""
        try:
            return self.run(read_job(payload, self.limits)).answer()
        except ImageWorkerError as error:
            return failure(error)
        except Exception:
            log.exception("a job failed in a way that nobody foresaw")
            return failure(ImageWorkerError("internal error; the worker's log says more"))

    def run(self, job: Job) -> Outcome:
        """Do the job; raises an `ImageWorkerError`."""
        limits = lowered(self.limits, job.limits)
        check_count(job.operations, limits)
        started = time.perf_counter()
        data = self._load(job, limits)
        fetched = time.perf_counter()
        rendered, cache = self._render(job, data, limits)
        timings = {
            "queue": 0.0,
            "fetch": round((fetched - started) * 1000, 2),
            "render": _since(fetched),
        }
        return Outcome(rendered, cache, timings)

    def _load(self, job: Job, limits: Limits) -> bytes:
        try:
            access = type(self._access)(self._access.outgoing, limits.max_source_bytes)
            return job.image.load(access)
        except ImageWorkerError as error:
            raise error.at(f"image.{job.image.name}") from None

    def _render(self, job: Job, data: bytes, limits: Limits) -> tuple[Rendered, str]:
        recipe = job.model_dump_json(include=_RECIPE)
        request = RenderRequest(data, recipe, limits, svg=self._svg)
        try:
            if job.cache == "off":
                return self._engine.run(request), "off"
            rendered, hit = self._cache.get(
                _key(request), lambda: self._engine.run(request), refresh=job.cache == "refresh"
            )
        except ImageWorkerError as error:
            raise error.at("image") from None
        return rendered, "hit" if hit else "miss"


def _key(request: RenderRequest) -> str:
    """Return a digest of all that the result depends on."""
    source = hashlib.sha256(request.data).hexdigest()
    whole = f"{__version__}\n{source}\n{request.recipe}\n{request.limits.model_dump_json()}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _since(moment: float) -> float:
    return round((time.perf_counter() - moment) * 1000, 2)


def _data_uri(rendered: Rendered) -> str:
    return f"data:{rendered.mime};base64,{pybase64.b64encode_as_string(rendered.data)}"


def _metadata(rendered: Rendered) -> dict[str, Any]:
    facts = {
        "width": rendered.width,
        "height": rendered.height,
        "format": rendered.format,
        "mime": rendered.mime,
        "bytes": len(rendered.data),
        "pages": rendered.pages,
        "has_alpha": rendered.has_alpha,
        "quality": rendered.quality,
        "sha256": rendered.sha256,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}
