"""A real broker for each test, and tests that are coroutines."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.queue import Broker, Embedding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted: dict[str, Any] = {
        name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames
    }
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**wanted), 60))
    return True


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(Embedding(tmp_path / "queue")) as running:
        yield running
