"""What was found in a picture, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Box, Size


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named point of something that was found, in pixels of the picture."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Mask:
    """Which pixels belong to a thing, softly, known inside of a box only."""

    size: Size
    """Of the whole picture."""
    box: Box
    """Where the levels lie; outside of it nothing belongs to the thing."""
    grid: Size
    """Columns and rows of the levels, which are stretched over the box."""
    levels: bytes
    """One byte for each place of the grid, row by row: 0 outside, 255 inside."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing that was found."""

    label: str
    confidence: float
    """How sure the model is, 0 to 1; not a probability, and not comparable between models."""
    box: Box
    """Whole pixels of the picture as it is at that step, at least one wide and high, inside."""
    landmarks: tuple[Landmark, ...] = ()
    text: str | None = None
    """What is written there, for `text` and `codes`."""
    corners: tuple[tuple[float, float], ...] = ()
    """The outline, clockwise from the upper left as the thing sees it, for `text` and `codes`."""
    mask: Mask | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be told of the model that looked."""

    name: str
    sha256: str
    """Digest of its file; empty where it is code."""
    licence: str

    def as_json(self) -> dict[str, Any]:
        """Return them for the answer."""
        return {"name": self.name, "sha256": self.sha256 or None, "licence": self.licence}


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that one look found, the surest first."""

    detections: tuple[Detection, ...]
    model: Facts


@dataclass(frozen=True, slots=True)
class Matte:
    """The foreground of a picture."""

    mask: pyvips.Image
    """One band of `uchar`, as large as the picture, in memory: 0 background, 255 foreground."""
    confidence: float
    """Share of the pixels that the model is sure of, to either side, 0 to 1."""
    share: float
    """Share of the picture that is foreground, 0 to 1."""
    model: Facts
