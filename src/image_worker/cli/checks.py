"""What `image-worker doctor` looks at."""

from __future__ import annotations

import os
import platform
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pybase64
import pyvips

from image_worker import catalog
from image_worker.errors import ImageWorkerError
from image_worker.health import memory, processors, read_formats, written_formats
from image_worker.job import read_job
from image_worker.settings import PREFIX, Settings, unknown_settings
from image_worker.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.worker import Worker

Json = dict[str, Any]

EXTRAS = {"runpod": "runpod"}
"""Each optional part, and the module that it brings."""

_SIDE = 16
_COLOURS = ((200, 60, 40), (40, 90, 200))
"""The upper and the lower half of the picture that every format has to keep."""
_NEAR = 12
"""Levels that a format with losses may differ by, on average."""

_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">'
    b'<rect width="16" height="8" fill="rgb(200,60,40)"/>'
    b'<rect y="8" width="16" height="8" fill="rgb(40,90,200)"/></svg>'
)


def diagnose(settings: Settings) -> Json:
    """Look at everything, and return it as JSON."""
    worker = settings.worker()
    formats = [_format(name, settings, worker) for name in _promised(settings)]
    return {
        "ok": all(one["ok"] for one in formats),
        "versions": _versions(),
        "formats": formats,
        "fonts": _fonts(),
        "extras": {name: bool(find_spec(module)) for name, module in EXTRAS.items()},
        "settings": _changed(settings),
        "unknown_settings": unknown_settings(),
        "limits": settings.limits.model_dump(),
        "machine": _machine(settings),
    }


def _versions() -> dict[str, str]:
    return {
        "image-worker": __version__,
        "python": platform.python_version(),
        "pyvips": pyvips.__version__,
        "libvips": ".".join(str(pyvips.version(part)) for part in range(3)),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def _promised(settings: Settings) -> list[str]:
    """Return every format that is read or written."""
    readers = [one.name for one in catalog.READERS if settings.svg or one.name != "SVG"]
    return sorted({*readers, *written_formats()})


def _format(name: str, settings: Settings, worker: Worker) -> Json:
    reads, writes = name in read_formats(svg=settings.svg), name in written_formats()
    problem = _problem(lambda: _round_trip(name, worker, writes=writes))
    return {"name": name, "read": reads, "write": writes, "ok": not problem, "problem": problem}


def _round_trip(name: str, worker: Worker, *, writes: bool) -> str:
    """Write the picture and read it again; return what is wrong with it."""
    written = _converted(_painted().pngsave_buffer(), name, worker) if writes else _SVG
    back = pyvips.Image.new_from_buffer(_converted(written, "PNG", worker), "")
    difference = float((back[:3] - _painted()).abs().avg())
    return f"the colours came back {difference:.0f} levels off" if difference > _NEAR else ""


def _converted(data: bytes, name: str, worker: Worker) -> bytes:
    image = {"base64": pybase64.b64encode_as_string(data)}
    job = {"image": image, "output": {"format": name}, "cache": "off"}
    return worker.run(read_job(job, worker.limits)).rendered.data


def _painted() -> pyvips.Image:
    halves = [
        pyvips.Image.black(_SIDE, _SIDE // 2).bandjoin([0, 0]) + list(colour) for colour in _COLOURS
    ]
    whole = halves[0].join(halves[1], "vertical")
    return whole.cast("uchar").copy(interpretation="srgb")


def _problem(check: Callable[[], str]) -> str:
    try:
        return check()
    except (ImageWorkerError, pyvips.Error) as error:
        return str(error).strip() or type(error).__name__


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
