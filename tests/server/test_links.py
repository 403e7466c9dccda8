"""Signed links."""

from __future__ import annotations

import time
from urllib.parse import parse_qsl

import pytest

from image_worker.errors import LinkError
from image_worker.server.links import LinkKeys

KEYS = LinkKeys.of(["new:secret:with:colons", "old:older"])
QUERY = [("url", "https://example.com/a b.jpg?x=1&y=ü"), ("op", "resize:width=8"), ("op", "flip")]
SOON = 4_000_000_000


def signed(key_id: str = "new", expires: int = SOON) -> list[tuple[str, str]]:
    return parse_qsl(KEYS.sign(QUERY, key_id, expires), keep_blank_values=True)


@pytest.mark.parametrize("key_id", ["new", "old"])
def test_each_of_several_keys_signs(key_id: str) -> None:
    KEYS.check(signed(key_id))


def test_the_order_means_nothing_to_the_signature() -> None:
    KEYS.check(list(reversed(signed())))


@pytest.mark.parametrize("index", range(5))
def test_a_change_anywhere_is_seen(index: int) -> None:
    query = signed()
    name, value = query[index]
    query[index] = (name, f"{value}0")
    with pytest.raises(LinkError):
        KEYS.check(query)


def test_what_is_added_or_left_out_is_seen() -> None:
    for query in ([*signed(), ("format", "png")], signed()[1:], QUERY, []):
        with pytest.raises(LinkError):
            KEYS.check(query)


@pytest.mark.parametrize("given", ["", "00", "ä" * 64])
def test_any_other_signature_is_refused(given: str) -> None:
    with pytest.raises(LinkError):
        KEYS.check([*signed()[:-1], ("signature", given)])


def test_an_expired_link_says_so() -> None:
    with pytest.raises(LinkError, match="expired"):
        KEYS.check(signed(expires=int(time.time()) - 1))


def test_an_unknown_key_is_refused() -> None:
    query = [(name, "gone" if name == "key_id" else value) for name, value in signed()]
    with pytest.raises(LinkError, match="signed"):
        KEYS.check(query)
