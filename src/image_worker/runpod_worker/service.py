"""Does the jobs that RunPod hands out, and tells of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from image_worker import batch
from image_worker.buckets import bucket_of_job
from image_worker.component.explain import shown
from image_worker.errors import ImageWorkerError, InvalidJsonError
from image_worker.job import failure
from image_worker.runpod_worker import state
from image_worker.runpod_worker.payload import inline_bytes
from image_worker.runpod_worker.watch import Watch
from image_worker.telemetry.facts import facts_of
from image_worker.telemetry.tally import Tally
from image_worker.worker import Ticket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.cancel import Cancel
    from image_worker.engine import Engine
    from image_worker.settings import Settings

Json = dict[str, Any]

_NAMELESS = "local"
_HEALTH = {"health": True}


class Service:
    """A worker, how it is set up, and the counts of its jobs."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        self.engine = engine
        self.worker = settings.worker(engine)
        self.tally = Tally()

    def answer(self, event: object, cancel: Cancel, watch: Watch | None = None) -> Json:
        """Return a new answer to a job or a batch; problems that are foreseen are answers too."""
        watch, started = watch or Watch(), time.perf_counter()
        with self.tally.working():
            try:
                answer = self._answered(event, cancel, watch)
            except ImageWorkerError as error:
                answer = failure(error)
        self._tell(watch, answer, name_of(event), started)
        return answer

    def chunks(self, event: object, cancel: Cancel, watch: Watch | None = None) -> Iterator[Json]:
        """Yield each item of a batch as soon as it is done, or the one answer to a job.

        The result of an item stands below a key of its own, since the SDK takes an `error` at the
        top for the end of the whole job. The counts come last.
        """
        if not (isinstance(event, dict) and batch.is_batch(event.get("input"))):
            yield self.answer(event, cancel, watch)
            return
        watch, started = watch or Watch(), time.perf_counter()
        results: dict[int, Json] = {}
        answer: Json = {"success": True, "results": []}
        try:
            with self.tally.working():
                for index, result in batch.each(
                    self.worker,
                    event["input"],
                    threads=self.settings.batch_threads,
                    ticket=self._ticket(event, cancel),
                ):
                    results[index] = result
                    yield {"index": index, "result": result}
            answer |= {"results": list(results.values()), **batch.counts(results.values())}
            yield batch.counts(results.values())
        except ImageWorkerError as error:
            answer = failure(error)
            yield dict(answer)
        self._tell(watch, answer, name_of(event), started)

    def _answered(self, event: object, cancel: Cancel, watch: Watch) -> Json:
        if not isinstance(event, dict) or "input" not in event:
            sentence = f'expected an object with the job in its key "input", got {shown(event)}'
            raise InvalidJsonError(sentence)
        if event["input"] == _HEALTH:
            return {"success": True, **state.of(self)}
        return batch.answer(
            self.worker,
            event["input"],
            threads=self.settings.batch_threads,
            ticket=self._ticket(event, cancel),
            finished=watch.item,
        )

    def _ticket(self, event: Json, cancel: Cancel) -> Ticket:
        name = name_of(event)
        return Ticket(
            id=name,
            cancel=cancel,
            max_inline_bytes=inline_bytes(name, self.settings.max_inline_bytes),
            bucket=bucket_of_job(event.get("s3Config")),
        )

    def _tell(self, watch: Watch, answer: Json, name: str, started: float) -> None:
        facts = facts_of(answer, id=name, seconds=time.perf_counter() - started)
        self.tally.add(facts)
        watch.end(facts)


def name_of(event: object) -> str:
    """Return the name that RunPod gave to the job."""
    named = event.get("id") if isinstance(event, dict) else None
    return named if isinstance(named, str) and named else _NAMELESS
