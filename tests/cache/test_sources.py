"""Pictures by URL: asked for as seldom as HTTP's rules allow, and never for somebody else."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.cache import SourceCache
from image_worker.cache.rules import settled
from image_worker.outgoing.answer import Answer
from image_worker.telemetry.facts import facts_of
from tests.job.making import PNG, encoded, noise, picture_in, step, worker
from tests.outgoing.servers import Exchange, Origin, answer, ok, redirect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from image_worker.worker import Worker

OTHER = encoded(noise(50, 40))
FRESH = "Cache-Control: max-age=60"
ETAG = 'ETag: "one"'
UNCHANGED = answer("304 Not Modified", "Connection: close")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(ok(PNG, FRESH)) as server:
        yield server


@pytest.fixture
def one(origin: Origin) -> Worker:
    return worker(allow_networks=("127.0.0.0/8",), ports=(origin.port,), cache_bytes=0)


def asked(one: Worker, origin: Origin, path: str = "/a.png", **more: Any) -> str:
    """Have a job done; return what the cache did for its picture."""
    headers = more.pop("headers", {})
    told = one.answer({"image": {"url": origin.url(path), "headers": headers}, **more})
    assert told["success"], told
    state: str = told.get("source_cache", {}).get("image", "")
    return state


def by_condition(etag: str, body: bytes, *headers: str) -> Callable[[Exchange], None]:
    """Return an origin that answers 304 to whoever has this version already."""

    def respond(exchange: Exchange) -> None:
        known = f'if-none-match: "{etag}"'.encode() in exchange.head.lower()
        exchange.send(
            answer("304 Not Modified", "Connection: close", f'ETag: "{etag}"', *headers)
            if known
            else ok(body, f'ETag: "{etag}"', *headers)
        )

    return respond


def test_a_fresh_picture_is_not_asked_for_again(one: Worker, origin: Origin) -> None:
    sizes = [{"operations": [step("resize", width=width)]} for width in (10, 20, 30)]
    assert [asked(one, origin, **size) for size in sizes] == ["miss", "hit", "hit"]
    assert len(origin.heads) == 1
    assert one.sources
    assert one.sources.bytes > len(PNG)


def test_jobs_that_come_at_once_fetch_once(one: Worker, origin: Origin) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def respond(exchange: Exchange) -> None:
        begun.set()
        go_on.wait(20)
        exchange.send(ok(PNG, FRESH))

    origin.answer = respond
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(asked, one, origin)
        begun.wait(20)
        others = [pool.submit(asked, one, origin) for _ in range(3)]
        go_on.set()
        assert first.result() == "miss"
        assert {other.result() for other in others} == {"hit"}
    assert len(origin.heads) == 1


def test_what_may_not_be_kept_is_fetched_together_by_those_who_waited() -> None:
    async def visit() -> list[str | None]:
        release, together, asked = asyncio.Event(), asyncio.Barrier(2), []

        async def ask(headers: Mapping[str, str]) -> Answer:
            asked.append(headers)
            await (release.wait() if len(asked) == 1 else together.wait())
            return Answer(200, (("cache-control", "no-store"),), b"picture")

        cache = SourceCache(1000)
        visits = [cache.visit() for _ in range(3)]
        tasks = [asyncio.create_task(each.answer("http://a/", {}, ask)) for each in visits]
        await asyncio.sleep(0)
        assert len(asked) == 1
        release.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)
        assert len(asked) == 3
        return [each.state for each in visits]

    assert asyncio.run(visit()) == ["miss"] * 3


@pytest.mark.parametrize(
    "headers",
    [
        ("Cache-Control: max-age=0",),
        ("Cache-Control: no-cache, max-age=60",),
        ("Cache-Control: public",),
        ("Cache-Control: max-age=60", "Age: 60"),
        ("Cache-Control: max-age=60", "Date: Thu, 01 Jan 2026 00:00:00 GMT"),
        ("Cache-Control: max-age=60", "Vary: *"),
        ("Expires: 0", "Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT"),
        ("Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT",),
        (),
    ],
)
def test_what_is_not_fresh_is_asked_about_and_not_sent_again(
    headers: tuple[str, ...], one: Worker, origin: Origin
) -> None:
    origin.answer = by_condition("one", PNG, *headers)
    assert [asked(one, origin) for _ in range(3)] == ["miss", "revalidated", "revalidated"]
    origin.answer = by_condition("two", OTHER, *headers)
    told = one.answer({"image": origin.url("/a.png"), "output": {"format": "PNG"}})
    assert told["source_cache"] == {"image": "miss"}
    assert picture_in(told).size == (50, 40)


def test_the_time_of_change_serves_as_a_condition_too(one: Worker, origin: Origin) -> None:
    changed = "Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT"

    def respond(exchange: Exchange) -> None:
        known = b"if-modified-since: thu, 01 jan 2015" in exchange.head.lower()
        exchange.send(UNCHANGED if known else ok(PNG, changed))

    origin.answer = respond
    assert [asked(one, origin) for _ in range(2)] == ["miss", "revalidated"]


def test_expires_is_read_by_the_clock_of_its_origin(one: Worker, origin: Origin) -> None:
    dates = [
        f"{name}: {formatdate(then, usegmt=True)}"
        for name, then in (("Date", 3_000_000_000), ("Expires", 3_000_000_060))
    ]
    origin.answer = ok(PNG, *dates)
    assert [asked(one, origin) for _ in range(2)] == ["miss", "hit"]
    origin.answer = ok(PNG, dates[1])
    assert [asked(one, origin, "/b.png") for _ in range(2)] == ["miss", "hit"]


def test_an_answer_from_the_future_still_ages() -> None:
    from uuid import uuid4

    from hishel import Entry, Headers, Request, Response

    future = formatdate(4_000_000_000, usegmt=True)
    entry = Entry(
        uuid4(),
        Request("GET", "http://a/"),
        Response(200, Headers({"date": future, "cache-control": "max-age=5", "age": "3"})),
    )
    kept = settled(entry, 1_000_000, "max-age=5").response.headers
    assert kept["date"] == formatdate(1_000_000 - 3, usegmt=True)
    assert "age" not in kept


def test_an_answer_that_brings_new_terms_is_kept_by_those(one: Worker, origin: Origin) -> None:
    origin.answer = by_condition("one", PNG, "Cache-Control: no-cache")
    assert [asked(one, origin) for _ in range(2)] == ["miss", "revalidated"]
    origin.answer = by_condition("one", PNG, FRESH)
    assert [asked(one, origin) for _ in range(2)] == ["revalidated", "hit"]


@pytest.mark.parametrize("terms", ["no-store", "private", "private, max-age=60", "NO-STORE"])
def test_what_is_not_for_all_is_never_kept(terms: str, one: Worker, origin: Origin) -> None:
    origin.answer = ok(PNG, f"Cache-Control: {terms}", ETAG)
    assert [asked(one, origin) for _ in range(2)] == ["miss", "miss"]
    assert one.sources
    assert one.sources.bytes == 0
    assert b"if-none-match" not in origin.heads[1].lower()


def test_nothing_is_shared_between_credentials(one: Worker, origin: Origin) -> None:
    tokens = [{"X-Key": "a"}, {"X-Key": "b"}, {"Cookie": "a"}, {}]
    assert [asked(one, origin, headers=headers) for headers in tokens] == ["miss"] * 4
    assert [asked(one, origin, headers=headers) for headers in tokens] == ["hit"] * 4
    assert asked(one, origin, "/b.png") == "miss"
    secret = {"Authorization": "Bearer a"}
    assert [asked(one, origin, headers=secret) for _ in range(2)] == ["miss", "miss"]
    origin.answer = ok(PNG, "Cache-Control: public, max-age=60")
    assert [asked(one, origin, headers=secret) for _ in range(2)] == ["miss", "hit"]
    assert asked(one, origin, headers={"Authorization": "Bearer b"}) == "miss"


@pytest.mark.parametrize(
    "headers", [{"If-None-Match": '"x"'}, {"Cache-Control": "no-store"}, {"Range": "bytes=0-"}]
)
def test_callers_may_want_an_answer_of_their_own(
    headers: dict[str, str], one: Worker, origin: Origin
) -> None:
    assert [asked(one, origin, headers=headers) for _ in range(2)] == ["miss", "miss"]


def test_a_caller_may_have_the_origin_asked(one: Worker, origin: Origin) -> None:
    origin.answer = by_condition("one", PNG, FRESH)
    headers = {"Cache-Control": "no-cache"}
    assert [asked(one, origin, headers=headers) for _ in range(2)] == ["miss", "revalidated"]


def test_a_refresh_fetches_anew_and_keeps_what_comes(one: Worker, origin: Origin) -> None:
    assert [asked(one, origin, cache=how) for how in ("default", "refresh", "default")] == [
        "miss",
        "miss",
        "hit",
    ]
    assert asked(one, origin, cache="off") == ""
    assert len(origin.heads) == 3


def test_sources_of_a_job_with_secrets_are_not_kept(one: Worker, origin: Origin) -> None:
    box = {"left": 0, "top": 0, "right": 9, "bottom": 9}
    steps = {"operations": [step("redact", regions=[box])]}
    assert [asked(one, origin, **steps) for _ in range(2)] == ["", ""]
    assert len(origin.heads) == 2
    assert one.sources
    assert one.sources.bytes == 0


def test_redirects_are_followed_each_time_and_the_last_answer_is_kept(
    one: Worker, origin: Origin
) -> None:
    def respond(exchange: Exchange) -> None:
        first = exchange.head.startswith(b"GET /a.png")
        exchange.send(redirect("/b.png", "301 Moved") if first else ok(PNG, FRESH))

    origin.answer = respond
    assert [asked(one, origin) for _ in range(2)] == ["miss", "hit"]
    assert [head.split()[1] for head in origin.heads] == [b"/a.png", b"/b.png", b"/a.png"]
    assert asked(one, origin, "/b.png") == "hit"


def test_a_failure_is_not_kept(one: Worker, origin: Origin) -> None:
    origin.answer = answer("404 Not Found", "Connection: close", FRESH)
    assert one.answer({"image": origin.url("/a.png")})["code"] == "source_status"
    origin.answer = ok(PNG, FRESH)
    assert asked(one, origin) == "miss"
    origin.answer = answer("304 Not Modified", "Connection: close")
    assert one.answer({"image": origin.url("/c.png")})["code"] == "source_status"


def test_what_is_kept_obeys_the_limits_of_each_job(one: Worker, origin: Origin) -> None:
    assert asked(one, origin) == "miss"
    job = {"image": origin.url("/a.png"), "limits": {"max_source_bytes": len(PNG) - 1}}
    assert one.answer(job)["code"] == "source_too_large"


def test_a_validator_that_cannot_be_sent_back_keeps_nothing(one: Worker, origin: Origin) -> None:
    origin.answer = ok(PNG, 'ETag: "\u00ff"')
    assert [asked(one, origin) for _ in range(2)] == ["miss", "miss"]


def test_the_cache_has_a_bound_and_can_be_turned_off(origin: Origin) -> None:
    settings: dict[str, Any] = {"allow_networks": ("127.0.0.0/8",), "ports": (origin.port,)}
    small = worker(**settings, source_cache_bytes=len(PNG))
    assert [asked(small, origin) for _ in range(2)] == ["miss", "miss"]
    none = worker(**settings, source_cache_bytes=0)
    assert none.sources is None
    assert [asked(none, origin) for _ in range(2)] == ["", ""]


def test_each_source_is_told_of_in_the_answer_and_counted(one: Worker, origin: Origin) -> None:
    job = {
        "image": origin.url("/a.png"),
        "operations": [step("overlay", image=origin.url("/b.png"))],
    }
    one.answer(job)
    told = one.answer({**job, "image": origin.url("/c.png")})
    assert told["source_cache"] == {"image": "miss", "operations[0].params.image": "hit"}
    assert facts_of(told, id="a", seconds=1).source_caches == ("miss", "hit")
