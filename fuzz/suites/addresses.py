"""Attempts to reach what is forbidden: through every way in, by every spelling."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import cycle, product
from typing import TYPE_CHECKING, Any

from fuzz.figures import Figure, none
from fuzz.inputs import entries
from fuzz.lab import apart
from fuzz.stage import Stage, each
from image_worker.errors import ImageWorkerError
from image_worker.server.running import poster
from image_worker.settings import Settings
from tests.outgoing.servers import answer, ok, redirect
from tests.outgoing.test_forbidden import ADDRESSES, FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fuzz.lab import Ground
    from fuzz.plan import Plan

_TAKEN = "taken"
_HOPS = ("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent")
_SCHEMES = (
    "file:///etc/hostname", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "data:image/png;base64,AA",
    "//127.0.0.1/", "http:127.0.0.1", "http:///127.0.0.1", "javascript:1", "unix:/run/x.sock",
    "http://127.0.0.1:22/", "http://[::]/", "HTTP://LOCALHOST/", "jar:http://127.0.0.1!/",
)  # fmt: skip


def run(plan: Plan) -> list[Figure]:
    """Try every address by every way in."""
    return apart("addresses", plan)


def within(ground: Ground, plan: Plan) -> list[Figure]:
    """Try, and count who was reached."""
    opened: list[object] = []
    with Stage(keep=plan.keep, fetch_timeout=5, **ground.settings) as stage:
        tried = list(attempts(ground, plan))

        def attempt(payload: dict[str, Any]) -> None:
            answered = stage.ask(payload, seconds=5 + stage.job_seconds)
            if answered.get("succeeded", answered["success"]):
                opened.append(payload)

        each(tried, attempt, 8)
        told = asyncio.run(_webhooks(ground, plan))
        assert _works(ground, stage), "the origin must be reachable, or nothing is shown"  # noqa: S101
        return [
            *stage.notes.figures("attempts at forbidden addresses", min(len(tried), 100)),
            none("connections to a forbidden address", ground.trespasses),
            none("attempts that brought a picture", len(opened)),
            none(f"of {told.total()} webhooks, answered", told[_TAKEN]),
            Figure("every address was a real one", ground.whole),
        ]


async def _webhooks(ground: Ground, plan: Plan) -> Counter[str]:
    """Post webhooks to every address, and return how each went."""
    settings = Settings(fetch_timeout=5, **ground.settings)
    post, gate = poster(settings.policy), asyncio.Semaphore(8)

    async def attempt(url: str) -> str:
        async with gate:
            try:
                await post(url, b"{}", {})
            except ImageWorkerError as error:
                return error.code
            return _TAKEN

    urls = _urls(ground) + [f"http://n{number}.example/" for number in range(len(ADDRESSES))]
    return Counter(await asyncio.gather(*map(attempt, urls[: max(20, plan.scaled(len(urls)))])))


def _urls(ground: Ground) -> list[str]:
    return [f"http://{host}:{ground.port}/" for host in FORBIDDEN] + list(_SCHEMES)


def attempts(ground: Ground, plan: Plan) -> Iterator[dict[str, Any]]:
    """Return jobs: every spelling directly, behind redirects and behind names."""
    urls = _urls(ground)
    for name in ("localhost", "localhost.localdomain"):
        ground.names[name] = [["127.0.0.1", "::1"]]
    pages = [*_behind_redirects(ground, urls), *_behind_names(ground)]
    every = [entry(url) for url, entry in product(urls, entries.ENTRIES)]
    ways = cycle(entries.ENTRIES)
    every += [next(ways)(url) for url in pages for _ in range(3)]
    random.Random(plan.seed).shuffle(every)  # noqa: S311 - it must come out the same again
    yield from every[: plan.scaled(len(every))]


def _behind_redirects(ground: Ground, urls: list[str]) -> Iterator[str]:
    for number, url in enumerate(urls):
        ground.pages[f"/to/{number}"] = redirect(url, _HOPS[number % len(_HOPS)])
        ground.pages[f"/on/{number}"] = redirect(f"/to/{number}")
        yield ground.url(f"/to/{number}" if number % 2 else f"/on/{number}")
    ground.pages["/refresh"] = answer(
        "302 Found", "Refresh: 0; url=http://127.0.0.1/", "Content-Length: 0"
    )


def _behind_names(ground: Ground) -> Iterator[str]:
    for number, address in enumerate(ADDRESSES):
        name, alias = f"n{number}.example", f"alias{number}.example"
        ground.names[name] = [[address]]
        ground.names[alias] = [[name]]
        yield ground.url(host=name)
        yield ground.url(host=alias)
    # The first answer may be fetched from, the next may not: the one that is checked must be the
    # one that is connected to. The page sends on to its own name.
    ground.pages["/again"] = redirect("/again")
    for number in range(20):
        name = f"turning{number}.example"
        ground.names[name] = [[ground.outside], ["127.0.0.1"]]
        yield ground.url("/again", name)


def _works(ground: Ground, stage: Stage) -> bool:
    ground.pages["/picture"] = ok(entries.PICTURE)
    before = sum(ground.reached.values())
    answered = stage.worker.answer({"image": ground.url("/picture")})
    return bool(answered["success"]) and sum(ground.reached.values()) > before
