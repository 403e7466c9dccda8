"""What `image-worker doctor` looks at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyvips

from image_worker.cli.sandboxed import sandbox
from image_worker.engine.selftest import problem, promised
from image_worker.extras import EXTRAS, installed
from image_worker.health import memory, read_formats, written_formats
from image_worker.machine import processors
from image_worker.settings import PREFIX, Settings, unknown_settings
from image_worker.vision.places import Places
from image_worker.vision.table import VENDOR, read_table

if TYPE_CHECKING:
    from image_worker.worker import Worker

Json = dict[str, Any]


def diagnose(settings: Settings) -> Json:
    """Look at everything, and return it as JSON."""
    worker = settings.worker()
    formats = [_format(name, settings, worker) for name in promised(svg=settings.svg)]
    return {
        "ok": all(one["ok"] for one in formats),
        "versions": dict(worker.engine.abilities().versions),
        "formats": formats,
        "fonts": _fonts(),
        "extras": {name: installed(name) for name in EXTRAS},
        "models": _models(settings),
        "settings": _changed(settings),
        "unknown_settings": unknown_settings(),
        "limits": settings.limits.model_dump(),
        "machine": _machine(settings),
        "sandbox": sandbox(settings),
    }


def _format(name: str, settings: Settings, worker: Worker) -> Json:
    reads, writes = name in read_formats(svg=settings.svg), name in written_formats()
    found = problem(name, worker.engine, svg=settings.svg)
    return {"name": name, "read": reads, "write": writes, "ok": not found, "problem": found}


def _models(settings: Settings) -> Json:
    """Return which models are built in, and which others are here."""
    places = Places(settings.setup.folders, settings.setup.hubs)
    files = {name: places.file(spec) for name, spec in read_table(settings.models).items()}
    built_in = [name for name, file in files.items() if file and file.parent == VENDOR]
    pulled = [name for name, file in files.items() if file and name not in built_in]
    return {"built_in": built_in, "pulled": pulled}


def _fonts() -> Json:
    """Draw two letters: without fonts both are the same box, or nothing."""
    try:
        narrow, wide = (pyvips.Image.text(letter, dpi=300) for letter in "iW")
    except pyvips.Error:
        return {"ok": False, "mend": _mend_fonts()}
    ok = wide.avg() > 0 and wide.width > narrow.width
    return {"ok": ok, "mend": "" if ok else _mend_fonts()}


def _mend_fonts() -> str:
    return "install fontconfig and a font, such as Debian's fonts-dejavu-core"


def _changed(settings: Settings) -> Json:
    """Return the settings that differ from their defaults, by variable."""
    fields = Settings.model_fields
    values = settings.model_dump(mode="json")
    return {
        f"{PREFIX}{name.upper()}": values[name]
        for name, field in fields.items()
        if getattr(settings, name) != field.get_default(call_default_factory=True)
    }


def _machine(settings: Settings) -> Json:
    return {
        "processors": processors(),
        "threads": settings.threads or int(pyvips.vips_lib.vips_concurrency_get()),
        "memory": memory(),
        "directory": str(Path.cwd()),
        "writable": os.access(Path.cwd(), os.W_OK),
    }
