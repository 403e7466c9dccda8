"""How the server is set up."""

from __future__ import annotations

from dataclasses import dataclass, field

from image_worker.server.access import Doors, Keys
from image_worker.server.links import LinkKeys


@dataclass(frozen=True, slots=True)
class Options:
    """What the routes need to know; `settings` makes it."""

    keys: Keys = field(default_factory=Keys)
    doors: Doors = field(default_factory=Doors)
    link_keys: LinkKeys = field(default_factory=lambda: LinkKeys({}))
    max_body_bytes: int = 30_000_000
    """Bytes of a request that brings pictures as they are."""
    run_bytes: int = 10_000_000
    """Bytes of a request to `/run`, as RunPod has it."""
    runsync_bytes: int = 20_000_000
    """Bytes of a request to `/runsync`."""
    body_seconds: float = 60.0
    cache_seconds: int = 3600
    """What `Cache-Control` says of pictures from `/image`."""
