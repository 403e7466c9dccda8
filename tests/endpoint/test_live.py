"""The client at a server of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from image_worker import Endpoint, Job
from image_worker.endpoint import (
    EndpointKeyError,
    EndpointRefusedError,
    EndpointUnknownError,
    RemoteJobError,
)
from image_worker.errors import CorruptImageError, UnsupportedFormatError
from image_worker.operations.resize import Resize
from tests.e2e.fake_platform import KEY
from tests.job.making import IMAGE, PNG, job, picture_in, step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.live import LiveServer


@pytest.fixture
def endpoint(live: LiveServer) -> Iterator[Endpoint]:
    with Endpoint(url=live.url, api_key=KEY) as endpoint:
        yield endpoint


def test_a_picture_comes_back_from_bytes_and_paths(endpoint: Endpoint, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    for image in (PNG, path):
        state = endpoint.run_sync({"image": image, "operations": [{"resize": {"width": 20}}]})
        (picture,) = state.pictures
        assert picture.size == picture_in(state.output).size == (20, 15)
        assert state.save(tmp_path / "b.jpg").read_bytes() == picture.data


def test_a_job_may_be_an_object(endpoint: Endpoint) -> None:
    made = Job.model_validate({"image": IMAGE, "operations": [Resize(width=10)]})
    assert endpoint.run_sync(made).pictures[0].size == (10, 8)


def test_a_batch_is_streamed(endpoint: Endpoint) -> None:
    batch = {"images": [job(step("resize", width=width)) for width in (10, 20)]}
    queued = endpoint.run(batch)
    assert len(list(endpoint.stream(queued))) == 2
    pictures = endpoint.wait(queued).pictures
    assert [(one.item, one.size[0]) for one in pictures] == [(0, 10), (1, 20)]


def test_the_reason_is_the_error_of_the_engine(endpoint: Endpoint) -> None:
    with pytest.raises(RemoteJobError) as raised:
        endpoint.run_sync({"image": b"no picture"})
    assert isinstance(raised.value.reason, UnsupportedFormatError | CorruptImageError)


def test_jobs_are_listed_cancelled_and_tried_again(endpoint: Endpoint) -> None:
    with pytest.raises(RemoteJobError) as raised:
        endpoint.wait(endpoint.run({"image": b"no picture"}))
    failed = raised.value.job
    assert failed is not None
    assert failed.id in [one.id for one in endpoint.requests()]
    assert endpoint.retry(failed).status == "IN_QUEUE"
    with pytest.raises(RemoteJobError):
        endpoint.wait(failed)
    assert endpoint.cancel(failed).status == "FAILED"
    assert endpoint.health()["jobs"]["failed"] >= 1
    assert endpoint.purge_queue() == 0


def test_what_the_server_refuses_is_told_by_its_words(endpoint: Endpoint, live: LiveServer) -> None:
    with pytest.raises(EndpointRefusedError, match="policy") as raised:
        endpoint.run(job(), policy={"ttl": 1})
    assert raised.value.reason is not None
    assert raised.value.reason.path == "policy.ttl"
    with pytest.raises(EndpointUnknownError, match="still kept"):
        endpoint.wait("none")
    with Endpoint(url=live.url, api_key="wrong") as other, pytest.raises(EndpointKeyError):
        other.health()
    with Endpoint("any-name", url=f"{live.url}/v2", api_key=KEY) as named:
        assert named.health()["workers"]["ready"] >= 1
