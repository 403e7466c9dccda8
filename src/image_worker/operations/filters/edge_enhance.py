"""EdgeEnhance."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class EdgeEnhance(KernelFilter):
    """Make edges stand out."""

    name = "edge_enhance"
    kernel = Kernel([[-1, -1, -1], [-1, 10, -1], [-1, -1, -1]], 2)
