"""Contour."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class Contour(KernelFilter):
    """Draw edges as dark lines on white."""

    name = "contour"
    kernel = Kernel([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 1, 255)
