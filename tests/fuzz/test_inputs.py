"""The hostile input: always the same from the same seed, of every format, and enough of it."""

from __future__ import annotations

import base64
import random
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from fuzz.inputs import anatomy, bombs, entries, jobs, mutations, oddities, seeds
from fuzz.inputs.behaviours import behaviours
from image_worker.sinks.base import Delivery
from image_worker.sources.base import Source
from tests.contract.strategies import schema
from tests.job.making import worker

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = {"AVIF", "GIF", "JPEG", "PNG", "SVG", "TIFF", "WEBP"}


def test_seeds_are_of_every_format() -> None:
    assert {seed.kind for seed in seeds.seeds()} == FORMATS


@pytest.mark.parametrize("seed", seeds.seeds(), ids=lambda seed: seed.name)
def test_a_seed_is_a_proper_picture_whose_parts_are_found(seed: seeds.Seed) -> None:
    answer = worker(svg=True).answer(as_job(seed.data))
    assert (answer["metadata"]["width"], answer["metadata"]["height"]) == seed.size
    if seed.kind != "SVG":
        assert len(anatomy.parts(seed.kind, seed.data)) >= 2


def as_job(data: bytes) -> dict[str, object]:
    return {"image": {"base64": base64.b64encode(data).decode()}, "output": {"format": "PNG"}}


def test_the_same_seed_breaks_a_file_in_the_same_way() -> None:
    def broken(number: int) -> list[bytes]:
        rng = random.Random(number)  # noqa: S311 - it must come out the same again
        return [mutations.mutated(seed, rng) for seed in seeds.seeds()]

    assert broken(3) == broken(3)
    assert broken(3) != broken(4)
    changed = zip(broken(3), seeds.seeds(), strict=True)
    assert sum(data != seed.data for data, seed in changed) > 40


def test_there_is_enough_of_everything() -> None:
    assert sum(1 for _ in oddities.oddities()) >= 100
    assert len(behaviours()) >= 20
    assert sum(bomb.refused for bomb in islice(bombs.bombs(), 60)) >= 20


def test_spoiled_jobs_differ_from_what_they_were() -> None:
    job = {"operations": [{"type": "resize", "params": {"width": 5}}], "output": {}}
    rng = random.Random(1)  # noqa: S311 - it must come out the same again
    assert sum(repr(jobs.spoiled(job, rng)) != repr(job) for _ in range(50)) > 40


def test_every_place_for_an_address_is_tried() -> None:
    tried = "".join(map(str, (entry("http://x.example/") for entry in entries.ENTRIES)))
    parameters = set(_holders_of_sources(schema()))
    assert parameters == {"image", "mask", "with"}  # a new one needs an entry
    words = [*parameters, *Source.family.names, *Delivery.family.names]
    assert {word for word in words if f"'{word}': " not in tried} <= NOT_ADDRESSES


NOT_ADDRESSES = {"base64", "data_uri", "auto", "upload", "path"}


def _holders_of_sources(part: object, name: str = "") -> Iterator[str]:
    """Yield the parameters in a schema that take a source."""
    if isinstance(part, dict):
        if part.get("$ref") == "#/$defs/source":
            yield name
        for key, value in part.items():
            yield from _holders_of_sources(value, name if key in {"anyOf", "oneOf"} else key)
    elif isinstance(part, list):
        for value in part:
            yield from _holders_of_sources(value, name)
