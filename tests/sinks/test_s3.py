"""Results that go to a bucket, and pictures that come from one, with a real server."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from image_worker.buckets import Bucket, bucket_at, bucket_of_job
from image_worker.errors import SourceStatusError
from image_worker.worker import Ticket
from tests.job.making import PNG, job, worker
from tests.outgoing.servers import Origin, answer, ok
from tests.sinks.storage import BUCKET, KEY, SECRET

if TYPE_CHECKING:
    from image_worker.worker import Worker
    from tests.sinks.storage import Storage

TO_BUCKET = {"format": "PNG", "delivery": {"s3": {}}}


def config(storage: Storage, **changes: Any) -> dict[str, Any]:
    """Return the bucket as it stands in a job of RunPod."""
    return {
        "accessId": KEY,
        "accessSecret": SECRET,
        "bucketName": BUCKET,
        "endpointUrl": storage.url,
        **changes,
    }


def own(storage: Storage, **settings: Any) -> Worker:
    """Return a worker that has a bucket and may fetch nothing else that is private."""
    return worker(**storage.settings(**settings))


def guarded(storage: Storage, **settings: Any) -> Worker:
    """Return a worker without a bucket that may reach the server as anyone's."""
    return worker(allow_networks=("127.0.0.0/8",), ports=(storage.port,), **settings)


def picture_at(storage: Storage, url: str) -> Image.Image:
    return Image.open(io.BytesIO(storage.outgoing.get(url, max_bytes=10**7)))


def test_a_result_goes_to_the_bucket_of_the_worker(storage: Storage) -> None:
    said = own(storage).answer(job(output=TO_BUCKET), Ticket(id="job-1"))
    assert said["success"], said
    told = said["delivery"]
    assert (told["type"], told["bucket"]) == ("s3", BUCKET)
    assert (told["key"], told["url"]) == ("job-1/image.png", said["processed_image"])
    data = storage.get("job-1/image.png")
    assert hashlib.sha256(data).hexdigest() == said["metadata"]["sha256"]
    assert picture_at(storage, told["url"]).size == (40, 30)
    until = dt.datetime.fromisoformat(told["expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=6, hours=23) < until <= dt.timedelta(days=7)


def test_the_bucket_knows_what_it_holds(storage: Storage) -> None:
    with Origin(ok(b"")) as origin:
        one = worker(**{**storage.settings(), "bucket_endpoint_url": origin.url("")})
        assert one.answer(job(output={**TO_BUCKET, "format": "WEBP"}))["success"]
        head = origin.heads[0].lower()
    assert b"\r\ncontent-type: image/webp\r\n" in head
    assert head.startswith(b"put /results/local/image.webp?x-amz-algorithm=aws4-hmac-sha256&")


def test_a_result_goes_to_the_bucket_of_the_job(storage: Storage) -> None:
    bucket = bucket_of_job(config(storage, bucketName="theirs", objectPath="/made/here/"))
    said = guarded(storage).answer(job(output=TO_BUCKET), Ticket(id="job-2", bucket=bucket))
    told = said["delivery"]
    assert (told["bucket"], told["key"]) == ("theirs", "made/here/job-2/image.png")
    assert bucket
    assert storage.get(told["key"], bucket)


def test_the_bucket_of_the_job_stands_before_that_of_the_worker(storage: Storage) -> None:
    one = own(storage, allow_networks=("127.0.0.0/8",), ports=(storage.port,))
    bucket = bucket_of_job(config(storage, bucketName="first"))
    assert one.answer(job(output=TO_BUCKET), Ticket(bucket=bucket))["delivery"]["bucket"] == "first"


def test_a_job_names_bucket_and_key(storage: Storage) -> None:
    place = {"bucket": "chosen", "key": "cats/{sha256}-{name}.{ext}"}
    bucket = bucket_of_job(config(storage))
    asked = job(output={"format": "WEBP", "delivery": {"s3": place}})
    said = guarded(storage).answer(asked, Ticket(bucket=bucket))
    digest = said["metadata"]["sha256"]
    assert said["delivery"]["key"] == f"cats/{digest}-image.webp"
    assert said["delivery"]["bucket"] == "chosen"


def test_the_template_of_the_worker_says_where(storage: Storage) -> None:
    today = dt.datetime.now(dt.UTC).date()
    one = own(storage, bucket_key="by-day/{date}/{job}.{ext}")
    key = one.answer(job(output=TO_BUCKET), Ticket(id="../a b"))["delivery"]["key"]
    days = {today, dt.datetime.now(dt.UTC).date()}
    assert key in {f"by-day/{day.isoformat()}/_a_b.png" for day in days}


def test_renditions_have_addresses_for_the_web(storage: Storage) -> None:
    outputs = {
        "web": {"widths": [10, 20], "picture": True, **TO_BUCKET},
        "thumb": {"operations": [{"resize": {"width": 5}}], **TO_BUCKET},
    }
    said = own(storage).answer(job(outputs=outputs), Ticket(id="job-3"))
    web = said["outputs"]["web"]
    urls = [each["processed_image"] for each in web["variants"]]
    keys = [each["delivery"]["key"] for each in web["variants"]]
    assert keys == ["job-3/web-10.png", "job-3/web-20.png"]
    assert web["srcset"] == f"{urls[0]} 10w, {urls[1]} 20w"
    assert "data:" not in web["picture"]
    assert [picture_at(storage, url).width for url in urls] == [10, 20]
    thumb = said["outputs"]["thumb"]
    assert picture_at(storage, thumb["processed_image"]).width == 5
    assert thumb["delivery"]["key"] == "job-3/thumb.png"


def test_an_address_of_a_result_ends_when_it_should(storage: Storage) -> None:
    said = own(storage, bucket_expires=1).answer(job(output=TO_BUCKET))
    assert "X-Amz-Expires=1&" in said["processed_image"]
    storage.put("old", b"x")
    old = "X-Amz-Date=20200101T000000Z"
    url = storage.bucket.sign("GET", "old", seconds=60)
    date = next(part for part in url.split("&") if part.startswith("X-Amz-Date="))
    with pytest.raises(SourceStatusError, match="403"):
        storage.outgoing.get(url.replace(date, old), max_bytes=10)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"accessSecret": "wrong"}, "SignatureDoesNotMatch"),
        ({"accessId": "nobody"}, "InvalidAccessKeyId"),
    ],
)
def test_a_wrong_key_is_a_clear_failure_that_keeps_the_result(
    storage: Storage, changes: dict[str, str], code: str
) -> None:
    ticket = Ticket(bucket=bucket_of_job(config(storage, **changes)))
    said = guarded(storage).answer(job(output=TO_BUCKET), ticket)
    assert (said["success"], said["code"]) == (False, "delivery_refused")
    assert said["path"] == "output.delivery"
    assert f"status 403 ({code})" in said["error"]
    assert said["retryable"] is False
    assert said["processed_image"].startswith("data:image/png;base64,")
    assert said["metadata"]["width"] == 40


def dead(bucket: Bucket) -> Bucket:
    """Return the bucket at a port where nobody listens."""
    origin = Origin(ok(b""))
    origin.close()
    return replace(bucket, endpoint=origin.url(""))


def test_a_bucket_that_is_down_is_a_clear_failure_that_keeps_the_result(storage: Storage) -> None:
    ticket = Ticket(bucket=dead(storage.bucket))
    one = worker(allow_networks=("127.0.0.0/8",), ports=range(1, 65_536))
    said = one.answer(job(output=TO_BUCKET), ticket)
    assert (said["success"], said["code"], said["retryable"]) == (False, "delivery_failed", True)
    assert said["processed_image"].startswith("data:image/png;base64,")
    assert "127.0.0.1 could not be connected to" in said["error"]


def test_a_bucket_that_stumbles_is_asked_again(storage: Storage) -> None:
    answers = [answer("503 Slow Down", "Content-Length: 0", "Connection: close"), ok(b"")]
    with Origin(lambda exchange: exchange.send(answers.pop(0))) as origin:
        one = worker(**{**storage.settings(), "bucket_endpoint_url": origin.url("")})
        assert one.answer(job(output=TO_BUCKET))["success"]
        assert len(origin.heads) == 2


def test_what_does_not_fit_goes_to_the_bucket(storage: Storage) -> None:
    said = own(storage).answer(job(output={"format": "PNG"}), Ticket(max_inline_bytes=3000))
    assert said["success"], said
    assert said["delivery"]["type"] == "s3"
    assert picture_at(storage, said["processed_image"]).size == (40, 30)


def test_what_fits_stays_in_the_answer(storage: Storage) -> None:
    said = own(storage).answer(job(output={"format": "PNG"}), Ticket(max_inline_bytes=10_000))
    assert said["processed_image"].startswith("data:")
    assert "delivery" not in said


def test_larger_answers_go_to_the_bucket_where_that_is_preferred(storage: Storage) -> None:
    one = own(storage, prefer_bucket_above=2000)
    assert one.answer(job(output={"format": "PNG"}))["delivery"]["type"] == "s3"
    assert "delivery" not in one.answer(job(output={"format": "JPEG", "quality": 1}))


def test_a_preferred_bucket_that_fails_leaves_the_result_in_the_answer(storage: Storage) -> None:
    settings = {**storage.settings(), "bucket_secret_access_key": "wrong"}
    said = worker(**settings, prefer_bucket_above=0).answer(job())
    assert said["success"]
    assert said["processed_image"].startswith("data:")
    assert [each["code"] for each in said["warnings"]] == ["delivery_refused"]


def test_what_neither_fits_nor_can_be_stored_is_a_failure(storage: Storage) -> None:
    settings = {**storage.settings(), "bucket_secret_access_key": "wrong"}
    said = worker(**settings).answer(job(output={"format": "PNG"}), Ticket(max_inline_bytes=3000))
    assert (said["success"], said["code"]) == (False, "delivery_refused")
    assert "processed_image" not in said


def test_jobs_do_not_choose_keys_of_the_workers_bucket_unless_they_may(storage: Storage) -> None:
    storage.put("in.png", PNG)
    place = {"s3": {"key": "mine.png"}}
    closed, opened = own(storage), own(storage, bucket_open=True)
    said = closed.answer(job(output={"delivery": place}))
    assert (said["code"], said["path"]) == ("delivery_blocked", "output.delivery")
    said = closed.answer({"image": {"s3": {"key": "in.png"}}})
    assert (said["code"], said["path"]) == ("source_blocked", "image.s3")
    said = opened.answer({"image": {"s3": {"key": "in.png"}}, "output": {"delivery": place}})
    assert said["delivery"]["key"] == "mine.png"
    other = {"s3": {"bucket": "other", "key": "mine.png"}}
    assert opened.answer(job(output={"delivery": other}))["code"] == "delivery_blocked"


def test_a_picture_comes_from_the_bucket_of_the_job(storage: Storage) -> None:
    storage.put("in.png", PNG)
    one, ticket = guarded(storage), Ticket(bucket=bucket_of_job(config(storage)))
    source = {"s3": {"key": "in.png"}, "sha256": hashlib.sha256(PNG).hexdigest()}
    assert one.answer({"image": source}, ticket)["metadata"]["width"] == 40
    said = one.answer({"image": {**source, "sha256": "0" * 64}}, ticket)
    assert (said["code"], said["path"]) == ("invalid_parameter", "image.sha256")
    said = one.answer({"image": source, "limits": {"max_source_bytes": 100}}, ticket)
    assert (said["code"], said["path"]) == ("source_too_large", "image.s3")
    said = one.answer({"image": {"s3": {"key": "nothing"}}}, ticket)
    assert (said["code"], said["path"]) == ("source_status", "image.s3")


def test_without_a_bucket_nothing_is_said_to_be_stored() -> None:
    said = worker().answer(job(output=TO_BUCKET))
    assert (said["code"], said["path"]) == ("delivery_blocked", "output.delivery")
    assert worker().answer({"image": {"s3": {"key": "a"}}})["code"] == "source_blocked"


def test_a_presigned_put_of_the_job_fills_the_bucket(storage: Storage) -> None:
    url = storage.bucket.sign("PUT", "by/put.png", seconds=60)
    asked = job(output={"format": "PNG", "delivery": {"put": url}})
    said = guarded(storage).answer(asked)
    assert said["success"], said
    assert said["processed_image"] is None
    assert said["delivery"] == {"type": "put", "url": url.split("?")[0]}
    assert hashlib.sha256(storage.get("by/put.png")).hexdigest() == said["metadata"]["sha256"]


def test_names_of_buckets_are_read_from_hosts_too() -> None:
    bucket = bucket_at("https://pics.s3.eu-west-1.amazonaws.com", KEY, SECRET)
    assert (bucket.name, bucket.region) == ("pics", "eu-west-1")
    url = bucket.sign("GET", "a b.png", seconds=60)
    assert url.startswith("https://pics.s3.eu-west-1.amazonaws.com/a%20b.png?X-Amz-Algorithm=")
