"""Which headers a caller may send."""

from __future__ import annotations

import pytest

from image_worker.errors import InvalidParameterError
from image_worker.outgoing.headers import MAX_HEADERS, check_headers


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "Connection",
        "Keep-Alive",
        "Transfer-Encoding",
        "Content-Length",
        "Proxy-Authorization",
        "Proxy-X",
        "Accept-Encoding",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Content-Encoding",
        "hOST",
        "Sec-Fetch-Mode",
    ],
)
def test_headers_of_the_connection_are_refused(name: str) -> None:
    with pytest.raises(InvalidParameterError, match=name.lower()):
        check_headers({name: "x"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "x"),
        ("a b", "x"),
        ("a:", "x"),
        ("a\r\nb", "x"),
        ("é", "x"),
        ("a", "x\r\nHost: y"),
        ("a", "x\n"),
        ("a", "\x00"),
        ("a", "é"),
        ("a", "x" * 4_097),
    ],
)
def test_what_headers_cannot_carry_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidParameterError):
        check_headers({name: value})


def test_too_many_headers_and_headers_given_twice_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match=str(MAX_HEADERS)):
        check_headers({f"x-{i}": "" for i in range(MAX_HEADERS + 1)})
    with pytest.raises(InvalidParameterError, match="twice"):
        check_headers({"A": "1", "a": "1"})


def test_proper_headers_pass() -> None:
    assert check_headers({"Authorization": "Bearer x", "X-A": ""}) == {
        "authorization": "Bearer x",
        "x-a": "",
    }
    assert check_headers(None) == {}
