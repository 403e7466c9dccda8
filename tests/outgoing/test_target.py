"""How URLs are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_worker.errors import InvalidUrlError
from image_worker.outgoing.target import MAX_URL_CHARACTERS, Target, parse_target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("http://example.com", Target("http", "example.com", 80, "/")),
        (
            "HTTPS://Example.COM./a/../b?x=%7e#y",
            Target("https", "example.com", 443, "/a/../b?x=%7e"),
        ),
        ("http://example.com:/a", Target("http", "example.com", 80, "/a")),
        ("http://h?q", Target("http", "h", 80, "/?q")),
        ("http://h:8080/é", Target("http", "h", 8080, "/%C3%A9")),
        ("http://bücher.de/", Target("http", "xn--bcher-kva.de", 80, "/")),
        ("http://[2001:DB8:0:0::1]:81/", Target("http", "2001:db8::1", 81, "/")),
        ("http://\uff11\uff12\uff17.0.0.1/", Target("http", "127.0.0.1", 80, "/")),
        ("http://a_b.example/", Target("http", "a_b.example", 80, "/")),
    ],
)
def test_a_url_is_taken_apart(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "//example.com/",
        "http:example.com",
        "http:/example.com",
        "http:///path",
        "http://",
        "http://?q",
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "data:image/png;base64,AA==",
        "javascript:alert(1)",
        " http://example.com/",
        "http://example.com/a b",
        "http://example.com/\n",
        "http://example.com/\x00",
        "http://example.com/\u200b",
        "http://example.com/\ud800",
        "http://example.com\\@internal/",
        "http://user@example.com/",
        "http://user:word@example.com/",
        "http://example.com:80:80/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:٨٠/",
        "http://example.com:-1/",
        "http://ex%61mple.com/",
        "http://exa[mple.com/",
        "http://[::1/",
        "http://[127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[::g]/",
        "http://example..com/",
        "http://example.com../",
        "http://.example.com/",
        "http://-/",
        "http://" + "a" * 64 + ".com/",
        "http://" + "a." * 130 + "com/",
        "http://xn--zz\u0660/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://1.2.3.4.5/",
        "http://example.0x1/",
        "http://example.com/" + "a" * MAX_URL_CHARACTERS,
    ],
)
def test_what_is_not_a_proper_url_is_refused(text: str) -> None:
    with pytest.raises(InvalidUrlError):
        parse_target(text)


@given(st.text() | st.text().map("http://".__add__) | st.text().map("http://h/".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        target = parse_target(text)
    except InvalidUrlError:
        return
    assert parse_target(str(target.url)) == target
    assert str(target.url).isascii()


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("http://a/", "http://a/b", True),
        ("http://a/", "https://a/", True),
        ("https://a/", "http://a/", False),
        ("http://a/", "http://b/", False),
        ("http://a/", "http://a:81/", False),
        ("http://a:81/", "https://a/", False),
    ],
)
def test_secrets_stay_with_their_origin(before: str, after: str, *, kept: bool) -> None:
    assert parse_target(after).keeps_secrets_of(parse_target(before)) is kept
