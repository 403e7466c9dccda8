"""One bucket, and URLs that open it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from image_worker.component.explain import shown
from image_worker.errors import InvalidParameterError, NeedsExtraError
from image_worker.outgoing.target import parse_target

if TYPE_CHECKING:
    from obstore.store import S3Store

DEFAULT_REGION = "us-east-1"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_MOST_KEY_BYTES = 1024


@dataclass(frozen=True)
class Bucket:
    """A bucket, and who may use it."""

    endpoint: str
    """URL of the storage; the bucket is the first part of its host if `in_host`."""
    name: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str = DEFAULT_REGION
    in_host: bool = False
    folder: str = ""
    """Where results are kept below; empty for the root of the bucket."""

    def __post_init__(self) -> None:
        """Refuse a name that could be mistaken for something else in a URL."""
        if _NAME.fullmatch(self.name) is None:
            raise InvalidParameterError(f"expected the name of a bucket, got {shown(self.name)}")

    @property
    def origin(self) -> str:
        """Host and port, as lists of allowed hosts name them."""
        return parse_target(self.endpoint).netloc

    def called(self, name: str) -> Bucket:
        """Return another bucket of the same storage."""
        endpoint = self.endpoint
        if self.in_host:
            endpoint = endpoint.replace(f"://{self.name}.", f"://{name}.", 1)
        return replace(self, name=name, endpoint=endpoint)

    def sign(self, method: Literal["GET", "PUT"], key: str, seconds: int) -> str:
        """Return a URL with which anyone may do this with that key, for so long."""
        check_key(key)
        store = self._store
        import obstore  # noqa: PLC0415 - an extra, which `_store` has found to be there

        return obstore.sign(store, method, key, timedelta(seconds=seconds))

    @cached_property
    def _store(self) -> S3Store:
        try:
            from obstore.store import S3Store  # noqa: PLC0415 - an extra
        except ImportError:
            raise NeedsExtraError('buckets need the extra "s3", which is not installed') from None
        # All is said, so that nothing is taken from the environment: a token there belongs to
        # another account, and would stand in a URL that goes to a stranger's storage.
        return S3Store(
            self.name,
            endpoint=self.endpoint,
            region=self.region,
            virtual_hosted_style_request=self.in_host,
            client_options={"allow_http": True},
            credential_provider=self._credentials,
            skip_signature=False,
            request_payer=False,
        )

    def _credentials(self) -> Any:
        return {
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
            "token": None,
            "expires_at": None,
        }


def check_key(key: str) -> None:
    """Refuse a key that storages and URLs read in more than one way."""
    parts = key.split("/")
    odd = not key.isprintable() or any(part in {"", ".", ".."} for part in parts)
    if odd or len(key.encode()) > _MOST_KEY_BYTES:
        raise InvalidParameterError(
            f"expected a key such as pictures/cat.jpg of at most {_MOST_KEY_BYTES} bytes, "
            f"got {shown(key)}"
        )
