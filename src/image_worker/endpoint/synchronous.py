"""The client of an endpoint."""

from __future__ import annotations

import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

from image_worker.endpoint.asynchronous import AsyncEndpoint
from image_worker.outgoing.background import Background

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping

    from image_worker.endpoint.state import JobState
    from image_worker.job import Job

T = TypeVar("T")
_END = object()


class Endpoint:
    """An endpoint that does jobs elsewhere: one of RunPod's, or a server of your own.

        from pathlib import Path

        from image_worker import Endpoint

        job = {"image": Path("photo.jpg"), "operations": [{"resize": {"width": 800}}]}
        with Endpoint("endpoint-id") as endpoint:
            endpoint.run_sync(job).save("small.jpg")

    Jobs are those of the JSON; where a picture is meant, bytes and `Path`s may stand too, and are
    sent as base64. One object serves any number of threads, and keeps its connections.

    Requests that the endpoint refuses for the moment (status 429, 503) or that fail (no
    connection, other 5xx) are made again, as it asks by `Retry-After`, or else after growing
    pauses; a job is not sent again where it may have been taken.

    Args:
        endpoint_id: Id of an endpoint of RunPod. Default: `RUNPOD_ENDPOINT_ID`.
        url: Where a server is that speaks the same API, such as `http://127.0.0.1:8000`. Default:
            `IMAGE_WORKER_URL` where no id was given; else RunPod's, or what
            `RUNPOD_ENDPOINT_BASE_URL` has in its place.
        api_key: The key. Default: `RUNPOD_API_KEY` for RunPod, `IMAGE_WORKER_KEY` for other
            servers; neither is ever sent to the other. It is not shown in texts and logs.
        timeout_seconds: How long a request may take, beside the time that the endpoint was asked
            to wait.
        attempts: How often a request is made at most.

    Raises:
        EndpointSettingsError: Nothing says where the endpoint is, its key is missing, or one of
            them cannot be right.
    """

    def __init__(
        self,
        endpoint_id: str | None = None,
        *,
        url: str | None = None,
        api_key: str | None = None,
        timeout_seconds: float = 60.0,
        attempts: int = 4,
    ) -> None:
        self._remote = AsyncEndpoint(
            endpoint_id,
            url=url,
            api_key=api_key,
            timeout_seconds=timeout_seconds,
            attempts=attempts,
        )
        self._background = Background()
        # Ends the thread when the object is freed, or else when the interpreter exits.
        weakref.finalize(self, self._background.stop, self._remote.close)

    @property
    def url(self) -> str:
        """The root to which the names of operations are added."""
        return self._remote.url

    def run(
        self,
        job: Mapping[str, Any] | Job,
        *,
        webhook: str | None = None,
        policy: Mapping[str, Any] | None = None,
        bucket: Mapping[str, str] | None = None,
    ) -> JobState:
        """Put a job into the queue, and return it with its `id` at once.

        Args:
            job: The job, or a batch of them in `images`.
            webhook: URL to which the end of the job is posted. Default: none.
            policy: `executionTimeout` and `ttl` in milliseconds, `lowPriority`. Default: the
                endpoint's.
            bucket: Where results go: `accessId`, `accessSecret`, `bucketName`, `endpointUrl`.
                Default: they stand in the answer, as far as it can hold them.

        Raises:
            EndpointRefusedError: The job is too large, or what stands beside it is wrong.
            EndpointError: Another class of it that fits.
            InvalidJsonError: Something in the job cannot be written as JSON.
            OSError: A file cannot be read.
        """
        return self._done(
            lambda: self._remote.run(job, webhook=webhook, policy=policy, bucket=bucket)
        )

    def run_sync(
        self,
        job: Mapping[str, Any] | Job,
        *,
        seconds: float = 600.0,
        webhook: str | None = None,
        policy: Mapping[str, Any] | None = None,
        bucket: Mapping[str, str] | None = None,
    ) -> JobState:
        """Do a job and return it once it is completed.

        Args:
            job: As for `run`, and so are `webhook`, `policy` and `bucket`.
            seconds: How long to wait at most.
            webhook: See `run`.
            policy: See `run`.
            bucket: See `run`.

        Raises:
            RemoteJobError: The job came to a bad end; its `reason` is the worker's own error.
            EndpointTimeoutError: It has not ended in time; `job` can be waited for again.
            EndpointError: As for `run`, and so are the other errors.
        """
        return self._done(
            lambda: self._remote.run_sync(
                job, seconds=seconds, webhook=webhook, policy=policy, bucket=bucket
            )
        )

    def status(self, job: str | JobState) -> JobState:
        """Return where a job stands; one that failed is returned like any other.

        Raises:
            EndpointUnknownError: There is no such job, or its result is no longer kept: RunPod
                keeps it for 30 minutes, after `run_sync` for one.
            EndpointError: Another class of it that fits.
        """
        return self._done(lambda: self._remote.status(job))

    def wait(
        self,
        job: str | JobState,
        *,
        seconds: float = 600.0,
        told: Callable[[JobState], None] | None = None,
    ) -> JobState:
        """Return a job once it is completed.

        The endpoint keeps back its answer until then, so that few requests are made.

        Args:
            job: The job, or its id.
            seconds: How long to wait at most.
            told: Called with the job about every two seconds, on a thread of its own, such as to
                show its `progress`.

        Raises:
            RemoteJobError: The job came to a bad end; its `reason` is the worker's own error.
            EndpointTimeoutError: It has not ended in time.
            EndpointError: Another class of it that fits.
        """
        return self._done(lambda: self._remote.wait(job, seconds=seconds, told=told))

    def stream(self, job: str | JobState, *, seconds: float = 600.0) -> Iterator[Any]:
        """Yield the results of a job as they come: of a batch, the answer to each of its jobs.

        Each is handed out once, to whoever asks first.

        Raises:
            RemoteJobError: The job came to a bad end, after what was streamed before.
            EndpointTimeoutError: It has not ended within `seconds`.
            EndpointError: Another class of it that fits.
        """
        results = self._remote.stream(job, seconds=seconds)

        async def following() -> Any:
            return await anext(results, _END)

        try:
            while (result := self._done(following)) is not _END:
                yield result
        except GeneratorExit:
            self._done(results.aclose)
            raise

    def cancel(self, job: str | JobState) -> JobState:
        """Call a job off, whether it waits or runs, and return it; raises an `EndpointError`."""
        return self._done(lambda: self._remote.cancel(job))

    def retry(self, job: str | JobState) -> JobState:
        """Run a job again that failed or took too long, and return it; its id stays.

        Any other job is returned as it is by servers of ours; RunPod refuses it.

        Raises:
            EndpointError: The class of it that fits.
        """
        return self._done(lambda: self._remote.retry(job))

    def health(self) -> dict[str, dict[str, int]]:
        """Count `jobs` and `workers` by what they do; raises an `EndpointError`."""
        return self._done(self._remote.health)

    def purge_queue(self) -> int:
        """Call off every job that waits, and return how many those were.

        Raises:
            EndpointError: The class of it that fits.
        """
        return self._done(self._remote.purge_queue)

    def requests(self, limit: int = 100) -> list[JobState]:
        """Return the last jobs, newest first, without their results; raises an `EndpointError`."""
        return self._done(lambda: self._remote.requests(limit))

    def close(self) -> None:
        """Close the connections; a later request makes new ones."""
        self._background.stop(self._remote.close)

    def _done(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        future = self._background.submit(work)
        try:
            return future.result()
        except BaseException:
            # Only an interrupt of the waiting thread gets here with the work still going on.
            with suppress(RuntimeError):
                future.cancel()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(url={self.url!r})"
