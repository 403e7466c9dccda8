"""Signed links: a URL that the holder of a secret made, for as long as it says."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlencode

from image_worker.errors import LinkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SIGNATURE, _KEY, _EXPIRES = "signature", "key_id", "expires"

Query: TypeAlias = "Sequence[tuple[str, str]]"


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """Secrets by their names; several are valid at once, so that they can be changed."""

    secrets: Mapping[str, str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> LinkKeys:
        """Read entries of the form `NAME:SECRET`."""
        return cls(dict(text.split(":", 1) for text in texts))

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.secrets)

    def sign(self, query: Query, key_id: str, expires: int) -> str:
        """Return the query with its expiry and signature.

        Args:
            query: Names and values, in any order.
            key_id: Which secret signs.
            expires: Until when the link is good, in seconds since 1970.
        """
        whole = [*query, (_EXPIRES, str(expires)), (_KEY, key_id)]
        return urlencode([*whole, (_SIGNATURE, signature(whole, self.secrets[key_id]))])

    def check(self, query: Query) -> None:
        """Raise a `LinkError` unless the query is signed with a key of ours and still good."""
        given = dict(query)
        secret = self.secrets.get(given.get(_KEY, ""), "")
        signed = [(name, value) for name, value in query if name != _SIGNATURE]
        expected = signature(signed, secret)
        right = hmac.compare_digest(expected.encode(), given.get(_SIGNATURE, "").encode())
        if not secret or not right:
            raise LinkError("expected a link that is signed with one of this server's keys")
        expires = given.get(_EXPIRES, "")
        if not (expires.isascii() and expires.isdigit()) or int(expires) < time.time():
            raise LinkError("this link has expired")


def signature(query: Query, secret: str) -> str:
    """Return HMAC-SHA256 over the sorted query, as hexadecimal digits.

    Names and values are percent-encoded as in HTML forms and joined by `=` and `&`.
    """
    text = urlencode(sorted(query))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
