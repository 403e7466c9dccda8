"""Smooth."""

from __future__ import annotations

from image_worker.convolution import SMOOTH
from image_worker.operations.filters.kernel import KernelFilter


class Smooth(KernelFilter):
    """Soften with a kernel of 3x3 pixels."""

    name = "smooth"
    kernel = SMOOTH
    mixes = True
