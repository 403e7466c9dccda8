"""How long and how many: what an operator may set about the queue."""

from __future__ import annotations

from dataclasses import dataclass

SYNC_PREFIX = "sync-"
"""With this the ids of jobs begin whose caller waits for the answer."""

BATCH_PREFIX = "req_"
"""With this the ids of jobs begin that belong to a batch."""

GRACE_SECONDS = 600
"""For so much longer than promised a final record is kept, so that it outlives the ticket of its
job: a ticket whose acknowledgement was lost comes back, and must find that the job has ended."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Limits and times of a queue."""

    retention_seconds: float = 1800
    """For so long an ended job can be asked for."""
    sync_retention_seconds: float = 60
    """The same for a job whose caller waited for the answer."""
    batch_retention_seconds: float = 86_400
    """The same for a job of a batch."""
    lease_seconds: float = 10
    """After so long without a sign of life a worker is taken for lost, and its jobs go to others.
    Workers give three signs in that time."""
    max_attempts: int = 3
    """Workers that a job may lose before it ends as failed."""
    max_queued: int = 5000
    """Jobs that wait or run; more are refused."""
    webhook_tries: int = 3
    """Times that a webhook is sent before it is given up."""
    webhook_pause_seconds: float = 10
    """Pause between two of these, before a little chance is added."""
    replicas: int = 1
    """Servers that keep a copy of everything, where the broker is a cluster."""

    def retention(self, job_id: str) -> float:
        """Return for how many seconds that job can be asked for once it has ended."""
        if job_id.startswith(BATCH_PREFIX):
            return self.batch_retention_seconds
        waited_for = job_id.startswith(SYNC_PREFIX)
        return self.sync_retention_seconds if waited_for else self.retention_seconds
