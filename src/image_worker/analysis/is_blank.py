"""Blank pictures."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from image_worker.analysis.base import Analyzer, Subject


class IsBlank(Analyzer):
    """Whether the whole picture has one colour, or is transparent everywhere.

    Compared are the least and the greatest level of each channel among pixels that are not fully
    transparent.
    """

    name = "is_blank"
    numeric = True

    tolerance: Annotated[int, Field(ge=0, le=255)] = 3
    """Levels by which a channel may vary, 0 to 255; 3 forgives what JPEG does to flat colours."""

    def measure(self, subject: Subject) -> bool:
        """Tell whether no channel varies more."""
        return all(
            (levels.greatest or 0) - (levels.least or 0) <= self.tolerance
            for levels in subject.visible
        )
