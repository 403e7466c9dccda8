"""Sharpen."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class Sharpen(KernelFilter):
    """Sharpen with a kernel of 3x3 pixels."""

    name = "sharpen"
    kernel = Kernel([[-2, -2, -2], [-2, 32, -2], [-2, -2, -2]], 16)
