"""Smooth."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class Smooth(KernelFilter):
    """Soften with a kernel of 3x3 pixels."""

    name = "smooth"
    kernel = Kernel([[1, 1, 1], [1, 5, 1], [1, 1, 1]], 13, exact=True)
    mixes = True
