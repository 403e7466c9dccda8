"""Where the server listens, and whether it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.server.access import is_local
from image_worker.settings import SettingsError

if TYPE_CHECKING:
    from image_worker.environment import Surroundings
    from image_worker.serving import Serving

_PORT = 8000
_HERE, _EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - only where a platform wants it

_HINT = (
    "this is a container, and without keys only programs in it are answered: "
    "set IMAGE_WORKER_API_KEYS, or --no-auth, to be reached from outside"
)


@dataclass(frozen=True, slots=True)
class Binding:
    """An address, and what is behind it."""

    host: str
    port: int
    public: bool
    """Whether others than this machine can reach it."""
    hint: str = ""
    """What to do where that is a surprise."""


def binding(serving: Serving, surroundings: Surroundings) -> Binding:
    """Return where to listen; raises a `SettingsError` where strangers could use it for free.

    A container alone is no reason to: without keys the server in it listens for itself, as on a
    laptop, and `hint` says what others need.
    """
    guarded = bool(serving.api_keys) or serving.no_auth
    wanted = surroundings.port is not None or (surroundings.container and guarded)
    host = serving.host or (_EVERYWHERE if wanted else _HERE)
    public = not is_local(host)
    if public and not guarded:
        raise SettingsError(
            f"refusing to listen on {host}, where anybody could use the server: set "
            "IMAGE_WORKER_API_KEYS, or --no-auth if something in front of it asks for keys"
        )
    hint = "" if public or not surroundings.container else _HINT
    return Binding(host, serving.port or surroundings.port or _PORT, public, hint)
