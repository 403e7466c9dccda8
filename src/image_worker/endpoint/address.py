"""Where an endpoint is, and the key to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from image_worker import environment
from image_worker.endpoint.errors import EndpointSettingsError

if TYPE_CHECKING:
    from image_worker.environment import Remote

RUNPOD: Final = "https://api.runpod.ai/v2"
"""Where RunPod has its queue endpoints."""

_ID = re.compile(r"[\w.-]+")
_KEY = re.compile(r"[\x21-\x7e]+")
_HOST, _HOSTS = "api.runpod.ai", ".api.runpod.ai"


@dataclass(frozen=True, slots=True)
class Address:
    """An endpoint's root, to which the names of its operations are added."""

    root: str
    key: str | None = field(default=None, repr=False)

    @property
    def queue_of_runpod(self) -> bool:
        """Whether RunPod's own limits hold there."""
        return urlsplit(self.root).hostname == _HOST

    def url(self, *parts: str) -> str:
        """Return the address of an operation."""
        return "/".join((self.root, *(quote(part, safe="") for part in parts)))


def address(endpoint_id: str | None, url: str | None, api_key: str | None) -> Address:
    """Return where to send jobs; what is not said is looked up in the environment.

    Raises:
        EndpointSettingsError: Nothing says where, or something said cannot be right.
    """
    known = environment.remote()
    if url is None and endpoint_id is None:
        url = known.url
    if url is None:
        endpoint_id = endpoint_id or known.runpod_endpoint
    if url is None and endpoint_id is None:
        raise EndpointSettingsError(
            "expected the id of a RunPod endpoint, or the URL of a server, "
            "or RUNPOD_ENDPOINT_ID or IMAGE_WORKER_URL in the environment; got none"
        )
    base = _checked(url or known.runpod_url or RUNPOD)
    of_runpod = url is None or _is_runpods(base)
    key = api_key or _key(known, of_runpod=of_runpod)
    if key is None and of_runpod:
        raise EndpointSettingsError("expected a key in RUNPOD_API_KEY, got none")
    if key is not None and not _KEY.fullmatch(key):
        raise EndpointSettingsError("expected a key of printable characters, got others in it")
    if endpoint_id is not None and not _ID.fullmatch(endpoint_id):
        raise EndpointSettingsError(f"expected the id of an endpoint, got {endpoint_id[:60]!r}")
    return Address(f"{base}/{endpoint_id}" if endpoint_id else base, key)


def _key(known: Remote, *, of_runpod: bool) -> str | None:
    """Return the key of the environment that is meant for that host, and for no other."""
    return known.runpod_key if of_runpod else known.key


def _is_runpods(base: str) -> bool:
    parts = urlsplit(base)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == _HOST or host.endswith(_HOSTS))


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.query or parts.fragment:
        raise EndpointSettingsError("expected an http or https URL without a query")
    if parts.username or parts.password:
        raise EndpointSettingsError("expected a URL without a name and password in it")
    return url.rstrip("/")
