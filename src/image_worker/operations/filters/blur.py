"""Blur."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class Blur(KernelFilter):
    """Blur lightly with a ring of 5x5 pixels."""

    name = "blur"
    kernel = Kernel(
        [[1, 1, 1, 1, 1], [1, 0, 0, 0, 1], [1, 0, 0, 0, 1], [1, 0, 0, 0, 1], [1, 1, 1, 1, 1]], 16
    )
    mixes = True
