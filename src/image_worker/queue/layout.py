"""The streams of the broker, and who may find what under which subject."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from nats.js import api, errors

if TYPE_CHECKING:
    from nats.js import JetStreamContext

    from image_worker.queue.terms import Terms

WORK: Final = "IMAGE_WORK"
"""Tickets: `image.work.{high|low}.{id}`. A ticket is deleted when it is acknowledged."""
JOBS: Final = "IMAGE_JOBS"
"""Records: `image.job.{id}`, the last of each job. Told to those who listen as they change."""
BLOBS: Final = "IMAGE_BLOBS"
"""What is too large for these: `image.blob.{key}.{part}`."""
ITEMS: Final = "IMAGE_ITEMS"
"""Streamed parts of results: `image.item.{id}.{run}`."""
HOOKS: Final = "IMAGE_HOOKS"
"""Webhooks to be sent: `image.hook.{id}`."""
BATCHES: Final = "IMAGE_BATCHES"
"""Batches: `image.batch.{id}`, the last state of each. Told to those who listen."""
DRAFTS: Final = "IMAGE_DRAFTS"
"""Requests of batches that are not in the queue yet: `image.draft.{batch}.{id}`."""
COUNTS: Final = "IMAGE_COUNTS"
"""Counters: `image.count.{what}`."""
WORKERS: Final = "IMAGE_WORKERS"
"""Who works: `image.worker.{name}`, for as long as it shows signs of life."""

HIGH: Final = "high"
LOW: Final = "low"
HOOK: Final = "hook"

DUPLICATES_SECONDS: Final = 120
"""For so long the broker knows a message again that is sent twice."""

RECORDS_KEPT = 1
"""Records that are kept of a job: the last. Tests keep more, to see all that happened."""

_KEPT_COUNTS: Final = 1000
"""Changes of a counter that are kept: after a restart the broker knows only these again."""

_NAME_IN_USE: Final = 10058


def work(job_id: str, *, low: bool) -> str:
    """Return the subject of a ticket."""
    return f"image.work.{LOW if low else HIGH}.{job_id}"


def any_work(job_id: str = "*") -> str:
    """Return the subjects of a job's tickets, whatever their priority."""
    return f"image.work.*.{job_id}"


def job(job_id: str) -> str:
    """Return the subject of a record."""
    return f"image.job.{job_id}"


def changed(job_id: str = "*") -> str:
    """Return the subject on which changes of a record are told."""
    return f"image.changed.{job_id}"


def queued(job_id: str = "*") -> str:
    """Return the subject on which new tickets are told, without what is in them."""
    return f"image.queued.{job_id}"


def blob(key: str, part: int | str = "*") -> str:
    """Return the subject of a part of a blob."""
    return f"image.blob.{key}.{part}"


def item(job_id: str, run: str = "*") -> str:
    """Return the subject of what a run of a job streams."""
    return f"image.item.{job_id}.{run}"


def streamed(job_id: str) -> str:
    """Return the subject on which new items are told, without what is in them."""
    return f"image.streamed.{job_id}"


def hook(job_id: str) -> str:
    """Return the subject of a webhook."""
    return f"image.hook.{job_id}"


def batch(batch_id: str = "*") -> str:
    """Return the subject of a batch."""
    return f"image.batch.{batch_id}"


def batched(batch_id: str = "*") -> str:
    """Return the subject on which changes of a batch are told, without what it holds."""
    return f"image.batched.{batch_id}"


def draft(batch_id: str, request_id: str = "*") -> str:
    """Return the subject of a request of a batch."""
    return f"image.draft.{batch_id}.{request_id}"


def count(what: str = "*") -> str:
    """Return the subject of a counter."""
    return f"image.count.{what}"


def worker(name: str = "*") -> str:
    """Return the subject of a worker's signs of life."""
    return f"image.worker.{name}"


def stop(name: str) -> str:
    """Return the subject on which a worker is told to let go of a job."""
    return f"image.stop.{name}"


async def create(stream: JetStreamContext, terms: Terms) -> None:
    """Make the streams and their consumers as `terms` want them; those that exist are changed."""
    for config in (*_of_jobs(terms), *_of_the_rest(terms)):
        try:
            await stream.add_stream(config)
        except errors.BadRequestError as error:
            if error.err_code != _NAME_IN_USE:
                raise
            await stream.update_stream(config)
    for priority in (HIGH, LOW):
        await stream.add_consumer(WORK, _consumer(priority, f"image.work.{priority}.*", terms))
    await stream.add_consumer(HOOKS, _consumer(HOOK, hook("*"), terms))


def _stream(terms: Terms, name: str, *subjects: str, **more: Any) -> api.StreamConfig:
    settings: dict[str, Any] = {
        "allow_direct": True,
        "allow_msg_ttl": True,
        "num_replicas": terms.replicas,
    }
    return api.StreamConfig(name=name, subjects=list(subjects), **{**settings, **more})


def _of_jobs(terms: Terms) -> list[api.StreamConfig]:
    """Return the streams of work, of what became of it, and of what it takes and gives."""
    stream = partial(_stream, terms)
    return [
        stream(
            WORK,
            any_work(),
            retention=api.RetentionPolicy.WORK_QUEUE,
            max_msgs=terms.max_queued,
            discard=api.DiscardPolicy.NEW,
            duplicate_window=DUPLICATES_SECONDS,
            republish=api.RePublish(any_work(), queued("{{wildcard(2)}}"), headers_only=True),
        ),
        stream(
            JOBS,
            job("*"),
            max_msgs_per_subject=RECORDS_KEPT,
            republish=api.RePublish(job("*"), changed("{{wildcard(1)}}")),
        ),
        stream(BLOBS, blob("*"), max_msgs_per_subject=1),
        stream(
            ITEMS,
            item("*"),
            republish=api.RePublish(item("*"), streamed("{{wildcard(1)}}"), headers_only=True),
        ),
    ]


def _of_the_rest(terms: Terms) -> list[api.StreamConfig]:
    """Return the streams of webhooks, batches, counts and workers."""
    stream = partial(_stream, terms)
    return [
        stream(
            HOOKS,
            hook("*"),
            retention=api.RetentionPolicy.WORK_QUEUE,
            duplicate_window=DUPLICATES_SECONDS,
        ),
        stream(
            BATCHES,
            batch(),
            max_msgs_per_subject=1,
            republish=api.RePublish(batch(), batched("{{wildcard(1)}}"), headers_only=True),
        ),
        stream(DRAFTS, draft("*"), max_msgs_per_subject=1),
        stream(
            COUNTS,
            count(),
            allow_msg_ttl=False,
            allow_msg_counter=True,
            max_msgs_per_subject=_KEPT_COUNTS,
            duplicate_window=DUPLICATES_SECONDS,
        ),
        stream(WORKERS, worker(), max_msgs_per_subject=1, storage=api.StorageType.MEMORY),
    ]


def _consumer(name: str, subject: str, terms: Terms) -> api.ConsumerConfig:
    return api.ConsumerConfig(
        durable_name=name,
        filter_subject=subject,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=terms.lease_seconds,
        max_ack_pending=terms.max_queued,
        num_replicas=terms.replicas,
    )
