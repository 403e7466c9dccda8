"""What the tests of `sinks` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sinks.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """Start an S3-compatible server, once for all tests of this process."""
    with Storage(tmp_path_factory.mktemp("s3")) as server:
        yield server
