"""Telling others that their jobs have ended.

A webhook is a job of the broker as well: it outlives the process that sends it. It is sent at
least once; whoever gets it twice knows it by its `Webhook-Id`. The headers and the signature are
those of Standard Webhooks, so that receivers can use its libraries.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import logging
import random
import time
from typing import TYPE_CHECKING, Final

from image_worker.errors import ImageWorkerError
from image_worker.queue import layout
from image_worker.queue.inbox import Inbox, wanted
from image_worker.queue.ledger import Ledger
from image_worker.queue.records import Record
from image_worker.queue.store import UNANSWERED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from nats.aio.msg import Msg

    from image_worker.queue.store import Store

    Post = Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]
    """Posts a body with headers to a URL, and returns the status of the answer. What it raises
    means that it was not sent; an `ImageWorkerError` says whether another try may help."""

log = logging.getLogger(__name__)

_IDLE_SECONDS: Final = 5
_SIGNS: Final = 3
_SPREAD: Final = 0.2
"""Part of the pause that chance adds, so that what failed together is not sent together again."""


class Webhooks:
    """Sends webhooks, `senders` at a time."""

    def __init__(
        self, store: Store, post: Post, *, secret: bytes | None = None, senders: int = 4
    ) -> None:
        self._store = store
        self._ledger = Ledger(store)
        self._post = post
        self._secret = secret
        self._senders = senders

    async def run(self) -> None:
        """Send webhooks until this is cancelled."""
        async with asyncio.TaskGroup() as senders:
            for _ in range(self._senders):
                senders.create_task(self._sender())

    async def _sender(self) -> None:
        async with Inbox(self._store) as inbox:
            while wanted():
                message = await inbox.fetch(layout.HOOKS, layout.HOOK, _IDLE_SECONDS)
                if message is None:
                    continue
                signs = asyncio.ensure_future(self._signs(message))
                try:
                    await self._send(message)
                except Exception:
                    log.exception("a webhook is left for another try")
                finally:
                    signs.cancel()

    async def _send(self, message: Msg) -> None:
        meta = message.metadata
        record = Record.load(message.data, meta.sequence.stream)
        hook = record.ticket.webhook
        if hook is None:
            await self._reply(message, b"+TERM")
            return
        body = (await self._ledger.view(record)).json()
        failure, final = await self._attempt(hook, body, f"{record.id}-{record.revision}")
        if failure is None:
            await self._reply(message, b"+ACK")
        elif final or meta.num_delivered >= self._store.terms.webhook_tries:
            log.warning("job %s: its webhook is given up: %s", record.id, failure)
            await self._reply(message, b"+TERM")
        else:
            log.info("job %s: its webhook will be sent again: %s", record.id, failure)
            pause = self._store.terms.webhook_pause_seconds
            pause += random.uniform(0, _SPREAD * pause)  # noqa: S311 - nothing secret
            delay = json.dumps({"delay": int(pause * 1e9)}).encode()
            await self._reply(message, b"-NAK " + delay)

    async def _attempt(self, url: str, body: bytes, webhook_id: str) -> tuple[str | None, bool]:
        """Return why it failed, if it did, and whether another try is of no use."""
        headers = {"content-type": "application/json", **signed(self._secret, webhook_id, body)}
        try:
            status = await self._post(url, body, headers)
        except ImageWorkerError as error:
            return error.message, not error.retryable
        except Exception as error:  # noqa: BLE001 - whatever the way out brings up
            return repr(error), False
        taken = 200 <= status < 300  # noqa: PLR2004 - what HTTP calls success
        return (None if taken else f"the answer was {status}"), False

    async def _signs(self, message: Msg) -> None:
        while wanted():
            await asyncio.sleep(self._store.terms.lease_seconds / _SIGNS)
            with contextlib.suppress(*UNANSWERED):
                await self._reply(message, b"+WPI")

    async def _reply(self, message: Msg, word: bytes) -> None:
        await self._store.connection.publish(message.reply, word)


def signed(secret: bytes | None, webhook_id: str, body: bytes) -> dict[str, str]:
    """Return the headers of a webhook: its id, the time, and a signature if there is a secret."""
    now = str(int(time.time()))
    headers = {"webhook-id": webhook_id, "webhook-timestamp": now}
    if secret is None:
        return headers
    text = f"{webhook_id}.{now}.".encode() + body
    digest = hmac.new(secret, text, hashlib.sha256).digest()
    return {**headers, "webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}
