"""The dashboard and the alerts ask for nothing that does not exist."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.processes import ROOT

if TYPE_CHECKING:
    from tests.server.live import LiveServer

DEPLOY = ROOT / "deploy"
SUFFIXES = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""]}


@pytest.mark.parametrize("name", ["grafana.json", "alerts.yml"])
def test_every_metric_that_is_named_exists(live: LiveServer, name: str) -> None:
    known = {
        f"{family.name}{suffix}"
        for family in text_string_to_metric_families(live.client.get("/metrics").text)
        for suffix in SUFFIXES[family.type]
    }
    named = set(re.findall(r"\bimage_worker_\w+", (DEPLOY / name).read_text()))
    assert len(named) > 5
    assert named <= known


def test_the_dashboard_shows_every_metric(live: LiveServer) -> None:
    shown = (DEPLOY / "grafana.json").read_text()
    families = text_string_to_metric_families(live.client.get("/metrics").text)
    names = {family.name for family in families if not family.name.endswith("_created")}
    assert {name for name in names if name not in shown} == set()


def test_panels_do_not_overlap() -> None:
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    places = [
        (grid["x"] + x, grid["y"] + y)
        for grid in (panel["gridPos"] for panel in panels)
        for x in range(grid["w"])
        for y in range(grid["h"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) == 23
