"""What `doctor` tells of the walls around children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from image_worker.cli.doctor import _sandbox
from image_worker.cli.sandboxed import sandbox
from image_worker.engine import Abilities
from image_worker.engine.isolated import IsolatedEngine
from image_worker.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

WALLS = {"no_new_privileges": True, "landlock": 4, "seccomp": True}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> dict[str, Any]:
    locked: Mapping[str, Any] = {"memory_bytes": 10**9, **WALLS, **request.param}
    monkeypatch.setattr(IsolatedEngine, "abilities", lambda _: Abilities((), {}, locked))
    return sandbox(Settings(children=2))


def test_a_child_that_was_really_started_tells() -> None:
    told = sandbox(Settings(child_memory_bytes=400_000_000))
    assert told["memory_bytes"] == 400_000_000
    assert set(WALLS) <= set(told)


@pytest.mark.parametrize("told", [{}], indirect=True)
def test_all_is_well_where_all_walls_stand(told: dict[str, Any]) -> None:
    assert told["ok"]
    assert [state for _, state, _ in _sandbox(told)] == ["", "ok", "ok", "ok"]


@pytest.mark.parametrize("told", [{"landlock": 0}], indirect=True)
def test_a_wall_that_is_missing_is_told_with_what_to_do(told: dict[str, Any]) -> None:
    assert (told["ok"], told["problem"], list(told["mend"])) == (False, "", ["landlock"])
    assert ("files", "missing", told["mend"]["landlock"]) in list(_sandbox(told))


@pytest.mark.parametrize("told", [{"landlock": 0, "seccomp": False}], indirect=True)
def test_a_machine_that_allows_no_sandbox_gets_a_warning(told: dict[str, Any]) -> None:
    assert "allows no sandbox" in told["problem"]
    assert ("all", "note", told["problem"]) in list(_sandbox(told))
