"""The worker: from a job to its answer."""

from __future__ import annotations

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.engine.engines import Broken, Counting, Gated, Meeting
from tests.job.making import IMAGE, encoded, job, noise, picture_in, step, text_of, worker

RESIZE = step("resize", width=20)


def test_the_answer_says_what_was_done() -> None:
    answer = worker().answer(job(RESIZE, output={"quality": 70}))
    picture = picture_in(answer)
    data = answer["processed_image"].removeprefix("data:image/jpeg;base64,")
    assert picture.size == (20, 15)
    facts = answer["metadata"]
    expected = {"width": 20, "height": 15, "format": "JPEG", "mime": "image/jpeg"}
    assert expected.items() <= facts.items()
    assert (facts["quality"], facts["has_alpha"], facts["pages"]) == (70, False, 1)
    assert answer["steps"] == [{"type": "resize", "width": 20, "height": 15}]
    assert answer["warnings"] == []
    assert "analysis" not in answer
    assert json.loads(json.dumps(answer)) == answer
    assert len(text_of(b"x" * facts["bytes"])) == len(data)


def test_the_digest_is_that_of_the_file() -> None:
    import base64

    answer = worker().answer(job(output={"format": "PNG"}))
    data = base64.b64decode(answer["processed_image"].split(",")[1])
    assert answer["metadata"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert answer["metadata"]["bytes"] == len(data)
    assert "quality" not in answer["metadata"]


def test_the_times_of_all_stages_are_told() -> None:
    times = worker().answer(job())["timings"]
    assert times.keys() == {"queue", "fetch", "render", "deliver"}
    assert all(isinstance(time, float) and time >= 0 for time in times.values())


def test_facts_alone_have_no_picture() -> None:
    answer = worker().answer(job(output={"format": "json"}, analyze=["size"]))
    assert "processed_image" not in answer
    assert answer["analysis"] == {"size": [40, 30]}


def test_the_cache_is_visible() -> None:
    engine = Counting()
    one = worker(engine)
    states = [
        one.answer(job(RESIZE, **how))["cache"]
        for how in ({}, {}, {"cache": "off"}, {"cache": "refresh"}, {"cache": "default"})
    ]
    assert states == ["miss", "hit", "off", "miss", "hit"]
    assert len(engine.requests) == 3


def test_a_hit_gives_the_same_answer_as_the_miss() -> None:
    one = worker()
    miss, hit = (one.answer(job(RESIZE, analyze=True)) for _ in range(2))
    assert (miss.pop("cache"), hit.pop("cache")) == ("miss", "hit")
    del miss["timings"], hit["timings"]
    assert miss == hit


@pytest.mark.parametrize(
    "spelling",
    [
        job({"resize": {"width": 20}}),
        job(step("resize", width=20, height=None, maintain_aspect=True, fit="inside")),
        job(RESIZE, output={}),
        job(RESIZE, output={"format": "jpg", "quality": 85}),
        job(RESIZE, analyze=False, plan="fast", limits={}),
        job(RESIZE, limits={"max_side": 65_500}),
        {**job(RESIZE), "image": f"data:image/png;base64,{IMAGE['base64']}"},
    ],
)
def test_another_spelling_of_the_same_job_hits(spelling: dict[str, Any]) -> None:
    one = worker()
    one.answer(job(RESIZE))
    assert one.answer(spelling)["cache"] == "hit"


@pytest.mark.parametrize(
    "other",
    [
        job(),
        job(step("resize", width=21)),
        job(RESIZE, RESIZE),
        job(RESIZE, output={"format": "PNG"}),
        job(RESIZE, output={"quality": 84}),
        job(RESIZE, analyze=True),
        job(RESIZE, plan="exact"),
        job(RESIZE, limits={"max_side": 65_499}),
        {**job(RESIZE), "image": {"base64": text_of(encoded(noise(41, 30)))}},
    ],
)
def test_another_job_misses(other: dict[str, Any]) -> None:
    one = worker()
    one.answer(job(RESIZE))
    assert one.answer(other)["cache"] == "miss"


def test_what_a_caller_does_to_an_answer_does_not_change_the_next() -> None:
    one = worker()
    job_ = job(RESIZE, analyze=True, output={"format": "PNG", "quality": 5})
    first = one.answer(job_)
    untouched = json.loads(json.dumps(first))
    for part in (first["metadata"], first["analysis"]["histograms"], first["analysis"]):
        part.clear()
    first["steps"][0].clear()
    first["warnings"][0].clear()
    again = one.answer(job_)
    assert again["cache"] == "hit"
    for key in ("metadata", "analysis", "steps", "warnings", "processed_image"):
        assert again[key] == untouched[key]


def test_equal_jobs_at_once_are_rendered_once() -> None:
    engine = Gated()
    one = worker(engine)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(one.answer, job(RESIZE))
        assert engine.begun.wait(30)
        others = [pool.submit(one.answer, job(RESIZE)) for _ in range(3)]
        engine.gate.set()
    answers = [first.result(), *(other.result() for other in others)]
    assert len(engine.requests) == 1
    assert sorted(answer["cache"] for answer in answers) == ["hit", "hit", "hit", "miss"]
    assert len({answer["processed_image"] for answer in answers}) == 1


def test_different_jobs_are_worked_at_once() -> None:
    engine = Meeting(3)
    one = worker(engine)
    with ThreadPoolExecutor(3) as pool:
        jobs = [job(step("resize", width=width)) for width in (10, 20, 30)]
        answers = list(pool.map(one.answer, jobs))
    assert [answer["metadata"]["width"] for answer in answers] == [10, 20, 30]


def test_an_error_is_not_kept() -> None:
    engine = Counting()
    one = worker(engine)
    bad = {"image": {"base64": text_of(encoded(noise())[:-30])}}
    assert [one.answer(bad)["code"] for _ in range(2)] == ["image_corrupt"] * 2
    assert len(engine.requests) == 2


def test_an_error_in_an_operation_names_the_operation() -> None:
    answer = worker().answer(job(RESIZE, step("crop", left=20)))
    assert (answer["code"], answer["path"]) == ("invalid_parameter", "operations[1].params")


@pytest.mark.parametrize("cache", ["default", "off"])
def test_an_error_that_nobody_foresaw_is_logged_and_not_told(
    cache: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = worker(Broken()).answer(job(cache=cache))
    assert (answer["code"], answer["path"], answer["retryable"]) == ("internal_error", "", False)
    assert "secret" not in json.dumps(answer)
    assert "RuntimeError: secret of /srv/hidden" in caplog.text


def test_svg_is_read_only_where_it_is_switched_on() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"/>'
    payload = {"image": {"base64": text_of(svg)}, "output": {"format": "PNG"}}
    assert "svg" in worker().answer(payload)["error"]
    assert worker(svg=True).answer(payload)["metadata"]["width"] == 8
