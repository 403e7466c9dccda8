from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from image_worker.errors import DeliveryBlockedError
from image_worker.queue import Jobs, Policy, Status, Webhooks
from tests.queue.playing import Held, background, connected, echo, fail, until, working

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.queue import Broker

URL = "https://hooks.example/done"


class Receiver:
    """Takes webhooks, and answers with one status after the other."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers = list(answers)
        self.seen: asyncio.Queue[tuple[str, bytes, Mapping[str, str]]] = asyncio.Queue()

    async def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        await self.seen.put((url, body, headers))
        answer = self._answers.pop(0) if self._answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_webhook_tells_the_end_of_its_job_and_is_signed(broker: Broker) -> None:
    receiver, secret = Receiver(), b"secret"
    async with (
        connected(broker) as store,
        working(store, echo),
        background(Webhooks(store, receiver, secret=secret).run()),
    ):
        job_id = await Jobs(store).submit(b'{"a": 1}', webhook=URL)
        url, body, headers = await receiver.seen.get()
    assert url == URL
    told = json.loads(body)
    assert (told["id"], told["status"], told["output"]) == (job_id, "COMPLETED", {"a": 1})
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(secret, text, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


async def test_a_large_result_is_sent_whole(broker: Broker) -> None:
    receiver, large = Receiver(), json.dumps("x" * 2_000_000).encode()
    async with (
        connected(broker) as store,
        working(store, echo),
        background(Webhooks(store, receiver).run()),
    ):
        await Jobs(store).submit(large, webhook=URL)
        _, body, headers = await receiver.seen.get()
    assert json.loads(body)["output"] == json.loads(large)
    assert "webhook-signature" not in headers


async def test_it_is_tried_three_times_and_has_one_id(broker: Broker) -> None:
    receiver = Receiver(500, OSError(), 503)
    async with (
        connected(broker) as store,
        working(store, fail),
        background(Webhooks(store, receiver).run()),
    ):
        await Jobs(store).submit(b"1", webhook=URL)
        tries = [await receiver.seen.get() for _ in range(3)]
        await until(lambda: _no_hooks(store))
        assert receiver.seen.empty()
    assert len({headers["webhook-id"] for _, _, headers in tries}) == 1
    assert json.loads(tries[0][1])["error"] == "it does not work"


async def test_what_may_never_be_sent_is_tried_once(broker: Broker) -> None:
    receiver = Receiver(DeliveryBlockedError("not there"))
    async with (
        connected(broker) as store,
        working(store, echo),
        background(Webhooks(store, receiver).run()),
    ):
        await Jobs(store).submit(b"1", webhook=URL)
        await receiver.seen.get()
        await until(lambda: _no_hooks(store))
        assert receiver.seen.empty()


async def test_every_end_is_told(broker: Broker) -> None:
    receiver, held = Receiver(), Held()
    async with connected(broker) as store, background(Webhooks(store, receiver).run()):
        jobs = Jobs(store)
        queued = await jobs.submit(b"1", webhook=URL)
        await jobs.cancel(queued)
        async with working(store, held):
            running = await jobs.submit(b"1", webhook=URL)
            await held.begun.get()
            await jobs.cancel(running)
            late = await jobs.submit(b"1", webhook=URL, policy=Policy(execution_seconds=0.05))
            told = [json.loads((await receiver.seen.get())[1]) for _ in range(3)]
    assert {job["id"]: job["status"] for job in told} == {
        queued: Status.CANCELLED,
        running: Status.CANCELLED,
        late: Status.TIMED_OUT,
    }


async def _no_hooks(store: Any) -> bool:
    return (await store.stream.stream_info("IMAGE_HOOKS")).state.messages == 0
