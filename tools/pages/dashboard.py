"""deploy/grafana.json: a dashboard of everything that `/metrics` tells."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

_SOURCE: Json = {"type": "prometheus", "uid": "${source}"}
_WHOLE = 24
_HEIGHT = 8
_RATE = "[$__rate_interval]"
_MINE = 'instance=~"$instance"'


def _quantile(quantile: float, metric: str, by: str) -> str:
    rate = f"rate(image_worker_{metric}_bucket{{{_MINE}}}{_RATE})"
    return f"histogram_quantile({quantile}, sum by (le, {by}) ({rate}))"


def _rate(metric: str, by: str = "") -> str:
    rate = f"rate(image_worker_{metric}{{{_MINE}}}{_RATE})"
    return f"sum by ({by}) ({rate})" if by else f"sum({rate})"


def _value(metric: str) -> str:
    return f"image_worker_{metric}{{{_MINE}}}"


_PANELS: tuple[tuple[str, int, str, str, dict[str, str]], ...] = (
    ("Requests", 8, "reqps", "By route and status.",
     {"{{route}} {{status}}": _rate("requests_total", "route, status")}),
    ("Time of requests", 8, "s", "95 of 100 are faster.",
     {"{{route}}": _quantile(0.95, "request_duration_seconds", "route")}),
    ("Jobs", 8, "ops", "Those that ended, by how.",
     {"{{status}}": _rate("jobs_total", "status")}),
    ("Time of jobs, median", 8, "s", "All pixel work of a job is one span: render.",
     {"{{span}}": _quantile(0.5, "job_span_duration_seconds", "span")}),
    ("Time of jobs, 95 of 100", 8, "s", "As beside it.",
     {"{{span}}": _quantile(0.95, "job_span_duration_seconds", "span")}),
    ("Errors", 8, "ops", "Jobs that failed, by code; docs/errors.md explains each.",
     {"{{code}}": _rate("errors_total", "code")}),
    ("Queue", 8, "short", "Jobs of the queue, and how many processes work them.",
     {"waiting": _value("queue_jobs_waiting"), "running": _value("queue_jobs_running"),
      "workers": _value("queue_workers"), "answers": _value("queue_up")}),
    ("Children", 8, "short", "Processes that work pictures, and jobs that wait for one.",
     {"busy": _value("workers_busy"), "all": _value("workers"),
      "waiting": _value("queue_depth"), "here": _value("jobs_in_progress")}),
    ("Memory", 8, "bytes", "Of the server itself, and of the results and sources it keeps.",
     {"resident": _value("resident_bytes"), "cache": _value("cache_bytes"),
      "sources": _value("source_cache_bytes")}),
    ("Operations", 8, "ops", "By name.", {"{{op}}": _rate("operations_total", "op")}),
    ("Formats", 4, "ops", "Of the results.",
     {"{{format}}": _rate("output_format_total", "format")}),
    ("Cache", 4, "ops", "What the cache had; sources are pictures by URL.",
     {"{{result}}": _rate("cache_requests_total", "result"),
      "stored": _rate("cache_stored_hits"),
      "sources {{result}}": _rate("source_cache_requests_total", "result")}),
    ("Bytes", 8, "Bps", "In and out.",
     {"in": _rate("input_bytes_total"), "out": _rate("output_bytes_total")}),
)  # fmt: skip


def page() -> str:
    """Return the dashboard as Grafana imports it."""
    dashboard = {
        "title": "worker-image",
        "uid": "worker-image",
        "schemaVersion": 39,
        "tags": ["image-worker"],
        "time": {"from": "now-1h", "to": "now"},
        "refresh": "30s",
        "templating": {
            "list": [
                {"name": "source", "label": "Prometheus", "type": "datasource",
                 "query": "prometheus"},
                {"name": "instance", "label": "Server", "type": "query", "datasource": _SOURCE,
                 "query": "label_values(image_worker_build_info, instance)", "refresh": 2,
                 "includeAll": True, "multi": True, "allValue": ".*",
                 "current": {"text": "All", "value": "$__all"}},
            ]
        },
        "panels": _panels(),
    }  # fmt: skip
    return json.dumps(dashboard, indent=2) + "\n"


def _panels() -> list[Json]:
    panels, left, top = [], 0, 0
    for number, (title, width, unit, text, lines) in enumerate(_PANELS, start=1):
        if left + width > _WHOLE:
            left, top = 0, top + _HEIGHT
        panels.append(
            {
                "id": number,
                "title": title,
                "description": text,
                "type": "timeseries",
                "datasource": _SOURCE,
                "gridPos": {"x": left, "y": top, "w": width, "h": _HEIGHT},
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "targets": [
                    {"refId": chr(65 + index), "expr": query, "legendFormat": legend}
                    for index, (legend, query) in enumerate(lines.items())
                ],
            }
        )
        left += width
    return panels
