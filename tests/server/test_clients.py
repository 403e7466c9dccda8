"""RunPod's own clients, and the tutorial's, pass here what they pass against the fake platform."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_clients import (
    test_our_client,
    test_the_client_of_the_tutorial,
    test_the_javascript_client,
    test_the_python_client,
)

if TYPE_CHECKING:
    from tests.server.live import LiveServer

__all__ = [
    "test_our_client",
    "test_the_client_of_the_tutorial",
    "test_the_javascript_client",
    "test_the_python_client",
]


@pytest.fixture
def live(live: LiveServer) -> SimpleNamespace:
    """Return the server in the place of the platform."""
    return SimpleNamespace(platform=live)
