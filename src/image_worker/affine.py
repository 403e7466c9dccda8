"""Where the pixels of a result come from."""

from __future__ import annotations

from typing import NamedTuple


class Affine(NamedTuple):
    """Maps a point of the result to one of the source: `x = a*x + c*y + e`, `y = b*x + d*y + f`."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def after(self, step: Affine) -> Affine:
        """Return the map for a further step, which itself maps its result to its input."""
        return Affine(
            self.a * step.a + self.c * step.b,
            self.b * step.a + self.d * step.b,
            self.a * step.c + self.c * step.d,
            self.b * step.c + self.d * step.d,
            self.a * step.e + self.c * step.f + self.e,
            self.b * step.e + self.d * step.f + self.f,
        )

    @classmethod
    def moved(cls, left: float, top: float) -> Affine:
        """Return the map of a crop at `left`, `top`; negative for a picture that was padded."""
        return cls(e=left, f=top)

    @classmethod
    def scaled(cls, across: float, down: float) -> Affine:
        """Return the map of a resize; the factors are input size by result size."""
        return cls(a=across, d=down)


IDENTITY = Affine()
"""Every pixel stays where it is."""
