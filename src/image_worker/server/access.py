"""Who may call: keys, and the hosts and origins that a browser may call from."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_HASHED = re.compile("sha256:([0-9a-f]{64})")
_LOCAL_NAMES = frozenset({"localhost", "ip6-localhost"})


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that open the server; only their digests are held."""

    digests: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Keys:
        """Read keys, each as such or as `sha256:` with the 64 hexadecimal digits of its digest."""
        return cls(tuple(_digest_of(text) for text in texts))

    def __bool__(self) -> bool:
        """Tell whether there are any; without, everybody may call."""
        return bool(self.digests)

    def open(self, authorization: str | None) -> bool:
        """Tell whether the header `Authorization` brings one of the keys.

        `Bearer KEY` and the bare key are both understood, as RunPod's clients send both. Every
        key is compared, so that the time tells nothing.
        """
        if not authorization:
            return False
        scheme, _, rest = authorization.partition(" ")
        given = rest.strip() if scheme.lower() == "bearer" else authorization
        digest = hashlib.sha256(given.encode()).digest()
        return sum(hmac.compare_digest(digest, known) for known in self.digests) > 0


def _digest_of(text: str) -> bytes:
    hashed = _HASHED.fullmatch(text)
    return bytes.fromhex(hashed[1]) if hashed else hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Doors:
    """What browsers may do, so that a page elsewhere cannot use a server that it cannot read."""

    hosts: frozenset[str] = frozenset()
    """Names by which this server is called beside those of the machine itself; empty where it is
    public, as then any name may lead to it."""
    origins: frozenset[str] = frozenset()
    """Origins of other pages that may call, such as `https://app.example.com`."""
    public: bool = False

    def host_is_ours(self, host: str | None) -> bool:
        """Tell whether the header `Host` names this server.

        A name of somebody else's that leads to the loopback address is how pages reach servers
        that listen there only.
        """
        try:
            name = urlsplit(f"//{host or ''}").hostname or ""
        except ValueError:  # no address of any version
            name = ""
        return self.public or name in self.hosts or is_local(name)

    def origin_may_call(self, origin: str | None, host: str | None) -> bool:
        """Tell whether a page of that origin may change something here.

        Programs send no origin, and our own page sends the host that it calls.
        """
        if origin is None:
            return True
        try:
            return urlsplit(origin).netloc == host or origin in self.origins
        except ValueError:
            return False


def is_local(name: str) -> bool:
    """Tell whether a host can only be this machine."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name in _LOCAL_NAMES
