"""The most recently used values, up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """Values by key; what was used longest ago goes first. For one thread at a time."""

    def __init__(self, max_bytes: int, size: Callable[[Value], int]) -> None:
        self._max_bytes = max_bytes
        self._size = size
        self._values: OrderedDict[str, Value] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self._values)

    def get(self, key: str) -> Value | None:
        """Return the value, which counts as a use."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: str, value: Value) -> None:
        """Keep the value in place of the one before, unless it is too large for the shelf."""
        self.drop(key)
        size = self._size(value)
        if size > self._max_bytes:
            return
        self._values[key] = value
        self.bytes += size
        while self.bytes > self._max_bytes:
            self.bytes -= self._size(self._values.popitem(last=False)[1])

    def drop(self, key: str) -> None:
        """Forget the value, if it is there."""
        if key in self._values:
            self.bytes -= self._size(self._values.pop(key))
