"""The files that children may read: code, libraries and fonts, and what the processor can do."""

from __future__ import annotations

import site
import sys
from importlib.metadata import entry_points
from pathlib import Path

_PLUGINS = "image_worker.operations"
_SYSTEM = (
    "/usr/lib",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/var/cache/fontconfig",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/sys/devices/system/cpu",
    "/sys/bus/pci/devices",
)
_OF_HOME = (".fonts", ".local/share/fonts", ".config/fontconfig", ".cache/fontconfig")


def readable() -> list[str]:
    """Return files and folders; some of them may not be there."""
    own = Path(__file__).parent.parent
    prefixes = (sys.prefix, sys.base_prefix, *site.getsitepackages(), site.getusersitepackages())
    return [str(own), *prefixes, *_plugins(), *_SYSTEM, *_fonts_of_home()]


def _plugins() -> list[str]:
    """Return the folders of packages that brought operations, and the files of single modules."""
    places = []
    for entry in entry_points(group=_PLUGINS):
        package = sys.modules.get(entry.module.partition(".")[0])
        file = getattr(package, "__file__", None)
        folders = list(getattr(package, "__path__", ()))
        places += folders or ([file] if file else [])
    return places


def _fonts_of_home() -> list[str]:
    try:
        home = Path.home()
    except RuntimeError:  # the user has none
        return []
    return [str(home / folder) for folder in _OF_HOME]
