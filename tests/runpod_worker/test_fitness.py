"""The check before the first job."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.engine import selftest
from image_worker.engine.launch import Launched
from image_worker.runpod_worker.fitness import formats_check

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def launched() -> Iterator[Launched]:
    launched = Launched()
    yield launched
    launched.end()


def run(check: Any) -> None:
    asyncio.run(check())


def test_the_first_child_tries_every_format(launched: Launched) -> None:
    check = formats_check(launched, svg=True)
    run(check)
    assert check.__name__ == "check_formats"


def test_without_children_this_process_tries_them() -> None:
    run(formats_check(None, svg=False))


def test_a_child_that_cannot_start_is_a_reason() -> None:
    launched = Launched()
    check = formats_check(launched, svg=False)
    launched._process.kill()
    with pytest.raises(RuntimeError, match="the first child could not be started"):
        run(check)
    launched.end()


@pytest.mark.parametrize(("svg", "told"), [(True, "AVIF: a; SVG: b"), (False, "AVIF: a$")])
def test_formats_that_do_not_work_are_named(
    monkeypatch: pytest.MonkeyPatch, *, svg: bool, told: str
) -> None:
    found = {"AVIF": "a", "SVG": "b"}
    monkeypatch.setattr(selftest, "problems", lambda *_, **__: dict(found))
    with pytest.raises(RuntimeError, match=told):
        run(formats_check(None, svg=svg))
