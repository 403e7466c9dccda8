"""No spelling of a forbidden address is ever connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from image_worker.errors import (
    InvalidUrlError,
    SourceBlockedError,
    SourceError,
    SourceUnreachableError,
)
from tests.outgoing.servers import ok, redirect

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.outgoing import Outgoing
    from tests.outgoing.servers import Origin

# Well spelled, or names that the DNS of the test leads there: only the guard can stop these.
ADDRESSES = [
    "127.0.0.1",
    "127.0.0.2",
    "127.1.2.3",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - fetched, not bound
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.192",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fd00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:127.0.0.1",
    "::ffff:0.0.0.0",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::7f00:1",
    "::ffff:0:127.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "64:ff9b::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::127.0.0.1",
    "2001:0:7f00:1::",
    "2001:0:53aa:64c:0:0:80ff:fffe",
    "2606:4700::5efe:127.0.0.1",
    "2606:4700::200:5efe:7f00:1",
    "fe80::5efe:127.0.0.1",
]
BRACKETED = [f"[{text}]" if ":" in text else text for text in ADDRESSES]
# Digits at full width, and ideographic dots.
WIDE = "".join(chr(ord(digit) + 0xFEE0) for digit in "127")
WIDE_SPELLINGS = [
    f"{WIDE}.0.0.1",
    "127\uff0e0\uff0e0\uff0e1",
    "127\u30020\u30020\u30021",
    "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
]
SPELLINGS = [
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "LocalHost.LocalDomain",
    "localhost%2e",
    "127.1",
    "127.0.1",
    "127",
    "2130706433",
    "2130706433.",
    "0x7f000001",
    "0x7F.0.0.1",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000177.0.0.1",
    "127.0.0.01",
    "127.00.0.1",
    "0127.0.0.1",
    "0",
    "0.0",
    "0x0",
    "00",
    "4294967295",
    "127.0.0.1%20",
    "127.0.0.1%00",
    "127.0.0.1%09",
    "%31%32%37.0.0.1",
    "[::1%25lo]",
    "[::1%lo]",
    "[127.0.0.1]",
    "[::ffff:0x7f.1]",
    "[0:0:0:0:0:0:0:1]",
    "[::0001]",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
    "127.0.0.1:80@127.0.0.1",
    "example.com\\@127.0.0.1",
    "127.0.0.1\\",
    "127.0.0.1#@h",
]
FORBIDDEN = BRACKETED + SPELLINGS + WIDE_SPELLINGS


def resolve_locally(names: dict[str, list[list[str]]]) -> None:
    """Let every way to say localhost lead home, as most machines do."""
    for name in ("localhost", "localhost.localdomain", "localhost%2e"):
        names[name] = [["127.0.0.1", "::1"]]


def fails(outgoing: Outgoing, url: str) -> SourceError:
    """Fetch `url`, and return the error that must come of it."""
    with pytest.raises((SourceBlockedError, InvalidUrlError)) as caught:
        outgoing.get(url, max_bytes=100)
    return caught.value


def test_the_table_has_enough_rows() -> None:
    assert len(set(FORBIDDEN)) >= 90


@pytest.mark.parametrize("host", FORBIDDEN)
def test_no_url_reaches_a_forbidden_address(
    host: str,
    canary: Origin,
    outgoing: Callable[..., Outgoing],
    names: dict[str, list[list[str]]],
) -> None:
    resolve_locally(names)
    fails(outgoing(allow_networks=()), f"http://{host}:{canary.port}/")
    assert canary.connections == 0


def test_no_redirect_reaches_a_forbidden_address(
    origin: Callable[..., Origin],
    canary: Origin,
    outgoing: Callable[..., Outgoing],
    names: dict[str, list[list[str]]],
) -> None:
    resolve_locally(names)
    names["images.example"] = [["127.0.0.9"]]
    server = origin(ok(b""), host="127.0.0.9")
    fetcher = outgoing(allow_networks=("127.0.0.9/32",))
    for host in FORBIDDEN:
        server.answer = redirect(f"http://{host}:{canary.port}/")
        error = fails(fetcher, server.url(host="images.example"))
        assert isinstance(error, SourceBlockedError)
        assert str(error).startswith("images.example ")
    assert server.connections == len(FORBIDDEN)
    assert canary.connections == 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_name_reaches_a_forbidden_address(
    address: str,
    canary: Origin,
    outgoing: Callable[..., Outgoing],
    names: dict[str, list[list[str]]],
) -> None:
    names["images.example"] = [[address, address]]
    error = fails(outgoing(allow_networks=()), canary.url(host="images.example"))
    assert str(error) == "images.example may not be fetched from."
    assert canary.connections == 0


def test_the_canary_can_be_reached_where_that_is_allowed(
    canary: Origin, outgoing: Callable[..., Outgoing], names: dict[str, list[list[str]]]
) -> None:
    resolve_locally(names)
    for host in ("127.0.0.1", "127.1.2.3", "localhost", "[::ffff:127.0.0.1]"):
        assert outgoing().get(canary.url(host=host), max_bytes=100) == b"secret"
    assert canary.connections == 4


def test_an_answer_of_the_dns_that_changes_leads_nowhere_else(
    origin: Callable[..., Origin],
    outgoing: Callable[..., Outgoing],
    names: dict[str, list[list[str]]],
) -> None:
    server = origin(ok(b"fine"))
    canary = origin(ok(b"secret"), host="127.0.0.2", port=server.port)
    names["images.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    fetcher = outgoing(allow_networks=("127.0.0.1/32",))
    assert fetcher.get(server.url(host="images.example"), max_bytes=10) == b"fine"
    fails(fetcher, server.url(host="images.example"))
    assert (server.connections, canary.connections) == (1, 0)


def test_an_answer_of_the_dns_that_changes_between_redirects_leads_nowhere_else(
    origin: Callable[..., Origin],
    outgoing: Callable[..., Outgoing],
    names: dict[str, list[list[str]]],
) -> None:
    server = origin(redirect("/again"))
    canary = origin(ok(b"secret"), host="127.0.0.2", port=server.port)
    names["images.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    fails(outgoing(allow_networks=("127.0.0.1/32",)), server.url(host="images.example"))
    assert (server.connections, canary.connections) == (1, 0)


def test_of_mixed_answers_only_the_allowed_part_is_used(
    origin: Callable[..., Origin],
    outgoing: Callable[..., Outgoing],
    names: dict[str, list[list[str]]],
) -> None:
    server = origin(ok(b"fine"))
    canary = origin(ok(b"secret"), host="127.0.0.2", port=server.port)
    fetcher = outgoing(allow_networks=("127.0.0.1/32",))
    for addresses in (["127.0.0.2", "10.0.0.1", "127.0.0.1"], ["::1", "127.0.0.1", "127.0.0.2"]):
        names["images.example"] = [addresses]
        assert fetcher.get(server.url(host="images.example"), max_bytes=10) == b"fine"
    assert (server.connections, canary.connections) == (2, 0)


def test_of_mixed_answers_that_fail_nothing_is_told(
    origin: Callable[..., Origin],
    outgoing: Callable[..., Outgoing],
    names: dict[str, list[list[str]]],
) -> None:
    server = origin(ok(b""))
    port = server.port
    server.close()
    names["images.example"] = [["10.0.0.1", "127.0.0.1"]]
    with pytest.raises(SourceUnreachableError) as caught:
        outgoing().get(f"http://images.example:{port}/", max_bytes=10)
    assert "10.0.0.1" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


def test_proxies_of_the_environment_are_not_used(
    origin: Callable[..., Origin],
    canary: Origin,
    outgoing: Callable[..., Outgoing],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, canary.url())
    assert outgoing().get(origin(ok(b"fine")).url(), max_bytes=10) == b"fine"
    assert canary.connections == 0
