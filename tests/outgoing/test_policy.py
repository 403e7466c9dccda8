"""Which hosts and ports a policy lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from image_worker.errors import SourceBlockedError
from image_worker.outgoing import Policy
from image_worker.outgoing.policy import Rules
from tests.outgoing.servers import ok, redirect

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.outgoing import Outgoing
    from tests.outgoing.servers import Origin


@pytest.mark.parametrize(
    ("rule", "host", "port", "matches"),
    [
        ("example.com", "example.com", 80, True),
        ("EXAMPLE.com", "example.com", 80, True),
        ("example.com", "a.example.com", 80, False),
        ("example.com", "notexample.com", 80, False),
        ("*.example.com", "a.b.example.com", 80, True),
        ("*.example.com", "example.com", 80, False),
        ("*.example.com", "notexample.com", 80, False),
        ("example.com:81", "example.com", 81, True),
        ("example.com:81", "example.com", 80, False),
        ("127.0.0.1", "127.0.0.1", 80, True),
        ("[2001:db8:0::1]", "2001:db8::1", 80, True),
        ("[2001:db8::1]:81", "2001:db8::1", 80, False),
    ],
)
def test_a_rule_matches_its_hosts(rule: str, host: str, port: int, *, matches: bool) -> None:
    assert Rules(Policy(allow_hosts=(rule,))).allow_host(host, port) is matches
    assert Rules(Policy(deny_hosts=(rule,))).allow_host(host, port) is not matches


def test_denying_stands_before_allowing() -> None:
    rules = Rules(Policy(allow_hosts=("*.example.com",), deny_hosts=("b.example.com",)))
    assert rules.allow_host("a.example.com", 80)
    assert not rules.allow_host("b.example.com", 80)


def test_a_port_named_with_a_host_is_open_for_that_host_alone() -> None:
    rules = Rules(Policy(allow_hosts=("a.example:81", "b.example")))
    assert rules.allow_port("a.example", 81)
    assert rules.allow_port("b.example", 443)
    assert not rules.allow_port("b.example", 81)


@pytest.mark.parametrize(
    "settings",
    [
        {"allow_hosts": ("http://example.com",)},
        {"allow_hosts": ("",)},
        {"deny_hosts": ("*",)},
        {"deny_hosts": ("[::1",)},
        {"deny_hosts": ("[1.2.3.4.5]",)},
        {"allow_hosts": ("example.com:0",)},
        {"allow_networks": ("10.0.0.1/8",)},
        {"allow_networks": ("internal",)},
        {"ports": (0,)},
        {"ports": (65_536,)},
        {"max_redirects": -1},
        {"timeout_seconds": 0},
        {"connect_seconds": float("nan")},
    ],
)
def test_a_policy_that_cannot_work_is_refused_at_once(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Policy(**settings)


def test_a_host_outside_the_list_is_not_fetched(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing]
) -> None:
    server = origin(ok(b"x"))
    with pytest.raises(SourceBlockedError):
        outgoing(allow_hosts=("example.com",)).get(server.url(), max_bytes=10)
    with pytest.raises(SourceBlockedError):
        outgoing(deny_hosts=("127.0.0.1",)).get(server.url(), max_bytes=10)
    with pytest.raises(SourceBlockedError):
        outgoing(ports=(80, 443)).get(server.url(), max_bytes=10)
    assert server.connections == 0
    named = outgoing(ports=(80,), allow_hosts=(f"127.0.0.1:{server.port}",))
    assert named.get(server.url(), max_bytes=10) == b"x"


@pytest.mark.parametrize("settings", [{"deny_hosts": ("127.0.0.2",)}, {"ports": None}])
def test_the_lists_hold_for_redirects_too(
    origin: Callable[..., Origin], outgoing: Callable[..., Outgoing], settings: dict[str, Any]
) -> None:
    end = origin(ok(b"x"), host="127.0.0.2")
    start = origin(redirect(end.url(host="127.0.0.2")))
    if "ports" in settings:
        settings = {"ports": (start.port,)}
    with pytest.raises(SourceBlockedError, match=r"^127\.0\.0\.1 "):
        outgoing(**settings).get(start.url(), max_bytes=10)
    assert (start.connections, end.connections) == (1, 0)
    assert outgoing().get(start.url(), max_bytes=10) == b"x"
