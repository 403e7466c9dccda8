"""How much is tried, and from which seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What a suite is told."""

    seed: int = 1
    scale: float = 1.0
    """Share of the full count."""
    keep: Path | None = None
    """Folder for what shows a problem."""

    def scaled(self, count: int) -> int:
        """Return the count for this scale, at least 1."""
        return max(1, math.ceil(count * self.scale))

    def arguments(self) -> list[str]:
        """Return the plan as words of a command."""
        keep = ["--keep", str(self.keep)] if self.keep else []
        return ["--seed", str(self.seed), "--scale", str(self.scale), *keep]
