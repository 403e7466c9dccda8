"""What it takes for a result to count as sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from image_worker.errors import DeliveryError, DeliveryRefusedError

if TYPE_CHECKING:
    from image_worker.outgoing.send import Reply

_CODE = re.compile(rb"<Code>([A-Za-z]{1,64})</Code>")


def check_taken(reply: Reply, whose: str) -> None:
    """Raise a `DeliveryError` unless the result was taken; storages say in XML why not."""
    if reply.ok:
        return
    code = _CODE.search(reply.body)
    why = f" ({code[1].decode()})" if code else ""
    kind = DeliveryError if reply.passing else DeliveryRefusedError
    raise kind(f"{whose} answered with status {reply.status}{why}")
