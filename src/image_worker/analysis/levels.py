"""Statistics of a histogram."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Levels:
    """How much of a picture has each of the levels 0 to 255."""

    weights: tuple[float, ...]

    @property
    def total(self) -> float:
        """All weights together; 0 where everything is transparent."""
        return sum(self.weights)

    @property
    def mean(self) -> float | None:
        """Mean level."""
        total = self.total
        if not total:
            return None
        return sum(level * weight for level, weight in enumerate(self.weights)) / total

    @property
    def deviation(self) -> float | None:
        """Standard deviation of the levels, of the whole population."""
        mean = self.mean
        if mean is None:
            return None
        squares = sum((level - mean) ** 2 * weight for level, weight in enumerate(self.weights))
        return math.sqrt(squares / self.total)

    @property
    def least(self) -> int | None:
        """The lowest level that occurs."""
        return next((level for level, weight in enumerate(self.weights) if weight), None)

    @property
    def greatest(self) -> int | None:
        """The highest level that occurs."""
        return max((level for level, weight in enumerate(self.weights) if weight), default=None)

    @property
    def entropy(self) -> float:
        """Shannon's entropy in bits, `-sum(p * log2(p))`: 0 to 8."""
        total = self.total
        shares = (weight / total for weight in self.weights if weight)
        return math.fsum(-share * math.log2(share) for share in shares)

    def share(self, level: int) -> float:
        """Return how much of all has this level, 0 to 1."""
        return self.weights[level] / (self.total or 1)
