"""What may be fetched, and how long it may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING

from image_worker.outgoing.addresses import parse_address

if TYPE_CHECKING:
    from image_worker.outgoing.addresses import Network

_RULE = re.compile(
    r"(?P<any>\*\.)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be fetched, and how long it may take.

    Hosts are compared with the host as the URL spells it, never with what it resolves to. An entry
    is `example.com`, `*.example.com` (every name below it, not itself), an address such as
    `192.0.2.7` or `[2001:db8::7]`, or one of these with a port: `example.com:8080`. International
    names are written in their `xn--` form.

    Attributes:
        allow_hosts: If any are given, only these hosts. Default: all.
        deny_hosts: Never these hosts; stands before `allow_hosts`. Default: none.
        allow_networks: Networks (CIDR) that are allowed although they are not public, such as
            `10.1.0.0/16`. Default: none.
        ports: Allowed ports, 1 to 65535. A port in an entry of `allow_hosts` is allowed for that
            host as well. Default: 80 and 443.
        max_redirects: How many redirects are followed, 0 or more. Default: 5.
        timeout_seconds: For the whole fetch, with redirects and body; above 0. Default: 10.
        connect_seconds: For each connection, with look-up and TLS; above 0. Default: 3.

    Raises:
        ValueError: A value is out of range, or an entry cannot be read.
    """

    allow_hosts: tuple[str, ...] = ()
    deny_hosts: tuple[str, ...] = ()
    allow_networks: tuple[str, ...] = ()
    ports: tuple[int, ...] = (80, 443)
    max_redirects: int = 5
    timeout_seconds: float = 10.0
    connect_seconds: float = 3.0

    def __post_init__(self) -> None:
        """Refuse what could never work, before the first fetch."""
        Rules(self)
        if not all(0 < port <= _LAST_PORT for port in self.ports):
            raise ValueError("ports must lie between 1 and 65535")
        if self.max_redirects < 0:
            raise ValueError("max_redirects must not be negative")
        if not (self.timeout_seconds > 0 and self.connect_seconds > 0):
            raise ValueError("timeout_seconds and connect_seconds must be above 0")


@dataclass(frozen=True, slots=True)
class HostRule:
    """One entry of `allow_hosts` or `deny_hosts`, taken apart."""

    host: str
    below: bool
    port: int | None

    @classmethod
    def parse(cls, text: str) -> HostRule:
        """Read an entry.

        Raises:
            ValueError: It is not one of the forms that `Policy` names.
        """
        match = _RULE.fullmatch(text.lower())
        if match is None:
            raise ValueError(f"not a host, or host and port: {text!r}")
        port = int(match["port"]) if match["port"] else None
        if port is not None and not 0 < port <= _LAST_PORT:
            raise ValueError(f"not a port: {text!r}")
        return cls(_plain_host(match["host"]), below=bool(match["any"]), port=port)

    def matches(self, host: str, port: int) -> bool:
        """Tell whether the rule speaks about `host` at `port`."""
        if self.port not in (None, port):
            return False
        return host.endswith(f".{self.host}") if self.below else host == self.host


class Rules:
    """A policy in the form in which it is applied."""

    def __init__(self, policy: Policy) -> None:
        """Read the entries of `policy`; raises ValueError where one cannot be read."""
        self._ports = frozenset(policy.ports)
        self._allow = tuple(HostRule.parse(text) for text in policy.allow_hosts)
        self._deny = tuple(HostRule.parse(text) for text in policy.deny_hosts)
        self.networks: tuple[Network, ...] = tuple(map(ip_network, policy.allow_networks))

    def allow_host(self, host: str, port: int) -> bool:
        """Tell whether the lists let `host` be fetched from."""
        if any(rule.matches(host, port) for rule in self._deny):
            return False
        return not self._allow or any(rule.matches(host, port) for rule in self._allow)

    def allow_port(self, host: str, port: int) -> bool:
        """Tell whether `port` is open in general, or for this host."""
        named = (rule for rule in self._allow if rule.port == port)
        return port in self._ports or any(rule.matches(host, port) for rule in named)


def _plain_host(host: str) -> str:
    """Return an address in its shortest spelling and a name unchanged, without brackets."""
    inner = host.removeprefix("[").removesuffix("]")
    address = parse_address(inner)
    if address is None and inner != host:
        raise ValueError(f"not an address: {host!r}")
    return inner if address is None else str(address)
