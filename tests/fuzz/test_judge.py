"""The judge of the suites must see what is wrong, or nothing would be shown by its silence."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import aiohttp
import pytest

from fuzz import judge
from tests.job.making import job, step, worker
from tests.pictures import encoded, noise

PICTURE = encoded(noise((8, 6)))


def failed(message: str = "expected a width", code: str = "invalid_parameter") -> dict[str, Any]:
    return {
        "success": False,
        "error": message,
        "message": message,
        "code": code,
        "path": "operations[0]",
        "retryable": False,
    }


def done(data: bytes = PICTURE, **facts: Any) -> dict[str, Any]:
    metadata = {
        "width": 8,
        "height": 6,
        "format": "PNG",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        **facts,
    }
    picture = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return {"success": True, "processed_image": picture, "metadata": metadata}


def test_what_the_worker_answers_is_right() -> None:
    for asked in (job(step("resize", width=9)), job(step("resize", width=-1)), 5):
        assert judge.problems(asked, worker().answer(asked)) == []


@pytest.mark.parametrize(
    "answer",
    [
        failed(code="oops"),
        failed(code="internal_error"),
        failed(code="decoder_crashed"),
        failed(message=""),
        failed(message="Traceback (most recent call last):\n  oops"),
        {"success": False, "error": "expected a width"},
        {"success": True, "width": float("nan")},
        done(width=9),
        done(sha256="0" * 64),
        done(PICTURE[:-30], bytes=len(PICTURE) - 30),
        done(encoded(noise((8, 6)), "JPEG")),
        done(encoded(noise((9, 6)))),
        {"success": True, "outputs": {"small": done(width=9)}},
        {"success": True, "outputs": {"small": {"variants": [done(height=9)]}}},
        {"success": True, "results": [done(), done(width=9)]},
    ],
)
def test_a_wrong_answer_is_seen(answer: dict[str, Any]) -> None:
    assert judge.problems(job(), answer)


@pytest.mark.parametrize(
    "secret",
    [
        "/srv/app/file",
        "10.1.2.3",
        "0x7f0011223344",
        "engine/wire.py:12",
        "libpng error",
        "VipsForeignLoad",
        f"aiohttp {aiohttp.__version__}",
        "zq0123456789abcdefqz",
    ],
)
def test_what_a_caller_did_not_say_is_a_leak(secret: str) -> None:
    answer = failed(f"expected a width, got {secret}")
    assert judge.problems(job(), answer)
    assert judge.problems({**job(), "note": f"{secret} x"}, answer) == []


def test_good_pictures_are_right() -> None:
    assert judge.problems(job(), done()) == []
