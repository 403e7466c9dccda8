"""Filters: the operation; what each filter does is in `filters/`."""

from __future__ import annotations

from typing import Any, Self

from image_worker.component import ByName, Family
from image_worker.operations.base import Effect


class Filter(Effect, members=Family("filter")):
    """Apply a filter, chosen by `name`; most have parameters of their own.

    Filters act on colours and leave transparency alone, except those that mix neighbours.
    """

    name = "filter"

    @property
    def tag(self) -> str:
        """The operation that all filters stand under."""
        return Filter.name

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Make the filter that the parameters name."""
        return ByName(Filter).read(parameters)  # type: ignore[return-value]  # of the family

    @classmethod
    def parameters_schema(cls) -> dict[str, Any]:
        """Return one alternative a filter."""
        return ByName(Filter).schema()

    def write(self, context: Any = None) -> dict[str, Any]:
        """Return the name among the parameters."""
        return {"name": self.name, **super().write(context)}
