"""Where results are written into the documentation."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from benchmarks.installing import ROOT

_PAGE = ROOT / "docs" / "performance.md"
_PICTURES = ROOT / "docs" / "pictures"


def replace(name: str, text: str) -> None:
    """Put the text in place of what the page has between the comments of this name."""
    page = _PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if begin not in page:
        raise LookupError(f"{_PAGE} has no {begin}")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    _PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def picture(name: str, text: str) -> None:
    """Write a picture of the page."""
    (_PICTURES / name).write_text(text, encoding="utf-8")


def machine() -> str:
    """Return a sentence on the machine, and the load that it had."""
    today = dt.datetime.now(tz=dt.UTC).date()
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return (
        f"Measured on {today}: {_processor()}, {cores} processors that were shared (load {load:.1f}"
        f" at the end), Python {platform.python_version()}, libvips {version('pyvips-binary')}."
    )


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return named[1].strip() if named else platform.machine()
