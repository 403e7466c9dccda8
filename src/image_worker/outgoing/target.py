"""Where a URL points, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from image_worker.errors import InvalidUrlError
from image_worker.outgoing.addresses import parse_address

if TYPE_CHECKING:
    from yarl import URL

MAX_URL_CHARACTERS = 4_096
"""The longest URL that is read, in characters."""

DEFAULT_PORTS = {"http": 80, "https": 443}

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]+)(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?:#.*)?",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::(?P<port>[0-9]{0,5}))?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMERIC_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_MAX_NAME_CHARACTERS = 253
_LAST_PORT = 65_535
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Target:
    """One address on the web: what a URL says, without its fragment.

    `host` is a lower-case ASCII name without a final dot, or an address without brackets; `path`
    holds the query as well and is sent exactly so.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Host and port, as lists of allowed hosts name them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The URL as far as its host, with the port where it is not the usual one."""
        usual = f":{DEFAULT_PORTS[self.scheme]}"
        return f"{self.scheme}://{self.netloc.removesuffix(usual)}"

    @property
    def url(self) -> URL:
        """The URL as the HTTP client takes it, not to be quoted again."""
        from yarl import URL  # noqa: PLC0415 - slow to load, and most jobs name no URL

        return URL(f"{self.origin}{self.path}", encoded=True)

    def keeps_secrets_of(self, other: Target) -> bool:
        """Tell whether headers meant for `other` may be sent here: same origin, or now by TLS."""
        if self.host != other.host:
            return False
        if (self.scheme, self.port) == (other.scheme, other.port):
            return True
        return (other.scheme, other.port, self.scheme, self.port) == ("http", 80, "https", 443)


def parse_target(text: str) -> Target:
    """Read a URL.

    Raises:
        InvalidUrlError: It is longer than `MAX_URL_CHARACTERS`, has control characters, spaces,
            backslashes or credentials, or is not an http or https URL with a proper host.
    """
    if len(text) > MAX_URL_CHARACTERS:
        raise InvalidUrlError(
            f"The URL has {len(text)} characters; at most {MAX_URL_CHARACTERS} are allowed."
        )
    # `isprintable` is false for controls, line ends, invisible marks and lone surrogates.
    if not text.isprintable() or " " in text or "\\" in text:
        raise InvalidUrlError("The URL has a space, a backslash or an invisible character in it.")
    match = _URL.fullmatch(text)
    if match is None:
        raise InvalidUrlError("Only URLs that begin with http:// or https:// can be fetched.")
    scheme = match["scheme"].lower()
    host, port = _parse_authority(match["authority"], DEFAULT_PORTS[scheme])
    path = quote((match["path"] or "/") + (match["query"] or ""), safe=_ASCII)
    return Target(scheme, host, port, path)


def _parse_authority(text: str, default_port: int) -> tuple[str, int]:
    """Split `host:port`."""
    if "@" in text:
        raise InvalidUrlError("The URL must not hold a user name or a password.")
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        raise InvalidUrlError("The URL's host or port is not well formed.")
    port = int(match["port"] or default_port)
    if not 0 < port <= _LAST_PORT:
        raise InvalidUrlError("The URL's port must lie between 1 and 65535.")
    return _parse_host(match["host"]), port


def _parse_host(text: str) -> str:
    """Return the host in its one spelling."""
    if text.startswith("["):
        address = parse_address(text[1:-1])
        if address is None or address.version == 4:  # noqa: PLR2004 - the 4 of IPv4
            raise InvalidUrlError("The URL's host is not an IPv6 address.")
        return str(address)
    host = _to_ascii(text).lower().removesuffix(".")
    if len(host) > _MAX_NAME_CHARACTERS or _NAME.fullmatch(host) is None:
        raise InvalidUrlError("The URL's host is not a valid name.")
    # Resolvers read 2130706433, 0x7f.1 and 0177.0.0.1 as addresses; only the usual form is taken.
    if _NUMERIC_END.fullmatch(host) and parse_address(host) is None:
        raise InvalidUrlError("The URL's host is not written as four decimal numbers.")
    return host


def _to_ascii(host: str) -> str:
    """Return an international name as it stands in the DNS."""
    if host.isascii():
        return host
    try:
        from yarl import URL  # noqa: PLC0415 - see `Target.url`

        return URL.build(scheme="http", host=host).raw_host or ""
    except (ValueError, UnicodeError) as error:
        raise InvalidUrlError("The URL's host is not a valid international name.") from error
