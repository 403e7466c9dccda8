"""SECURITY.md: its table of limits, between two marks; the rest is written by hand."""

from __future__ import annotations

import re
from pathlib import Path

from image_worker.limits import Limits
from image_worker.settings import PREFIX, Settings
from pages.schema import meaning

_PAGE = Path(__file__).parents[2] / "SECURITY.md"
_BEGIN, _END = "<!-- limits: written by ./run docs -->\n", "<!-- end of limits -->"
_OTHERS = (
    "max_body_bytes", "body_timeout", "fetch_timeout", "max_redirects", "ports", "job_timeout",
    "delivery_timeout", "child_memory_bytes", "queue_seconds", "waiting_bytes", "max_queued",
)  # fmt: skip
_DEFAULT = re.compile(r"\s*Default: (.+)$")


def page() -> str:
    """Return the page with its table as the settings are now."""
    before, _, rest = _PAGE.read_text().partition(_BEGIN)
    return f"{before}{_BEGIN}{_table()}{_END}{rest.partition(_END)[2]}"


def _table() -> str:
    properties = Settings.raw_schema()["properties"]
    lines = ["| limit | default | setting |", "|---|---|---|"]
    for name in (*Limits.model_fields, *_OTHERS):
        text = meaning(properties[name])
        default = properties[name].get("default")
        said = _DEFAULT.search(text)
        shown = (said[1].rstrip(".") if said else "none") if default is None else _plain(default)
        what = _DEFAULT.sub("", text).partition(";")[0].rstrip(".")
        lines.append(f"| {what} | {shown} | `{PREFIX}{name.upper()}` |")
    return "\n".join(lines) + "\n"


def _plain(default: object) -> str:
    if isinstance(default, list):
        return ", ".join(map(str, default))
    return f"{default:,}"
