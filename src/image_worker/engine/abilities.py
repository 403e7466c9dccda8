"""What libvips can do here, without touching a picture."""

from __future__ import annotations

import platform

import pyvips

from image_worker.engine.request import Abilities
from image_worker.formats.reading import readers
from image_worker.version import __version__


def abilities() -> Abilities:
    """Return what an engine of this process can do."""
    return Abilities(reads=_read_formats(), versions=_versions())


def _read_formats() -> tuple[str, ...]:
    """Return the formats for which libvips has a loader."""
    return tuple(
        reader.name for reader in readers() if pyvips.type_find("VipsForeignLoad", reader.loader)
    )


def _versions() -> dict[str, str]:
    return {
        "image-worker": __version__,
        "python": platform.python_version(),
        "pyvips": pyvips.__version__,
        "libvips": ".".join(str(pyvips.version(part)) for part in range(3)),
        "platform": f"{platform.system()} {platform.machine()}",
    }
