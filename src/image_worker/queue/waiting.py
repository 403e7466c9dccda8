"""Waiting for the end of a job, of which one is told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from image_worker.queue import layout
from image_worker.queue.records import Record
from image_worker.queue.watching import Watch

if TYPE_CHECKING:
    from nats.aio.msg import Msg

    from image_worker.queue.job import Job
    from image_worker.queue.ledger import Ledger

_SEQUENCE: Final = "Nats-Sequence"


class Ending(Watch):
    """Hears of the end of a job from the moment that it is entered."""

    def __init__(self, ledger: Ledger, job_id: str, *, fresh: bool = False) -> None:
        """Take the job; `fresh`: it is accepted after this was entered, so nothing is missed."""
        super().__init__(ledger.store, layout.changed(job_id))
        self._ledger = ledger
        self._id = job_id
        self._fresh = fresh

    async def reached(self, seconds: float) -> Job | None:
        """Return the job once it has ended, or as it stands after so long; None if there is none.

        Asked again, it looks for itself first.
        """
        give_up = time.monotonic() + seconds
        fresh, self._fresh = self._fresh, False
        record = None if fresh else await self._ledger.find(self._id)
        known = fresh or record is not None
        while known and not (record and record.status.final):
            if told := await self.told(give_up):
                record = _later(record, told)
            else:  # so it may be that nobody told of it
                record = await self._ledger.find(self._id)
                known = record is not None and time.monotonic() < give_up
        return await self._ledger.view(record) if record else None


def _later(known: Record | None, told: Msg) -> Record:
    """Return the record that is told of, unless it is older than the one that is known."""
    record = Record.load(told.data, int((told.headers or {})[_SEQUENCE]))
    return known if known and known.revision >= record.revision else record
