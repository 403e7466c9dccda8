"""Every place of a job that can name something on the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.buckets import bucket_of_job
from image_worker.errors import ImageWorkerError
from image_worker.job import failure
from image_worker.worker import Ticket
from tests.job.making import IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.worker import Worker

REFUSALS = {"source_blocked", "delivery_blocked", "invalid_url"}


def overlay(url: str) -> dict[str, Any]:
    return {"image": IMAGE, "operations": [{"overlay": {"image": {"url": url}}}]}


def mask(url: str) -> dict[str, Any]:
    blur = {"filter": {"name": "blur", "sigma": 2}, "where": {"mask": {"url": url}}}
    return {"image": IMAGE, "operations": [blur]}


def to(delivery: Any) -> dict[str, Any]:
    return {"image": IMAGE, "output": {"delivery": delivery}}


def stored(url: str, job: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Return the job with a bucket at `url`, as RunPod would hand it over."""
    return job, {"accessId": "a", "accessSecret": "b", "bucketName": "buck", "endpointUrl": url}


ENTRIES: dict[str, Callable[[str], tuple[dict[str, Any], Any]]] = {
    "image": lambda url: ({"image": {"url": url}}, None),
    "bare image": lambda url: ({"image": url}, None),
    "overlay": lambda url: (overlay(url), None),
    "mask": lambda url: (mask(url), None),
    "put": lambda url: (to({"put": url}), None),
    "post": lambda url: (to({"post": {"url": url, "fields": {"key": "a"}}}), None),
    "bucket of a result": lambda url: stored(url, to({"s3": {}})),
    "bucket of a source": lambda url: stored(url, {"image": {"s3": {"key": "a.png"}}}),
}


def ask(one: Worker, entry: str, url: str) -> dict[str, Any]:
    """Return what comes of a job that names `url` in one of its places."""
    job, config = ENTRIES[entry](url)
    try:
        ticket = Ticket(bucket=bucket_of_job(config))
    except ImageWorkerError as error:  # a handler answers so too
        return failure(error)
    return one.answer(job, ticket)
