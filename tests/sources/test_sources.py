"""Where pictures come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from image_worker.errors import InvalidBase64Error, SourceTooLargeError
from image_worker.outgoing import Outgoing, Policy
from image_worker.sources.base import Access
from image_worker.sources.base64 import Base64Source
from image_worker.sources.url import UrlSource
from tests.job.making import PNG, job, picture_in, text_of, worker
from tests.outgoing.servers import Origin, answer, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = {"allow_networks": ("127.0.0.0/8",)}


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(ok(PNG, "Content-Type: text/plain")) as server:
        yield server


def access(max_bytes: int) -> Access:
    return Access(Outgoing(Policy()), max_bytes)


def test_base64_of_exactly_the_allowed_size_is_read() -> None:
    for size in range(1, 8):
        source = Base64Source(base64=text_of(bytes(size)))
        assert source.load(access(size + 2)) == bytes(size)
        with pytest.raises(SourceTooLargeError):
            source.load(access(size - 1))


def test_the_text_is_not_in_the_repr() -> None:
    assert text_of(PNG)[:9] not in repr(Base64Source(base64=text_of(PNG)))


@pytest.mark.parametrize("text", ["abc", "a===", "ab=c", "ab c!", "äöüß", "data:;base64,a"])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidBase64Error, match="expected base64"):
        Base64Source(base64=text).load(access(100))


def test_a_picture_is_fetched(origin: Origin) -> None:
    one = worker(**LOOPBACK, ports=(origin.port,))
    headers = {"X-Token": "abc"}
    image = {"url": origin.url("/a.png"), "headers": headers}
    assert picture_in(one.answer({"image": image})).size == (40, 30)
    assert picture_in(one.answer({"image": origin.url("/a.png")})).size == (40, 30)
    assert b"x-token: abc" in origin.heads[0].lower()
    assert UrlSource(url=origin.url(), headers=headers).write() == {
        "url": origin.url(),
        "headers": headers,
    }


def test_the_same_picture_from_elsewhere_is_the_same_job(origin: Origin) -> None:
    one = worker(**LOOPBACK, ports=(origin.port,))
    assert one.answer(job())["cache"] == "miss"
    assert one.answer({"image": origin.url("/a")})["cache"] == "hit"
    assert len(origin.heads) == 1


def test_a_picture_larger_than_the_job_allows_is_not_fetched(origin: Origin) -> None:
    one = worker(**LOOPBACK, ports=(origin.port,))
    said = one.answer({"image": origin.url(), "limits": {"max_source_bytes": 100}})
    assert (said["code"], said["path"]) == ("source_too_large", "image.url")


def test_an_origin_that_refuses_is_told_with_its_status() -> None:
    with Origin(answer("404 Not Found", "Content-Length: 0", "Connection: close")) as server:
        said = worker(**LOOPBACK, ports=(server.port,)).answer({"image": server.url()})
    assert (said["code"], said["path"]) == ("source_status", "image.url")
    assert "404" in said["error"]


def test_nobody_listening_is_worth_another_try(origin: Origin) -> None:
    origin.close()
    said = worker(**LOOPBACK, ports=(origin.port,)).answer({"image": origin.url()})
    assert (said["code"], said["retryable"]) == ("source_unreachable", True)
