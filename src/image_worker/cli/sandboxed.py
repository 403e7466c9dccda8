"""How children would be locked down here, as a child that was really started tells."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from image_worker.errors import EngineUnavailableError

if TYPE_CHECKING:
    from image_worker.settings import Settings

Json = dict[str, Any]

_MEND = {
    "no_new_privileges": "the container forbids prctl; use Docker's default seccomp profile",
    "landlock": "Linux 5.13 or newer is needed, with landlock in its list of security modules",
    "seccomp": "the kernel or the container forbids seccomp filters, or this is not x86-64 or ARM",
}
"""Each wall, and what to do where there is none."""


def sandbox(settings: Settings) -> Json:
    """Return which walls stand around children, what each lacks, and how to mend it."""
    if sys.platform != "linux":
        return {"ok": False, "problem": "children need Linux; pictures are worked in this process"}
    engine = settings.model_copy(update={"isolated": True, "children": 1}).engine()
    try:
        locked = dict(engine.abilities().locked or {})
    except EngineUnavailableError as error:
        return {"ok": False, "problem": error.message}
    finally:
        engine.close()
    lacking = {name: mend for name, mend in _MEND.items() if not locked.get(name)}
    return {
        "ok": not lacking,
        "children": settings.children,
        **locked,
        "mend": lacking,
        "problem": "" if locked.get("landlock") or locked.get("seccomp") else _OPEN,
    }


_OPEN = "this machine allows no sandbox: a decoder that is taken over can read files and connect"
