"""The client of an endpoint, for programs that are asynchronous."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, Self

from image_worker.endpoint.address import address
from image_worker.endpoint.errors import (
    EndpointError,
    EndpointFaultError,
    EndpointTimeoutError,
    EndpointUnknownError,
)
from image_worker.endpoint.exchange import Ask, Exchange
from image_worker.endpoint.sending import RUN_BYTES, RUNSYNC_BYTES, body_of
from image_worker.endpoint.state import JobState, read_state

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from image_worker.job import Job

HOLD_SECONDS: Final = 30.0
"""For how long the endpoint is asked to keep back an answer, until there is one; proxies commonly
end requests after a minute."""

TOLD_SECONDS: Final = 2.0
"""The same where somebody wants to hear of the progress meanwhile."""

LEAST_HOLD_SECONDS: Final = 1.0
"""The least that RunPod lets be asked for."""

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 5.0
_GROWTH = 1.5


class AsyncEndpoint:
    """An endpoint that does jobs elsewhere, for asynchronous programs.

    All is as with `Endpoint`, but awaited:

        async with AsyncEndpoint("endpoint-id") as endpoint:
            states = await asyncio.gather(*(endpoint.run_sync(job) for job in jobs))

    One object serves any number of tasks.
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
        self._exchange = Exchange(address(endpoint_id, url, api_key), timeout_seconds, attempts)
        self._can_hold = True

    @property
    def url(self) -> str:
        """The root to which the names of operations are added."""
        return self._exchange.address.root

    async def run(
        self,
        job: Mapping[str, Any] | Job,
        *,
        webhook: str | None = None,
        policy: Mapping[str, Any] | None = None,
        bucket: Mapping[str, str] | None = None,
    ) -> JobState:
        """Put a job into the queue; see `Endpoint.run`."""
        body = body_of(job, self._most(RUN_BYTES), **_beside(webhook, policy, bucket))
        return read_state(await self._exchange.ask(Ask("POST", ("run",), body=body, once=True)))

    async def run_sync(
        self,
        job: Mapping[str, Any] | Job,
        *,
        seconds: float = 600.0,
        webhook: str | None = None,
        policy: Mapping[str, Any] | None = None,
        bucket: Mapping[str, str] | None = None,
    ) -> JobState:
        """Do a job and wait for it; see `Endpoint.run_sync`."""
        body = body_of(job, self._most(RUNSYNC_BYTES), **_beside(webhook, policy, bucket))
        until, hold = time.monotonic() + seconds, _hold(seconds, HOLD_SECONDS)
        told = await self._exchange.ask(
            Ask("POST", ("runsync",), _wait(hold), body, hold_seconds=hold, once=True)
        )
        state = read_state(told)
        if state.ended:
            return state.check()
        return await self.wait(state, seconds=until - time.monotonic())

    async def status(self, job: str | JobState) -> JobState:
        """Return where a job stands; see `Endpoint.status`."""
        return read_state(await self._exchange.ask(Ask("GET", ("status", _id(job)))))

    async def wait(
        self,
        job: str | JobState,
        *,
        seconds: float = 600.0,
        told: Callable[[JobState], None] | None = None,
    ) -> JobState:
        """Wait for the end of a job; see `Endpoint.wait`."""
        until, pause = time.monotonic() + seconds, _FIRST_PAUSE_SECONDS
        while True:
            left = until - time.monotonic()
            state = await self._held(job, _hold(left, TOLD_SECONDS if told else HOLD_SECONDS))
            if told:
                told(state)
            if state.ended:
                return state.check()
            if until <= time.monotonic():
                raise EndpointTimeoutError(
                    f"job {state.id} is {state.status} after {seconds:g} seconds", job=state
                )
            if not self._can_hold:
                await asyncio.sleep(max(0.0, min(pause, until - time.monotonic())))
                pause = min(pause * _GROWTH, _LONGEST_PAUSE_SECONDS)

    async def stream(
        self, job: str | JobState, *, seconds: float = 600.0
    ) -> AsyncGenerator[Any, None]:
        """Yield the results of a job as they come; see `Endpoint.stream`."""
        until = time.monotonic() + seconds
        while True:
            begun = time.monotonic()
            hold = _hold(until - begun, HOLD_SECONDS)
            ask = Ask("GET", ("stream", _id(job)), _wait(hold), hold_seconds=hold, once=True)
            reply = await self._exchange.ask(ask)
            chunks = reply.get("stream") if isinstance(reply, dict) else None
            if not isinstance(chunks, list):
                raise EndpointFaultError("the endpoint's answer is no part of a stream")
            for chunk in chunks:
                yield chunk.get("output") if isinstance(chunk, dict) else chunk
            state = read_state({"id": _id(job), **reply})
            if state.ended and not chunks:
                break
            if until <= time.monotonic():
                raise EndpointTimeoutError(f"job {_id(job)} streams for too long", job=state)
            if not chunks and time.monotonic() - begun < _FIRST_PAUSE_SECONDS:
                await asyncio.sleep(_FIRST_PAUSE_SECONDS)
        if state.status != "COMPLETED":
            (await self.status(job)).check()

    async def cancel(self, job: str | JobState) -> JobState:
        """Call a job off; see `Endpoint.cancel`."""
        return read_state(await self._exchange.ask(Ask("POST", ("cancel", _id(job)))))

    async def retry(self, job: str | JobState) -> JobState:
        """Run a failed job again; see `Endpoint.retry`."""
        return read_state(await self._exchange.ask(Ask("POST", ("retry", _id(job)), once=True)))

    async def health(self) -> dict[str, dict[str, int]]:
        """Count jobs and workers; see `Endpoint.health`."""
        told = await self._exchange.ask(Ask("GET", ("health",)))
        if not isinstance(told, dict):
            raise EndpointFaultError("the endpoint's answer does not tell of its health")
        return told

    async def purge_queue(self) -> int:
        """Call off all that waits; see `Endpoint.purge_queue`."""
        told = await self._exchange.ask(Ask("POST", ("purge-queue",)))
        removed = told.get("removed") if isinstance(told, dict) else None
        if not isinstance(removed, int):
            raise EndpointFaultError("the endpoint's answer does not tell what it called off")
        return removed

    async def requests(self, limit: int = 100) -> list[JobState]:
        """List the last jobs; see `Endpoint.requests`."""
        told = await self._exchange.ask(Ask("GET", ("requests",), {"limit": str(limit)}))
        listed = told.get("requests") if isinstance(told, dict) else told
        if not isinstance(listed, list):
            raise EndpointFaultError("the endpoint's answer is no list of jobs")
        return [read_state(one) for one in listed[:limit]]

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        await self._exchange.close()

    async def _held(self, job: str | JobState, hold: float) -> JobState:
        """Return the job once it has ended, or where it stands after `hold` seconds."""
        if self._can_hold:
            ask = Ask("GET", ("status-sync", _id(job)), _wait(hold), hold_seconds=hold)
            try:
                return read_state(await self._exchange.ask(ask))
            except EndpointUnknownError as error:
                # The job may be unknown, or this way to ask for it.
                state = await self._known(job, error)
                self._can_hold = False
                return state
        return await self.status(job)

    async def _known(self, job: str | JobState, error: EndpointError) -> JobState:
        try:
            return await self.status(job)
        except EndpointUnknownError:
            raise error from None

    def _most(self, bytes_taken: int) -> int | None:
        return bytes_taken if self._exchange.address.queue_of_runpod else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(url={self.url!r})"


def _id(job: str | JobState) -> str:
    return job if isinstance(job, str) else job.id


def _hold(left: float, most: float) -> float:
    return max(LEAST_HOLD_SECONDS, min(left, most))


def _wait(hold: float) -> dict[str, str]:
    return {"wait": str(round(hold * 1000))}


def _beside(
    webhook: str | None, policy: Mapping[str, Any] | None, bucket: Mapping[str, str] | None
) -> dict[str, Any]:
    return {
        "webhook": webhook,
        "policy": dict(policy) if policy is not None else None,
        "s3Config": dict(bucket) if bucket is not None else None,
    }
