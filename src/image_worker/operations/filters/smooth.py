"""Smooth."""

from __future__ import annotations

from image_worker.operations.filters.kernel import KernelFilter
from image_worker.pixels.convolution import SMOOTH


class Smooth(KernelFilter):
    """Soften with a kernel of 3x3 pixels."""

    name = "smooth"
    kernel = SMOOTH
    mixes = True
