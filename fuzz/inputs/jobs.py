"""Random jobs from the schema, and the same ones spoiled."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase

from tests.contract.strategies import SMALL, objects, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]

_BATCH = 500


def jobs(count: int, seed: int) -> Iterator[Any]:
    """Return random jobs, of which more than half are spoiled."""
    made = 0
    while made < count:
        for job in _drawn(min(_BATCH, count - made), seed + made):
            rng = random.Random(f"{seed} {made}")  # noqa: S311 - it must come out the same again
            yield spoiled(job, rng) if rng.random() < 0.6 else job
            made += 1


def _drawn(count: int, seed: int) -> list[Json]:
    drawn: list[Json] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(objects(schema(), 0))
    def draw(job: Json) -> None:
        drawn.append({**job, "image": job.get("image") or {"base64": SMALL}})

    draw()
    return drawn[:count]


def mark(rng: random.Random) -> str:
    """Return a word that no other job has; see `judge.MARK`."""
    return f"zq{rng.randbytes(8).hex()}qz"


def spoiled(job: Any, rng: random.Random) -> Any:
    """Return the job with one to three places spoiled."""
    job = copy.deepcopy(job)
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(job))
        if not places:
            break
        holder, key = rng.choice(places)
        how = rng.random()
        if how < 0.7:
            holder[key] = rng.choice(_VALUES)(rng)
        elif isinstance(holder, dict):
            holder[rng.choice(_KEYS)(rng)] = holder.pop(key) if how < 0.85 else holder[key]
        else:
            holder[key:key] = [holder[key]] * rng.choice((1, 100, 3000))
    return rng.choice(_VALUES)(rng) if rng.random() < 0.02 else job


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Return every place inside a value, with what holds it."""
    border = [value]
    while border:
        holder = border.pop()
        inside = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, item in list(inside):
            yield holder, key
            if isinstance(item, dict | list) and len(border) < 1000:
                border.append(item)


def _deep(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"operations": value}
    return value


_VALUES: tuple[Callable[[random.Random], Any], ...] = (
    *((lambda _, value=value: value) for value in (
        float("nan"), float("inf"), float("-inf"), True, False, None, 0, -1, 1e308, -0.0, 1e-320,
        10**30, -(2**63), 2**64, "100", "1e999", "NaN", "", " ", "0x10", "\0", "%", "-5%", "1e9%",
        "\ud800", "\udfff\ud800", "\u202e", "../../etc/passwd", "${HOME}", "{0.__class__}", [], {},
        [[]], {"": ""}, b"bytes",
    )),
    mark,
    lambda rng: {mark(rng): 1},
    lambda rng: mark(rng) * 4000,
    lambda rng: rng.choice("aA0%(<\u00e9\U0001f600") * rng.choice((300, 100_000)),
    lambda rng: {"base64": rng.choice((mark(rng), "AAAA", "A", "=", "\u00e9", SMALL[:40]))},
    lambda rng: {"url": f"http://{mark(rng)}.invalid/"},
    lambda rng: 10 ** rng.choice((20, 400, 4000)),
    lambda rng: rng.uniform(-1e6, 1e6),
    lambda rng: _deep(rng.choice((5, 60, 400))),
    lambda rng: {str(number): number for number in range(rng.choice((50, 5000)))},
    lambda rng: [None] * rng.choice((70, 20_000)),
)  # fmt: skip
_KEYS: tuple[Callable[[random.Random], str], ...] = (
    mark,
    lambda _: "__class__",
    lambda _: "type",
    lambda _: "",
    lambda _: "\ud800",
    lambda _: "given",
    lambda _: "data",
    lambda _: "params",
    lambda rng: "k" * rng.choice((300, 50_000)),
)
