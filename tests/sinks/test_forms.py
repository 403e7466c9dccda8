"""Results that are sent where the job says: PUT to a URL, POST with a policy."""

from __future__ import annotations

import email
import email.policy
import hashlib
import threading
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.cancel import Cancel
from image_worker.sinks.parcel import Parcel
from image_worker.sinks.post import form
from image_worker.worker import Ticket
from tests.job.making import job, worker
from tests.outgoing.servers import Origin, answer, redirect
from tests.sinks.policies import policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.worker import Worker
    from tests.outgoing.servers import Exchange
    from tests.sinks.storage import Storage

TAKEN = answer("204 No Content", "Connection: close")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(TAKEN) as server:
        yield server


def open_worker(**settings: Any) -> Worker:
    """Return a worker that may reach everything on the loopback."""
    return worker(allow_networks=("127.0.0.0/8",), ports=range(1, 65_536), **settings)


def delivered(one: Worker, delivery: Any, ticket: Ticket | None = None) -> dict[str, Any]:
    return one.answer(job(output={"format": "PNG", "delivery": delivery}), ticket)


def test_a_policy_lets_the_worker_fill_a_bucket(storage: Storage) -> None:
    said = delivered(open_worker(), {"post": policy(storage.bucket, "by/post.png")})
    assert said["success"], said
    assert said["processed_image"] is None
    assert said["delivery"] == {"type": "post", "url": f"{storage.url}/results"}
    assert hashlib.sha256(storage.get("by/post.png")).hexdigest() == said["metadata"]["sha256"]


def test_a_policy_that_does_not_fit_is_a_clear_failure(storage: Storage) -> None:
    handed = policy(storage.bucket, "small.png", **{"content-length-range": [1, 10]})
    said = delivered(open_worker(), {"post": handed})
    assert (said["code"], said["path"]) == ("delivery_refused", "output.delivery")
    assert "EntityTooLarge" in said["error"]
    handed = policy(storage.bucket, "a.png")
    handed["fields"]["key"] = "b.png"
    assert delivered(open_worker(), {"post": handed})["code"] == "delivery_refused"


def test_a_form_has_its_file_last_and_hides_nothing_in_names() -> None:
    parcel = Parcel(b"\x00\r\n--x\xff", "image/png", "j", "image", "png", "0" * 64)
    fields = {"key": "a", 'odd"\r\nname': "b\r\nc"}
    text = b'Content-Type: multipart/form-data; boundary="B"\r\n\r\n' + form(fields, parcel, "B")
    parts = list(email.message_from_bytes(text, policy=email.policy.HTTP).iter_parts())
    names = [part["content-disposition"].params["name"] for part in parts]
    assert names == ["key", "odd%22%0D%0Aname", "file"]
    assert parts[-1]["content-disposition"].params["filename"] == "image.png"
    assert parts[-1].get_content() == parcel.data
    assert parts[0].get_content() == "a"


def test_a_put_says_what_it_brings_unless_the_job_does(origin: Origin) -> None:
    one = open_worker()
    delivered(one, {"put": origin.url("/a?sig=secret"), "headers": {"X-Own": "1"}})
    delivered(one, {"put": origin.url("/b"), "headers": {"Content-Type": "image/x"}})
    first, second = (head.lower() for head in origin.heads)
    assert first.startswith(b"put /a?sig=secret http/1.1\r\n")
    assert b"\r\ncontent-type: image/png\r\n" in first
    assert b"\r\nx-own: 1\r\n" in first
    assert b"\r\ncontent-type: image/x\r\n" in second


def test_a_signature_is_not_repeated_in_the_answer(origin: Origin) -> None:
    said = delivered(open_worker(), {"put": origin.url("/a?sig=secret#part")})
    assert said["delivery"]["url"] == origin.url("/a")


@pytest.mark.parametrize(
    ("reply", "code", "retryable", "requests"),
    [
        (answer("403 Forbidden", "Content-Length: 0", "Connection: close"), "refused", False, 1),
        (redirect("http://127.0.0.1/elsewhere", "307 Again"), "refused", False, 1),
        (answer("500 Oh", "Content-Length: 0", "Connection: close"), "failed", True, 4),
        (b"what?\r\n\r\n", "failed", True, 1),
    ],
)
def test_what_is_not_taken_is_a_failure_that_keeps_the_result(
    origin: Origin, reply: bytes, code: str, *, retryable: bool, requests: int
) -> None:
    origin.answer = reply
    said = delivered(open_worker(), {"put": origin.url()})
    assert (said["success"], said["code"]) == (False, f"delivery_{code}")
    assert (said["retryable"], said["path"]) == (retryable, "output.delivery")
    assert said["processed_image"].startswith("data:image/png;base64,")
    assert len(origin.heads) == requests


def test_a_form_is_sent_once(origin: Origin) -> None:
    origin.answer = answer("500 Oh", "Content-Length: 0", "Connection: close")
    said = delivered(open_worker(), {"post": {"url": origin.url()}})
    assert (said["code"], len(origin.heads)) == ("delivery_failed", 1)


def test_a_redirect_that_the_policy_asks_for_is_a_success(origin: Origin) -> None:
    origin.answer = redirect("http://example.com/done", "303 See Other")
    fields = {"success_action_redirect": "http://example.com/done"}
    one = open_worker()
    assert delivered(one, {"post": {"url": origin.url(), "fields": fields}})["success"]
    assert not delivered(one, {"post": {"url": origin.url()}})["success"]


@pytest.mark.parametrize(
    ("delivery", "code"),
    [
        ({"put": "ftp://example.com/a"}, "invalid_url"),
        ({"put": "http://user:pass@example.com/"}, "invalid_url"),
        ({"put": "https://example.com/", "headers": {"Host": "a"}}, "invalid_parameter"),
        ({"post": {"url": "nothing"}}, "invalid_url"),
        ({"path": "a.png"}, "delivery_blocked"),
        ({"s3": {}}, "delivery_blocked"),
    ],
)
def test_what_cannot_work_is_refused_before_the_picture_is_fetched(
    origin: Origin, delivery: Any, code: str
) -> None:
    asked = {"image": origin.url("/a.png"), "output": {"delivery": delivery}}
    said = open_worker().answer(asked)
    assert (said["code"], said["path"]) == (code, "output.delivery")
    assert origin.connections == 0


@pytest.mark.parametrize(
    ("delivery", "path", "words"),
    [
        ("data-uri", "output.delivery", 'did you mean "data_uri"?'),
        ("", "output.delivery", "known are auto, base64, data_uri"),
        ({}, "output.delivery", "expected exactly one of path, post, put, s3, got none"),
        ({"put": "https://a/", "path": "b"}, "output.delivery", "got path and put"),
        ({"auto": 1}, "output.delivery", "got auto"),
        ({"put": 5}, "output.delivery.put", "expected text, got 5"),
        ({"put": "https://a/", "header": {}}, "output.delivery.header", '"headers"'),
        ({"post": {"fields": {}}}, "output.delivery.post.url", "got none"),
        ({"path": "{nam}.png"}, "output.delivery.path", 'did you mean "name"?'),
        ({"s3": {"key": "{}"}}, "output.delivery.s3.key", "{} is not a known field"),
        (5, "output.delivery", "got 5"),
        (None, "output.delivery", "got null"),
    ],
)
def test_a_bad_delivery_is_refused(delivery: Any, path: str, words: str) -> None:
    said = delivered(worker(), delivery)
    assert (said["code"], said["path"]) == ("invalid_parameter", path)
    assert words in said["error"]


@pytest.mark.parametrize(
    "delivery", [{"put": "https://a.example/"}, {"s3": {"key": "a"}}, {"path": "{job}.png"}]
)
def test_one_place_does_not_take_several_results(delivery: dict[str, Any]) -> None:
    output = {"delivery": delivery}
    several = {"widths": [5, 10], **output}
    for outputs in ({"a": several}, {"a": output, "b": output}):
        said = worker().answer(job(outputs=outputs))
        assert said["code"] == "invalid_parameter", outputs
        assert said["path"] == f"outputs.{list(outputs)[-1]}.delivery"
        assert "keep several results apart" in said["error"]


def test_every_result_goes_its_own_way(origin: Origin) -> None:
    outputs = {
        "sent": {"format": "PNG", "delivery": {"put": origin.url("/sent")}},
        "text": {"format": "PNG", "delivery": "base64"},
    }
    said = open_worker().answer(job(output={"format": "PNG"}, outputs=outputs))
    bare, whole = said["outputs"]["text"]["processed_image"], said["processed_image"]
    assert whole == f"data:image/png;base64,{bare}"
    assert said["outputs"]["sent"]["processed_image"] is None
    assert said["outputs"]["sent"]["delivery"]["type"] == "put"


def test_pictures_that_only_the_caller_can_find_have_no_markup(origin: Origin) -> None:
    outputs = {
        "web": {"widths": [10], "picture": True, "delivery": {"put": origin.url()}},
    }
    web = open_worker().answer(job(outputs=outputs))["outputs"]["web"]
    assert list(web) == ["variants"]
    assert web["variants"][0]["processed_image"] is None


def test_where_a_result_goes_makes_no_other_result(origin: Origin) -> None:
    one = open_worker()
    deliveries = ["auto", {"put": origin.url()}, "base64", "data_uri"]
    said = [delivered(one, delivery)["cache"] for delivery in deliveries]
    assert said == ["miss", "hit", "hit", "hit"]


def test_nothing_is_sent_for_a_job_that_was_called_off(origin: Origin) -> None:
    ticket = Ticket(cancel=Cancel())
    ticket.cancel.cancel()
    assert delivered(open_worker(), {"put": origin.url()}, ticket)["code"] == "job_cancelled"
    assert origin.connections == 0


def test_calling_a_job_off_ends_its_delivery(origin: Origin) -> None:
    ticket, reached = Ticket(cancel=Cancel()), threading.Event()

    def hang(exchange: Exchange) -> None:
        reached.set()
        exchange.hang()

    origin.answer = hang
    one, said = open_worker(delivery_timeout=60), []
    thread = threading.Thread(
        target=lambda: said.append(delivered(one, {"put": origin.url()}, ticket))
    )
    thread.start()
    assert reached.wait(30)
    ticket.cancel.cancel()
    thread.join(30)
    assert [each["code"] for each in said] == ["job_cancelled"]


def test_a_place_that_never_answers_is_given_up(origin: Origin) -> None:
    origin.answer = lambda exchange: exchange.hang()
    said = delivered(open_worker(delivery_timeout=0.2), {"put": origin.url()})
    assert (said["code"], said["retryable"]) == ("delivery_timeout", True)
