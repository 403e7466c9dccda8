"""Where the pixels are worked: plain values go in, plain values come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.engine.request import Abilities, Engine, Load, RenderRequest, digest_of

if TYPE_CHECKING:
    from image_worker.engine.inprocess import InProcessEngine

__all__ = ["Abilities", "Engine", "InProcessEngine", "Load", "RenderRequest", "digest_of"]


def __getattr__(name: str) -> Any:
    """Load what brings the whole catalogue with it only where it is used."""
    if name != "InProcessEngine":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from image_worker.engine.inprocess import InProcessEngine  # noqa: PLC0415

    return InProcessEngine
