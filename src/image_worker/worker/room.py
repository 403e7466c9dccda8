"""How large answers may be, and how large one is."""

from __future__ import annotations

import json
import threading
from typing import Any


class Room:
    """Bytes that one answer, or several that are sent together, may have."""

    def __init__(self, max_bytes: int | None) -> None:
        """Take the limit; None is none."""
        self._lock = threading.Lock()
        self.max_bytes = max_bytes
        self._used = 0

    @property
    def left(self) -> int | None:
        """Bytes that are left; never below 0."""
        return None if self.max_bytes is None else max(0, self.max_bytes - self._used)

    def take(self, size: int) -> bool:
        """Use that many bytes, if so many are left."""
        with self._lock:
            if self.left is not None and size > self.left:
                return False
            self._used += size
            return True

    def use(self, size: int) -> None:
        """Use that many bytes even if they are not left: an error has to be told."""
        with self._lock:
            self._used += size


def json_bytes(answer: Any) -> int:
    """Return how many bytes the answer has as JSON, written as RunPod's SDK writes it."""
    return len(json.dumps(answer, ensure_ascii=False).encode(errors="surrogatepass"))
