"""Emboss."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class Emboss(KernelFilter):
    """Show the picture as a grey relief, lit from one corner."""

    name = "emboss"
    kernel = Kernel([[0, 0, 0], [0, 1, 0], [-1, 0, 0]], 1, 128)
