"""The server from its start to its end."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import uvloop

from image_worker.allocator import give_back, tame_allocator
from image_worker.outgoing import Outgoing
from image_worker.queue import (
    Batches,
    Broker,
    Consumer,
    Embedding,
    Feeder,
    Jobs,
    Store,
    Terms,
    Webhooks,
)
from image_worker.runpod_worker.service import Service
from image_worker.runpod_worker.watched import metrics_of
from image_worker.server.access import Doors, Keys
from image_worker.server.app import create_app
from image_worker.server.context import Context
from image_worker.server.handling import Handler
from image_worker.server.links import LinkKeys
from image_worker.server.listening import Server, listen
from image_worker.server.options import Options
from image_worker.server.queue_figures import QueueFigures
from image_worker.server.tracing import Tracing
from image_worker.telemetry.health_port import HealthPort
from image_worker.telemetry.logs import JobLog
from image_worker.telemetry.readiness import Readiness, State
from image_worker.telemetry.requests import Requests

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from image_worker.engine.launch import Launched
    from image_worker.environment import Surroundings
    from image_worker.outgoing import Policy
    from image_worker.server.binding import Binding
    from image_worker.settings import Settings
    from image_worker.telemetry.facts import Facts
    from image_worker.telemetry.metrics import Metrics

_THREADS_A_CHILD = 8
"""Threads that wait for each child or fetch for it; what they wait for costs no processor."""
_LEAST_THREADS = 16
_MMAP_BYTES = 4 * 1024 * 1024
_TRIM_BYTES = 8 * 1024 * 1024
"""With these the server holds half as much after 100 jobs of 5 MB. A lower first one would cost
requests of a few megabytes a third more CPU, for each page of memory that is asked for anew."""
_QUIET_SECONDS = 2.0
"""So often it is looked whether memory can be given back."""
_LAST_ANSWERS = 5.0
"""Seconds after the end of the jobs in which those who wait for them are answered."""
_WEBHOOK_SECONDS = 10.0


def run(
    settings: Settings,
    binding: Binding,
    surroundings: Surroundings,
    launched: Launched | None = None,
) -> None:
    """Serve as `serve` does; on this event loop a request takes two thirds of the CPU."""
    uvloop.run(serve(settings, binding, surroundings, launched))


async def serve(
    settings: Settings,
    binding: Binding,
    surroundings: Surroundings,
    launched: Launched | None = None,
) -> None:
    """Serve until a signal asks to stop; running requests and jobs are finished first.

    `launched` is what the engine's children are forked from, where that was started already.
    """
    tame_allocator(mmap_bytes=_MMAP_BYTES, trim_bytes=_TRIM_BYTES)
    async with AsyncExitStack() as stack:
        socket = stack.enter_context(listen(binding))
        service = Service(settings, settings.engine(serving=True, launched=launched))
        stack.callback(service.engine.close)
        readiness, metrics = Readiness(), metrics_of(service, "http")
        warming = asyncio.ensure_future(asyncio.to_thread(service.engine.warm))
        stack.callback(warming.cancel)
        if surroundings.health_port not in (None, binding.port):
            port = HealthPort(
                surroundings.health_port or 0, readiness, metrics.text,
                ping=surroundings.health_path,
            )  # fmt: skip
            stack.callback(port.close)
        context = await _opened(stack, service, readiness, metrics, binding)
        consumer = await _working(stack, settings, context)
        warming.add_done_callback(lambda _: readiness.ready())
        stop = _Stop(context, consumer, settings.drain_seconds)
        app = create_app(context, surroundings.health_path)
        server = Server(app, settings.drain_seconds + _LAST_ANSWERS, stop.begin)
        await server.serve(sockets=[socket])
        await stop.done()


async def _opened(
    stack: AsyncExitStack,
    service: Service,
    readiness: Readiness,
    metrics: Metrics,
    binding: Binding,
) -> Context:
    """Return everything that the routes work with; the stack ends it."""
    settings = service.settings
    threads = max(_LEAST_THREADS, _THREADS_A_CHILD * settings.children)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    url, files = settings.queue, None
    if url is None:
        embedding = Embedding(settings.queue_directory, settings.queue_server)
        broker = stack.enter_context(Broker(embedding))
        url, files = broker.url, broker.files
    store = await Store.connect(url, _terms(settings), files=files)
    stack.push_async_callback(store.close)
    jobs, tracing = Jobs(store), Tracing()
    return Context(
        service=service,
        pool=pool,
        options=options(settings, binding),
        readiness=readiness,
        metrics=metrics,
        requests=Requests(metrics.registry),
        told=_told(JobLog().write, metrics.add, tracing.add),
        store=store,
        jobs=jobs,
        batches=Batches(store, jobs),
        figures=QueueFigures(jobs, metrics),
        tracing=tracing,
    )


def options(settings: Settings, binding: Binding) -> Options:
    """Return what the routes need to know."""
    hosts = frozenset({*settings.allowed_hosts, binding.host})
    return Options(
        keys=Keys.of(key.get_secret_value() for key in settings.api_keys),
        doors=Doors(hosts, frozenset(settings.allowed_origins), public=binding.public),
        link_keys=LinkKeys.of(key.get_secret_value() for key in settings.link_keys),
        max_body_bytes=settings.max_body_bytes,
        run_bytes=settings.max_run_bytes,
        runsync_bytes=settings.max_runsync_bytes,
        body_seconds=settings.body_timeout,
        cache_seconds=settings.cache_seconds,
    )


async def _working(stack: AsyncExitStack, settings: Settings, context: Context) -> Consumer | None:
    """Begin to work the jobs of the queue, and to tell others of their ends."""
    secret = settings.webhook_secret
    webhooks = Webhooks(
        context.store,
        poster(settings.policy),
        secret=secret.get_secret_value().encode() if secret else None,
    )
    feeder = Feeder(context.store, context.jobs)
    work = (webhooks.run(), feeder.run(), _tidied(context.service))
    tasks = [asyncio.ensure_future(each) for each in work]
    slots = 2 * settings.children if settings.queue_slots is None else settings.queue_slots
    consumer = None
    if slots:
        pool = ThreadPoolExecutor(slots, thread_name_prefix="job")
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        handler = Handler(context.service, pool, context.told)
        consumer = Consumer(context.store, handler, slots=slots)
        tasks.append(asyncio.ensure_future(consumer.run()))
    stack.push_async_callback(_ended, tasks)
    return consumer


async def _tidied(service: Service) -> None:
    """Give memory back whenever there was something to do and now is not."""
    done = 0
    while True:
        await asyncio.sleep(_QUIET_SECONDS)
        counts = service.engine.load().counts.get("finished", 0)
        if counts != done and not service.tally.in_progress:
            done = counts
            await asyncio.to_thread(give_back)


async def _ended(tasks: Sequence[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _terms(settings: Settings) -> Terms:
    return Terms(
        retention_seconds=settings.retention,
        sync_retention_seconds=settings.sync_retention,
        batch_retention_seconds=settings.batch_retention,
        max_queued=settings.max_queued,
    )


def poster(policy: Policy) -> Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]:
    """Return what posts webhooks, which may go where pictures may come from."""
    outgoing = Outgoing(policy)

    async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        reply = await outgoing.asend("POST", url, body, headers=headers, seconds=_WEBHOOK_SECONDS)
        return reply.status

    return post


def _told(*listeners: Callable[[Facts], None]) -> Callable[[Facts], None]:
    def tell(facts: Facts) -> None:
        for listener in listeners:
            listener(facts)

    return tell


class _Stop:
    """The way down: no new jobs, then the end of those that run, then of those who wait."""

    def __init__(self, context: Context, consumer: Consumer | None, seconds: float) -> None:
        self._context = context
        self._consumer = consumer
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin, if nobody has."""
        self._task = self._task or asyncio.get_running_loop().create_task(self._close())

    async def done(self) -> None:
        """Wait until it is done."""
        self.begin()
        if self._task:
            await self._task

    async def _close(self) -> None:
        self._context.readiness.state = State.STOPPING
        if self._consumer:
            await self._consumer.close(self._seconds)
        self._context.drained.set()
