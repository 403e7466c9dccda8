"""The server from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import uvicorn

from image_worker.outgoing import Outgoing
from image_worker.queue import Broker, Consumer, Embedding, Jobs, Store, Terms, Webhooks
from image_worker.runpod_worker.service import Service
from image_worker.runpod_worker.watched import metrics_of
from image_worker.server.access import Doors, Keys
from image_worker.server.app import create_app
from image_worker.server.context import Context
from image_worker.server.handling import Handler
from image_worker.server.links import LinkKeys
from image_worker.server.options import Options
from image_worker.telemetry.health_port import HealthPort
from image_worker.telemetry.logs import JobLog
from image_worker.telemetry.readiness import Readiness, State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from types import FrameType

    from image_worker.environment import Surroundings
    from image_worker.server.binding import Binding
    from image_worker.settings import Settings
    from image_worker.telemetry.facts import Facts

log = logging.getLogger(__name__)

_THREADS_A_CHILD = 8
"""Threads that wait for each child or fetch for it; what they wait for costs no processor."""
_LEAST_THREADS = 16
_KEEP_ALIVE_SECONDS = 75
_WEBHOOK_SECONDS = 10.0


async def serve(settings: Settings, binding: Binding, surroundings: Surroundings) -> None:
    """Serve until a signal asks to stop; running requests and jobs are finished first."""
    async with AsyncExitStack() as stack:
        context = await _opened(stack, settings, binding)
        readiness = context.readiness
        if surroundings.health_port not in (None, binding.port):
            port = HealthPort(
                surroundings.health_port or 0, readiness, context.metrics.text,
                ping=surroundings.health_path,
            )  # fmt: skip
            stack.callback(port.close)
        consumer = await _working(stack, settings, context)
        app = create_app(context, surroundings.health_path)
        server = _Server(
            uvicorn.Config(
                app,
                host=binding.host,
                port=binding.port,
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
            ),
            stopping=lambda: _stop(readiness, consumer, settings.drain_seconds),
        )
        warming = asyncio.ensure_future(_warm(context))
        await server.serve()
        readiness.state = State.STOPPING
        warming.cancel()
        if consumer:
            await consumer.close(settings.drain_seconds)


async def _opened(stack: AsyncExitStack, settings: Settings, binding: Binding) -> Context:
    """Return everything that the routes work with; the stack ends it."""
    service = Service(settings, settings.engine(serving=True))
    stack.callback(service.engine.close)
    threads = max(_LEAST_THREADS, _THREADS_A_CHILD * settings.children)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    url = settings.queue
    if url is None:
        embedding = Embedding(settings.queue_directory, settings.queue_server)
        url = stack.enter_context(Broker(embedding)).url
    store = await Store.connect(url, _terms(settings))
    stack.push_async_callback(store.close)
    metrics = metrics_of(service, "http")
    return Context(
        service=service,
        pool=pool,
        options=options(settings, binding),
        readiness=Readiness(),
        metrics=metrics,
        told=_told(JobLog().write, metrics.add),
        store=store,
        jobs=Jobs(store),
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
        _post(context),
        secret=secret.get_secret_value().encode() if secret else None,
    )
    tasks = [asyncio.ensure_future(webhooks.run())]
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


async def _ended(tasks: Sequence[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _warm(context: Context) -> None:
    """Make the children; requests that come before wait for them."""
    warm = getattr(context.service.engine, "warm", None)
    if warm:
        await asyncio.to_thread(warm)
    context.readiness.state = State.READY


def _terms(settings: Settings) -> Terms:
    return Terms(
        retention_seconds=settings.retention,
        sync_retention_seconds=settings.sync_retention,
        max_queued=settings.max_queued,
    )


def _post(context: Context) -> Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]:
    outgoing = Outgoing(context.service.settings.policy)

    async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        reply = await outgoing.asend("POST", url, body, headers=headers, seconds=_WEBHOOK_SECONDS)
        return reply.status

    return post


def _told(*listeners: Callable[[Facts], None]) -> Callable[[Facts], None]:
    def tell(facts: Facts) -> None:
        for listener in listeners:
            listener(facts)

    return tell


def _stop(readiness: Readiness, consumer: Consumer | None, seconds: float) -> None:
    readiness.state = State.STOPPING
    if consumer:
        closing = asyncio.ensure_future(consumer.close(seconds))
        closing.add_done_callback(lambda done: done.exception())


class _Server(uvicorn.Server):
    """Tells when it is asked to stop, so that nothing new is begun from then on."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping: Callable[[], None] | None = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal ends it at once."""
        super().handle_exit(sig, frame)
        with contextlib.suppress(RuntimeError):  # no loop: it has ended already
            if self._stopping:
                asyncio.get_running_loop().call_soon_threadsafe(self._stopping)
        self._stopping = None
