"""What comes out of the image path."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.affine import Affine
    from image_worker.picture import Notice


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of a result, and what is known of it."""

    data: bytes
    """The file; empty where no picture was wanted."""
    format: str
    mime: str
    width: int
    height: int
    pages: int
    has_alpha: bool
    quality: int | None = None
    ssim: float | None = None
    """How like the result is to what was encoded, where that was measured; 1 is the same."""
    steps: tuple[dict[str, Any], ...] = ()
    """Type, width and height after each operation, and what it had to tell."""
    notices: tuple[Notice, ...] = ()
    analysis: Mapping[str, Any] = field(default_factory=dict)
    transform: Affine | None = None
    """Maps a pixel of the result to the upright source."""
    outputs: Mapping[str, tuple[Rendered, ...]] = field(default_factory=dict)
    """Renditions by name; more than one where they have several widths."""
    plan: Mapping[str, Any] | None = None
    """What would have been done, if that was all that was asked."""

    @property
    def sha256(self) -> str:
        """Digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def total_bytes(self) -> int:
        """Bytes of this result and its renditions."""
        renditions = (each for several in self.outputs.values() for each in several)
        return len(self.data) + sum(each.total_bytes for each in renditions)
