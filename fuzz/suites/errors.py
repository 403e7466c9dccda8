"""Errors of many callers at once, none of which may tell of this machine or of another caller."""

from __future__ import annotations

import base64
import random
from itertools import count
from typing import TYPE_CHECKING, Any

from fuzz.figures import Figure, done, none
from fuzz.inputs.bombs import chunk, png
from fuzz.inputs.entries import ENTRIES
from fuzz.inputs.jobs import mark, spoiled
from fuzz.inputs.mutations import mutated
from fuzz.inputs.seeds import seeds
from fuzz.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fuzz.plan import Plan

COUNT = 1_000
_SHARE = 1.6
"""Jobs for each error; some give a picture after all."""


def run(plan: Plan) -> list[Figure]:
    """Answer wrong jobs that carry words of their own, and search the answers for others'."""
    wanted = plan.scaled(COUNT)
    with Stage(keep=plan.keep, fetch_timeout=2) as stage:
        stage.run(_jobs(int(wanted * _SHARE) + len(_KINDS), plan.seed), seconds=13)
        notes = stage.notes
        errors = notes.tried - notes.answered["ok"]
        return [
            done("error answers", errors, wanted),
            Figure("codes among them", len(notes.answered) - ("ok" in notes.answered)),
            none("with a path, an address, a version or others' bytes", notes.count("leak")),
            none("without a type", notes.count("untyped")),
            none("crashes that a caller saw", notes.count("crash")),
        ]


def _jobs(number: int, seed: int) -> Iterator[Any]:
    for each in count():
        if each == number:
            return
        rng = random.Random(f"{seed} {each}")  # noqa: S311 - it must come out the same again
        yield _KINDS[each % len(_KINDS)](rng, mark(rng))


def _picture(data: bytes, **more: Any) -> dict[str, Any]:
    return {"image": {"base64": base64.b64encode(data).decode()}, **more}


def _text_in_png(rng: random.Random, word: str) -> Any:
    piece = chunk(b"tEXt", word.encode() + b"\0" + word.encode())
    data = png(9, 9, rng.randbytes(20))
    return _picture(data[:33] + piece + data[33:])


def _name_in_svg(_: random.Random, word: str) -> Any:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">&{word};<{word}></svg>'
    return _picture(text.encode())


def _bytes_of_others(rng: random.Random, word: str) -> Any:
    data = bytearray(mutated(rng.choice(seeds()), rng))
    at = rng.randrange(len(data) + 1)
    data[at : at + len(word)] = word.encode()
    return _picture(bytes(data))


def _unknown_names(rng: random.Random, word: str) -> Any:
    step: dict[str, Any] = {"type": "resize", "params": {"width": 5}}
    where = rng.choice((step, step["params"]))
    where[rng.choice((word, "type", "width"))] = rng.choice((word, {word: word}, [word]))
    return _picture(seeds()[0].data, operations=[step])


def _blocked(rng: random.Random, word: str) -> Any:
    host = rng.choice(("127.0.0.1", "localhost", f"{word}.invalid", "[::1]", "10.0.0.1"))
    return rng.choice(ENTRIES)(f"http://{host}/{word}?secret={word}")


def _not_base64(_: random.Random, word: str) -> Any:
    return {"image": {"base64": f"data:image/png;base64,{word}*"}}


def _spoiled(rng: random.Random, word: str) -> Any:
    job = _picture(seeds()[0].data, operations=[{"type": "crop", "params": {"left": 1}}])
    changed = spoiled(job, rng)
    return {**changed, word: 1} if isinstance(changed, dict) else changed


_KINDS: tuple[Callable[[random.Random, str], Any], ...] = (
    _text_in_png, _name_in_svg, _bytes_of_others, _unknown_names, _blocked, _not_base64, _spoiled,
)  # fmt: skip
