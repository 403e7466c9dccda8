"""RunPod's SDK, imported without what a worker does not need of it.

More than a second of its import is spent on naming the processor, and a fifth of the rest on SSH.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def imported() -> Any:
    """Return the SDK."""
    # Its debugger writes "Unable to get processor info" where py-cpuinfo knows nothing.
    with _postponed("cpuinfo", get_cpu_info=dict), _postponed("paramiko"):
        return importlib.import_module("runpod")


@contextmanager
def _postponed(name: str, **known: Any) -> Iterator[None]:
    """Have others import a stand-in for a module, inside of the block.

    Beside what it knows, the stand-in gets everything from the module itself, which is loaded then.
    """
    before = sys.modules.get(name)
    stand_in = ModuleType(name)
    vars(stand_in).update(known)

    def wanted(attribute: str) -> Any:
        return getattr(importlib.import_module(name), attribute)

    vars(stand_in)["__getattr__"] = wanted
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]
        if before:
            sys.modules[name] = before
